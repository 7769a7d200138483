/* api/node.h - what the node says of itself, as JSON: in /node, in the letter, in each page's boot value. */
#ifndef API_NODE_H
#define API_NODE_H
#include "base/ctx.h"
#include "base/json.h"
#include "social/demo.h"

/* "place", "jurisdiction", "operator": inside an open object. */
void node_identity_json(struct ctx *, struct json *);
/* The whole object. */
void node_json(struct ctx *, struct json *, int64_t demands, const struct demo_accounts *);
#endif

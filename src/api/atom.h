/* api/atom.h - what Atom feeds (RFC 4287) are made of. */
#ifndef API_ATOM_H
#define API_ATOM_H
#include "base/ctx.h"

/* "<name>value</name>", the value escaped. */
void atom_element(struct buf *, const char *name, struct str value);
void atom_time(struct buf *, const char *name, int64_t wall_us);
/* To origin and path, both escaped. */
void atom_link(struct buf *, const char *relation, const char *type, struct str origin, struct str path);
#endif

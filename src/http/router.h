/* http/router.h - finds the row of the route tables that a method and a path name.
 *
 * A tree by path segments, made once at start: a segment's own text wins over a {name}, that over a {rest*}. */
#ifndef HTTP_ROUTER_H
#define HTTP_ROUTER_H
#include "http/http.h"

enum { METHOD_COUNT = OPTIONS + 1 };

struct node;
struct router {
	struct arena mem;
	struct node *root;
};

/* E_INVALID: a row without a column that it needs, a malformed pattern, two rows for one method and pattern. */
enum err router_build(struct ctx *, const struct route *const *tables, struct router *out);
void router_free(struct router *);

/* The row and its parameters, which point into `path`.  HEAD falls back to GET.  NULL: none; then `allowed` has a bit
 * (1 << method) for each method that the path does take, HEAD and OPTIONS included; 0 when the path is unknown. */
const struct route *router_find(const struct router *, enum method, struct str path, struct str params[PATH_PARAMS_MAX], unsigned *allowed);
/* "GET, HEAD, OPTIONS" */
struct str allow_text(struct ctx *, unsigned allowed);
enum method method_parse(struct str);          /* METHOD_UNSET: not one of ours */
#endif

#include "http/router.h"

#include <assert.h>

struct node {
	struct str text;                       /* of the segment that leads here */
	struct node *next, *children;          /* children by their own text, a list: no path has many */
	struct node *param, *rest;
	const struct route *rows[METHOD_COUNT];
};

static const char *const method_names[METHOD_COUNT] = {
	[METHOD_UNSET] = "", [GET] = "GET", [HEAD] = "HEAD", [POST] = "POST", [PUT] = "PUT", [PATCH] = "PATCH",
	[DELETE] = "DELETE", [OPTIONS] = "OPTIONS",
};

const char *method_name(enum method method)
{
	return method_names[method];
}

enum method method_parse(struct str name)
{
	for (int m = GET; m < METHOD_COUNT; m++)
		if (str_eq(name, str_of(method_names[m])))
			return (enum method)m;
	return METHOD_UNSET;
}

struct str allow_text(struct ctx *cx, unsigned allowed)
{
	struct str out = STR("");
	for (int m = GET; m < METHOD_COUNT; m++)
		if (allowed & 1U << m)
			out = arena_printf(&cx->mem, STR_FMT "%s%s", STR_ARG(out), out.n ? ", " : "", method_names[m]);
	return out;
}

static struct node *child_named(struct router *router, struct node *node, struct str text)
{
	for (struct node *child = node->children; child; child = child->next)
		if (str_eq(child->text, text))
			return child;
	struct node *child = arena_new(&router->mem, struct node, 1);
	child->text = text;
	child->next = node->children;
	node->children = child;
	return child;
}

static struct node *child_or_new(struct router *router, struct node **place)
{
	if (!*place)
		*place = arena_new(&router->mem, struct node, 1);
	return *place;
}

static enum err bad_row(struct ctx *cx, const struct route *route, const char *what)
{
	return fail(cx, E_INVALID, "Route %s %s: %s.", method_name(route->method), route->path, what);
}

/* The node that `pattern` ends at. */
static enum err walk(struct ctx *cx, struct router *router, const struct route *route, struct node **out)
{
	struct str rest = str_of(route->path);
	struct node *node = router->root;
	unsigned params = 0;
	if (rest.n == 0 || rest.p[0] != '/')
		return bad_row(cx, route, "the path does not start with a slash");
	rest = str_from(rest, 1);
	while (rest.n) {
		struct str segment = str_cut(&rest, '/');
		bool braces = str_starts(segment, STR("{")) && str_ends(segment, STR("}"));
		if (segment.n == 0)
			return bad_row(cx, route, "an empty segment");
		if (braces && ++params > PATH_PARAMS_MAX)
			return bad_row(cx, route, "too many parameters");
		if (braces && str_ends(segment, STR("*}"))) {
			if (rest.n)
				return bad_row(cx, route, "something behind {rest*}");
			node = child_or_new(router, &node->rest);
		} else if (braces) {
			node = child_or_new(router, &node->param);
		} else {
			node = child_named(router, node, segment);
		}
	}
	*out = node;
	return OK;
}

static enum err add_row(struct ctx *cx, struct router *router, const struct route *route)
{
	struct node *node = NULL;
	if (route->method == METHOD_UNSET || !route->run || route->who == WHO_UNSET || route->rate == RATE_UNSET ||
	    route->how == RUN_UNSET || !route->doc)
		return bad_row(cx, route, "a column is unset");
	if (route->sink && route->body_max == 0)
		return bad_row(cx, route, "a sink, but body_max is 0");
	TRY(walk(cx, router, route, &node));
	if (node->rows[route->method])
		return bad_row(cx, route, "a second row for this method and path");
	node->rows[route->method] = route;
	return OK;
}

enum err router_build(struct ctx *cx, const struct route *const *tables, struct router *out)
{
	struct router router AUTO(router_free) = { .mem = arena_new_capped((size_t)4 << 20) };
	router.root = arena_new(&router.mem, struct node, 1);
	for (; *tables; tables++)
		for (const struct route *route = *tables; route->path; route++)
			TRY(add_row(cx, &router, route));
	*out = router;
	router = (struct router){};
	return OK;
}

void router_free(struct router *router)
{
	if (router)
		arena_free(&router->mem);
}

struct search {
	enum method method;
	struct str *params;
	unsigned allowed;
};

static const struct route *row_at(const struct node *node, struct search *search)
{
	const struct route *row = node->rows[search->method];
	if (!row && search->method == HEAD)
		row = node->rows[GET];
	for (int m = GET; m < METHOD_COUNT; m++)
		if (node->rows[m])
			search->allowed |= 1U << m | 1U << OPTIONS | (m == GET ? 1U << HEAD : 0);
	return row;
}

/* Goes back to {name} where a segment's own text led nowhere: as deep as the longest pattern, as a {name} is one segment. */
static const struct route *find(const struct node *node, struct str rest, unsigned depth, struct search *search)
{
	if (rest.n == 0)
		return row_at(node, search);
	struct str behind = rest;
	struct str segment = str_cut(&behind, '/');
	const struct route *row = NULL;
	for (const struct node *child = node->children; child && !row; child = child->next)
		if (str_eq(child->text, segment))
			row = find(child, behind, depth, search);
	if (!row && node->param) {
		assert(depth < PATH_PARAMS_MAX);
		row = find(node->param, behind, depth + 1, search);
		if (row)
			search->params[depth] = segment;
	}
	if (!row && node->rest) {
		assert(depth < PATH_PARAMS_MAX);
		row = row_at(node->rest, search);
		if (row)
			search->params[depth] = rest;
	}
	return row;
}

const struct route *router_find(const struct router *router, enum method method, struct str path, struct str params[PATH_PARAMS_MAX], unsigned *allowed)
{
	struct search search = { .method = method, .params = params };
	const struct route *row = path.n && path.p[0] == '/' ? find(router->root, str_from(path, 1), 0, &search) : NULL;
	*allowed = search.allowed;
	return row;
}

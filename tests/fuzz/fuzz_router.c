/* The method, a blank, then a path as it stands behind decoding: whatever is found, its parameters lie inside the path. */
#include "fuzz.h"
#include "http/router.h"

static enum err handle(struct ctx *, const struct req *, struct resp *)
{
	return OK;
}

#define ROW(method, path) { method, path, handle, ANYONE, RATE_READ, READ, 0, "doc", NULL, NULL, NULL }
static const struct route rows[] = {
	ROW(GET, "/"), ROW(GET, "/healthz"), ROW(GET, "/api/v1/videos/{id}"), ROW(PUT, "/api/v1/videos/{id}/like"), ROW(DELETE, "/api/v1/videos/{id}/like"),
	ROW(GET, "/api/v1/videos/{id}/comments"), ROW(GET, "/media/{name}"), ROW(GET, "/static/{rest*}"), ROW(GET, "/@{handle}/video/{id}"), {},
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	const struct route *const tables[] = { rows, NULL };
	AUTO(router_free) struct router router = {};
	struct str path = { (const char *)bytes, n }, params[PATH_PARAMS_MAX] = {};
	unsigned allowed = 0;
	if (router_build(&cx, tables, &router) != OK)
		__builtin_trap();
	enum method method = method_parse(str_cut(&path, ' '));
	const struct route *route = router_find(&router, method, path, params, &allowed);
	for (int i = 0; i < PATH_PARAMS_MAX; i++)
		assert(params[i].n == 0 || !route || (params[i].p >= path.p && params[i].p + params[i].n <= path.p + path.n));
	if (!route && allowed)
		assert(allow_text(&cx, allowed).n > 0);
	return 0;
}

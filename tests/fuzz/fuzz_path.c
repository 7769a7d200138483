/* Whatever the target: a path that is taken is well formed, and has no way up. */
#include <string.h>

#include "fuzz.h"
#include "http/path.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct ctx cx AUTO(ctx_end) = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	struct str path, query, value;
	if (n > 65536 || target_parse(&cx, (struct str){ .p = (const char *)bytes, .n = n }, &path, &query) != OK)
		return 0;
	assert(path.n && str_utf8(path) && (path.p[0] == '/' || str_eq(path, STR("*"))));
	assert(!memmem(path.p, path.n, "//", 2) && !memmem(path.p, path.n, "/../", 4) && !str_ends(path, STR("/..")));
	assert(!memchr(path.p, 0, path.n) && !memchr(path.p, '\n', path.n));
	if (query_find(&cx, query, STR("a"), &value))
		assert(str_utf8(value) && value.n <= query.n);
	return 0;
}

#include "fuzz.h"
#include "http/cookie.h"
#include "http/path.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct ctx cx AUTO(ctx_end) = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	struct str text = { .p = (const char *)bytes, .n = n }, value;
	if (n > 65536)
		return 0;
	value = cookie_find(text, STR("session"));
	assert(value.n == 0 || (value.p > text.p && value.p + value.n <= text.p + text.n));
	if (query_find(&cx, text, STR("session"), &value))
		assert(str_utf8(value));
	return 0;
}

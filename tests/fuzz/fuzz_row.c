/* The columns of an opened row: whatever the bytes, and whatever types are asked for, reading ends inside them. */
#include <string.h>

#include "fuzz.h"
#include "store/row.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	if (n < 1 || n > 65536)
		return 0;
	struct ctx cx AUTO(ctx_end) = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	const struct row_place place = { .table = "fuzzed" };
	struct row_reader reader = { .rest = { .p = (const char *)bytes + 1, .n = n - 1 }, .cx = &cx };
	for (unsigned column = 0; column < 8; column++) {
		if (bytes[0] >> column & 1) {
			struct str text = row_get_str(&reader);
			assert(text.n == 0 || (text.p > (const char *)bytes && text.p + text.n <= (const char *)bytes + n));
		} else {
			(void)row_get_i64(&reader);
		}
	}
	enum err e = row_reader_end(&reader, &place);
	assert(e == OK || e == E_CORRUPT);
	assert(e == OK ? reader.rest.n == 0 && !reader.bad : true);
	return 0;
}

/* Outbox rows and sealed rows: a list that is taken is written back byte for byte; there is one form. */
#include <string.h>

#include "fuzz.h"
#include "store/row.h"
#include "store/values.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct ctx cx AUTO(ctx_end) = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	struct str in = { .p = (const char *)bytes, .n = n };
	struct val *vals;
	size_t count;
	if (n > 65536 || values_read(&cx, in, &count, &vals) != OK)
		return 0;
	struct buf out AUTO(buf_free) = buf_new(65536);
	values_put(&out, count, vals);
	assert(!out.failed && str_eq(buf_view(&out), in));
	return 0;
}

/* The feed's cursor comes back from whoever got it: what is read is what could have been written, and is written the same. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "feed/cursor.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	struct walk walk;
	const struct str text = { .p = (const char *)data, .n = n };
	if (cursor_read(&cx, text, &walk) != OK) {
		assert(cx.failure.code == E_INVALID && strcmp(cx.failure.slug, "cursor-invalid") == 0);
		return 0;
	}
	assert(walk.phase < WALK_END && walk.ahead_count <= CURSOR_AHEAD_MAX && walk.base <= walk.top && walk.older <= walk.base);
	assert(walk.start_s >= 0 && walk.id >= 0 && walk.author >= 0);
	struct walk again;
	assert(cursor_read(&cx, cursor_write(&cx, &walk), &again) == OK);
	assert(again.seed == walk.seed && again.rank == walk.rank && again.ahead_count == walk.ahead_count);
	return 0;
}

/* Mentions in comments and captions. */
#include "fuzz.h"
#include "social/mention.h"
#include "social/text.h"

/* What was taken for a mention can be a handle, stands behind its @, and is one by itself. */
static void check_mention(struct str text, size_t at_sign, struct str handle)
{
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	struct mentions again;
	struct str folded;
	assert(text.p[at_sign] == '@' && handle.p == text.p + at_sign + 1);
	assert(handle_fold(&cx, handle, &folded));
	mentions_parse((struct str){ handle.p - 1, handle.n + 1 }, &again);
	assert(again.count == 1 && str_eq(again.handles[0], handle));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	const struct str text = { .p = (const char *)bytes, .n = n };
	struct mentions mentions;
	size_t at = 0, at_sign, before = 0;
	struct str handle;
	if (n > 9000 || !str_utf8(text))
		return 0;
	mentions_parse(text, &mentions);
	assert(mentions.count <= MENTIONS_MAX);
	while (mention_next(text, &at, &at_sign, &handle)) {
		assert(at > before && at <= text.n);
		before = at;
		check_mention(text, at_sign, handle);
	}
	return 0;
}

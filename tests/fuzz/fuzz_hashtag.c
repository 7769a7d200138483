/* Hashtags in captions, and the words of queries. */
#include <assert.h>
#include <stdint.h>

#include "social/hashtag.h"
#include "store/fold.h"

/* What was taken for a hashtag is one by itself, and only one. */
static void check_tag(struct ctx *cx, struct str name)
{
	struct hashtags again;
	assert(str_utf8(name) && str_code_points(name) > 0 && str_code_points(name) <= HASHTAG_POINTS_MAX && hashtag_id(name) < 0);
	assert(hashtags_parse(cx, arena_printf(&cx->mem, "#" STR_FMT, STR_ARG(name)), &again) == OK);
	assert(again.count == 1 && str_eq(again.names[0], name));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	const struct str text = { .p = (const char *)data, .n = n };
	if (n > 9000 || !str_utf8(text))
		return 0;
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	struct hashtags tags;
	assert(hashtags_parse(&cx, text, &tags) == OK && tags.count <= HASHTAGS_MAX);
	for (size_t i = 0; i < tags.count; i++)
		check_tag(&cx, tags.names[i]);

	struct str words, again;
	assert(fold_words(&cx, text, &words) == OK && str_utf8(words));
	assert(fold_words(&cx, words, &again) == OK && str_utf8(again));
	for (struct str rest = words; rest.n;) {
		const struct str word = str_cut(&rest, ' ');
		assert(word.n > 0);
		(void)word_is_latin(word);
	}
	return 0;
}

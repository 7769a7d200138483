/* What people search for, and what is indexed: folded twice it is the same, and no word holds what a query's syntax is made of. */
#include "fuzz.h"
#include "store/fold.h"

static void is_plain(struct str words)
{
	assert(str_utf8(words));
	for (size_t i = 0; i < words.n; i++)
		assert(words.p[i] != '"' && words.p[i] != '*' && words.p[i] != '(' && words.p[i] != 0);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	static struct romanizer *romanizer;    /* making one takes longer than hundreds of inputs; one thread is all that a fuzzer has */
	const struct str text = { (const char *)bytes, n };
	struct str words, again;
	struct folded folded;
	if (n > 2048 || !str_utf8(text))
		return 0;
	if (fold_words(&cx, text, &words) != OK)
		return 0;
	is_plain(words);
	assert(fold_words(&cx, words, &again) == OK);
	is_plain(again);
	if ((!romanizer && romanizer_open(&cx, &romanizer) != OK) || fold_text(&cx, romanizer, text, &folded) != OK)
		return 0;
	assert(str_eq(folded.words, words));
	is_plain(folded.roman);
	is_plain(folded.bones);
	is_plain(folded.latin_bones);
	return 0;
}

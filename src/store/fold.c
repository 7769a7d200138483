#include "store/fold.h"

#include <string.h>

/* Arabic letters that are typed for one another, and signs that are mostly left out; 0: nothing stands for it. */
static uint32_t fold_arabic(uint32_t c)
{
	switch (c) {
	case 0x0622: case 0x0623: case 0x0625: case 0x0671: return 0x0627;     /* alef with madda, hamza, wasla */
	case 0x0649: case 0x06CC: return 0x064A;                               /* alef maqsura, Farsi ya: ya */
	case 0x0629: case 0x06C1: case 0x06BE: return 0x0647;                  /* ta marbuta, Urdu's two: ha */
	case 0x06A9: return 0x0643;                                            /* keheh: kaf */
	case 0x0670: case 0x0640: return 0;                                    /* superscript alef, tatweel */
	default: return c >= 0x064B && c <= 0x065F ? 0 : c;
	}
}

enum err fold_words(struct ctx *cx, struct str text, struct str *out)
{
	struct str even;
	TRY(script_fold(cx, text, &even));
	AUTO(buf_free) struct buf words = buf_new(SCRIPT_BYTES_MAX * 4);
	bool gap = true;
	for (size_t at = 0; at < even.n;) {
		uint32_t c = script_next(even, &at);
		if (!script_in_word(c)) {
			gap = true;
			continue;
		}
		c = fold_arabic(c);
		if (c == 0 || (gap && script_is_mark(c)))      /* a mark on nothing is no word */
			continue;
		if (gap && words.n)
			buf_char(&words, ' ');
		gap = false;
		script_put(&words, c);
	}
	if (words.failed)
		return fail(cx, E_TOOLARGE, "a text grows past %zu bytes when it is folded", SCRIPT_BYTES_MAX * 4);
	*out = arena_copy(&cx->mem, buf_view(&words));
	return OK;
}

bool word_is_latin(struct str word)
{
	for (size_t at = 0; at < word.n;) {
		uint32_t c = script_next(word, &at);
		if (!(c >= '0' && c <= '9') && !script_is_latin(c))
			return false;
	}
	return true;
}

static bool is_vowel(char c)
{
	return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u';
}

/* Sounds that people and ICU write in two ways: ph is f, sh is s, ch is c. */
static char one_sound(struct str s, size_t *at)
{
	char c = s.p[*at];
	if ((c == 'p' || c == 's' || c == 'c') && *at + 1 < s.n && s.p[*at + 1] == 'h') {
		++*at;
		return c == 'p' ? 'f' : c;
	}
	return c == 'q' ? 'k' : c;
}

/* y and w are vowels but at the beginning; a double letter is one; h at the end is not heard. */
void word_bones(struct ctx *cx, struct str roman, struct str *out)
{
	char *bones = arena_new(&cx->mem, char, roman.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < roman.n; i++) {
		char c = roman.p[i];
		if (c == ' ' || is_vowel(c) || (i > 0 && (c == 'y' || c == 'w' || c == roman.p[i - 1])))
			continue;
		bones[n++] = one_sound(roman, &i);
	}
	if (n > BONES_MIN && bones[n - 1] == 'h')
		n--;
	*out = (struct str){ .p = bones, .n = n < BONES_MIN ? 0 : n };
}

static void add_word(struct buf *to, struct str word)
{
	if (word.n == 0)
		return;
	if (to->n)
		buf_char(to, ' ');
	buf_str(to, word);
}

/* ICU's c is what people write ch: चाय is "chaya". */
enum err word_roman(struct ctx *cx, struct romanizer *romanizer, struct str word, struct str *out)
{
	struct str roman;
	TRY(script_romanize(cx, romanizer, word, &roman));
	if (word_is_latin(word)) {
		*out = roman;
		return OK;
	}
	char *spelt = arena_new(&cx->mem, char, 2 * roman.n + 1);
	size_t n = 0;
	for (size_t i = 0; i < roman.n; i++) {
		spelt[n++] = roman.p[i];
		if (roman.p[i] == 'c' && !(i + 1 < roman.n && roman.p[i + 1] == 'h'))
			spelt[n++] = 'h';
	}
	*out = (struct str){ .p = spelt, .n = n };
	return OK;
}

enum err fold_text(struct ctx *cx, struct romanizer *romanizer, struct str text, struct folded *out)
{
	AUTO(buf_free) struct buf roman = buf_new(SCRIPT_BYTES_MAX * 4), bones = buf_new(SCRIPT_BYTES_MAX * 4),
		latin_bones = buf_new(SCRIPT_BYTES_MAX * 4);
	struct str words;
	TRY(fold_words(cx, text, &words));
	for (struct str rest = words; rest.n;) {
		const struct str word = str_cut(&rest, ' ');
		bool latin = word_is_latin(word);
		struct str in_latin, consonants;
		TRY(word_roman(cx, romanizer, word, &in_latin));
		word_bones(cx, in_latin, &consonants);
		if (!latin)
			add_word(&roman, in_latin);
		add_word(latin ? &latin_bones : &bones, consonants);
	}
	if (roman.failed || bones.failed || latin_bones.failed)
		return fail(cx, E_TOOLARGE, "a text grows past %zu bytes when it is folded", SCRIPT_BYTES_MAX * 4);
	*out = (struct folded){ .words = words, .roman = arena_copy(&cx->mem, buf_view(&roman)),
		.bones = arena_copy(&cx->mem, buf_view(&bones)), .latin_bones = arena_copy(&cx->mem, buf_view(&latin_bones)) };
	return OK;
}

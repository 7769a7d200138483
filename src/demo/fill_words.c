/* Captions in fourteen languages: some words stand everywhere, most in few places. */
#include <assert.h>
#include <string.h>

#include "base/str.h"
#include "demo/fill_inside.h"

#define WORDS 24                               /* of a language in words.def */
#define VOCABULARY (WORDS + WORDS * WORDS * WORDS)
#define TAGS 4000                              /* of these, hashtags are made */

struct language {
	const char *code;
	unsigned speakers;
	const char *words;
};
static const struct language languages[] = {
#define LANGUAGE(code, speakers, words) { code, speakers, words },
#include "demo/words.def"
};
static_assert(sizeof languages / sizeof *languages == FILL_LANGUAGES, "words.def");
#define EVERYWHERE 1                           /* English: whose hashtags others use too */

const char *fill_language(unsigned language)
{
	return languages[language].code;
}

unsigned fill_some_language(struct fill_dice *dice)
{
	unsigned all = 0, language = 0;
	for (unsigned i = 0; i < FILL_LANGUAGES; i++)
		all += languages[i].speakers;
	int64_t at = fill_below(dice, all);
	while (at >= languages[language].speakers)
		at -= languages[language++].speakers;
	return language;
}

static struct str listed(unsigned language, int64_t number)
{
	struct str rest = str_of(languages[language].words), word = STR("");
	for (int64_t i = 0; i <= number; i++)
		word = str_cut(&rest, ' ');
	return word;
}

/* Where the second half of the word begins: at a code point. */
static size_t middle(struct str word)
{
	size_t at = word.n / 2;
	while (at > 0 && ((unsigned char)word.p[at] & 0xC0) == 0x80)
		at--;
	return at;
}

/* By how common it is: the listed ones; then first half and second half of two; then with another before them. */
static void put_word(unsigned language, int64_t rank, struct buf *out)
{
	if (rank < WORDS) {
		buf_str(out, listed(language, rank));
		return;
	}
	rank -= WORDS;
	const struct str first = listed(language, rank % WORDS), second = listed(language, rank / WORDS % WORDS);
	if (rank / (WORDS * WORDS)) {
		const struct str before = listed(language, rank / (WORDS * WORDS));
		buf_bytes(out, before.p, middle(before));
	}
	buf_bytes(out, first.p, middle(first));
	buf_str(out, str_from(second, middle(second)));
}

void fill_words(struct fill_dice *dice, unsigned language, int64_t count, struct buf *out)
{
	for (int64_t i = 0; i < count; i++) {
		if (i)
			buf_char(out, ' ');
		put_word(language, fill_common_ones(dice, VOCABULARY), out);
	}
}

void fill_caption(struct fill_dice *dice, unsigned language, struct buf *out)
{
	static const int64_t words_most = 14, tags_most = 4, borrowed = 4;
	if (fill_below(dice, 20) == 0)
		return;                        /* some say nothing */
	fill_words(dice, language, 1 + fill_below(dice, words_most), out);
	for (int64_t tags = fill_below(dice, tags_most + 1); tags > 0; tags--) {
		buf_text(out, " #");
		put_word(fill_below(dice, borrowed) == 0 ? EVERYWHERE : language, fill_common_ones(dice, TAGS), out);
	}
}

void fill_handle(struct fill_dice *dice, int64_t index, struct buf *out)
{
	static const char *const syllables[] = { "ka", "ri", "mo", "su", "ta", "ni", "la", "ze", "hu", "pa", "vi", "do", "sha", "ro", "me", "ya" };
	for (unsigned i = 0; i < 3; i++)
		buf_text(out, syllables[fill_below(dice, sizeof syllables / sizeof *syllables)]);
	buf_printf(out, "%lld", (long long)index);
}

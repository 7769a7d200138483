/* Folding, writing in Latin letters, consonants; hashtags in captions. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "social/hashtag.h"
#include "store/fold.h"
#include "tap.h"

struct bench {
	struct ctx cx;
	struct romanizer *romanizer;
};

static void bench_open(struct bench *b)
{
	*b = (struct bench){ .cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) } };
	if (romanizer_open(&b->cx, &b->romanizer) != OK)
		abort();
}

static void bench_close(struct bench *b)
{
	romanizer_close(&b->romanizer);
	ctx_end(&b->cx);
}

static bool same(const char *what, struct str got, const char *wanted)
{
	if (str_eq(got, str_of(wanted)))
		return true;
	printf("# %s: got \"" STR_FMT "\", wanted \"%s\"\n", what, STR_ARG(got), wanted);
	return false;
}

/* Fourteen languages in twelve scripts, and what folding must keep: vowel signs, nuktas, conjuncts. */
static const struct {
	const char *text, *words, *roman;
} greetings[] = {
	{ "Hello, WORLD!", "hello world", "" },
	{ "مرحبا بالعالم", "مرحبا بالعالم", "mrhba balalm" },
	{ "नमस्ते दुनिया, चाय", "नमस्ते दुनिया चाय", "namaste duniya chaya" },
	{ "নমস্কার", "নমস্কার", "namaskara" },
	{ "నమస్కారం", "నమస్కారం", "namaskaram" },
	{ "नमस्कार मित्रांनो", "नमस्कार मित्रांनो", "namaskara mitranno" },
	{ "வணக்கம்", "வணக்கம்", "vanakkam" },
	{ "سلام دنیا", "سلام دنيا", "slam dnya" },
	{ "નમસ્તે", "નમસ્તે", "namaste" },
	{ "ನಮಸ್ಕಾರ", "ನಮಸ್ಕಾರ", "namaskara" },
	{ "നമസ്കാരം", "നമസ്കാരം", "namaskaram" },
	{ "ନମସ୍କାର", "ନମସ୍କାର", "namaskara" },
	{ "ਸਤਿ ਸ੍ਰੀ ਅਕਾਲ", "ਸਤਿ ਸ੍ਰੀ ਅਕਾਲ", "sati sri akala" },
	{ "নমস্কাৰ", "নমস্কাৰ", "namaskara" },
};

TEST(every_script_folds_and_is_written_in_latin_letters)
{
	struct bench b;
	bench_open(&b);
	bool good = true;
	for (size_t i = 0; i < sizeof greetings / sizeof greetings[0]; i++) {
		struct folded folded;
		CHECK(fold_text(&b.cx, b.romanizer, str_of(greetings[i].text), &folded) == OK);
		good = same("words", folded.words, greetings[i].words) && good;
		good = same("roman", folded.roman, greetings[i].roman) && good;
	}
	bench_close(&b);
	CHECK(good);
}

TEST(what_people_type_for_one_another_is_the_same)
{
	static const char *const pairs[][2] = {
		{ "أحمد", "احمد" }, { "إسلام", "اسلام" }, { "آمنة", "امنه" }, { "مُحَمَّد", "محمد" }, { "مـحـمـد", "محمد" }, { "على", "علي" },
		{ "مدرسة", "مدرسه" }, { "کتاب", "كتاب" }, { "ﺳﻼم", "سلام" }, { "هٰذا", "هذا" }, { "ＣＨＡＩ", "chai" }, { "Straße", "STRASSE" },
		{ "क्‍ष", "क्ष" }, { "\xE0\xA5\x98लम", "\xE0\xA4\x95\xE0\xA4\xBCलम" }, { "  a -- b  ", "a b" }, { "#chai_time", "chai time" },
	};
	struct bench b;
	bench_open(&b);
	bool good = true;
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		struct str one, two;
		CHECK(fold_words(&b.cx, str_of(pairs[i][0]), &one) == OK && fold_words(&b.cx, str_of(pairs[i][1]), &two) == OK);
		good = same(pairs[i][0], one, arena_text(&b.cx.mem, two)) && good;
	}
	bench_close(&b);
	CHECK(good);
}

TEST(different_words_stay_different)
{
	static const char *const pairs[][2] = { { "कल", "काल" }, { "दिन", "दीन" }, { "தமிழ்", "தமழ" }, { "কলা", "কালা" }, { "سلام", "سلم" } };
	struct bench b;
	bench_open(&b);
	bool good = true;
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		struct str one, two;
		CHECK(fold_words(&b.cx, str_of(pairs[i][0]), &one) == OK && fold_words(&b.cx, str_of(pairs[i][1]), &two) == OK);
		good = !str_eq(one, two) && good;
	}
	bench_close(&b);
	CHECK(good);
}

TEST(consonants_agree_across_scripts)
{
	static const char *const pairs[][2] = {
		{ "سلام", "salam" }, { "مرحبا", "marhaba" }, { "محمد", "Mohammed" }, { "حبيبي", "habibi" }, { "نور الدين", "noor aldin" },
		{ "يوسف", "Yusuf" }, { "مدرسة", "madrasa" }, { "भारत", "bharat" }, { "नमस्ते", "namaste" }, { "قلب", "qalb" }, { "शर्मा", "sharma" }, { "चाचा", "chacha" },
	};
	struct bench b;
	bench_open(&b);
	bool good = true;
	for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++) {
		struct folded foreign, latin;
		CHECK(fold_text(&b.cx, b.romanizer, str_of(pairs[i][0]), &foreign) == OK);
		CHECK(fold_text(&b.cx, b.romanizer, str_of(pairs[i][1]), &latin) == OK);
		good = same(pairs[i][0], foreign.bones, arena_text(&b.cx.mem, latin.latin_bones)) && good;
		good = foreign.latin_bones.n == 0 && latin.bones.n == 0 && foreign.bones.n > 0 && good;
	}
	bench_close(&b);
	CHECK(good);
}

TEST(a_text_as_long_as_any_folds)
{
	struct bench b;
	bench_open(&b);
	AUTO(buf_free) struct buf text = buf_new(SCRIPT_BYTES_MAX);
	for (int i = 0; i < 2200; i++)
		buf_text(&text, i % 2 ? " " : "ﷺ");     /* grows eighteenfold */
	struct folded folded;
	enum err outcome = fold_text(&b.cx, b.romanizer, buf_view(&text), &folded);
	bench_close(&b);
	CHECK(outcome == OK);
}

/* --- hashtags --- */

TEST(captions_have_the_hashtags_that_people_see)
{
	static const struct {
		const char *caption, *names;
	} captions[] = {
		{ "no tag", "" }, { "#Chai time", "chai" }, { "good #morning, #INDIA!", "morning india" }, { "#चाय और #दोस्त", "चाय दोस्त" },
		{ "#سفر في #الهند", "سفر الهند" }, { "#தமிழ் #சென்னை", "தமிழ் சென்னை" }, { "a#b C# x", "" }, { "#a#b", "a" }, { "##x", "x" },
		{ "#", "" }, { "# x", "" }, { "#one #One #ONE", "one" }, { "#under_score9", "under_score9" }, { "#2024", "2024" }, { "(#x)", "x" },
		{ "＃wide", "wide" }, { "#क्‍ष", "क्ष" }, { "#caf\xC3\xA9", "café" }, { "#smile😀 #x", "smile x" }, { "\n#line\n", "line" },
	};
	struct bench b;
	bench_open(&b);
	bool good = true;
	for (size_t i = 0; i < sizeof captions / sizeof captions[0]; i++) {
		struct hashtags tags;
		AUTO(buf_free) struct buf names = buf_new(1000);
		CHECK(hashtags_parse(&b.cx, str_of(captions[i].caption), &tags) == OK);
		for (size_t n = 0; n < tags.count; n++) {
			if (n)
				buf_char(&names, ' ');
			buf_str(&names, tags.names[n]);
		}
		good = same(captions[i].caption, buf_view(&names), captions[i].names) && good;
	}
	bench_close(&b);
	CHECK(good);
}

TEST(fifty_characters_are_a_hashtag_and_one_more_is_none)
{
	struct bench b;
	bench_open(&b);
	for (int points = 49; points <= 51; points++) {
		AUTO(buf_free) struct buf caption = buf_new(1000);
		struct hashtags tags;
		buf_char(&caption, '#');
		for (int i = 0; i < points; i++)
			buf_text(&caption, "த");
		CHECK(hashtags_parse(&b.cx, buf_view(&caption), &tags) == OK);
		CHECK(tags.count == (points <= HASHTAG_POINTS_MAX));
	}
	bench_close(&b);
}

TEST(a_caption_has_thirty_hashtags_at_most)
{
	struct bench b;
	bench_open(&b);
	AUTO(buf_free) struct buf caption = buf_new(4000);
	struct hashtags tags;
	for (int i = 0; i < 100; i++)
		buf_printf(&caption, "#t%d ", i);
	CHECK(hashtags_parse(&b.cx, buf_view(&caption), &tags) == OK);
	CHECK(tags.count == HASHTAGS_MAX && str_eq(tags.names[0], STR("t0")) && hashtag_id(tags.names[0]) < 0);
	bench_close(&b);
}

int main(void)
{
	RUN(every_script_folds_and_is_written_in_latin_letters);
	RUN(what_people_type_for_one_another_is_the_same);
	RUN(different_words_stay_different);
	RUN(consonants_agree_across_scripts);
	RUN(a_text_as_long_as_any_folds);
	RUN(captions_have_the_hashtags_that_people_see);
	RUN(fifty_characters_are_a_hashtag_and_one_more_is_none);
	RUN(a_caption_has_thirty_hashtags_at_most);
	return tap_end();
}

/* Captions: what is strict WebVTT is kept as times and words, anything else is refused with its line. */
#include <stdlib.h>
#include <string.h>

#include "social/vtt.h"
#include "tap.h"

static struct ctx cx;

static struct ctx *fresh(void)
{
	ctx_end(&cx);
	cx = (struct ctx){ .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	return &cx;
}

static bool becomes(const char *in, const char *expected)
{
	struct str out, again;
	if (vtt_clean(fresh(), str_of(in), &out) != OK) {
		printf("# %s\n", cx.failure.text);
		return false;
	}
	if (!str_eq(out, str_of(expected)))
		printf("# became " STR_FMT "\n", STR_ARG(out));
	return str_eq(out, str_of(expected)) && vtt_clean(&cx, out, &again) == OK && str_eq(out, again);
}

static bool refused(const char *in, const char *line)
{
	struct str out;
	const enum err outcome = vtt_clean(fresh(), str_of(in), &out);
	const bool right = outcome == E_INVALID && strcmp(cx.failure.slug, "captions-invalid") == 0
		&& strncmp(cx.failure.text, line, strlen(line)) == 0;
	if (!right)
		printf("# %s: %s\n", err_name(outcome), outcome == OK ? "" : cx.failure.text);
	return right;
}

#define HEAD "WEBVTT\n\n"
#define CUE "00:00:01.000 --> 00:00:02.500\n"

TEST(times_and_words_are_kept)
{
	CHECK(becomes(HEAD CUE "Hello\nthere\n", HEAD CUE "Hello\nthere\n\n"));
	CHECK(becomes(HEAD "00:01.000 --> 00:02.500\nनमस्ते\n\n\n\nid\n01:00:00.000 --> 01:00:01.000 align:start\nمرحبا",
		HEAD CUE "नमस्ते\n\n01:00:00.000 --> 01:00:01.000\nمرحبا\n\n"));
	CHECK(becomes("\xef\xbb\xbfWEBVTT made by hand\r\n\r\n" "00:01.000 --> 00:02.500\r\nx\r\n", HEAD CUE "x\n\n"));
	CHECK(becomes("WEBVTT\r\r00:01.000 --> 00:02.500\rx\ry\r\r", HEAD CUE "x\ny\n\n"));
}

TEST(what_a_player_must_not_be_told_goes)
{
	CHECK(becomes("WEBVTT\nKind: captions\n\nNOTE by me\nmore\n\nSTYLE\n::cue { color: red }\n\nREGION\nid:a\n\n" CUE "x\n", HEAD CUE "x\n\n"));
	CHECK(becomes(HEAD CUE "<v Asha>Hi</v> <c.red>you</c> <00:00:02.000>now <script>x</script>\n", HEAD CUE "Hi you now x\n\n"));
	CHECK(becomes(HEAD CUE "<i>one <b>two</i> three\n", HEAD CUE "<i>one <b>two three</b></i>\n\n"));
	CHECK(becomes(HEAD CUE "<v Asha>\nwords\n", HEAD CUE "words\n\n"));
	CHECK(becomes(HEAD CUE "a & b > c &lt;d&gt; &nope;\n", HEAD CUE "a &amp; b &gt; c &lt;d&gt; &amp;nope;\n\n"));
}

TEST(anything_else_is_refused_with_its_line)
{
	CHECK(refused("", "line 0") && refused("hello", "line 1") && refused("WEBVTTX\n\n" CUE "x\n", "line 1"));
	CHECK(refused("WEBVTT\n" CUE "x\n", "line 2") && refused(HEAD "words without times\n", "line 3") && refused("WEBVTT\n\n", "line 2"));
	CHECK(refused(HEAD "00:00:02.000 --> 00:00:02.000\nx\n", "line 3"));
	CHECK(refused(HEAD "00:00:02.000 -> 00:00:03.000\nx\n", "line 4"));
	CHECK(refused(HEAD "0:02.000 --> 0:03.000\nx\n", "line 3") && refused(HEAD "00:02,000 --> 00:03,000\nx\n", "line 3"));
	CHECK(refused(HEAD "00:60.000 --> 01:03.000\nx\n", "line 3") && refused(HEAD "100:00:00.000 --> 100:00:01.000\nx\n", "line 3"));
	CHECK(refused(HEAD "00:05.000 --> 00:06.000\nx\n\n00:01.000 --> 00:02.000\ny\n", "line 6"));
	CHECK(refused(HEAD CUE "x\n00:00:03.000 --> 00:00:04.000\ny\n", "line 5"));
	CHECK(refused(HEAD CUE "a < b\n", "line 4") && refused(HEAD CUE "bell \a\n", "line 4"));
	CHECK(refused("WEBVTT\n\n\xff", "a caption file must be UTF-8"));
}

TEST(too_much_of_anything_is_refused)
{
	struct str out;
	char *many = malloc(VTT_BYTES_MAX + 64);
	size_t n = 0;
	memcpy(many, HEAD, n = strlen(HEAD));
	while (n + 40 < VTT_BYTES_MAX) {
		memcpy(many + n, CUE "x\n\n", strlen(CUE "x\n\n"));
		n += strlen(CUE "x\n\n");
	}
	CHECK(vtt_clean(fresh(), (struct str){ .p = many, .n = n }, &out) == E_INVALID);
	memset(many + strlen(HEAD CUE), 'x', VTT_CUE_BYTES_MAX + 1);
	CHECK(vtt_clean(fresh(), (struct str){ .p = many, .n = strlen(HEAD CUE) + VTT_CUE_BYTES_MAX }, &out) == OK);
	CHECK(vtt_clean(fresh(), (struct str){ .p = many, .n = strlen(HEAD CUE) + VTT_CUE_BYTES_MAX + 1 }, &out) == E_INVALID);
	CHECK(vtt_clean(fresh(), (struct str){ .p = many, .n = VTT_BYTES_MAX + 1 }, &out) == E_INVALID);
	free(many);
}

int main(void)
{
	RUN(times_and_words_are_kept);
	RUN(what_a_player_must_not_be_told_goes);
	RUN(anything_else_is_refused_with_its_line);
	RUN(too_much_of_anything_is_refused);
	ctx_end(&cx);
	return tap_end();
}

#include "social/vtt.h"

#include <string.h>

#define ARROW "-->"
#define NESTED_MAX 8
#define HOURS_MAX 99

struct vtt {
	struct ctx *cx;
	struct str rest;                       /* behind the line that was read last */
	struct str line;
	unsigned number;                       /* of that line, from 1 */
	bool ended;
	struct buf out;
	unsigned cues;
	int64_t last_ms;                       /* where the cue before begins */
};

static void buf_release(struct vtt *vtt)
{
	buf_free(&vtt->out);
}

static enum err wrong(const struct vtt *vtt, const char *what)
{
	return fail_as(vtt->cx, E_INVALID, "captions-invalid", "line %u: %s", vtt->number, what);
}

/* Section 4.1: a line ends with CR LF, LF or CR. */
static void next_line(struct vtt *vtt)
{
	size_t n = 0;
	vtt->ended = vtt->rest.n == 0;
	vtt->number += !vtt->ended;
	while (n < vtt->rest.n && vtt->rest.p[n] != '\n' && vtt->rest.p[n] != '\r')
		n++;
	vtt->line = (struct str){ .p = vtt->rest.p, .n = n };
	if (n < vtt->rest.n)
		n += vtt->rest.p[n] == '\r' && n + 1 < vtt->rest.n && vtt->rest.p[n + 1] == '\n' ? 2 : 1;
	vtt->rest = str_from(vtt->rest, n);
}

static bool holds(struct str text, const char *piece)
{
	return memmem(text.p, text.n, piece, strlen(piece)) != NULL;
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t';
}

static void skip_blanks(struct str *text)
{
	while (text->n && is_blank(text->p[0]))
		*text = str_from(*text, 1);
}

/* --- times: section 4.3, "WebVTT timestamp" --- */

/* Exactly, or at least, so many digits; false: not. */
static bool take_digits(struct str *text, size_t least, size_t most, int64_t *out)
{
	int64_t value = 0;
	size_t n = 0;
	while (n < text->n && n < most && text->p[n] >= '0' && text->p[n] <= '9')
		value = value * 10 + (text->p[n++] - '0');
	*text = str_from(*text, n);
	*out = value;
	return n >= least;
}

static bool take_sign(struct str *text, char sign)
{
	const bool there = text->n && text->p[0] == sign;
	*text = str_from(*text, there ? 1 : 0);
	return there;
}

static bool take_time(struct str *text, int64_t *ms)
{
	int64_t hours = 0, minutes, seconds, thousandths;
	if (!take_digits(text, 2, 3, &minutes) || !take_sign(text, ':') || !take_digits(text, 2, 2, &seconds))
		return false;
	if (take_sign(text, ':')) {
		hours = minutes;
		minutes = seconds;
		if (!take_digits(text, 2, 2, &seconds))
			return false;
	}
	if (!take_sign(text, '.') || !take_digits(text, 3, 3, &thousandths))
		return false;
	*ms = ((hours * 60 + minutes) * 60 + seconds) * 1000 + thousandths;
	return hours <= HOURS_MAX && minutes < 60 && seconds < 60;
}

static void put_time(struct buf *out, int64_t ms)
{
	buf_printf(out, "%02d:%02d:%02d.%03d", (int)(ms / 3600000), (int)(ms / 60000 % 60), (int)(ms / 1000 % 60), (int)(ms % 1000));
}

static enum err take_timing(struct vtt *vtt)
{
	struct str text = vtt->line;
	int64_t from, to;
	skip_blanks(&text);
	if (!take_time(&text, &from))
		return wrong(vtt, "a time is written 00:00:00.000");
	skip_blanks(&text);
	if (!str_starts(text, STR(ARROW)))
		return wrong(vtt, "an arrow --> stands between two times");
	text = str_from(text, strlen(ARROW));
	skip_blanks(&text);
	if (!take_time(&text, &to) || (text.n && !is_blank(text.p[0])))
		return wrong(vtt, "a time is written 00:00:00.000");
	if (to <= from)
		return wrong(vtt, "a caption must end after it begins");
	if (from < vtt->last_ms)
		return wrong(vtt, "a caption begins before the one in front of it");
	vtt->last_ms = from;
	put_time(&vtt->out, from);
	buf_text(&vtt->out, " " ARROW " ");
	put_time(&vtt->out, to);
	buf_char(&vtt->out, '\n');
	return OK;
}

/* --- words --- */

struct words {
	char open[NESTED_MAX];                 /* i, b, u: the spans that are open */
	unsigned depth;
	size_t begin;                          /* where they begin in what is written */
};

/* What stands between < and >.  Closing what is not open last is as good as nothing. */
static void put_tag(struct vtt *vtt, struct words *words, struct str tag)
{
	const bool closes = take_sign(&tag, '/');
	if (tag.n != 1 || memchr("ibu", tag.p[0], 3) == NULL)
		return;
	if (closes && words->depth && words->open[words->depth - 1] == tag.p[0]) {
		words->depth--;
		buf_printf(&vtt->out, "</%c>", tag.p[0]);
	} else if (!closes && words->depth < NESTED_MAX) {
		words->open[words->depth++] = tag.p[0];
		buf_printf(&vtt->out, "<%c>", tag.p[0]);
	}
}

/* Section 4.2.2 knows these; any other & is one of the text. */
static size_t reference_length(struct str text)
{
	static const char *const known[] = { "&amp;", "&lt;", "&gt;", "&nbsp;", "&lrm;", "&rlm;" };
	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (str_starts(text, str_of(known[i])))
			return strlen(known[i]);
	return 0;
}

static enum err put_line(struct vtt *vtt, struct words *words)
{
	struct str text = vtt->line;
	while (text.n) {
		const char c = text.p[0];
		const size_t reference = c == '&' ? reference_length(text) : 0;
		if ((unsigned char)c < 0x20 && c != '\t')
			return wrong(vtt, "there is a control character");
		if (c == '<') {
			const char *const end = memchr(text.p, '>', text.n);
			if (end == NULL)
				return wrong(vtt, "a < is not closed; in words it is written &lt;");
			const size_t n = (size_t)(end - text.p);
			put_tag(vtt, words, (struct str){ .p = text.p + 1, .n = n - 1 });
			text = str_from(text, n + 1);
			continue;
		}
		if (reference)
			buf_str(&vtt->out, (struct str){ .p = text.p, .n = reference });
		else if (c == '&')
			buf_text(&vtt->out, "&amp;");
		else if (c == '>')
			buf_text(&vtt->out, "&gt;");
		else
			buf_char(&vtt->out, c == '\t' ? ' ' : c);
		text = str_from(text, reference ? reference : 1);
	}
	return OK;
}

/* From the line behind the times to the empty one that ends the cue. */
static enum err take_words(struct vtt *vtt)
{
	struct words words = { .begin = vtt->out.n };
	for (next_line(vtt); vtt->line.n; next_line(vtt)) {
		if (holds(vtt->line, ARROW))
			return wrong(vtt, "an empty line is missing before these times");
		const size_t before = vtt->out.n;
		if (before > words.begin)
			buf_char(&vtt->out, '\n');
		const size_t behind = vtt->out.n;
		TRY(put_line(vtt, &words));
		/* a line of markup alone would be an empty one, and end the cue */
		if (vtt->out.n == behind)
			vtt->out.n = before;
	}
	while (words.depth)
		buf_printf(&vtt->out, "</%c>", words.open[--words.depth]);
	if (vtt->out.n - words.begin > VTT_CUE_BYTES_MAX)
		return wrong(vtt, "the caption above holds more words than anybody could read");
	buf_text(&vtt->out, "\n\n");
	return OK;
}

/* --- blocks --- */

static void skip_block(struct vtt *vtt)
{
	while (vtt->line.n)
		next_line(vtt);
}

/* A word that begins a block which is no cue. */
static bool is_aside(struct str line)
{
	static const char *const names[] = { "NOTE", "STYLE", "REGION" };
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const size_t n = strlen(names[i]);
		if (str_starts(line, str_of(names[i])) && (line.n == n || is_blank(line.p[n])))
			return true;
	}
	return false;
}

static enum err take_cue(struct vtt *vtt)
{
	if (!holds(vtt->line, ARROW)) {
		next_line(vtt);                /* that was its identifier */
		if (!holds(vtt->line, ARROW))
			return wrong(vtt, "the times of a caption are missing: 00:00:01.000 --> 00:00:03.000");
	}
	if (++vtt->cues > VTT_CUES_MAX)
		return wrong(vtt, "there are too many captions");
	TRY(take_timing(vtt));
	return take_words(vtt);
}

/* Section 4.1: the signature, and whatever follows it up to an empty line. */
static enum err take_head(struct vtt *vtt)
{
	const struct str mark = STR("WEBVTT");
	vtt->rest = str_from(vtt->rest, str_starts(vtt->rest, STR("\xef\xbb\xbf")) ? 3 : 0);
	next_line(vtt);
	if (!str_starts(vtt->line, mark) || (vtt->line.n > mark.n && !is_blank(vtt->line.p[mark.n])))
		return wrong(vtt, "a caption file begins with WEBVTT");
	for (next_line(vtt); vtt->line.n; next_line(vtt))
		if (holds(vtt->line, ARROW))
			return wrong(vtt, "an empty line must follow WEBVTT");
	return OK;
}

static enum err take_blocks(struct vtt *vtt)
{
	for (next_line(vtt); !vtt->ended; next_line(vtt)) {
		if (vtt->line.n == 0)
			continue;
		if (is_aside(vtt->line))
			skip_block(vtt);
		else
			TRY(take_cue(vtt));
	}
	return vtt->cues ? OK : wrong(vtt, "there is no caption in the file");
}

enum err vtt_clean(struct ctx *cx, struct str in, struct str *out)
{
	AUTO(buf_release) struct vtt vtt = { .cx = cx, .rest = in, .number = 0, .out = buf_new(VTT_BYTES_MAX) };
	if (in.n > VTT_BYTES_MAX)
		return fail_as(cx, E_INVALID, "captions-invalid", "a caption file may have %zu KiB at most", VTT_BYTES_MAX >> 10);
	if (!str_utf8(in) || memchr(in.p, 0, in.n) != NULL)
		return fail_as(cx, E_INVALID, "captions-invalid", "a caption file must be UTF-8 text: save it again as such");
	TRY(take_head(&vtt));
	buf_text(&vtt.out, "WEBVTT\n\n");
	TRY(take_blocks(&vtt));
	if (vtt.out.failed)
		return fail_as(cx, E_INVALID, "captions-invalid", "these captions take more than %zu KiB", VTT_BYTES_MAX >> 10);
	*out = arena_copy(&cx->mem, buf_view(&vtt.out));
	return OK;
}

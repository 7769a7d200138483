#include "script.h"

#include <math.h>

#include "script_inside.h"

#define BLANK 26.0f                     /* between words, at SCRIPT_MEASURE */
#define BOX_WIDTH 456.0f                 /* of 720: what stands beside it on a phone is the rail, at either side */
#define BOX_HEIGHT 640.0f
#define SEAL_SIDE 400.0f
#define INK_MAX_BLOCK 170.0f            /* height of a line; scripts differ too much for a size to say it */
#define SIZE_MAX_BLOCK 400.0f
#define INK_MAX_ALONE 420.0f
#define GAP 48.0f
#define HOLD_MS 3000
#define LEAVE_MS 350

/* --- the pen --- */

static void put_time(struct buf *out, unsigned ms)
{
	buf_printf(out, "0:%02u:%02u.%02u", ms / 60000, ms / 1000 % 60, ms / 10 % 100);
}

void event_begin(struct writing *writing, int layer, unsigned from_ms, unsigned to_ms)
{
	buf_printf(writing->out, "Dialogue: %d,", layer);
	put_time(writing->out, from_ms);
	buf_char(writing->out, ',');
	put_time(writing->out, to_ms);
	buf_text(writing->out, ",T,,0,0,0,,");
}

void event_end(struct writing *writing)
{
	buf_char(writing->out, '\n');
}

void put_colour(struct writing *writing, const char *tag, uint32_t rgb)
{
	buf_printf(writing->out, "\\%s&H%02x%02x%02x&", tag, rgb & 0xff, rgb >> 8 & 0xff, rgb >> 16);
}

unsigned pick(struct writing *writing, unsigned below)
{
	writing->random = writing->random * 1664525u + 1013904223u;
	return (writing->random >> 8) % below;
}

static void put_header(struct writing *writing)
{
	buf_printf(writing->out, "[Script Info]\nScriptType: v4.00+\nPlayResX: %d\nPlayResY: %d\nWrapStyle: 2\nScaledBorderAndShadow: yes\n\n"
		"[V4+ Styles]\nFormat: Name, Fontname, Fontsize, PrimaryColour, SecondaryColour, OutlineColour, BackColour, Bold, Italic, "
		"Underline, StrikeOut, ScaleX, ScaleY, Spacing, Angle, BorderStyle, Outline, Shadow, Alignment, MarginL, MarginR, MarginV, "
		"Encoding\nStyle: T,%s,%d,&H00FFFFFF,&H00FFFFFF,&H00000000,&H00000000,-1,0,0,0,100,100,0,0,1,0,0,5,0,0,0,-1\n\n"
		"[Events]\nFormat: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text\n",
		TYPED_WIDTH, TYPED_HEIGHT, writing->head->family, SCRIPT_MEASURE);
}

/* Braces and backslashes are the format's own. */
static void put_word(struct writing *writing, struct str word)
{
	for (size_t i = 0; i < word.n; i++)
		if (word.p[i] != '{' && word.p[i] != '}' && word.p[i] != '\\')
			buf_char(writing->out, word.p[i]);
}

/* --- reading and measuring --- */

static bool take_word(struct writing *writing, struct str text, int line, const struct ruler *ruler)
{
	if (writing->word_count == SCRIPT_WORDS_MAX)
		return false;
	bool accent = str_starts(text, STR("*"));
	text = str_from(text, accent ? 1 : 0);
	struct word *word = &writing->words[writing->word_count++];
	*word = (struct word){ .text = text, .accent = accent, .line = line, .ink = ruler->measure(ruler->self, text) };
	return word->ink.right > word->ink.left && word->ink.bottom > word->ink.top;
}

static bool take_line(struct writing *writing, struct str text, const struct ruler *ruler)
{
	if (writing->line_count == SCRIPT_LINES_MAX)
		return false;
	int index = writing->line_count++;
	struct line *line = &writing->lines[index];
	*line = (struct line){ .first = writing->word_count, .top = 1000, .bottom = -1000 };
	while (text.n > 0) {
		struct str word = str_cut(&text, ' ');
		if (word.n > 0 && !take_word(writing, word, index, ruler))
			return false;
	}
	line->count = writing->word_count - line->first;
	for (int i = 0; i < line->count; i++) {
		const struct ink *ink = &writing->words[line->first + i].ink;
		line->width += (float)(ink->right - ink->left) + (i > 0 ? BLANK : 0);
		line->top = fminf(line->top, (float)ink->top);
		line->bottom = fmaxf(line->bottom, (float)ink->bottom);
	}
	return line->count > 0;
}

static bool take_text(struct writing *writing, struct str text, const struct ruler *ruler)
{
	while (text.n > 0) {
		struct str line = str_trim(str_cut(&text, '\n'));
		if (line.n > 0 && !take_line(writing, line, ruler))
			return false;
	}
	return writing->line_count > 0;
}

/* --- where --- */

static float block_height(const struct writing *writing)
{
	float height = GAP * (float)(writing->line_count - 1);
	for (int i = 0; i < writing->line_count; i++)
		height += (writing->lines[i].bottom - writing->lines[i].top) * writing->lines[i].size / SCRIPT_MEASURE;
	return height;
}

/* Each line as wide as the box, as on a poster, but none so large that it drowns the others. */
static void size_lines(struct writing *writing, float box_width, float box_height)
{
	float least = SIZE_MAX_BLOCK;
	for (int i = 0; i < writing->line_count; i++) {
		struct line *line = &writing->lines[i];
		line->size = fminf(box_width / line->width, INK_MAX_BLOCK / (line->bottom - line->top)) * SCRIPT_MEASURE;
		least = fminf(least, line->size);
	}
	for (int i = 0; i < writing->line_count; i++)
		writing->lines[i].size = fminf(writing->lines[i].size, 1.55f * least);
	float room = box_height - GAP * (float)(writing->line_count - 1);
	float ink = block_height(writing) - GAP * (float)(writing->line_count - 1);
	for (int i = 0; i < writing->line_count && ink > room; i++)
		writing->lines[i].size *= room / ink;
}

static void place_line(struct writing *writing, const struct line *line)
{
	float scale = line->size / SCRIPT_MEASURE;
	float left = MIDDLE_X - line->width * scale / 2, right = MIDDLE_X + line->width * scale / 2;
	for (int i = 0; i < line->count; i++) {
		struct word *word = &writing->words[line->first + i];
		float width = (float)(word->ink.right - word->ink.left) * scale;
		word->size = line->size;
		word->y = line->y;
		word->x = (writing->head->right_to_left ? right - width : left) - (float)word->ink.left * scale;
		left += width + BLANK * scale;
		right -= width + BLANK * scale;
	}
}

static void place(struct writing *writing)
{
	bool seal = writing->head->layout == LAYOUT_SEAL;
	size_lines(writing, seal ? SEAL_SIDE : BOX_WIDTH, seal ? SEAL_SIDE : BOX_HEIGHT);
	float at = MIDDLE_Y - block_height(writing) / 2;
	for (int i = 0; i < writing->line_count; i++) {
		struct line *line = &writing->lines[i];
		float scale = line->size / SCRIPT_MEASURE;
		line->y = at - line->top * scale;
		at += (line->bottom - line->top) * scale + GAP;
		place_line(writing, line);
	}
}

/* On the music's beat, or twice as fast when there is much to say; a breath between lines. */
static void time_words(struct writing *writing)
{
	unsigned beat = writing->beat_ms = 60000 / writing->head->tempo, at = beat / 2;
	unsigned step = writing->word_count * (int)beat <= 5200 ? beat : beat / 2;
	for (int i = 0; i < writing->word_count; i++) {
		if (i > 0 && writing->words[i].line != writing->words[i - 1].line && step < beat)
			at += beat / 2;
		writing->words[i].at_ms = at;
		at += step;
	}
	writing->last_ms = at;
	unsigned end = at + HOLD_MS;
	end = end < 6000 ? 6000 : end > 12000 ? 12000 : end;
	writing->end_ms = end - end % 100;
}

/* --- how words come --- */

static void word_begin(struct writing *writing, const struct word *word, int layer, unsigned from_ms, uint32_t colour)
{
	event_begin(writing, layer, from_ms, writing->end_ms);
	buf_printf(writing->out, "{\\fs%.1f\\fad(0,%d)", (double)word->size, LEAVE_MS);
	put_colour(writing, "1c", colour);
}

static uint32_t colour_of(const struct writing *writing, const struct word *word)
{
	return writing->head->colours[word->accent ? TONE_ACCENT : TONE_TEXT];
}

static void pop(struct writing *writing, const struct word *word, uint32_t colour, unsigned at_ms)
{
	word_begin(writing, word, 5, at_ms, colour);
	buf_printf(writing->out, "\\pos(%.1f,%.1f)\\fscx30\\fscy30\\alpha&HFF&\\t(0,90,\\alpha&H00&)\\t(0,150,0.6,\\fscx109\\fscy109)"
		"\\t(150,270,\\fscx100\\fscy100)}", (double)word->x, (double)word->y);
	put_word(writing, word->text);
	event_end(writing);
}

/* From under an edge that is not seen. */
static void rise(struct writing *writing, const struct word *word)
{
	const struct line *line = &writing->lines[word->line];
	float scale = line->size / SCRIPT_MEASURE;
	int top = (int)(line->y + line->top * scale) - 12, bottom = (int)(line->y + line->bottom * scale) + 14;
	word_begin(writing, word, 5, word->at_ms, colour_of(writing, word));
	buf_printf(writing->out, "\\clip(0,%d,%d,%d)\\move(%.1f,%.1f,%.1f,%.1f,0,240)}", top, TYPED_WIDTH, bottom, (double)word->x,
		(double)(word->y + (float)(bottom - top)), (double)word->x, (double)word->y);
	put_word(writing, word->text);
	event_end(writing);
}

/* There from the beginning, faint; each lights up on its beat. */
static void glow(struct writing *writing, const struct word *word)
{
	word_begin(writing, word, 5, 0, writing->head->colours[TONE_TEXT]);
	buf_printf(writing->out, "\\pos(%.1f,%.1f)\\alpha&HC4&\\t(%u,%u,\\alpha&H00&\\fscx107\\fscy107", (double)word->x, (double)word->y,
		word->at_ms, word->at_ms + 110);
	put_colour(writing, "1c", colour_of(writing, word));
	buf_printf(writing->out, ")\\t(%u,%u,\\fscx100\\fscy100)}", word->at_ms + 110, word->at_ms + 330);
	put_word(writing, word->text);
	event_end(writing);
}

static void underline(struct writing *writing, const struct line *line)
{
	float scale = line->size / SCRIPT_MEASURE, half = line->width * scale / 2;
	int y = (int)(line->y + line->bottom * scale) + 13;
	const struct word *last = &writing->words[line->first + line->count - 1];
	unsigned from = writing->words[line->first].at_ms, to = last->at_ms + writing->beat_ms / 2;
	bool turned = writing->head->right_to_left;
	event_begin(writing, 4, from, writing->end_ms);
	buf_printf(writing->out, "{\\fad(0,%d)\\an%d\\pos(%d,%d)\\fscx0\\t(0,%u,\\fscx100)\\p1", LEAVE_MS, turned ? 9 : 7,
		(int)(turned ? MIDDLE_X + half : MIDDLE_X - half), y, to - from);
	put_colour(writing, "1c", writing->head->colours[TONE_ACCENT]);
	buf_text(writing->out, "}");
	draw_box(writing, 0, 0, (int)(2 * half), 8);
	event_end(writing);
}

/* One word fills the screen, then the next; at the end all of them stand together. */
static void alone(struct writing *writing, int index)
{
	const struct word *word = &writing->words[index];
	unsigned to = index + 1 < writing->word_count ? writing->words[index + 1].at_ms : writing->last_ms;
	float width = (float)(word->ink.right - word->ink.left), height = (float)(word->ink.bottom - word->ink.top);
	float size = fminf(BOX_WIDTH / width, INK_MAX_ALONE / height) * SCRIPT_MEASURE;
	float scale = size / SCRIPT_MEASURE;
	float x = MIDDLE_X - (float)(word->ink.left + word->ink.right) / 2 * scale;
	float y = MIDDLE_Y - (float)(word->ink.top + word->ink.bottom) / 2 * scale;
	bool inverse = index % 2 == 1;
	if (inverse) {
		event_begin(writing, 3, word->at_ms, to);
		buf_text(writing->out, "{\\an7\\pos(0,0)\\p1");
		put_colour(writing, "1c", writing->head->colours[TONE_ACCENT]);
		buf_text(writing->out, "}");
		draw_box(writing, 0, 0, TYPED_WIDTH, TYPED_HEIGHT);
		event_end(writing);
	}
	event_begin(writing, 5, word->at_ms, to);
	buf_printf(writing->out, "{\\fs%.1f\\pos(%.1f,%.1f)\\fscx128\\fscy128\\alpha&H90&\\t(0,120,0.5,\\fscx100\\fscy100\\alpha&H00&)"
		"\\t(120,%u,\\fscx96\\fscy96)", (double)size, (double)x, (double)y, to - word->at_ms);
	put_colour(writing, "1c", inverse ? writing->head->colours[0] : colour_of(writing, word));
	buf_char(writing->out, '}');
	put_word(writing, word->text);
	event_end(writing);
}

static void together(struct writing *writing)
{
	for (int i = 0; i < writing->word_count; i++) {
		const struct word *word = &writing->words[i];
		pop(writing, word, colour_of(writing, word), writing->last_ms + (unsigned)word->line * 110);
	}
}

/* Rings of marks that turn against each other. */
static void turning_ring(struct writing *writing, int radius, int marks, int length, int degrees, uint32_t colour)
{
	event_begin(writing, 2, 0, writing->end_ms);
	buf_printf(writing->out, "{\\an7\\pos(%d,%d)\\org(%d,%d)\\fad(400,%d)\\t(\\frz%d)\\p1", MIDDLE_X, MIDDLE_Y, MIDDLE_X, MIDDLE_Y,
		LEAVE_MS, degrees);
	put_colour(writing, "1c", colour);
	buf_char(writing->out, '}');
	for (int i = 0; i < marks; i++) {
		double angle = 6.283185307 * i / marks, wide = 0.30 * 6.283185307 / marks;
		for (int corner = 0; corner < 4; corner++) {
			double at = angle + (corner == 1 || corner == 2 ? wide : -wide), far = corner < 2 ? radius : radius + length;
			buf_printf(writing->out, "%s %.0f %.0f ", corner == 0 ? "m" : "l", far * cos(at), far * sin(at));
		}
	}
	event_end(writing);
}

static void seal(struct writing *writing)
{
	turning_ring(writing, 318, 72, 14, 40, writing->head->colours[TONE_ACCENT]);
	turning_ring(writing, 288, 24, 6, -60, writing->head->colours[TONE_TEXT]);
	for (int i = 0; i < writing->word_count; i++)
		rise(writing, &writing->words[i]);
}

/* --- rows of type that march behind a panel --- */

static void march_row(struct writing *writing, int row)
{
	const struct line *line = &writing->lines[row % writing->line_count];
	bool left = row % 2 == 0;
	int y = 90 + row * 158, from = left ? 60 : -420, to = left ? -420 : 60;
	event_begin(writing, 1, 0, writing->end_ms);
	buf_printf(writing->out, "{\\fs96\\an4\\move(%d,%d,%d,%d)\\alpha&HDA&", from, y, to, y);
	put_colour(writing, "1c", writing->head->colours[TONE_TEXT]);
	buf_char(writing->out, '}');
	for (float width = 0; width < 1500; width += line->width + 60)
		for (int i = 0; i < line->count; i++) {
			put_word(writing, writing->words[line->first + i].text);
			buf_text(writing->out, " ");
		}
	event_end(writing);
}

static void march(struct writing *writing)
{
	for (int row = 0; row < 8; row++)
		march_row(writing, row);
	int half = (int)(block_height(writing) / 2) + 46;
	event_begin(writing, 3, 0, writing->end_ms);
	buf_printf(writing->out, "{\\an4\\pos(24,%d)\\fscx0\\t(0,260,0.6,\\fscx100)\\fad(0,%d)\\p1", MIDDLE_Y, LEAVE_MS);
	put_colour(writing, "1c", writing->head->colours[TONE_ACCENT]);
	buf_char(writing->out, '}');
	draw_box(writing, 0, 0, TYPED_WIDTH - 48, 2 * half);
	event_end(writing);
	for (int i = 0; i < writing->word_count; i++)
		pop(writing, &writing->words[i], writing->head->colours[0], writing->words[i].at_ms + 120);
}

static void layout_write(struct writing *writing)
{
	switch ((enum typed_layout)writing->head->layout) {
	case LAYOUT_BIG:
		for (int i = 0; i < writing->word_count; i++)
			alone(writing, i);
		together(writing);
		break;
	case LAYOUT_SEAL:
		seal(writing);
		break;
	case LAYOUT_MARCH:
		march(writing);
		break;
	default:
		for (int i = 0; i < writing->word_count; i++) {
			const struct word *word = &writing->words[i];
			if (writing->head->layout == LAYOUT_RISE)
				rise(writing, word);
			else if (writing->head->layout == LAYOUT_GLOW)
				glow(writing, word);
			else
				pop(writing, word, colour_of(writing, word), word->at_ms);
		}
		for (int i = 0; i < writing->line_count && writing->head->layout == LAYOUT_GLOW; i++)
			underline(writing, &writing->lines[i]);
	}
}

bool script_write(const struct typed_head *head, struct str text, const struct ruler *ruler, struct script *out)
{
	struct buf made = buf_new(SCRIPT_BYTES_MAX);
	struct writing writing = { .head = head, .out = &made, .random = head->seed };
	if (!take_text(&writing, text, ruler))
		return false;
	time_words(&writing);
	place(&writing);
	put_header(&writing);
	motif_write(&writing);
	layout_write(&writing);
	if (made.failed) {
		buf_free(&made);
		return false;
	}
	*out = (struct script){ .text = made, .duration_ms = writing.end_ms, .poster_ms = writing.end_ms - 1200 };
	return true;
}

static void ring(struct writing *writing, int radius, int edge, uint32_t colour)
{
	event_begin(writing, 1, 0, 1000);
	buf_printf(writing->out, "{\\p1\\1a&HFF&\\bord%d\\an5\\pos(%d,%d)", edge, TYPED_WIDTH / 2, TYPED_HEIGHT / 2);
	put_colour(writing, "3c", colour);
	buf_char(writing->out, '}');
	draw_circle(writing, radius);
	event_end(writing);
}

bool monogram_write(const struct typed_head *head, struct str text, const struct ruler *ruler, struct buf *out)
{
	struct writing writing = { .head = head, .out = out };
	if (!take_word(&writing, text, 0, ruler))
		return false;
	const struct ink *ink = &writing.words[0].ink;
	float width = (float)(ink->right - ink->left), height = (float)(ink->bottom - ink->top), room = 0.44f * MONOGRAM_SIDE;
	float scale = fminf(room / width, room / height);
	put_header(&writing);
	ring(&writing, 128, 3, head->colours[TONE_ACCENT]);
	ring(&writing, 139, 1, head->colours[TONE_TEXT]);
	event_begin(&writing, 2, 0, 1000);
	buf_printf(out, "{\\fs%.1f\\pos(%.1f,%.1f)", (double)(scale * SCRIPT_MEASURE),
		(double)(TYPED_WIDTH / 2 - (float)(ink->left + ink->right) / 2 * scale),
		(double)(TYPED_HEIGHT / 2 - (float)(ink->top + ink->bottom) / 2 * scale));
	put_colour(&writing, "1c", head->colours[TONE_TEXT]);
	buf_char(out, '}');
	put_word(&writing, writing.words[0].text);
	event_end(&writing);
	return !out->failed;
}

/* The pictures behind the words: drawings of ASS that move slowly. */
#include "script_inside.h"

#define KAPPA 0.5523                    /* of a circle from four Bezier curves */

void draw_box(struct writing *writing, int left, int top, int right, int bottom)
{
	buf_printf(writing->out, "m %d %d l %d %d %d %d %d %d ", left, top, right, top, right, bottom, left, bottom);
}

/* Its box begins at 0 0, as \an7 and \an5 count. */
void draw_circle(struct writing *writing, int r)
{
	int k = (int)(KAPPA * r), d = 2 * r;
	buf_printf(writing->out, "m %d 0 b %d 0 %d %d %d %d b %d %d %d %d %d %d b %d %d 0 %d 0 %d b 0 %d %d 0 %d 0 ", r, r + k, d, r - k, d, r,
		d, r + k, r + k, d, r, d, r - k, d, r + k, r, r - k, r - k, r);
}

static void drawing_begin(struct writing *writing, unsigned from_ms, unsigned to_ms, uint32_t colour, unsigned alpha)
{
	event_begin(writing, 0, from_ms, to_ms);
	buf_printf(writing->out, "{\\p1\\1a&H%02x&", alpha);
	put_colour(writing, "1c", colour);
}

static void sun(struct writing *writing)
{
	for (int ring = 0; ring < 3; ring++) {
		drawing_begin(writing, 0, writing->end_ms, writing->head->colours[TONE_ACCENT], 0xdcu - (unsigned)ring * 0x14);
		buf_printf(writing->out, "\\an5\\move(%d,%d,%d,%d)\\t(\\fscx%d\\fscy%d)}", MIDDLE_X, 1190, MIDDLE_X, 960, 112 + 6 * ring, 112 + 6 * ring);
		draw_circle(writing, 360 - 90 * ring);
		event_end(writing);
	}
}

static void wave(struct writing *writing, int number, uint32_t colour)
{
	int period = 360 + 60 * number, high = 34 - 6 * number, top = 930 + 90 * number;
	bool left = number % 2 == 0;
	drawing_begin(writing, 0, writing->end_ms, colour, 0x60u + (unsigned)number * 0x10);
	buf_printf(writing->out, "\\an7\\move(%d,%d,%d,%d)}m 0 %d ", left ? 0 : -period, top, left ? -period : 0, top - 26, high);
	for (int x = 0; x < 2 * period + TYPED_WIDTH; x += period)
		buf_printf(writing->out, "b %d %d %d %d %d %d %d %d %d %d %d %d ", x + period / 6, 0, x + period / 3, 0, x + period / 2, high,
			x + period * 2 / 3, 2 * high, x + period * 5 / 6, 2 * high, x + period, high);
	buf_printf(writing->out, "l %d 500 0 500", 3 * period + TYPED_WIDTH);
	event_end(writing);
}

static void waves(struct writing *writing)
{
	wave(writing, 0, writing->head->colours[2]);
	wave(writing, 1, writing->head->colours[TONE_ACCENT]);
	wave(writing, 2, writing->head->colours[1]);
}

static void rain(struct writing *writing)
{
	for (int i = 0; i < 70; i++) {
		unsigned from = pick(writing, writing->end_ms), falls = 700 + pick(writing, 500);
		unsigned to = from + falls < writing->end_ms ? from + falls : writing->end_ms;
		int x = (int)pick(writing, 860) - 60, length = 60 + (int)pick(writing, 90);
		drawing_begin(writing, from, to, writing->head->colours[i % 3 == 0 ? TONE_ACCENT : TONE_TEXT], 0xa0 + pick(writing, 0x40));
		buf_printf(writing->out, "\\an7\\move(%d,-160,%d,1300,0,%u)}m 0 0 l 4 0 %d %d %d %d", x, x - 120, falls, 4 - length / 12, length,
			-length / 12, length);
		event_end(writing);
	}
}

static void steam(struct writing *writing, int x, unsigned from_ms)
{
	unsigned to = from_ms + 2600 < writing->end_ms ? from_ms + 2600 : writing->end_ms;
	drawing_begin(writing, from_ms, to, writing->head->colours[TONE_TEXT], 0x90);
	buf_printf(writing->out, "\\an5\\move(%d,950,%d,840)\\fad(700,900)\\t(\\fscx135)}", x, x + 10);
	buf_text(writing->out, "m 8 0 b 40 34 -16 66 14 100 b 28 120 18 140 8 150 l 0 146 b 10 134 16 120 2 102 b -30 66 26 32 0 4");
	event_end(writing);
}

static void cup(struct writing *writing)
{
	drawing_begin(writing, 0, writing->end_ms, writing->head->colours[TONE_ACCENT], 0x30);
	buf_printf(writing->out, "\\an7\\pos(%d,1020)}m 0 0 l 300 0 b 300 130 250 190 200 190 l 100 190 b 50 190 0 130 0 0 "
		"m 298 24 b 400 10 400 130 270 128 l 278 104 b 350 104 350 44 294 50 m -40 206 l 340 206 310 224 -10 224", MIDDLE_X - 150);
	event_end(writing);
	for (unsigned from = 0; from + 800 < writing->end_ms; from += 700)
		steam(writing, MIDDLE_X - 70 + (int)(from / 700 % 3) * 70, from);
}

static void rings(struct writing *writing)
{
	for (unsigned from = writing->beat_ms / 2, i = 0; from + 400 < writing->end_ms; from += 2 * writing->beat_ms, i++) {
		unsigned to = from + 3200 < writing->end_ms ? from + 3200 : writing->end_ms;
		event_begin(writing, 0, from, to);
		buf_printf(writing->out, "{\\p1\\1a&HFF&\\bord%u\\an5\\pos(%d,%d)\\fscx12\\fscy12\\t(0,3200,0.6,\\fscx150\\fscy150\\3a&HFF&)", 5 + i % 3 * 3,
			MIDDLE_X, MIDDLE_Y);
		buf_text(writing->out, "\\3a&H70&");
		put_colour(writing, "3c", writing->head->colours[i % 2 == 0 ? TONE_ACCENT : TONE_TEXT]);
		buf_char(writing->out, '}');
		draw_circle(writing, 330);
		event_end(writing);
	}
}

static void stars(struct writing *writing)
{
	for (int i = 0; i < 46; i++) {
		unsigned at = pick(writing, writing->end_ms);
		drawing_begin(writing, 0, writing->end_ms, writing->head->colours[i % 4 == 0 ? TONE_ACCENT : TONE_TEXT], 0xd0);
		buf_printf(writing->out, "\\an5\\pos(%u,%u)\\t(%u,%u,\\1a&H20&\\fscx150\\fscy150)\\t(%u,%u,\\1a&HD0&\\fscx100\\fscy100)}",
			20 + pick(writing, 680), 30 + pick(writing, 1220), at, at + 500, at + 500, at + 1300);
		draw_circle(writing, 3 + (int)pick(writing, 5));
		event_end(writing);
	}
}

static void house(struct writing *writing)
{
	drawing_begin(writing, 0, writing->end_ms, writing->head->colours[2], 0x50);
	buf_text(writing->out, "\\an7\\pos(0,1010)}m -40 150 b 160 40 420 40 780 170 l 780 300 -40 300");
	event_end(writing);
	drawing_begin(writing, 0, writing->end_ms, writing->head->colours[0], 0x10);
	buf_text(writing->out, "\\an7\\pos(250,920)}m -24 92 l 110 0 244 92 220 92 220 210 0 210 0 92");
	event_end(writing);
	drawing_begin(writing, 0, writing->end_ms, writing->head->colours[TONE_ACCENT], 0xf0);
	buf_printf(writing->out, "\\an7\\pos(290,1030)\\t(%u,%u,\\1a&H10&)}", writing->beat_ms, writing->beat_ms + 500);
	draw_box(writing, 0, 0, 46, 46);
	draw_box(writing, 84, 0, 130, 46);
	event_end(writing);
}

/* Above what the feed writes over a clip's foot. */
static void check(struct writing *writing)
{
	drawing_begin(writing, writing->last_ms, writing->end_ms, writing->head->colours[TONE_ACCENT], 0x10);
	buf_printf(writing->out, "\\an5\\pos(%d,940)\\fscx20\\fscy20\\t(0,180,0.5,\\fscx110\\fscy110)\\t(180,300,\\fscx100\\fscy100)\\fad(0,350)}", MIDDLE_X);
	draw_circle(writing, 84);
	event_end(writing);
	event_begin(writing, 6, writing->last_ms + 150, writing->end_ms);
	buf_printf(writing->out, "{\\p1\\an7\\pos(%d,890)\\clip(0,0,%d,1280)\\t(0,260,\\clip(0,0,%d,1280))\\fad(0,350)", MIDDLE_X - 46, MIDDLE_X - 50,
		MIDDLE_X + 90);
	put_colour(writing, "1c", writing->head->colours[0]);
	buf_text(writing->out, "}m 0 52 l 13 39 36 62 82 12 95 25 36 88");
	event_end(writing);
}

void motif_write(struct writing *writing)
{
	static void (*const motifs[MOTIF_END])(struct writing *) = {
		[MOTIF_SUN] = sun, [MOTIF_WAVES] = waves, [MOTIF_RAIN] = rain, [MOTIF_CUP] = cup, [MOTIF_RINGS] = rings,
		[MOTIF_STARS] = stars, [MOTIF_HOUSE] = house, [MOTIF_CHECK] = check,
	};
	motifs[writing->head->motif](writing);
}

/* worker/script_inside.h - what the files of the script share. */
#ifndef WORKER_SCRIPT_INSIDE_H
#define WORKER_SCRIPT_INSIDE_H
#include "script.h"

#define MIDDLE_X 360
#define MIDDLE_Y 540

enum tone { TONE_TEXT = 3, TONE_ACCENT = 4 };   /* places among the head's colours */

struct word {
	struct str text;
	bool accent;
	struct ink ink;
	int line;
	unsigned at_ms;                 /* when it comes */
	float x, y, size;
};
struct line {
	int first, count;
	float width, top, bottom;       /* ink at SCRIPT_MEASURE; the width with blanks between words */
	float size, y;
};
struct writing {
	const struct typed_head *head;
	struct buf *out;
	struct word words[SCRIPT_WORDS_MAX];
	struct line lines[SCRIPT_LINES_MAX];
	int word_count, line_count;
	unsigned beat_ms, end_ms, last_ms;      /* last: the last word has come */
	uint32_t random;
};

/* A Dialogue line up to its text; the caller writes that and ends it with event_end(). */
void event_begin(struct writing *, int layer, unsigned from_ms, unsigned to_ms);
void event_end(struct writing *);
/* {\1c...} of one of the head's colours, as ASS turns them: blue first. */
void put_colour(struct writing *, const char *tag, uint32_t rgb);
/* 0..below-1 */
unsigned pick(struct writing *, unsigned below);

/* script_motif.c */
void motif_write(struct writing *);
void draw_circle(struct writing *, int radius);
void draw_box(struct writing *, int left, int top, int right, int bottom);
#endif

/* worker/script.h - a typographic clip as an ASS script (libass's own description of the format): where each word stands, when
 * and how it comes.  Pure: the same spec and the same measures are the same script. */
#ifndef WORKER_SCRIPT_H
#define WORKER_SCRIPT_H
#include "base/str.h"
#include "media/typed.h"

#define SCRIPT_MEASURE 100              /* the size at which words are measured */
#define SCRIPT_LINES_MAX 6
#define SCRIPT_WORDS_MAX 24
#define SCRIPT_BYTES_MAX ((size_t)256 << 10)

/* The ink of a word at SCRIPT_MEASURE, in pixels from the point in the middle of its line that \pos names. */
struct ink {
	int left, top, right, bottom;
};
struct ruler {
	struct ink (*measure)(void *self, struct str word);
	void *self;
};

struct script {
	struct buf text;                /* the caller frees it */
	unsigned duration_ms;           /* 6000..12000 */
	unsigned poster_ms;             /* when all words stand */
};
/* False: more lines or words than the maximum, or none. */
bool script_write(const struct typed_head *, struct str text, const struct ruler *, struct script *out);
/* One still: the text as a monogram within a ring, in the middle of the frame, for a square of MONOGRAM_SIDE. */
#define MONOGRAM_SIDE 320
bool monogram_write(const struct typed_head *, struct str text, const struct ruler *, struct buf *out);
#endif

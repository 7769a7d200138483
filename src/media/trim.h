/* media/trim.h - which part of its file a draft shows, and which picture stands for it.  Pure. */
#ifndef MEDIA_TRIM_H
#define MEDIA_TRIM_H
#include "base/ctx.h"
#include "media/protocol.h"

/* Shorter than this is a slip of the finger. */
#define TRIM_LEAST_MS 500

struct trim {
	int64_t start_ms;                      /* after the file's first picture */
	int64_t end_ms;                        /* 0: its end */
	int64_t cover;                         /* 1 + milliseconds into the part; 0: what looks best is taken */
};
/* E_INVALID "trim-invalid", with a text that says what to change.  Whether the file is as long as that, only the worker
 * can tell (reason trim-empty). */
enum err trim_check(struct ctx *, const struct trim *, int64_t longest_ms);
/* Of one that trim_check() has seen. */
struct worker_trim trim_for_worker(const struct trim *);
#endif

/* media/media.h - what uploads, drafts and processing share while the server runs.
 *
 * Owns struct media: where amanat-media is, the limits on uploads, which uploads are being written at this moment, and
 * which drafts are being processed and how far.  All of it is memory: after a crash nothing of it is missed. */
#ifndef MEDIA_MEDIA_H
#define MEDIA_MEDIA_H
#include <stdatomic.h>

#include "base/ctx.h"

/* Reads cx->config; `worker` is the path of amanat-media, "" means beside the running program. */
enum err media_open(struct ctx *, const char *worker, struct media **out);
/* Running jobs must have ended: media_stop(), jobs_stop(), then this.  Takes NULL. */
void media_close(struct media **);
/* Running workers are killed; their jobs give up with E_BUSY and are run again after the next start. */
void media_stop(struct media *);
const atomic_bool *media_stop_flag(const struct media *);

/* What is written with a draft's failure, in one transaction; NULL: nothing.  Before jobs run. */
typedef enum err media_failed(struct ctx *, const struct grant *, int64_t draft, struct str reason);
void media_on_failure(struct media *, media_failed *);
media_failed *media_failure_work(const struct media *);

const char *media_worker(const struct media *);
struct spare *media_spare(const struct media *);
int64_t media_upload_bytes_max(const struct media *);
struct admission *media_admission(const struct media *);

/* --- one writer an upload.  At most as many as are admitted (admission.h), and one for each SLOW thread; any thread. --- */
/* A writer from which nothing came for so long may be pushed aside: its client is gone, the connection just lingers. */
#define MEDIA_SILENCE_US (2 * SECOND_US)
/* Who holds a lock; let_go() is called when it is pushed aside, on the thread of whoever does it, and must be quick. */
struct media_holder {
	void (*let_go)(void *self);
	void *self;
};
/* The lock's number, > 0.  E_BUSY "upload-locked": somebody is writing; E_BUSY: too many uploads at once. */
enum err media_lock(struct ctx *, struct str upload, const struct media_holder *, int64_t *lock);
/* Around each piece of work under the lock: E_BUSY "upload-locked" when it was pushed aside.  In between nobody can. */
enum err media_lock_enter(struct ctx *, int64_t lock);
void media_lock_leave(struct ctx *, int64_t lock);
void media_unlock(struct ctx *, int64_t lock);

/* --- bytes under a checksum wait in memory until it is known to be right.  E_BUSY when too many wait. --- */
#define MEDIA_STAGED_BYTES_MAX ((int64_t)64 << 20)
#define MEDIA_STAGED_BYTES_TOTAL ((int64_t)128 << 20)
enum err media_stage(struct ctx *, int64_t bytes);
void media_unstage(struct ctx *, int64_t bytes);

/* --- drafts in work, at most MEDIA_RUNS_MAX. --- */
#define MEDIA_RUNS_MAX 64
/* False when it is running already. */
bool media_run_begin(struct media *, int64_t draft);
void media_run_progress(struct media *, int64_t draft, unsigned permille);
void media_run_end(struct media *, int64_t draft);
/* False when it is not in work. */
bool media_run_read(struct media *, int64_t draft, unsigned *permille);
#endif

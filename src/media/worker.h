/* media/worker.h - runs amanat-media on one upload and believes nothing that it says.
 *
 * Blocking: call it from a job's thread.  The process is killed and reaped on every path. */
#ifndef MEDIA_WORKER_H
#define MEDIA_WORKER_H
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/ctx.h"
#include "media/protocol.h"
#include "media/worker_process.h"

/* Where the input's bytes come from, any part in any order, on the calling thread.  At most `n`
 * bytes; fewer only at the end of the input. */
struct worker_input {
	enum err (*read_at)(struct ctx *, void *self, int64_t offset, void *out, size_t n, size_t *got);
	void *self;
	int64_t bytes;
};

/* Bytes in memory, which outlive it. */
struct worker_input worker_input_of(struct str *bytes);

/* Both may be NULL.  `note` takes a line for the log ("degraded sandbox: ...", what the worker
 * printed); it holds no word of the input's metadata and no name. */
struct worker_watch {
	void (*progress)(void *self, enum worker_stage, unsigned permille);
	void (*note)(void *self, const char *line);
	void *self;
};

struct worker_job {
	const char *program;            /* path of amanat-media */
	struct worker_process spare;    /* one that was started before and waits, or WORKER_PROCESS_NONE; ended by worker_run() */
	enum worker_kind kind;
	struct worker_input input;
	int video_fd;                   /* empty regular file, read and write; -1 for an image */
	int image_fd;                   /* likewise */
	struct worker_limits limits;
	struct worker_trim trim;
	unsigned wall_seconds;          /* then it is killed */
	const atomic_bool *stop;        /* may be NULL; set: it is killed within a quarter of a second */
	struct worker_watch watch;
};

/* Limits as worker_limits_default(), wall_seconds to suit; the rest is the caller's to fill in. */
struct worker_job worker_job_new(enum worker_kind, const char *program);

struct worker_result {
	struct worker_done done;        /* the sizes are those of the files, looked at */
};

/* E_INVALID with slug and text of media/reason.def: the file is to blame, trying again is of no use.
 * E_BUSY: stopped.  E_IO: the machine, the program or read_at() failed us; what read_at() returned
 * is passed on as it is.  On failure the outputs' content is undefined: throw them away. */
enum err worker_run(struct ctx *, const struct worker_job *, struct worker_result *);
#endif

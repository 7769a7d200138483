/* store/job.h - work to do later, in table job; leases on the boot clock.
 *
 * A job says whose and of what kind, never what is in it: "account 7 has uploads to process".  A job is claimed with a
 * lease (boot id, boot time); a lease of an earlier boot, or run out, may be claimed by another. */
#ifndef STORE_JOB_H
#define STORE_JOB_H
#include "base/ctx.h"

struct job {
	int64_t id, account;
	struct str kind;
	int64_t attempts;
};
/* On the writer, inside the caller's transaction.  A queued job of the same kind and account is one job: no second row. */
enum err job_add(struct ctx *, const char *kind, int64_t account, int64_t run_after_us);
/* E_NOTFOUND when nothing is due. Through writer_run(). */
enum err job_claim(struct ctx *, int64_t lease_us, struct job *out);
enum err job_renew(struct ctx *, const struct job *, int64_t lease_us);
/* Done: the row goes.  Failed: run again after a back-off, given up after `attempts_max` (false in *again). */
enum err job_done(struct ctx *, const struct job *);
enum err job_failed(struct ctx *, const struct job *, int attempts_max, bool *again);

/* Threads that claim and run jobs; woken by jobs_wake() and by the clock. */
struct jobs;
struct job_kind {
	const char *kind;
	enum err (*run)(struct ctx *, const struct job *);
	int attempts_max;
};
struct jobs_hooks {
	void *self;
	void (*ctx_open)(void *self, struct ctx *);
	void (*ctx_close)(void *self, struct ctx *);
};
enum err jobs_start(struct ctx *, unsigned threads, const struct job_kind *kinds, const struct jobs_hooks *, struct jobs **out);
void jobs_wake(struct jobs *);
void jobs_stop(struct jobs **);                /* waits for running ones */
#endif

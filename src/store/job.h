/* store/job.h - work to do later, in table job; leases on the boot clock.
 *
 * A job says whose and of what kind, never what is in it: "account 7 has uploads to process".  A job is claimed with a
 * lease (boot id, boot time); a lease of an earlier boot, or run out, may be claimed by another.  Jobs of a kind are served in the
 * order in which they became due, and one that has more to do adds itself anew: so accounts take turns. */
#ifndef STORE_JOB_H
#define STORE_JOB_H
#include "base/ctx.h"

struct job {
	int64_t id, account;
	struct str kind;
	int64_t attempts;                      /* this one included; those that ended with their process are not counted */
	int64_t lease;                         /* its number: whoever holds an older one of the same job holds none */
};
/* On the writer, inside the caller's transaction.  A queued job of the same kind and account is one job: no second row.  One
 * that runs just now runs once more when it is done.  Wakes cx->jobs. */
enum err job_add(struct ctx *, const char *kind, int64_t account, int64_t run_after_us);
/* Which jobs somebody takes: of this kind, or of all others.  A NULL pointer to it: any. */
struct job_share {
	const char *kind;
	bool others;
};
/* E_NOTFOUND when nothing is due. Through writer_run(). */
enum err job_claim(struct ctx *, const struct job_share *, int64_t lease_us, struct job *out);
/* These three: E_CONFLICT when the lease is another's by now. */
enum err job_renew(struct ctx *, const struct job *, int64_t lease_us);
/* Done: the row goes.  Failed: run again after a back-off, given up after `attempts_max` (false in *again). */
enum err job_done(struct ctx *, const struct job *);
enum err job_failed(struct ctx *, const struct job *, int attempts_max, bool *again);
/* At start, through writer_run(): leases of this folder's earlier process of the same lane (base/id.h) end.  There is one at a
 * time, so it is dead, however recently it renewed them. */
enum err job_take_back(struct ctx *);
/* After the wall clock was set back by `us` (0: it may have been while nobody ran): all that waits for a time to come waits no longer
 * for that; what is further away than JOB_LATEST_US runs at once. */
#define JOB_LATEST_US HOUR_US                  /* after now: no run_after_us is later */
enum err job_bring_forward(struct ctx *, int64_t us);
/* Microseconds until one can be claimed, 0 when now, INT64_MAX when there is none.  On any read connection. */
enum err job_next(struct ctx *, const struct job_share *, int64_t *out_us);

/* How many of a kind wait or run.  On any read connection. */
enum err job_count(struct ctx *, const char *kind, int64_t *out);

/* Threads that claim and run jobs; woken by jobs_wake() and by the clock.  While a job runs its lease is renewed, so another
 * process takes it over JOB_LEASE_US after this one died, and its own successor at once: jobs_start() begins with job_take_back(). */
#define JOB_LEASE_US (15 * SECOND_US)
struct jobs;
struct job_kind {
	const char *kind;
	/* Fails: tried again later.  It must bear being run twice: its process may die behind its last commit. */
	enum err (*run)(struct ctx *, const struct job *);
	int attempts_max;
	/* It may take minutes: the threads are its own, and one more runs the other kinds, so that what is to be erased does not
	 * wait behind clips.  At most one kind; without one the threads run all. */
	bool takes_long;
};
struct jobs_hooks {
	void *self;
	/* Gives a context its db (and whatever else); asked once for each run and for each look at the clock. */
	void (*ctx_open)(void *self, struct ctx *);
	void (*ctx_close)(void *self, struct ctx *);
};
/* `kinds` ends with a row without a kind and lives as long as the jobs.  A job of a kind that is not among them is logged and
 * put off. */
enum err jobs_start(struct ctx *, unsigned threads, const struct job_kind *kinds, const struct jobs_hooks *, struct jobs **out);
void jobs_wake(struct jobs *);                 /* takes NULL */
void jobs_stop(struct jobs **);                /* waits for running ones */
#endif

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "store/job.h"

#define LOOK_AGAIN_US (30 * SECOND_US)         /* the wall clock may have been set, another process may have added */
#define CLOCK_STEP_US (2 * SECOND_US)          /* more than a clock that is kept in time is set back by */
#define UNKNOWN_ATTEMPTS 1000                  /* a kind that this program does not know waits for one that does */

/* One thread's present job, for the keeper to renew. */
struct runner {
	struct jobs *jobs;
	const struct job_share *share;         /* NULL: any */
	pthread_t thread;
	bool running;                          /* this and job: under the jobs' lock; kind is not used */
	struct job job;
};

struct jobs {
	pthread_mutex_t lock;
	pthread_cond_t woken;
	unsigned wakes;                        /* these two under lock */
	bool stopping;
	struct ctx template;
	const struct job_kind *kinds;
	struct jobs_hooks hooks;
	struct job_share long_ones, others;    /* fixed */
	struct runner *runners;
	unsigned count;                        /* under lock */
	int64_t wall_ahead_us;                 /* of the boot clock, when the keeper last looked; its own */
	pthread_t keeper;
};

static struct ctx open_ctx(struct jobs *jobs)
{
	struct ctx cx = jobs->template;
	cx.mem = arena_new_capped(ARENA_REQUEST_BYTES);
	cx.now_us = clock_wall_us(cx.clock);
	cx.actor = (struct actor){ .role = ROLE_NOBODY };
	memset(&cx.failure, 0, sizeof cx.failure);
	jobs->hooks.ctx_open(jobs->hooks.self, &cx);
	return cx;
}

static void close_ctx(struct jobs *jobs, struct ctx *cx)
{
	jobs->hooks.ctx_close(jobs->hooks.self, cx);
	ctx_end(cx);
}

/* False once the jobs are stopping.  Ends at once when a wake came since `seen`. */
static bool wait_for_wake(struct jobs *jobs, unsigned *seen, int64_t us)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	int64_t at_us = (int64_t)until.tv_sec * SECOND_US + until.tv_nsec / 1000 + us;
	until = (struct timespec){ .tv_sec = at_us / SECOND_US, .tv_nsec = at_us % SECOND_US * 1000 };
	pthread_mutex_lock(&jobs->lock);
	int rc = 0;
	while (!jobs->stopping && jobs->wakes == *seen && rc == 0)
		rc = pthread_cond_timedwait(&jobs->woken, &jobs->lock, &until);
	*seen = jobs->wakes;
	bool go_on = !jobs->stopping;
	pthread_mutex_unlock(&jobs->lock);
	return go_on;
}

static void set_running(struct runner *runner, bool running, const struct job *job)
{
	pthread_mutex_lock(&runner->jobs->lock);
	runner->running = running;
	if (running)
		runner->job = (struct job){ .id = job->id, .lease = job->lease };
	pthread_mutex_unlock(&runner->jobs->lock);
}

static const struct job_kind *kind_of(const struct jobs *jobs, const struct job *job)
{
	for (const struct job_kind *kind = jobs->kinds; kind->kind; kind++)
		if (str_eq(str_of(kind->kind), job->kind))
			return kind;
	return NULL;
}

static enum err run_kind(struct ctx *cx, const struct job_kind *kind, const struct job *job)
{
	return kind ? kind->run(cx, job) : fail(cx, E_INVALID, "this program knows no such kind of job");
}

/* Claims one and runs it; false when none was due or none could be claimed. */
static bool run_one(struct runner *runner)
{
	struct jobs *jobs = runner->jobs;
	struct ctx cx = open_ctx(jobs);
	struct job job;
	enum err e = job_claim(&cx, runner->share, JOB_LEASE_US, &job);
	if (e != OK) {
		if (e != E_NOTFOUND)
			log_line(cx.log, LOG_WARN, "job: cannot claim: %s", cx.failure.text);
		close_ctx(jobs, &cx);
		return false;
	}
	const struct job_kind *kind = kind_of(jobs, &job);
	set_running(runner, true, &job);
	enum err outcome = run_kind(&cx, kind, &job);
	set_running(runner, false, NULL);
	bool again = false;
	if (outcome != OK)
		log_line(cx.log, LOG_WARN, "job: kind=" STR_FMT " attempt=%lld failed: %s", STR_ARG(job.kind), (long long)job.attempts,
			cx.failure.text);
	e = outcome == OK ? job_done(&cx, &job) : job_failed(&cx, &job, kind ? kind->attempts_max : UNKNOWN_ATTEMPTS, &again);
	if (e != OK)
		log_line(cx.log, LOG_WARN, "job: kind=" STR_FMT " cannot be settled: %s", STR_ARG(job.kind), cx.failure.text);
	else if (outcome != OK && !again)
		log_line(cx.log, LOG_ERROR, "job: kind=" STR_FMT " given up", STR_ARG(job.kind));
	close_ctx(jobs, &cx);
	return true;
}

static int64_t time_to_next(struct runner *runner)
{
	struct jobs *jobs = runner->jobs;
	struct ctx cx = open_ctx(jobs);
	int64_t us = LOOK_AGAIN_US;
	if (job_next(&cx, runner->share, &us) != OK) {
		log_line(cx.log, LOG_WARN, "job: %s", cx.failure.text);
		us = SECOND_US;
	}
	close_ctx(jobs, &cx);
	/* Never at once: a claim has just found none, so what is due is being claimed by another. */
	us = us < SECOND_US / 100 ? SECOND_US / 100 : us;
	return us < LOOK_AGAIN_US ? us : LOOK_AGAIN_US;
}

static void *run_jobs(void *self)
{
	struct runner *runner = self;
	unsigned seen = 0;
	bool go_on = true;
	while (go_on)
		go_on = run_one(runner) ? wait_for_wake(runner->jobs, &seen, 0) :
					  wait_for_wake(runner->jobs, &seen, time_to_next(runner));
	return NULL;
}

static void renew_all(struct jobs *jobs)
{
	pthread_mutex_lock(&jobs->lock);
	unsigned count = jobs->count;
	pthread_mutex_unlock(&jobs->lock);
	for (unsigned i = 0; i < count; i++) {
		pthread_mutex_lock(&jobs->lock);
		bool running = jobs->runners[i].running;
		struct job job = jobs->runners[i].job;
		pthread_mutex_unlock(&jobs->lock);
		if (!running)
			continue;
		struct ctx cx = open_ctx(jobs);
		enum err e = job_renew(&cx, &job, JOB_LEASE_US);
		if (e != OK && e != E_CONFLICT)/* E_CONFLICT: it was done just now */
			log_line(cx.log, LOG_WARN, "job: lease cannot be renewed: %s", cx.failure.text);
		close_ctx(jobs, &cx);
	}
}

/* Wakes are for the runners: it waits its time whatever they do. */
static bool keeper_waits(struct jobs *jobs)
{
	int64_t until_us = clock_boot_us(NULL) + JOB_LEASE_US / 3;
	bool go_on = true;
	pthread_mutex_lock(&jobs->lock);
	unsigned seen = jobs->wakes;
	pthread_mutex_unlock(&jobs->lock);
	for (int64_t left = JOB_LEASE_US / 3; go_on && left > 0; left = until_us - clock_boot_us(NULL))
		go_on = wait_for_wake(jobs, &seen, left);
	return go_on;
}

static int64_t wall_ahead_us(const struct jobs *jobs)
{
	return clock_wall_us(jobs->template.clock) - clock_boot_us(jobs->template.clock);
}

/* Jobs wait for times of the wall clock.  Set back, it would let them wait as much longer; set forward, they run early, which they
 * bear; but it may be set back before the next look. */
static void follow_wall_clock(struct jobs *jobs)
{
	int64_t ahead_us = wall_ahead_us(jobs), back_us = jobs->wall_ahead_us - ahead_us;
	if (back_us > -CLOCK_STEP_US && back_us < CLOCK_STEP_US)
		return;
	struct ctx cx = open_ctx(jobs);
	enum err e = job_bring_forward(&cx, back_us > 0 ? back_us : 0);
	log_line(cx.log, LOG_WARN, "job: the wall clock was set by %lld s%s%s", (long long)(-back_us / SECOND_US), e == OK ? "" : ": ",
		e == OK ? "" : cx.failure.text);
	close_ctx(jobs, &cx);
	if (e == OK)
		jobs->wall_ahead_us = ahead_us;
}

static void *keep_leases(void *self)
{
	struct jobs *jobs = self;
	while (keeper_waits(jobs)) {
		renew_all(jobs);
		follow_wall_clock(jobs);
	}
	return NULL;
}

static void init_locks(struct jobs *jobs)
{
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&jobs->woken, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pthread_mutex_init(&jobs->lock, NULL);
}

static void share_out(struct jobs *jobs)
{
	for (const struct job_kind *kind = jobs->kinds; kind->kind; kind++)
		if (kind->takes_long) {
			assert(!jobs->others.kind);
			jobs->long_ones = (struct job_share){ .kind = kind->kind };
			jobs->others = (struct job_share){ .kind = kind->kind, .others = true };
		}
}

static bool start_runner(struct jobs *jobs, const struct job_share *share)
{
	struct runner *runner = &jobs->runners[jobs->count];
	*runner = (struct runner){ .jobs = jobs, .share = share && share->kind ? share : NULL };
	bool good = pthread_create(&runner->thread, NULL, run_jobs, runner) == 0;
	pthread_mutex_lock(&jobs->lock);
	jobs->count += good;
	pthread_mutex_unlock(&jobs->lock);
	return good;
}

/* The threads' contexts carry `jobs`, so that a job that adds another wakes them. */
enum err jobs_start(struct ctx *cx, unsigned threads, const struct job_kind *kinds, const struct jobs_hooks *hooks, struct jobs **out)
{
	TRY(job_take_back(cx));
	struct jobs *jobs = calloc(1, sizeof *jobs);
	if (!jobs)
		abort();
	init_locks(jobs);
	jobs->template = *cx;
	jobs->template.jobs = jobs;
	jobs->kinds = kinds;
	jobs->hooks = *hooks;
	share_out(jobs);
	jobs->wall_ahead_us = wall_ahead_us(jobs);
	jobs->runners = calloc(threads + 1, sizeof *jobs->runners);
	if (!jobs->runners)
		abort();
	bool good = pthread_create(&jobs->keeper, NULL, keep_leases, jobs) == 0;
	if (!good) {
		free(jobs->runners);
		free(jobs);
		return fail(cx, E_IO, "the jobs' threads cannot start");
	}
	if (jobs->others.kind)
		good = start_runner(jobs, &jobs->others);
	for (unsigned i = 0; i < threads && good; i++)
		good = start_runner(jobs, &jobs->long_ones);
	if (!good) {
		jobs_stop(&jobs);
		return fail(cx, E_IO, "the jobs' threads cannot start");
	}
	*out = jobs;
	return OK;
}

void jobs_wake(struct jobs *jobs)
{
	if (!jobs)
		return;
	pthread_mutex_lock(&jobs->lock);
	jobs->wakes++;
	pthread_cond_broadcast(&jobs->woken);
	pthread_mutex_unlock(&jobs->lock);
}

void jobs_stop(struct jobs **jobs)
{
	if (!jobs || !*jobs)
		return;
	pthread_mutex_lock(&(*jobs)->lock);
	(*jobs)->stopping = true;
	pthread_cond_broadcast(&(*jobs)->woken);
	pthread_mutex_unlock(&(*jobs)->lock);
	for (unsigned i = 0; i < (*jobs)->count; i++)
		pthread_join((*jobs)->runners[i].thread, NULL);
	pthread_join((*jobs)->keeper, NULL);
	pthread_cond_destroy(&(*jobs)->woken);
	pthread_mutex_destroy(&(*jobs)->lock);
	free((*jobs)->runners);
	free(*jobs);
	*jobs = NULL;
}

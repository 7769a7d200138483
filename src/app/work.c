/* Which jobs there are, and the threads that run them. */
#include "app/inside.h"
#include "custody/custody.h"
#include "demo/demo.h"
#include "docket/demand.h"
#include "feed/learn.h"
#include "media/draft.h"
#include "media/upload.h"
#include "social/erase.h"
#include "social/publish.h"
#include "social/session.h"
#include "store/blob.h"
#include "store/job.h"
#include "store/search.h"
#include "store/writer.h"

static const struct eraser others[] = {
	{ "drafts", draft_erase_some },
	{ "interests", feed_erase_some },
	{},
};

struct later {
	int64_t account, until_us;
};

static enum err erase_later(struct ctx *cx, void *argument)
{
	const struct later *later = argument;
	return job_add(cx, ERASE_JOB, later->account, later->until_us);
}

/* What is held is erased when the hold ends. */
static enum err erase(struct ctx *cx, const struct job *job)
{
	struct later later = { .account = job->account };
	bool told;
	TRY(hold_of(cx, job->account, &later.until_us, &told));
	if (later.until_us > cx->now_us)
		return writer_run(cx, erase_later, &later);
	return erase_run(cx, job, others);
}

/* --- expired sessions: hourly --- */

#define TIDY_JOB "tidy"
#define TIDY_EVERY_US HOUR_US

static enum err sweep_sessions(struct ctx *cx, void *more)
{
	return session_sweep(cx, more);
}

struct again {
	const char *kind;
	int64_t after_us;
};

static enum err run_again(struct ctx *cx, void *argument)
{
	const struct again *again = argument;
	return job_add(cx, again->kind, 0, cx->now_us + again->after_us);
}

static enum err tidy(struct ctx *cx, const struct job *)
{
	struct again again = { .kind = TIDY_JOB, .after_us = TIDY_EVERY_US };
	bool more = true;
	while (more)
		TRY(writer_run(cx, sweep_sessions, &more));
	return writer_run(cx, run_again, &again);
}

/* --- the index of words: hourly, and on as long as there is something to do --- */

#define SEARCH_TIDY_JOB "search.tidy"

static enum err tidy_search(struct ctx *cx, const struct job *)
{
	struct again again = { .kind = SEARCH_TIDY_JOB };
	bool more = false;
	TRY(search_tidy(cx, false, &more));
	again.after_us = more ? 0 : TIDY_EVERY_US;
	return writer_run(cx, run_again, &again);
}

static enum err tidy_first(struct ctx *cx, void *)
{
	static const char *const kinds_of_it[] = { BLOB_SWEEP_JOB, TIDY_JOB, SEARCH_TIDY_JOB };
	for (size_t i = 0; i < sizeof kinds_of_it / sizeof *kinds_of_it; i++)
		TRY(job_add(cx, kinds_of_it[i], 0, cx->now_us));
	return docket_wake(cx);
}

enum err app_tidy_begin(struct ctx *cx)
{
	return writer_run(cx, tidy_first, NULL);
}

/* --- the demo: who watches the server start sees it grow --- */

static enum err demo(struct ctx *cx, const struct job *job)
{
	struct demo_progress before, after;
	TRY(demo_progress(cx, &before));
	TRY(demo_run(cx, job));
	TRY(demo_progress(cx, &after));
	if (after.made != before.made)
		log_line(cx->log, LOG_INFO, "demo clips=%u of=%u", after.made, after.wanted);
	return OK;
}

/* What tidies begins itself anew: given up, it would rest until the next start. */
static const struct job_kind kinds[] = {
	{ TIDY_JOB, tidy, ERASE_ATTEMPTS_MAX, false },
	{ SEARCH_TIDY_JOB, tidy_search, ERASE_ATTEMPTS_MAX, false },
	{ DRAFT_PROCESS_JOB, publish_run, PUBLISH_JOB_ATTEMPTS, true },
	{ UPLOAD_EXPIRE_JOB, upload_expire, ERASE_ATTEMPTS_MAX, false },
	{ ERASE_JOB, erase, ERASE_ATTEMPTS_MAX, false },
	{ DROP_JOB, drop_run, ERASE_ATTEMPTS_MAX, false },
	{ DOCKET_JOB, docket_run, DOCKET_JOB_ATTEMPTS, false },
	{ DEMO_JOB, demo, DEMO_JOB_ATTEMPTS, false },
	{ BLOB_SWEEP_JOB, blobs_sweep_files, ERASE_ATTEMPTS_MAX, false },
	{ BLOB_ERASE_JOB, blobs_erase, ERASE_ATTEMPTS_MAX, false },
	{},
};

/* A job thread's first context waits until app_open() is done with the template that it is made from. */
static void ctx_open(void *self, struct ctx *cx)
{
	struct app *app = self;
	pthread_mutex_lock(&app->opening);
	pthread_mutex_unlock(&app->opening);
	app_ctx(app, cx);
}

static void ctx_close(void *self, struct ctx *cx)
{
	app_ctx_end(self, cx);
}

enum err app_start_jobs(struct app *app, struct ctx *cx)
{
	TRY(job_bring_forward(cx, 0));
	struct jobs_hooks hooks = { .self = app, .ctx_open = ctx_open, .ctx_close = ctx_close };
	TRY(jobs_start(cx, (unsigned)cx->config->media_workers, kinds, &hooks, &app->jobs));
	app->template.jobs = app->jobs;
	return OK;
}

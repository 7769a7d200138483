/* Which jobs there are, and the threads that run them. */
#include "app/inside.h"
#include "media/draft.h"
#include "media/upload.h"
#include "social/erase.h"
#include "social/publish.h"
#include "store/job.h"

#define ATTEMPTS_MAX 5

static void ctx_open(void *self, struct ctx *cx)
{
	app_ctx(self, cx);
}

static void ctx_close(void *self, struct ctx *cx)
{
	app_ctx_end(self, cx);
}

static enum err erase(struct ctx *cx, const struct job *job)
{
	return erase_run(cx, job, NULL);
}

static const struct job_kind kinds[] = {
	{ DRAFT_PROCESS_JOB, publish_run, ATTEMPTS_MAX },
	{ UPLOAD_EXPIRE_JOB, upload_expire, ATTEMPTS_MAX },
	{ ERASE_JOB, erase, ATTEMPTS_MAX },
	{ DROP_JOB, drop_run, ATTEMPTS_MAX },
	{},
};

enum err app_start_jobs(struct app *app, struct ctx *cx)
{
	struct jobs_hooks hooks = { .self = app, .ctx_open = ctx_open, .ctx_close = ctx_close };
	TRY(jobs_start(cx, (unsigned)cx->config->media_workers + 1, kinds, &hooks, &app->jobs));
	app->template.jobs = app->jobs;
	return OK;
}

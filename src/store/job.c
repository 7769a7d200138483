#include "store/job.h"

#include "store/job.sql.h"
#include "store/writer.h"

#define BACK_OFF_US (5 * SECOND_US)            /* doubled with each attempt ... */
#define BACK_OFF_MAX_US JOB_LATEST_US                /* ... up to this */

enum err job_add(struct ctx *cx, const char *kind, int64_t account, int64_t run_after_us)
{
	TRY(db_run(cx, SQL_job_add, TEXT(str_of(kind)), I64(account), I64(run_after_us)));
	jobs_wake(cx->jobs);                   /* a claim waits in the queue behind this group */
	return OK;
}

static int64_t share_number(const struct job_share *share)
{
	return !share ? 0 : share->others ? 2 : 1;
}

static struct str share_kind(const struct job_share *share)
{
	return share ? str_of(share->kind) : STR("");
}

struct claim {
	const struct job_share *share;
	int64_t lease_us;
	struct job job;
};

static enum err claim_one(struct ctx *cx, void *argument)
{
	struct claim *claim = argument;
	char boot[BOOT_ID_BYTES];
	clock_boot_id(boot);
	int64_t now = clock_boot_us(cx->clock);
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_job_claim, &rows, I64(clock_wall_us(cx->clock)), TEXT(str_of(boot)), I64(now), I64(now + claim->lease_us),
		I64(share_number(claim->share)), TEXT(share_kind(claim->share)), I64(cx->ids->lane)));
	bool found = rows_next(rows);
	if (found)
		claim->job = (struct job){ .id = rows_i64(rows, 0), .kind = rows_text(rows, 1), .account = rows_i64(rows, 2),
			.attempts = rows_i64(rows, 3), .lease = rows_i64(rows, 4) };
	while (rows_next(rows))                /* to its end, for the change to count */
		continue;
	TRY(rows_status(rows));
	return found ? OK : fail(cx, E_NOTFOUND, "no job is due");
}

enum err job_claim(struct ctx *cx, const struct job_share *share, int64_t lease_us, struct job *out)
{
	struct claim claim = { .share = share, .lease_us = lease_us };
	TRY(writer_run_here(cx, claim_one, &claim));
	*out = claim.job;
	return OK;
}

/* What is to happen to a job whose lease is held. */
struct settling {
	const struct job *job;
	int64_t us;
};

static enum err expect_lease(struct ctx *cx)
{
	return db_changes(cx, PERSONAL_DB) ? OK : fail(cx, E_CONFLICT, "the job's lease has ended");
}

static enum err renew(struct ctx *cx, void *argument)
{
	const struct settling *s = argument;
	TRY(db_run(cx, SQL_job_renew, I64(s->job->id), I64(s->job->lease), I64(clock_boot_us(cx->clock) + s->us)));
	return expect_lease(cx);
}

static enum err finish(struct ctx *cx, void *argument)
{
	const struct settling *s = argument;
	TRY(db_run(cx, SQL_job_requeue, I64(s->job->id), I64(s->job->lease), I64(clock_wall_us(cx->clock))));
	if (db_changes(cx, PERSONAL_DB)) {
		jobs_wake(cx->jobs);
		return OK;
	}
	TRY(db_run(cx, SQL_job_delete, I64(s->job->id), I64(s->job->lease)));
	return expect_lease(cx);
}

static enum err put_off(struct ctx *cx, void *argument)
{
	const struct settling *s = argument;
	TRY(db_run(cx, SQL_job_later, I64(s->job->id), I64(s->job->lease), I64(clock_wall_us(cx->clock) + s->us)));
	return expect_lease(cx);
}

enum err job_renew(struct ctx *cx, const struct job *job, int64_t lease_us)
{
	struct settling s = { .job = job, .us = lease_us };
	return writer_run_here(cx, renew, &s);
}

enum err job_done(struct ctx *cx, const struct job *job)
{
	struct settling s = { .job = job };
	return writer_run_here(cx, finish, &s);
}

enum err job_failed(struct ctx *cx, const struct job *job, int attempts_max, bool *again)
{
	struct settling s = { .job = job, .us = BACK_OFF_US };
	bool more = job->attempts < attempts_max;
	for (int64_t i = 1; i < job->attempts && s.us < BACK_OFF_MAX_US; i++)
		s.us *= 2;
	if (s.us > BACK_OFF_MAX_US)
		s.us = BACK_OFF_MAX_US;
	TRY(writer_run_here(cx, more ? put_off : finish, &s));
	*again = more;
	return OK;
}

static enum err take_back(struct ctx *cx, void *)
{
	return db_run(cx, SQL_job_take_back, I64(cx->ids->lane));
}

enum err job_take_back(struct ctx *cx)
{
	return writer_run(cx, take_back, NULL);
}

static enum err bring_forward(struct ctx *cx, void *argument)
{
	const int64_t *us = argument;
	TRY(db_run(cx, SQL_job_bring_forward, I64(clock_wall_us(cx->clock)), I64(*us), I64(JOB_LATEST_US)));
	jobs_wake(cx->jobs);
	return OK;
}

enum err job_bring_forward(struct ctx *cx, int64_t us)
{
	return writer_run_here(cx, bring_forward, &us);
}

enum err job_next(struct ctx *cx, const struct job_share *share, int64_t *out_us)
{
	char boot[BOOT_ID_BYTES];
	clock_boot_id(boot);
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_job_next, &rows, I64(clock_wall_us(cx->clock)), TEXT(str_of(boot)), I64(clock_boot_us(cx->clock)),
		I64(share_number(share)), TEXT(share_kind(share))));
	bool found = rows_next(rows) && !rows_null(rows, 0);
	int64_t us = found ? rows_i64(rows, 0) : INT64_MAX;
	TRY(rows_status(rows));
	*out_us = us < 0 ? 0 : us;
	return OK;
}

enum err job_count(struct ctx *cx, const char *kind, int64_t *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_job_count, &rows, TEXT(str_of(kind))));
	int64_t count = rows_next(rows) ? rows_i64(rows, 0) : 0;
	TRY(rows_status(rows));
	*out = count;
	return OK;
}

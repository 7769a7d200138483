/* Taking a closed account away, batch by batch: public things first, then personal rows, at last the key. */
#include "social/erase.h"

#include "custody/custody.h"
#include "social/account.h"
#include "social/account.sql.h"
#include "social/account_row.h"
#include "social/comment.h"
#include "social/erase.sql.h"
#include "social/forget.h"
#include "social/inbox.h"
#include "social/published.h"
#include "social/scratch.h"
#include "social/video.h"
#include "store/outbox.h"
#include "store/writer.h"

/* --- each takes at most ERASE_BATCH rows on the writer --- */

static enum err some_published(struct ctx *cx, const struct grant *grant, bool *more)
{
	struct published_list list;
	TRY(published_of_account(cx, grant->account, ERASE_BATCH, &list));
	for (size_t i = 0; i < list.count; i++) {
		bool is_comment = list.items[i].video != 0;
		TRY(is_comment ? comment_take_away(cx, list.items[i].id) : video_take_away(cx, list.items[i].id));
	}
	*more = list.count == ERASE_BATCH;
	return OK;
}

/* Deletes, and gives the subjects of the rows that went. */
static enum err take(struct ctx *cx, const struct stmt *statement, const struct grant *grant, int64_t *subjects, size_t *count)
{
	AUTO(rows_close) struct rows *rows = NULL;
	const struct val vals[] = { I64(grant->person), I64(ERASE_BATCH) };
	TRY(db_query_(cx, statement, &rows, 2, vals));
	while (rows_next(rows)) {
		if (*count < ERASE_BATCH)
			subjects[(*count)++] = rows_i64(rows, 0);
	}
	return rows_status(rows);
}

static enum err some_liked(struct ctx *cx, const struct grant *grant, bool *more)
{
	int64_t videos[ERASE_BATCH];
	size_t count = 0;
	TRY(take(cx, &SQL_erase_liked, grant, videos, &count));
	for (size_t i = 0; i < count; i++) {
		struct published stands;
		enum err outcome = published_get(cx, videos[i], &stands);
		if (outcome == E_NOTFOUND)
			continue;
		TRY(outcome);
		TRY(inbox_unliked(cx, grant, stands.account, videos[i]));
		TRY(outbox_total(cx, videos[i], "likes", -1));
		TRY(outbox_total(cx, stands.account, "likes", -1));
	}
	*more = count == ERASE_BATCH;
	return OK;
}

static enum err some_follow(struct ctx *cx, const struct grant *grant, bool *more)
{
	int64_t accounts[ERASE_BATCH];
	size_t count = 0;
	TRY(take(cx, &SQL_erase_follow, grant, accounts, &count));
	for (size_t i = 0; i < count; i++) {
		TRY(inbox_unfollowed(cx, grant, accounts[i]));
		TRY(outbox_total(cx, accounts[i], "followers", -1));
	}
	*more = count == ERASE_BATCH;
	return OK;
}

static enum err some_of(struct ctx *cx, const struct stmt *statement, const struct grant *grant, bool *more)
{
	const struct val vals[] = { I64(grant->person), I64(ERASE_BATCH) };
	TRY(db_run_(cx, statement, 2, vals));
	*more = db_changes(cx, PERSONAL_DB) == ERASE_BATCH;
	return OK;
}

static enum err some_saved(struct ctx *cx, const struct grant *grant, bool *more)
{
	return some_of(cx, &SQL_erase_saved, grant, more);
}

static enum err some_block(struct ctx *cx, const struct grant *grant, bool *more)
{
	return some_of(cx, &SQL_erase_block, grant, more);
}

static enum err some_watched(struct ctx *cx, const struct grant *grant, bool *more)
{
	return some_of(cx, &SQL_erase_watched, grant, more);
}

static const struct eraser own_erasers[] = {
	{ "what was published", some_published }, { "likes", some_liked }, { "saves", some_saved }, { "follows", some_follow },
	{ "blocks", some_block }, { "history", some_watched },
	{ "notifications", inbox_erase_some }, { .what = NULL },
};

/* --- the job --- */

enum err forget_totals(struct ctx *cx, const char *kind, int64_t subject)
{
	TRY(db_run(cx, SQL_tally_forget, I64(subject)));
	TRY(db_run(cx, SQL_tally_fresh_forget, I64(subject)));
	return outbox_post(cx, kind, subject, 'D', SQL_total_forget, I64(subject));
}

static enum err ask_scrub(struct ctx *cx, void *)
{
	for (enum store store = PUBLIC_DB; store < STORES; store++)
		writer_scrub(cx, store);
	return OK;
}

static enum err expect_scrubbed(struct ctx *cx, void *)
{
	return writer_scrubbed(cx) ? OK : fail(cx, E_BUSY, "what was deleted still stands in a log that somebody reads");
}

enum err forget_logs(struct ctx *cx)
{
	TRY(writer_run(cx, ask_scrub, NULL));
	return writer_run(cx, expect_scrubbed, NULL);
}

struct erasure {
	struct grant grant;
	const struct eraser *eraser;
	bool more;
};

static void erasure_wipe(struct erasure *erasure)
{
	grant_wipe(&erasure->grant);
}

static enum err batch_work(struct ctx *cx, void *argument)
{
	struct erasure *erasure = argument;
	return erasure->eraser->some(cx, &erasure->grant, &erasure->more);
}

static enum err erase_with(struct ctx *cx, struct erasure *erasure, const struct eraser *erasers)
{
	for (erasure->eraser = erasers; erasure->eraser && erasure->eraser->what; erasure->eraser++) {
		do {
			erasure->more = false;
			TRY(scratch_run(cx, batch_work, erasure));
		} while (erasure->more);
	}
	return OK;
}

static enum err remove_row(struct ctx *cx, int64_t account)
{
	TRY(forget_totals(cx, "profile", account));
	return db_run(cx, SQL_account_remove, I64(account));
}

static enum err destroy_work(struct ctx *cx, void *argument)
{
	const struct erasure *erasure = argument;
	TRY(custody_destroy(cx, erasure->grant.account));
	return remove_row(cx, erasure->grant.account);
}

/* keys.db commits first: a machine that dies right then leaves a row without a key. */
static enum err remove_row_work(struct ctx *cx, void *argument)
{
	return remove_row(cx, *(const int64_t *)argument);
}

enum err erase_run(struct ctx *cx, const struct job *job, const struct eraser *others)
{
	AUTO(erasure_wipe) struct erasure erasure = { .more = false };
	struct account row;
	int64_t account = job->account;
	enum err outcome = account_any(cx, account, &row);
	if (outcome == E_NOTFOUND)
		return forget_logs(cx);        /* an earlier run got as far as this */
	TRY(outcome);
	if (!str_eq(row.state, STATE_CLOSED))
		return fail(cx, E_CONFLICT, "only a closed account is erased");
	outcome = account_grant(cx, GRANT_ERASE, account, &erasure.grant);
	if (outcome == E_NOTFOUND) {
		TRY(writer_run(cx, remove_row_work, &account));
		return forget_logs(cx);
	}
	TRY(outcome);
	TRY(erase_with(cx, &erasure, own_erasers));
	TRY(erase_with(cx, &erasure, others));
	TRY(writer_run(cx, destroy_work, &erasure));
	return forget_logs(cx);
}

/* Invariants that no single statement tells. */
#include <assert.h>
#include <string.h>

#include "custody/custody.h"
#include "social/account.h"
#include "store/job.h"
#include "store/outbox.h"
#include "store/snapshot.h"
#include "upkeep/fsck.sql.h"
#include "upkeep/inside.h"

#define BATCH 200

/* Between an applied number that is ahead and one that lags a server's next group decides. */
enum err check_applied(struct fsck *fsck, struct ctx *)
{
	if (!fsck->settled)
		fsck_tell(fsck, 0, "outbox");
	return OK;
}

enum err check_outbox(struct fsck *fsck, struct ctx *cx)
{
	int64_t applied, posted, waiting;
	TRY(db_get_i64_0(cx, SQL_fsck_applied, &applied));
	TRY(snapshot_posted(cx, &posted));
	TRY(db_get_i64(cx, SQL_fsck_outbox_count, &waiting, I64(applied)));
	if (posted > applied && waiting != posted - applied)
		fsck_tell(fsck, applied + 1, "");
	return OK;
}

/* --- accounts, some at a time --- */

struct some {
	int64_t ids[BATCH];
	struct str words[BATCH];
	size_t count;
};

static enum err some_accounts(struct ctx *cx, int64_t after, struct some *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	out->count = 0;
	TRY(db_query(cx, SQL_fsck_account_some, &rows, I64(after), I64(BATCH)));
	for (; out->count < BATCH && rows_next(rows); out->count++) {
		out->ids[out->count] = rows_i64(rows, 0);
		out->words[out->count] = rows_text(rows, 1);
	}
	return rows_status(rows);
}

typedef enum err account_check(struct fsck *, struct ctx *, int64_t id, struct str handle);

static enum err each_account(struct fsck *fsck, struct ctx *from, account_check *check)
{
	int64_t after = INT64_MIN;
	size_t count = BATCH;
	while (count == BATCH) {
		AUTO(ctx_end) struct ctx cx;
		fsck_batch_ctx(from, &cx);
		struct some *some = arena_new(&cx.mem, struct some, 1);
		enum err e = some_accounts(&cx, after, some);
		for (size_t i = 0; e == OK && i < some->count; i++, fsck->looked++)
			e = check(fsck, &cx, some->ids[i], some->words[i]);
		from->failure = cx.failure;
		TRY(e);
		count = some->count;
		if (count)
			after = some->ids[count - 1];
	}
	return OK;
}

static enum err check_opens(struct fsck *fsck, struct ctx *cx, int64_t id, struct str)
{
	AUTO(grant_wipe) struct grant grant = { .purpose = GRANT_NONE };
	enum err e = account_grant(cx, GRANT_OPERATOR, id, &grant);
	if (e == E_CORRUPT)
		fsck_tell(fsck, id, "");
	return e == E_CORRUPT || e == E_NOTFOUND ? OK : e;     /* no key at all: account-key's finding */
}

enum err check_accounts(struct fsck *fsck, struct ctx *cx)
{
	return each_account(fsck, cx, check_opens);
}

static enum err check_handle(struct fsck *fsck, struct ctx *cx, int64_t id, struct str handle)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_fsck_profile_handle, &rows, I64(id)));
	if (rows_next(rows) && !str_eq(rows_text(rows, 0), handle) && fsck->settled)
		fsck_tell(fsck, id, "");
	return rows_status(rows);
}

enum err check_handles(struct fsck *fsck, struct ctx *cx)
{
	return each_account(fsck, cx, check_handle);
}

static enum err check_follows(struct fsck *fsck, struct ctx *cx, int64_t id, struct str)
{
	AUTO(grant_wipe) struct grant grant = { .purpose = GRANT_NONE };
	int64_t total, rows;
	enum err e = account_grant(cx, GRANT_OPERATOR, id, &grant);
	if (e == E_CORRUPT || e == E_NOTFOUND)
		return OK;
	TRY(e);
	TRY(outbox_total_now(cx, id, "following", &total));
	TRY(db_get_i64(cx, SQL_fsck_following_count, &rows, I64(grant.person)));
	if (total != rows)
		fsck_tell(fsck, id, "");
	return OK;
}

enum err check_following(struct fsck *fsck, struct ctx *cx)
{
	return each_account(fsck, cx, check_follows);
}

/* --- totals, kind by kind --- */

enum err check_totals(struct fsck *fsck, struct ctx *cx)
{
	static const char *const kinds[] = { "likes", "comments", "followers", "following", "views", "videos", "replies" };
	const struct invariant shown = { .kind = CHECK_WITHIN, .a = &SQL_fsck_tally_clean, .b = &SQL_fsck_totals };
	if (!fsck->settled)
		return OK;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		TRY(fsck_compare(fsck, cx, &shown, kinds[i]));
	return OK;
}

/* --- jobs --- */

enum err check_leases(struct fsck *fsck, struct ctx *cx)
{
	char boot[BOOT_ID_BYTES];
	clock_boot_id(boot);
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_fsck_job_lease, &rows, TEXT(str_of(boot)), I64(clock_boot_us(cx->clock) + 2 * JOB_LEASE_US)));
	while (rows_next(rows))
		fsck_tell(fsck, rows_i64(rows, 0), "");
	return rows_status(rows);
}

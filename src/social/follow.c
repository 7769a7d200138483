#include "social/follow.h"

#include "social/account.h"
#include "social/account_row.h"
#include "social/batch.h"
#include "social/block.h"
#include "social/follow.sql.h"
#include "social/follow_end.h"
#include "social/inbox.h"
#include "social/marks.h"
#include "store/outbox.h"

struct follow {
#define EXPAND_STRUCT "social/follow.def"
#include "store/expand.h"
};
#define EXPAND_ROW "social/follow.def"
#include "store/expand.h"

static enum err check(struct ctx *cx, int64_t account)
{
	struct account other;
	int64_t follows;
	if (account == cx->actor.account)
		return fail_as(cx, E_INVALID, "follow-self", "nobody can follow themselves");
	TRY(account_by_id(cx, account, &other));
	if (!str_eq(other.state, STATE_ACTIVE))
		return fail(cx, E_NOTFOUND, "there is no such account");
	TRY(block_forbids(cx, account));
	TRY(db_get_i64(cx, SQL_follow_count, &follows, I64(cx->actor.grant.person)));
	if (follows >= FOLLOW_MAX)
		return fail_as(cx, E_TOOLARGE, "follow-limit", "one person follows at most %d accounts", FOLLOW_MAX);
	return OK;
}

static enum err count_follow(struct ctx *cx, int64_t follower, int64_t followee, int64_t by)
{
	TRY(outbox_total(cx, followee, "followers", by));
	return outbox_total(cx, follower, "following", by);
}

enum err follow_add(struct ctx *cx, int64_t account)
{
	int64_t already;
	TRY(db_get_i64(cx, SQL_follow_has, &already, I64(cx->actor.grant.person), I64(account)));
	if (already)
		return OK;
	TRY(check(cx, account));
	const struct follow row = { .id = id_new(cx->ids, cx->now_us), .person = cx->actor.grant.person, .account = account };
	struct val vals[follow_columns];
	follow_vals(&row, vals);
	TRY(db_run_(cx, &SQL_follow_add, follow_columns, vals));
	TRY(inbox_followed(cx, account));
	return count_follow(cx, cx->actor.account, account, 1);
}

enum err follow_end(struct ctx *cx, const struct grant *follower, int64_t account)
{
	struct account other;
	TRY(db_run(cx, SQL_follow_remove, I64(follower->person), I64(account)));
	if (db_changes(cx, PERSONAL_DB) == 0)
		return OK;
	enum err outcome = account_by_id(cx, account, &other);
	if (outcome == E_NOTFOUND)
		return outbox_total(cx, follower->account, "following", -1);
	TRY(outcome);
	TRY(inbox_unfollowed(cx, follower, account));
	return count_follow(cx, follower->account, account, -1);
}

enum err follow_remove(struct ctx *cx, int64_t account)
{
	return follow_end(cx, &cx->actor.grant, account);
}

enum err follow_tidy(struct ctx *cx, const struct grant *grant)
{
	TRY(db_run(cx, SQL_follow_tidy, I64(grant->person)));
	int64_t gone = db_changes(cx, PERSONAL_DB);
	return gone ? outbox_total(cx, grant->account, "following", -gone) : OK;
}

/* --- lists --- */

enum err follow_list(struct ctx *cx, int64_t before, struct profile_page *out)
{
	struct marks marks;
	struct profile_page page;
	TRY(marks_read(cx, &SQL_follow_list, before, PROFILE_PAGE, &marks));
	TRY(profile_list_by_ids(cx, marks.subjects, marks.count, &page));
	page.next = marks.next;
	*out = page;
	return OK;
}

enum err follow_recent(struct ctx *cx, int64_t *accounts, size_t max, size_t *count)
{
	size_t n = 0;
	if (cx->actor.account) {
		AUTO(rows_close) struct rows *rows = NULL;
		TRY(db_query(cx, SQL_follow_list, &rows, I64(cx->actor.grant.person), before_id(0), I64((int64_t)max)));
		while (n < max && rows_next(rows))
			accounts[n++] = rows_i64(rows, 1);
		TRY(rows_status(rows));
	}
	*count = n;
	return OK;
}

/* The day's totals: entered after midnight (UTC), each day once. */
#include "docket/demand.sql.h"
#include "docket/inside.h"
#include "store/daily.h"
#include "store/writer.h"

#define DAYS_MAX 400                           /* of a node that was away for longer, only the last ones */

static enum err sum(struct ctx *cx, int64_t day, const char *const *kinds, struct str *out)
{
	int64_t total = 0, one;
	for (; *kinds; kinds++) {
		TRY(daily_total(cx, day, *kinds, &one));
		total += one;
	}
	*out = entry_of_count(cx, (uint64_t)total);
	return OK;
}

static enum err enter_day(struct ctx *cx, int64_t day)
{
	static const struct {
		unsigned field;
		const char *const kinds[4];    /* of table daily; custody/custody.h names them */
	} totals[] = {
		{ ENTRY_day_unwraps_session, { "unwrap-session", "unwrap-signup" } },
		{ ENTRY_day_unwraps_job, { "unwrap-publish", "unwrap-erase" } },
		{ ENTRY_day_unwraps_others, { "unwrap-block-check", "unwrap-mailbox" } },
		{ ENTRY_day_unwraps_operator, { "unwrap-operator", "unwrap-residence" } },
		{ ENTRY_day_desk_reads, { "unwrap-desk" } },
		{ ENTRY_day_accounts_erased, { "accounts-erased" } },
	};
	struct entry entry = { .kind = ENTRY_day, .time_us = whole_second(cx->now_us) };
	entry.values[ENTRY_day_date] = entry_of_date(cx, day * DAY_US);
	for (size_t i = 0; i < sizeof totals / sizeof totals[0]; i++)
		TRY(sum(cx, day, totals[i].kinds, &entry.values[totals[i].field]));
	return ledger_append(cx, &entry, 0);
}

static enum err day_work(struct ctx *cx, void *argument)
{
	const int64_t today = *(const int64_t *)argument;
	int64_t entered = 0;
	TRY(db_get_i64_0(cx, SQL_daily_entered, &entered));
	if (entered >= today - 1)
		return OK;
	/* The first time there is no whole day to tell of. */
	for (int64_t day = today - 1 - entered > DAYS_MAX ? today - DAYS_MAX : entered + 1; entered && day < today; day++)
		TRY(enter_day(cx, day));
	TRY(db_run(cx, SQL_daily_set_entered, I64(today - 1)));
	return daily_forget(cx, today - 1);
}

enum err day_run(struct ctx *cx)
{
	int64_t today = daily_of(cx->now_us), entered = 0;
	TRY(db_get_i64_0(cx, SQL_daily_entered, &entered));
	return entered >= today - 1 ? OK : writer_run(cx, day_work, &today);
}

/* Holds: data that is kept from erasure for a term; nothing is given. */
#include "docket/demand.sql.h"
#include "docket/inside.h"
#include "social/account.h"
#include "social/erase.h"
#include "store/writer.h"

struct hold {
#define EXPAND_STRUCT "docket/hold.def"
#include "store/expand.h"
};
#define EXPAND_ROW "docket/hold.def"
#include "store/expand.h"

enum err hold_of(struct ctx *cx, int64_t account, int64_t *until_us, bool *told)
{
	AUTO(rows_close) struct rows *rows = NULL;
	int64_t until = 0;
	bool all_told = true;
	TRY(db_query(cx, SQL_hold_of_account, &rows, I64(account)));
	while (rows_next(rows)) {
		const int64_t one = rows_i64(rows, 0);
		until = one > until ? one : until;
		all_told &= rows_i64(rows, 1) > 0;
	}
	TRY(rows_status(rows));
	*until_us = until;
	*told = all_told;
	return OK;
}

enum err hold_place(struct ctx *cx, struct demand *demand)
{
	const int64_t mark = id_new(cx->ids, cx->now_us);
	struct demand_ids people;
	struct val vals[hold_columns];
	demand_ids_read(demand->people, &people);
	for (size_t i = 0; i < people.count; i++) {
		const struct hold row = {
			.id = id_new(cx->ids, cx->now_us), .demand = demand->id, .account = people.ids[i], .mark = mark, .until_us = demand->hold_us,
		};
		hold_vals(&row, vals);
		TRY(db_run_(cx, &SQL_hold_add, hold_columns, vals));
	}
	return enter_held(cx, demand, (int64_t)people.count, mark);
}

/* --- ending --- */

struct ending {
	int64_t demand, mark;
	struct str name;
};

/* Who closed the account meanwhile waits for the erasure. */
static enum err take_rows(struct ctx *cx, const struct ending *ending)
{
	AUTO(rows_close) struct rows *rows = NULL;
	struct account row;
	TRY(db_query(cx, SQL_hold_accounts, &rows, I64(ending->demand), I64(ending->mark)));
	while (rows_next(rows)) {
		const int64_t account = rows_i64(rows, 0);
		const enum err outcome = account_by_id(cx, account, &row);
		if (outcome == E_NOTFOUND)
			TRY(job_add(cx, ERASE_JOB, account, cx->now_us));
		else
			TRY(outcome);
	}
	TRY(rows_status(rows));
	return db_run(cx, SQL_hold_take, I64(ending->demand), I64(ending->mark));
}

static enum err end_work(struct ctx *cx, void *argument)
{
	const struct ending *const ending = argument;
	struct entry entry = { .kind = ENTRY_hold_ended, .time_us = whole_second(cx->now_us) };
	uint64_t placed;
	TRY(ledger_find(cx, ending->mark, &placed));
	TRY(take_rows(cx, ending));
	if (db_changes(cx, PERSONAL_DB) == 0)
		return OK;                     /* somebody was first */
	entry.values[ENTRY_hold_ended_demand] = ending->name;
	entry.values[ENTRY_hold_ended_placed] = entry_of_count(cx, placed);
	return ledger_append(cx, &entry, 0);
}

static enum err read_ending(struct rows *rows, struct ending *out, bool *found)
{
	*found = rows_next(rows);
	if (*found)
		*out = (struct ending){ rows_i64(rows, 0), rows_i64(rows, 1), rows_text(rows, 2) };
	return rows_status(rows);
}

enum err hold_end_due(struct ctx *cx)
{
	for (bool found = true; found;) {
		AUTO(rows_close) struct rows *rows = NULL;
		struct ending ending;
		TRY(db_query(cx, SQL_hold_due, &rows, I64(cx->now_us), I64(1)));
		TRY(read_ending(rows, &ending, &found));
		rows_close(&rows);
		if (found)
			TRY(writer_run(cx, end_work, &ending));
	}
	return OK;
}

enum err hold_end_of(struct ctx *cx, const struct demand *demand)
{
	AUTO(rows_close) struct rows *rows = NULL;
	struct ending ending;
	bool found;
	TRY(db_query(cx, SQL_hold_of_demand, &rows, I64(demand->id)));
	TRY(read_ending(rows, &ending, &found));
	rows_close(&rows);
	return found ? end_work(cx, &ending) : fail(cx, E_NOTFOUND, "nothing is held on this demand");
}

/* What everyone sees of demands: from public.db alone. */
#include <string.h>
#include <time.h>

#include "docket/docket.h"
#include "docket/shown.sql.h"

#define EXPAND_ROW "docket/demand_shown.def"
#include "store/expand.h"

enum err demand_count(struct ctx *cx, int64_t *out)
{
	return db_get_i64_0(cx, SQL_demand_shown_count, out);
}

enum err docket_shown_one(struct ctx *cx, struct str demand, struct demand_shown *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_demand_shown_one, &rows, TEXT(demand)));
	const bool found = rows_next(rows);
	if (found)
		demand_shown_read(rows, out);
	TRY(rows_status(rows));
	return found ? OK : fail(cx, E_NOTFOUND, "there is no such demand");
}

/* --- half-years --- */

static int64_t first_moment(int year, int month)
{
	struct tm tm = { .tm_year = year, .tm_mon = month, .tm_mday = 1 };
	return (int64_t)timegm(&tm) * SECOND_US;
}

static int64_t half_of(int64_t wall_us)
{
	const time_t seconds = (time_t)(wall_us / SECOND_US);
	struct tm tm;
	gmtime_r(&seconds, &tm);
	return first_moment(tm.tm_year, tm.tm_mon < 6 ? 0 : 6);
}

static int64_t half_after(int64_t half_us)
{
	const time_t seconds = (time_t)(half_us / SECOND_US);
	struct tm tm;
	gmtime_r(&seconds, &tm);
	return first_moment(tm.tm_year, tm.tm_mon + 6);
}

enum err docket_shown(struct ctx *cx, struct str asker, int64_t half_us, int64_t before, struct docket_shown_page *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	struct docket_shown_page page = { .items = arena_new(&cx->mem, struct demand_shown, DOCKET_PAGE + 1) };
	TRY(db_query(cx, SQL_demand_shown_list, &rows, I64(before ? before : INT64_MAX), TEXT(asker), I64(half_us), I64(half_us ? half_after(half_us) : 0),
		I64(DOCKET_PAGE + 1)));
	while (page.count < DOCKET_PAGE + 1 && rows_next(rows))
		demand_shown_read(rows, &page.items[page.count++]);
	TRY(rows_status(rows));
	if (page.count > DOCKET_PAGE) {
		page.count = DOCKET_PAGE;
		page.next = page.items[DOCKET_PAGE - 1].received;
	}
	*out = page;
	return OK;
}

/* --- counting --- */

enum { COUNTED = 15 };                         /* columns of both counting statements */

static void read_counts(struct rows *rows, int first, struct docket_count *out)
{
	int64_t *const columns[COUNTED] = {
		&out->received, &out->authenticated, &out->decided, &out->refused_by_rule, &out->refused, &out->narrowed, &out->complied_in_part, &out->complied,
		&out->withdrawn, &out->emergency, &out->preservation, &out->accounts, &out->given, &out->produced, &out->told,
	};
	for (int i = 0; i < COUNTED; i++)
		*columns[i] = rows_i64(rows, first + i);
}

enum err docket_sum(struct ctx *cx, struct docket_count *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	struct docket_count sum = { .median_us = -1 };
	TRY(db_query0(cx, SQL_demand_shown_sum, &rows));
	if (rows_next(rows))
		read_counts(rows, 0, &sum);
	TRY(rows_status(rows));
	*out = sum;
	return OK;
}

enum err docket_by_rule(struct ctx *cx, struct docket_rule **out, size_t *count)
{
	AUTO(rows_close) struct rows *rows = NULL;
	int64_t rules = 0;
	size_t n = 0;
	TRY(db_get_i64_0(cx, SQL_demand_shown_rules, &rules));
	struct docket_rule *const list = arena_new(&cx->mem, struct docket_rule, (size_t)rules + 1);
	TRY(db_query0(cx, SQL_demand_shown_by_rule, &rows));
	while (n < (size_t)rules && rows_next(rows)) {
		list[n].rule = rows_i64(rows, 0);
		list[n++].count = rows_i64(rows, 1);
	}
	TRY(rows_status(rows));
	*out = list;
	*count = n;
	return OK;
}

struct table {
	struct docket_count *rows;
	size_t count, max;
};

static struct docket_count *add_row(struct ctx *cx, struct table *table)
{
	if (table->count == table->max) {
		table->max = table->max ? 2 * table->max : 16;
		struct docket_count *const more = arena_new(&cx->mem, struct docket_count, table->max);
		if (table->count)
			memcpy(more, table->rows, table->count * sizeof *more);
		table->rows = more;
	}
	return &table->rows[table->count++];
}

static enum err count_half(struct ctx *cx, int64_t half_us, struct table *table)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_demand_shown_half, &rows, I64(half_us), I64(half_after(half_us))));
	while (rows_next(rows)) {
		struct docket_count *const row = add_row(cx, table);
		const struct str asker = rows_text(rows, COUNTED);
		*row = (struct docket_count){ .half_us = half_us, .median_us = -1 };
		memcpy(row->asker, asker.p, asker.n < 2 ? asker.n : 2);
		read_counts(rows, 0, row);
	}
	return rows_status(rows);
}

static enum err add_median(struct ctx *cx, struct docket_count *row)
{
	if (row->decided == 0)
		return OK;
	return db_get_i64(cx, SQL_demand_shown_took, &row->median_us, TEXT(str_of(row->asker)), I64(row->half_us), I64(half_after(row->half_us)),
		I64(row->decided / 2));
}

enum err docket_table(struct ctx *cx, struct docket_count **out, size_t *count)
{
	struct table table = { .count = 0 };
	int64_t first_us = 0, last_us = 0;
	TRY(db_get_i64_0(cx, SQL_demand_shown_first, &first_us));
	TRY(db_get_i64_0(cx, SQL_demand_shown_last, &last_us));
	for (int64_t half_us = half_of(last_us); last_us && half_us >= half_of(first_us); half_us = half_of(half_us - 1))
		TRY(count_half(cx, half_us, &table));
	for (size_t i = 0; i < table.count; i++)
		TRY(add_median(cx, &table.rows[i]));
	*out = table.rows;
	*count = table.count;
	return OK;
}

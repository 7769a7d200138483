#include <assert.h>

#include "store/connection.h"
#include "store/outbox.h"
#include "store/outbox.sql.h"
#include "store/values.h"
#include "store/writer_group.h"

#define TAKE_MAX 1000                          /* changes that are sorted in at once: as many totals at most, three values each */
#define ROW_MAX ((size_t)128 << 10)

static_assert(TAKE_MAX * 3 <= VALUES_MAX, "one row holds them");

enum err outbox_total(struct ctx *cx, int64_t subject, const char *kind, int64_t delta)
{
	assert(writer_here(cx));
	TRY(db_run(cx, SQL_tally_fresh_add, I64(subject), TEXT(str_of(kind)), I64(delta)));
	if (!cx->writer->totals_waiting)
		cx->writer->totals_due_us = clock_boot_us(NULL) + TOTALS_US;
	cx->writer->totals_waiting = true;
	return OK;
}

enum err outbox_total_now(struct ctx *cx, int64_t subject, const char *kind, int64_t *out)
{
	return db_get_i64(cx, SQL_tally_now, out, I64(subject), TEXT(str_of(kind)));
}

/* The number of the last change that is taken now; 0: there are none. */
static enum err bound(struct ctx *cx, int64_t *out, bool *more)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query0(cx, SQL_tally_fresh_bounds, &rows));
	const bool found = rows_next(rows);
	const int64_t first = found ? rows_i64(rows, 0) : 0, last = found ? rows_i64(rows, 1) : 0;
	TRY(rows_status(rows));
	*more = last - first >= TAKE_MAX;
	*out = *more ? first + TAKE_MAX - 1 : last;
	return OK;
}

/* In one transaction changes become part of the tally and its values go into the outbox, so neither can be lost without the other. */
static enum err take_tallies(struct ctx *cx, int64_t last, struct buf *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_tally_take, &rows, I64(last)));
	buf_char(out, VALUES_VERSION);
	while (rows_next(rows)) {
		value_put(out, &I64(rows_i64(rows, 0)));
		value_put(out, &TEXT(rows_text(rows, 1)));
		value_put(out, &I64(rows_i64(rows, 2)));
	}
	return rows_status(rows);
}

enum err totals_flush(struct writer *writer)
{
	struct ctx *cx = &writer->own;
	AUTO(buf_free) struct buf bytes = buf_new(ROW_MAX);
	int64_t last = 0;
	bool more = false;
	TRY(bound(cx, &last, &more));
	writer->totals_waiting = more;
	if (last == 0)
		return OK;
	TRY(take_tallies(cx, last, &bytes));
	assert(!bytes.failed);                 /* kinds are our own short words */
	TRY(db_run(cx, SQL_tally_fresh_taken, I64(last)));
	writer->posts_waiting = true;
	return db_run(cx, SQL_outbox_add, TEXT(str_of(SQL_total_set.name)), BLOB(buf_view(&bytes)), TEXT(STR("")), I64(0), TEXT(STR("")));
}

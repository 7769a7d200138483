#include <assert.h>

#include "store/connection.h"
#include "store/outbox.h"
#include "store/outbox.sql.h"
#include "store/values.h"
#include "store/writer_group.h"

#define TAKE_MAX 1000                          /* tallies in one outbox row; three values each */
#define ROW_MAX ((size_t)128 << 10)

static_assert(TAKE_MAX * 3 <= VALUES_MAX, "one row holds them");

enum err outbox_total(struct ctx *cx, int64_t subject, const char *kind, int64_t delta)
{
	assert(writer_here(cx));
	TRY(db_run(cx, SQL_tally_add, I64(subject), TEXT(str_of(kind)), I64(delta)));
	if (!cx->writer->totals_waiting)
		cx->writer->totals_due_us = clock_boot_us(NULL) + TOTALS_US;
	cx->writer->totals_waiting = true;
	return OK;
}

/* In one transaction a tally is marked clean and its value put into the outbox, so neither can be lost without the other. */
static enum err take_tallies(struct ctx *cx, struct buf *out, unsigned *count)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_tally_take, &rows, I64(TAKE_MAX)));
	buf_char(out, VALUES_VERSION);
	for (; rows_next(rows); ++*count) {
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
	unsigned count = 0;
	TRY(take_tallies(cx, &bytes, &count));
	assert(!bytes.failed);                 /* kinds are our own short words */
	writer->totals_waiting = count == TAKE_MAX;
	if (count == 0)
		return OK;
	writer->posts_waiting = true;
	return db_run(cx, SQL_outbox_add, TEXT(str_of(SQL_total_set.name)), BLOB(buf_view(&bytes)), TEXT(STR("")), I64(0), TEXT(STR("")));
}

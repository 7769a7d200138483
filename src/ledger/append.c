/* Entering, and reading what was entered. */
#include <assert.h>

#include "ledger/inside.h"
#include "ledger/logged.sql.h"
#include "store/outbox.h"

static enum err post(struct ctx *cx, size_t n, const struct val *vals)
{
	TRY(outbox_post_(cx, "", 0, 'P', &SQL_logged_add, n, vals));
	if (cx->ledger)
		ledger_expect(cx->ledger);
	return OK;
}

enum err ledger_append(struct ctx *cx, const struct entry *entry, int64_t mark)
{
	AUTO(buf_free) struct buf line = buf_new(ENTRY_LINE_MAX);
	struct entry timed = *entry;
	if (timed.time_us == 0)
		timed.time_us = cx->now_us;
	TRY(entry_write(cx, &timed, &line));
	if (line.failed)
		return fail_as(cx, E_INVALID, "entry-invalid", "an entry has at most %d bytes", ENTRY_LINE_MAX);
	return post(cx, 3, (struct val[]){ TEXT(str_of(entry_forms[entry->kind].name)), I64(mark), TEXT(buf_view(&line)) });
}

enum err ledger_append_lines(struct ctx *cx, const struct str *lines, size_t count)
{
	assert(count <= LEDGER_APPEND_MAX);
	struct val *const vals = arena_new(&cx->mem, struct val, 3 * count);
	struct entry entry;
	for (size_t i = 0; i < count; i++) {
		TRY(entry_parse(cx, lines[i], &entry));
		vals[3 * i] = TEXT(str_of(entry_forms[entry.kind].name));
		vals[3 * i + 1] = I64(0);
		vals[3 * i + 2] = TEXT(lines[i]);
	}
	return count ? post(cx, 3 * count, vals) : OK;
}

/* --- reading --- */

enum err ledger_size(struct ctx *cx, uint64_t *out)
{
	int64_t size = 0;
	TRY(db_get_i64_0(cx, SQL_logged_size, &size));
	*out = (uint64_t)size;
	return OK;
}

enum err ledger_find(struct ctx *cx, int64_t mark, uint64_t *number)
{
	int64_t found = 0;
	TRY(db_get_i64(cx, SQL_logged_by_mark, &found, I64(mark)));
	*number = (uint64_t)found;
	return OK;
}

enum err ledger_read(struct ctx *cx, uint64_t number, struct entry *out, struct str *line)
{
	if (number > INT64_MAX - 1)
		return fail(cx, E_NOTFOUND, "the ledger has no such entry");
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_logged_lines, &rows, I64((int64_t)number), I64((int64_t)number + 1)));
	const bool found = rows_next(rows);
	struct str text = found ? rows_text(rows, 0) : STR("");
	TRY(rows_status(rows));
	if (!found)
		return fail(cx, E_NOTFOUND, "the ledger has no such entry");
	TRY(entry_parse(cx, text, out));
	*line = text;
	return OK;
}

static enum err read_items(struct ctx *cx, struct rows *rows, size_t max, struct ledger_item *out, size_t *count)
{
	size_t n = 0;
	while (n < max && rows_next(rows)) {
		out[n].number = (uint64_t)rows_i64(rows, 0);
		out[n].line = rows_text(rows, 1);
		TRY(entry_parse(cx, out[n].line, &out[n].entry));
		n++;
	}
	TRY(rows_status(rows));
	*count = n;
	return OK;
}

/* As the store counts. */
static int64_t bound(uint64_t number)
{
	return number < INT64_MAX ? (int64_t)number : INT64_MAX;
}

enum err ledger_newest(struct ctx *cx, enum entry_kind kind, uint64_t before, size_t max, struct ledger_item *out, size_t *count)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_logged_of_kind, &rows, TEXT(str_of(entry_forms[kind].name)), I64(before ? bound(before) : INT64_MAX), I64((int64_t)max)));
	return read_items(cx, rows, max, out, count);
}

enum err ledger_oldest(struct ctx *cx, enum entry_kind kind, uint64_t from, uint64_t below, size_t max, struct ledger_item *out, size_t *count)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_logged_of_kind_from, &rows, TEXT(str_of(entry_forms[kind].name)), I64(bound(from)), I64(bound(below)), I64((int64_t)max)));
	return read_items(cx, rows, max, out, count);
}

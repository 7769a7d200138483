#include "ledger/run.h"

#include "ledger/logged.sql.h"
#include "store/packed.h"

/* As the store counts. */
static int64_t bound(uint64_t number)
{
	return number < INT64_MAX ? (int64_t)number : INT64_MAX;
}

enum err lines_open(struct ctx *cx, uint64_t from, uint64_t below, struct lines *out)
{
	struct lines lines = { .cx = cx, .from = from, .below = below, .room = buf_new(RUN_BYTES_MAX) };
	TRY(db_query(cx, SQL_logged_rows, &lines.rows, I64(bound(from)), I64(bound(below))));
	*out = lines;
	return OK;
}

enum err run_text(struct ctx *cx, struct rows *rows, int column, struct buf *room, struct str *out)
{
	const struct str plain = rows_lent(rows, column), frame = rows_lent(rows, column + 1);
	if (frame.n)
		TRY(unpack(cx, frame, room));
	*out = frame.n ? buf_view(room) : plain;
	return OK;
}

static bool next_run(struct lines *lines)
{
	if (!rows_next(lines->rows))
		return false;
	const uint64_t number = (uint64_t)rows_i64(lines->rows, 0);
	if (lines->begun ? number != lines->next : number > lines->from) {
		lines->status = fail(lines->cx, E_CORRUPT, "the ledger's rows do not follow each other at entry %llu", (unsigned long long)number);
		return false;
	}
	lines->begun = true;
	lines->next = number;
	lines->mark = rows_i64(lines->rows, 1);
	lines->status = run_text(lines->cx, lines->rows, 2, &lines->room, &lines->rest);
	return lines->status == OK;
}

bool lines_next(struct lines *lines)
{
	for (;;) {
		while (lines->rest.n == 0)
			if (!next_run(lines))
				return false;
		lines->line = str_cut(&lines->rest, '\n');
		lines->number = lines->next++;
		if (lines->number >= lines->below)
			return false;
		if (lines->number >= lines->from)
			return true;
	}
}

enum err lines_status(struct lines *lines)
{
	const enum err e = rows_status(lines->rows);
	return e == OK ? lines->status : e;
}

void lines_close(struct lines *lines)
{
	rows_close(&lines->rows);
	buf_free(&lines->room);
}

size_t run_split(struct str lines, size_t max, struct str *out)
{
	size_t count = 0;
	while (lines.n) {
		const struct str line = str_cut(&lines, '\n');
		if (count < max)
			out[count] = line;
		count++;
	}
	return count;
}

bool line_is(struct str line, enum entry_kind kind)
{
	return str_eq(str_cut(&line, ' '), str_of(entry_forms[kind].name));
}

enum err run_of(struct ctx *cx, uint64_t number, uint64_t *first, struct str *lines)
{
	AUTO(rows_close) struct rows *rows = NULL;
	AUTO(buf_free) struct buf room = buf_new(RUN_BYTES_MAX);
	struct str text = STR("");
	if (number > INT64_MAX - 1)
		return fail(cx, E_NOTFOUND, "the ledger has no such entry");
	TRY(db_query(cx, SQL_logged_rows, &rows, I64((int64_t)number), I64((int64_t)number + 1)));
	const bool found = rows_next(rows);
	const uint64_t begins = found ? (uint64_t)rows_i64(rows, 0) : 0;
	if (found)
		TRY(run_text(cx, rows, 2, &room, &text));
	TRY(rows_status(rows));
	if (!found || number - begins >= run_split(text, 0, NULL))
		return fail(cx, E_NOTFOUND, "the ledger has no such entry");
	*first = begins;
	*lines = arena_copy(&cx->mem, text);
	return OK;
}

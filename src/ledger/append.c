/* Entering, and reading what was entered. */
#include <assert.h>
#include <string.h>

#include "ledger/inside.h"
#include "ledger/logged.sql.h"
#include "ledger/run.h"
#include "store/outbox.h"
#include "store/packed.h"

static struct val name_of(enum entry_kind kind)
{
	return TEXT(str_of(entry_forms[kind].name));
}

static void expect(struct ctx *cx)
{
	if (cx->ledger)
		ledger_expect(cx->ledger);
}

static enum err post_one(struct ctx *cx, enum entry_kind kind, int64_t mark, struct str line)
{
	TRY(outbox_post(cx, "", 0, 'P', SQL_logged_add, name_of(kind), I64(mark), TEXT(line)));
	expect(cx);
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
	return post_one(cx, entry->kind, mark, buf_view(&line));
}

/* --- several at once --- */

/* What is not posted yet. */
struct run {
	bool in_place;                         /* at number `at`; else behind the last */
	uint64_t at;
	struct buf lines;
	size_t count;
	size_t of_kind[ENTRY_KINDS];
	enum entry_kind last;
};

static void run_free(struct run *run)
{
	buf_free(&run->lines);
}

/* In the place of what stands there. */
static enum err post_in_place(struct ctx *cx, const struct run *run, struct val kind, struct str plain, struct str packed)
{
	const struct val at = I64((int64_t)run->at);
	TRY(outbox_post(cx, "", 0, 'P', SQL_logged_put, at, kind, TEXT(plain), BLOB(packed), I64((int64_t)run->count)));
	TRY(outbox_post(cx, "", 0, 'D', SQL_logged_mixed_drop, at));
	for (enum entry_kind i = 0; i < ENTRY_KINDS; i++)
		if (run->of_kind[i] && run->of_kind[i] < run->count)
			TRY(outbox_post(cx, "", 0, 'P', SQL_logged_mixed_put, at, name_of(i), I64((int64_t)run->of_kind[i])));
	return OK;
}

static enum err post_behind(struct ctx *cx, const struct run *run, struct val kind, struct str plain, struct str packed)
{
	struct val kinds[2 * ENTRY_KINDS];
	size_t n = 0;
	if (run->count == 1)
		return post_one(cx, run->last, 0, plain);
	for (enum entry_kind i = 0; i < ENTRY_KINDS; i++)
		if (run->of_kind[i]) {
			kinds[n++] = name_of(i);
			kinds[n++] = I64((int64_t)run->of_kind[i]);
		}
	TRY(outbox_post(cx, "", 0, 'P', SQL_logged_add_run, kind, TEXT(plain), BLOB(packed), I64((int64_t)run->count)));
	return n > 2 ? outbox_post_(cx, "", 0, 'P', &SQL_logged_mixed_add, n, kinds) : OK;
}

/* The row bears the kind of all, or none: then the row behind says which there are. */
static enum err post_run(struct ctx *cx, struct run *run)
{
	AUTO(buf_free) struct buf frame = buf_new(RUN_BYTES_MAX);
	const struct str lines = buf_view(&run->lines);
	const struct val kind = run->of_kind[run->last] == run->count ? name_of(run->last) : TEXT(STR(""));
	const struct str plain = run->count > 1 && pack(cx, lines, &frame) ? STR("") : lines;
	TRY((run->in_place ? post_in_place : post_behind)(cx, run, kind, plain, buf_view(&frame)));
	run->at += run->count;
	expect(cx);
	run->lines.n = run->count = 0;
	memset(run->of_kind, 0, sizeof run->of_kind);
	return OK;
}

/* Whether its row may be replaced one day by another's (a succession's). */
static bool stands_alone(enum entry_kind kind)
{
	return kind == ENTRY_origin || kind == ENTRY_succession;
}

static enum err add_line(struct ctx *cx, struct run *run, struct str line)
{
	struct entry entry;
	TRY(entry_parse(cx, line, &entry));
	if (run->count == RUN_ENTRIES_MAX || run->lines.n + line.n + 1 > RUN_BYTES_MAX ||
	    (run->count && (stands_alone(entry.kind) || stands_alone(run->last))))
		TRY(post_run(cx, run));
	if (run->count)
		buf_char(&run->lines, '\n');
	buf_str(&run->lines, line);
	run->count++;
	run->of_kind[entry.kind]++;
	run->last = entry.kind;
	return OK;
}

static enum err post_lines(struct ctx *cx, struct run *run, const struct str *lines, size_t count)
{
	assert(count <= LEDGER_APPEND_MAX);
	for (size_t i = 0; i < count; i++)
		TRY(add_line(cx, run, lines[i]));
	return run->count ? post_run(cx, run) : OK;
}

enum err ledger_append_lines(struct ctx *cx, const struct str *lines, size_t count)
{
	AUTO(run_free) struct run run = { .lines = buf_new(RUN_BYTES_MAX) };
	return post_lines(cx, &run, lines, count);
}

enum err ledger_put_lines(struct ctx *cx, uint64_t number, const struct str *lines, size_t count)
{
	AUTO(run_free) struct run run = { .lines = buf_new(RUN_BYTES_MAX), .in_place = true, .at = number };
	return post_lines(cx, &run, lines, count);
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
	AUTO(lines_close) struct lines lines = {};
	if (number > INT64_MAX - 1)
		return fail(cx, E_NOTFOUND, "the ledger has no such entry");
	TRY(lines_open(cx, number, number + 1, &lines));
	const bool found = lines_next(&lines);
	const struct str text = found ? arena_copy(&cx->mem, lines.line) : STR("");
	TRY(lines_status(&lines));
	if (!found)
		return fail(cx, E_NOTFOUND, "the ledger has no such entry");
	TRY(entry_parse(cx, text, out));
	*line = text;
	return OK;
}

/* --- by their kind --- */

struct wanted {
	enum entry_kind kind;
	uint64_t from, below;
	bool newest_first;
	size_t max;
};

static enum err take_run(struct ctx *cx, const struct wanted *wanted, struct rows *rows, struct buf *room, struct ledger_item *out, size_t *count)
{
	struct str lines[RUN_ENTRIES_MAX];
	const uint64_t first = (uint64_t)rows_i64(rows, 0);
	struct str text;
	TRY(run_text(cx, rows, 1, room, &text));
	const size_t split = run_split(text, RUN_ENTRIES_MAX, lines), n = split < RUN_ENTRIES_MAX ? split : RUN_ENTRIES_MAX;
	for (size_t i = 0; i < n && *count < wanted->max; i++) {
		const size_t at = wanted->newest_first ? n - 1 - i : i;
		struct ledger_item *const item = &out[*count];
		if (first + at < wanted->from || first + at >= wanted->below || !line_is(lines[at], wanted->kind))
			continue;
		item->number = first + at;
		item->line = arena_copy(&cx->mem, lines[at]);
		TRY(entry_parse(cx, item->line, &item->entry));
		++*count;
	}
	return OK;
}

static enum err take_runs(struct ctx *cx, const struct wanted *wanted, struct rows *rows, struct ledger_item *out, size_t *count)
{
	AUTO(buf_free) struct buf room = buf_new(RUN_BYTES_MAX);
	size_t n = 0;
	while (n < wanted->max && rows_next(rows))
		TRY(take_run(cx, wanted, rows, &room, out, &n));
	TRY(rows_status(rows));
	*count = n;
	return OK;
}

/* As the store counts. */
static int64_t bound(uint64_t number)
{
	return number < INT64_MAX ? (int64_t)number : INT64_MAX;
}

/* Each row has an entry that is wanted, but perhaps the one in which the range begins. */
enum err ledger_newest(struct ctx *cx, enum entry_kind kind, uint64_t before, size_t max, struct ledger_item *out, size_t *count)
{
	AUTO(rows_close) struct rows *rows = NULL;
	const struct wanted wanted = { .kind = kind, .below = before ? before : UINT64_MAX, .newest_first = true, .max = max };
	TRY(db_query(cx, SQL_logged_of_kind, &rows, name_of(kind), I64(bound(wanted.below)), I64((int64_t)max + 1)));
	return take_runs(cx, &wanted, rows, out, count);
}

enum err ledger_oldest(struct ctx *cx, enum entry_kind kind, uint64_t from, uint64_t below, size_t max, struct ledger_item *out, size_t *count)
{
	AUTO(rows_close) struct rows *rows = NULL;
	const struct wanted wanted = { .kind = kind, .from = from, .below = below, .max = max };
	TRY(db_query(cx, SQL_logged_of_kind_from, &rows, name_of(kind), I64(bound(from)), I64(bound(below)), I64((int64_t)max + 1)));
	return take_runs(cx, &wanted, rows, out, count);
}

#include "store/outbox.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/connection.h"
#include "store/outbox.sql.h"
#include "store/values.h"
#include "store/writer_group.h"

#define VALS_MAX ((size_t)512 << 10)           /* of one row */
#define BATCH 8192                             /* rows applied in one transaction: a large group in one, for the index of words' sake */
#define CLEAN 2048                             /* rows deleted in one group: more than a busy group adds, or the outbox would only grow */

enum err outbox_post_(struct ctx *cx, const char *kind, int64_t subject, char op, const struct stmt *q, size_t n,
	const struct val *vals)
{
	assert(writer_here(cx) && q->store == PUBLIC_DB && (op == 'P' || op == 'D'));
	AUTO(buf_free) struct buf bytes = buf_new(VALS_MAX);
	values_put(&bytes, n, vals);
	if (bytes.failed || n > VALUES_MAX)
		return fail(cx, E_TOOLARGE, "more is published at once than %zu bytes", VALS_MAX);
	TRY(db_run(cx, SQL_outbox_add, TEXT(str_of(q->name)), BLOB(buf_view(&bytes)), TEXT(str_of(kind)), I64(subject),
		TEXT(((struct str){ .p = &op, .n = 1 }))));
	cx->writer->posts_waiting = true;
	return OK;
}

/* --- applying --- */

static int by_name(const void *name, const void *member)
{
	return strcmp(name, (*(const struct stmt *const *)member)->name);
}

static enum err find_statement(struct writer *writer, const char *name, const struct stmt **out)
{
	const struct stmt **found = bsearch(name, writer->statements, writer->statement_count, sizeof *writer->statements, by_name);
	if (!found || (*found)->store != PUBLIC_DB)
		return fail(&writer->own, E_CORRUPT, "the outbox names statement %s, which this program does not have: "
			"it was written by another amanat; run that one once more", name);
	*out = *found;
	return OK;
}

/* Parameters of the statement: what one set of values holds. */
static size_t arity(const struct stmt *q)
{
	size_t most = 0;
	for (const char *p = strchr(q->text, '$'); p; p = strchr(p + 1, '$')) {
		size_t number = (size_t)strtoul(p + 1, NULL, 10);
		most = number > most ? number : most;
	}
	return most;
}

static enum err apply_values(struct writer *writer, int64_t id, struct rows *rows)
{
	struct ctx *cx = &writer->own;
	const struct stmt *q;
	size_t n;
	struct val *vals;
	TRY(find_statement(writer, arena_text(&cx->mem, rows_text(rows, 1)), &q));
	TRY(values_read(cx, rows_blob(rows, 2), &n, &vals));
	const bool counts = strcmp(q->name, SQL_total_set.name) == 0;
	size_t set = arity(q);
	if (set == 0 ? n != 0 : n % set != 0 || n == 0)
		return fail(cx, E_CORRUPT, "outbox row %lld does not fit its statement %s", (long long)id, q->name);
	for (size_t at = 0; at < n || at == 0; at += set ? set : 1) {
		enum err e = db_run_(cx, q, set, vals + at);
		if (counts)
			weights_note(writer->weights, vals[at].i);
		if (e == E_CONFLICT)
			log_line(cx->log, LOG_ERROR, "outbox: passed over row=%lld statement=%s: %s", (long long)id, q->name,
				cx->failure.text);
		else
			TRY(e);
	}
	struct str kind = rows_text(rows, 3);
	if (kind.n == 0)
		return OK;
	return db_run(cx, SQL_publication_add, I64(id), TEXT(kind), I64(rows_i64(rows, 4)), TEXT(rows_text(rows, 5)), I64(cx->now_us));
}

/* What a row holds goes with it: thousands would not fit the arena. */
static enum err apply_row(struct writer *writer, int64_t id, struct rows *rows)
{
	struct ctx *const cx = &writer->own;
	const struct arena outer = cx->mem;
	cx->mem = arena_new_capped(ARENA_REQUEST_BYTES);
	const enum err outcome = apply_values(writer, id, rows);
	arena_free(&cx->mem);
	cx->mem = outer;
	return outcome;
}

/* Inside a transaction on public.db, so that its number and its rows move together; personal.db is between two. */
static enum err apply_batch(struct writer *writer, int64_t *last, unsigned *count)
{
	struct ctx *cx = &writer->own;
	int64_t applied = 0;
	enum err e = db_get_i64_0(cx, SQL_applied_read, &applied);
	if (e != E_NOTFOUND)
		TRY(e);
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_outbox_after, &rows, I64(applied), I64(BATCH)));
	for (; rows_next(rows); ++*count) {
		applied = rows_i64(rows, 0);
		TRY(apply_row(writer, applied, rows));
	}
	TRY(rows_status(rows));
	if (*count)
		TRY(db_run(cx, SQL_applied_set, I64(applied)));
	*last = applied;
	return db_commit(cx, PUBLIC_DB);
}

enum err outbox_apply(struct writer *writer)
{
	struct ctx *cx = &writer->own;
	for (unsigned count = BATCH; count == BATCH;) {
		int64_t last = 0;
		count = 0;
		TRY(db_begin(cx, PUBLIC_DB));
		enum err e = apply_batch(writer, &last, &count);
		if (e != OK) {
			db_rollback(cx, PUBLIC_DB);
			return e;
		}
		weights_forget_noted(writer->weights);
		writer->applied = last;
	}
	writer->posts_waiting = false;
	return OK;
}

enum err outbox_clean(struct writer *writer)
{
	struct ctx *cx = &writer->own;
	if (writer->deleted >= writer->synced)
		return OK;
	TRY(db_run(cx, SQL_outbox_delete, I64(writer->synced), I64(CLEAN)));
	if (db_changes(cx, PERSONAL_DB) < CLEAN)
		writer->deleted = writer->synced;
	return OK;
}

static enum err reserve_numbers(struct ctx *cx, int64_t applied)
{
	int64_t last;
	TRY(db_get_i64_0(cx, SQL_outbox_last, &last));
	if (last >= applied)
		return OK;
	return db_run(cx, SQL_outbox_reserve, I64(applied), BLOB(STR("")));
}

enum err outbox_resume(struct writer *writer)
{
	struct ctx *cx = &writer->own;
	int64_t applied = 0;
	enum err e = db_get_i64_0(cx, SQL_applied_read, &applied);
	if (e != E_NOTFOUND)
		TRY(e);
	writer->applied = applied;
	if (applied > 0)
		TRY(reserve_numbers(cx, applied));
	writer->totals_waiting = true;
	return outbox_apply(writer);
}

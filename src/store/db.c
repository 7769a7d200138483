#include "store/db.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#include "store/connection.h"

struct rows {
	struct ctx *cx;
	struct connection *connection;
	struct prepared *prepared;
	enum err status;
	bool ended, status_read;
};

/* --- prepared statements --- */

/* SQLite numbers $N by first appearance, ?N by N. */
static struct str numbered(struct ctx *cx, const char *text)
{
	char *copy = arena_text(&cx->mem, str_of(text));
	char quote = 0;
	for (char *p = copy; *p; p++) {
		if (quote)
			quote = *p == quote ? 0 : quote;
		else if (*p == '\'' || *p == '"')
			quote = *p;
		else if (*p == '$')
			*p = '?';
	}
	return str_of(copy);
}

static struct prepared **slot_of(struct prepared **table, size_t capacity, const struct stmt *q)
{
	size_t at = (size_t)((uintptr_t)q / sizeof(void *) * UINT64_C(0x9E3779B97F4A7C15) >> 32) & (capacity - 1);
	while (table[at] && table[at]->stmt != q)
		at = (at + 1) & (capacity - 1);
	return &table[at];
}

static void grow_table(struct connection *connection)
{
	size_t capacity = connection->capacity ? connection->capacity * 2 : 128;
	struct prepared **table = calloc(capacity, sizeof(struct prepared *));
	if (!table)
		abort();
	for (size_t i = 0; i < connection->capacity; i++)
		if (connection->table[i])
			*slot_of(table, capacity, connection->table[i]->stmt) = connection->table[i];
	free(connection->table);
	connection->table = table;
	connection->capacity = capacity;
}

static enum err prepare(struct ctx *cx, struct connection *connection, const struct stmt *q, struct prepared **out)
{
	if (connection->count * 2 >= connection->capacity)
		grow_table(connection);
	struct prepared **slot = slot_of(connection->table, connection->capacity, q);
	if (!*slot) {
		struct str text = numbered(cx, q->text);
		sqlite3_stmt *handle = NULL;
		const char *rest = NULL;
		int rc = sqlite3_prepare_v3(connection->handle, text.p, (int)text.n + 1, SQLITE_PREPARE_PERSISTENT, &handle, &rest);
		if (rc != SQLITE_OK)
			return db_fail(cx, connection, rc, q->name);
		assert(handle && *rest == 0);  /* one statement, as sqlgen saw to */
		struct prepared *prepared = calloc(1, sizeof *prepared);
		if (!prepared)
			abort();
		*prepared = (struct prepared){ .stmt = q, .handle = handle };
		*slot = prepared;
		connection->count++;
	}
	*out = *slot;
	return OK;
}

void connection_close(struct connection *connection)
{
	for (size_t i = 0; i < connection->capacity; i++) {
		if (connection->table[i])
			sqlite3_finalize(connection->table[i]->handle);
		free(connection->table[i]);
	}
	free(connection->table);
	if (connection->handle) {
		int rc = sqlite3_close(connection->handle);
		assert(rc == SQLITE_OK);       /* every statement was finalized above */
	}
	vfs_free(&connection->vfs);
	*connection = (struct connection){ .handle = NULL };
}

static void bind(sqlite3_stmt *handle, size_t n, const struct val *vals)
{
	assert((size_t)sqlite3_bind_parameter_count(handle) == n);
	for (size_t i = 0; i < n; i++) {
		const struct val *val = &vals[i];
		const char *p = val->s.p ? val->s.p : "";      /* SQLite takes a NULL pointer for the value NULL */
		int at = (int)i + 1, rc = SQLITE_OK;
		switch (val->kind) {
		case VAL_NULL: rc = sqlite3_bind_null(handle, at); break;
		case VAL_I64: rc = sqlite3_bind_int64(handle, at, val->i); break;
		case VAL_TEXT: rc = sqlite3_bind_text64(handle, at, p, val->s.n, SQLITE_STATIC, SQLITE_UTF8); break;
		case VAL_BLOB: rc = sqlite3_bind_blob64(handle, at, p, val->s.n, SQLITE_STATIC); break;
		}
		assert(rc == SQLITE_OK);       /* SQLite's limit of 1,000,000,000 bytes is beyond every limit of ours */
	}
}

/* Within a commit group keys.db joins when it is first used, and public.db is the outbox's to write. */
static enum err enter_group(struct ctx *cx, const struct stmt *q, sqlite3_stmt *handle)
{
	struct db *db = cx->db;
	assert(q->store != PUBLIC_DB || sqlite3_stmt_readonly(handle));
	if (q->store != KEYS_DB || db->keys_joined)
		return OK;
	db->keys_joined = true;                /* first: the two below are statements, too */
	enum err e = db_begin(cx, KEYS_DB);
	if (e == OK)
		e = db_savepoint(cx, KEYS_DB);
	if (e != OK)
		db_rollback(cx, KEYS_DB);
	db->keys_joined = e == OK;
	return e;
}

static enum err start(struct ctx *cx, const struct stmt *q, size_t n, const struct val *vals, struct connection **connection_out,
	struct prepared **out)
{
	struct connection *connection = &cx->db->stores[q->store];
	struct prepared *prepared;
	if (!connection->handle)
		return fail(cx, E_BUSY, "the node is sealed: it has no key for personal data");
	if (fault_hit(cx))
		return fail(cx, E_IO, "%s: injected fault", q->name);
	TRY(prepare(cx, connection, q, &prepared));
	assert(!prepared->in_use);             /* close its rows first */
	if (cx->db->in_group)
		TRY(enter_group(cx, q, prepared->handle));
	bind(prepared->handle, n, vals);
	if (!cx->db->write)
		connection->read_until_us = clock_boot_us(NULL) + READ_US;
	prepared->in_use = true;
	*connection_out = connection;
	*out = prepared;
	return OK;
}

static void finish(struct prepared *prepared)
{
	sqlite3_reset(prepared->handle);
	sqlite3_clear_bindings(prepared->handle);
	prepared->in_use = false;
}

/* --- running --- */

enum err db_run_(struct ctx *cx, const struct stmt *q, size_t n, const struct val *vals)
{
	struct connection *connection;
	struct prepared *prepared;
	TRY(start(cx, q, n, vals, &connection, &prepared));
	int rc;
	do
		rc = sqlite3_step(prepared->handle);
	while (rc == SQLITE_ROW);
	enum err e = rc == SQLITE_DONE ? OK : db_fail(cx, connection, rc, q->name);
	finish(prepared);
	return e;
}

int64_t db_changes(struct ctx *cx, enum store store)
{
	return sqlite3_changes64(cx->db->stores[store].handle);
}

enum err db_query_(struct ctx *cx, const struct stmt *q, struct rows **out, size_t n, const struct val *vals)
{
	struct connection *connection;
	struct prepared *prepared;
	TRY(start(cx, q, n, vals, &connection, &prepared));
	struct rows *rows = arena_new(&cx->mem, struct rows, 1);
	*rows = (struct rows){ .cx = cx, .connection = connection, .prepared = prepared };
	*out = rows;
	return OK;
}

bool rows_next(struct rows *rows)
{
	if (rows->ended)
		return false;
	int rc = fault_hit(rows->cx) ? SQLITE_IOERR : sqlite3_step(rows->prepared->handle);
	if (rc == SQLITE_ROW)
		return true;
	rows->ended = true;
	if (rc != SQLITE_DONE)
		rows->status = db_fail(rows->cx, rows->connection, rc, rows->prepared->stmt->name);
	return false;
}

enum err rows_status(struct rows *rows)
{
	rows->status_read = true;
	return rows->status;
}

int64_t rows_i64(struct rows *rows, int column)
{
	assert(column < sqlite3_column_count(rows->prepared->handle));
	return sqlite3_column_int64(rows->prepared->handle, column);
}

static struct str column_bytes(struct rows *rows, int column, const void *bytes)
{
	assert(column < sqlite3_column_count(rows->prepared->handle));
	int n = sqlite3_column_bytes(rows->prepared->handle, column);
	return n > 0 ? arena_copy(&rows->cx->mem, (struct str){ .p = bytes, .n = (size_t)n }) : STR("");
}

struct str rows_text(struct rows *rows, int column)
{
	return column_bytes(rows, column, sqlite3_column_text(rows->prepared->handle, column));
}

struct str rows_blob(struct rows *rows, int column)
{
	return column_bytes(rows, column, sqlite3_column_blob(rows->prepared->handle, column));
}

struct str rows_lent(struct rows *rows, int column)
{
	assert(column < sqlite3_column_count(rows->prepared->handle));
	const char *const bytes = sqlite3_column_blob(rows->prepared->handle, column);         /* of a text: as it is, UTF-8 */
	const int n = sqlite3_column_bytes(rows->prepared->handle, column);
	return n > 0 ? (struct str){ .p = bytes, .n = (size_t)n } : STR("");
}

bool rows_null(struct rows *rows, int column)
{
	return sqlite3_column_type(rows->prepared->handle, column) == SQLITE_NULL;
}

void rows_close(struct rows **rows)
{
	if (!rows || !*rows)
		return;
	assert((*rows)->status == OK || (*rows)->status_read);
	finish((*rows)->prepared);
	*rows = NULL;
}

enum err db_get_i64_(struct ctx *cx, const struct stmt *q, int64_t *out, size_t n, const struct val *vals)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query_(cx, q, &rows, n, vals));
	bool found = rows_next(rows);
	TRY(rows_status(rows));
	if (!found)
		return fail(cx, E_NOTFOUND, "%s: nothing found", q->name);
	*out = rows_i64(rows, 0);
	return OK;
}

#include <assert.h>

#include "store/connection.h"

#define CUT_WAIT_MS 200                        /* the writer waits no longer for readers: everybody waits for it */

#define FOR_EACH_STORE(name_, text_)                                                                            \
	{ [PUBLIC_DB] = { .name = name_, .text = text_, .store = PUBLIC_DB },                                   \
		[PERSONAL_DB] = { .name = name_, .text = text_, .store = PERSONAL_DB },                         \
		[KEYS_DB] = { .name = name_, .text = text_, .store = KEYS_DB } }

/* These are no work of the group's: public.db may be begun while one is open. */
static enum err control(struct ctx *cx, const struct stmt *q)
{
	bool in_group = cx->db->in_group;
	cx->db->in_group = false;
	enum err e = db_run_(cx, q, 0, NULL);
	cx->db->in_group = in_group;
	return e;
}

enum err db_begin(struct ctx *cx, enum store store)
{
	static const struct stmt begin[STORES] = FOR_EACH_STORE("begin", "BEGIN IMMEDIATE");
	return control(cx, &begin[store]);
}

enum err db_commit(struct ctx *cx, enum store store)
{
	static const struct stmt commit[STORES] = FOR_EACH_STORE("commit", "COMMIT");
	return control(cx, &commit[store]);
}

enum err db_savepoint(struct ctx *cx, enum store store)
{
	static const struct stmt savepoint[STORES] = FOR_EACH_STORE("savepoint", "SAVEPOINT work");
	return control(cx, &savepoint[store]);
}

enum err db_release(struct ctx *cx, enum store store)
{
	static const struct stmt release[STORES] = FOR_EACH_STORE("release", "RELEASE work");
	return control(cx, &release[store]);
}

enum err db_undo(struct ctx *cx, enum store store)
{
	static const struct stmt undo[STORES] = FOR_EACH_STORE("undo", "ROLLBACK TO work");
	TRY(control(cx, &undo[store]));
	return db_release(cx, store);
}

/* Not a seam: what undoes a failure has nobody to tell.  SQLite rolls back by itself when the machine fails it. */
void db_rollback(struct ctx *cx, enum store store)
{
	if (db_in_transaction(cx, store))
		sqlite3_exec(cx->db->stores[store].handle, "ROLLBACK", NULL, NULL, NULL);
}

bool db_in_transaction(struct ctx *cx, enum store store)
{
	sqlite3 *handle = cx->db->stores[store].handle;
	return handle && !sqlite3_get_autocommit(handle);
}

enum err db_checkpoint(struct ctx *cx, enum store store, bool empty_log, bool *complete)
{
	struct connection *connection = &cx->db->stores[store];
	int frames = -1, moved = -1;
	if (fault_hit(cx))
		return fail(cx, E_IO, "checkpoint: injected fault");
	sqlite3_busy_timeout(connection->handle, CUT_WAIT_MS);
	int rc = sqlite3_wal_checkpoint_v2(connection->handle, NULL,
		empty_log ? SQLITE_CHECKPOINT_TRUNCATE : SQLITE_CHECKPOINT_PASSIVE, &frames, &moved);
	sqlite3_busy_timeout(connection->handle, BUSY_MS);
	if (rc != SQLITE_OK && rc != SQLITE_BUSY)
		return db_fail(cx, connection, rc, "checkpoint");
	/* SQLite has synced the log before it moves frames, and the database file when it has moved the last. */
	*complete = rc == SQLITE_OK && frames >= 0 && frames == moved;
	if (*complete)
		connection->log_frames = 0;
	return OK;
}

enum err db_schema_number(struct ctx *cx, enum store store, int *out)
{
	static const struct stmt read[STORES] = FOR_EACH_STORE("schema_number", "PRAGMA user_version");
	int64_t number;
	TRY(db_get_i64_(cx, &read[store], &number, 0, NULL));
	*out = (int)number;
	return OK;
}

enum err db_run_script(struct ctx *cx, enum store store, const char *sql, int schema_number)
{
	struct connection *connection = &cx->db->stores[store];
	assert(db_in_transaction(cx, store));
	if (fault_hit(cx))
		return fail(cx, E_IO, "migration: injected fault");
	int rc = sqlite3_exec(connection->handle, sql, NULL, NULL, NULL);
	if (rc == SQLITE_OK) {
		struct str number = arena_printf(&cx->mem, "PRAGMA user_version = %d", schema_number);
		rc = sqlite3_exec(connection->handle, number.p, NULL, NULL, NULL);
	}
	return rc == SQLITE_OK ? OK : db_fail(cx, connection, rc, "migration");
}

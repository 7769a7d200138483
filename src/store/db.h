/* store/db.h - run named statements against the stores.
 *
 * A `struct db` is one thread's set of connections: public.db, personal.db (through the page cipher) and keys.db.
 * Statements come from .sql files beside their use (tools/sqlgen.c) and say which store they belong to; they are
 * prepared once a connection.  Only the writer's db may write. */
#ifndef STORE_DB_H
#define STORE_DB_H
#include "base/ctx.h"

enum store { PUBLIC_DB, PERSONAL_DB, KEYS_DB };
#define STORES (KEYS_DB + 1)

/* Made by sqlgen as `static const struct stmt SQL_follow_add`. */
struct stmt {
	const char *name, *text;
	enum store store;
};
extern const struct stmt *const all_statements[];      /* of all .sql files, made by sqlgen; ends with NULL */

enum val_kind { VAL_NULL, VAL_I64, VAL_TEXT, VAL_BLOB };
struct val {
	enum val_kind kind;
	int64_t i;
	struct str s;                          /* borrowed until the call returns (db_run) or the rows close */
};
#define I64(x) ((struct val){ .kind = VAL_I64, .i = (x) })
#define TEXT(x) ((struct val){ .kind = VAL_TEXT, .s = (x) })
#define BLOB(x) ((struct val){ .kind = VAL_BLOB, .s = (x) })
#define NIL ((struct val){ .kind = VAL_NULL })
#define VALS(...) sizeof((struct val[]){ __VA_ARGS__ }) / sizeof(struct val), (struct val[]){ __VA_ARGS__ }

/* $1, $2, ... bind to the values in order; too few or too many is an assert.  A statement without parameters: db_run0(). */
enum err db_run_(struct ctx *, const struct stmt *, size_t, const struct val *);
#define db_run(cx, q, ...) db_run_((cx), &(q), VALS(__VA_ARGS__))
#define db_run0(cx, q) db_run_((cx), &(q), 0, NULL)
/* Rows that the last db_run() on that store changed. */
int64_t db_changes(struct ctx *, enum store);

struct rows;                                   /* in cx->mem; close before the statement is used again */
enum err db_query_(struct ctx *, const struct stmt *, struct rows **, size_t, const struct val *);
#define db_query(cx, q, out, ...) db_query_((cx), &(q), (out), VALS(__VA_ARGS__))
#define db_query0(cx, q, out) db_query_((cx), &(q), (out), 0, NULL)
bool rows_next(struct rows *);                 /* false at the end or on failure ... */
enum err rows_status(struct rows *);           /* ... which this tells apart */
int64_t rows_i64(struct rows *, int column);
struct str rows_text(struct rows *, int column);      /* copied into cx->mem; "" for NULL */
struct str rows_blob(struct rows *, int column);      /* copied into cx->mem; empty for NULL */
struct str rows_lent(struct rows *, int column);      /* text or blob, not copied: until the next row, or the end */
bool rows_null(struct rows *, int column);
void rows_close(struct rows **);               /* for AUTO(); asserts that a failure was read */

/* One row, one number.  E_NOTFOUND when there is no row. */
enum err db_get_i64_(struct ctx *, const struct stmt *, int64_t *out, size_t, const struct val *);
#define db_get_i64(cx, q, out, ...) db_get_i64_((cx), &(q), (out), VALS(__VA_ARGS__))
#define db_get_i64_0(cx, q, out) db_get_i64_((cx), &(q), (out), 0, NULL)

/* --- opening; app/ and tests --- */

/* Once in a process, before its threads and its first database; again does nothing. */
void db_setup(void);

struct db_config {
	const char *folder;                    /* the data folder: holds public.db, personal.db, keys.db */
	const unsigned char *store_key;        /* KEY_BYTES; NULL: sealed, personal.db and keys.db stay shut */
	bool write;                            /* the writer's */
	bool patient;                          /* a reader that is never cut off (fsck, backup): it lets go soon by itself */
	int64_t cache_kib;                     /* of each store */
};
/* Creates missing files (write only) but no tables: migrate() does.
 * E_CORRUPT: wrong key or damaged file, or one of several is gone.  E_BUSY: another process holds it for too long. */
enum err db_open(struct ctx *, const struct db_config *, struct db **out);
/* One store alone, for reading: the others stay shut. */
enum err db_open_one(struct ctx *, const struct db_config *, enum store, struct db **out);
void db_close(struct db **);

/* A borrowable set of read connections (event threads, pool). */
struct db_pool;
enum err db_pool_open(struct ctx *, const struct db_config *, unsigned connections, struct db_pool **out);
struct db *db_pool_take(struct db_pool *);     /* waits while all are lent */
void db_pool_give(struct db_pool *, struct db *);
void db_pool_close(struct db_pool **);

/* Fsyncs of database files since start, all connections of the process together. */
uint64_t db_fsyncs(void);
/* What this connection has read of the store is durable after this, by whomever it was written: the log first, since what is moved out of
 * it is synced by the one who moves it.  By SQLite's own open files: whoever opens and closes a database file beside it lets go of the
 * locks that the whole process holds on it, and the next command to end would take the log away from under the server. */
enum err db_sync(struct ctx *, enum store);
/* Rises whenever another connection has committed to that store: what caches look at. */
enum err db_version(struct ctx *, enum store, int64_t *out);
#endif

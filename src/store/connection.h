/* store/connection.h - inside the store room: what a struct db is made of, and transactions on it. */
#ifndef STORE_CONNECTION_H
#define STORE_CONNECTION_H
#include <sqlite3.h>

#include "store/db.h"
#include "store/packed.h"
#include "store/script.h"
#include "store/vfs.h"

#define BUSY_MS 5000
#define READ_US (5 * SECOND_US)                /* a reader is cut off after this: an open one keeps erased pages in the log */

struct prepared {
	const struct stmt *stmt;
	sqlite3_stmt *handle;
	bool in_use;
};

/* One open store.  Statements are found by address: open addressing, never full. */
struct connection {
	sqlite3 *handle;                       /* NULL: sealed */
	struct vfs *vfs;
	struct prepared **table;
	size_t capacity, count;
	int log_frames;                        /* in the write-ahead log after the last commit here */
	int64_t read_until_us;                 /* boot time; readers only */
};

struct db {
	struct connection stores[STORES];
	bool write;
	/* A commit group is open (writer_group.c): keys.db joins at its first statement, public.db may only be read. */
	bool in_group, keys_joined;
	struct romanizer *romanizer;           /* search.c makes it when it is first needed */
	struct packer *packer;                 /* packed.c likewise */
};

/* Records what SQLite answered, with the statement's name and never a value. */
enum err db_fail(struct ctx *, const struct connection *, int rc, const char *what);
void connection_close(struct connection *);

enum err db_begin(struct ctx *, enum store);
enum err db_commit(struct ctx *, enum store);
void db_rollback(struct ctx *, enum store);    /* takes a transaction that has ended by itself */
enum err db_savepoint(struct ctx *, enum store);
enum err db_release(struct ctx *, enum store);
enum err db_undo(struct ctx *, enum store);    /* back to the savepoint, and lets it go */
bool db_in_transaction(struct ctx *, enum store);

/* Moves the log into the database file as far as readers allow; never waits for them.  `complete`: everything committed
 * before is in the file, and synced.  `empty_log`: also wait a moment for readers and cut the log to nothing. */
enum err db_checkpoint(struct ctx *, enum store, bool empty_log, bool *complete);

enum err db_schema_number(struct ctx *, enum store, int *out);
/* Several statements of a migration; runs inside the caller's transaction and sets the schema's number. */
enum err db_run_script(struct ctx *, enum store, const char *sql, int schema_number);
#endif

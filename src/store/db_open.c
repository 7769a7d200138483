#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/cipher.h"
#include "store/connection.h"
#include "store/search_rank.h"

#define APPLICATION_ID "0x416D616E"            /* "Aman": the first thing written, so that the file has a first page */

static const char *const file_names[STORES] = { [PUBLIC_DB] = "public.db", [PERSONAL_DB] = "personal.db", [KEYS_DB] = "keys.db" };

enum err db_fail(struct ctx *cx, const struct connection *connection, int rc, const char *what)
{
	const char *text = connection->handle ? sqlite3_errmsg(connection->handle) : sqlite3_errstr(rc);
	switch (rc & 0xff) {
	case SQLITE_BUSY:
	case SQLITE_LOCKED:
		return fail(cx, E_BUSY, "%s: the database is busy; try again", what);
	case SQLITE_INTERRUPT:
		return fail(cx, E_BUSY, "%s: took longer than %d s and was cut off", what, (int)(READ_US / SECOND_US));
	case SQLITE_FULL:
		return fail(cx, E_FULL, "%s: no space left on the disk", what);
	case SQLITE_CORRUPT:
	case SQLITE_NOTADB:
		return fail(cx, E_CORRUPT, "%s: wrong key or damaged file (%s)", what, text);
	case SQLITE_CONSTRAINT:
		return fail(cx, E_CONFLICT, "%s: %s", what, text);
	case SQLITE_NOMEM:
		return fail_errno(cx, ENOMEM, what);
	default:
		break;
	}
	int number = connection->vfs ? vfs_failure(connection->vfs) : 0;
	if (((rc & 0xff) == SQLITE_IOERR || (rc & 0xff) == SQLITE_CANTOPEN) && number != 0 && number != EIO)
		return fail_errno(cx, number, what);
	return fail(cx, E_IO, "%s: %s", what, text);
}

static enum err run_text(struct ctx *cx, struct connection *connection, const char *sql)
{
	int rc = sqlite3_exec(connection->handle, sql, NULL, NULL, NULL);
	return rc == SQLITE_OK ? OK : db_fail(cx, connection, rc, "opening a database");
}

static enum err open_handle(struct ctx *cx, const char *path, const unsigned char *key, int flags, struct connection *out)
{
	if (fault_hit(cx))
		return fail(cx, E_IO, "opening a database: injected fault");
	TRY(vfs_new(cx, key, &out->vfs));
	int rc = sqlite3_open_v2(path, &out->handle, flags | SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, vfs_name(out->vfs));
	if (rc != SQLITE_OK)
		return db_fail(cx, out, rc, "opening a database");
	sqlite3_extended_result_codes(out->handle, 1);
	sqlite3_busy_timeout(out->handle, BUSY_MS);
	return OK;
}

/* SQLite counts its memory under one lock for all threads, and nobody reads the figure. */
void db_setup(void)
{
	sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

/* --- making a file --- */

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* The first transaction of a file cannot be logged in a log of its own, and may not go into a journal in the clear: it keeps
 * its journal in memory.  So the file is made under another name, and has its own only when it is whole. */
static enum err fill_new(struct ctx *cx, const char *path, const unsigned char *key)
{
	AUTO(connection_close) struct connection connection = { .handle = NULL };
	TRY(open_handle(cx, path, key, SQLITE_OPEN_CREATE, &connection));
	TRY(run_text(cx, &connection, "PRAGMA temp_store = MEMORY; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = FULL;"
		"PRAGMA page_size = 4096"));
	int reserve = key ? PAGE_RESERVED : 0;
	int rc = sqlite3_file_control(connection.handle, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserve);
	if (rc != SQLITE_OK)
		return db_fail(cx, &connection, rc, "making a database");
	return run_text(cx, &connection, "PRAGMA application_id = " APPLICATION_ID "; PRAGMA journal_mode = WAL");
}

static enum err make_file(struct ctx *cx, int folder, const char *name, struct str path, const unsigned char *key)
{
	struct str new_path = arena_printf(&cx->mem, STR_FMT ".new", STR_ARG(path));
	const char *new_name = new_path.p + path.n - strlen(name);
	if (faccessat(folder, name, F_OK, 0) == 0)
		return OK;
	unlinkat(folder, new_name, 0);
	TRY(fill_new(cx, new_path.p, key));
	AUTO(close_fd) int fd = openat(folder, new_name, O_RDONLY | O_CLOEXEC);
	if (fault_hit(cx) || fd < 0 || fchmod(fd, S_IRUSR | S_IWUSR) != 0 || fsync(fd) != 0 ||
	    renameat(folder, new_name, folder, name) != 0 || fsync(folder) != 0)
		return fail_errno(cx, errno, name);
	return OK;
}

/* --- opening one --- */

static int cut_off(void *self)
{
	const struct connection *connection = self;
	return clock_boot_us(NULL) > connection->read_until_us;
}

static int note_frames(void *self, sqlite3 *, const char *, int frames)
{
	struct connection *connection = self;
	connection->log_frames = frames;
	return SQLITE_OK;
}

/* Everybody reads public.db, and a page of answers is made from pages that lie far apart there. */
static int64_t cache_kib(const struct db_config *config, enum store store)
{
	return store == PUBLIC_DB ? 2 * config->cache_kib : config->cache_kib;
}

/* public.db follows the outbox, whose rows are kept until a checkpoint has synced it: it needs no fsync a commit.  A cache
 * that spilled would write frames that the sealed log does not take (store/cipher.h). */
static enum err settle(struct ctx *cx, const struct db_config *config, enum store store, struct connection *connection)
{
	bool person = store != PUBLIC_DB;
	struct str pragmas = arena_printf(&cx->mem,
		"PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0; PRAGMA cache_spill = OFF; PRAGMA cache_size = -%lld;"
		"PRAGMA trusted_schema = OFF; PRAGMA synchronous = %s; PRAGMA secure_delete = ON; PRAGMA wal_autocheckpoint = 0;"
		"PRAGMA query_only = %s",
		(long long)cache_kib(config, store), person ? "FULL" : "NORMAL", config->write ? "OFF" : "ON");
	sqlite3_db_config(connection->handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	sqlite3_db_config(connection->handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
	sqlite3_db_config(connection->handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
	TRY(run_text(cx, connection, pragmas.p));
	if (store == PUBLIC_DB) {
		int rc = search_rank_add(connection->handle);
		if (rc != SQLITE_OK)
			return db_fail(cx, connection, rc, "opening a database");
	}
	/* The schema lies on page 1: a wrong key shows here and not in somebody's request. */
	TRY(run_text(cx, connection, "SELECT count(*) FROM sqlite_schema"));
	if (config->write)
		sqlite3_wal_hook(connection->handle, note_frames, connection);
	else if (!config->patient)
		sqlite3_progress_handler(connection->handle, 20'000, cut_off, connection);
	return OK;
}

static enum err open_store(struct ctx *cx, const struct db_config *config, int folder, enum store store, struct connection *out)
{
	const unsigned char *page_key = store == PERSONAL_DB ? config->store_key : NULL;
	struct str path = arena_printf(&cx->mem, "%s/%s", config->folder, file_names[store]);
	if (config->write)
		TRY(make_file(cx, folder, file_names[store], path, page_key));
	else if (faccessat(folder, file_names[store], F_OK, 0) != 0)
		return fail(cx, E_NOTFOUND, "%s is not there; is store.folder right?", path.p);
	TRY(open_handle(cx, path.p, page_key, 0, out));
	return settle(cx, config, store, out);
}

/* public.db is the first to be made and the first to have tables: once it has, all of them have been there.  One that is gone must not
 * come again empty, for nobody would be let in, and what is put back later would meet another's log. */
static enum err refuse_lost(struct ctx *cx, const struct db_config *config, int folder, const struct connection *public)
{
	sqlite3_stmt *version = NULL;
	int rc = sqlite3_prepare_v2(public->handle, "PRAGMA user_version", -1, &version, NULL);
	const bool filled = rc == SQLITE_OK && sqlite3_step(version) == SQLITE_ROW && sqlite3_column_int(version, 0) > 0;
	sqlite3_finalize(version);
	for (enum store store = PERSONAL_DB; filled && config->store_key && store < STORES; store++)
		if (faccessat(folder, file_names[store], F_OK, 0) != 0)
			return fail(cx, E_CORRUPT, "%s is gone from the data folder %.120s, in which public.db is: put it back, or restore from a backup",
			            file_names[store], config->folder);
	return OK;
}

enum err db_open(struct ctx *cx, const struct db_config *config, struct db **out)
{
	AUTO(close_fd) int folder = open(config->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (folder < 0)
		return fail(cx, E_NOTFOUND, "the data folder %s: %s", config->folder, strerror(errno));
	if (config->write && flock(folder, LOCK_EX) != 0)      /* two processes do not make the same file */
		return fail(cx, E_IO, "the data folder %s: %s", config->folder, strerror(errno));
	AUTO(db_close) struct db *db = calloc(1, sizeof *db);
	if (!db)
		abort();
	db->write = config->write;
	TRY(open_store(cx, config, folder, PUBLIC_DB, &db->stores[PUBLIC_DB]));
	TRY(refuse_lost(cx, config, folder, &db->stores[PUBLIC_DB]));
	for (enum store store = PERSONAL_DB; config->store_key && store < STORES; store++)
		TRY(open_store(cx, config, folder, store, &db->stores[store]));
	*out = db;
	db = NULL;
	return OK;
}

enum err db_open_one(struct ctx *cx, const struct db_config *config, enum store store, struct db **out)
{
	AUTO(close_fd) int folder = open(config->folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct db_config reading = *config;
	reading.write = false;
	if (folder < 0)
		return fail(cx, E_NOTFOUND, "the data folder %s: %s", config->folder, strerror(errno));
	AUTO(db_close) struct db *db = calloc(1, sizeof *db);
	if (!db)
		abort();
	TRY(open_store(cx, &reading, folder, store, &db->stores[store]));
	*out = db;
	db = NULL;
	return OK;
}

void db_close(struct db **db)
{
	if (!db || !*db)
		return;
	for (enum store store = PUBLIC_DB; store < STORES; store++)
		connection_close(&(*db)->stores[store]);
	romanizer_close(&(*db)->romanizer);
	packer_free(&(*db)->packer);
	free(*db);
	*db = NULL;
}

uint64_t db_fsyncs(void)
{
	return vfs_fsyncs();
}

enum err db_version(struct ctx *cx, enum store store, int64_t *out)
{
	static const struct stmt version[STORES] = {
		[PUBLIC_DB] = { .name = "data_version", .text = "PRAGMA data_version", .store = PUBLIC_DB },
		[PERSONAL_DB] = { .name = "data_version", .text = "PRAGMA data_version", .store = PERSONAL_DB },
		[KEYS_DB] = { .name = "data_version", .text = "PRAGMA data_version", .store = KEYS_DB },
	};
	return db_get_i64_(cx, &version[store], out, 0, NULL);
}

static enum err sync_one(struct ctx *cx, struct connection *connection, int which)
{
	sqlite3_file *file = NULL;
	int rc = sqlite3_file_control(connection->handle, "main", which, &file);
	if (rc == SQLITE_OK && file && file->pMethods)
		rc = fault_hit(cx) ? SQLITE_IOERR_FSYNC : file->pMethods->xSync(file, SQLITE_SYNC_NORMAL);
	return rc == SQLITE_OK ? OK : db_fail(cx, connection, rc, "sync");
}

enum err db_sync(struct ctx *cx, enum store store)
{
	struct connection *connection = &cx->db->stores[store];
	TRY(sync_one(cx, connection, SQLITE_FCNTL_JOURNAL_POINTER));
	return sync_one(cx, connection, SQLITE_FCNTL_FILE_POINTER);
}

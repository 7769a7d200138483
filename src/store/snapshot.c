#include "store/snapshot.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "store/cipher.h"
#include "store/connection.h"
#include "store/outbox.sql.h"

#define LOOK_AGAIN_NS 3'000'000
#define TORN_TRIES 5
#define TORN_WAIT_NS 40'000'000
#define LOCK_PAGE (0x40000000U / PAGE_BYTES + 1)       /* SQLite locks its bytes and writes it never */

static void pause_ns(long ns)
{
	const struct timespec moment = { .tv_nsec = ns };
	nanosleep(&moment, NULL);
}

static enum err run_text(struct ctx *cx, enum store store, const char *sql)
{
	struct connection *connection = &cx->db->stores[store];
	if (!connection->handle)
		return fail(cx, E_BUSY, "the node is sealed: it has no key for personal data");
	if (fault_hit(cx))
		return fail(cx, E_IO, "a snapshot: injected fault");
	int rc = sqlite3_exec(connection->handle, sql, NULL, NULL, NULL);
	return rc == SQLITE_OK ? OK : db_fail(cx, connection, rc, "a snapshot");
}

/* BEGIN alone takes no moment: the first look does. */
enum err snapshot_hold(struct ctx *cx, enum store store)
{
	return run_text(cx, store, "BEGIN; SELECT count(*) FROM sqlite_schema");
}

void snapshot_let_go(struct ctx *cx)
{
	for (enum store store = PUBLIC_DB; store < STORES; store++)
		db_rollback(cx, store);
}

/* SQLite keeps the highest number that AUTOINCREMENT gave; it goes back with a rollback, so numbers have no gaps. */
enum err snapshot_posted(struct ctx *cx, int64_t *out)
{
	static const struct stmt posted = { .name = "outbox_posted", .store = PERSONAL_DB,
		.text = "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'outbox'" };
	return db_get_i64_(cx, &posted, out, 0, NULL);
}

static enum err outbox_settled(struct ctx *cx, bool *settled)
{
	int64_t applied = 0, posted;
	enum err e = db_get_i64_0(cx, SQL_applied_read, &applied);
	if (e != E_NOTFOUND)
		TRY(e);
	TRY(snapshot_posted(cx, &posted));
	*settled = applied == posted;
	return OK;
}

static enum err hold_three(struct ctx *cx, bool *settled)
{
	for (enum store store = PUBLIC_DB; store < STORES; store++)
		TRY(snapshot_hold(cx, store));
	return outbox_settled(cx, settled);
}

enum err snapshot_hold_all(struct ctx *cx, int64_t wait_us, bool *settled)
{
	const int64_t until_us = clock_boot_us(cx->clock) + wait_us;
	for (;;) {
		bool now = false;
		enum err e = hold_three(cx, &now);
		if (e != OK) {
			snapshot_let_go(cx);
			return e;
		}
		if (now || clock_boot_us(cx->clock) >= until_us) {
			*settled = now;
			return OK;
		}
		snapshot_let_go(cx);
		pause_ns(LOOK_AGAIN_NS);
	}
}

/* --- soundness --- */

struct telling {
	snapshot_fault *tell;
	void *self;
};

static int told(void *argument, int columns, char **values, char **)
{
	const struct telling *telling = argument;
	if (columns > 0 && values[0] && strcmp(values[0], "ok") != 0)
		telling->tell(telling->self, str_of(values[0]));
	return 0;
}

/* A page that does not even open ends the check: that is a fault of the file, and no failure of ours. */
enum err snapshot_integrity(struct ctx *cx, enum store store, snapshot_fault *tell, void *self)
{
	struct connection *connection = &cx->db->stores[store];
	struct telling telling = { tell, self };
	if (!connection->handle)
		return fail(cx, E_BUSY, "the node is sealed: it has no key for personal data");
	int rc = sqlite3_exec(connection->handle, "PRAGMA integrity_check", told, &telling, NULL);
	if (rc == SQLITE_OK)
		return OK;
	enum err e = db_fail(cx, connection, rc, "integrity_check");
	if (e != E_CORRUPT)
		return e;
	tell(self, str_of(cx->failure.text));
	return OK;
}

/* --- copying --- */

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static enum err sync_file(struct ctx *cx, const char *path)
{
	AUTO(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fault_hit(cx) || fd < 0 || fchmod(fd, S_IRUSR | S_IWUSR) != 0 || fsync(fd) != 0)
		return fail(cx, errno == ENOSPC ? E_FULL : E_IO, "a snapshot: %s", strerror(errno));
	return OK;
}

static enum err copy_pages(struct ctx *cx, struct connection *from, struct connection *to, bool sealed)
{
	int reserve = sealed ? PAGE_RESERVED : 0;
	TRY(sqlite3_exec(to->handle, "PRAGMA temp_store = MEMORY; PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;"
		"PRAGMA page_size = 4096; PRAGMA cache_spill = OFF", NULL, NULL, NULL) == SQLITE_OK
		? OK : db_fail(cx, to, sqlite3_errcode(to->handle), "a snapshot"));
	int rc = sqlite3_file_control(to->handle, "main", SQLITE_FCNTL_RESERVE_BYTES, &reserve);
	if (rc != SQLITE_OK)
		return db_fail(cx, to, rc, "a snapshot");
	sqlite3_backup *copy = sqlite3_backup_init(to->handle, "main", from->handle, "main");
	if (!copy)
		return db_fail(cx, to, sqlite3_errcode(to->handle), "a snapshot");
	rc = sqlite3_backup_step(copy, -1);
	int end = sqlite3_backup_finish(copy);
	return rc == SQLITE_DONE && end == SQLITE_OK ? OK : db_fail(cx, to, rc == SQLITE_DONE ? end : rc, "a snapshot");
}

/* A failure of `to` is told while it is still open. */
static enum err copy_into(struct ctx *cx, enum store store, const char *path, const unsigned char *key)
{
	AUTO(connection_close) struct connection to = { .handle = NULL };
	TRY(vfs_new(cx, key, &to.vfs));
	int rc = sqlite3_open_v2(path, &to.handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, vfs_name(to.vfs));
	if (rc != SQLITE_OK)
		return db_fail(cx, &to, rc, "a snapshot");
	return copy_pages(cx, &cx->db->stores[store], &to, key != NULL);
}

enum err snapshot_copy(struct ctx *cx, enum store store, const char *path, const unsigned char *store_key)
{
	if (fault_hit(cx))
		return fail(cx, E_IO, "a snapshot: injected fault");
	TRY(copy_into(cx, store, path, store == PERSONAL_DB ? store_key : NULL));
	return sync_file(cx, path);
}

/* --- pages as they lie there --- */

static bool opens(int fd, const unsigned char *key, uint32_t number)
{
	unsigned char sealed[PAGE_BYTES], plain[PAGE_BYTES];
	for (int i = 0; i < TORN_TRIES; i++) {
		if (i)
			pause_ns(TORN_WAIT_NS);
		ssize_t n = pread(fd, sealed, sizeof sealed, (off_t)(number - 1) * PAGE_BYTES);
		if (n == (ssize_t)sizeof sealed && page_open(key, number, sealed, plain)) {
			explicit_bzero(plain, sizeof plain);
			return true;
		}
	}
	return false;
}

enum err snapshot_pages(struct ctx *cx, const char *path, const unsigned char *store_key, snapshot_page *tell, void *self, int64_t *pages)
{
	struct stat info;
	AUTO(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(cx, errno == ENOENT ? E_NOTFOUND : E_IO, "%.150s: %s", path, strerror(errno));
	if (fstat(fd, &info) != 0)
		return fail(cx, E_IO, "%.150s: %s", path, strerror(errno));
	int64_t count = (info.st_size + PAGE_BYTES - 1) / PAGE_BYTES;
	if (count > UINT32_MAX)
		return fail(cx, E_CORRUPT, "%.150s is larger than a database can be", path);
	for (uint32_t number = 1; number <= (uint32_t)count; number++)
		if (number != LOCK_PAGE && !opens(fd, store_key, number))
			tell(self, number);
	*pages = count;
	return OK;
}

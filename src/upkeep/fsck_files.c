/* Pages, SQLite's own structures, and the files below blobs/. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "keys/keys.h"
#include "social/profile.sql.h"
#include "social/video.sql.h"
#include "store/blob.h"
#include "store/snapshot.h"
#include "upkeep/fsck.sql.h"
#include "upkeep/inside.h"

#define BATCH 200
#define PATH_MAX_BYTES 4096
#define ARRIVING_S 900                         /* a file that was written to so lately may still wait for its row, while a server runs */

/* --- before the stores are opened --- */

static void told_page(void *self, uint32_t page)
{
	fsck_tell(self, page, "");
}

enum err check_pages(struct fsck *fsck, struct ctx *cx)
{
	char path[PATH_MAX_BYTES];
	int64_t pages = 0;
	snprintf(path, sizeof path, "%s/personal.db", fsck->options->folder);
	enum err e = snapshot_pages(cx, path, fsck->options->store_key, told_page, fsck, &pages);
	fsck->looked += pages;
	if (e != E_NOTFOUND)
		return e;
	fsck_tell(fsck, 0, "personal.db is not there");
	return OK;
}

static void told_fault(void *self, struct str what)
{
	char words[FOUND_NAME_BYTES];
	snprintf(words, sizeof words, STR_FMT, STR_ARG(what));
	fsck_tell(self, 0, words);
}

/* One store, alone: another's fault is not this one's. */
static enum err sound(struct fsck *fsck, struct ctx *from, enum store store)
{
	static const char *const names[STORES] = { "public.db", "personal.db", "keys.db" };
	struct db_config reading = { .folder = fsck->options->folder, .store_key = fsck->options->store_key, .patient = true,
		.cache_kib = fsck->options->cache_kib };
	AUTO(db_close) struct db *db = NULL;
	AUTO(ctx_end) struct ctx cx;
	fsck_batch_ctx(from, &cx);
	cx.db = NULL;
	enum err e = db_open_one(&cx, &reading, store, &db);
	if (e == OK) {
		cx.db = db;
		e = snapshot_integrity(&cx, store, told_fault, fsck);
		cx.db = NULL;
	}
	from->failure = cx.failure;
	if (e == E_CORRUPT || e == E_NOTFOUND) {
		char words[FOUND_NAME_BYTES];
		snprintf(words, sizeof words, "%s %s", names[store], e == E_NOTFOUND ? "is not there" : "cannot be opened");
		fsck_tell(fsck, 0, words);
		return OK;
	}
	return e;
}

enum err check_public(struct fsck *fsck, struct ctx *cx)
{
	return sound(fsck, cx, PUBLIC_DB);
}

enum err check_personal(struct fsck *fsck, struct ctx *cx)
{
	return sound(fsck, cx, PERSONAL_DB);
}

enum err check_keys(struct fsck *fsck, struct ctx *cx)
{
	return sound(fsck, cx, KEYS_DB);
}

/* --- files --- */

static void blob_file(const struct fsck *fsck, const char *kind, const char *name, char path[PATH_MAX_BYTES])
{
	snprintf(path, PATH_MAX_BYTES, "%s/blobs/%s/%.2s/%s", fsck->options->folder, kind, name, name);
}

/* -1: there is none. */
static int64_t file_bytes(const struct fsck *fsck, const char *kind, const char *name)
{
	char path[PATH_MAX_BYTES];
	struct stat info;
	blob_file(fsck, kind, name, path);
	return stat(path, &info) == 0 && S_ISREG(info.st_mode) ? info.st_size : -1;
}

/* What a video or profile shows: `bytes` is what its row says, -1: nothing. */
static enum err shown_file(struct ctx *cx, struct str hash, int64_t bytes, bool *good)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_fsck_blob, &rows, TEXT(hash)));
	*good = rows_next(rows) && str_eq(rows_text(rows, 0), STR("ready")) && str_eq(rows_text(rows, 2), STR("public")) &&
		(bytes < 0 || rows_i64(rows, 1) == bytes);
	return rows_status(rows);
}

struct showing {
	int64_t id, bytes;
	struct str first, second;              /* hashes; second may be empty */
};

static enum err read_showing(struct ctx *cx, const struct stmt *q, int64_t after, bool video, struct showing *items, size_t *count)
{
	AUTO(rows_close) struct rows *rows = NULL;
	const struct val vals[] = { I64(after), I64(BATCH) };
	TRY(db_query_(cx, q, &rows, 2, vals));
	for (*count = 0; *count < BATCH && rows_next(rows); ++*count)
		items[*count] = (struct showing){ .id = rows_i64(rows, 0), .first = rows_text(rows, 1),
			.second = video ? rows_text(rows, 2) : STR(""), .bytes = video ? rows_i64(rows, 3) : -1 };
	return rows_status(rows);
}

static enum err check_showing(struct fsck *fsck, struct ctx *cx, const struct showing *item)
{
	bool first = true, second = true;
	TRY(shown_file(cx, item->first, item->bytes, &first));
	if (item->second.n)
		TRY(shown_file(cx, item->second, -1, &second));
	if (!first || !second)
		fsck_tell(fsck, item->id, "");
	fsck->looked++;
	return OK;
}

static enum err each_showing(struct fsck *fsck, struct ctx *from, const struct stmt *q, bool video)
{
	int64_t after = INT64_MIN;
	size_t count = BATCH;
	while (count == BATCH && fsck->settled) {
		AUTO(ctx_end) struct ctx cx;
		fsck_batch_ctx(from, &cx);
		struct showing *items = arena_new(&cx.mem, struct showing, BATCH);
		enum err e = read_showing(&cx, q, after, video, items, &count);
		for (size_t i = 0; e == OK && i < count; i++)
			e = check_showing(fsck, &cx, &items[i]);
		from->failure = cx.failure;
		TRY(e);
		if (count)
			after = items[count - 1].id;
	}
	return OK;
}

enum err check_video_files(struct fsck *fsck, struct ctx *cx)
{
	return each_showing(fsck, cx, &SQL_fsck_video_some, true);
}

enum err check_avatars(struct fsck *fsck, struct ctx *cx)
{
	return each_showing(fsck, cx, &SQL_fsck_avatar_some, false);
}

/* --- what is known --- */

struct known {
	char name[BLOB_NAME_BYTES];
	bool public;
	int64_t bytes;
};

static enum err read_known(struct ctx *cx, const char *after, struct known *items, size_t *count)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_fsck_blob_some, &rows, TEXT(str_of(after)), I64(BATCH)));
	for (*count = 0; *count < BATCH && rows_next(rows); ++*count) {
		struct known *item = &items[*count];
		snprintf(item->name, sizeof item->name, STR_FMT, STR_ARG(rows_text(rows, 0)));
		item->public = str_eq(rows_text(rows, 1), STR("public"));
		item->bytes = rows_i64(rows, 2);
	}
	return rows_status(rows);
}

typedef enum err known_check(struct fsck *, struct ctx *, const struct known *);

static enum err each_known(struct fsck *fsck, struct ctx *from, known_check *check)
{
	char after[BLOB_NAME_BYTES] = "";
	size_t count = BATCH;
	while (count == BATCH) {
		AUTO(ctx_end) struct ctx cx;
		fsck_batch_ctx(from, &cx);
		struct known *items = arena_new(&cx.mem, struct known, BATCH);
		enum err e = read_known(&cx, after, items, &count);
		for (size_t i = 0; e == OK && i < count; i++, fsck->looked++)
			e = check(fsck, &cx, &items[i]);
		from->failure = cx.failure;
		TRY(e);
		if (count)
			memcpy(after, items[count - 1].name, sizeof after);
	}
	return OK;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static enum err hash_is_name(const struct fsck *fsck, struct ctx *cx, const struct known *item, bool *out)
{
	char path[PATH_MAX_BYTES];
	unsigned char digest[SHA256_BYTES], name[SHA256_BYTES];
	int64_t bytes;
	blob_file(fsck, "public", item->name, path);
	AUTO(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
	*out = false;
	if (fd < 0)
		return OK;
	TRY(sha256_file(cx, fd, digest, &bytes));
	*out = hex_decode(str_of(item->name), name, sizeof name) && memcmp(name, digest, sizeof name) == 0;
	return OK;
}

static enum err found_row(struct ctx *cx, const struct stmt *q, struct str name, bool *out)
{
	int64_t id;
	const struct val vals[] = { TEXT(name) };
	enum err e = db_get_i64_(cx, q, &id, 1, vals);
	*out = e == OK;
	return e == E_NOTFOUND ? OK : e;
}

/* An upload's file is made with its first byte. */
static enum err check_known(struct fsck *fsck, struct ctx *cx, const struct known *item)
{
	int64_t bytes = file_bytes(fsck, item->public ? "public" : "personal", item->name);
	bool good = item->public ? bytes == item->bytes : bytes >= 0;
	if (!good && !item->public)
		TRY(found_row(cx, &SQL_fsck_blob_awaited, str_of(item->name), &good));
	if (good && item->public && fsck->options->deep)
		TRY(hash_is_name(fsck, cx, item, &good));
	if (!good)
		fsck_tell(fsck, 0, item->name);
	return OK;
}

enum err check_blob_files(struct fsck *fsck, struct ctx *cx)
{
	return each_known(fsck, cx, check_known);
}

static enum err check_is_shown(struct fsck *fsck, struct ctx *cx, const struct known *item)
{
	static const struct stmt *const places[] = { &SQL_video_shows, &SQL_profile_shows_avatar, &SQL_fsck_blob_hash_dropped };
	bool shown = !item->public;
	for (size_t i = 0; !shown && i < sizeof places / sizeof *places; i++)
		TRY(found_row(cx, places[i], str_of(item->name), &shown));
	if (!shown)
		fsck_tell(fsck, 0, item->name);
	return OK;
}

enum err check_shown(struct fsck *fsck, struct ctx *cx)
{
	return fsck->settled ? each_known(fsck, cx, check_is_shown) : OK;
}

enum err check_owned(struct fsck *fsck, struct ctx *cx)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_fsck_personal_blobs_unnamed, &rows, I64(FOUND_MAX)));
	while (rows_next(rows))
		fsck_tell(fsck, 0, arena_text(&cx->mem, rows_text(rows, 0)));
	return rows_status(rows);
}

/* --- what lies there --- */

static void close_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

static enum err check_entry(struct fsck *fsck, struct ctx *cx, int folder, const char *place, const char *name)
{
	struct stat info;
	bool known;
	AUTO(rows_close) struct rows *rows = NULL;
	if (fstatat(folder, name, &info, AT_SYMLINK_NOFOLLOW) != 0)
		return OK;                     /* it went meanwhile */
	fsck->looked++;
	TRY(db_query(cx, SQL_fsck_blob, &rows, TEXT(str_of(name))));
	known = rows_next(rows);
	TRY(rows_status(rows));
	bool arriving = fsck->options->serving && info.st_mtim.tv_sec > cx->now_us / SECOND_US - ARRIVING_S;
	char path[FOUND_NAME_BYTES + 32];
	snprintf(path, sizeof path, "%s/%.70s", place, name);
	if (!known && !arriving)
		fsck_tell(fsck, 0, path);
	return OK;
}

static enum err check_folder(struct fsck *fsck, struct ctx *from, const char *place)
{
	char path[PATH_MAX_BYTES];
	snprintf(path, sizeof path, "%s/blobs/%s", fsck->options->folder, place);
	AUTO(close_dir) DIR *dir = opendir(path);
	if (!dir)
		return errno == ENOENT ? OK : fail(from, E_IO, "looking at %.100s: %s", path, strerror(errno));
	for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
		if (entry->d_name[0] == '.')
			continue;
		AUTO(ctx_end) struct ctx cx;
		fsck_batch_ctx(from, &cx);
		enum err e = check_entry(fsck, &cx, dirfd(dir), place, entry->d_name);
		from->failure = cx.failure;
		TRY(e);
	}
	return OK;
}

enum err check_files(struct fsck *fsck, struct ctx *cx)
{
	char place[16];
	TRY(check_folder(fsck, cx, "tmp"));
	for (unsigned i = 0; i < 256; i++) {
		snprintf(place, sizeof place, "public/%02x", i);
		TRY(check_folder(fsck, cx, place));
		snprintf(place, sizeof place, "personal/%02x", i);
		TRY(check_folder(fsck, cx, place));
	}
	return OK;
}

/* --- uploads --- */

enum err check_upload_bytes(struct fsck *fsck, struct ctx *from)
{
	int64_t after = INT64_MIN;
	size_t count = BATCH;
	while (count == BATCH) {
		AUTO(ctx_end) struct ctx cx;
		fsck_batch_ctx(from, &cx);
		struct showing *items = arena_new(&cx.mem, struct showing, BATCH);
		AUTO(rows_close) struct rows *rows = NULL;
		TRY(db_query(&cx, SQL_fsck_upload_some, &rows, I64(after), I64(BATCH)));
		for (count = 0; count < BATCH && rows_next(rows); count++)
			items[count] = (struct showing){ .id = rows_i64(rows, 0), .first = rows_text(rows, 1), .bytes = rows_i64(rows, 2) };
		TRY(rows_status(rows));
		for (size_t i = 0; i < count; i++, fsck->looked++)
			if (file_bytes(fsck, "personal", arena_text(&cx.mem, items[i].first)) < items[i].bytes)
				fsck_tell(fsck, items[i].id, "");
		if (count)
			after = items[count - 1].id;
	}
	return OK;
}

#include "upkeep/backup.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/config.h"
#include "store/blob.h"
#include "store/snapshot.h"
#include "store/writer.h"
#include "upkeep/abreast.h"
#include "upkeep/backup.sql.h"
#include "upkeep/backup_dir.h"
#include "upkeep/fsck.sql.h"
#include "upkeep/inside.h"

#define BATCH 200
#define MOMENTS_MAX 5                          /* a file that went while it was copied: another moment, which is without it */

struct backup {
	const struct backup_options *options;
	struct backup_report *report;
	struct buf files;                      /* lines of the manifest */
	struct buf last_text;
	struct manifest last;                  /* the generation before */
	struct manifest_file last_file;
	bool last_more;
	bool record;                           /* the second pass: what is there belongs to the generation */
	bool vanished;
	bool last_moment;                      /* what vanishes now is missing */
};

static void backup_end(struct backup *b)
{
	buf_free(&b->files);
	buf_free(&b->last_text);
}

static void tell(struct backup *b, const char *what, int64_t done)
{
	if (b->options->progress)
		b->options->progress(b->options->self, what, done);
}

/* --- one file: on several threads, which only read `b` --- */

struct item {
	char name[BLOB_NAME_BYTES];
	bool public;
	struct manifest_file last;             /* what the generation before says of it; its name is empty: nothing */
	struct manifest_file file;
	bool taken, copied;                    /* taken: it is in DIR, and what its name says */
};

static bool find_source(const struct backup *b, struct item *item, char path[FILE_PATH_BYTES])
{
	struct stat info;
	snprintf(path, FILE_PATH_BYTES, "%s/blobs/%s/%.2s/%s", b->options->folder, item->public ? "public" : "personal", item->name, item->name);
	if (stat(path, &info) != 0)
		return false;
	item->file = (struct manifest_file){ .kind = item->public ? FILE_PUBLIC : FILE_PERSONAL, .bytes = info.st_size,
		.mtime_us = (int64_t)info.st_mtim.tv_sec * SECOND_US + info.st_mtim.tv_nsec / 1000 };
	snprintf(item->file.name, sizeof item->file.name, "%s", item->name);
	return true;
}

/* A public one's name is its sum; of a personal one the generation before knows it, or it is read once more. */
static enum err there_already(const struct backup *b, struct ctx *cx, struct item *item, const char *to, bool *out)
{
	struct stat info;
	*out = false;
	if (stat(to, &info) != 0 || info.st_size != item->file.bytes)
		return OK;
	*out = true;
	if (item->public || !b->record)
		return OK;
	if (item->last.name[0] && item->last.bytes == item->file.bytes && item->last.mtime_us == item->file.mtime_us) {
		memcpy(item->file.hash, item->last.hash, sizeof item->file.hash);
		return OK;
	}
	int64_t bytes;
	return file_hash(cx, to, &bytes, item->file.hash);
}

/* E_CONFLICT: an upload that grew while it was read, or a public file that is not what its name says. */
static enum err copy_file(const struct backup *b, struct ctx *cx, struct item *item, const char *from, const char *to, unsigned thread)
{
	char tmp[FILE_PATH_BYTES];
	struct sums sums;
	snprintf(tmp, sizeof tmp, "%s/tmp/file-%u", b->options->dir, thread);
	TRY(file_copy(cx, FILE_AS_IT_IS, from, tmp, to, &(struct file_wanted){ item->file.bytes, item->public ? item->name : NULL }, &sums));
	memcpy(item->file.hash, sums.hash, sizeof sums.hash);
	item->taken = true;
	item->copied = true;
	return OK;
}

struct batch {
	const struct backup *backup;
	struct item *items;
	size_t count;
};

static enum err take_file(void *self, struct ctx *cx, size_t index, unsigned thread)
{
	const struct batch *batch = self;
	struct item *item = &batch->items[index];
	char from[FILE_PATH_BYTES], to[FILE_PATH_BYTES];
	if (!find_source(batch->backup, item, from))
		return OK;
	backup_path(batch->backup->options->dir, &item->file, to);
	TRY(there_already(batch->backup, cx, item, to, &item->taken));
	if (item->taken)
		return OK;
	enum err e = copy_file(batch->backup, cx, item, from, to, thread);
	return e == E_NOTFOUND || e == E_CONFLICT ? OK : e;
}

/* --- all files that are known --- */

/* Files of both lists are in the order of their names. */
static void find_last(struct backup *b, struct item *item)
{
	while (b->last_more && (b->last_file.kind == FILE_STORE || strcmp(b->last_file.name, item->name) < 0))
		b->last_more = manifest_next(&b->last, &b->last_file);
	if (b->last_more && strcmp(b->last_file.name, item->name) == 0)
		item->last = b->last_file;
}

/* An upload's file is made with its first byte. */
static enum err is_awaited(struct ctx *cx, const struct item *item, bool *out)
{
	int64_t draft;
	enum err e = item->public ? E_NOTFOUND : db_get_i64(cx, SQL_fsck_blob_awaited, &draft, TEXT(str_of(item->name)));
	*out = e == OK;
	return e == E_NOTFOUND ? OK : e;
}

static enum err note_file(struct backup *b, struct ctx *cx, const struct item *item)
{
	bool awaited = false;
	if (item->copied) {
		b->report->copied++;
		b->report->copied_bytes += item->file.bytes;
	}
	if (!b->record)
		return OK;
	if (item->taken) {
		b->report->files++;
		b->report->bytes += item->file.bytes;
		manifest_add(&b->files, &item->file);
		return OK;
	}
	TRY(is_awaited(cx, item, &awaited));
	b->vanished |= !awaited;
	b->report->missing += b->last_moment && !awaited;
	return OK;
}

static enum err some_names(struct ctx *cx, const char *after, struct batch *batch)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_fsck_blob_some, &rows, TEXT(str_of(after)), I64(BATCH)));
	for (batch->count = 0; batch->count < BATCH && rows_next(rows); batch->count++) {
		struct item *item = &batch->items[batch->count];
		snprintf(item->name, sizeof item->name, STR_FMT, STR_ARG(rows_text(rows, 0)));
		item->public = str_eq(rows_text(rows, 1), STR("public"));
	}
	return rows_status(rows);
}

static enum err take_batch(struct backup *b, struct ctx *cx, char after[BLOB_NAME_BYTES], size_t *count)
{
	struct batch batch = { .backup = b, .items = arena_new(&cx->mem, struct item, BATCH) };
	TRY(some_names(cx, after, &batch));
	for (size_t i = 0; i < batch.count; i++)
		find_last(b, &batch.items[i]);
	TRY(abreast(cx, batch.count, take_file, &batch));
	for (size_t i = 0; i < batch.count; i++)
		TRY(note_file(b, cx, &batch.items[i]));
	if (batch.count)
		memcpy(after, batch.items[batch.count - 1].name, BLOB_NAME_BYTES);
	*count = batch.count;
	return OK;
}

static enum err take_files(struct backup *b, struct ctx *from)
{
	char after[BLOB_NAME_BYTES] = "";
	size_t count = BATCH;
	for (int64_t done = 0; count == BATCH; done += (int64_t)count) {
		AUTO(ctx_end) struct ctx cx;
		fsck_batch_ctx(from, &cx);
		tell(b, b->record ? "files of this generation" : "files", done);
		enum err e = take_batch(b, &cx, after, &count);
		from->failure = cx.failure;
		TRY(e);
	}
	return OK;
}

/* --- the stores --- */

static enum err pack_store(struct backup *b, struct ctx *cx, const char *generation, const char *name, struct buf *out)
{
	char from[FILE_PATH_BYTES], tmp[FILE_PATH_BYTES], to[FILE_PATH_BYTES];
	struct sums sums;
	struct manifest_file file = { .kind = FILE_STORE };
	snprintf(from, sizeof from, "%s/tmp/%s", b->options->dir, name);
	snprintf(tmp, sizeof tmp, "%s/tmp/%s.zst", b->options->dir, name);
	snprintf(to, sizeof to, "%s/generations/%s/%s.zst", b->options->dir, generation, name);
	tell(b, name, 0);
	TRY(file_copy(cx, FILE_PACK, from, tmp, to, NULL, &sums));
	unlink(from);
	snprintf(file.name, sizeof file.name, "%s", name);
	file.bytes = sums.bytes;
	file.packed = sums.packed;
	b->report->store_bytes += sums.packed;
	memcpy(file.hash, sums.hash, sizeof sums.hash);
	memcpy(file.packed_hash, sums.packed_hash, sizeof sums.packed_hash);
	manifest_add(out, &file);
	return OK;
}

static enum err copy_store(struct backup *b, struct ctx *cx, enum store store, const char *name)
{
	char to[FILE_PATH_BYTES];
	snprintf(to, sizeof to, "%s/tmp/%s", b->options->dir, name);
	unlink(to);
	tell(b, name, 0);
	return snapshot_copy(cx, store, to, b->options->store_key);
}

/* public.db first: store/snapshot.h says why. */
static enum err take_moment(struct backup *b, struct ctx *cx, int64_t *at_us)
{
	TRY(snapshot_hold(cx, PUBLIC_DB));
	TRY(snapshot_hold(cx, PERSONAL_DB));
	*at_us = clock_wall_us(cx->clock);
	b->vanished = false;
	b->report->files = 0;
	b->report->bytes = 0;
	b->files.n = 0;
	b->last_more = b->last.files.n > 0;
	struct manifest last = b->last;
	if (b->last_more)
		b->last_more = manifest_next(&b->last, &b->last_file);
	enum err e = take_files(b, cx);
	b->last = last;
	TRY(e);
	if (b->vanished && !b->last_moment)
		return OK;
	TRY(copy_store(b, cx, PUBLIC_DB, "public.db"));
	return copy_store(b, cx, PERSONAL_DB, "personal.db");
}

static enum err data_moment(struct backup *b, struct ctx *cx, int64_t *at_us)
{
	TRY(take_files(b, cx));                /* most of the copying, while no moment is held */
	b->record = true;
	b->vanished = true;
	for (unsigned i = 1; b->vanished && i <= MOMENTS_MAX; i++) {
		b->last_moment = i == MOMENTS_MAX;
		enum err e = take_moment(b, cx, at_us);
		snapshot_let_go(cx);
		TRY(e);
	}
	return OK;
}

static enum err keys_moment(struct backup *b, struct ctx *cx, int64_t *at_us)
{
	TRY(snapshot_hold(cx, KEYS_DB));
	*at_us = clock_wall_us(cx->clock);
	enum err e = copy_store(b, cx, KEYS_DB, "keys.db");
	snapshot_let_go(cx);
	return e;
}

/* --- a generation --- */

static enum err write_generation(struct backup *b, struct ctx *cx, int64_t at_us)
{
	AUTO(buf_free) struct buf text = buf_new(MANIFEST_BYTES_MAX);
	char path[FILE_PATH_BYTES];
	bool keys = b->options->what == BACKUP_KEYS;
	generation_name(at_us, b->report->generation);
	snprintf(path, sizeof path, "%s/generations/%s", b->options->dir, b->report->generation);
	TRY(folder_make(cx, path));
	manifest_begin(&text, at_us, cx->config->region_name);
	TRY(pack_store(b, cx, b->report->generation, keys ? "keys.db" : "public.db", &text));
	if (!keys)
		TRY(pack_store(b, cx, b->report->generation, "personal.db", &text));
	buf_str(&text, buf_view(&b->files));
	manifest_end(&text);
	if (text.failed || b->files.failed)
		return fail(cx, E_TOOLARGE, "there are too many files for one manifest");
	TRY(folder_sync_all(cx, b->options->dir));     /* before anything says that it is there */
	snprintf(path, sizeof path, "%s/generations/%s/manifest", b->options->dir, b->report->generation);
	return file_write(cx, path, buf_view(&text));
}

static enum err run_locked(struct backup *b, struct ctx *cx)
{
	char name[32];
	int64_t at_us = 0;
	const struct backup_options *options = b->options;
	if (options->what != BACKUP_KEYS)
		TRY(backup_write_deleted(cx, options, b->report));
	if (options->what == BACKUP_DELETED)
		return OK;
	enum err e = backup_find(cx, options->dir, options->what, INT64_C(253402300799000000), name, &b->last_text, &b->last);
	if (e != OK)
		b->last = (struct manifest){};         /* the first, or damaged: then all files are hashed once more */
	TRY(options->what == BACKUP_KEYS ? keys_moment(b, cx, &at_us) : data_moment(b, cx, &at_us));
	TRY(write_generation(b, cx, at_us));
	return backup_prune(cx, options, b->report);
}

static void close_lock(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

enum err backup_run(struct ctx *from, const struct backup_options *options, struct backup_report *out)
{
	struct backup_report report = {};
	AUTO(backup_end) struct backup b = { .options = options, .report = &report, .files = buf_new(MANIFEST_BYTES_MAX),
		.last_text = buf_new(MANIFEST_BYTES_MAX) };
	struct db_config reading = { .folder = options->folder, .store_key = options->store_key, .patient = true, .cache_kib = options->cache_kib };
	AUTO(db_close) struct db *db = NULL;
	AUTO(close_lock) int lock = -1;
	AUTO(ctx_end) struct ctx cx;
	fsck_batch_ctx(from, &cx);
	enum err e = db_open(&cx, &reading, &db);
	cx.db = db;
	if (e == OK)
		e = backup_dir_open(&cx, options, &lock);
	if (e == OK)
		e = run_locked(&b, &cx);
	from->failure = cx.failure;
	cx.db = NULL;
	TRY(e);
	*out = report;
	return OK;
}

struct note {
	enum backup_what what;
	const struct backup_report *report;
};

static enum err write_note(struct ctx *cx, void *argument)
{
	const struct note *note = argument;
	return db_run(cx, SQL_backup_note_set, TEXT(note->what == BACKUP_KEYS ? STR("keys") : STR("data")), I64(clock_wall_us(cx->clock)),
		TEXT(str_of(note->report->generation)), I64(note->report->files), I64(note->report->bytes + note->report->store_bytes));
}

enum err backup_note(struct ctx *cx, enum backup_what what, const struct backup_report *report)
{
	struct note note = { what, report };
	return writer_run(cx, write_note, &note);
}

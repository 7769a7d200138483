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

/* --- one file --- */

struct source {
	struct manifest_file file;
	char path[FILE_PATH_BYTES];
};

static bool find_source(const struct backup *b, const char *name, bool public, struct source *out)
{
	struct stat info;
	snprintf(out->path, sizeof out->path, "%s/blobs/%s/%.2s/%s", b->options->folder, public ? "public" : "personal", name, name);
	if (stat(out->path, &info) != 0)
		return false;
	out->file = (struct manifest_file){ .kind = public ? FILE_PUBLIC : FILE_PERSONAL, .bytes = info.st_size,
		.mtime_us = (int64_t)info.st_mtim.tv_sec * SECOND_US + info.st_mtim.tv_nsec / 1000 };
	snprintf(out->file.name, sizeof out->file.name, "%s", name);
	return true;
}

/* Files of both lists are in the order of their names. */
static void step_last(struct backup *b, const char *name)
{
	while (b->last_more && (b->last_file.kind == FILE_STORE || strcmp(b->last_file.name, name) < 0))
		b->last_more = manifest_next(&b->last, &b->last_file);
}

/* A public one's name is its sum; of a personal one the generation before knows it, or it is read once more. */
static enum err there_already(struct backup *b, struct ctx *cx, struct source *source, const char *to, bool *out)
{
	struct stat info;
	*out = false;
	if (stat(to, &info) != 0 || info.st_size != source->file.bytes)
		return OK;
	*out = true;
	if (source->file.kind == FILE_PUBLIC || !b->record)
		return OK;
	step_last(b, source->file.name);
	if (b->last_more && strcmp(b->last_file.name, source->file.name) == 0 && b->last_file.bytes == source->file.bytes &&
	    b->last_file.mtime_us == source->file.mtime_us) {
		memcpy(source->file.hash, b->last_file.hash, sizeof source->file.hash);
		return OK;
	}
	int64_t bytes;
	return file_hash(cx, to, &bytes, source->file.hash);
}

/* An upload may be growing: what was read is what counts, and its own sum says what that was. */
static enum err copy_file(struct backup *b, struct ctx *cx, struct source *source, const char *to, bool *good)
{
	char tmp[FILE_PATH_BYTES];
	struct sums sums;
	snprintf(tmp, sizeof tmp, "%s/tmp/file", b->options->dir);
	TRY(file_copy(cx, FILE_AS_IT_IS, source->path, tmp, to, &sums));
	*good = source->file.kind == FILE_PUBLIC ? strcmp(sums.hash, source->file.name) == 0 : sums.bytes == source->file.bytes;
	if (!*good) {
		unlink(to);
		return OK;
	}
	memcpy(source->file.hash, sums.hash, sizeof sums.hash);
	b->report->copied++;
	b->report->copied_bytes += sums.bytes;
	return OK;
}

static enum err take_file(struct backup *b, struct ctx *cx, const char *name, bool public)
{
	struct source source;
	char to[FILE_PATH_BYTES];
	bool good = true, there = false, found = find_source(b, name, public, &source);
	if (found) {
		backup_path(b->options->dir, &source.file, to);
		TRY(there_already(b, cx, &source, to, &there));
	}
	if (found && !there) {
		enum err e = copy_file(b, cx, &source, to, &good);
		if (e != E_NOTFOUND)
			TRY(e);
		found = e == OK;
	}
	if (!b->record)
		return OK;
	if (!found || !good) {
		b->vanished = true;
		b->report->missing += b->last_moment;
		return OK;
	}
	b->report->files++;
	b->report->bytes += source.file.bytes;
	manifest_add(&b->files, &source.file);
	return OK;
}

/* --- all files that are known --- */

struct name {
	char text[BLOB_NAME_BYTES];
	bool public;
};

static enum err some_names(struct ctx *cx, const char *after, struct name *items, size_t *count)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_fsck_blob_some, &rows, TEXT(str_of(after)), I64(BATCH)));
	for (*count = 0; *count < BATCH && rows_next(rows); ++*count) {
		snprintf(items[*count].text, BLOB_NAME_BYTES, STR_FMT, STR_ARG(rows_text(rows, 0)));
		items[*count].public = str_eq(rows_text(rows, 1), STR("public"));
	}
	return rows_status(rows);
}

static enum err take_batch(struct backup *b, struct ctx *cx, char after[BLOB_NAME_BYTES], size_t *count)
{
	struct name *items = arena_new(&cx->mem, struct name, BATCH);
	TRY(some_names(cx, after, items, count));
	for (size_t i = 0; i < *count; i++)
		TRY(take_file(b, cx, items[i].text, items[i].public));
	if (*count)
		memcpy(after, items[*count - 1].text, BLOB_NAME_BYTES);
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
	TRY(file_copy(cx, FILE_PACK, from, tmp, to, &sums));
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

/* The folder of a backup: its marks, its generations, and what goes when they go. */
#include "upkeep/backup_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "upkeep/backup.sql.h"
#include "upkeep/inside.h"

#define MARK_NAME "amanat-backup"
#define MARK_DATA "amanat-backup 1 data\n"
#define MARK_KEYS "amanat-backup 1 keys\n"
#define DELETED_BATCH 500

static enum err join(struct ctx *cx, const char *dir, const char *name, const char **out)
{
	if (strlen(dir) + strlen(name) + 160 > FILE_PATH_BYTES)
		return fail(cx, E_INVALID, "the path %.60s... is too long", dir);
	*out = arena_printf(&cx->mem, "%s/%s", dir, name).p;
	return OK;
}

void generation_name(int64_t at_us, char out[32])
{
	char when[RFC3339_BYTES];
	time_rfc3339(at_us, when);
	snprintf(out, 32, "%.13s%.2s%.2s.%06dZ", when, when + 14, when + 17, (int)(at_us % SECOND_US));
}

void backup_path(const char *dir, const struct manifest_file *file, char *path)
{
	if (file->kind == FILE_PUBLIC)
		snprintf(path, FILE_PATH_BYTES, "%s/blobs/public/%.2s/%s", dir, file->name, file->name);
	else
		snprintf(path, FILE_PATH_BYTES, "%s/blobs/personal/%.2s/%s.%" PRId64 ".%" PRId64, dir, file->name, file->name, file->bytes, file->mtime_us);
}

/* --- opening --- */

static const char *mark_of(const struct backup_options *options)
{
	return options->what == BACKUP_KEYS ? MARK_KEYS : MARK_DATA;
}

static enum err check_mark(struct ctx *cx, const struct backup_options *options, const char *path, bool *fresh)
{
	AUTO(buf_free) struct buf mark = buf_new(256);
	enum err e = file_read(cx, path, &mark);
	*fresh = e == E_NOTFOUND;
	if (e == E_NOTFOUND)
		return OK;
	TRY(e);
	if (!str_eq(buf_view(&mark), str_of(mark_of(options))))
		return fail(cx, E_INVALID, "the folder %.100s holds a backup of another kind; keys and data never share a folder", options->dir);
	return OK;
}

/* Also a mark that a kill left before it had its name: the first thing that is written here. */
static enum err refuse_entry(void *self, struct ctx *cx, const char *name)
{
	static const char *const harmless[] = { "lost+found", "lock", MARK_NAME ".new" };
	for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++) {
		if (strcmp(name, harmless[i]) == 0)
			return OK;
	}
	return fail(cx, E_INVALID, "the folder %.100s is not empty and holds no backup", (const char *)self);
}

static enum err make_folders(struct ctx *cx, const char *dir)
{
	static const char *const names[] = { "generations", "tmp", "blobs", "blobs/public", "blobs/personal" };
	char path[FILE_PATH_BYTES];
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		snprintf(path, sizeof path, "%s/%s", dir, names[i]);
		TRY(folder_make(cx, path));
	}
	for (unsigned i = 0; i < 512; i++) {
		snprintf(path, sizeof path, "%s/blobs/%s/%02x", dir, i < 256 ? "public" : "personal", i % 256);
		TRY(folder_make(cx, path));
	}
	return OK;
}

static enum err drop_unfinished(void *self, struct ctx *cx, const char *name)
{
	const char *generations = self;
	const char *manifest = arena_printf(&cx->mem, "%s/%s/manifest", generations, name).p;
	if (access(manifest, F_OK) == 0)
		return OK;
	return folder_remove(cx, arena_printf(&cx->mem, "%s/%s", generations, name).p);
}

static enum err take_lock(struct ctx *cx, const char *dir, int *out)
{
	const char *path;
	TRY(join(cx, dir, "lock", &path));
	int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (fd < 0)
		return fail(cx, E_IO, "cannot open %.150s: %s", path, strerror(errno));
	if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
		close(fd);
		return fail(cx, E_BUSY, "another backup runs into %.100s", dir);
	}
	*out = fd;
	return OK;
}

static enum err open_locked(struct ctx *cx, const struct backup_options *options)
{
	const char *mark, *tmp, *generations;
	char *dir = arena_text(&cx->mem, str_of(options->dir));
	bool fresh;
	TRY(join(cx, dir, MARK_NAME, &mark));
	TRY(join(cx, dir, "tmp", &tmp));
	TRY(join(cx, dir, "generations", &generations));
	TRY(check_mark(cx, options, mark, &fresh));
	if (fresh) {
		TRY(folder_each(cx, dir, refuse_entry, dir));
		TRY(file_write(cx, mark, str_of(mark_of(options))));
	}
	TRY(folder_remove(cx, tmp));
	TRY(make_folders(cx, dir));
	return folder_each(cx, generations, drop_unfinished, arena_text(&cx->mem, str_of(generations)));
}

enum err backup_dir_open(struct ctx *cx, const struct backup_options *options, int *lock)
{
	int fd = -1;
	TRY(folder_make(cx, options->dir));
	TRY(take_lock(cx, options->dir, &fd));
	enum err e = open_locked(cx, options);
	if (e != OK) {
		close(fd);
		return e;
	}
	*lock = fd;
	return OK;
}

/* --- generations --- */

struct names {
	char (*items)[32];
	size_t count, capacity;
};

static void names_free(struct names *names)
{
	free(names->items);
}

static enum err add_name(void *self, struct ctx *, const char *name)
{
	struct names *names = self;
	if (strlen(name) >= sizeof *names->items)
		return OK;
	if (names->count == names->capacity) {
		names->capacity = names->capacity ? 2 * names->capacity : 64;
		names->items = reallocarray(names->items, names->capacity, sizeof *names->items);
		if (!names->items)
			abort();
	}
	snprintf(names->items[names->count++], sizeof *names->items, "%s", name);
	return OK;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* In the order of time, which their names have. */
static enum err list_generations(struct ctx *cx, const char *dir, struct names *out)
{
	TRY(folder_each(cx, arena_printf(&cx->mem, "%s/generations", dir).p, add_name, out));
	if (out->count)
		qsort(out->items, out->count, sizeof *out->items, by_text);
	return OK;
}

static enum err read_generation(struct ctx *cx, const char *dir, const char *name, struct buf *text, struct manifest *out)
{
	buf_free(text);
	*text = buf_new(MANIFEST_BYTES_MAX);
	TRY(file_read(cx, arena_printf(&cx->mem, "%s/generations/%s/manifest", dir, name).p, text));
	enum err e = manifest_read(cx, buf_view(text), out);
	return e == OK ? OK : fail(cx, e, "the generation %s: its manifest is damaged; choose another with --at", name);
}

enum err backup_find(struct ctx *cx, const char *dir, enum backup_what what, int64_t until_us, char name[32], struct buf *text, struct manifest *out)
{
	AUTO(names_free) struct names names = {};
	char latest[32];
	const struct backup_options options = { .dir = dir, .what = what };
	bool fresh = true;
	TRY(check_mark(cx, &options, arena_printf(&cx->mem, "%s/amanat-backup", dir).p, &fresh));
	if (fresh)
		return fail(cx, E_NOTFOUND, "there is no backup in %.100s", dir);
	TRY(list_generations(cx, dir, &names));
	generation_name(until_us, latest);
	for (size_t i = names.count; i-- > 0;) {
		const char *path = arena_printf(&cx->mem, "%s/generations/%s/manifest", dir, names.items[i]).p;
		if (strcmp(names.items[i], latest) > 0 || access(path, F_OK) != 0)
			continue;
		TRY(read_generation(cx, dir, names.items[i], text, out));
		memcpy(name, names.items[i], sizeof names.items[i]);
		return OK;
	}
	return fail(cx, E_NOTFOUND, "there is no generation of that time in %.100s", dir);
}

/* --- what goes --- */

struct kept {
	char (*items)[120];                    /* the end of a file's path */
	size_t count, capacity;
	int64_t removed;
	const char *folder;
};

static void kept_free(struct kept *kept)
{
	free(kept->items);
}

static void keep(struct kept *kept, const struct manifest_file *file)
{
	char path[FILE_PATH_BYTES];
	if (kept->count == kept->capacity) {
		kept->capacity = kept->capacity ? 2 * kept->capacity : 1024;
		kept->items = reallocarray(kept->items, kept->capacity, sizeof *kept->items);
		if (!kept->items)
			abort();
	}
	backup_path("", file, path);
	snprintf(kept->items[kept->count++], sizeof *kept->items, "%s", strrchr(path, '/') + 1);
}

/* After each manifest, so that what all of them name is held once. */
static void keep_each_once(struct kept *kept)
{
	size_t unique = 0;
	if (kept->count)
		qsort(kept->items, kept->count, sizeof *kept->items, by_text);
	for (size_t i = 0; i < kept->count; i++)
		if (unique == 0 || strcmp(kept->items[unique - 1], kept->items[i]) != 0)
			memmove(kept->items[unique++], kept->items[i], sizeof *kept->items);
	kept->count = unique;
}

static enum err drop_unnamed(void *self, struct ctx *cx, const char *name)
{
	struct kept *kept = self;
	char path[FILE_PATH_BYTES];
	if (kept->count && bsearch(name, kept->items, kept->count, sizeof *kept->items, by_text))
		return OK;
	snprintf(path, sizeof path, "%s/%s", kept->folder, name);
	if (unlink(path) != 0)
		return fail(cx, E_IO, "removing %.150s: %s", path, strerror(errno));
	kept->removed++;
	return OK;
}

static enum err drop_files(struct ctx *cx, const char *dir, struct kept *kept)
{
	char path[FILE_PATH_BYTES];
	for (unsigned i = 0; i < 512; i++) {
		snprintf(path, sizeof path, "%s/blobs/%s/%02x", dir, i < 256 ? "public" : "personal", i % 256);
		kept->folder = path;
		TRY(folder_each(cx, path, drop_unnamed, kept));
	}
	return OK;
}

static enum err drop_old(struct ctx *cx, const struct backup_options *options, struct names *names, int64_t *dropped)
{
	char oldest[32];
	size_t gone = 0;
	generation_name(cx->now_us > options->keep_us ? cx->now_us - options->keep_us : 0, oldest);
	while (gone + 1 < names->count && strcmp(names->items[gone], oldest) < 0) {
		const char *path = arena_printf(&cx->mem, "%s/generations/%s", options->dir, names->items[gone]).p;
		/* The manifest first: half a generation must not look like one. */
		if (unlink(arena_printf(&cx->mem, "%s/manifest", path).p) != 0 && errno != ENOENT)
			return fail(cx, E_IO, "removing %.150s: %s", path, strerror(errno));
		TRY(folder_remove(cx, path));
		gone++;
	}
	memmove(names->items, names->items + gone, (names->count - gone) * sizeof *names->items);
	names->count -= gone;
	*dropped = (int64_t)gone;
	return OK;
}

enum err backup_prune(struct ctx *cx, const struct backup_options *options, struct backup_report *report)
{
	AUTO(names_free) struct names names = {};
	AUTO(kept_free) struct kept kept = {};
	AUTO(buf_free) struct buf text = buf_new(MANIFEST_BYTES_MAX);
	TRY(list_generations(cx, options->dir, &names));
	if (names.count == 0)
		return OK;
	TRY(drop_old(cx, options, &names, &report->pruned_generations));
	if (report->pruned_generations == 0)
		return OK;
	for (size_t i = 0; i < names.count; i++) {
		struct manifest manifest;
		struct manifest_file file;
		TRY(read_generation(cx, options->dir, names.items[i], &text, &manifest));      /* not read: nothing goes */
		while (manifest_next(&manifest, &file))
			if (file.kind != FILE_STORE)
				keep(&kept, &file);
		keep_each_once(&kept);
	}
	TRY(drop_files(cx, options->dir, &kept));
	report->pruned_files = kept.removed;
	return OK;
}

/* --- what was taken back --- */

struct lines {
	struct buf text;
	int64_t oldest_us;
};

static void lines_free(struct lines *lines)
{
	buf_free(&lines->text);
}

static enum err old_lines(struct ctx *cx, const char *path, struct lines *lines)
{
	AUTO(buf_free) struct buf old = buf_new(MANIFEST_BYTES_MAX);
	enum err e = file_read(cx, path, &old);
	if (e == E_NOTFOUND)
		return OK;
	TRY(e);
	for (struct str rest = buf_view(&old); rest.n;) {
		struct str line = str_cut(&rest, '\n'), words = line;
		int64_t id, at_us;
		struct str kind = str_cut(&words, ' ');
		if (str_i64(str_cut(&words, ' '), &id) && str_i64(words, &at_us) && at_us >= lines->oldest_us)
			buf_printf(&lines->text, STR_FMT " %" PRId64 " %" PRId64 "\n", STR_ARG(kind), id, at_us);
	}
	return OK;
}

static enum err some_deleted(struct ctx *cx, int64_t after, struct lines *lines, int64_t *last, unsigned *count)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_backup_deleted, &rows, I64(after), I64(DELETED_BATCH)));
	for (*count = 0; rows_next(rows); ++*count) {
		*last = rows_i64(rows, 1);
		if (rows_i64(rows, 2) >= lines->oldest_us)
			buf_printf(&lines->text, STR_FMT " %" PRId64 " %" PRId64 "\n", STR_ARG(rows_text(rows, 0)), *last, rows_i64(rows, 2));
	}
	return rows_status(rows);
}

static enum err new_lines(struct ctx *from, struct lines *lines)
{
	int64_t after = INT64_MIN;
	unsigned count = DELETED_BATCH;
	while (count == DELETED_BATCH) {
		AUTO(ctx_end) struct ctx cx;
		fsck_batch_ctx(from, &cx);
		enum err e = some_deleted(&cx, after, lines, &after, &count);
		from->failure = cx.failure;
		TRY(e);
	}
	return OK;
}

static int by_line(const void *a, const void *b)
{
	const struct str *left = a, *right = b;
	size_t n = left->n < right->n ? left->n : right->n;
	int order = memcmp(left->p, right->p, n);
	return order ? order : left->n < right->n ? -1 : left->n > right->n;
}

static void put_each_once(struct str text, struct buf *out, int64_t *count)
{
	size_t n = 0, total = 0;
	for (size_t i = 0; i < text.n; i++)
		total += text.p[i] == '\n';
	struct str *lines = calloc(total + 1, sizeof *lines);
	if (!lines)
		abort();
	while (text.n)
		lines[n++] = str_cut(&text, '\n');
	qsort(lines, n, sizeof *lines, by_line);
	for (size_t i = 0; i < n; i++) {
		if (i > 0 && by_line(&lines[i - 1], &lines[i]) == 0)
			continue;
		buf_str(out, lines[i]);
		buf_char(out, '\n');
		++*count;
	}
	free(lines);
}

enum err backup_write_deleted(struct ctx *cx, const struct backup_options *options, struct backup_report *report)
{
	AUTO(buf_free) struct buf out = buf_new(MANIFEST_BYTES_MAX);
	AUTO(lines_free) struct lines lines = { .text = buf_new(MANIFEST_BYTES_MAX) };
	const char *path;
	/* A day more than the generations: clocks jump. */
	lines.oldest_us = cx->now_us - options->keep_us - DAY_US;
	TRY(join(cx, options->dir, "deleted", &path));
	TRY(old_lines(cx, path, &lines));
	TRY(new_lines(cx, &lines));
	report->deleted = 0;
	put_each_once(buf_view(&lines.text), &out, &report->deleted);
	manifest_end(&out);
	if (lines.text.failed || out.failed)
		return fail(cx, E_TOOLARGE, "too much was deleted to be listed");
	return file_write(cx, path, buf_view(&out));
}

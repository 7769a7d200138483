#include <assert.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/blob.sql.h"
#include "store/blob_folder.h"
#include "store/writer.h"

#define GROUPS_MAX 100                         /* that files were marked in, before it is tried later */
#define BATCH 64                               /* files unlinked in one transaction */

/* --- opening --- */

static enum err open_folder(struct ctx *cx, int parent, const char *name, int *out)
{
	if (mkdirat(parent, name, S_IRWXU) != 0 && errno != EEXIST)
		return blob_fail(cx, name);
	int fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return blob_fail(cx, name);
	*out = fd;
	return OK;
}

/* All 256 at once, so that making a blob never makes a folder. */
static enum err make_shards(struct ctx *cx, int folder)
{
	char shard[3];
	if (faccessat(folder, "ff", F_OK, 0) == 0)
		return OK;
	for (unsigned i = 0; i < 256; i++) {
		snprintf(shard, sizeof shard, "%02x", i);
		if (mkdirat(folder, shard, S_IRWXU) != 0 && errno != EEXIST)
			return blob_fail(cx, "making the blobs' folders");
	}
	return fsync(folder) == 0 ? OK : blob_fail(cx, "making the blobs' folders");
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

enum err blobs_open(struct ctx *cx, const char *folder, struct blobs **out)
{
	AUTO(blobs_close) struct blobs *blobs = calloc(1, sizeof *blobs);
	if (!blobs)
		abort();
	*blobs = (struct blobs){ .public_fd = -1, .personal_fd = -1, .tmp_fd = -1 };
	AUTO(close_fd) int data = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (data < 0)
		return blob_fail(cx, folder);
	AUTO(close_fd) int root = -1;
	TRY(open_folder(cx, data, "blobs", &root));
	TRY(open_folder(cx, root, "public", &blobs->public_fd));
	TRY(open_folder(cx, root, "personal", &blobs->personal_fd));
	TRY(open_folder(cx, root, "tmp", &blobs->tmp_fd));
	TRY(make_shards(cx, blobs->public_fd));
	TRY(make_shards(cx, blobs->personal_fd));
	if (fsync(root) != 0 || fsync(data) != 0)
		return blob_fail(cx, "making the blobs' folders");
	*out = blobs;
	blobs = NULL;
	return OK;
}

enum err blobs_let_group_read(struct ctx *cx, const char *folder)
{
	char path[PATH_MAX];
	static const char *const parts[] = { "", "/blobs", "/blobs/public" };
	for (unsigned i = 0; i < 3 + 256; i++) {
		int n = i < 3 ? snprintf(path, sizeof path, "%s%s", folder, parts[i]) : snprintf(path, sizeof path, "%s/blobs/public/%02x", folder, i - 3);
		if (n >= (int)sizeof path || chmod(path, S_IRWXU | S_IXGRP) != 0)
			return blob_fail(cx, "opening the public blobs to the group");
	}
	return OK;
}

void blobs_close(struct blobs **blobs)
{
	if (!blobs || !*blobs)
		return;
	close_fd(&(*blobs)->public_fd);
	close_fd(&(*blobs)->personal_fd);
	close_fd(&(*blobs)->tmp_fd);
	free(*blobs);
	*blobs = NULL;
}

/* --- rows whose files go --- */

struct clearing {
	const struct stmt *which;
	unsigned found;
	bool too_early;
};

/* The file first: a row that outlives it is cleared away next time, a file that outlives its row would be nobody's.  But not in the
 * group that marked it: when that is not committed (a kill, a full disk) the row stands as before, and needs its file. */
static enum err clear_batch(struct ctx *cx, void *argument)
{
	struct clearing *c = argument;
	c->found = 0;
	c->too_early = writer_here(cx) && cx->blobs->marked_in == writer_group(cx) + 1;
	if (c->too_early)
		return OK;
	struct { char name[BLOB_NAME_BYTES]; bool personal; } doomed[BATCH];
	unsigned n = 0;
	{
		AUTO(rows_close) struct rows *rows = NULL;
		TRY(db_query_(cx, c->which, &rows, VALS(I64(BATCH))));
		for (; rows_next(rows); n++) {
			snprintf(doomed[n].name, sizeof doomed[n].name, STR_FMT, STR_ARG(rows_text(rows, 0)));
			doomed[n].personal = str_eq(rows_text(rows, 1), STR("personal"));
		}
		TRY(rows_status(rows));
	}
	for (unsigned i = 0; i < n; i++) {
		char path[BLOB_PATH_BYTES];
		blob_path(doomed[i].name, path);
		int folder = doomed[i].personal ? cx->blobs->personal_fd : cx->blobs->public_fd;
		if (fault_hit(cx) || (unlinkat(folder, path, 0) != 0 && errno != ENOENT))
			return blob_fail(cx, "removing a blob");
		TRY(db_run(cx, SQL_blob_delete, TEXT(str_of(doomed[i].name))));
	}
	c->found = n;
	return OK;
}

static enum err clear_rows(struct ctx *cx, const struct stmt *which, int64_t *removed)
{
	struct clearing c = { .which = which, .found = BATCH };
	for (int early = 0; c.found == BATCH || c.too_early; early += c.too_early) {
		if (early == GROUPS_MAX)
			return fail(cx, E_BUSY, "files are removed all the time; they are erased later");
		TRY(blob_run_write(cx, clear_batch, &c));
		*removed += c.found;
	}
	return OK;
}

enum err blobs_erase(struct ctx *cx, const struct job *)
{
	int64_t removed = 0;
	return clear_rows(cx, &SQL_blob_removed, &removed);
}

/* --- files without rows --- */

static void close_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

/* In memory of its own: there may be millions. */
static enum err look_up(struct ctx *cx, struct str name, bool *known)
{
	const struct arena outer = cx->mem;
	cx->mem = arena_new_capped(ARENA_REQUEST_BYTES);
	struct rows *rows = NULL;
	enum err outcome = db_query(cx, SQL_blob_state, &rows, TEXT(name));
	if (outcome == OK) {
		*known = rows_next(rows);
		outcome = rows_status(rows);
		rows_close(&rows);
	}
	arena_free(&cx->mem);
	cx->mem = outer;
	return outcome;
}

/* Held by a lock until it is closed: nobody's, and nobody makes it theirs meanwhile.  One that we cannot open or lock is not lost: it is
 * left, and does not keep the others. */
static enum err take_lost(struct ctx *cx, int folder, const char *name, int *out, bool *lost)
{
	bool known = true;
	AUTO(close_fd) int fd = openat(folder, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	*lost = fd >= 0 ? flock(fd, LOCK_EX | LOCK_NB) == 0 : errno == ENOENT || errno == ELOOP;
	if (!*lost)
		return OK;
	/* Again: its row may have come before the lock was let go. */
	TRY(look_up(cx, str_of(name), &known));
	*lost = !known;
	*out = fd;
	fd = -1;
	return OK;
}

/* `all`: every file goes, known or not (blobs/tmp). */
static enum err clear_folder(struct ctx *cx, int parent, const char *folder, bool all, int64_t *removed)
{
	int fd = openat(parent, folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO(close_dir) DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
	if (!dir) {
		close_fd(&fd);
		return blob_fail(cx, "looking for lost blobs");
	}
	for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir)) {
		const struct str name = str_of(entry->d_name);
		bool known = false;
		if (entry->d_name[0] == '.')
			continue;
		if (!all && blob_name_valid(name))
			TRY(look_up(cx, name, &known));
		AUTO(close_fd) int held = -1;
		bool lost = true;
		if (!known && !all)
			TRY(take_lost(cx, dirfd(dir), entry->d_name, &held, &lost));
		if (known || !lost)
			continue;
		if (unlinkat(dirfd(dir), entry->d_name, 0) != 0 && errno != ENOENT)
			return blob_fail(cx, "removing a lost blob");
		++*removed;
	}
	return OK;
}

enum err blobs_sweep(struct ctx *cx, int64_t *removed)
{
	int64_t count = 0;
	TRY(clear_rows(cx, &SQL_blob_unfinished, &count));
	TRY(clear_folder(cx, cx->blobs->tmp_fd, ".", true, &count));
	*removed = count;
	return OK;
}

enum err blobs_sweep_files(struct ctx *cx, const struct job *)
{
	int64_t removed = 0;
	char shard[3];
	for (unsigned i = 0; i < 256; i++) {
		snprintf(shard, sizeof shard, "%02x", i);
		TRY(clear_folder(cx, cx->blobs->public_fd, shard, false, &removed));
		TRY(clear_folder(cx, cx->blobs->personal_fd, shard, false, &removed));
	}
	return OK;
}

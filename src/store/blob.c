#include "store/blob.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keys/keys.h"
#include "store/blob.sql.h"
#include "store/blob_folder.h"
#include "store/job.h"
#include "store/writer.h"

bool blob_name_valid(struct str name)
{
	unsigned char bytes[(BLOB_NAME_BYTES - 1) / 2];
	return hex_decode(name, bytes, sizeof bytes);
}

void blob_path(const char *name, char out[BLOB_PATH_BYTES])
{
	snprintf(out, BLOB_PATH_BYTES, "%.2s/%s", name, name);
}

static void hex_name(const unsigned char *bytes, char out[BLOB_NAME_BYTES])
{
	for (size_t i = 0; i < (BLOB_NAME_BYTES - 1) / 2; i++)
		snprintf(out + 2 * i, 3, "%02x", bytes[i]);
}

void blob_random_name(char out[BLOB_NAME_BYTES])
{
	unsigned char bytes[(BLOB_NAME_BYTES - 1) / 2];
	random_bytes(bytes, sizeof bytes);
	hex_name(bytes, out);
}

enum err blob_fail(struct ctx *cx, const char *what)
{
	return fail_errno(cx, errno, what);
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

enum err blob_sync_folder(struct ctx *cx, int folder, const char *name)
{
	char shard[3] = { name[0], name[1], 0 };
	AUTO(close_fd) int fd = openat(folder, shard, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fault_hit(cx) || fd < 0 || fsync(fd) != 0)
		return blob_fail(cx, "making a blob's name durable");
	return OK;
}

enum err blob_run_write(struct ctx *cx, enum err (*work)(struct ctx *, void *), void *argument)
{
	return cx->writer ? writer_run_here(cx, work, argument) : work(cx, argument);
}

/* --- tmp --- */

enum err blob_tmp(struct ctx *cx, int *fd, char name[BLOB_NAME_BYTES])
{
	char made[BLOB_NAME_BYTES];
	blob_random_name(made);
	int opened = fault_hit(cx) ? (errno = EIO, -1)
				   : openat(cx->blobs->tmp_fd, made, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
	if (opened < 0)
		return blob_fail(cx, "making a temporary file");
	memcpy(name, made, sizeof made);
	*fd = opened;
	return OK;
}

void blob_tmp_drop(struct ctx *cx, const char *name)
{
	unlinkat(cx->blobs->tmp_fd, name, 0);
}

/* --- public --- */

struct publishing {
	const char *hash, *content_type;
	int64_t bytes;
	bool ready;
};

static enum err put_pending(struct ctx *cx, void *argument)
{
	struct publishing *p = argument;
	TRY(db_run(cx, SQL_blob_pending, TEXT(str_of(p->hash)), I64(p->bytes), TEXT(str_of(p->content_type)), I64(cx->now_us)));
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_blob_state, &rows, TEXT(str_of(p->hash))));
	p->ready = rows_next(rows) && str_eq(rows_text(rows, 0), STR("ready"));
	return rows_status(rows);
}

static enum err move_into_place(struct ctx *cx, int fd, const char *tmp_name, const char *hash)
{
	char path[BLOB_PATH_BYTES];
	blob_path(hash, path);
	/* What it holds is public; who gets as far as its folder is another matter (blob_sweep.c). */
	if (fault_hit(cx) || fchmod(fd, S_IRUSR | S_IWUSR | S_IRGRP) != 0 || fsync(fd) != 0)
		return blob_fail(cx, "making a blob durable");
	if (fault_hit(cx) || renameat(cx->blobs->tmp_fd, tmp_name, cx->blobs->public_fd, path) != 0)
		return blob_fail(cx, "naming a blob");
	return blob_sync_folder(cx, cx->blobs->public_fd, hash);
}

enum err blob_publish(struct ctx *cx, int fd, const char *tmp_name, const char *content_type, char hash[BLOB_NAME_BYTES])
{
	unsigned char digest[SHA256_BYTES];
	char name[BLOB_NAME_BYTES];
	struct publishing p = { .hash = name, .content_type = content_type };
	/* Only a hint: the disk writes while the bytes are hashed, and the fsync that counts has less to do. */
	(void)sync_file_range(fd, 0, 0, SYNC_FILE_RANGE_WRITE);
	TRY(sha256_file(cx, fd, digest, &p.bytes));
	hex_name(digest, name);
	TRY(blob_run_write(cx, put_pending, &p));
	if (p.ready)
		blob_tmp_drop(cx, tmp_name);
	else
		TRY(move_into_place(cx, fd, tmp_name, name));
	memcpy(hash, name, sizeof name);
	return OK;
}

enum err blob_public_keep(struct ctx *cx, struct str hash)
{
	assert(writer_here(cx));
	TRY(db_run(cx, SQL_blob_keep, TEXT(hash)));
	return db_changes(cx, PERSONAL_DB) ? OK : fail(cx, E_NOTFOUND, "the file was taken away");
}

enum err blob_public_open(struct ctx *cx, struct str hash, int *fd, int64_t *bytes)
{
	char name[BLOB_NAME_BYTES] = { 0 }, path[BLOB_PATH_BYTES];
	struct stat info;
	if (!blob_name_valid(hash))
		return fail(cx, E_NOTFOUND, "there is no such file");
	memcpy(name, hash.p, BLOB_NAME_BYTES - 1);
	blob_path(name, path);
	int opened = openat(cx->blobs->public_fd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (opened < 0 && errno == ENOENT)
		return fail(cx, E_NOTFOUND, "there is no such file");
	if (opened < 0 || fstat(opened, &info) != 0) {
		enum err e = blob_fail(cx, "opening a blob");
		close_fd(&opened);
		return e;
	}
	*fd = opened;
	*bytes = info.st_size;
	return OK;
}

/* --- taking away --- */

struct removing {
	struct str name;
	const char *kind;
};

/* Until this group is committed the row may come back: see clear_batch(). */
static void note_marked(struct ctx *cx)
{
	if (writer_here(cx))
		cx->blobs->marked_in = writer_group(cx) + 1;
}

static enum err mark_removed(struct ctx *cx, void *argument)
{
	const struct removing *r = argument;
	TRY(db_run(cx, SQL_blob_remove, TEXT(r->name), TEXT(str_of(r->kind))));
	if (db_changes(cx, PERSONAL_DB) == 0)
		return fail(cx, E_NOTFOUND, "there is no such file");
	note_marked(cx);
	return job_add(cx, BLOB_ERASE_JOB, 0, cx->now_us);
}

enum err blob_remove_row(struct ctx *cx, struct str name, const char *kind)
{
	struct removing r = { .name = name, .kind = kind };
	return blob_run_write(cx, mark_removed, &r);
}

enum err blob_public_remove(struct ctx *cx, struct str hash)
{
	return blob_remove_row(cx, hash, "public");
}

static enum err discard_pending(struct ctx *cx, void *argument)
{
	const struct str *hash = argument;
	TRY(db_run(cx, SQL_blob_discard, TEXT(*hash)));
	note_marked(cx);
	return db_changes(cx, PERSONAL_DB) ? job_add(cx, BLOB_ERASE_JOB, 0, cx->now_us) : OK;
}

void blob_public_discard(struct ctx *cx, struct str hash)
{
	struct failure why = cx->failure;
	if (blob_run_write(cx, discard_pending, &hash) != OK)
		cx->failure = why;             /* blobs_sweep() finds it */
}

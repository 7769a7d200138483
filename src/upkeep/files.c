#include "upkeep/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zstd.h>

#define PIECE_BYTES ((size_t)256 << 10)
#define LEVEL 3

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static enum err failed(struct ctx *cx, const char *what, const char *path)
{
	enum err code = errno == ENOENT ? E_NOTFOUND : errno == ENOSPC || errno == EDQUOT ? E_FULL : E_IO;
	return fail(cx, code, "%s %.150s: %s", what, path, strerror(errno));
}

/* nettle hashes with the processor's own instructions. */
static void hash_text(struct sha256_ctx *state, char out[HASH_TEXT_BYTES])
{
	unsigned char digest[SHA256_BYTES];
	sha256_digest(state, sizeof digest, digest);
	for (size_t i = 0; i < sizeof digest; i++)
		snprintf(out + 2 * i, 3, "%02x", digest[i]);
}

struct copying {
	struct ctx *cx;
	const char *from, *to;
	int in, out;
	struct sha256_ctx read, wrote;
	int64_t bytes_read, bytes_wrote;
	ZSTD_CCtx *packer;
	ZSTD_DCtx *unpacker;
	unsigned char *piece, *made;
	size_t made_bytes;
};

static void copying_end(struct copying *c)
{
	close_fd(&c->in);
	close_fd(&c->out);
	ZSTD_freeCCtx(c->packer);
	ZSTD_freeDCtx(c->unpacker);
	free(c->piece);
	free(c->made);
}

static enum err put(struct copying *c, const unsigned char *bytes, size_t n, bool count)
{
	for (size_t done = 0; done < n;) {
		ssize_t wrote = fault_hit(c->cx) ? (errno = EIO, -1) : write(c->out, bytes + done, n - done);
		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return failed(c->cx, "writing", c->to);
		done += (size_t)wrote;
	}
	if (count)
		sha256_update(&c->wrote, n, bytes);
	c->bytes_wrote += (int64_t)n;
	return OK;
}

static enum err take(struct copying *c, size_t *n)
{
	ssize_t got;
	do
		got = fault_hit(c->cx) ? (errno = EIO, -1) : read(c->in, c->piece, PIECE_BYTES);
	while (got < 0 && errno == EINTR);
	if (got < 0)
		return failed(c->cx, "reading", c->from);
	sha256_update(&c->read, (size_t)got, c->piece);
	c->bytes_read += got;
	*n = (size_t)got;
	return OK;
}

static enum err pack(struct copying *c, size_t n)
{
	ZSTD_inBuffer in = { c->piece, n, 0 };
	size_t left;
	do {
		ZSTD_outBuffer out = { c->made, c->made_bytes, 0 };
		left = ZSTD_compressStream2(c->packer, &out, &in, n ? ZSTD_e_continue : ZSTD_e_end);
		if (ZSTD_isError(left))
			return fail(c->cx, E_IO, "packing %.150s: %s", c->from, ZSTD_getErrorName(left));
		TRY(put(c, c->made, out.pos, true));
	} while (n ? in.pos < in.size : left > 0);
	return OK;
}

/* `pending`: a frame is begun and not ended. */
static enum err unpack(struct copying *c, size_t n, bool *pending)
{
	ZSTD_inBuffer in = { c->piece, n, 0 };
	while (in.pos < in.size) {
		ZSTD_outBuffer out = { c->made, c->made_bytes, 0 };
		size_t left = ZSTD_decompressStream(c->unpacker, &out, &in);
		if (ZSTD_isError(left))
			return fail(c->cx, E_CORRUPT, "unpacking %.150s: %s", c->from, ZSTD_getErrorName(left));
		*pending = left > 0;
		TRY(put(c, c->made, out.pos, true));
	}
	return OK;
}

static enum err open_both(struct copying *c, enum file_way way, const char *tmp)
{
	c->in = fault_hit(c->cx) ? (errno = EIO, -1) : open(c->from, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (c->in < 0)
		return failed(c->cx, "opening", c->from);
	c->out = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
	if (c->out < 0)
		return fail(c->cx, errno == ENOSPC ? E_FULL : E_IO, "making %.150s: %s", tmp, strerror(errno));
	c->piece = malloc(PIECE_BYTES);
	c->made_bytes = way == FILE_PACK ? ZSTD_CStreamOutSize() : ZSTD_DStreamOutSize();
	c->made = malloc(c->made_bytes);
	c->packer = way == FILE_PACK ? ZSTD_createCCtx() : NULL;
	c->unpacker = way == FILE_UNPACK ? ZSTD_createDCtx() : NULL;
	if (!c->piece || !c->made || (way == FILE_PACK && !c->packer) || (way == FILE_UNPACK && !c->unpacker))
		abort();
	if (c->packer) {
		ZSTD_CCtx_setParameter(c->packer, ZSTD_c_compressionLevel, LEVEL);
		ZSTD_CCtx_setParameter(c->packer, ZSTD_c_checksumFlag, 1);
	}
	sha256_init(&c->read);
	sha256_init(&c->wrote);
	return OK;
}

static enum err all_pieces(struct copying *c, enum file_way way)
{
	bool pending = false;
	for (size_t n = 1; n > 0;) {
		TRY(take(c, &n));
		if (way == FILE_PACK)
			TRY(pack(c, n));
		else if (way == FILE_UNPACK)
			TRY(unpack(c, n, &pending));
		else
			TRY(put(c, c->piece, n, false));
	}
	/* Begins to write it out while the next is read: the sync at the end finds little left.  It is no promise, so no error counts. */
	sync_file_range(c->out, 0, 0, SYNC_FILE_RANGE_WRITE);
	return pending ? fail(c->cx, E_CORRUPT, "%.150s is cut off", c->from) : OK;
}

static void add_up(struct copying *c, enum file_way way, struct sums *out)
{
	hash_text(&c->read, way == FILE_UNPACK ? out->packed_hash : out->hash);
	hash_text(&c->wrote, way == FILE_UNPACK ? out->hash : out->packed_hash);
	out->bytes = way == FILE_UNPACK ? c->bytes_wrote : c->bytes_read;
	out->packed = way == FILE_UNPACK ? c->bytes_read : c->bytes_wrote;
}

/* Before it has its name: who is killed in between must not leave something else under a name that says what it is. */
static enum err compare(const struct copying *c, const struct file_wanted *wanted, const struct sums *sums)
{
	const bool same = !wanted || ((wanted->bytes < 0 || wanted->bytes == sums->bytes) && (!wanted->hash || strcmp(wanted->hash, sums->hash) == 0));
	return same ? OK : fail(c->cx, E_CONFLICT, "%.150s is not what it should be", c->from);
}

static enum err give_name(const struct copying *c, const char *tmp)
{
	return !fault_hit(c->cx) && rename(tmp, c->to) == 0 ? OK : fail(c->cx, E_IO, "naming %.150s: %s", c->to, strerror(errno));
}

enum err file_copy(struct ctx *cx, enum file_way way, const char *from, const char *tmp, const char *to, const struct file_wanted *wanted, struct sums *out)
{
	AUTO(copying_end) struct copying c = { .cx = cx, .from = from, .to = to, .in = -1, .out = -1 };
	struct sums sums = {};
	TRY(open_both(&c, way, tmp));
	enum err e = all_pieces(&c, way);
	if (e == OK) {
		add_up(&c, way, &sums);
		e = compare(&c, wanted, &sums);
	}
	if (e == OK)
		e = give_name(&c, tmp);
	if (e != OK) {
		unlink(tmp);
		return e;
	}
	*out = sums;
	return OK;
}

enum err file_hash(struct ctx *cx, const char *path, int64_t *bytes, char hash[HASH_TEXT_BYTES])
{
	unsigned char digest[SHA256_BYTES];
	AUTO(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return failed(cx, "opening", path);
	TRY(sha256_file(cx, fd, digest, bytes));
	for (size_t i = 0; i < sizeof digest; i++)
		snprintf(hash + 2 * i, 3, "%02x", digest[i]);
	return OK;
}

enum err folder_make(struct ctx *cx, const char *path)
{
	return mkdir(path, S_IRWXU) == 0 || errno == EEXIST ? OK : fail(cx, E_IO, "making the folder %.150s: %s", path, strerror(errno));
}

enum err folder_sync_all(struct ctx *cx, const char *path)
{
	AUTO(close_fd) int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd >= 0 && !fault_hit(cx) && syncfs(fd) == 0 ? OK : failed(cx, "syncing", path);
}

static void close_dir(DIR **dir)
{
	if (*dir)
		closedir(*dir);
}

enum err folder_each(struct ctx *cx, const char *path, folder_entry *entry, void *self)
{
	AUTO(close_dir) DIR *dir = opendir(path);
	if (!dir)
		return failed(cx, "looking into", path);
	for (struct dirent *found = readdir(dir); found; found = readdir(dir))
		if (found->d_name[0] != '.')
			TRY(entry(self, cx, found->d_name));
	return OK;
}

static enum err remove_entry(void *self, struct ctx *cx, const char *name)
{
	const char *path = arena_printf(&cx->mem, "%s/%s", (const char *)self, name).p;
	struct stat info;
	if (lstat(path, &info) == 0 && S_ISDIR(info.st_mode))
		return folder_remove(cx, path);
	return unlink(path) == 0 || errno == ENOENT ? OK : failed(cx, "removing", path);
}

enum err folder_remove(struct ctx *cx, const char *path)
{
	char *copy = arena_text(&cx->mem, str_of(path));
	enum err e = folder_each(cx, path, remove_entry, copy);
	if (e == E_NOTFOUND)
		return OK;
	TRY(e);
	return rmdir(path) == 0 || errno == ENOENT ? OK : failed(cx, "removing", path);
}

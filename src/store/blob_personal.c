/* A personal blob's file is a run of pieces, each
 *     length   4 bytes, big-endian: plain bytes in it, 1 to 65,536
 *     sealed   nonce[24] || sealed[length] || tag[16]; associated: "blob", name, plain offset[8], length[4]
 * Pieces are only ever appended: 65,536 bytes each, and a shorter one where the writer synced.  So what was acknowledged is
 * never written over, and a torn write is a piece that is not whole, at the end. */
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keys/keys.h"
#include "store/blob.sql.h"
#include "store/blob_folder.h"

#define LENGTH_BYTES 4
#define PIECE_OVERHEAD (LENGTH_BYTES + SEAL_OVERHEAD)
#define OPEN_TRIES 10
#define PLACE_BYTES (4 + BLOB_NAME_BYTES - 1 + 8 + LENGTH_BYTES)

struct piece {
	int64_t plain_at, file_at;
	uint32_t length;
};

struct personal_blob {
	struct ctx *cx;
	int fd;
	bool appending, unsynced_name;
	char name[BLOB_NAME_BYTES];
	struct blob_key key;
	struct piece *pieces;
	size_t count, capacity;
	int64_t plain_bytes, file_bytes;       /* of all pieces */
	size_t cached;                         /* index + 1 of the piece in `plain`; 0: none */
	size_t waiting;                        /* appending: bytes in `plain` that are in no piece yet */
	unsigned char plain[BLOB_CHUNK_BYTES];
	unsigned char sealed[BLOB_CHUNK_BYTES + PIECE_OVERHEAD];
};

static void put_be(unsigned char *out, uint64_t number, unsigned bytes)
{
	for (unsigned i = 0; i < bytes; i++)
		out[i] = (unsigned char)(number >> (8 * (bytes - 1 - i)));
}

static struct str piece_place(const struct personal_blob *blob, const struct piece *piece, unsigned char place[PLACE_BYTES])
{
	memcpy(place, "blob", 4);
	memcpy(place + 4, blob->name, BLOB_NAME_BYTES - 1);
	put_be(place + 4 + BLOB_NAME_BYTES - 1, (uint64_t)piece->plain_at, 8);
	put_be(place + 4 + BLOB_NAME_BYTES - 1 + 8, piece->length, LENGTH_BYTES);
	return (struct str){ .p = (const char *)place, .n = PLACE_BYTES };
}

/* --- rows --- */

enum err personal_blob_remove(struct ctx *cx, const char *name)
{
	return blob_remove_row(cx, str_of(name), "personal");
}

/* --- opening --- */

static void add_piece(struct personal_blob *blob, uint32_t length)
{
	if (blob->count == blob->capacity) {
		blob->capacity = blob->capacity ? 2 * blob->capacity : 64;
		blob->pieces = reallocarray(blob->pieces, blob->capacity, sizeof *blob->pieces);
		if (!blob->pieces)
			abort();
	}
	blob->pieces[blob->count++] = (struct piece){ .plain_at = blob->plain_bytes, .file_at = blob->file_bytes, .length = length };
	blob->plain_bytes += length;
	blob->file_bytes += (int64_t)length + PIECE_OVERHEAD;
}

/* Lengths are not secret, and a changed one shows when its piece is read. */
static enum err find_pieces(struct personal_blob *blob, int64_t file_bytes)
{
	while (file_bytes - blob->file_bytes > PIECE_OVERHEAD) {
		unsigned char bytes[LENGTH_BYTES];
		if (fault_hit(blob->cx) || pread(blob->fd, bytes, sizeof bytes, blob->file_bytes) != sizeof bytes)
			return blob_fail(blob->cx, "opening a personal blob");
		uint32_t length = (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
		if (length == 0 || length > BLOB_CHUNK_BYTES || blob->file_bytes + length + PIECE_OVERHEAD > file_bytes)
			return OK;             /* torn: nothing behind was acknowledged */
		add_piece(blob, length);
	}
	return OK;
}

static void close_fd(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* A file system without such locks does without. */
static bool hold(int fd)
{
	return flock(fd, LOCK_SH) == 0 || errno == ENOLCK || errno == ENOSYS || errno == EOPNOTSUPP;
}

/* One that is written is held by a lock, for blobs_sweep_files() to see, in whatever process: it may have no row yet.  The sweep
 * may have come between the name and the lock; then the file is gone, and the name is given again. */
static enum err open_held(struct ctx *cx, const char *path, int flags, int *out, struct stat *info)
{
	for (unsigned i = 0; i < OPEN_TRIES; i++) {
		AUTO(close_fd) int fd = fault_hit(cx) ? (errno = EIO, -1)
					      : openat(cx->blobs->personal_fd, path, flags | O_CLOEXEC | O_NOFOLLOW, S_IRUSR | S_IWUSR);
		if (fd < 0 && errno == ENOENT)
			return fail(cx, E_NOTFOUND, "there is no such file");
		if (fd < 0 || (flags & O_CREAT && !hold(fd)) || fstat(fd, info) != 0)
			return blob_fail(cx, "opening a personal blob");
		if (flags & O_CREAT && info->st_nlink == 0)
			continue;
		*out = fd;
		fd = -1;
		return OK;
	}
	return fail(cx, E_IO, "a personal blob is taken away each time that it is made");
}

static enum err open_file(struct ctx *cx, const char *name, const struct blob_key *key, int flags, struct personal_blob **out)
{
	char path[BLOB_PATH_BYTES];
	struct stat info;
	if (!blob_name_valid(str_of(name)))
		return fail(cx, E_NOTFOUND, "there is no such file");
	AUTO(personal_blob_close) struct personal_blob *blob = calloc(1, sizeof *blob);
	if (!blob)
		abort();
	blob->cx = cx;
	blob->fd = -1;
	blob->key = *key;
	memcpy(blob->name, name, sizeof blob->name);
	blob_path(name, path);
	TRY(open_held(cx, path, flags, &blob->fd, &info));
	TRY(find_pieces(blob, info.st_size));
	blob->unsynced_name = info.st_size == 0;
	*out = blob;
	blob = NULL;
	return OK;
}

enum err personal_blob_read(struct ctx *cx, const char *name, const struct blob_key *key, struct personal_blob **out)
{
	return open_file(cx, name, key, O_RDONLY, out);
}

/* --- reading --- */

static enum err open_piece(struct personal_blob *blob, size_t index)
{
	const struct piece *piece = &blob->pieces[index];
	unsigned char place[PLACE_BYTES];
	size_t n = piece->length + (size_t)SEAL_OVERHEAD;
	assert(blob->waiting == 0);            /* `plain` is free */
	if (blob->cached == index + 1)
		return OK;
	blob->cached = 0;
	if (fault_hit(blob->cx) || pread(blob->fd, blob->sealed, n, piece->file_at + LENGTH_BYTES) != (ssize_t)n)
		return blob_fail(blob->cx, "reading a personal blob");
	if (!unseal_bytes(blob->key.bytes, piece_place(blob, piece, place), (struct str){ .p = (const char *)blob->sealed, .n = n },
		    blob->plain))
		return fail(blob->cx, E_CORRUPT, "a personal blob does not open: damaged, or another key's");
	blob->cached = index + 1;
	return OK;
}

/* The piece that holds the offset, which lies before the end. */
static size_t piece_with(const struct personal_blob *blob, int64_t offset)
{
	size_t low = 0, high = blob->count;
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;
		if (blob->pieces[middle].plain_at <= offset)
			low = middle;
		else
			high = middle;
	}
	return low;
}

enum err personal_blob_read_at(struct personal_blob *blob, int64_t offset, void *out, size_t n, size_t *got)
{
	size_t done = 0;
	assert(!blob->appending && offset >= 0);
	while (done < n && offset < blob->plain_bytes) {
		size_t index = piece_with(blob, offset);
		const struct piece *piece = &blob->pieces[index];
		TRY(open_piece(blob, index));
		size_t from = (size_t)(offset - piece->plain_at), some = piece->length - from;
		if (some > n - done)
			some = n - done;
		memcpy((char *)out + done, blob->plain + from, some);
		done += some;
		offset += (int64_t)some;
	}
	*got = done;
	return OK;
}

int64_t personal_blob_length(const struct personal_blob *blob)
{
	return blob->plain_bytes + (int64_t)blob->waiting;
}

/* --- appending --- */

/* Cuts the file to `length` plain bytes.  Where that is inside a piece, which no sync ended there, its beginning is kept to be
 * written again. */
static enum err cut_to(struct personal_blob *blob, int64_t length)
{
	size_t keep = 0;
	if (length > blob->plain_bytes)
		return fail(blob->cx, E_CORRUPT, "a personal blob is shorter than what was acknowledged");
	if (length < blob->plain_bytes) {
		size_t index = piece_with(blob, length);
		keep = (size_t)(length - blob->pieces[index].plain_at);
		if (keep)
			TRY(open_piece(blob, index));
		blob->count = index;
		blob->plain_bytes = blob->pieces[index].plain_at;
		blob->file_bytes = blob->pieces[index].file_at;
	}
	if (fault_hit(blob->cx) || ftruncate(blob->fd, blob->file_bytes) != 0)
		return blob_fail(blob->cx, "cutting a personal blob");
	blob->cached = 0;
	blob->waiting = keep;
	return OK;
}

enum err personal_blob_append(struct ctx *cx, const char *name, const struct blob_key *key, int64_t length, struct personal_blob **out)
{
	AUTO(personal_blob_close) struct personal_blob *blob = NULL;
	TRY(open_file(cx, name, key, O_RDWR | O_CREAT, &blob));
	TRY(cut_to(blob, length));
	blob->appending = true;
	*out = blob;
	blob = NULL;
	return OK;
}

static enum err write_all(struct personal_blob *blob, const unsigned char *bytes, size_t n, int64_t at)
{
	for (size_t done = 0; done < n;) {
		ssize_t wrote = fault_hit(blob->cx) ? (errno = EIO, -1) : pwrite(blob->fd, bytes + done, n - done, at + (int64_t)done);
		if (wrote < 0 && errno == EINTR)
			continue;
		if (wrote < 0)
			return blob_fail(blob->cx, "writing a personal blob");
		done += (size_t)wrote;
	}
	return OK;
}

/* What waits becomes a piece; after a failure it still waits, and the next try writes the same place. */
static enum err end_piece(struct personal_blob *blob)
{
	unsigned char place[PLACE_BYTES];
	struct piece piece = { .plain_at = blob->plain_bytes, .file_at = blob->file_bytes, .length = (uint32_t)blob->waiting };
	if (blob->waiting == 0)
		return OK;
	put_be(blob->sealed, piece.length, LENGTH_BYTES);
	seal_bytes(blob->key.bytes, piece_place(blob, &piece, place), blob->plain, piece.length, blob->sealed + LENGTH_BYTES);
	TRY(write_all(blob, blob->sealed, piece.length + (size_t)PIECE_OVERHEAD, piece.file_at));
	add_piece(blob, piece.length);
	blob->waiting = 0;
	return OK;
}

enum err personal_blob_write(struct personal_blob *blob, const void *bytes, size_t n)
{
	assert(blob->appending);
	for (size_t done = 0; done < n;) {
		size_t some = BLOB_CHUNK_BYTES - blob->waiting;
		if (some > n - done)
			some = n - done;
		memcpy(blob->plain + blob->waiting, (const char *)bytes + done, some);
		blob->waiting += some;
		done += some;
		if (blob->waiting == BLOB_CHUNK_BYTES)
			TRY(end_piece(blob));
	}
	return OK;
}

enum err personal_blob_sync(struct personal_blob *blob)
{
	assert(blob->appending);
	TRY(end_piece(blob));
	if (fault_hit(blob->cx) || fsync(blob->fd) != 0)
		return blob_fail(blob->cx, "making a personal blob durable");
	if (blob->unsynced_name)
		TRY(blob_sync_folder(blob->cx, blob->cx->blobs->personal_fd, blob->name));
	blob->unsynced_name = false;
	return OK;
}

void personal_blob_close(struct personal_blob **blob)
{
	if (!blob || !*blob)
		return;
	if ((*blob)->appending) {
		struct failure before = (*blob)->cx->failure;
		if (end_piece(*blob) != OK)
			(*blob)->cx->failure = before; /* was not synced, hence not promised */
	}
	if ((*blob)->fd >= 0)
		close((*blob)->fd);
	free((*blob)->pieces);
	explicit_bzero(*blob, sizeof **blob);
	free(*blob);
	*blob = NULL;
}

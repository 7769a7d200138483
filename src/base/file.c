#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void close_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static enum err failed(struct ctx *cx, const char *what, const char *path)
{
	enum err code = errno == ENOENT ? E_NOTFOUND : errno == ENOSPC || errno == EDQUOT ? E_FULL : E_IO;
	return fail(cx, code, "%s %.150s: %s", what, path, strerror(errno));
}

/* A fault is the machine's. */
static bool fault(const struct ctx *cx)
{
	const bool hit = fault_hit(cx);
	if (hit)
		errno = EIO;
	return hit;
}

enum err file_read(struct ctx *cx, const char *path, struct buf *out)
{
	char piece[16 * 1024];
	AUTO(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return failed(cx, "opening", path);
	for (ssize_t n = 1; n > 0;) {
		n = read(fd, piece, sizeof piece);
		if (n < 0 && errno != EINTR)
			return failed(cx, "reading", path);
		if (n > 0)
			buf_bytes(out, piece, (size_t)n);
		n = n < 0 ? 1 : n;
	}
	return out->failed ? fail(cx, E_TOOLARGE, "%.150s is too large", path) : OK;
}

static enum err write_synced(struct ctx *cx, const char *tmp, struct str bytes)
{
	AUTO(close_fd) int fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
	if (fd < 0)
		return failed(cx, "making", tmp);
	for (size_t done = 0; done < bytes.n;) {
		ssize_t wrote = fault(cx) ? -1 : write(fd, bytes.p + done, bytes.n - done);
		if (wrote < 0 && errno != EINTR)
			return failed(cx, "writing", tmp);
		done += wrote > 0 ? (size_t)wrote : 0;
	}
	return fault(cx) || fsync(fd) != 0 ? failed(cx, "syncing", tmp) : OK;
}

const char *file_folder(struct ctx *cx, const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? arena_text(&cx->mem, (struct str){ path, (size_t)(slash - path) + 1 }) : ".";
}

enum err file_write(struct ctx *cx, const char *path, struct str bytes)
{
	struct str tmp = arena_printf(&cx->mem, "%s.new", path);
	TRY(write_synced(cx, tmp.p, bytes));
	if (fault(cx) || rename(tmp.p, path) != 0)
		return failed(cx, "naming", path);
	AUTO(close_fd) int fd = open(file_folder(cx, path), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd >= 0 && fsync(fd) == 0 ? OK : failed(cx, "syncing", path);
}

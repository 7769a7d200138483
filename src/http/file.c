/* A file's bytes, or a part of them, as an answer.
 *
 * The library's sendfile hands over 128 KiB a call, whatever the socket would take.  A longer part is mapped, and leaves with as
 * much in a call as the socket takes (docs/decisions/http-server.md has the figures).  Only the kernel reads the mapping, inside
 * its send: a file that is cut short or a disk that fails ends one connection with EFAULT, and no signal comes of it.
 *
 * Under TLS of our own this process would read the mapping, and die of that signal: there the file is read, a record's worth at a time. */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "http/wire.h"

#define SENDFILE_CALL_BYTES ((int64_t)128 << 10)
#define RECORD_BYTES ((size_t)16 << 10)        /* RFC 8446 section 5.1 */

struct mapping {
	void *start;
	size_t bytes;
};

static void mapping_free(void *mapping)
{
	struct mapping *m = mapping;
	munmap(m->start, m->bytes);
	free(m);
}

/* NULL where there is no mapping to be had. */
static struct MHD_Response *from_mapping(int fd, int64_t first, int64_t bytes)
{
	const int64_t before = first % sysconf(_SC_PAGESIZE);
	struct mapping *m = malloc(sizeof *m);
	if (!m)
		return NULL;
	m->bytes = (size_t)(before + bytes);
	m->start = mmap(NULL, m->bytes, PROT_READ, MAP_SHARED, fd, first - before);
	if (m->start == MAP_FAILED) {
		free(m);
		return NULL;
	}
	struct MHD_Response *out = MHD_create_response_from_buffer_with_free_callback_cls((size_t)bytes, (char *)m->start + before, mapping_free, m);
	if (!out)
		mapping_free(m);
	return out;
}

struct reading {
	int fd;
	int64_t first;
};

static void reading_free(void *argument)
{
	struct reading *reading = argument;
	close(reading->fd);
	free(reading);
}

static ssize_t read_on(void *argument, uint64_t at, char *out, size_t max)
{
	const struct reading *reading = argument;
	ssize_t n = pread(reading->fd, out, max, reading->first + (int64_t)at);
	return n > 0 ? n : MHD_CONTENT_READER_END_WITH_ERROR;     /* nothing more, and more was promised */
}

static struct MHD_Response *from_reading(int fd, int64_t first, int64_t bytes)
{
	struct reading *reading = malloc(sizeof *reading);
	if (!reading)
		return NULL;
	*reading = (struct reading){ .fd = fd, .first = first };
	struct MHD_Response *out = MHD_create_response_from_callback((uint64_t)bytes, RECORD_BYTES, read_on, reading, reading_free);
	if (!out)
		free(reading);
	return out;
}

struct MHD_Response *file_response(int fd, int64_t first, int64_t bytes, bool tls)
{
	if (tls)
		return from_reading(fd, first, bytes);
	struct MHD_Response *out = bytes > SENDFILE_CALL_BYTES ? from_mapping(fd, first, bytes) : NULL;
	if (!out)
		return MHD_create_response_from_fd_at_offset64((uint64_t)bytes, fd, (uint64_t)first);
	close(fd);
	return out;
}

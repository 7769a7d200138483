#include "output.h"

#include <errno.h>
#include <libavutil/error.h>
#include <libavutil/mem.h>
#include <unistd.h>

#define IO_BUFFER_BYTES (256 << 10)

bool output_empty(int fd)
{
	return ftruncate(fd, 0) == 0;
}

uint64_t output_bytes(int fd)
{
	off_t end = lseek(fd, 0, SEEK_END);
	return end > 0 ? (uint64_t)end : 0;
}

static int write_at(int fd, const unsigned char *bytes, int n, int64_t offset)
{
	for (int done = 0; done < n;) {
		ssize_t count = pwrite(fd, bytes + done, (size_t)(n - done), offset + done);
		if (count < 0 && errno == EINTR)
			continue;
		if (count < 0)
			return AVERROR(errno);
		done += (int)count;
	}
	return n;
}

int output_put(int fd, const unsigned char *bytes, int n)
{
	int written = write_at(fd, bytes, n, 0);
	return written < 0 ? written : 0;
}

static int io_write(void *opaque, uint8_t *bytes, int n)
{
	struct output *output = opaque;
	int written = write_at(output->fd, bytes, n, output->at);
	if (written > 0)
		output->at += written;
	return written;
}

static int io_read(void *opaque, uint8_t *out, int n)
{
	struct output *output = opaque;
	ssize_t count = pread(output->fd, out, (size_t)n, output->at);
	if (count < 0)
		return AVERROR(errno);
	output->at += count;
	return count > 0 ? (int)count : AVERROR_EOF;
}

static int64_t io_seek(void *opaque, int64_t offset, int whence)
{
	struct output *output = opaque;
	if ((whence & AVSEEK_SIZE) != 0)
		return lseek(output->fd, 0, SEEK_END);
	int64_t base = whence == SEEK_CUR ? output->at : whence == SEEK_END ? lseek(output->fd, 0, SEEK_END) : 0;
	if (base + offset < 0)
		return AVERROR(EINVAL);
	output->at = base + offset;
	return output->at;
}

AVIOContext *output_io(int fd, bool write)
{
	unsigned char *buffer = av_malloc(IO_BUFFER_BYTES);
	struct output *output = av_mallocz(sizeof *output);
	AVIOContext *io = NULL;
	if (buffer != NULL && output != NULL) {
		output->fd = fd;
		io = avio_alloc_context(buffer, IO_BUFFER_BYTES, write, output, io_read, io_write, io_seek);
	}
	if (io == NULL) {
		av_free(buffer);
		av_free(output);
	}
	return io;
}

void output_io_free(AVIOContext **io)
{
	if (*io == NULL)
		return;
	av_freep(&(*io)->opaque);
	av_freep(&(*io)->buffer);
	avio_context_free(io);
}

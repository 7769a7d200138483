#include "input.h"

#include <errno.h>
#include <libavutil/error.h>
#include <libavutil/mem.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "media/protocol.h"

#define IO_BUFFER_BYTES (64 << 10)

void input_init(struct input *input, int64_t bytes)
{
	*input = (struct input){ .fd = -1, .bytes = bytes, .last = -1, .ahead = -1 };
	for (int i = 0; i < INPUT_BLOCKS; i++)
		input->blocks[i].number = -1;
}

void input_init_file(struct input *input, int fd, int64_t bytes)
{
	input_init(input, bytes);
	input->fd = fd;
}

void input_free(struct input *input)
{
	for (int i = 0; i < INPUT_BLOCKS; i++)
		av_freep(&input->blocks[i].data);
}

static bool receive(void *out, size_t n)
{
	return recv(WORKER_FD_INPUT, out, n, MSG_WAITALL) == (ssize_t)n;
}

static int ask(int64_t number)
{
	struct worker_read request = { .offset = number * WORKER_READ_MAX, .bytes = WORKER_READ_MAX };
	return send(WORKER_FD_INPUT, &request, sizeof request, MSG_NOSIGNAL) == (ssize_t)sizeof request ? 0 : AVERROR(EPIPE);
}

/* NULL: not here.  Else the one that was looked at longest ago, in `oldest`. */
static struct input_block *find(struct input *input, int64_t number, struct input_block **oldest)
{
	*oldest = &input->blocks[0];
	for (int i = 0; i < INPUT_BLOCKS; i++) {
		struct input_block *block = &input->blocks[i];
		if (block->number == number)
			return block;
		if (block->used < (*oldest)->used)
			*oldest = block;
	}
	return NULL;
}

/* The answer to what was asked. */
static int receive_block(const struct input *input, int64_t number, struct input_block *block)
{
	uint32_t count = 0;
	if (!receive(&count, sizeof count) || count > WORKER_READ_MAX || (count > 0 && !receive(block->data, count)))
		return AVERROR(EPIPE);
	if (input->bytes - number * WORKER_READ_MAX < count)
		return AVERROR(EPIPE);
	block->bytes = count;
	return 0;
}

static int read_back(const struct input *input, int64_t number, struct input_block *block)
{
	ssize_t count = pread(input->fd, block->data, WORKER_READ_MAX, number * WORKER_READ_MAX);
	if (count < 0)
		return AVERROR(errno);
	block->bytes = (uint32_t)count;
	return 0;
}

static int take(struct input *input, int64_t number, struct input_block **out)
{
	struct input_block *block = NULL;
	(void)find(input, number, &block);
	block->number = -1;
	if (block->data == NULL)
		block->data = av_malloc(WORKER_READ_MAX);
	if (block->data == NULL)
		return AVERROR(ENOMEM);
	int failed = input->fd >= 0 ? read_back(input, number, block) : receive_block(input, number, block);
	if (failed < 0)
		return failed;
	block->number = number;
	block->used = ++input->clock;
	*out = block;
	return 0;
}

/* Where blocks are read in order the next one is asked for at once: the server deciphers it while this one is worked on. */
static int ask_ahead(struct input *input, int64_t number)
{
	struct input_block *oldest = NULL;
	const bool in_order = number == input->last + 1;
	input->last = number;
	if (!in_order || (number + 1) * WORKER_READ_MAX >= input->bytes || find(input, number + 1, &oldest) != NULL)
		return 0;
	input->ahead = number + 1;
	return ask(input->ahead);
}

static int fetch(struct input *input, int64_t number, struct input_block **out)
{
	int failed = 0;
	const int64_t ahead = input->ahead;
	if (input->fd >= 0)
		return take(input, number, out);
	input->ahead = -1;
	if (ahead >= 0 && ahead != number)
		failed = take(input, ahead, out);
	if (failed == 0 && ahead != number)
		failed = ask(number);
	if (failed == 0)
		failed = take(input, number, out);
	return failed == 0 ? ask_ahead(input, number) : failed;
}

static int find_block(struct input *input, int64_t number, struct input_block **out)
{
	struct input_block *oldest = NULL;
	*out = find(input, number, &oldest);
	return *out != NULL ? 0 : fetch(input, number, out);
}

int input_read(struct input *input, int64_t offset, unsigned char *out, int n)
{
	if (offset < 0 || offset >= input->bytes || n <= 0)
		return 0;
	struct input_block *block = NULL;
	int failed = find_block(input, offset / WORKER_READ_MAX, &block);
	if (failed < 0)
		return failed;
	block->used = ++input->clock;
	uint32_t from = (uint32_t)(offset % WORKER_READ_MAX);
	if (from >= block->bytes)
		return 0;
	uint32_t count = block->bytes - from < (uint32_t)n ? block->bytes - from : (uint32_t)n;
	memcpy(out, block->data + from, count);
	return (int)count;
}

static int io_read(void *opaque, uint8_t *out, int n)
{
	struct input *input = opaque;
	int got = input_read(input, input->at, out, n);
	if (got > 0)
		input->at += got;
	return got != 0 ? got : AVERROR_EOF;
}

static int64_t io_seek(void *opaque, int64_t offset, int whence)
{
	struct input *input = opaque;
	int64_t base = 0, to;
	switch (whence & ~AVSEEK_FORCE) {
	case AVSEEK_SIZE:
		return input->bytes;
	case SEEK_CUR:
		base = input->at;
		break;
	case SEEK_END:
		base = input->bytes;
		break;
	}
	if (__builtin_add_overflow(base, offset, &to) || to < 0)
		return AVERROR(EINVAL);
	input->at = to;
	return to;
}

AVIOContext *input_io(struct input *input)
{
	input->at = 0;
	unsigned char *buffer = av_malloc(IO_BUFFER_BYTES);
	if (buffer == NULL)
		return NULL;
	AVIOContext *io = avio_alloc_context(buffer, IO_BUFFER_BYTES, 0, input, io_read, NULL, io_seek);
	if (io == NULL)
		av_free(buffer);
	return io;
}

void input_io_free(AVIOContext **io)
{
	if (*io == NULL)
		return;
	av_freep(&(*io)->buffer);
	avio_context_free(io);
}

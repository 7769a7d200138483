/* worker/input.h - the upload, as libav reads it: bytes that the server hands over on request. */
#ifndef WORKER_INPUT_H
#define WORKER_INPUT_H
#include <libavformat/avio.h>
#include <stdbool.h>
#include <stdint.h>

#define INPUT_BLOCKS 24

/* The last blocks read stay here: sound and picture of a badly interleaved file lie far apart, and
 * libav seeks between them for every packet. */
struct input_block {
	int64_t number;                 /* offset / WORKER_READ_MAX; -1: none */
	uint64_t used;                  /* the clock's count when it was last looked at */
	uint32_t bytes;
	unsigned char *data;
};
struct input {
	int fd;                         /* -1: the server is asked */
	int64_t bytes, at;
	int64_t last, ahead;            /* numbers of the block fetched last, and of one that is asked for; -1: none */
	uint64_t clock;
	struct input_block blocks[INPUT_BLOCKS];
};

void input_init(struct input *, int64_t bytes);
void input_init_file(struct input *, int fd, int64_t bytes);     /* one of our own outputs, read back */
void input_free(struct input *);
/* At most `n` bytes from `offset`; 0 at the end; a negative libav error when the server is gone. */
int input_read(struct input *, int64_t offset, unsigned char *out, int n);
/* Owned by the caller: input_io_free().  NULL: no memory. */
AVIOContext *input_io(struct input *);
void input_io_free(AVIOContext **);
#endif

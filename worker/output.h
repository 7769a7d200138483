/* worker/output.h - a pre-opened file, as libav writes it and reads it back. */
#ifndef WORKER_OUTPUT_H
#define WORKER_OUTPUT_H
#include <libavformat/avio.h>
#include <stdbool.h>
#include <stdint.h>

/* Each has its own place in the file: the MP4 muxer reads what it wrote while it writes on. */
struct output {
	int fd;
	int64_t at;
};

bool output_empty(int fd);                      /* back to zero bytes, for another attempt */
/* Bytes in the file; 0 when unknown. */
uint64_t output_bytes(int fd);
/* NULL: no memory.  Freed, with its struct output, by output_io_free(), which does not flush. */
AVIOContext *output_io(int fd, bool write);
void output_io_free(AVIOContext **);
/* All of it, from the start of the file; a libav error. */
int output_put(int fd, const unsigned char *bytes, int n);
#endif

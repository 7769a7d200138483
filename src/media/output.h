/* media/output.h - a file that a worker writes into: one that is to be published, or memory. */
#ifndef MEDIA_OUTPUT_H
#define MEDIA_OUTPUT_H
#include "base/ctx.h"
#include "store/blob.h"

struct output {
	struct ctx *cx;
	int fd;
	char tmp[BLOB_NAME_BYTES];             /* in blobs/tmp; "" for memory, and once it has been moved into place */
};
/* E_FULL, E_IO. */
enum err output_open(struct ctx *, bool public, struct output *out);
/* Hashes it and moves it into place; as blob_publish(). */
enum err output_publish(struct ctx *, struct output *, const char *content_type, char hash[BLOB_NAME_BYTES]);
/* For AUTO(), of one that is `{ .fd = -1 }` at least: what was not published is dropped. */
void output_close(struct output *);
#endif

/* worker/jpeg.h - one picture as a JPEG without any metadata, and the best of several for a poster. */
#ifndef WORKER_JPEG_H
#define WORKER_JPEG_H
#include <libavutil/frame.h>
#include <stdbool.h>
#include <stdint.h>

#include "report.h"

struct jpeg {
	uint32_t width, height;
	uint32_t colour;                /* 0xrrggbb, the mean */
	uint64_t bytes;
};
/* Any pixel format that libswscale reads.  Sizes must be even. */
enum media_reason jpeg_write(int fd, const AVFrame *, struct jpeg *out);

/* The first picture that is not dark; where all are, the lightest. */
struct poster {
	AVFrame *best;
	unsigned tries;
	int light;
};
bool poster_wants_more(const struct poster *);
/* `frame` is yuv420p and is copied by reference. */
enum media_reason poster_offer(struct poster *, const AVFrame *frame);
void poster_free(struct poster *);
#endif

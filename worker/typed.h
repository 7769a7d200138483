/* worker/typed.h - a typographic clip, or a still of one, from what media/typed.h describes. */
#ifndef WORKER_TYPED_H
#define WORKER_TYPED_H
#include "input.h"
#include "report.h"

/* H.264 and AAC, TYPED_WIDTH by TYPED_HEIGHT, and a poster in which all words stand. */
enum media_reason typed(struct input *, const struct worker_limits *, int video_fd, int image_fd, struct worker_done *done);
/* A square of AVATAR_PIXELS: the first word on its ground. */
enum media_reason typed_avatar(struct input *, int image_fd, struct worker_done *done);
#endif

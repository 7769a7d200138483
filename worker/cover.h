/* worker/cover.h - the picture that its author chose to stand for a clip. */
#ifndef WORKER_COVER_H
#define WORKER_COVER_H
#include "input.h"
#include "jpeg.h"

/* The picture that a rendition of ours shows at that time; the last one when it is shorter.  The image's file is written only on
 * success.  Anything but REASON_NONE: the rendition is not what it should be. */
enum media_reason cover_write(struct input *rendition, const struct worker_limits *, uint32_t at_ms, int image_fd, struct jpeg *out);
#endif

/* worker/transcode.h - anything that libav decodes, as one H.264 and AAC rendition of 720 class. */
#ifndef WORKER_TRANSCODE_H
#define WORKER_TRANSCODE_H
#include <stdbool.h>

#include "clip.h"

/* Reads the clip to its end, decoding once.  REASON_NONE with `silent` true: there was a sound track,
 * and nothing of it could be decoded; outputs' content is then undefined: again, without sound. */
enum media_reason transcode(struct clip *, int video_fd, int image_fd, struct worker_done *done, bool *silent);
#endif

/* worker/repack.h - H.264 and AAC that every browser plays, moved into our container as they are. */
#ifndef WORKER_REPACK_H
#define WORKER_REPACK_H
#include <stdbool.h>

#include "clip.h"

/* What the header says: to 1080 class, 8-bit 4:2:0, square pixels, whole frames, stereo LC at most. */
bool repack_fits(const struct clip *);

/* Reads the clip to its end.  REASON_NONE with `fits` false: the packets told otherwise (more
 * frames a second than are allowed, cut off from their key frame by an edit, not decodable; or the part that is wanted does not
 * begin at a key frame):
 * transcode it.  Outputs' content is then undefined. */
enum media_reason repack(struct clip *, int video_fd, int image_fd, struct worker_done *done, bool *fits);
#endif

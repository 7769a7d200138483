/* worker/ground.h - the moving colours under a typographic clip, and letters laid over them. */
#ifndef WORKER_GROUND_H
#define WORKER_GROUND_H
#include <ass/ass.h>
#include <libavutil/frame.h>

#include "media/typed.h"

/* Fills a yuv420p frame (BT.709, limited range); `part` 0..1 is how far the clip is. */
void ground_paint(AVFrame *, const struct typed_head *, double part);
/* Lays libass's images over it, in their order. */
void ground_letters(AVFrame *, const ASS_Image *);
#endif

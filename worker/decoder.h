/* worker/decoder.h - a track's decoder within the limits. */
#ifndef WORKER_DECODER_H
#define WORKER_DECODER_H
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>

#include "media/protocol.h"

/* A libav error, or 0 with a context that the caller frees.  `threads` 1: no frame is held back. */
int decoder_open(const AVStream *, const struct worker_limits *, int threads, AVCodecContext **out);
#endif

/* worker/sound.h - any sound as AAC-LC, stereo, 128 kbit/s, with its gaps filled and time 0 at the
 * first picture.  What goes wrong with sound never stops a clip: there is less of it then. */
#ifndef WORKER_SOUND_H
#define WORKER_SOUND_H
#include <libavcodec/avcodec.h>
#include <libavfilter/avfilter.h>
#include <libavformat/avformat.h>
#include <stdbool.h>
#include <stdint.h>

struct worker_limits;

struct sound {
	AVCodecContext *decoder, *encoder;
	AVFilterGraph *graph;
	AVFilterContext *source, *sink;
	AVFrame *frame;
	AVPacket *packet;
	int rate, format, channels;     /* of what the graph takes */
	int64_t next;                   /* where the next frame without a time belongs; samples of `rate` */
	int64_t made;                   /* samples out */
	int64_t limit_us;               /* what comes later is cut off; sound_open() sets it to the longest clip */
};

/* What comes out, in the encoder's time base; returns a libav error. */
struct sound_sink {
	int (*write)(void *self, AVPacket *);
	void *self;
};

/* False: there will be no sound. */
bool sound_open(struct sound *, const AVStream *, const struct worker_limits *);
/* `packet` NULL: the end.  `start_us` is the time of the first picture.  Only the sink's errors are
 * returned. */
int sound_send(struct sound *, const AVPacket *packet, int64_t start_us, const struct sound_sink *);
void sound_free(struct sound *);
#endif

/* worker/mux.h - the one rendition: a fragmented MP4 with its index in front (ftyp, moov, sidx, then
 * moof and mdat in turns), free of everything that is not picture, sound or their timing. */
#ifndef WORKER_MUX_H
#define WORKER_MUX_H
#include <libavcodec/bsf.h>
#include <libavformat/avformat.h>

#include "nal.h"
#include "report.h"
#include "turn.h"

struct mux {
	AVFormatContext *format;
	struct nal_format units;        /* points into `video` */
	AVBSFContext *strip;            /* takes the messages out where `units` has no lengths */
	AVStream *video, *sound;        /* sound NULL: none */
	AVRational video_time_base, sound_time_base;    /* of what is written; the muxer chooses its own */
	int64_t end_us;                 /* of the last picture or sound written */
};

/* All return a libav error, or 0 and above. */
int mux_open(struct mux *, int fd);
int mux_add_video(struct mux *, const AVCodecParameters *, AVRational time_base, AVRational rate, struct turn);
int mux_add_sound(struct mux *, const AVCodecParameters *, AVRational time_base);
int mux_start(struct mux *);
/* Times in the time base that was given with the stream; the packet is left empty. */
int mux_write_video(struct mux *, AVPacket *);
int mux_write_sound(struct mux *, AVPacket *);
int mux_finish(struct mux *);
void mux_free(struct mux *);
#endif

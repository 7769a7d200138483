#include "decoder.h"

/* Each thread of frame threading holds pictures of its own: too many bytes above this size. */
#define FRAME_THREADS_PIXELS (4096 * 2304)

int decoder_open(const AVStream *stream, const struct worker_limits *limits, int threads, AVCodecContext **out)
{
	AVCodecContext *decoder = avcodec_alloc_context3(avcodec_find_decoder(stream->codecpar->codec_id));
	if (decoder == NULL)
		return AVERROR(ENOMEM);
	int failed = avcodec_parameters_to_context(decoder, stream->codecpar);
	decoder->pkt_timebase = stream->time_base;
	decoder->max_pixels = limits->pixels;
	decoder->thread_count = threads;
	if ((int64_t)stream->codecpar->width * stream->codecpar->height > FRAME_THREADS_PIXELS)
		decoder->thread_type = FF_THREAD_SLICE;
	if (failed >= 0)
		failed = avcodec_open2(decoder, decoder->codec, NULL);
	if (failed < 0)
		avcodec_free_context(&decoder);
	else
		*out = decoder;
	return failed;
}

#include "sound.h"

#include <assert.h>
#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <stdio.h>

#include "decoder.h"

#define BIT_RATE 128000

static int encoder_open(struct sound *sound, int source_rate)
{
	const AVCodec *codec = avcodec_find_encoder(AV_CODEC_ID_AAC);
	sound->encoder = avcodec_alloc_context3(codec);
	if (sound->encoder == NULL)
		return AVERROR(ENOMEM);
	AVCodecContext *encoder = sound->encoder;
	encoder->sample_rate = source_rate % 11025 == 0 ? 44100 : 48000;
	encoder->sample_fmt = AV_SAMPLE_FMT_FLTP;
	encoder->bit_rate = BIT_RATE;
	encoder->time_base = (AVRational){ 1, encoder->sample_rate };
	encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT;
	encoder->thread_count = 1;
	av_channel_layout_default(&encoder->ch_layout, 2);
	return avcodec_open2(encoder, codec, NULL);
}

bool sound_open(struct sound *sound, const AVStream *stream, const struct worker_limits *limits)
{
	*sound = (struct sound){ .frame = av_frame_alloc(), .packet = av_packet_alloc(), 
		.limit_us = (int64_t)limits->clip_seconds * AV_TIME_BASE };
	return sound->frame != NULL && sound->packet != NULL && decoder_open(stream, limits, 1, &sound->decoder) >= 0
		&& encoder_open(sound, stream->codecpar->sample_rate) >= 0;
}

void sound_free(struct sound *sound)
{
	avcodec_free_context(&sound->decoder);
	avcodec_free_context(&sound->encoder);
	avfilter_graph_free(&sound->graph);
	av_frame_free(&sound->frame);
	av_packet_free(&sound->packet);
}

static int graph_fill(struct sound *sound, const AVFrame *frame)
{
	char source[256], layout[96], resample[128];
	AVChannelLayout usual = {};
	const AVChannelLayout *from = &frame->ch_layout;
	if (from->order == AV_CHANNEL_ORDER_UNSPEC) {
		av_channel_layout_default(&usual, from->nb_channels);
		from = &usual;
	}
	if (av_channel_layout_describe(from, layout, sizeof layout) < 0)
		return AVERROR(EINVAL);
	snprintf(source, sizeof source, "time_base=1/%d:sample_rate=%d:sample_fmt=%d:channel_layout=%s", frame->sample_rate,
		frame->sample_rate, frame->format, layout);
	/* async=1: silence where there is a gap, a cut where two overlap */
	snprintf(resample, sizeof resample, "osr=%d:ochl=stereo:osf=fltp:async=1:first_pts=%lld", sound->encoder->sample_rate,
		(long long)sound->made);
	AVFilterContext *middle = NULL;
	AVFilterGraph *graph = sound->graph;
	int failed = avfilter_graph_create_filter(&sound->source, avfilter_get_by_name("abuffer"), "in", source, NULL, graph);
	if (failed >= 0)
		failed = avfilter_graph_create_filter(&middle, avfilter_get_by_name("aresample"), "rate", resample, NULL, graph);
	if (failed >= 0)
		failed = avfilter_graph_create_filter(&sound->sink, avfilter_get_by_name("abuffersink"), "out", NULL, NULL, graph);
	if (failed >= 0)
		failed = avfilter_link(sound->source, 0, middle, 0);
	if (failed >= 0)
		failed = avfilter_link(middle, 0, sound->sink, 0);
	return failed;
}

static int graph_open(struct sound *sound, const AVFrame *frame)
{
	avfilter_graph_free(&sound->graph);
	sound->graph = avfilter_graph_alloc();
	if (sound->graph == NULL)
		return AVERROR(ENOMEM);
	sound->graph->nb_threads = 1;
	int failed = graph_fill(sound, frame);
	if (failed >= 0)
		failed = avfilter_graph_config(sound->graph, NULL);
	if (failed < 0) {
		avfilter_graph_free(&sound->graph);
		return failed;
	}
	/* the encoder reads past the end of a frame that has fewer channels than it was told */
	assert(av_buffersink_get_channels(sound->sink) == sound->encoder->ch_layout.nb_channels);
	assert(av_buffersink_get_format(sound->sink) == sound->encoder->sample_fmt);
	av_buffersink_set_frame_size(sound->sink, (unsigned)sound->encoder->frame_size);
	sound->rate = frame->sample_rate;
	sound->format = frame->format;
	sound->channels = frame->ch_layout.nb_channels;
	return 0;
}

static int encoded_drain(struct sound *sound, const struct sound_sink *sink)
{
	while (avcodec_receive_packet(sound->encoder, sound->packet) >= 0) {
		int failed = sink->write(sink->self, sound->packet);
		av_packet_unref(sound->packet);
		if (failed < 0)
			return failed;
	}
	return 0;
}

static int graph_drain(struct sound *sound, const struct sound_sink *sink)
{
	while (sound->graph != NULL && av_buffersink_get_frame(sound->sink, sound->frame) >= 0) {
		sound->frame->pts = sound->made;
		sound->made += sound->frame->nb_samples;
		int failed = avcodec_send_frame(sound->encoder, sound->frame);
		av_frame_unref(sound->frame);
		if (failed >= 0)
			failed = encoded_drain(sound, sink);
		if (failed < 0)
			return failed;
	}
	return 0;
}

static int take_frame(struct sound *sound, int64_t start_us, const struct sound_sink *sink)
{
	AVFrame *frame = sound->frame;
	if (frame->sample_rate <= 0 || frame->nb_samples <= 0)
		return 0;
	bool same = sound->graph != NULL && frame->sample_rate == sound->rate && frame->format == sound->format
		&& frame->ch_layout.nb_channels == sound->channels;
	if (sound->rate > 0 && frame->sample_rate != sound->rate)
		sound->next = av_rescale(sound->next, frame->sample_rate, sound->rate);
	AVRational samples = { 1, frame->sample_rate };
	int64_t at = sound->next;
	if (frame->best_effort_timestamp != AV_NOPTS_VALUE)
		at = av_rescale_q(frame->best_effort_timestamp, sound->decoder->pkt_timebase, samples)
			- av_rescale_q(start_us, AV_TIME_BASE_Q, samples);
	/* silence up to a lie about the time would be endless */
	int64_t end = av_rescale_q(sound->limit_us, AV_TIME_BASE_Q, samples);
	if (at + frame->nb_samples <= 0 || at >= end)
		return 0;
	if (at + frame->nb_samples > end)
		frame->nb_samples = (int)(end - at);
	if (!same && graph_open(sound, frame) < 0)
		return 0;
	frame->pts = at;
	sound->next = at + frame->nb_samples;
	if (av_buffersrc_add_frame(sound->source, frame) < 0)
		return 0;
	return graph_drain(sound, sink);
}

int sound_send(struct sound *sound, const AVPacket *packet, int64_t start_us, const struct sound_sink *sink)
{
	/* a packet that does not decode is skipped; the gap becomes silence */
	if (avcodec_send_packet(sound->decoder, packet) < 0 && packet != NULL)
		return 0;
	while (avcodec_receive_frame(sound->decoder, sound->frame) >= 0) {
		int failed = take_frame(sound, start_us, sink);
		av_frame_unref(sound->frame);
		if (failed < 0)
			return failed;
	}
	if (packet != NULL)
		return 0;
	if (sound->graph != NULL && av_buffersrc_add_frame(sound->source, NULL) >= 0) {
		int failed = graph_drain(sound, sink);
		if (failed < 0)
			return failed;
	}
	if (sound->made == 0 || avcodec_send_frame(sound->encoder, NULL) < 0)
		return 0;
	return encoded_drain(sound, sink);
}

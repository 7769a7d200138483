#include "mux.h"

#include <libavutil/opt.h>
#include <string.h>

#include "output.h"

/* A fragment begins at a key frame.  Not more often than this, or a clip of key frames alone would be
 * more index than picture; and at the latest after that, or one with a single key frame would have to
 * be loaded whole. */
#define FRAGMENT_MIN_US "500000"
#define FRAGMENT_MAX_US "10000000"
#define H264_SEI "6"             /* nal_unit_type, ITU-T H.264 table 7-1 */

/* To put the index in front, the muxer reads its own output back and moves it. */
static int reopen(AVFormatContext *format, AVIOContext **io, const char *url, int flags, AVDictionary **options)
{
	(void)url, (void)options;
	if (flags != AVIO_FLAG_READ)
		return AVERROR(EPERM);
	*io = output_io(((struct output *)format->pb->opaque)->fd, false);
	return *io != NULL ? 0 : AVERROR(ENOMEM);
}

static int reopen_close(AVFormatContext *format, AVIOContext *io)
{
	(void)format;
	output_io_free(&io);
	return 0;
}

int mux_open(struct mux *mux, int fd)
{
	*mux = (struct mux){};
	if (!output_empty(fd))
		return AVERROR(EIO);
	int failed = avformat_alloc_output_context2(&mux->format, NULL, "mp4", NULL);
	if (failed < 0)
		return failed;
	mux->format->pb = output_io(fd, true);
	if (mux->format->pb == NULL)
		return AVERROR(ENOMEM);
	mux->format->io_open = reopen;
	mux->format->io_close2 = reopen_close;
	mux->format->flags |= AVFMT_FLAG_BITEXACT | AVFMT_FLAG_CUSTOM_IO;
	return 0;
}

/* What has no lengths (our encoder's output) goes through libav's filter.  Files have them, and there
 * it would cost a third of the repacking: it searches every byte for start codes. */
static int strip_open(struct mux *mux, const AVCodecParameters *coded, AVRational time_base)
{
	int failed = av_bsf_alloc(av_bsf_get_by_name("filter_units"), &mux->strip);
	if (failed < 0)
		return failed;
	mux->strip->time_base_in = time_base;
	failed = avcodec_parameters_copy(mux->strip->par_in, coded);
	if (failed >= 0)
		failed = av_opt_set(mux->strip->priv_data, "remove_types", H264_SEI, 0);
	return failed < 0 ? failed : av_bsf_init(mux->strip);
}

int mux_add_video(struct mux *mux, const AVCodecParameters *coded, AVRational time_base, AVRational rate, struct turn turn)
{
	bool has_lengths = nal_format_of(coded->extradata, coded->extradata_size).length_bytes > 0;
	int failed = !has_lengths ? strip_open(mux, coded, time_base) : 0;
	if (failed < 0)
		return failed;
	mux->video = avformat_new_stream(mux->format, NULL);
	if (mux->video == NULL)
		return AVERROR(ENOMEM);
	failed = avcodec_parameters_copy(mux->video->codecpar, mux->strip != NULL ? mux->strip->par_out : coded);
	if (failed < 0)
		return failed;
	if (has_lengths)
		mux->units = nal_format_of(mux->video->codecpar->extradata, mux->video->codecpar->extradata_size);
	mux->video->codecpar->codec_tag = 0;
	mux->video->codecpar->sample_aspect_ratio = (AVRational){ 1, 1 };
	mux->video->sample_aspect_ratio = (AVRational){ 1, 1 };
	mux->video_time_base = mux->video->time_base = time_base;
	mux->video->avg_frame_rate = rate;
	if (turn_is_none(turn))
		return 0;
	uint8_t *matrix = av_stream_new_side_data(mux->video, AV_PKT_DATA_DISPLAYMATRIX, TURN_MATRIX_BYTES);
	if (matrix == NULL)
		return AVERROR(ENOMEM);
	int32_t numbers[9];
	turn_to_matrix(turn, numbers);
	memcpy(matrix, numbers, sizeof numbers);
	return 0;
}

int mux_add_sound(struct mux *mux, const AVCodecParameters *coded, AVRational time_base)
{
	mux->sound = avformat_new_stream(mux->format, NULL);
	if (mux->sound == NULL)
		return AVERROR(ENOMEM);
	mux->sound_time_base = mux->sound->time_base = time_base;
	int failed = avcodec_parameters_copy(mux->sound->codecpar, coded);
	mux->sound->codecpar->codec_tag = 0;
	return failed;
}

/* Without the index of fragments at the end (mfra): sidx says it all, and a browser that sees sidx end before the file does would fetch
 * the file's end before the first picture. */
int mux_start(struct mux *mux)
{
	AVDictionary *options = NULL;
	av_dict_set(&options, "movflags", "frag_keyframe+empty_moov+delay_moov+default_base_moof+global_sidx+skip_trailer", 0);
	av_dict_set(&options, "min_frag_duration", FRAGMENT_MIN_US, 0);
	av_dict_set(&options, "frag_duration", FRAGMENT_MAX_US, 0);
	av_dict_set(&options, "write_tmcd", "0", 0);
	int failed = avformat_write_header(mux->format, &options);
	av_dict_free(&options);
	return failed;
}

static int write_packet(struct mux *mux, AVStream *stream, AVPacket *packet, AVRational time_base)
{
	packet->stream_index = stream->index;
	packet->pos = -1;
	av_packet_rescale_ts(packet, time_base, stream->time_base);
	int64_t end_us = av_rescale_q(packet->pts + packet->duration, stream->time_base, AV_TIME_BASE_Q);
	mux->end_us = end_us > mux->end_us ? end_us : mux->end_us;
	return av_interleaved_write_frame(mux->format, packet);
}

static int strip_drain(struct mux *mux, AVPacket *packet)
{
	int failed = av_bsf_receive_packet(mux->strip, packet);
	while (failed >= 0) {
		failed = write_packet(mux, mux->video, packet, mux->strip->time_base_out);
		if (failed >= 0)
			failed = av_bsf_receive_packet(mux->strip, packet);
	}
	return failed == AVERROR(EAGAIN) || failed == AVERROR_EOF ? 0 : failed;
}

int mux_write_video(struct mux *mux, AVPacket *packet)
{
	if (mux->strip != NULL) {
		int refused = av_bsf_send_packet(mux->strip, packet);
		return refused < 0 ? refused : strip_drain(mux, packet);
	}
	int failed = nal_drop_messages(packet, &mux->units);
	if (failed < 0 || packet->size == 0)
		return failed;
	return write_packet(mux, mux->video, packet, mux->video_time_base);
}

int mux_write_sound(struct mux *mux, AVPacket *packet)
{
	return write_packet(mux, mux->sound, packet, mux->sound_time_base);
}

int mux_finish(struct mux *mux)
{
	int failed = av_write_trailer(mux->format);
	avio_flush(mux->format->pb);
	return failed < 0 ? failed : mux->format->pb->error;
}

void mux_free(struct mux *mux)
{
	av_bsf_free(&mux->strip);
	if (mux->format == NULL)
		return;
	output_io_free(&mux->format->pb);
	avformat_free_context(mux->format);
	mux->format = NULL;
}

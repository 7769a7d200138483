#include "repack.h"

#include <libavcodec/avcodec.h>

#include "decoder.h"
#include "jpeg.h"
#include "mux.h"
#include "output.h"
#include "picture.h"

#define LONG_SIDE 1920
#define SHORT_SIDE 1088          /* 1080 is coded as 1088, and some files say so */
#define RATE_TOLERANCE 1.02      /* phones' 60 frames a second are 60.06 */
#define POSTER_WITHIN_US (10 * AV_TIME_BASE)
/* How late a key frame may come, and how early the last picture that can be kept may end: two pictures of a usual clip, three. */
#define CUT_START_SLACK_US 50'000
#define CUT_END_SLACK_US 100'000
#define PRIMING_PACKETS 2        /* of sound before the first picture: AAC needs the one before to start */

struct repack {
	struct clip *clip;
	struct mux mux;
	AVCodecContext *decoder;        /* of the poster */
	AVFrame *frame;
	struct picture picture;
	struct poster poster;
	int64_t video_start, sound_start;       /* of the first picture, in each stream's time base */
	int64_t last_us, shown_us;      /* start of the last picture, end of all pictures */
	int64_t end_us;                 /* nothing that begins here or later is wanted */
	int64_t pictures;
	unsigned permille;
	bool ended, sound_ended;
	bool unfit;
};

static bool sound_fits(const AVStream *sound)
{
	if (sound == NULL)
		return true;
	const AVCodecParameters *coded = sound->codecpar;
	/* without it: ADTS in a transport stream, whose packets would have to be taken apart */
	if (coded->extradata_size <= 0)
		return false;
	return coded->codec_id == AV_CODEC_ID_AAC && coded->profile == FF_PROFILE_AAC_LOW && coded->ch_layout.nb_channels <= 2
		&& coded->sample_rate >= 8000 && coded->sample_rate <= 48000;
}

bool repack_fits(const struct clip *clip)
{
	const AVStream *video = clip_video(clip);
	const AVCodecParameters *coded = video->codecpar;
	if (coded->codec_id != AV_CODEC_ID_H264 || video->start_time == AV_NOPTS_VALUE)
		return false;
	/* in a transport stream parameters may change at any picture, which MP4's header does not know */
	if (nal_format_of(coded->extradata, coded->extradata_size).length_bytes == 0)
		return false;
	if (coded->format != AV_PIX_FMT_YUV420P && coded->format != AV_PIX_FMT_YUVJ420P)
		return false;
	int longer = coded->width > coded->height ? coded->width : coded->height;
	int shorter = coded->width > coded->height ? coded->height : coded->width;
	if (longer > LONG_SIDE || shorter > SHORT_SIDE || coded->width % 2 != 0 || coded->height % 2 != 0)
		return false;
	if (!picture_is_square(av_guess_sample_aspect_ratio(clip->format, clip->format->streams[clip->video], NULL)))
		return false;
	if (coded->field_order != AV_FIELD_PROGRESSIVE && coded->field_order != AV_FIELD_UNKNOWN)
		return false;
	if (coded->color_trc == AVCOL_TRC_SMPTE2084 || coded->color_trc == AVCOL_TRC_ARIB_STD_B67)
		return false;
	return !turn_is_mirror(clip->turn) && sound_fits(clip_sound(clip));
}

static int outputs_open(struct repack *work, int video_fd)
{
	const AVStream *video = clip_video(work->clip), *sound = clip_sound(work->clip);
	int failed = mux_open(&work->mux, video_fd);
	if (failed >= 0)
		failed = mux_add_video(&work->mux, video->codecpar, video->time_base, video->avg_frame_rate, work->clip->turn);
	if (failed >= 0 && sound != NULL)
		failed = mux_add_sound(&work->mux, sound->codecpar, sound->time_base);
	if (failed >= 0)
		failed = mux_start(&work->mux);
	return failed;
}

static enum media_reason poster_take(struct repack *work, const AVPacket *packet)
{
	if (!poster_wants_more(&work->poster) || (packet->flags & AV_PKT_FLAG_KEY) == 0 || work->last_us > POSTER_WITHIN_US)
		return REASON_NONE;
	/* one key frame at a time: drained, or the decoder would wait for what comes behind it */
	if (avcodec_send_packet(work->decoder, packet) < 0)
		return REASON_NONE;
	(void)avcodec_send_packet(work->decoder, NULL);
	enum media_reason reason = REASON_NONE;
	if (avcodec_receive_frame(work->decoder, work->frame) >= 0) {
		work->frame->pts = 0;
		reason = picture_send(&work->picture, work->frame);
		while (reason == REASON_NONE && picture_receive(&work->picture, work->frame)) {
			reason = poster_offer(&work->poster, work->frame);
			av_frame_unref(work->frame);
		}
	}
	avcodec_flush_buffers(work->decoder);
	return reason;
}

/* What was cut away shall not lie in the file that is served, so the part begins exactly at a key frame or it is re-encoded:
 * an edit list would only hide what comes before.  False: it does not. */
static bool cut_find(struct repack *work, AVPacket *packet)
{
	struct clip *clip = work->clip;
	const AVStream *video = clip_video(clip);
	int64_t at_us = clip->from_us + CUT_START_SLACK_US;
	if (!clip_seek(clip, at_us))
		return false;
	int64_t found = AV_NOPTS_VALUE;
	while (found == AV_NOPTS_VALUE && av_read_frame(clip->format, packet) >= 0) {
		if (packet->stream_index == clip->video)
			found = (packet->flags & AV_PKT_FLAG_KEY) != 0 && packet->pts != AV_NOPTS_VALUE ? packet->pts : INT64_MAX;
		av_packet_unref(packet);
	}
	if (found == AV_NOPTS_VALUE || found == INT64_MAX)
		return false;
	int64_t late_us = av_rescale_q(found - video->start_time, video->time_base, AV_TIME_BASE_Q) - clip->from_us;
	if (late_us < -1000 || late_us > CUT_START_SLACK_US || !clip_seek(clip, at_us))
		return false;
	work->video_start = found;
	if (work->end_us != INT64_MAX)
		work->end_us -= late_us;
	return true;
}

static enum media_reason take_video(struct repack *work, AVPacket *packet)
{
	const AVStream *video = clip_video(work->clip);
	if (work->ended)
		return REASON_NONE;
	bool first = work->pictures == 0;
	if (packet->pts == AV_NOPTS_VALUE || packet->dts == AV_NOPTS_VALUE || (packet->flags & AV_PKT_FLAG_DISCARD) != 0
		|| av_packet_get_side_data(packet, AV_PKT_DATA_NEW_EXTRADATA, NULL) != NULL)
		work->unfit = true;
	else if (first && ((packet->flags & AV_PKT_FLAG_KEY) == 0 || packet->pts != work->video_start))
		work->unfit = true;
	else if (packet->pts < work->video_start)
		work->unfit = true;
	if (work->unfit)
		return REASON_NONE;

	packet->pts -= work->video_start;
	packet->dts -= work->video_start;
	int64_t at_us = av_rescale_q(packet->pts, video->time_base, AV_TIME_BASE_Q);
	/* those before it in time that come behind it in the file need it to be decoded: they go, too */
	work->ended = at_us >= work->end_us;
	if (work->ended)
		return REASON_NONE;
	if (at_us > (int64_t)work->clip->limits->clip_seconds * AV_TIME_BASE)
		return REASON_TOO_LONG;
	if (packet->duration <= 0 && video->avg_frame_rate.num > 0)
		packet->duration = av_rescale_q(1, av_inv_q(video->avg_frame_rate), video->time_base);
	int64_t shown_us = at_us + av_rescale_q(packet->duration, video->time_base, AV_TIME_BASE_Q);
	if (shown_us > work->end_us) {
		shown_us = work->end_us;
		packet->duration = av_rescale_q(shown_us - at_us, AV_TIME_BASE_Q, video->time_base);
	}
	work->shown_us = shown_us > work->shown_us ? shown_us : work->shown_us;
	work->last_us = at_us > work->last_us ? at_us : work->last_us;
	work->pictures++;
	WORKER_TRY(poster_take(work, packet));
	int failed = mux_write_video(&work->mux, packet);
	if (failed < 0)
		report_trouble("repack", failed);
	work->unfit = failed < 0;
	return failed < 0 ? reason_of(failed, REASON_NONE) : REASON_NONE;
}

static enum media_reason take_sound(struct repack *work, AVPacket *packet)
{
	const AVStream *sound = clip_sound(work->clip);
	if (packet->pts == AV_NOPTS_VALUE)
		return REASON_NONE;
	packet->pts -= work->sound_start;
	packet->dts = packet->pts;
	if (packet->duration <= 0)
		packet->duration = av_rescale_q(1024, (AVRational){ 1, sound->codecpar->sample_rate }, sound->time_base);
	int64_t at_us = av_rescale_q(packet->pts, sound->time_base, AV_TIME_BASE_Q);
	work->sound_ended = at_us >= work->end_us;
	if (work->sound_ended)
		return REASON_NONE;
	if (packet->pts <= -PRIMING_PACKETS * packet->duration - 1 || at_us > (int64_t)work->clip->limits->clip_seconds * AV_TIME_BASE)
		return REASON_NONE;
	int failed = mux_write_sound(&work->mux, packet);
	if (failed < 0)
		report_trouble("repack sound", failed);
	work->unfit = failed < 0;
	return failed < 0 ? reason_of(failed, REASON_NONE) : REASON_NONE;
}

static void tell_progress(struct repack *work)
{
	unsigned permille = work->clip->duration_us > 0 ? (unsigned)(work->last_us * 1000 / work->clip->duration_us) : 0;
	if (permille < work->permille + 50 || permille > 1000)
		return;
	work->permille = permille;
	report_progress(STAGE_REPACK, permille);
}

static enum media_reason take_all(struct repack *work, AVPacket *packet)
{
	int failed = 0;
	while (!work->unfit && failed >= 0 && !(work->ended && (work->sound_ended || work->mux.sound == NULL))) {
		failed = av_read_frame(work->clip->format, packet);
		enum media_reason reason = REASON_NONE;
		/* the last packet of a cut-off file is half a picture */
		if (failed >= 0 && (packet->flags & AV_PKT_FLAG_CORRUPT) == 0) {
			if (packet->stream_index == work->clip->video)
				reason = take_video(work, packet);
			else if (packet->stream_index == work->clip->sound)
				reason = take_sound(work, packet);
		}
		av_packet_unref(packet);
		WORKER_TRY(reason);
		tell_progress(work);
	}
	return failed < 0 ? reason_of(failed, REASON_NONE) : REASON_NONE;
}

static bool is_cut_short(const struct repack *work)
{
	return work->ended && work->shown_us < work->end_us - CUT_END_SLACK_US;
}

static bool is_too_fast(const struct repack *work)
{
	if (work->pictures < 2)
		return false;
	double seconds = (double)work->last_us / AV_TIME_BASE;
	return (double)(work->pictures - 1) > seconds * work->clip->limits->frame_rate * RATE_TOLERANCE + 1;
}

static enum media_reason finish(struct repack *work, int video_fd, int image_fd, struct worker_done *done)
{
	report_progress(STAGE_FINISH, 1000);
	int failed = mux_finish(&work->mux);
	if (failed < 0) {
		report_trouble("repack end", failed);
		return reason_of(failed, REASON_WORKER_FAILED);
	}
	struct jpeg image;
	WORKER_TRY(jpeg_write(image_fd, work->poster.best, &image));
	const AVCodecParameters *coded = clip_video(work->clip)->codecpar;
	bool swap = work->clip->turn.swap;
	*done = (struct worker_done){
		.width = (uint32_t)(swap ? coded->height : coded->width),
		.height = (uint32_t)(swap ? coded->width : coded->height),
		.duration_ms = (uint32_t)(work->mux.end_us / 1000),
		.colour = image.colour,
		.has_sound = work->mux.sound != NULL,
		.repacked = 1,
		.image_width = image.width,
		.image_height = image.height,
		.video_bytes = output_bytes(video_fd),
		.image_bytes = image.bytes,
	};
	return REASON_NONE;
}

static void repack_free(struct repack *work)
{
	mux_free(&work->mux);
	avcodec_free_context(&work->decoder);
	av_frame_free(&work->frame);
	picture_free(&work->picture);
	poster_free(&work->poster);
}

enum media_reason repack(struct clip *clip, int video_fd, int image_fd, struct worker_done *done, bool *fits)
{
	AVStream *video = clip_video(clip);
	const AVStream *sound = clip_sound(clip);
	AUTO(repack_free) struct repack work = {
		.clip = clip,
		.frame = av_frame_alloc(),
		.picture = { .turn = clip->turn, .threads = 1 },
		.video_start = video->start_time,
		.end_us = clip->to_us == INT64_MAX ? INT64_MAX : clip->to_us - clip->from_us,
	};
	AUTO(av_packet_free) AVPacket *packet = av_packet_alloc();
	if (packet == NULL)
		return REASON_MEMORY_LIMIT;
	*fits = false;
	if (clip->from_us > 0 && !cut_find(&work, packet))
		return REASON_NONE;
	if (sound != NULL)
		work.sound_start = av_rescale_q(work.video_start, video->time_base, sound->time_base);
	int failed = work.frame != NULL ? outputs_open(&work, video_fd) : AVERROR(ENOMEM);
	if (failed >= 0)
		failed = decoder_open(video, clip->limits, 1, &work.decoder);
	if (failed < 0) {
		report_trouble("repack start", failed);
		return reason_of(failed, REASON_NONE);
	}
	WORKER_TRY(take_all(&work, packet));
	if (work.unfit || work.poster.best == NULL || is_too_fast(&work) || is_cut_short(&work))
		return REASON_NONE;
	WORKER_TRY(finish(&work, video_fd, image_fd, done));
	*fits = true;
	return REASON_NONE;
}

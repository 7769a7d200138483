#include "transcode.h"

#include <libavutil/opt.h>

#include "decoder.h"
#include "jpeg.h"
#include "mux.h"
#include "output.h"
#include "picture.h"
#include "sound.h"

#define TICKS 90000              /* a second, PICTURE_TIME_BASE */
#define KEY_EVERY (2 * TICKS)
#define POSTER_EVERY (TICKS / 2)
#define RATE_SLACK 300           /* ticks by which a picture may be early: clocks are not exact */
#define BIT_RATE_MAX 4'000'000
#define WAITING_MAX 2048         /* packets of sound before the first picture */
#define DURATION_MAX (10 * TICKS)
#define PREROLL_US AV_TIME_BASE          /* decoded before the part that is wanted: sound needs some to begin cleanly */
#define HELD_GAP (TICKS / 20)            /* a part whose first picture comes later than this begins with the one before it */

struct transcode {
	struct clip *clip;
	AVCodecContext *decoder, *encoder;
	AVFrame *frame, *ready;
	AVFrame *held;                  /* the last picture before the part that is wanted */
	AVPacket *packet, *coded;
	struct picture picture;
	struct poster poster;
	struct mux mux;
	struct sound sound;
	bool has_sound, started;
	bool sound_written;
	int video_fd;
	AVPacket *waiting[WAITING_MAX];
	unsigned waiting_count;
	int64_t origin;                 /* of the clip's own first picture, ticks; AV_NOPTS_VALUE: not known yet */
	int64_t from, to;               /* the part that is wanted, ticks after `origin` */
	int64_t decoded;                /* of the last picture that was decoded, ticks after `origin` */
	int64_t held_at;
	bool ended, sound_ended;        /* nothing that comes now is wanted */
	int64_t start;                  /* of the first picture that is shown, ticks; AV_NOPTS_VALUE before it */
	int64_t last, duration;         /* of the last picture, ticks */
	int64_t due, key_due, poster_due;
	unsigned permille;
};

static AVRational frame_rate(const struct clip *clip)
{
	AVRational rate = clip_video(clip)->avg_frame_rate;
	if (rate.num <= 0 || rate.den <= 0 || av_q2d(rate) < 1)
		return (AVRational){ 30, 1 };
	return av_q2d(rate) > clip->limits->frame_rate ? (AVRational){ (int)clip->limits->frame_rate, 1 } : rate;
}

static int encoder_open(struct transcode *work, const AVFrame *picture)
{
	const AVCodec *codec = avcodec_find_encoder_by_name("libx264");
	work->encoder = codec != NULL ? avcodec_alloc_context3(codec) : NULL;
	if (work->encoder == NULL)
		return codec != NULL ? AVERROR(ENOMEM) : AVERROR_ENCODER_NOT_FOUND;
	AVCodecContext *encoder = work->encoder;
	encoder->width = picture->width;
	encoder->height = picture->height;
	encoder->pix_fmt = AV_PIX_FMT_YUV420P;
	encoder->time_base = PICTURE_TIME_BASE;
	encoder->framerate = frame_rate(work->clip);
	encoder->sample_aspect_ratio = (AVRational){ 1, 1 };
	encoder->color_range = picture->color_range;
	encoder->colorspace = picture->colorspace;
	encoder->color_primaries = picture->color_primaries;
	encoder->color_trc = picture->color_trc;
	encoder->profile = FF_PROFILE_H264_HIGH;
	encoder->rc_max_rate = BIT_RATE_MAX;
	encoder->rc_buffer_size = 2 * BIT_RATE_MAX;
	encoder->thread_count = (int)work->clip->limits->threads;
	encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT;
	av_opt_set(encoder->priv_data, "preset", "veryfast", 0);
	av_opt_set(encoder->priv_data, "crf", "23", 0);
	av_opt_set(encoder->priv_data, "forced-idr", "1", 0);
	return avcodec_open2(encoder, codec, NULL);
}

static int sound_write(void *self, AVPacket *packet)
{
	struct transcode *work = self;
	work->sound_written = true;
	return mux_write_sound(&work->mux, packet);
}

static int sound_take(struct transcode *work, const AVPacket *packet)
{
	int64_t start_us = av_rescale_q(work->start, PICTURE_TIME_BASE, AV_TIME_BASE_Q);
	const struct sound_sink sink = { .write = sound_write, .self = work };
	return sound_send(&work->sound, packet, start_us, &sink);
}

/* At the first picture: only now is the output's size known, and the time that sound starts from. */
static int start(struct transcode *work, const AVFrame *picture)
{
	AUTO(avcodec_parameters_free) AVCodecParameters *coded = avcodec_parameters_alloc();
	int failed = coded != NULL ? encoder_open(work, picture) : AVERROR(ENOMEM);
	if (failed >= 0)
		failed = mux_open(&work->mux, work->video_fd);
	if (failed >= 0)
		failed = avcodec_parameters_from_context(coded, work->encoder);
	if (failed >= 0)
		failed = mux_add_video(&work->mux, coded, PICTURE_TIME_BASE, work->encoder->framerate, (struct turn){});
	if (failed >= 0 && work->has_sound)
		failed = avcodec_parameters_from_context(coded, work->sound.encoder);
	if (failed >= 0 && work->has_sound)
		failed = mux_add_sound(&work->mux, coded, work->sound.encoder->time_base);
	if (failed >= 0)
		failed = mux_start(&work->mux);
	work->started = failed >= 0;
	for (unsigned i = 0; i < work->waiting_count && failed >= 0; i++)
		failed = sound_take(work, work->waiting[i]);
	return failed;
}

static int encoder_drain(struct transcode *work)
{
	while (avcodec_receive_packet(work->encoder, work->coded) >= 0) {
		work->coded->duration = work->duration;
		int failed = mux_write_video(&work->mux, work->coded);
		av_packet_unref(work->coded);
		if (failed < 0)
			return failed;
	}
	return 0;
}

static int encode(struct transcode *work, AVFrame *picture)
{
	int failed = work->started ? 0 : start(work, picture);
	if (failed < 0)
		return failed;
	if (picture->pts >= work->key_due) {
		picture->pict_type = AV_PICTURE_TYPE_I;
		work->key_due = picture->pts + KEY_EVERY;
	}
	failed = avcodec_send_frame(work->encoder, picture);
	return failed < 0 ? failed : encoder_drain(work);
}

static enum media_reason take_pictures(struct transcode *work)
{
	while (picture_receive(&work->picture, work->ready)) {
		if (work->ready->pts >= work->poster_due && poster_wants_more(&work->poster)) {
			work->poster_due = work->ready->pts + POSTER_EVERY;
			WORKER_TRY(poster_offer(&work->poster, work->ready));
		}
		int failed = encode(work, work->ready);
		av_frame_unref(work->ready);
		if (failed < 0) {
			report_trouble("encode", failed);
			/* all that x264 says when it gets no memory */
			return reason_of(failed, failed == AVERROR_EXTERNAL ? REASON_MEMORY_LIMIT : REASON_WORKER_FAILED);
		}
	}
	return REASON_NONE;
}

/* `at`: ticks after the clip's first picture. */
static enum media_reason show(struct transcode *work, AVFrame *frame, int64_t at)
{
	if (work->start == AV_NOPTS_VALUE)
		work->start = work->origin + at;
	else if (work->origin + at - work->start <= work->last || work->origin + at - work->start < work->due - RATE_SLACK)
		return REASON_NONE;
	int64_t shown = work->origin + at - work->start;
	int64_t interval = TICKS / work->clip->limits->frame_rate;
	work->due = (work->due > shown - interval ? work->due : shown - interval) + interval;
	if (shown > (int64_t)work->clip->limits->clip_seconds * TICKS)
		return REASON_TOO_LONG;
	int64_t duration = av_rescale_q(frame->pkt_duration, clip_video(work->clip)->time_base, PICTURE_TIME_BASE);
	if (duration > 0 && duration <= DURATION_MAX)
		work->duration = duration < work->to - at ? duration : work->to - at;
	work->last = shown;
	frame->pts = shown;
	if (frame->color_trc == AVCOL_TRC_UNSPECIFIED)
		frame->color_trc = clip_video(work->clip)->codecpar->color_trc;
	WORKER_TRY(picture_send(&work->picture, frame));
	return take_pictures(work);
}

/* When the frame is shown, in ticks after the clip's first picture. */
static int64_t time_of(struct transcode *work, const AVFrame *frame)
{
	int64_t at = work->origin == AV_NOPTS_VALUE ? 0 : work->origin + work->decoded + work->duration;
	if (frame->best_effort_timestamp != AV_NOPTS_VALUE)
		at = av_rescale_q(frame->best_effort_timestamp, clip_video(work->clip)->time_base, PICTURE_TIME_BASE);
	if (work->origin == AV_NOPTS_VALUE)
		work->origin = at;
	return at - work->origin;
}

/* The part begins in the middle of a long-lasting picture: with that one. */
static enum media_reason show_held(struct transcode *work)
{
	if (work->start != AV_NOPTS_VALUE || work->held->buf[0] == NULL)
		return REASON_NONE;
	enum media_reason reason = show(work, work->held, work->from);
	av_frame_unref(work->held);
	return reason;
}

static enum media_reason take_frame(struct transcode *work, AVFrame *frame)
{
	WORKER_TRY(clip_check_size(work->clip->limits, frame->width, frame->height));
	int64_t at = time_of(work, frame);
	work->decoded = at;
	if (at < work->from - RATE_SLACK) {
		av_frame_unref(work->held);
		av_frame_move_ref(work->held, frame);
		work->held_at = at;
		return REASON_NONE;
	}
	if (at > work->from + HELD_GAP)
		WORKER_TRY(show_held(work));
	work->ended = work->ended || at >= work->to;
	return work->ended ? REASON_NONE : show(work, frame, at);
}

static enum media_reason decode(struct transcode *work, const AVPacket *packet)
{
	/* what is damaged is left out; a file without one whole picture is refused at the end */
	int failed = avcodec_send_packet(work->decoder, packet);
	if (failed == AVERROR(ENOMEM))
		return REASON_MEMORY_LIMIT;
	failed = avcodec_receive_frame(work->decoder, work->frame);
	while (failed >= 0) {
		enum media_reason reason = take_frame(work, work->frame);
		av_frame_unref(work->frame);
		WORKER_TRY(reason);
		failed = avcodec_receive_frame(work->decoder, work->frame);
	}
	return failed == AVERROR(ENOMEM) ? REASON_MEMORY_LIMIT : REASON_NONE;
}

/* Whether it lies outside of what is wanted. */
static bool sound_is_outside(struct transcode *work, const AVPacket *packet)
{
	if (work->origin == AV_NOPTS_VALUE || packet->pts == AV_NOPTS_VALUE)
		return false;
	int64_t at = av_rescale_q(packet->pts, clip_sound(work->clip)->time_base, PICTURE_TIME_BASE) - work->origin;
	work->sound_ended = at >= work->to;
	return work->sound_ended || at < work->from - av_rescale_q(PREROLL_US, AV_TIME_BASE_Q, PICTURE_TIME_BASE);
}

static enum media_reason take_sound(struct transcode *work, const AVPacket *packet)
{
	if (sound_is_outside(work, packet))
		return REASON_NONE;
	if (!work->started) {
		if (work->waiting_count < WAITING_MAX)
			work->waiting[work->waiting_count++] = av_packet_clone(packet);
		return work->waiting[work->waiting_count - 1] != NULL ? REASON_NONE : REASON_MEMORY_LIMIT;
	}
	int failed = sound_take(work, packet);
	if (failed < 0)
		report_trouble("sound", failed);
	return failed < 0 ? reason_of(failed, REASON_WORKER_FAILED) : REASON_NONE;
}

static void tell_progress(struct transcode *work)
{
	int64_t whole = av_rescale_q(work->clip->duration_us, AV_TIME_BASE_Q, PICTURE_TIME_BASE);
	unsigned permille = whole > 0 ? (unsigned)(work->last * 1000 / whole) : 0;
	if (permille < work->permille + 10 || permille > 1000)
		return;
	work->permille = permille;
	report_progress(STAGE_TRANSCODE, permille);
}

static bool is_over(const struct transcode *work)
{
	return work->ended && (work->sound_ended || !work->has_sound);
}

/* The part may lie in the last picture, or behind it. */
static enum media_reason show_last(struct transcode *work)
{
	bool covers = work->held->buf[0] != NULL && work->held_at + work->duration > work->from;
	if (work->start == AV_NOPTS_VALUE && covers)
		WORKER_TRY(show_held(work));
	return REASON_NONE;
}

static enum media_reason take_all(struct transcode *work)
{
	int failed = av_read_frame(work->clip->format, work->packet);
	while (failed >= 0 && !is_over(work)) {
		enum media_reason reason = REASON_NONE;
		if (work->packet->stream_index == work->clip->video && !work->ended)
			reason = decode(work, work->packet);
		else if (work->has_sound && work->packet->stream_index == work->clip->sound)
			reason = take_sound(work, work->packet);
		av_packet_unref(work->packet);
		WORKER_TRY(reason);
		tell_progress(work);
		failed = av_read_frame(work->clip->format, work->packet);
	}
	/* a file that breaks off is shown as far as it goes */
	WORKER_TRY(reason_of(failed, REASON_NONE));
	WORKER_TRY(decode(work, NULL));
	WORKER_TRY(show_last(work));
	WORKER_TRY(picture_send(&work->picture, NULL));
	WORKER_TRY(take_pictures(work));
	if (work->started)
		return REASON_NONE;
	return work->from > 0 && work->origin != AV_NOPTS_VALUE ? REASON_TRIM_EMPTY : REASON_NO_PICTURE;
}

static enum media_reason finish(struct transcode *work, int image_fd, struct worker_done *done)
{
	report_progress(STAGE_FINISH, 1000);
	int failed = avcodec_send_frame(work->encoder, NULL);
	if (failed >= 0)
		failed = encoder_drain(work);
	if (failed >= 0 && work->has_sound)
		failed = sound_take(work, NULL);
	if (failed >= 0)
		failed = mux_finish(&work->mux);
	if (failed < 0) {
		report_trouble("finish", failed);
		return reason_of(failed, REASON_WORKER_FAILED);
	}
	struct jpeg image;
	WORKER_TRY(jpeg_write(image_fd, work->poster.best, &image));
	*done = (struct worker_done){
		.width = (uint32_t)work->encoder->width,
		.height = (uint32_t)work->encoder->height,
		.duration_ms = (uint32_t)(work->mux.end_us / 1000),
		.colour = image.colour,
		.has_sound = work->sound_written,
		.image_width = image.width,
		.image_height = image.height,
		.video_bytes = output_bytes(work->video_fd),
		.image_bytes = image.bytes,
	};
	return REASON_NONE;
}

static void transcode_free(struct transcode *work)
{
	for (unsigned i = 0; i < work->waiting_count; i++)
		av_packet_free(&work->waiting[i]);
	mux_free(&work->mux);
	sound_free(&work->sound);
	picture_free(&work->picture);
	poster_free(&work->poster);
	avcodec_free_context(&work->encoder);
	avcodec_free_context(&work->decoder);
	av_frame_free(&work->frame);
	av_frame_free(&work->ready);
	av_frame_free(&work->held);
	av_packet_free(&work->packet);
	av_packet_free(&work->coded);
}

static int64_t ticks_of(int64_t us)
{
	return av_rescale_q(us, AV_TIME_BASE_Q, PICTURE_TIME_BASE);
}

enum media_reason transcode(struct clip *clip, int video_fd, int image_fd, struct worker_done *done, bool *silent)
{
	AVStream *video = clip_video(clip);
	enum AVFieldOrder order = video->codecpar->field_order;
	AUTO(transcode_free) struct transcode work = {
		.clip = clip,
		.frame = av_frame_alloc(),
		.ready = av_frame_alloc(),
		.held = av_frame_alloc(),
		.packet = av_packet_alloc(),
		.coded = av_packet_alloc(),
		.video_fd = video_fd,
		.origin = AV_NOPTS_VALUE,
		.from = ticks_of(clip->from_us),
		.to = clip->to_us == INT64_MAX ? INT64_MAX : ticks_of(clip->to_us),
		.start = AV_NOPTS_VALUE,
		.duration = av_rescale_q(1, av_inv_q(frame_rate(clip)), PICTURE_TIME_BASE),
		.picture = {
			.turn = clip->turn,
			.aspect = video->sample_aspect_ratio,
			.interlaced = order != AV_FIELD_PROGRESSIVE && order != AV_FIELD_UNKNOWN,
			.threads = (int)clip->limits->threads,
		},
	};
	*silent = false;
	if (work.frame == NULL || work.ready == NULL || work.held == NULL || work.packet == NULL || work.coded == NULL)
		return REASON_MEMORY_LIMIT;
	int failed = decoder_open(video, clip->limits, (int)clip->limits->threads, &work.decoder);
	if (failed < 0) {
		report_trouble("decoder", failed);
		return reason_of(failed, REASON_CODEC_UNSUPPORTED);
	}
	work.has_sound = clip->sound >= 0 && sound_open(&work.sound, clip_sound(clip), clip->limits);
	if (work.has_sound && work.to != INT64_MAX && clip->to_us - clip->from_us < work.sound.limit_us)
		work.sound.limit_us = clip->to_us - clip->from_us;
	if (clip->from_us > PREROLL_US && clip_seek(clip, clip->from_us - PREROLL_US))
		work.origin = av_rescale_q(video->start_time, video->time_base, PICTURE_TIME_BASE);
	WORKER_TRY(take_all(&work));
	WORKER_TRY(finish(&work, image_fd, done));
	*silent = work.has_sound && !work.sound_written;
	return REASON_NONE;
}

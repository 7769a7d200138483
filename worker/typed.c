#include "typed.h"

#include <libavcodec/avcodec.h>
#include <libavutil/opt.h>
#include <string.h>

#include "ground.h"
#include "jpeg.h"
#include "letters.h"
#include "mux.h"
#include "output.h"
#include "synth.h"

#define TICKS 90000
#define TICKS_A_PICTURE (TICKS / TYPED_RATE)
#define SOUND_RATE_BITS 128000
#define FIRST_PICTURES (TYPED_RATE / 2)

struct clip_maker {
	unsigned char *bytes;           /* the whole input */
	struct typed_head head;
	struct str text;
	struct letters letters;
	struct script script;
	AVCodecContext *picture, *sound;
	AVFrame *frame, *samples;
	AVPacket *packet;
	float *left, *right;
	struct mux mux;
	int64_t pictures, sound_frames, sound_at;
};

static void maker_free(struct clip_maker *maker)
{
	mux_free(&maker->mux);
	letters_close(&maker->letters);
	buf_free(&maker->script.text);
	avcodec_free_context(&maker->picture);
	avcodec_free_context(&maker->sound);
	av_frame_free(&maker->frame);
	av_frame_free(&maker->samples);
	av_packet_free(&maker->packet);
	av_freep(&maker->left);
	av_freep(&maker->right);
	av_freep(&maker->bytes);
}

static enum media_reason read_spec(struct clip_maker *maker, struct input *input)
{
	const int64_t most = (int64_t)sizeof maker->head + TYPED_TEXT_BYTES_MAX + TYPED_FONTS * (int64_t)TYPED_FONT_BYTES_MAX;
	if (input->bytes < (int64_t)sizeof maker->head || input->bytes > most)
		return REASON_UNREADABLE;
	maker->bytes = av_malloc((size_t)input->bytes);
	if (maker->bytes == NULL)
		return REASON_MEMORY_LIMIT;
	for (int64_t at = 0; at < input->bytes;) {
		int got = input_read(input, at, maker->bytes + at, (int)(input->bytes - at));
		if (got <= 0)
			return REASON_UNREADABLE;
		at += got;
	}
	memcpy(&maker->head, maker->bytes, sizeof maker->head);
	if (!typed_head_valid(&maker->head, (size_t)input->bytes))
		return REASON_UNREADABLE;
	maker->text = (struct str){ (const char *)maker->bytes + sizeof maker->head, maker->head.text_bytes };
	return REASON_NONE;
}

static enum media_reason open_letters(struct clip_maker *maker)
{
	const unsigned char *fonts = maker->bytes + sizeof maker->head + maker->head.text_bytes;
	return letters_open(&maker->letters, &maker->head, fonts) ? REASON_NONE : REASON_MEMORY_LIMIT;
}

static enum media_reason write_script(struct clip_maker *maker)
{
	const struct ruler ruler = { letters_measure, &maker->letters };
	if (!script_write(&maker->head, maker->text, &ruler, &maker->script))
		return REASON_UNREADABLE;
	return letters_load(&maker->letters, &maker->script.text) ? REASON_NONE : REASON_UNREADABLE;
}

/* --- the encoders --- */

static int open_picture(struct clip_maker *maker, unsigned threads)
{
	const AVCodec *codec = avcodec_find_encoder_by_name("libx264");
	AVCodecContext *encoder = maker->picture = codec != NULL ? avcodec_alloc_context3(codec) : NULL;
	if (encoder == NULL)
		return codec != NULL ? AVERROR(ENOMEM) : AVERROR_ENCODER_NOT_FOUND;
	encoder->width = TYPED_WIDTH;
	encoder->height = TYPED_HEIGHT;
	encoder->pix_fmt = AV_PIX_FMT_YUV420P;
	encoder->time_base = (AVRational){ 1, TICKS };
	encoder->framerate = (AVRational){ TYPED_RATE, 1 };
	encoder->sample_aspect_ratio = (AVRational){ 1, 1 };
	encoder->color_range = AVCOL_RANGE_MPEG;
	encoder->colorspace = AVCOL_SPC_BT709;
	encoder->color_primaries = AVCOL_PRI_BT709;
	encoder->color_trc = AVCOL_TRC_BT709;
	encoder->profile = FF_PROFILE_H264_HIGH;
	encoder->gop_size = TYPED_RATE;
	encoder->thread_count = (int)threads;
	encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT;
	av_opt_set(encoder->priv_data, "preset", "veryfast", 0);
	av_opt_set(encoder->priv_data, "crf", "22", 0);
	av_opt_set(encoder->priv_data, "forced-idr", "1", 0);
	return avcodec_open2(encoder, codec, NULL);
}

static int open_sound(struct clip_maker *maker)
{
	const AVCodec *codec = avcodec_find_encoder(AV_CODEC_ID_AAC);
	AVCodecContext *encoder = maker->sound = avcodec_alloc_context3(codec);
	if (encoder == NULL)
		return AVERROR(ENOMEM);
	encoder->sample_rate = SYNTH_RATE;
	encoder->sample_fmt = AV_SAMPLE_FMT_FLTP;
	encoder->bit_rate = SOUND_RATE_BITS;
	encoder->time_base = (AVRational){ 1, SYNTH_RATE };
	encoder->flags |= AV_CODEC_FLAG_GLOBAL_HEADER | AV_CODEC_FLAG_BITEXACT;
	encoder->thread_count = 1;
	av_channel_layout_default(&encoder->ch_layout, 2);
	return avcodec_open2(encoder, codec, NULL);
}

static int open_mux(struct clip_maker *maker, int video_fd)
{
	AVCodecParameters *coded = avcodec_parameters_alloc();
	int failed = coded != NULL ? mux_open(&maker->mux, video_fd) : AVERROR(ENOMEM);
	if (failed >= 0)
		failed = avcodec_parameters_from_context(coded, maker->picture);
	if (failed >= 0)
		failed = mux_add_video(&maker->mux, coded, maker->picture->time_base, maker->picture->framerate, (struct turn){});
	if (failed >= 0)
		failed = avcodec_parameters_from_context(coded, maker->sound);
	if (failed >= 0)
		failed = mux_add_sound(&maker->mux, coded, maker->sound->time_base);
	avcodec_parameters_free(&coded);
	return failed >= 0 ? mux_start(&maker->mux) : failed;
}

static int frames_alloc(struct clip_maker *maker)
{
	maker->packet = av_packet_alloc();
	maker->samples = av_frame_alloc();
	if (maker->packet == NULL || maker->samples == NULL)
		return AVERROR(ENOMEM);
	maker->samples->format = AV_SAMPLE_FMT_FLTP;
	maker->samples->sample_rate = SYNTH_RATE;
	maker->samples->nb_samples = maker->sound->frame_size;
	av_channel_layout_default(&maker->samples->ch_layout, 2);
	return av_frame_get_buffer(maker->samples, 0);
}

static int picture_alloc(struct clip_maker *maker)
{
	maker->frame = av_frame_alloc();
	if (maker->frame == NULL)
		return AVERROR(ENOMEM);
	maker->frame->format = AV_PIX_FMT_YUV420P;
	maker->frame->width = TYPED_WIDTH;
	maker->frame->height = TYPED_HEIGHT;
	maker->frame->color_range = AVCOL_RANGE_MPEG;
	maker->frame->colorspace = AVCOL_SPC_BT709;
	return av_frame_get_buffer(maker->frame, 0);
}

static int play(struct clip_maker *maker)
{
	const struct synth synth = { maker->head.seed, maker->head.tempo, (enum typed_scale)maker->head.scale };
	maker->sound_frames = (int64_t)maker->script.duration_ms * SYNTH_RATE / 1000;
	maker->left = av_calloc((size_t)maker->sound_frames, sizeof *maker->left);
	maker->right = av_calloc((size_t)maker->sound_frames, sizeof *maker->right);
	if (maker->left == NULL || maker->right == NULL)
		return AVERROR(ENOMEM);
	synth_play(&synth, (size_t)maker->sound_frames, maker->left, maker->right);
	return 0;
}

/* --- the clip --- */

static int drain(struct clip_maker *maker, AVCodecContext *encoder)
{
	while (avcodec_receive_packet(encoder, maker->packet) >= 0) {
		bool picture = encoder == maker->picture;
		if (picture)
			maker->packet->duration = TICKS_A_PICTURE;
		int failed = picture ? mux_write_video(&maker->mux, maker->packet) : mux_write_sound(&maker->mux, maker->packet);
		av_packet_unref(maker->packet);
		if (failed < 0)
			return failed;
	}
	return 0;
}

static int paint(struct clip_maker *maker, int64_t number)
{
	unsigned ms = (unsigned)(number * 1000 / TYPED_RATE);
	int failed = av_frame_make_writable(maker->frame);
	if (failed < 0)
		return failed;
	ground_paint(maker->frame, &maker->head, (double)number / (double)maker->pictures);
	ground_letters(maker->frame, letters_at(&maker->letters, ms));
	/* A short first fragment is there sooner on a thin link. */
	maker->frame->pict_type = number == FIRST_PICTURES ? AV_PICTURE_TYPE_I : AV_PICTURE_TYPE_NONE;
	maker->frame->pts = number * TICKS_A_PICTURE;
	return 0;
}

/* All of the sound that belongs before this time. */
static int encode_sound(struct clip_maker *maker, int64_t until)
{
	int failed = 0;
	while (failed >= 0 && maker->sound_at < until && maker->sound_at < maker->sound_frames) {
		int64_t left = maker->sound_frames - maker->sound_at, count = maker->sound->frame_size;
		count = count < left ? count : left;
		failed = av_frame_make_writable(maker->samples);
		if (failed < 0)
			return failed;
		memcpy(maker->samples->data[0], maker->left + maker->sound_at, (size_t)count * sizeof(float));
		memcpy(maker->samples->data[1], maker->right + maker->sound_at, (size_t)count * sizeof(float));
		maker->samples->nb_samples = (int)count;
		maker->samples->pts = maker->sound_at;
		maker->sound_at += count;
		failed = avcodec_send_frame(maker->sound, maker->samples);
		if (failed >= 0)
			failed = drain(maker, maker->sound);
	}
	return failed;
}

static int encode_all(struct clip_maker *maker)
{
	int failed = 0;
	maker->pictures = (int64_t)maker->script.duration_ms * TYPED_RATE / 1000;
	for (int64_t number = 0; number < maker->pictures && failed >= 0; number++) {
		failed = paint(maker, number);
		if (failed >= 0)
			failed = avcodec_send_frame(maker->picture, maker->frame);
		if (failed >= 0)
			failed = drain(maker, maker->picture);
		if (failed >= 0)
			failed = encode_sound(maker, number * SYNTH_RATE / TYPED_RATE);
		if (number % TYPED_RATE == 0)
			report_progress(STAGE_TRANSCODE, (unsigned)(number * 1000 / maker->pictures));
	}
	if (failed >= 0)
		failed = encode_sound(maker, maker->sound_frames);
	if (failed >= 0)
		failed = avcodec_send_frame(maker->picture, NULL);
	if (failed >= 0)
		failed = drain(maker, maker->picture);
	if (failed >= 0)
		failed = avcodec_send_frame(maker->sound, NULL);
	return failed >= 0 ? drain(maker, maker->sound) : failed;
}

static int make(struct clip_maker *maker, unsigned threads, int video_fd)
{
	int failed = open_picture(maker, threads);
	if (failed >= 0)
		failed = open_sound(maker);
	if (failed >= 0)
		failed = frames_alloc(maker);
	if (failed >= 0)
		failed = picture_alloc(maker);
	if (failed >= 0)
		failed = open_mux(maker, video_fd);
	if (failed >= 0)
		failed = play(maker);
	if (failed >= 0)
		failed = encode_all(maker);
	if (failed >= 0)
		failed = mux_finish(&maker->mux);
	if (failed >= 0)
		failed = paint(maker, (int64_t)maker->script.poster_ms * TYPED_RATE / 1000);
	return failed;
}

enum media_reason typed(struct input *input, const struct worker_limits *limits, int video_fd, int image_fd, struct worker_done *done)
{
	AUTO(maker_free) struct clip_maker maker = {};
	WORKER_TRY(read_spec(&maker, input));
	WORKER_TRY(open_letters(&maker));
	WORKER_TRY(write_script(&maker));
	int failed = make(&maker, limits->threads, video_fd);
	if (failed < 0) {
		report_trouble("typed", failed);
		return reason_of(failed, REASON_WORKER_FAILED);
	}
	struct jpeg image;
	WORKER_TRY(jpeg_write(image_fd, maker.frame, &image));
	*done = (struct worker_done){
		.width = TYPED_WIDTH,
		.height = TYPED_HEIGHT,
		.duration_ms = (uint32_t)(maker.mux.end_us / 1000),
		.colour = image.colour,
		.has_sound = 1,
		.image_width = image.width,
		.image_height = image.height,
		.video_bytes = output_bytes(video_fd),
		.image_bytes = image.bytes,
	};
	return REASON_NONE;
}

enum media_reason typed_avatar(struct input *input, int image_fd, struct worker_done *done)
{
	AUTO(maker_free) struct clip_maker maker = {};
	WORKER_TRY(read_spec(&maker, input));
	WORKER_TRY(open_letters(&maker));
	AUTO(buf_free) struct buf script = buf_new(SCRIPT_BYTES_MAX);
	if (!monogram_write(&maker.head, maker.text, &(struct ruler){ letters_measure, &maker.letters }, &script))
		return REASON_UNREADABLE;
	if (!letters_load(&maker.letters, &script))
		return REASON_UNREADABLE;
	int failed = picture_alloc(&maker);
	maker.pictures = 1;
	if (failed >= 0)
		failed = paint(&maker, 0);
	if (failed < 0)
		return reason_of(failed, REASON_WORKER_FAILED);
	/* the square about the letters */
	int top = (TYPED_HEIGHT - AVATAR_PIXELS) / 2, left = (TYPED_WIDTH - AVATAR_PIXELS) / 2;
	maker.frame->crop_top = maker.frame->crop_bottom = (size_t)top;
	maker.frame->crop_left = maker.frame->crop_right = (size_t)left;
	failed = av_frame_apply_cropping(maker.frame, AV_FRAME_CROP_UNALIGNED);
	if (failed < 0)
		return reason_of(failed, REASON_WORKER_FAILED);
	struct jpeg image;
	WORKER_TRY(jpeg_write(image_fd, maker.frame, &image));
	*done = (struct worker_done){
		.colour = image.colour, .image_width = image.width, .image_height = image.height, .image_bytes = image.bytes,
	};
	return REASON_NONE;
}

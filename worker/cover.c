#include "cover.h"

#include <libavcodec/avcodec.h>

#include "clip.h"
#include "decoder.h"
#include "output.h"
#include "picture.h"

struct cover {
	struct clip clip;
	AVCodecContext *decoder;
	AVPacket *packet;
	AVFrame *frame, *best;          /* best: the last picture that is not later than `at` */
	struct picture picture;
	int64_t at;                     /* in the video's time base */
	bool found;
};

static void cover_free(struct cover *cover)
{
	picture_free(&cover->picture);
	avcodec_free_context(&cover->decoder);
	av_packet_free(&cover->packet);
	av_frame_free(&cover->frame);
	av_frame_free(&cover->best);
	clip_close(&cover->clip);
}

static void look(struct cover *cover)
{
	while (!cover->found && avcodec_receive_frame(cover->decoder, cover->frame) >= 0) {
		bool later = cover->frame->best_effort_timestamp > cover->at;
		cover->found = later && cover->best->buf[0] != NULL;
		if (!cover->found) {
			av_frame_unref(cover->best);
			av_frame_move_ref(cover->best, cover->frame);
			cover->found = later;
		}
		av_frame_unref(cover->frame);
	}
}

static void find(struct cover *cover)
{
	while (!cover->found && av_read_frame(cover->clip.format, cover->packet) >= 0) {
		if (cover->packet->stream_index == cover->clip.video && avcodec_send_packet(cover->decoder, cover->packet) >= 0)
			look(cover);
		av_packet_unref(cover->packet);
	}
	if (!cover->found && avcodec_send_packet(cover->decoder, NULL) >= 0)
		look(cover);
}

/* Upright and of the size that posters have. */
static enum media_reason write(struct cover *cover, int image_fd, struct jpeg *out)
{
	if (cover->best->buf[0] == NULL)
		return REASON_NO_PICTURE;
	cover->best->pts = 0;
	WORKER_TRY(picture_send(&cover->picture, cover->best));
	WORKER_TRY(picture_send(&cover->picture, NULL));
	if (!picture_receive(&cover->picture, cover->frame))
		return REASON_NO_PICTURE;
	if (!output_empty(image_fd))
		return REASON_WORKER_FAILED;
	return jpeg_write(image_fd, cover->frame, out);
}

enum media_reason cover_write(struct input *rendition, const struct worker_limits *limits, uint32_t at_ms, int image_fd, struct jpeg *out)
{
	AUTO(cover_free) struct cover cover = { .packet = av_packet_alloc(), .frame = av_frame_alloc(), .best = av_frame_alloc() };
	if (cover.packet == NULL || cover.frame == NULL || cover.best == NULL)
		return REASON_MEMORY_LIMIT;
	WORKER_TRY(clip_open(&cover.clip, rendition, limits, &(struct worker_trim){}));
	AVStream *video = clip_video(&cover.clip);
	int failed = decoder_open(video, limits, 1, &cover.decoder);
	if (failed < 0)
		return reason_of(failed, REASON_WORKER_FAILED);
	cover.picture = (struct picture){ .turn = cover.clip.turn, .threads = 1 };
	int64_t at_us = (int64_t)at_ms * 1000;
	(void)clip_seek(&cover.clip, at_us);    /* else from the beginning */
	/* a tick's rounding shall not give the picture before */
	int64_t start = video->start_time != AV_NOPTS_VALUE ? video->start_time : 0;
	cover.at = start + av_rescale_q(at_us + 1000, AV_TIME_BASE_Q, video->time_base);
	find(&cover);
	return write(&cover, image_fd, out);
}

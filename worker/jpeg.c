#include "jpeg.h"

#include <libavcodec/avcodec.h>
#include <libswscale/swscale.h>

#include "output.h"

#define QUALITY 4                /* the quantiser, 2 (best) to 31 */
#define LIGHT_ENOUGH 48          /* mean luma of 16 to 235 */
#define TRIES_MAX 6

static uint64_t plane_sum(const AVFrame *frame, int plane, int width, int height)
{
	uint64_t sum = 0;
	for (int y = 0; y < height; y++) {
		const uint8_t *row = frame->data[plane] + (ptrdiff_t)y * frame->linesize[plane];
		for (int x = 0; x < width; x++)
			sum += row[x];
	}
	return sum;
}

static double plane_mean(const AVFrame *frame, int plane)
{
	int shift = plane > 0;
	int width = (frame->width + shift) >> shift, height = (frame->height + shift) >> shift;
	return (double)plane_sum(frame, plane, width, height) / ((double)width * height);
}

static uint32_t channel(double value)
{
	return value < 0 ? 0 : value > 255 ? 255 : (uint32_t)(value + 0.5);
}

/* ITU-T T.871 section 7 (JFIF's colours) */
static uint32_t mean_colour(const AVFrame *frame)
{
	double y = plane_mean(frame, 0), cb = plane_mean(frame, 1) - 128, cr = plane_mean(frame, 2) - 128;
	uint32_t red = channel(y + 1.402 * cr), green = channel(y - 0.344136 * cb - 0.714136 * cr), blue = channel(y + 1.772 * cb);
	return red << 16 | green << 8 | blue;
}

static int convert(const AVFrame *from, AVFrame *to)
{
	to->format = AV_PIX_FMT_YUVJ420P;
	to->width = from->width;
	to->height = from->height;
	to->color_range = AVCOL_RANGE_JPEG;
	int failed = av_frame_get_buffer(to, 0);
	if (failed < 0)
		return failed;
	struct SwsContext *scaler = sws_getContext(from->width, from->height, from->format, to->width, to->height,
		to->format, SWS_BICUBIC | SWS_ACCURATE_RND, NULL, NULL, NULL);
	if (scaler == NULL)
		return AVERROR(ENOMEM);
	const int *source = sws_getCoefficients(from->colorspace == AVCOL_SPC_BT709 ? SWS_CS_ITU709 : SWS_CS_ITU601);
	const int *target = sws_getCoefficients(SWS_CS_ITU601);
	/* refused for RGB, which has neither */
	(void)sws_setColorspaceDetails(scaler, source, from->color_range == AVCOL_RANGE_JPEG, target, 1, 0, 1 << 16, 1 << 16);
	failed = sws_scale(scaler, (const uint8_t *const *)from->data, from->linesize, 0, from->height, to->data, to->linesize);
	sws_freeContext(scaler);
	return failed < 0 ? failed : 0;
}

static int encode(int fd, AVFrame *frame, AVCodecContext *encoder, AVPacket *packet)
{
	encoder->width = frame->width;
	encoder->height = frame->height;
	encoder->pix_fmt = AV_PIX_FMT_YUVJ420P;
	encoder->color_range = AVCOL_RANGE_JPEG;
	encoder->time_base = (AVRational){ 1, 1 };
	encoder->flags |= AV_CODEC_FLAG_QSCALE | AV_CODEC_FLAG_BITEXACT;
	encoder->global_quality = QUALITY * FF_QP2LAMBDA;
	encoder->thread_count = 1;
	int failed = avcodec_open2(encoder, encoder->codec, NULL);
	if (failed < 0)
		return failed;
	frame->quality = encoder->global_quality;
	frame->pts = 0;
	failed = avcodec_send_frame(encoder, frame);
	if (failed >= 0)
		failed = avcodec_send_frame(encoder, NULL);
	if (failed >= 0)
		failed = avcodec_receive_packet(encoder, packet);
	return failed < 0 ? failed : output_put(fd, packet->data, packet->size);
}

enum media_reason jpeg_write(int fd, const AVFrame *frame, struct jpeg *out)
{
	AVFrame *full = av_frame_alloc();
	AVPacket *packet = av_packet_alloc();
	AVCodecContext *encoder = avcodec_alloc_context3(avcodec_find_encoder(AV_CODEC_ID_MJPEG));
	int failed = full != NULL && packet != NULL && encoder != NULL ? 0 : AVERROR(ENOMEM);
	if (failed >= 0)
		failed = convert(frame, full);
	if (failed >= 0)
		failed = encode(fd, full, encoder, packet);
	if (failed >= 0)
		*out = (struct jpeg){
			.width = (uint32_t)full->width,
			.height = (uint32_t)full->height,
			.colour = mean_colour(full),
			.bytes = (uint64_t)packet->size,
		};
	avcodec_free_context(&encoder);
	av_packet_free(&packet);
	av_frame_free(&full);
	if (failed < 0)
		report_trouble("image", failed);
	return failed < 0 ? reason_of(failed, REASON_WORKER_FAILED) : REASON_NONE;
}

bool poster_wants_more(const struct poster *poster)
{
	return poster->tries < TRIES_MAX && poster->light < LIGHT_ENOUGH;
}

enum media_reason poster_offer(struct poster *poster, const AVFrame *frame)
{
	int light = (int)plane_mean(frame, 0);
	poster->tries++;
	if (poster->best != NULL && light <= poster->light)
		return REASON_NONE;
	av_frame_free(&poster->best);
	poster->best = av_frame_clone(frame);
	poster->light = light;
	return poster->best != NULL ? REASON_NONE : REASON_MEMORY_LIMIT;
}

void poster_free(struct poster *poster)
{
	av_frame_free(&poster->best);
}

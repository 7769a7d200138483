#include "avatar.h"

#include <libavcodec/avcodec.h>
#include <libswscale/swscale.h>
#include <string.h>

#include "clip.h"
#include "jpeg.h"
#include "turn.h"

#define INPUT_MAX (32 << 20)
#define MAGIC_BYTES 16
#define SIDE_MAX 8192
#define PIXELS_MAX (4096 * 4096)

static enum AVCodecID codec_of(const unsigned char *head)
{
	if (memcmp(head, "\xff\xd8\xff", 3) == 0)
		return AV_CODEC_ID_MJPEG;
	if (memcmp(head, "\x89PNG\r\n\x1a\n", 8) == 0)
		return AV_CODEC_ID_PNG;
	if (memcmp(head, "GIF87a", 6) == 0 || memcmp(head, "GIF89a", 6) == 0)
		return AV_CODEC_ID_GIF;
	if (memcmp(head, "RIFF", 4) == 0 && memcmp(head + 8, "WEBP", 4) == 0)
		return AV_CODEC_ID_WEBP;
	return AV_CODEC_ID_NONE;
}

/* The whole file is one packet: no demuxer takes part. */
static enum media_reason read_file(struct input *input, AVPacket *packet)
{
	if (input->bytes > INPUT_MAX)
		return REASON_TOO_LARGE;
	if (input->bytes < MAGIC_BYTES)
		return REASON_IMAGE_UNSUPPORTED;
	if (av_new_packet(packet, (int)input->bytes) < 0)
		return REASON_MEMORY_LIMIT;
	packet->flags |= AV_PKT_FLAG_KEY;
	for (int got = 0; got < packet->size;) {
		int count = input_read(input, got, packet->data + got, packet->size - got);
		if (count <= 0)
			return REASON_WORKER_FAILED;
		got += count;
	}
	return REASON_NONE;
}

static uint32_t be32(const unsigned char *at)
{
	return (uint32_t)at[0] << 24 | (uint32_t)at[1] << 16 | (uint32_t)at[2] << 8 | at[3];
}

/* Of the two formats whose first bytes tell it.  The decoders hold the others to max_pixels before
 * they make room for a picture; these two are answered here with the right reason. */
static enum media_reason check_head(const unsigned char *head, enum AVCodecID codec)
{
	uint64_t width = 1, height = 1;
	if (codec == AV_CODEC_ID_PNG && memcmp(head + 12, "IHDR", 4) == 0) {
		width = be32(head + MAGIC_BYTES);
		height = be32(head + MAGIC_BYTES + 4);
	} else if (codec == AV_CODEC_ID_GIF) {
		width = (uint64_t)head[6] | (uint64_t)head[7] << 8;
		height = (uint64_t)head[8] | (uint64_t)head[9] << 8;
	}
	bool over = width > SIDE_MAX || height > SIDE_MAX || width * height > PIXELS_MAX;
	return over ? REASON_TOO_LARGE : REASON_NONE;
}

static enum media_reason decode(const AVPacket *packet, enum AVCodecID codec, AVFrame *out)
{
	AVCodecContext *decoder = avcodec_alloc_context3(avcodec_find_decoder(codec));
	if (decoder == NULL)
		return REASON_MEMORY_LIMIT;
	decoder->max_pixels = PIXELS_MAX;
	decoder->thread_count = 1;
	int failed = avcodec_open2(decoder, decoder->codec, NULL);
	if (failed >= 0)
		failed = avcodec_send_packet(decoder, packet);
	if (failed >= 0)
		(void)avcodec_send_packet(decoder, NULL);
	if (failed >= 0)
		failed = avcodec_receive_frame(decoder, out);
	avcodec_free_context(&decoder);
	if (failed < 0)
		report_trouble("avatar", failed);
	return failed < 0 ? reason_of(failed, REASON_UNREADABLE) : REASON_NONE;
}

/* The middle square, scaled to `side`, as RGB. */
static int crop(const AVFrame *from, int side, AVFrame *to)
{
	AVFrame *middle = av_frame_clone(from);
	if (middle == NULL)
		return AVERROR(ENOMEM);
	int square = from->width < from->height ? from->width : from->height;
	middle->crop_left = (size_t)(from->width - square) / 2;
	middle->crop_right = (size_t)(from->width - square) - middle->crop_left;
	middle->crop_top = (size_t)(from->height - square) / 2;
	middle->crop_bottom = (size_t)(from->height - square) - middle->crop_top;
	int failed = av_frame_apply_cropping(middle, AV_FRAME_CROP_UNALIGNED);
	to->format = AV_PIX_FMT_RGB24;
	to->width = to->height = side;
	if (failed >= 0)
		failed = av_frame_get_buffer(to, 0);
	struct SwsContext *scaler = NULL;
	if (failed >= 0)
		scaler = sws_getContext(middle->width, middle->height, middle->format, side, side, to->format,
			SWS_AREA | SWS_ACCURATE_RND, NULL, NULL, NULL);
	if (scaler != NULL)
		failed = sws_scale(scaler, (const uint8_t *const *)middle->data, middle->linesize, 0, middle->height, to->data, to->linesize);
	else if (failed >= 0)
		failed = AVERROR(ENOMEM);
	sws_freeContext(scaler);
	av_frame_free(&middle);
	return failed < 0 ? failed : 0;
}

static int turned(const AVFrame *from, struct turn turn, AVFrame *to)
{
	int side = from->width;
	to->format = from->format;
	to->width = to->height = side;
	int failed = av_frame_get_buffer(to, 0);
	if (failed < 0)
		return failed;
	for (int y = 0; y < side; y++)
		for (int x = 0; x < side; x++) {
			int from_x = turn.swap ? y : x, from_y = turn.swap ? x : y;
			int to_x = turn.flip_x ? side - 1 - x : x, to_y = turn.flip_y ? side - 1 - y : y;
			memcpy(to->data[0] + (ptrdiff_t)to_y * to->linesize[0] + (ptrdiff_t)to_x * 3,
				from->data[0] + (ptrdiff_t)from_y * from->linesize[0] + (ptrdiff_t)from_x * 3, 3);
		}
	return 0;
}

static enum media_reason make(const AVFrame *decoded, AVFrame *square, AVFrame *upright, int fd, struct worker_done *done)
{
	if (decoded->width < PICTURE_SIDE_MIN || decoded->height < PICTURE_SIDE_MIN)
		return REASON_TOO_SMALL;
	struct turn turn = {};
	const AVFrameSideData *matrix = av_frame_get_side_data(decoded, AV_FRAME_DATA_DISPLAYMATRIX);
	if (matrix != NULL && matrix->size >= TURN_MATRIX_BYTES)
		turn = turn_of_matrix(matrix->data);
	int failed = crop(decoded, AVATAR_PIXELS, square);
	if (failed >= 0)
		failed = turned(square, turn, upright);
	if (failed < 0) {
		report_trouble("avatar", failed);
		return reason_of(failed, REASON_UNREADABLE);
	}
	struct jpeg image;
	WORKER_TRY(jpeg_write(fd, upright, &image));
	*done = (struct worker_done){
		.colour = image.colour,
		.image_width = image.width,
		.image_height = image.height,
		.image_bytes = image.bytes,
	};
	return REASON_NONE;
}

static enum media_reason read_and_decode(struct input *input, AVPacket *packet, AVFrame *out)
{
	WORKER_TRY(read_file(input, packet));
	enum AVCodecID codec = codec_of(packet->data);
	if (codec == AV_CODEC_ID_NONE)
		return REASON_IMAGE_UNSUPPORTED;
	/* av_new_packet() leaves zeros behind the end, so that a short head may be looked at */
	WORKER_TRY(check_head(packet->data, codec));
	return decode(packet, codec, out);
}

enum media_reason avatar(struct input *input, int image_fd, struct worker_done *done)
{
	AVPacket *packet = av_packet_alloc();
	AVFrame *decoded = av_frame_alloc(), *square = av_frame_alloc(), *upright = av_frame_alloc();
	enum media_reason reason = REASON_MEMORY_LIMIT;
	if (packet != NULL && decoded != NULL && square != NULL && upright != NULL)
		reason = read_and_decode(input, packet, decoded);
	if (reason == REASON_NONE)
		reason = make(decoded, square, upright, image_fd, done);
	av_packet_free(&packet);
	av_frame_free(&decoded);
	av_frame_free(&square);
	av_frame_free(&upright);
	return reason;
}

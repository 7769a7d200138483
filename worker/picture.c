#include "picture.h"

#include <libavfilter/buffersink.h>
#include <libavfilter/buffersrc.h>
#include <libavutil/mathematics.h>
#include <libavutil/pixdesc.h>
#include <math.h>
#include <stdio.h>

#define HD_HEIGHT 720
#define ASPECT_MAX 4.0           /* a pixel further from square than this is a lie */
#define SQUARE_ENOUGH 0.02       /* 135:136 is what rounding to even sizes leaves behind */
#define GRAPH_TEXT 1024
#define SIDE_MIN 16

static int even(double side)
{
	int whole = (int)(side / 2 + 0.01) * 2;         /* down: not even by one pixel is it enlarged */
	return whole < SIDE_MIN ? SIDE_MIN : whole;
}

bool picture_is_square(AVRational aspect)
{
	return aspect.num <= 0 || aspect.den <= 0 || fabs(av_q2d(aspect) - 1) < SQUARE_ENOUGH;
}

void picture_fit(int width, int height, AVRational aspect, struct turn turn, int short_side, int *out_width, int *out_height)
{
	double shown_width = width, shown_height = height;
	double ratio = picture_is_square(aspect) ? 1 : av_q2d(aspect);
	if (ratio > ASPECT_MAX || ratio < 1 / ASPECT_MAX)
		ratio = 1;
	if (ratio > 1)
		shown_width *= ratio;
	else
		shown_height /= ratio;
	double shorter = fmin(shown_width, shown_height), longer = fmax(shown_width, shown_height);
	double scale = fmin(1, fmin(short_side / shorter, PICTURE_LONG_SIDE / longer));
	int w = even(shown_width * scale), h = even(shown_height * scale);
	*out_width = turn.swap ? h : w;
	*out_height = turn.swap ? w : h;
}

static bool is_hdr(enum AVColorTransferCharacteristic transfer)
{
	return transfer == AVCOL_TRC_SMPTE2084 || transfer == AVCOL_TRC_ARIB_STD_B67;
}

static bool is_rgb(int format)
{
	const AVPixFmtDescriptor *what = av_pix_fmt_desc_get(format);
	return what != NULL && (what->flags & (AV_PIX_FMT_FLAG_RGB | AV_PIX_FMT_FLAG_PAL)) != 0;
}

/* BT.2020 needs its primaries converted, which libswscale cannot. */
static bool is_wide(const AVFrame *frame)
{
	return !is_rgb(frame->format) && (is_hdr(frame->color_trc) || frame->color_primaries == AVCOL_PRI_BT2020
		|| frame->colorspace == AVCOL_SPC_BT2020_NCL || frame->colorspace == AVCOL_SPC_BT2020_CL);
}

/* zimg refuses to guess, so that what the file does not say is said here. */
static void fill_in_wide(AVFrame *frame)
{
	if (frame->color_range == AVCOL_RANGE_UNSPECIFIED)
		frame->color_range = AVCOL_RANGE_MPEG;
	frame->colorspace = AVCOL_SPC_BT2020_NCL;
	frame->color_primaries = AVCOL_PRI_BT2020;
	if (!is_hdr(frame->color_trc))
		frame->color_trc = AVCOL_TRC_BT709;
	frame->chroma_location = AVCHROMA_LOC_LEFT;
}

static void choose_colours(struct picture *picture, const AVFrame *frame)
{
	picture->matrix = AVCOL_SPC_BT709;
	picture->primaries = AVCOL_PRI_BT709;
	picture->transfer = AVCOL_TRC_BT709;
	if (is_wide(frame) || is_rgb(frame->format))
		return;
	bool standard = frame->colorspace == AVCOL_SPC_SMPTE170M || frame->colorspace == AVCOL_SPC_BT470BG
		|| (frame->colorspace == AVCOL_SPC_UNSPECIFIED && frame->height < HD_HEIGHT && frame->width < HD_HEIGHT * 16 / 9);
	if (standard) {
		picture->matrix = AVCOL_SPC_SMPTE170M;
		picture->primaries = frame->colorspace == AVCOL_SPC_BT470BG ? AVCOL_PRI_BT470BG : AVCOL_PRI_SMPTE170M;
		picture->transfer = AVCOL_TRC_SMPTE170M;
	}
}

static void graph_text(const struct picture *picture, const AVFrame *frame, int width, int height, char out[GRAPH_TEXT])
{
	const char *whole = picture->interlaced || frame->interlaced_frame ? "bwdif=mode=send_frame:deint=interlaced," : "";
	/* zimg wants sizes that the chroma's halves divide */
	const char *trim = frame->width % 2 != 0 || frame->height % 2 != 0 ? "crop=trunc(iw/2)*2:trunc(ih/2)*2:0:0:exact=1," : "";
	const char *turn = turn_filters(picture->turn);
	if (is_wide(frame) && is_hdr(frame->color_trc))
		snprintf(out, GRAPH_TEXT, "%s%szscale=w=%d:h=%d:f=bilinear:transfer=linear:npl=100,format=gbrpf32le,"
			"zscale=primaries=bt709,tonemap=hable:desat=0,zscale=transfer=bt709:matrix=bt709:range=limited,"
			"format=yuv420p%s,setsar=1", whole, trim, width, height, turn);
	else if (is_wide(frame))
		snprintf(out, GRAPH_TEXT, "%s%szscale=w=%d:h=%d:primaries=bt709:transfer=bt709:matrix=bt709:range=limited,"
			"format=yuv420p%s,setsar=1", whole, trim, width, height, turn);
	else
		snprintf(out, GRAPH_TEXT, "%sscale=w=%d:h=%d:flags=bicubic:out_range=tv%s,format=yuv420p%s,setsar=1", whole,
			width, height, is_rgb(frame->format) ? ":out_color_matrix=bt709" : "", turn);
}

static int graph_link(struct picture *picture, const char *filters)
{
	char source[160];
	snprintf(source, sizeof source, "video_size=%dx%d:pix_fmt=%d:time_base=1/90000:pixel_aspect=1/1", picture->from_width,
		picture->from_height, picture->from_format);
	picture->graph = avfilter_graph_alloc();
	AVFilterInOut *ins = avfilter_inout_alloc(), *outs = avfilter_inout_alloc();
	int failed = AVERROR(ENOMEM);
	if (picture->graph == NULL || ins == NULL || outs == NULL)
		goto end;
	picture->graph->nb_threads = picture->threads;
	failed = avfilter_graph_create_filter(&picture->source, avfilter_get_by_name("buffer"), "in", source, NULL, picture->graph);
	if (failed < 0)
		goto end;
	failed = avfilter_graph_create_filter(&picture->sink, avfilter_get_by_name("buffersink"), "out", NULL, NULL, picture->graph);
	if (failed < 0)
		goto end;
	outs->name = av_strdup("in");
	outs->filter_ctx = picture->source;
	ins->name = av_strdup("out");
	ins->filter_ctx = picture->sink;
	failed = avfilter_graph_parse_ptr(picture->graph, filters, &ins, &outs, NULL);
	if (failed >= 0)
		failed = avfilter_graph_config(picture->graph, NULL);
end:
	avfilter_inout_free(&ins);
	avfilter_inout_free(&outs);
	return failed;
}

static enum media_reason graph_open(struct picture *picture, const AVFrame *frame, AVRational aspect)
{
	avfilter_graph_free(&picture->graph);
	picture->from_width = frame->width;
	picture->from_height = frame->height;
	picture->from_format = frame->format;
	picture->from_transfer = frame->color_trc;
	picture->from_aspect = aspect;
	if (picture->width == 0) {
		picture_fit(frame->width, frame->height, aspect, picture->turn, PICTURE_SHORT_SIDE, &picture->width, &picture->height);
		choose_colours(picture, frame);
	}
	bool swap = picture->turn.swap;
	char filters[GRAPH_TEXT];
	graph_text(picture, frame, swap ? picture->height : picture->width, swap ? picture->width : picture->height, filters);
	int failed = graph_link(picture, filters);
	if (failed < 0)
		report_trouble("picture", failed);
	return failed < 0 ? reason_of(failed, REASON_NO_PICTURE) : REASON_NONE;
}

static bool is_same(const struct picture *picture, const AVFrame *frame, AVRational aspect)
{
	return picture->graph != NULL && frame->width == picture->from_width && frame->height == picture->from_height
		&& frame->format == picture->from_format && frame->color_trc == picture->from_transfer
		&& av_cmp_q(aspect, picture->from_aspect) == 0;
}

enum media_reason picture_send(struct picture *picture, AVFrame *frame)
{
	if (frame != NULL) {
		AVRational aspect = picture->aspect.num > 0 ? picture->aspect : frame->sample_aspect_ratio;
		if (aspect.num <= 0 || aspect.den <= 0)
			aspect = (AVRational){ 1, 1 };
		if (is_wide(frame))
			fill_in_wide(frame);
		if (!is_same(picture, frame, aspect))
			WORKER_TRY(graph_open(picture, frame, aspect));
		frame->sample_aspect_ratio = (AVRational){ 1, 1 };
	} else if (picture->graph == NULL) {
		return REASON_NONE;
	}
	int failed = av_buffersrc_add_frame(picture->source, frame);
	if (failed < 0 && failed != AVERROR_EOF) {
		report_trouble("picture", failed);
		return reason_of(failed, REASON_NO_PICTURE);
	}
	return REASON_NONE;
}

bool picture_receive(struct picture *picture, AVFrame *out)
{
	if (picture->graph == NULL || av_buffersink_get_frame(picture->sink, out) < 0)
		return false;
	/* bwdif halves the time base */
	out->pts = av_rescale_q(out->pts, av_buffersink_get_time_base(picture->sink), PICTURE_TIME_BASE);
	out->color_range = AVCOL_RANGE_MPEG;
	out->colorspace = picture->matrix;
	out->color_primaries = picture->primaries;
	out->color_trc = picture->transfer;
	out->pict_type = AV_PICTURE_TYPE_NONE;
	out->interlaced_frame = 0;
	return true;
}

void picture_free(struct picture *picture)
{
	avfilter_graph_free(&picture->graph);
}

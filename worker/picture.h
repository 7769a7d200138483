/* worker/picture.h - decoded pictures made fit to be shown anywhere: one size, upright, square
 * pixels, whole frames, 8-bit 4:2:0 with limited range, standard dynamic range. */
#ifndef WORKER_PICTURE_H
#define WORKER_PICTURE_H
#include <libavfilter/avfilter.h>
#include <libavutil/frame.h>
#include <stdbool.h>

#include "report.h"
#include "turn.h"

#define PICTURE_SHORT_SIDE 720
#define PICTURE_LONG_SIDE 1920
#define PICTURE_TIME_BASE ((AVRational){ 1, 90000 })

/* The input may change its size, format and colours at any frame; the output's size is that of the
 * first frame for good.  High dynamic range (PQ, HLG) is tone-mapped to BT.709. */
struct picture {
	struct turn turn;               /* set by the caller, as are the next three */
	AVRational aspect;              /* of a pixel, as the container says; 0: as the frames say */
	bool interlaced;                /* the header says so */
	int threads;

	AVFilterGraph *graph;
	AVFilterContext *source, *sink;
	int from_width, from_height, from_format;
	AVRational from_aspect;
	enum AVColorTransferCharacteristic from_transfer;
	enum AVColorSpace matrix;       /* of what comes out */
	enum AVColorPrimaries primaries;
	enum AVColorTransferCharacteristic transfer;
	int width, height;              /* of what comes out; 0 until the first frame */
};

/* `frame` has its time in PICTURE_TIME_BASE and is left empty; NULL: no more will come. */
enum media_reason picture_send(struct picture *, AVFrame *frame);
/* False when none is ready.  Time in PICTURE_TIME_BASE. */
bool picture_receive(struct picture *, AVFrame *out);
void picture_free(struct picture *);

/* The size at which a picture is shown when it may not be enlarged, nor be over these sides; even. */
void picture_fit(int width, int height, AVRational aspect, struct turn, int short_side, int *out_width, int *out_height);
bool picture_is_square(AVRational aspect);       /* as good as; also when nothing is said */
#endif

#include "ground.h"

#include <math.h>

#define CELL 16                         /* pixels between two points whose colour is worked out */
#define COLUMNS (TYPED_WIDTH / CELL + 1)
#define ROWS (TYPED_HEIGHT / CELL + 1)
#define FRACTION 8                      /* bits, of the colours between */

struct yuv {
	int y, u, v;
};

/* ITU-R BT.709, limited range, with FRACTION bits behind the point. */
static struct yuv yuv_of(double red, double green, double blue)
{
	double luma = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
	const double one = 1 << FRACTION;
	return (struct yuv){
		(int)((16 + luma * 219 / 255) * one),
		(int)((128 + (blue - luma) / 1.8556 * 224 / 255) * one),
		(int)((128 + (red - luma) / 1.5748 * 224 / 255) * one),
	};
}

static double channel(uint32_t colour, int shift)
{
	return colour >> shift & 0xff;
}

/* Three lights that wander about each other; the first is the ground's own. */
static struct yuv colour_at(const struct typed_head *head, double part, double x, double y)
{
	double turn = 6.283185307 * part, spin = (double)(head->seed % 628) / 100;
	double weights[3] = { 0.55, 0, 0 }, sum = 0.55, mixed[3] = {};
	for (int i = 1; i < 3; i++) {
		double centre_x = 0.5 + 0.42 * cos(turn + spin + 2.6 * i), centre_y = 0.9 + 0.62 * sin(turn * (i == 1 ? 1 : -1) + spin * 1.7 + 2.1 * i);
		double far = (x - centre_x) * (x - centre_x) + (y - centre_y) * (y - centre_y);
		weights[i] = 1.35 * exp(-far * 3.2);
		sum += weights[i];
	}
	for (int i = 0; i < 3; i++)
		for (int c = 0; c < 3; c++)
			mixed[c] += channel(head->colours[i], 16 - 8 * c) * weights[i] / sum;
	return yuv_of(mixed[0], mixed[1], mixed[2]);
}

static int between(int a, int b, int at, int of)
{
	return a + (b - a) * at / of;
}

/* A fixed pattern of thresholds hides the steps between 8-bit colours, and costs the encoder little. */
static int dithered(int value, int x, int y)
{
	static const int bayer[4][4] = { { 0, 8, 2, 10 }, { 12, 4, 14, 6 }, { 3, 11, 1, 9 }, { 15, 7, 13, 5 } };
	return (value + bayer[y & 3][x & 3] * (1 << FRACTION) / 16) >> FRACTION;
}

static void paint_luma(AVFrame *frame, struct yuv grid[ROWS][COLUMNS])
{
	for (int y = 0; y < TYPED_HEIGHT; y++) {
		uint8_t *row = frame->data[0] + (ptrdiff_t)y * frame->linesize[0];
		const struct yuv *above = grid[y / CELL], *below = grid[y / CELL + 1];
		for (int column = 0; column + 1 < COLUMNS; column++) {
			int left = between(above[column].y, below[column].y, y % CELL, CELL);
			int right = between(above[column + 1].y, below[column + 1].y, y % CELL, CELL);
			for (int x = 0; x < CELL; x++)
				row[column * CELL + x] = (uint8_t)dithered(between(left, right, x, CELL), x, y);
		}
	}
}

static void paint_chroma(AVFrame *frame, struct yuv grid[ROWS][COLUMNS])
{
	const int cell = CELL / 2;
	for (int y = 0; y < TYPED_HEIGHT / 2; y++) {
		uint8_t *u_row = frame->data[1] + (ptrdiff_t)y * frame->linesize[1], *v_row = frame->data[2] + (ptrdiff_t)y * frame->linesize[2];
		const struct yuv *above = grid[y / cell], *below = grid[y / cell + 1];
		for (int x = 0; x < TYPED_WIDTH / 2; x++) {
			int column = x / cell, at_x = x % cell, at_y = y % cell;
			int u = between(between(above[column].u, above[column + 1].u, at_x, cell),
				between(below[column].u, below[column + 1].u, at_x, cell), at_y, cell);
			int v = between(between(above[column].v, above[column + 1].v, at_x, cell),
				between(below[column].v, below[column + 1].v, at_x, cell), at_y, cell);
			u_row[x] = (uint8_t)dithered(u, x, y);
			v_row[x] = (uint8_t)dithered(v, x, y);
		}
	}
}

void ground_paint(AVFrame *frame, const struct typed_head *head, double part)
{
	struct yuv grid[ROWS][COLUMNS];
	for (int row = 0; row < ROWS; row++)
		for (int column = 0; column < COLUMNS; column++)
			grid[row][column] = colour_at(head, part, (double)column * CELL / TYPED_WIDTH, (double)row * CELL / TYPED_WIDTH);
	paint_luma(frame, grid);
	paint_chroma(frame, grid);
}

/* --- letters --- */

static uint8_t mix(uint8_t under, int over, unsigned alpha)
{
	return (uint8_t)((under * (255 - alpha) + (unsigned)over * alpha + 127) / 255);
}

static unsigned cover(const ASS_Image *image, int x, int y)
{
	x -= image->dst_x;
	y -= image->dst_y;
	return x >= 0 && y >= 0 && x < image->w && y < image->h ? image->bitmap[y * image->stride + x] : 0;
}

static void lay_luma(AVFrame *frame, const ASS_Image *image, int luma, unsigned opaque)
{
	for (int y = 0; y < image->h; y++) {
		const unsigned char *from = image->bitmap + (ptrdiff_t)y * image->stride;
		uint8_t *to = frame->data[0] + (ptrdiff_t)(image->dst_y + y) * frame->linesize[0] + image->dst_x;
		for (int x = 0; x < image->w; x++)
			if (from[x] != 0)
				to[x] = mix(to[x], luma, from[x] * opaque / 255);
	}
}

static void lay_chroma(AVFrame *frame, const ASS_Image *image, const struct yuv *colour, unsigned opaque)
{
	for (int y = image->dst_y / 2; y <= (image->dst_y + image->h - 1) / 2; y++) {
		uint8_t *u = frame->data[1] + (ptrdiff_t)y * frame->linesize[1], *v = frame->data[2] + (ptrdiff_t)y * frame->linesize[2];
		for (int x = image->dst_x / 2; x <= (image->dst_x + image->w - 1) / 2; x++) {
			unsigned sum = cover(image, 2 * x, 2 * y) + cover(image, 2 * x + 1, 2 * y) + cover(image, 2 * x, 2 * y + 1)
				+ cover(image, 2 * x + 1, 2 * y + 1);
			if (sum == 0)
				continue;
			u[x] = mix(u[x], colour->u >> FRACTION, sum * opaque / 1020);
			v[x] = mix(v[x], colour->v >> FRACTION, sum * opaque / 1020);
		}
	}
}

/* libass keeps its images within the frame that it was told of. */
void ground_letters(AVFrame *frame, const ASS_Image *images)
{
	for (const ASS_Image *image = images; image != NULL; image = image->next) {
		if (image->w <= 0 || image->h <= 0)
			continue;
		struct yuv colour = yuv_of(channel(image->color, 24), channel(image->color, 16), channel(image->color, 8));
		unsigned opaque = 255 - (image->color & 0xff);
		lay_luma(frame, image, colour.y >> FRACTION, opaque);
		lay_chroma(frame, image, &colour, opaque);
	}
}

/* worker/turn.h - how a picture is turned and mirrored to be shown, in steps of 90 degrees. */
#ifndef WORKER_TURN_H
#define WORKER_TURN_H
#include <stdbool.h>
#include <stdint.h>

/* First rows and columns are swapped (or not), then what came out is mirrored. */
struct turn {
	bool swap, flip_x, flip_y;
};

/* libav's display matrix: nine 32-bit numbers (libavutil/display.h).  An angle between the steps is
 * rounded; a matrix of zeros, or of nonsense, is no turn. */
#define TURN_MATRIX_BYTES (9 * sizeof(int32_t))
struct turn turn_of_matrix(const void *matrix);
void turn_to_matrix(struct turn, int32_t matrix[9]);
bool turn_is_none(struct turn);
/* A mirror image, which no turning makes: not every browser honours those. */
bool turn_is_mirror(struct turn);
/* Filters for libavfilter, each with a comma in front; "" for none. */
const char *turn_filters(struct turn);
#endif

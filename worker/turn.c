#include "turn.h"

#include <stdlib.h>
#include <string.h>

#define ONE 65536                /* 16.16 */

struct turn turn_of_matrix(const void *bytes)
{
	/* x' = a x + c y, y' = b x + d y */
	int32_t matrix[9];
	memcpy(matrix, bytes, sizeof matrix);
	int64_t a = matrix[0], b = matrix[1], c = matrix[3], d = matrix[4];
	if (llabs(a) + llabs(d) >= llabs(b) + llabs(c))
		return (struct turn){ .flip_x = a < 0, .flip_y = d < 0 };
	return (struct turn){ .swap = true, .flip_x = c < 0, .flip_y = b < 0 };
}

void turn_to_matrix(struct turn turn, int32_t matrix[9])
{
	int32_t x = turn.flip_x ? -ONE : ONE, y = turn.flip_y ? -ONE : ONE;
	memset(matrix, 0, TURN_MATRIX_BYTES);
	matrix[turn.swap ? 3 : 0] = x;
	matrix[turn.swap ? 1 : 4] = y;
	matrix[8] = 1 << 30;
}

bool turn_is_none(struct turn turn)
{
	return !turn.swap && !turn.flip_x && !turn.flip_y;
}

bool turn_is_mirror(struct turn turn)
{
	return turn.swap == (turn.flip_x == turn.flip_y);
}

const char *turn_filters(struct turn turn)
{
	if (turn.swap && turn.flip_x && turn.flip_y)
		return ",transpose=clock_flip";
	if (turn.swap && turn.flip_x)
		return ",transpose=clock";
	if (turn.swap && turn.flip_y)
		return ",transpose=cclock";
	if (turn.swap)
		return ",transpose=cclock_flip";
	if (turn.flip_x && turn.flip_y)
		return ",hflip,vflip";
	if (turn.flip_x)
		return ",hflip";
	return turn.flip_y ? ",vflip" : "";
}

/* base/id.h - ids that sort by time and never collide inside a region.
 *
 * 0 | 41 bits ms since 2025-01-01 | 8 region of birth | 4 node | 1 lane | 9 sequence.  In JSON always a
 * string: a JavaScript number holds 53 bits only.
 *
 * A command works beside the running server, with the same region and node: so the server has one lane and commands have
 * the other.  There is one of each on a data folder at a time (app/app.c holds the locks). */
#ifndef BASE_ID_H
#define BASE_ID_H
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

#define ID_EPOCH_MS INT64_C(1735689600000)
#define ID_TEXT_BYTES 20

enum id_lane { LANE_SERVING, LANE_COMMANDS };

struct ids {
	pthread_mutex_t lock;
	int64_t last;                          /* under lock: milliseconds and sequence together */
	unsigned region, node;                 /* 0..255, 0..15; these three are fixed */
	enum id_lane lane;
};
void ids_init(struct ids *, unsigned region, unsigned node, enum id_lane);
/* max(now, last + 1): strictly rising even when the clock jumps back. */
int64_t id_new(struct ids *, int64_t wall_us);
/* From now on ids are larger than this one, whatever the clock says: it was set back since. */
void ids_follow(struct ids *, int64_t id);
int64_t id_time_us(int64_t id);
/* No id of that moment or later is smaller. */
int64_t id_floor(int64_t wall_us);
/* Strict decimal, positive, no leading zero. */
bool id_parse(struct str, int64_t *out);
#endif

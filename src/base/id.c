#include "base/id.h"

#include <assert.h>

#define SEQUENCE_BITS 9
#define LANE_BITS 1
#define NODE_BITS 4
#define REGION_BITS 8
#define BELOW_NODE (SEQUENCE_BITS + LANE_BITS)
#define BELOW_REGION (BELOW_NODE + NODE_BITS)
#define BELOW_TIME (BELOW_REGION + REGION_BITS)

void ids_init(struct ids *ids, unsigned region, unsigned node, enum id_lane lane)
{
	assert(region < 1U << REGION_BITS && node < 1U << NODE_BITS);
	pthread_mutex_init(&ids->lock, NULL);
	ids->last = 0;
	ids->region = region;
	ids->node = node;
	ids->lane = lane;
}

int64_t id_new(struct ids *ids, int64_t wall_us)
{
	int64_t ms = wall_us / 1000 - ID_EPOCH_MS;
	int64_t ticket = (ms > 0 ? ms : 0) << SEQUENCE_BITS;
	pthread_mutex_lock(&ids->lock);
	if (ticket <= ids->last)
		ticket = ids->last + 1;
	ids->last = ticket;
	pthread_mutex_unlock(&ids->lock);
	int64_t sequence = ticket & ((1 << SEQUENCE_BITS) - 1);
	return (ticket >> SEQUENCE_BITS) << BELOW_TIME | (int64_t)ids->region << BELOW_REGION | (int64_t)ids->node << BELOW_NODE |
	       (int64_t)ids->lane << SEQUENCE_BITS | sequence;
}

void ids_follow(struct ids *ids, int64_t id)
{
	int64_t ticket = (id >> BELOW_TIME) << SEQUENCE_BITS | (id & ((1 << SEQUENCE_BITS) - 1));
	pthread_mutex_lock(&ids->lock);
	if (ticket > ids->last)
		ids->last = ticket;
	pthread_mutex_unlock(&ids->lock);
}

int64_t id_time_us(int64_t id)
{
	return ((id >> BELOW_TIME) + ID_EPOCH_MS) * 1000;
}

int64_t id_floor(int64_t wall_us)
{
	int64_t ms = wall_us / 1000 - ID_EPOCH_MS;
	return ms > 0 ? ms << BELOW_TIME : 0;
}

bool id_parse(struct str s, int64_t *out)
{
	int64_t id;
	if (s.n == 0 || s.n >= ID_TEXT_BYTES || s.p[0] == '0' || s.p[0] == '-' || !str_i64(s, &id))
		return false;
	*out = id;
	return true;
}

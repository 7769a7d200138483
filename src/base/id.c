#include "base/id.h"

#include <assert.h>

#define SEQUENCE_BITS 10
#define NODE_BITS 4
#define REGION_BITS 8
#define BELOW_TIME (SEQUENCE_BITS + NODE_BITS + REGION_BITS)

void ids_init(struct ids *ids, unsigned region, unsigned node)
{
	assert(region < 1U << REGION_BITS && node < 1U << NODE_BITS);
	pthread_mutex_init(&ids->lock, NULL);
	ids->last = 0;
	ids->region = region;
	ids->node = node;
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
	return (ticket >> SEQUENCE_BITS) << BELOW_TIME | (int64_t)ids->region << (SEQUENCE_BITS + NODE_BITS) |
	       (int64_t)ids->node << SEQUENCE_BITS | sequence;
}

int64_t id_time_us(int64_t id)
{
	return ((id >> BELOW_TIME) + ID_EPOCH_MS) * 1000;
}

bool id_parse(struct str s, int64_t *out)
{
	int64_t id;
	if (s.n == 0 || s.n >= ID_TEXT_BYTES || s.p[0] == '0' || s.p[0] == '-' || !str_i64(s, &id))
		return false;
	*out = id;
	return true;
}

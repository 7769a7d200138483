#include "http/crowd.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define SHELVES 4096

struct block {
	struct block *next;
	struct address address;                /* its first bytes, the rest 0 */
	unsigned count;
};

struct crowd {
	pthread_mutex_t lock;
	struct block *shelves[SHELVES];        /* under lock */
};

struct crowd *crowd_new(void)
{
	struct crowd *crowd = calloc(1, sizeof *crowd);
	if (!crowd)
		abort();
	pthread_mutex_init(&crowd->lock, NULL);
	return crowd;
}

void crowd_free(struct crowd **crowd)
{
	if (!crowd || !*crowd)
		return;
	for (size_t i = 0; i < SHELVES; i++)
		assert(!(*crowd)->shelves[i]);
	pthread_mutex_destroy(&(*crowd)->lock);
	free(*crowd);
	*crowd = NULL;
}

static struct address block_of(const struct address *address)
{
	static const unsigned char mapped[12] = { [10] = 0xFF, [11] = 0xFF };
	struct address block = {};
	memcpy(block.bytes, address->bytes, memcmp(address->bytes, mapped, sizeof mapped) == 0 ? 15 : 6);
	return block;
}

/* Blocks are few and their bits dense: whoever could choose many that fall together has as many lines to connect from. */
static size_t shelf_of(const struct address *block)
{
	uint64_t sum = UINT64_C(14695981039346656037);
	for (size_t i = 0; i < sizeof block->bytes; i++)
		sum = (sum ^ block->bytes[i]) * UINT64_C(1099511628211);
	return (size_t)(sum >> 32) % SHELVES;
}

/* Under the lock.  Where the block is, or the end of its shelf. */
static struct block **place_of(struct crowd *crowd, const struct address *block)
{
	struct block **place = &crowd->shelves[shelf_of(block)];
	while (*place && memcmp((*place)->address.bytes, block->bytes, sizeof block->bytes) != 0)
		place = &(*place)->next;
	return place;
}

unsigned crowd_enter(struct crowd *crowd, const struct address *address)
{
	struct address block = block_of(address);
	pthread_mutex_lock(&crowd->lock);
	struct block **place = place_of(crowd, &block);
	if (!*place) {
		*place = calloc(1, sizeof **place);
		if (!*place)
			abort();
		(*place)->address = block;
	}
	unsigned count = ++(*place)->count;
	pthread_mutex_unlock(&crowd->lock);
	return count;
}

void crowd_leave(struct crowd *crowd, const struct address *address)
{
	struct address block = block_of(address);
	pthread_mutex_lock(&crowd->lock);
	struct block **place = place_of(crowd, &block), *left = *place;
	assert(left && left->count > 0);
	if (--left->count == 0) {
		*place = left->next;
		free(left);
	}
	pthread_mutex_unlock(&crowd->lock);
}

unsigned crowd_count(struct crowd *crowd, const struct address *address)
{
	struct address block = block_of(address);
	pthread_mutex_lock(&crowd->lock);
	const struct block *there = *place_of(crowd, &block);
	unsigned count = there ? there->count : 0;
	pthread_mutex_unlock(&crowd->lock);
	return count;
}

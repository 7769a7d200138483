/* The demands of a log: by the number of their receipt, by their id. */
#include <assert.h>
#include <stdlib.h>

#include "verify/inside.h"

#define SLOTS_FIRST 1024
#define NEWEST 4

void story_demands_free(struct story_demands *demands)
{
	free(demands->items);
	free(demands->table);
	*demands = (struct story_demands){};
}

/* Ids are random, but whoever writes a log chooses them: mixed, so that none is worse than another by much. */
static size_t slot_of(const struct story_demands *demands, uint64_t id)
{
	return (size_t)((id * UINT64_C(0x9e3779b97f4a7c15)) >> 20) & (demands->slots - 1);
}

static void put(struct story_demands *demands, uint32_t place)
{
	size_t slot = slot_of(demands, demands->items[place].id);
	while (demands->table[slot])
		slot = (slot + 1) & (demands->slots - 1);
	demands->table[slot] = place + 1;
}

static void grow(struct story_demands *demands)
{
	demands->room = demands->room ? 2 * demands->room : SLOTS_FIRST / 2;
	demands->items = realloc(demands->items, demands->room * sizeof *demands->items);
	free(demands->table);
	demands->slots = 2 * demands->room;
	demands->table = calloc(demands->slots, sizeof *demands->table);
	if (!demands->items || !demands->table)
		abort();
	for (uint32_t i = 0; i < demands->count; i++)
		put(demands, i);
}

struct story_demand *story_demands_add(struct story_demands *demands, uint64_t number, uint64_t id)
{
	if (demands->count == demands->room)
		grow(demands);
	struct story_demand *const demand = &demands->items[demands->count];
	*demand = (struct story_demand){ .number = number, .id = id, .outcome = STORY_STILL_OPEN, .notice_us = INT64_MAX };
	put(demands, (uint32_t)demands->count++);
	return demand;
}

struct story_demand *story_demands_by_number(const struct story_demands *demands, uint64_t number)
{
	size_t low = 0, high = demands->count;
	/* most entries tell of one that was received just now */
	for (size_t i = high; i > 0 && high - i < NEWEST; i--)
		if (demands->items[i - 1].number == number)
			return &demands->items[i - 1];
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (demands->items[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < demands->count && demands->items[low].number == number ? &demands->items[low] : NULL;
}

struct story_demand *story_demands_by_id(const struct story_demands *demands, uint64_t id)
{
	if (demands->count == 0)
		return NULL;
	for (size_t slot = slot_of(demands, id); demands->table[slot]; slot = (slot + 1) & (demands->slots - 1))
		if (demands->items[demands->table[slot] - 1].id == id)
			return &demands->items[demands->table[slot] - 1];
	return NULL;
}

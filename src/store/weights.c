#include "store/weights.h"

#include <stdatomic.h>
#include <stdlib.h>

#define INDEX_BITS 18
#define PLACES (1u << INDEX_BITS)
#define WEIGHT_BITS 6
#define NOTED_MAX 8192                         /* more at once: all are forgotten */

/* A place holds one word: the part of the mixed number that is not its index, above a weight plus one.  Mixing is one to one, so the
 * word and its place tell the subject exactly, and no lock is needed. */
struct weights {
	_Atomic uint64_t places[PLACES];
	atomic_uint_fast64_t changes;
	_Atomic int64_t due_us;                /* when all is forgotten; 0: nobody has asked yet */
	unsigned noted_count;                  /* the writer's, with the rest */
	uint32_t noted[NOTED_MAX];
};

struct weights *weights_new(void)
{
	struct weights *weights = calloc(1, sizeof *weights);
	if (!weights)
		abort();
	return weights;
}

void weights_free(struct weights **weights)
{
	free(*weights);
	*weights = NULL;
}

/* splitmix64's last steps (Steele, Lea, Flood 2014): each can be undone. */
static uint64_t mixed(int64_t subject)
{
	uint64_t z = (uint64_t)subject;
	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

static uint32_t place_of(uint64_t number)
{
	return (uint32_t)(number >> (64 - INDEX_BITS));
}

static uint64_t word_of(uint64_t number, unsigned weight)
{
	return number << INDEX_BITS | (weight + 1);
}

static void forget_all(struct weights *weights)
{
	for (size_t i = 0; i < PLACES; i++)
		if (atomic_load_explicit(&weights->places[i], memory_order_relaxed))
			atomic_store(&weights->places[i], 0);
}

void weights_stand(struct weights *weights, int64_t now_us)
{
	int64_t due_us = atomic_load(&weights->due_us);
	if (now_us < due_us || !atomic_compare_exchange_strong(&weights->due_us, &due_us, now_us + WEIGHTS_STAND_US))
		return;
	atomic_fetch_add(&weights->changes, 1);
	if (due_us)
		forget_all(weights);
}

bool weights_get(struct weights *weights, int64_t subject, unsigned *out)
{
	const uint64_t number = mixed(subject), none = word_of(number, 0) - 1;
	const uint64_t word = atomic_load(&weights->places[place_of(number)]);
	if (word <= none || word - none > WEIGHT_MAX + 1)
		return false;
	*out = (unsigned)(word - none - 1);
	return true;
}

uint64_t weights_mark(const struct weights *weights)
{
	return atomic_load(&weights->changes);
}

/* What was forgotten between the mark and the store is there again after it: so it is looked for once more. */
void weights_put(struct weights *weights, int64_t subject, unsigned weight, uint64_t mark)
{
	const uint64_t number = mixed(subject);
	_Atomic uint64_t *const place = &weights->places[place_of(number)];
	uint64_t word = word_of(number, weight < WEIGHT_MAX ? weight : WEIGHT_MAX);
	atomic_store(place, word);
	if (atomic_load(&weights->changes) != mark)
		atomic_compare_exchange_strong(place, &word, 0);
}

void weights_note(struct weights *weights, int64_t subject)
{
	if (weights->noted_count < NOTED_MAX)
		weights->noted[weights->noted_count] = place_of(mixed(subject));
	weights->noted_count += weights->noted_count <= NOTED_MAX;
}

void weights_forget_noted(struct weights *weights)
{
	if (weights->noted_count == 0)
		return;
	atomic_fetch_add(&weights->changes, 1);
	if (weights->noted_count > NOTED_MAX)
		forget_all(weights);
	for (unsigned i = 0; i < weights->noted_count && weights->noted_count <= NOTED_MAX; i++)
		atomic_store(&weights->places[weights->noted[i]], 0);
	weights->noted_count = 0;
}

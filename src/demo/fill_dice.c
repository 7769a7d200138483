/* Choices that the seed decides, the same on every machine: no floating point but what IEEE 754 gives exactly, square roots included. */
#include <math.h>
#include <stdlib.h>

#include "demo/fill_inside.h"

/* splitmix64 (Steele, Lea, Flood 2014). */
static uint64_t next(struct fill_dice *dice)
{
	uint64_t z = dice->state += UINT64_C(0x9E3779B97F4A7C15);
	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

struct fill_dice fill_dice(int64_t seed, enum fill_choice choice, int64_t index)
{
	struct fill_dice dice = { .state = (uint64_t)seed };
	dice.state = next(&dice) ^ (uint64_t)choice << 56;
	dice.state = next(&dice) ^ (uint64_t)index;
	dice.state = next(&dice);
	return dice;
}

static double part(struct fill_dice *dice)
{
	return (double)(next(dice) >> 11) * 0x1p-53;
}

static int64_t at(double where, int64_t n)
{
	const int64_t i = (int64_t)(where * (double)n);
	return i < n ? i : n - 1;
}

int64_t fill_below(struct fill_dice *dice, int64_t n)
{
	return at(part(dice), n);
}

int64_t fill_first_ones(struct fill_dice *dice, int64_t n)
{
	const double x = part(dice);
	return at(x * x, n);
}

int64_t fill_common_ones(struct fill_dice *dice, int64_t n)
{
	const double x = part(dice);
	return at(x * x * x, n);
}

void fill_shares(int64_t all, int64_t count, int64_t most, int32_t *out)
{
	double weights = 0;
	int64_t left = all;
	for (int64_t i = 0; i < count; i++)
		weights += 1 / sqrt((double)i + 1);
	for (int64_t i = 0; i < count; i++) {
		const int64_t share = (int64_t)((double)all / weights / sqrt((double)i + 1));
		out[i] = (int32_t)(share < most ? share : most);
		left -= out[i];
	}
	for (bool given = true; left > 0 && given;) {
		given = false;
		for (int64_t i = 0; i < count && left > 0; i++) {
			if (out[i] >= most)
				continue;
			out[i]++;
			left--;
			given = true;
		}
	}
}

static int rising(const void *a, const void *b)
{
	const int32_t one = *(const int32_t *)a, two = *(const int32_t *)b;
	return (one > two) - (one < two);
}

static int64_t without_doubles(int32_t *items, int64_t count)
{
	int64_t kept = 0;
	qsort(items, (size_t)count, sizeof *items, rising);
	for (int64_t i = 0; i < count; i++)
		if (kept == 0 || items[i] != items[kept - 1])
			items[kept++] = items[i];
	return kept;
}

void fill_pick(struct fill_dice *dice, int64_t n, int64_t wanted, fill_popular *popular, const void *self, int32_t *out)
{
	static const unsigned by_popularity = 16;      /* rounds; then whoever is left */
	int64_t have = 0;
	for (unsigned round = 0; have < wanted; round++) {
		for (int64_t i = have; i < wanted; i++) {
			const int64_t rank = round < by_popularity ? fill_first_ones(dice, n) : fill_below(dice, n);
			out[i] = (int32_t)popular(self, rank);
		}
		have = without_doubles(out, wanted);
	}
}

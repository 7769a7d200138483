/* feed/rank.h - the order of a walk: younger first, shuffled a little by its seed.  Pure. */
#ifndef FEED_RANK_H
#define FEED_RANK_H
#include <stdint.h>

/* splitmix64's finisher. */
static inline uint64_t rank_hash(uint64_t seed, int64_t video)
{
	uint64_t x = seed + (uint64_t)video * UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ x >> 30) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ x >> 27) * UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* The age at the walk's start, stretched by 1 to 2 at random: an hour old may come before a minute old, seldom a week before
 * a day.  It depends on nothing that changes during a walk.  At most 2^53. */
static inline uint64_t rank_of(uint64_t seed, int64_t start_s, int64_t video, uint32_t created_s)
{
	const int64_t hour_s = 3600, age_max_s = INT64_C(1) << 40;
	int64_t age_s = start_s > created_s ? start_s - created_s : 0;
	age_s = age_s < age_max_s ? age_s : age_max_s;
	return (uint64_t)(age_s + hour_s) * (1024 + (rank_hash(seed, video) & 1023));
}
#endif

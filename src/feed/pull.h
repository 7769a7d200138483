/* feed/pull.h - how a reader's interests pull at a pool's candidates, for one request.  Inside feed/.
 *
 * Interests are few and most candidates have none of them: what pulls is laid onto the candidates by the pool's lists of kinds,
 * so that the look at all candidates costs an addition each. */
#ifndef FEED_PULL_H
#define FEED_PULL_H
#include "feed/interest.h"
#include "feed/pool.h"

#define PULL_MOST (5 * INTEREST_ONE)           /* of all interests together */
#define PULL_FACTORS (2 * PULL_MOST / PULL_GRAIN + 1)
#define PULL_GRAIN 32
#define PULL_HELD_MAX 64                       /* kinds held back at once; one bit each */

struct pull_tug {
	int16_t total;
	uint8_t best;                          /* number of the strongest interest for it, from 1; 0: none */
	bool held;                             /* it is of a kind that was skipped */
};
struct pull {
	const struct pool *pool;
	const struct feed_ask *ask;
	struct interests interests;
	int scores[INTERESTS_MAX];             /* now, in thousandths */
	bool on;                               /* something pulls */
	bool learned;                          /* something is liked: this is no newcomer */
	uint32_t factors[PULL_FACTORS];        /* of a rank, by how far the total is from PULL_MOST; when something pulls */
	uint32_t least;                        /* the smallest factor that any candidate has */
	int most;                              /* highest total of a creator and hashtags */
	struct pull_tug *tugs;                 /* of each candidate, as in pool.at; NULL: no creator or hashtag pulls */
	struct pull_tug languages[POOL_LANGUAGES_MAX];
	uint8_t wished[POOL_LANGUAGES_MAX];    /* place among the languages asked for; FEED_LANGUAGES_MAX: not asked for */
	unsigned held_count;
	int64_t held[PULL_HELD_MAX];
};

/* Its `interests` are set, all else is zero.  `ask` and `pool` must outlive it. */
void pull_lay(struct ctx *, const struct pool *, const struct feed_ask *, struct pull *);

static inline int pull_total(const struct pull *pull, uint32_t candidate, uint16_t language)
{
	const int total = pull->languages[language].total + (pull->tugs ? pull->tugs[candidate].total : 0);
	return total > PULL_MOST ? PULL_MOST : total < -PULL_MOST ? -PULL_MOST : total;
}

static inline bool pull_holds(const struct pull *pull, uint32_t candidate, uint16_t language)
{
	return pull->languages[language].held || (pull->tugs && pull->tugs[candidate].held);
}

/* The order's rank, up to 32 times younger or older: twice for each point.  What is held back comes last.  Rises with the rank,
 * falls with the total; below 2^57 for any rank of rank_of(). */
#define PULL_HELD_BIT (UINT64_C(1) << 62)
static inline uint64_t pull_rank(const struct pull *pull, uint64_t rank, uint32_t candidate, uint16_t language)
{
	const unsigned down = (unsigned)(PULL_MOST - pull_total(pull, candidate, language));
	return (rank >> 10) * pull->factors[down / PULL_GRAIN] | (pull_holds(pull, candidate, language) ? PULL_HELD_BIT : 0);
}
/* No candidate of that rank is pulled before this. */
static inline uint64_t pull_rank_least(const struct pull *pull, uint64_t rank)
{
	return (rank >> 10) * pull->least;
}

/* Which of the held kinds it is of; a bit each. */
uint64_t pull_kinds(const struct pull *, uint32_t candidate, uint16_t language);
/* Why it pulled: an interest of the reader's or a language asked for; leaves `item` as it is when it did not. */
struct feed_item;
void pull_reason(const struct pull *, uint32_t candidate, uint16_t language, struct feed_item *item);
#endif

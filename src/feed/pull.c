#include "feed/pull.h"

/* As good as three clips of it watched to the end; the others asked for, two. */
#define FIRST_LANGUAGE (3 * INTEREST_ONE)
#define OTHER_LANGUAGES (2 * INTEREST_ONE)
/* From here on a kind is a reason to show a clip. */
#define REASON_LEAST (INTEREST_ONE / 2)

static void add_score(const struct pull *pull, struct pull_tug *tug, unsigned interest)
{
	const int total = tug->total + pull->scores[interest];
	tug->total = (int16_t)(total > 2 * PULL_MOST ? 2 * PULL_MOST : total < -2 * PULL_MOST ? -2 * PULL_MOST : total);
	if (pull->scores[interest] >= REASON_LEAST && (!tug->best || pull->scores[interest] > pull->scores[tug->best - 1]))
		tug->best = (uint8_t)(interest + 1);
}

static void lay_language(struct pull *pull, unsigned interest, bool held)
{
	char code[4];
	kind_language(pull->interests.items[interest].kind, code);
	const uint16_t language = pool_language(pull->pool, str_of(code));
	if (!str_eq(str_of(pull->pool->languages[language]), str_of(code)))
		return;
	add_score(pull, &pull->languages[language], interest);
	pull->languages[language].held |= held;
}

static void lay_kind(struct ctx *cx, struct pull *pull, unsigned interest, bool held)
{
	const struct pool *const pool = pull->pool;
	const struct pool_kind *const kind = pool_kind(pool, pull->interests.items[interest].kind);
	if (!kind)
		return;
	if (!pull->tugs)
		pull->tugs = arena_new(&cx->mem, struct pull_tug, pool->fresh_count + pool->liked_count);
	for (uint32_t i = 0; i < kind->count; i++) {
		struct pull_tug *const tug = &pull->tugs[pool->at[kind->from + i]];
		add_score(pull, tug, interest);
		tug->held |= held;
		pull->most = tug->total > pull->most ? tug->total : pull->most;
	}
}

static void lay_interests(struct ctx *cx, struct pull *pull)
{
	for (unsigned i = 0; i < pull->interests.count; i++) {
		const struct interest *const interest = &pull->interests.items[i];
		const bool held = interest_is_skipped(interest, cx->now_us) && pull->held_count < PULL_HELD_MAX;
		pull->scores[i] = interest_score(interest, cx->now_us);
		pull->on |= held || pull->scores[i] != 0;
		pull->learned |= pull->scores[i] >= REASON_LEAST;
		if (held)
			pull->held[pull->held_count++] = interest->kind;
		if (kind_type(interest->kind) == KIND_LANGUAGE)
			lay_language(pull, i, held);
		else
			lay_kind(cx, pull, i, held);
	}
}

/* Languages that somebody states keep others out (feed/look.h); those of a browser only pull. */
static void lay_wishes(struct pull *pull)
{
	for (unsigned i = 0; i < pull->pool->language_count; i++)
		pull->wished[i] = FEED_LANGUAGES_MAX;
	for (unsigned i = pull->ask->language_count; i-- > 0;) {
		const uint16_t language = pool_language(pull->pool, pull->ask->languages[i]);
		if (!str_eq(str_of(pull->pool->languages[language]), pull->ask->languages[i]))
			continue;
		pull->wished[language] = (uint8_t)i;
	}
	for (unsigned i = 0; pull->ask->guessed && i < pull->pool->language_count; i++) {
		if (pull->wished[i] == FEED_LANGUAGES_MAX)
			continue;
		pull->languages[i].total = (int16_t)(pull->languages[i].total + (pull->wished[i] == 0 ? FIRST_LANGUAGE : OTHER_LANGUAGES));
		pull->on = true;
	}
}

/* 16 at the best, twice as much a point below it. */
static void make_factors(struct pull *pull)
{
	for (unsigned i = 0; i < PULL_FACTORS; i++) {
		const unsigned down = i * PULL_GRAIN;
		pull->factors[i] = (16 + 16 * (down % INTEREST_ONE) / INTEREST_ONE) << down / INTEREST_ONE;
	}
	int most = -2 * PULL_MOST;
	for (unsigned i = 0; i < pull->pool->language_count; i++)
		most = pull->languages[i].total > most ? pull->languages[i].total : most;
	most += pull->most;
	most = most > PULL_MOST ? PULL_MOST : most < -PULL_MOST ? -PULL_MOST : most;
	pull->least = pull->factors[(PULL_MOST - most) / PULL_GRAIN];
}

void pull_lay(struct ctx *cx, const struct pool *pool, const struct feed_ask *ask, struct pull *pull)
{
	pull->pool = pool;
	pull->ask = ask;
	lay_interests(cx, pull);
	lay_wishes(pull);
	make_factors(pull);
}

uint64_t pull_kinds(const struct pull *pull, uint32_t candidate, uint16_t language)
{
	uint64_t kinds = 0;
	for (unsigned i = 0; i < pull->held_count; i++) {
		bool is;
		if (kind_type(pull->held[i]) == KIND_LANGUAGE) {
			is = kind_of_language(str_of(pull->pool->languages[language])) == pull->held[i];
		} else {
			const struct pool_kind *const kind = pool_kind(pull->pool, pull->held[i]);
			is = kind && pool_kind_has(pull->pool, kind, candidate);
		}
		kinds |= (uint64_t)is << i;
	}
	return kinds;
}

static enum feed_reason reason_of(uint8_t earned)
{
	return earned & EARNED_ASKED ? FEED_ASKED : earned & EARNED_ENJOYED ? FEED_ENJOYED : FEED_WATCHED;
}

void pull_reason(const struct pull *pull, uint32_t candidate, uint16_t language, struct feed_item *item)
{
	const uint8_t own = pull->tugs ? pull->tugs[candidate].best : 0, spoken = pull->languages[language].best;
	const uint8_t best = own ? own : spoken;
	const struct interest *const interest = best ? &pull->interests.items[best - 1] : NULL;
	if (interest && interest->earned) {
		item->reason = reason_of(interest->earned);
		item->about = kind_type(interest->kind);
		if (item->about == KIND_HASHTAG)
			item->name = pool_kind(pull->pool, interest->kind)->name;
	} else if (pull->ask->guessed && pull->wished[language] < FEED_LANGUAGES_MAX) {
		item->reason = FEED_LANGUAGE;
	}
}

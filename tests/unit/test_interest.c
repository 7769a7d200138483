/* What a person seems to like: bounded, fading, and told in numbers that can be explained. */
#include "feed/interest.h"

#include <stdlib.h>
#include <string.h>

#include "tap.h"

#define AUTHOR (SOME_ID + 1)
#define SOME_ID (INT64_C(1) << 40)
#define NOW (INT64_C(1'700'000'000) * SECOND_US)

static const struct clip_kinds clip = { .author = AUTHOR, .language = 8 << 5 | 9, .duration_ms = 20'000, .tag_count = 2, .tags = { -5, -6 } };

static const struct interest *of(const struct interests *interests, int64_t kind)
{
	for (unsigned i = 0; i < interests->count; i++)
		if (interests->items[i].kind == kind)
			return &interests->items[i];
	return NULL;
}

static int score(const struct interests *interests, int64_t kind, int64_t now_us)
{
	const struct interest *const interest = of(interests, kind);
	return interest ? interest_score(interest, now_us) : 0;
}

static bool held(const struct interests *interests, int64_t kind, int64_t now_us)
{
	const struct interest *const interest = of(interests, kind);
	return interest && interest_is_skipped(interest, now_us);
}

static int earned(const struct interests *interests, int64_t kind)
{
	const struct interest *const interest = of(interests, kind);
	return interest ? interest->earned : -1;
}

static const struct feed_signal skip = { .video = 1, .watched_ms = 1200 }, whole = { .video = 1, .watched_ms = 20'000, .completed = true };

TEST(a_skip_is_two_seconds_or_fifteen_per_cent)
{
	CHECK(signal_is_skip(&(struct feed_signal){ .watched_ms = 1999 }, 4000));
	CHECK(!signal_is_skip(&(struct feed_signal){ .watched_ms = 2000 }, 4000));
	CHECK(signal_is_skip(&(struct feed_signal){ .watched_ms = 8900 }, 60'000));
	CHECK(!signal_is_skip(&(struct feed_signal){ .watched_ms = 9000 }, 60'000));
	CHECK(!signal_is_skip(&(struct feed_signal){ .watched_ms = 1500, .completed = true }, 1500));
}

TEST(two_skips_hold_a_kind_back_for_a_day_or_until_one_is_watched)
{
	struct interests interests = { .count = 0 };
	interests_learn(&interests, NOW, &clip, &skip);
	CHECK(!held(&interests, AUTHOR, NOW) && score(&interests, AUTHOR, NOW) == -INTEREST_ONE);
	interests_learn(&interests, NOW, &clip, &skip);
	CHECK(held(&interests, AUTHOR, NOW) && held(&interests, -5, NOW) && held(&interests, -6, NOW) && held(&interests, clip.language, NOW));
	CHECK(score(&interests, -5, NOW) == -2 * INTEREST_ONE && score(&interests, clip.language, NOW) == -INTEREST_ONE);
	CHECK(!held(&interests, AUTHOR, NOW + DAY_US));
	interests_learn(&interests, NOW, &clip, &whole);
	CHECK(!held(&interests, AUTHOR, NOW) && !held(&interests, clip.language, NOW));
}

TEST(a_skip_that_is_old_does_not_make_two)
{
	struct interests interests = { .count = 0 };
	interests_learn(&interests, NOW, &clip, &skip);
	interests_learn(&interests, NOW + 2 * DAY_US, &clip, &skip);
	CHECK(!held(&interests, AUTHOR, NOW + 2 * DAY_US));
}

TEST(passing_by_on_the_way_back_and_going_elsewhere_say_nothing)
{
	struct interests interests = { .count = 0 };
	struct feed_signal back = skip;
	back.again = true;
	interests_learn(&interests, NOW, &clip, &back);
	CHECK(interests.count == 0);
	struct feed_signal away = skip;
	away.left = true;
	interests_learn(&interests, NOW, &clip, &away);
	CHECK(interests.count == 0);
}

TEST(a_like_counts_once_and_makes_a_short_look_no_skip)
{
	struct interests interests = { .count = 0 };
	struct feed_signal liked = skip;
	liked.liked = liked.saved = true;
	interests_learn(&interests, NOW, &clip, &liked);
	const int first = score(&interests, -5, NOW);
	CHECK(first >= 2 * INTEREST_ONE && !held(&interests, -5, NOW));
	CHECK(earned(&interests, -5) == EARNED_ENJOYED);
	liked.again = true;
	interests_learn(&interests, NOW, &clip, &liked);
	CHECK(score(&interests, -5, NOW) < first + INTEREST_ONE);
}

TEST(half_is_forgotten_in_two_weeks)
{
	struct interests interests = { .count = 0 };
	interests_learn(&interests, NOW, &clip, &whole);
	CHECK(score(&interests, -5, NOW) == INTEREST_ONE && score(&interests, -5, NOW + 14 * DAY_US) == INTEREST_ONE / 2);
	CHECK(earned(&interests, -5) == EARNED_WATCHED);
}

TEST(what_is_said_can_be_unsaid)
{
	for (enum opinion opinion = OPINION_MORE; opinion <= OPINION_HIDE; opinion++) {
		struct interests interests = { .count = 0 };
		struct feed_signal said = { .video = 1, .opinion = opinion };
		interests_learn(&interests, NOW, &clip, &said);
		const bool more = opinion == OPINION_MORE;
		CHECK(more ? score(&interests, -5, NOW) >= 3 * INTEREST_ONE : score(&interests, -5, NOW) <= -3 * INTEREST_ONE);
		CHECK(held(&interests, AUTHOR, NOW) == !more && !held(&interests, clip.language, NOW));
		said.undo = true;
		interests_learn(&interests, NOW, &clip, &said);
		CHECK(score(&interests, AUTHOR, NOW) == 0 && score(&interests, -6, NOW) == 0 && score(&interests, clip.language, NOW) == 0);
		CHECK(!held(&interests, AUTHOR, NOW) && earned(&interests, AUTHOR) == 0);
	}
}

TEST(the_weakest_makes_room_and_scores_have_ends)
{
	struct interests interests = { .count = 0 };
	for (unsigned i = 0; i < 50; i++)
		interests_learn(&interests, NOW, &clip, &(struct feed_signal){ .video = 1, .opinion = OPINION_MORE });
	CHECK(score(&interests, -5, NOW) == INTEREST_MOST);
	for (int64_t i = 0; i < 1000; i++) {
		const struct clip_kinds other = { .author = SOME_ID + 100 + i, .duration_ms = 20'000 };
		interests_learn(&interests, NOW + i * SECOND_US, &other, &skip);
		CHECK(interests.count <= INTERESTS_MAX);
	}
	CHECK(interests.count == INTERESTS_MAX && score(&interests, -5, NOW) > 9 * INTEREST_ONE);
	CHECK(interests_forget(&interests, -5) && !of(&interests, -5) && !interests_forget(&interests, -5));
}

TEST(kinds_are_told_apart)
{
	char code[4];
	CHECK(kind_type(AUTHOR) == KIND_CREATOR && kind_type(-7) == KIND_HASHTAG);
	const char *const codes[] = { "hi", "ar", "en", "zxx", "zzz", "aaa" };
	for (size_t i = 0; i < sizeof codes / sizeof codes[0]; i++) {
		const int64_t kind = kind_of_language(str_of(codes[i]));
		kind_language(kind, code);
		CHECK(kind_type(kind) == KIND_LANGUAGE && strcmp(code, codes[i]) == 0);
	}
	CHECK(kind_of_language(STR("")) == 0 && kind_of_language(STR("EN")) == 0 && kind_of_language(STR("abcd")) == 0);
}

TEST(packed_it_comes_back_whole_and_nothing_else_does)
{
	struct interests interests = { .count = 0 }, back;
	for (int64_t i = 0; i < INTERESTS_MAX; i++)
		interests.items[interests.count++] = (struct interest){ .kind = i % 2 ? -i : SOME_ID + i, .score = (int32_t)(i * 100 - 5000),
			.at_min = (uint32_t)i, .skips = (uint8_t)i, .earned = (uint8_t)(i % 8) };
	AUTO(buf_free) struct buf packed = buf_new(4096);
	interests_pack(&interests, &packed);
	CHECK(!packed.failed && interests_unpack(buf_view(&packed), &back) && back.count == INTERESTS_MAX);
	for (unsigned i = 0; i < INTERESTS_MAX; i++)
		CHECK(back.items[i].kind == interests.items[i].kind && back.items[i].score == interests.items[i].score
			&& back.items[i].at_min == i && back.items[i].skips == i && back.items[i].earned == i % 8);
	CHECK(!interests_unpack(STR(""), &back) && !interests_unpack(STR("\x02"), &back) && !interests_unpack(STR("\x01x"), &back));
}

int main(void)
{
	RUN(a_skip_is_two_seconds_or_fifteen_per_cent);
	RUN(two_skips_hold_a_kind_back_for_a_day_or_until_one_is_watched);
	RUN(a_skip_that_is_old_does_not_make_two);
	RUN(passing_by_on_the_way_back_and_going_elsewhere_say_nothing);
	RUN(a_like_counts_once_and_makes_a_short_look_no_skip);
	RUN(half_is_forgotten_in_two_weeks);
	RUN(what_is_said_can_be_unsaid);
	RUN(the_weakest_makes_room_and_scores_have_ends);
	RUN(kinds_are_told_apart);
	RUN(packed_it_comes_back_whole_and_nothing_else_does);
	return tap_end();
}

/* For You reacts: to skips, to what is said and watched; and to a newcomer it shows many scripts. */
#include "feed_fixture.h"

TEST(interests_that_change_on_the_way_lose_nothing_and_repeat_nothing)
{
	for (unsigned round = 0; round < 6; round++) {
		struct world *w = world_new();
		struct strolling s = { .strict_creators = round % 2 == 0, .fickle = true };
		w->ask.guessed = round % 3 == 0;
		bool good = world_open(w, 900, 1 + random_below(50));
		good = good && (round % 2 ? open_pool(w, 200, 60) : open_pool(w, 4000, 1000)) && stroll(w, &s);
		world_end(w);
		CHECK(good);
	}
}

static struct clip *known_clip(struct world *w, int64_t id)
{
	struct clip *const clip = clip_of(w, id);
	assert(clip);
	return clip;
}

static bool is_of_kind(const struct clip *clip, const struct clip *other, unsigned kind)
{
	switch (kind) {
	case 0: return clip->author == other->author;
	case 1: return clip->tag == other->tag;
	default: return *clip->language && strcmp(clip->language, other->language) == 0;
	}
}

/* Two clips that share what `kind` says and nothing else. */
static bool two_of_a_kind(struct world *w, unsigned kind, const struct clip **one, const struct clip **other)
{
	for (unsigned tries = 0; tries < 100'000; tries++) {
		*one = &w->clips[random_below(w->count)];
		*other = &w->clips[random_below(w->count)];
		bool good = *one != *other && wanted(w, *one) && wanted(w, *other) && reads(w, *one) && reads(w, *other);
		for (unsigned k = 0; good && k < 3; k++)
			good = is_of_kind(*one, *other, k) == (k == kind);
		if (good)
			return true;
	}
	return false;
}

static unsigned count_of_kind(struct world *w, const struct feed_page *page, const struct clip *like, unsigned kind)
{
	unsigned count = 0;
	for (unsigned i = 0; i < page->count; i++)
		count += is_of_kind(known_clip(w, page->items[i].video), like, kind);
	return count;
}

TEST(two_skipped_of_a_kind_leave_at_most_one_of_it_on_the_next_page)
{
	for (unsigned round = 0; round < 30; round++) {
		struct world *w = world_new();
		struct feed_page page;
		const struct clip *one, *other;
		const unsigned kind = round % 3;
		w->ask.guessed = round % 2;
		w->ask.language_count = 3;
		w->ask.languages[2] = STR("ar");
		CHECK(world_open(w, 400, 12) && (round % 5 || sign_in(w, 4, 20)) && open_pool(w, 4000, 1000));
		CHECK(put(w, feed_for_you(w->cx, &w->ask, &page)));
		w->ask.cursor = page.next;
		CHECK(two_of_a_kind(w, kind, &one, &other));
		const struct feed_signal told[] = { { .video = one->id, .watched_ms = 900 }, { .video = other->id, .watched_ms = 1500 } };
		if (w->cx->actor.account)
			CHECK(put(w, feed_learn(w->cx, told, 2)));
		w->ask.told = told;
		w->ask.told_count = 2;
		CHECK(put(w, feed_for_you(w->cx, &w->ask, &page)));
		if (!EXPECT(page.count == FEED_PAGE && count_of_kind(w, &page, one, kind) <= 1))
			printf("# round %u: %u of %u\n", round, count_of_kind(w, &page, one, kind), page.count);
		world_end(w);
	}
}

TEST(what_is_held_back_comes_when_nothing_else_is_left)
{
	struct world *w = world_new();
	struct feed_page page;
	w->ask.language_count = 0;
	CHECK(world_open(w, 40, 1) && open_pool(w, 4000, 1000));
	struct feed_signal told[] = { { .watched_ms = 1 }, { .watched_ms = 1 } };
	for (unsigned i = 0, n = 0; i < w->count && n < 2; i++)
		if (w->clips[i].author == creator(0) && !w->clips[i].gone)
			told[n++].video = w->clips[i].id;
	w->ask.told = told;
	w->ask.told_count = 2;
	CHECK(put(w, feed_for_you(w->cx, &w->ask, &page)));
	CHECK(page.count == FEED_PAGE);
	world_end(w);
}

TEST(what_was_asked_for_comes_and_says_why_and_what_was_hidden_does_not)
{
	struct world *w = world_new();
	struct feed_page page;
	w->ask.language_count = 0;
	CHECK(world_open(w, 600, 60) && open_pool(w, 4000, 1000));
	struct clip *liked = &w->clips[0], *hidden = &w->clips[1];
	for (unsigned i = 0; i < w->count; i++)
		if (wanted(w, &w->clips[i]) && w->clips[i].tag != liked->tag && w->clips[i].author != liked->author) {
			hidden = liked;
			liked = &w->clips[i];
		}
	const struct feed_signal told[] = { { .video = liked->id, .opinion = OPINION_MORE }, { .video = hidden->id, .opinion = OPINION_HIDE } };
	w->ask.told = told;
	w->ask.told_count = 2;
	CHECK(put(w, feed_for_you(w->cx, &w->ask, &page)));
	unsigned of_tag = 0;
	for (unsigned i = 0; i < page.count; i++) {
		const struct feed_item *const item = &page.items[i];
		const struct clip *const clip = known_clip(w, item->video);
		CHECK(clip != hidden);
		of_tag += clip->tag == liked->tag;
		if (item->reason == FEED_ASKED && item->about == KIND_HASHTAG)
			CHECK(clip->tag == liked->tag && item->name.n >= 2 && (unsigned)atoi(item->name.p + 1) == clip->tag);
		else
			CHECK(item->reason != FEED_ASKED || clip->author == liked->author || item->about == KIND_LANGUAGE);
	}
	CHECK(of_tag >= 2);
	world_end(w);
}

TEST(what_was_learned_goes_with_the_account)
{
	struct world *w = world_new();
	struct interests interests;
	bool more = true;
	CHECK(world_open(w, 60, 5) && sign_in(w, 0, 0) && open_pool(w, 4000, 1000));
	unsigned at = 0;
	while (!wanted(w, &w->clips[at]))
		at++;
	const struct feed_signal told = { .video = w->clips[at].id, .watched_ms = 12'000, .completed = true };
	CHECK(put(w, feed_learn(w->cx, &told, 1)) && put(w, interests_get(w->cx, &interests)));
	CHECK(interests.count == (*w->clips[at].language ? 3 : 2));
	CHECK(put(w, feed_erase_some(w->cx, &w->cx->actor.grant, &more)) && !more);
	CHECK(put(w, interests_get(w->cx, &interests)) && interests.count == 0);
	world_end(w);
}

/* 14 languages in 11 scripts, a few clips each; as the demo network has them. */
TEST(a_newcomers_first_page_shows_eight_scripts_their_own_first)
{
	static const char *const all[] = { "en", "ar", "hi", "bn", "te", "ta", "gu", "ur", "kn", "ml", "or", "pa", "as", "mr" };
	for (unsigned round = 0; round < 40; round++) {
		struct world *w = world_new();
		struct feed_page page;
		bool good = world_open(w, 0, 13) && put(w, db_run0(w->cx, begin_public));
		for (unsigned i = 0; i < 42 && good; i++)
			good = add_clip(w, creator(i % 14 == 12 ? 3 : i % 14 == 13 ? 6 : i % 14), all[i % 14], w->cx->now_us - i * MINUTE_US);
		for (unsigned i = 0; i < w->count; i++)
			if (w->clips[i].gone) {
				CHECK(put(w, db_run(w->cx, video_show, I64(w->clips[i].id))));
				w->clips[i].gone = false;
			}
		good = good && put(w, db_run0(w->cx, commit_public)) && open_pool(w, 4000, 1000);
		w->ask.guessed = true;
		w->ask.language_count = round % 4 != 3;
		w->ask.languages[0] = str_of(all[round % 4]);
		CHECK(good && put(w, feed_for_you(w->cx, &w->ask, &page)) && page.count == 8);
		struct pool *pool = feed_pool(w->cx->feed);
		unsigned scripts[256] = {};
		for (unsigned i = 0; i < 8; i++)
			CHECK(scripts[pool->scripts[pool_language(pool, str_of(known_clip(w, page.items[i].video)->language))]]++ == 0);
		pool_give(&pool);
		CHECK(round % 4 == 3 || (strcmp(known_clip(w, page.items[0].video)->language, all[round % 4]) == 0 && page.items[0].reason == FEED_LANGUAGE));
		CHECK(page.items[7].reason == FEED_VARIETY);
		struct strolling s = { .strict_creators = true };
		CHECK(stroll(w, &s));                  /* what the browser asks for keeps nothing out */
		world_end(w);
	}
}

TEST(one_language_alone_is_not_called_variety)
{
	struct world *w = world_new();
	struct feed_page page;
	CHECK(world_open(w, 0, 3) && put(w, db_run0(w->cx, begin_public)));
	for (unsigned i = 0; i < 12; i++)
		CHECK(add_clip(w, creator(i % 3), "en", w->cx->now_us - i * MINUTE_US));
	CHECK(put(w, db_run0(w->cx, commit_public)) && open_pool(w, 4000, 1000));
	w->ask.language_count = 0;
	CHECK(put(w, feed_for_you(w->cx, &w->ask, &page)) && page.count > 0);
	for (unsigned i = 0; i < page.count; i++)
		CHECK(page.items[i].reason == FEED_FRESH || page.items[i].reason == FEED_LIKED);
	world_end(w);
}

TEST(who_finds_pages_in_their_language_gets_half_of_the_first_one_in_it)
{
	struct world *w = world_new();
	struct feed_page page;
	CHECK(world_open(w, 600, 40) && open_pool(w, 4000, 1000));
	w->ask.guessed = true;
	w->ask.language_count = 1;
	w->ask.languages[0] = STR("hi");
	CHECK(put(w, feed_for_you(w->cx, &w->ask, &page)) && page.count == 8);
	unsigned own = 0;
	for (unsigned i = 0; i < 8; i++)
		own += strcmp(known_clip(w, page.items[i].video)->language, "hi") == 0;
	CHECK(strcmp(known_clip(w, page.items[0].video)->language, "hi") == 0);
	CHECK(own >= 4 && own <= 6);
	world_end(w);
}

int main(void)
{
	RUN(interests_that_change_on_the_way_lose_nothing_and_repeat_nothing);
	RUN(two_skipped_of_a_kind_leave_at_most_one_of_it_on_the_next_page);
	RUN(what_is_held_back_comes_when_nothing_else_is_left);
	RUN(what_was_asked_for_comes_and_says_why_and_what_was_hidden_does_not);
	RUN(what_was_learned_goes_with_the_account);
	RUN(a_newcomers_first_page_shows_eight_scripts_their_own_first);
	RUN(one_language_alone_is_not_called_variety);
	RUN(who_finds_pages_in_their_language_gets_half_of_the_first_one_in_it);
	return tap_end();
}

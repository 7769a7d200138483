/* For You as a promise about all its pages together: each wanted video once, none twice, no creator twice in a row. */
#include "feed_fixture.h"

TEST(every_wanted_video_is_shown_once_in_the_readers_languages_first)
{
	for (unsigned round = 0; round < 12; round++) {
		struct world *w = world_new();
		struct strolling s = { .strict_creators = true };
		const unsigned creators = 1 + random_below(60);
		bool good = world_open(w, 1000, creators) && (round % 3 == 0 || sign_in(w, random_below(creators), random_below(70)));
		good = good && open_pool(w, 4000, 1000) && stroll(w, &s);
		if (good && round % 3)
			printf("# %u pages, fresh %u liked %u followed %u, twice in a row %u\n", s.pages + 1, w->reasons[0], w->reasons[1],
				w->reasons[2], s.twice_in_a_row);
		world_end(w);
		CHECK(good);
	}
}

TEST(a_walk_goes_on_with_what_is_older_than_the_pool)
{
	for (unsigned round = 0; round < 12; round++) {
		struct world *w = world_new();
		struct strolling s = { .strict_creators = false };
		bool good = world_open(w, 700, 1 + random_below(40)) && (round % 2 || sign_in(w, 1, random_below(60)));
		good = good && open_pool(w, 50 + random_below(300), 10 + random_below(60)) && stroll(w, &s);
		world_end(w);
		CHECK(good);
	}
}

TEST(one_creator_alone_is_shown_to_the_end)
{
	struct world *w = world_new();
	struct strolling s = { .strict_creators = true };
	CHECK(world_open(w, 60, 1) && open_pool(w, 4000, 1000) && stroll(w, &s));
	CHECK(s.twice_in_a_row > 30);
	world_end(w);
}

/* The memory for what is shown ahead is 512: one creator's flood with many others behind it fills it. */
TEST(a_flood_of_one_creator_repeats_nothing)
{
	struct world *w = world_new();
	struct strolling s = { .strict_creators = false };
	CHECK(world_open(w, 1500, 30));
	CHECK(put(w, db_run0(w->cx, begin_public)));
	for (unsigned i = 0; i < 1500; i++)
		CHECK(add_clip(w, creator(0), "en", w->cx->now_us - MINUTE_US));
	CHECK(put(w, db_run0(w->cx, commit_public)));
	CHECK(open_pool(w, 4000, 1000) && stroll(w, &s));
	world_end(w);
}

TEST(an_empty_network_ends_at_once)
{
	struct world *w = world_new();
	struct feed_page page;
	CHECK(world_open(w, 0, 1) && open_pool(w, 4000, 1000));
	CHECK(put(w, feed_for_you(w->cx, &w->ask, &page)) && page.count == 0 && page.next.n == 0);
	world_end(w);
}

TEST(two_walks_differ_and_one_page_asked_twice_is_the_same)
{
	struct world *w = world_new();
	struct feed_page one, two, again;
	CHECK(world_open(w, 400, 20) && open_pool(w, 4000, 1000));
	CHECK(put(w, feed_for_you(w->cx, &w->ask, &one)) && put(w, feed_for_you(w->cx, &w->ask, &two)));
	unsigned same = 0;
	for (unsigned i = 0; i < FEED_PAGE; i++)
		same += one.items[i].video == two.items[i].video;
	CHECK(same < FEED_PAGE);
	w->ask.cursor = one.next;
	CHECK(put(w, feed_for_you(w->cx, &w->ask, &two)) && put(w, feed_for_you(w->cx, &w->ask, &again)));
	for (unsigned i = 0; i < FEED_PAGE; i++)
		CHECK(two.items[i].video == again.items[i].video);
	CHECK(str_eq(two.next, again.next));
	world_end(w);
}

TEST(a_cursor_that_was_meddled_with_is_refused_or_harmless)
{
	struct world *w = world_new();
	struct feed_page page;
	CHECK(world_open(w, 300, 10) && open_pool(w, 100, 50));
	CHECK(put(w, feed_for_you(w->cx, &w->ask, &page)));
	char cursor[8192];
	const size_t n = page.next.n;
	for (size_t i = 0; i < n; i++) {
		memcpy(cursor, page.next.p, n);
		cursor[i] = cursor[i] == 'A' ? 'z' : 'A';
		w->ask.cursor = (struct str){ .p = cursor, .n = n };
		struct feed_page out;
		const enum err e = feed_for_you(w->cx, &w->ask, &out);
		CHECK(e == OK || (e == E_INVALID && strcmp(w->cx->failure.slug, "cursor-invalid") == 0));
		w->ask.cursor.n = i;
		CHECK(i == 0 || feed_for_you(w->cx, &w->ask, &out) == E_INVALID);
	}
	const struct str wrong[] = { STR("1"), STR("!!!"), STR("AAAA"), STR("\"><script>") };
	for (size_t i = 0; i < 4; i++) {
		w->ask.cursor = wrong[i];
		CHECK(feed_for_you(w->cx, &w->ask, &page) == E_INVALID);
		CHECK(feed_following(w->cx, wrong[i], &page) == (i == 0 ? OK : E_INVALID));
	}
	world_end(w);
}

TEST(a_new_video_comes_with_a_new_walk_and_a_removed_one_goes)
{
	struct world *w = world_new();
	struct feed_page page;
	CHECK(world_open(w, 30, 5) && open_pool(w, 4000, 1000));
	CHECK(put(w, feed_for_you(w->cx, &w->ask, &page)));
	const int64_t removed = page.items[0].video;
	CHECK(put(w, db_run(w->cx, video_hide, I64(removed))));
	struct clip *const old = clip_of(w, removed);
	CHECK(old);
	old->gone = true;
	CHECK(add_clip(w, creator(0), "en", w->cx->now_us));
	struct clip *const new = &w->clips[w->count - 1];
	const int64_t added = new->id;
	new->gone = false;
	CHECK(put(w, db_run(w->cx, video_show, I64(added))));
	bool seen = false;
	for (unsigned i = 0; i < 3000 && !seen; i++) {       /* the pool's own thread notices */
		struct strolling s = {};
		for (unsigned k = 0; k < w->count; k++)
			w->clips[k].shown = 0;
		struct pool *pool = feed_pool(w->cx->feed);
		seen = pool->top == added;
		pool_give(&pool);
		if (seen)
			CHECK(stroll(w, &s));
		usleep(10'000);
	}
	CHECK(seen);
	CHECK(new->shown == 1 && old->shown == 0);
	world_end(w);
}

/* Whoever follows the first `follows` of `creators` sees all of theirs, once each, the newest first: those that the pool has, `later` ones
 * that it has not seen, and those that are older than what it has room for. */
static void follow_to_the_end(unsigned creators, unsigned follows, unsigned room, unsigned later)
{
	struct world *w = world_new();
	CHECK(world_open(w, 600, creators) && sign_in(w, follows, 0) && open_pool(w, room, 10));
	for (unsigned i = 0; i < later; i++)
		CHECK(add_clip(w, creator(i % creators), "en", w->cx->now_us + (int64_t)i * MINUTE_US));
	char cursor[32] = "";
	unsigned at = w->count;                        /* clips lie in the order of their ids */
	for (unsigned pages = 0; pages < 400; pages++) {
		struct feed_page page;
		arena_free(&w->cx->mem);
		CHECK(put(w, feed_following(w->cx, str_of(cursor), &page)));
		for (unsigned i = 0; i < page.count; i++) {
			do
				at--;
			while (at > 0 && (w->clips[at].gone || w->clips[at].author == ME || w->clips[at].author >= creator(follows)));
			CHECK(page.items[i].video == w->clips[at].id);
			CHECK(page.items[i].reason == FEED_FOLLOWED && page.items[i].following);
		}
		snprintf(cursor, sizeof cursor, STR_FMT, STR_ARG(page.next));
		if (page.next.n == 0)
			break;
	}
	CHECK(cursor[0] == 0);
	while (at-- > 0)
		CHECK(w->clips[at].gone || w->clips[at].author == ME || w->clips[at].author >= creator(follows));
	world_end(w);
}

TEST(following_is_everything_of_the_followed_newest_first)
{
	follow_to_the_end(10, 2, 4000, 0);
	follow_to_the_end(10, 2, 40, 0);
	follow_to_the_end(10, 3, 40, 30);
	follow_to_the_end(40, 20, 100, 5);
	follow_to_the_end(10, 1, 0, 3);
}

TEST(following_very_many_is_everything_of_theirs_too)
{
	follow_to_the_end(320, 300, 50, 10);
	follow_to_the_end(320, 300, 4000, 10);
}

TEST(a_page_is_json_with_flags_and_reasons)
{
	struct world *w = world_new();
	struct feed_page page;
	CHECK(world_open(w, 40, 5) && sign_in(w, 1, 0) && open_pool(w, 4000, 1000));
	CHECK(put(w, feed_for_you(w->cx, &w->ask, &page)));
	AUTO(buf_free) struct buf json = buf_new(1 << 20);
	feed_page_json(&page, &json);
	const char *text = buf_terminated(&json);
	CHECK(strncmp(text, "{\"items\":[{\"id\":\"", 17) == 0);
	CHECK(strstr(text, "\"views\":0},\"liked\":false,\"saved\":false,\"following\":"));
	CHECK(strstr(text, ",\"reason\":{\"code\":\"") && strstr(text, "\"text_key\":\"feed.reason.fresh\"}},{\"id\""));
	world_end(w);
}

/* Of this thread's processor: the machine may be busy with other things. */
static int64_t thread_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
	return now.tv_sec * SECOND_US + now.tv_nsec / 1000;
}

static int64_t page_us(struct world *w, bool signed_in, unsigned rounds)
{
	const struct actor actor = w->cx->actor;
	if (!signed_in)
		w->cx->actor = (struct actor){};
	w->ask.cursor = STR("");
	const int64_t from = thread_us();
	for (unsigned i = 0; i < rounds; i++) {
		struct feed_page page;
		arena_free(&w->cx->mem);
		if (!put(w, feed_for_you(w->cx, &w->ask, &page)))
			return INT64_MAX;
		AUTO(buf_free) struct buf json = buf_new(1 << 20);
		feed_page_json(&page, &json);
	}
	w->cx->actor = actor;
	return (thread_us() - from) / rounds;
}

TEST(a_page_out_of_ten_thousand_videos_is_made_without_a_wait)
{
	struct world *w = world_new();
	struct feed_stats stats;
	CHECK(world_open(w, 10'000, 500) && sign_in(w, 50, 5) && open_pool(w, FEED_FRESH_MAX, FEED_LIKED_MAX));
	feed_read_stats(w->cx->feed, &stats);
	const int64_t in = page_us(w, true, 200), out = page_us(w, false, 200);
	for (unsigned i = 0; i < 8; i++) {
		remember_anything(w);
		CHECK(put(w, feed_learn(w->cx, w->told, w->ask.told_count)));
	}
	w->ask.told_count = 0;
	const int64_t learned = page_us(w, true, 200);
	remember_anything(w);
	w->ask.told_count = SIGNALS_MAX;
	for (unsigned i = 0; i < SIGNALS_MAX; i++)
		w->told[i].video = w->clips[random_below(w->count)].id;
	const int64_t told = page_us(w, false, 200);
	w->ask.told_count = 0;
	w->ask.guessed = true;
	const int64_t newcomer = page_us(w, false, 200);
	printf("# with interests %lld us, signed out with %d signals %lld us, a newcomer %lld us\n", (long long)learned, SIGNALS_MAX,
		(long long)told, (long long)newcomer);
	printf("# signed in %lld us, signed out %lld us; pool of %u built in %llu us\n", (long long)in, (long long)out, stats.candidates,
		(unsigned long long)stats.build_us);
	CHECK(in < 5000 && out < 5000 && learned < 5000 && told < 5000 && newcomer < 5000);
	world_end(w);
}

TEST(each_failure_on_the_way_leaves_the_page_unwritten)
{
	struct world *w = world_new();
	CHECK(world_open(w, 200, 10) && sign_in(w, 3, 20) && open_pool(w, 60, 20));
	bool more = true;
	for (unsigned nth = 1; more && nth < 200; nth++) {
		struct feed_page page = { .count = 99 };
		w->ask.cursor = STR("");
		node_fault(&w->node, nth);
		const enum err e = feed_for_you(w->cx, &w->ask, &page);
		more = fault_reached(&w->node.faults);
		node_fault(&w->node, 0);
		CHECK(e == OK ? page.count <= FEED_PAGE : page.count == 99);
		CHECK(e != OK || !more || page.count <= FEED_PAGE);
	}
	CHECK(!more);
	world_end(w);
}

int main(void)
{
	RUN(every_wanted_video_is_shown_once_in_the_readers_languages_first);
	RUN(a_walk_goes_on_with_what_is_older_than_the_pool);
	RUN(one_creator_alone_is_shown_to_the_end);
	RUN(a_flood_of_one_creator_repeats_nothing);
	RUN(an_empty_network_ends_at_once);
	RUN(two_walks_differ_and_one_page_asked_twice_is_the_same);
	RUN(a_cursor_that_was_meddled_with_is_refused_or_harmless);
	RUN(a_new_video_comes_with_a_new_walk_and_a_removed_one_goes);
	RUN(following_is_everything_of_the_followed_newest_first);
	RUN(following_very_many_is_everything_of_theirs_too);
	RUN(a_page_is_json_with_flags_and_reasons);
	RUN(a_page_out_of_ten_thousand_videos_is_made_without_a_wait);
	RUN(each_failure_on_the_way_leaves_the_page_unwritten);
	return tap_end();
}

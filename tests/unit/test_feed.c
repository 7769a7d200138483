/* For You as a promise about all its pages together: each wanted video once, none twice, no creator twice in a row. */
#include "feed/cursor.h"
#include "feed/feed.h"
#include "feed/pool.h"
#include "social/video.h"
#include "store_fixture.h"

#define VIDEOS_MAX 10'000
#define PAGES_MAX 2000
#define PERSON INT64_C(77)
#define ME INT64_C(5)

static const struct stmt profile_add = { "t_profile",
	"INSERT INTO profile (id, handle, name, bio, avatar, created_us, state) VALUES ($1, $2, $2, '', '', 0, $3)", PUBLIC_DB };
static const struct stmt video_add = { "t_video",
	"INSERT INTO video (id, account, caption, language, created_us, duration_ms, width, height, src, poster, color, has_audio, bytes, "
	"state) VALUES ($1, $2, 'A caption of the usual length, with a #tag or two', $3, $4, 12000, 720, 1280, $5, $5, '#102030', 1, "
	"1000, $6)", PUBLIC_DB };
static const struct stmt total_add = { "t_total", "INSERT INTO total (subject, kind, total) VALUES ($1, 'likes', $2)", PUBLIC_DB };
static const struct stmt follow_add = { "t_follow", "INSERT INTO follow (id, person, account) VALUES ($1, $2, $3)", PERSONAL_DB };
static const struct stmt block_add = { "t_block", "INSERT INTO block (id, person, account) VALUES ($1, $2, $3)", PERSONAL_DB };
static const struct stmt watched_add = { "t_watched", "INSERT INTO watched (person, video, sealed) VALUES ($1, $2, $3)", PERSONAL_DB };
static const struct stmt video_hide = { "t_hide", "UPDATE video SET state = 'removed' WHERE id = $1", PUBLIC_DB };
static const struct stmt video_show = { "t_show", "UPDATE video SET state = 'visible' WHERE id = $1", PUBLIC_DB };
static const struct stmt begin_public = { "t_begin", "BEGIN", PUBLIC_DB }, commit_public = { "t_commit", "COMMIT", PUBLIC_DB };
static const struct stmt begin_personal = { "t_begin_p", "BEGIN", PERSONAL_DB };
static const struct stmt commit_personal = { "t_commit_p", "COMMIT", PERSONAL_DB };

struct clip {
	int64_t id, author;
	const char *language;
	bool gone, watched, blocked;
	unsigned shown;
};

struct world {
	struct node node;
	struct ctx *cx;
	unsigned count, creators;
	struct clip clips[VIDEOS_MAX];
	struct feed_ask ask;
	unsigned reasons[3];
};

static const char *const languages[] = { "", "en", "hi", "ar", "bn", "sw" };

static int64_t creator(unsigned n)
{
	return 1000 + n;
}

static bool put(struct world *w, enum err e)
{
	return node_ok(w->cx, e);
}

static bool add_clip(struct world *w, int64_t author, const char *language, int64_t created_us)
{
	struct clip *clip = &w->clips[w->count];
	const struct str hash = STR("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
	*clip = (struct clip){ .id = id_new(&w->node.ids, created_us), .author = author, .language = language };
	clip->gone = random_below(40) == 0;
	if (!put(w, db_run(w->cx, video_add, I64(clip->id), I64(author), TEXT(str_of(language)), I64(created_us), TEXT(hash),
			TEXT(clip->gone ? STR("removed") : STR("visible")))))
		return false;
	w->count++;
	return random_below(3) ? true : put(w, db_run(w->cx, total_add, I64(clip->id), I64(1 + random_below(5000))));
}

/* `count` videos of `creators`, the last of whom is suspended when there are several. */
static bool fill(struct world *w, unsigned count, unsigned creators)
{
	bool good = put(w, db_run0(w->cx, begin_public));
	w->creators = creators;
	for (unsigned i = 0; i < creators && good; i++) {
		char handle[32];
		snprintf(handle, sizeof handle, "creator%u", i);
		good = put(w, db_run(w->cx, profile_add, I64(creator(i)), TEXT(str_of(handle)),
			TEXT(i > 3 && i == creators - 1 ? STR("suspended") : STR("active"))));
	}
	good = good && put(w, db_run(w->cx, profile_add, I64(ME), TEXT(STR("me")), TEXT(STR("active"))));
	for (unsigned i = 0; i < count && good; i++) {
		const int64_t author = random_below(30) == 0 ? ME : creator(random_below(creators));
		good = add_clip(w, author, languages[random_below(6)], w->cx->now_us - (int64_t)(count - i) * 40 * MINUTE_US);
		w->clips[w->count - 1].gone |= creators > 4 && author == creator(creators - 1);
	}
	return good && put(w, db_run0(w->cx, commit_public));
}

static bool sign_in(struct world *w, unsigned follows, unsigned watched_per_cent)
{
	bool good = put(w, db_run0(w->cx, begin_personal));
	w->cx->actor = (struct actor){ .account = ME, .role = ROLE_MEMBER, .grant = { .person = PERSON, .account = ME } };
	for (unsigned i = 0; i < follows && good; i++)
		good = put(w, db_run(w->cx, follow_add, I64(i + 1), I64(PERSON), I64(creator(i))));
	if (w->creators > 3) {
		good = good && put(w, db_run(w->cx, block_add, I64(1), I64(PERSON), I64(creator(2))));
		for (unsigned i = 0; i < w->count; i++)
			w->clips[i].blocked = w->clips[i].author == creator(2);
	}
	for (unsigned i = 0; i < w->count && good; i++) {
		w->clips[i].watched = random_below(100) < watched_per_cent;
		if (w->clips[i].watched)
			good = put(w, db_run(w->cx, watched_add, I64(PERSON), I64(w->clips[i].id), BLOB(STR("x"))));
	}
	return good && put(w, db_run0(w->cx, commit_personal));
}

static struct world *world_new(void)
{
	struct world *w = calloc(1, sizeof *w);
	assert(w);
	node_init(&w->node);
	w->cx = &w->node.cx;
	w->ask.language_count = 2;
	w->ask.languages[0] = STR("en");
	w->ask.languages[1] = STR("hi");
	return w;
}

static bool world_open(struct world *w, unsigned count, unsigned creators)
{
	return node_open(&w->node) && fill(w, count, creators);
}

static bool open_pool(struct world *w, unsigned fresh, unsigned liked)
{
	struct db_config config = node_db(&w->node, false);
	return put(w, feed_open_sized(w->cx, &config, fresh, liked, &w->cx->feed));
}

static void world_end(struct world *w)
{
	feed_close(&w->cx->feed);
	node_end(&w->node);
	free(w);
}

/* --- what must hold --- */

static bool reads(const struct world *w, const struct clip *clip)
{
	if (w->ask.language_count == 0 || !*clip->language)
		return true;
	for (unsigned i = 0; i < w->ask.language_count; i++)
		if (str_eq(w->ask.languages[i], str_of(clip->language)))
			return true;
	return false;
}

static bool wanted(const struct world *w, const struct clip *clip)
{
	return !clip->gone && !clip->watched && !clip->blocked && clip->author != w->cx->actor.account;
}

static struct clip *clip_of(struct world *w, int64_t id)
{
	for (unsigned i = 0; i < w->count; i++)
		if (w->clips[i].id == id)
			return &w->clips[i];
	return NULL;
}

/* Whether something of this phase is left that somebody else has made. */
static bool others_left(const struct world *w, bool readable, int64_t author)
{
	for (unsigned i = 0; i < w->count; i++)
		if (wanted(w, &w->clips[i]) && !w->clips[i].shown && reads(w, &w->clips[i]) == readable && w->clips[i].author != author)
			return true;
	return false;
}

static bool any_left(const struct world *w, bool readable)
{
	return others_left(w, readable, 0);
}

struct strolling {
	int64_t last_author;
	bool strict_creators;
	unsigned pages, twice_in_a_row;
};

static bool see(struct world *w, struct strolling *stroll, const struct feed_item *item)
{
	struct clip *clip = clip_of(w, item->video);
	if (!EXPECT(clip) || !EXPECT(wanted(w, clip)) || !EXPECT(clip->shown == 0) || !EXPECT(item->author == clip->author))
		return false;
	const bool readable = reads(w, clip);
	if (!readable && !EXPECT(!any_left(w, true)))
		return false;
	if (clip->author == stroll->last_author) {
		stroll->twice_in_a_row++;
		if (stroll->strict_creators && !EXPECT(!others_left(w, readable, clip->author)))
			return false;
	}
	clip->shown++;
	w->reasons[item->reason]++;
	stroll->last_author = clip->author;
	return true;
}

static bool stroll(struct world *w, struct strolling *stroll)
{
	char cursor[8192] = "";
	for (stroll->pages = 0; stroll->pages < PAGES_MAX; stroll->pages++) {
		struct feed_page page;
		arena_free(&w->cx->mem);
		w->ask.cursor = str_of(cursor);
		if (!put(w, feed_for_you(w->cx, &w->ask, &page)))
			return false;
		for (unsigned i = 0; i < page.count; i++)
			if (!see(w, stroll, &page.items[i]))
				return false;
		if (page.next.n == 0)
			break;
		snprintf(cursor, sizeof cursor, STR_FMT, STR_ARG(page.next));
	}
	for (unsigned i = 0; i < w->count; i++)
		if (wanted(w, &w->clips[i]) && !EXPECT(w->clips[i].shown == 1))
			return false;
	return EXPECT(stroll->pages < PAGES_MAX);
}

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
	for (unsigned i = 0; i < 300 && !seen; i++) {        /* the pool's own thread notices */
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

TEST(following_is_everything_of_the_followed_newest_first)
{
	struct world *w = world_new();
	CHECK(world_open(w, 300, 10) && sign_in(w, 2, 0) && open_pool(w, 4000, 1000));
	char cursor[32] = "";
	int64_t last = INT64_MAX;
	unsigned shown = 0, due = 0;
	for (unsigned pages = 0; pages < 200; pages++) {
		struct feed_page page;
		CHECK(put(w, feed_following(w->cx, str_of(cursor), &page)));
		for (unsigned i = 0; i < page.count; i++, shown++) {
			CHECK(page.items[i].video < last && page.items[i].reason == FEED_FOLLOWED && page.items[i].following);
			last = page.items[i].video;
		}
		snprintf(cursor, sizeof cursor, STR_FMT, STR_ARG(page.next));
		if (page.next.n == 0)
			break;
	}
	for (unsigned i = 0; i < w->count; i++)
		due += !w->clips[i].gone && w->clips[i].author <= creator(1) && w->clips[i].author != ME;
	CHECK(shown == due);
	world_end(w);
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

static int64_t page_us(struct world *w, bool signed_in, unsigned rounds)
{
	const struct actor actor = w->cx->actor;
	if (!signed_in)
		w->cx->actor = (struct actor){};
	w->ask.cursor = STR("");
	const int64_t from = clock_boot_us(NULL);
	for (unsigned i = 0; i < rounds; i++) {
		struct feed_page page;
		arena_free(&w->cx->mem);
		if (!put(w, feed_for_you(w->cx, &w->ask, &page)))
			return INT64_MAX;
		AUTO(buf_free) struct buf json = buf_new(1 << 20);
		feed_page_json(&page, &json);
	}
	w->cx->actor = actor;
	return (clock_boot_us(NULL) - from) / rounds;
}

TEST(a_page_out_of_ten_thousand_videos_is_made_without_a_wait)
{
	struct world *w = world_new();
	struct feed_stats stats;
	CHECK(world_open(w, 10'000, 500) && sign_in(w, 50, 5) && open_pool(w, FEED_FRESH_MAX, FEED_LIKED_MAX));
	feed_read_stats(w->cx->feed, &stats);
	const int64_t in = page_us(w, true, 200), out = page_us(w, false, 200);
	printf("# signed in %lld us, signed out %lld us; pool of %u built in %llu us\n", (long long)in, (long long)out, stats.candidates,
		(unsigned long long)stats.build_us);
	CHECK(in < 5000 && out < 5000);
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
	RUN(a_page_is_json_with_flags_and_reasons);
	RUN(a_page_out_of_ten_thousand_videos_is_made_without_a_wait);
	RUN(each_failure_on_the_way_leaves_the_page_unwritten);
	return tap_end();
}

/* For You as a promise about all its pages together: each wanted video once, none twice, no creator twice in a row. */
#include "feed/cursor.h"
#include "feed/feed.h"
#include "feed/learn.h"
#include "feed/pool.h"
#include "social/hashtag.h"
#include "social/video.h"
#include "store_fixture.h"

#define VIDEOS_MAX 10'000
#define PAGES_MAX 2000
#define PERSON INT64_C(77)
#define ME INT64_C(5)
#define TAGS 12

static const struct stmt profile_add = { "t_profile",
	"INSERT INTO profile (id, handle, name, bio, avatar, created_us, state) VALUES ($1, $2, $2, '', '', 0, $3)", PUBLIC_DB };
static const struct stmt video_add = { "t_video",
	"INSERT INTO video (id, account, caption, language, created_us, duration_ms, width, height, src, poster, color, has_audio, bytes, "
	"state) VALUES ($1, $2, $7, $3, $4, 12000, 720, 1280, $5, $5, '#102030', 1, "
	"1000, $6)", PUBLIC_DB };
static const struct stmt tagged_add = { "t_tagged", "INSERT INTO tagged (tag, video) VALUES ($1, $2)", PUBLIC_DB };
static const struct stmt hashtag_add = { "t_hashtag", "INSERT INTO hashtag (id, name, videos) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING",
	PUBLIC_DB };
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
	unsigned tag;
	bool gone, watched, blocked;
	unsigned shown;
};

struct world {
	struct node node;
	struct ctx *cx;
	unsigned count, creators;
	struct clip clips[VIDEOS_MAX];
	struct feed_ask ask;
	unsigned reasons[FEED_OTHER_LANGUAGE + 1];
	struct feed_signal told[SIGNALS_MAX];
};

static const char *const languages[] = { "", "en", "hi", "ar", "bn", "sw" };

static int64_t creator(unsigned n)
{
	return (INT64_C(1) << 40) + n;         /* as ids are: numbers below 2^22 are none */
}

static bool put(struct world *w, enum err e)
{
	return node_ok(w->cx, e);
}

static bool add_clip(struct world *w, int64_t author, const char *language, int64_t created_us)
{
	struct clip *clip = &w->clips[w->count];
	const struct str hash = STR("0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef");
	*clip = (struct clip){ .id = id_new(&w->node.ids, created_us), .author = author, .language = language, .tag = random_below(TAGS) };
	char caption[64], tag[8];
	snprintf(tag, sizeof tag, "t%u", clip->tag);
	snprintf(caption, sizeof caption, "A caption of the usual length, with a #%s or two", tag);
	clip->gone = random_below(40) == 0;
	if (!put(w, db_run(w->cx, video_add, I64(clip->id), I64(author), TEXT(str_of(language)), I64(created_us), TEXT(hash),
			TEXT(clip->gone ? STR("removed") : STR("visible")), TEXT(str_of(caption)))))
		return false;
	if (!put(w, db_run(w->cx, hashtag_add, I64(hashtag_id(str_of(tag))), TEXT(str_of(tag))))
			|| !put(w, db_run(w->cx, tagged_add, I64(hashtag_id(str_of(tag))), I64(clip->id))))
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
	w->cx->actor = (struct actor){ .account = ME, .role = ROLE_MEMBER, .grant = { .purpose = GRANT_SESSION, .person = PERSON, .account = ME } };
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
	if (w->ask.language_count == 0 || w->ask.guessed || !*clip->language)
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
	bool fickle;                           /* what the client remembers changes from page to page */
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

static void remember_anything(struct world *w)
{
	w->ask.told = w->told;
	w->ask.told_count = random_below(30);
	for (size_t i = 0; i < w->ask.told_count; i++)
		w->told[i] = (struct feed_signal){
			.video = w->clips[random_below(w->count)].id, .watched_ms = random_below(13000), .completed = random_below(4) == 0,
			.opinion = random_below(6) ? OPINION_NONE : random_below(2) ? OPINION_MORE : OPINION_LESS,
		};
}

static bool stroll(struct world *w, struct strolling *stroll)
{
	char cursor[8192] = "";
	for (stroll->pages = 0; stroll->pages < PAGES_MAX; stroll->pages++) {
		struct feed_page page;
		arena_free(&w->cx->mem);
		w->ask.cursor = str_of(cursor);
		if (stroll->fickle)
			remember_anything(w);
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
	const struct feed_signal told = { .video = w->clips[3].id, .watched_ms = 12'000, .completed = true };
	CHECK(put(w, feed_learn(w->cx, &told, 1)) && put(w, interests_get(w->cx, &interests)));
	CHECK(interests.count == (w->clips[3].gone || w->clips[3].author == ME ? 0 : *w->clips[3].language ? 3 : 2));
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
	CHECK(own >= 3 && own <= 6);
	world_end(w);
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
	RUN(interests_that_change_on_the_way_lose_nothing_and_repeat_nothing);
	RUN(two_skipped_of_a_kind_leave_at_most_one_of_it_on_the_next_page);
	RUN(what_is_held_back_comes_when_nothing_else_is_left);
	RUN(what_was_asked_for_comes_and_says_why_and_what_was_hidden_does_not);
	RUN(what_was_learned_goes_with_the_account);
	RUN(a_newcomers_first_page_shows_eight_scripts_their_own_first);
	RUN(who_finds_pages_in_their_language_gets_half_of_the_first_one_in_it);
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

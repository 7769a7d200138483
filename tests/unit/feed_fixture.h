/* feed_fixture.h - a node with videos, a reader, and a stroll through For You that holds its promises. */
#ifndef FEED_FIXTURE_H
#define FEED_FIXTURE_H
#include "feed/cursor.h"
#include "feed/feed.h"
#include "feed/learn.h"
#include "feed/pool.h"
#include "social/hashtag.h"
#include "social/video.h"
#include "store_fixture.h"

#define FEED_FIXTURE __attribute__((unused)) static
#define VIDEOS_MAX 10'000
#define PAGES_MAX 2000
#define PERSON INT64_C(77)
#define ME (INT64_C(1) << 41)               /* as ids of accounts are: a small one would be a language to feed/interest.h */
#define TAGS 12

FEED_FIXTURE const struct stmt profile_add = { "t_profile",
	"INSERT INTO profile (id, handle, name, bio, avatar, created_us, state) VALUES ($1, $2, $2, '', '', 0, $3)", PUBLIC_DB };
FEED_FIXTURE const struct stmt video_add = { "t_video",
	"INSERT INTO video (id, account, caption, language, created_us, duration_ms, width, height, src, poster, color, has_audio, bytes, "
	"state) VALUES ($1, $2, $7, $3, $4, 12000, 720, 1280, $5, $5, '#102030', 1, "
	"1000, $6)", PUBLIC_DB };
FEED_FIXTURE const struct stmt tagged_add = { "t_tagged", "INSERT INTO tagged (tag, video) VALUES ($1, $2)", PUBLIC_DB };
FEED_FIXTURE const struct stmt hashtag_add = { "t_hashtag", "INSERT INTO hashtag (id, name, videos) VALUES ($1, $2, 0) ON CONFLICT DO NOTHING",
	PUBLIC_DB };
FEED_FIXTURE const struct stmt total_add = { "t_total", "INSERT INTO total (subject, kind, total) VALUES ($1, 'likes', $2)", PUBLIC_DB };
FEED_FIXTURE const struct stmt follow_add = { "t_follow", "INSERT INTO follow (id, person, account) VALUES ($1, $2, $3)", PERSONAL_DB };
FEED_FIXTURE const struct stmt block_add = { "t_block", "INSERT INTO block (id, person, account) VALUES ($1, $2, $3)", PERSONAL_DB };
FEED_FIXTURE const struct stmt watched_add = { "t_watched", "INSERT INTO watched (person, video, sealed) VALUES ($1, $2, $3)", PERSONAL_DB };
FEED_FIXTURE const struct stmt video_hide = { "t_hide", "UPDATE video SET state = 'removed' WHERE id = $1", PUBLIC_DB };
FEED_FIXTURE const struct stmt video_show = { "t_show", "UPDATE video SET state = 'visible' WHERE id = $1", PUBLIC_DB };
FEED_FIXTURE const struct stmt begin_public = { "t_begin", "BEGIN", PUBLIC_DB }, commit_public = { "t_commit", "COMMIT", PUBLIC_DB };
FEED_FIXTURE const struct stmt begin_personal = { "t_begin_p", "BEGIN", PERSONAL_DB };
FEED_FIXTURE const struct stmt commit_personal = { "t_commit_p", "COMMIT", PERSONAL_DB };

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

FEED_FIXTURE const char *const languages[] = { "", "en", "hi", "ar", "bn", "sw" };

FEED_FIXTURE int64_t creator(unsigned n)
{
	return (INT64_C(1) << 40) + n;         /* as ids are: numbers below 2^22 are none */
}

FEED_FIXTURE bool put(struct world *w, enum err e)
{
	return node_ok(w->cx, e);
}

FEED_FIXTURE bool add_clip(struct world *w, int64_t author, const char *language, int64_t created_us)
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
FEED_FIXTURE bool fill(struct world *w, unsigned count, unsigned creators)
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

FEED_FIXTURE bool sign_in(struct world *w, unsigned follows, unsigned watched_per_cent)
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

FEED_FIXTURE struct world *world_new(void)
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

FEED_FIXTURE bool world_open(struct world *w, unsigned count, unsigned creators)
{
	return node_open(&w->node) && fill(w, count, creators);
}

FEED_FIXTURE bool open_pool(struct world *w, unsigned fresh, unsigned liked)
{
	struct db_config config = node_db(&w->node, false);
	return put(w, feed_open_sized(w->cx, &config, fresh, liked, &w->cx->feed));
}

FEED_FIXTURE void world_end(struct world *w)
{
	feed_close(&w->cx->feed);
	node_end(&w->node);
	free(w);
}

/* --- what must hold --- */

FEED_FIXTURE bool reads(const struct world *w, const struct clip *clip)
{
	if (w->ask.language_count == 0 || w->ask.guessed || !*clip->language)
		return true;
	for (unsigned i = 0; i < w->ask.language_count; i++)
		if (str_eq(w->ask.languages[i], str_of(clip->language)))
			return true;
	return false;
}

FEED_FIXTURE bool wanted(const struct world *w, const struct clip *clip)
{
	return !clip->gone && !clip->watched && !clip->blocked && clip->author != w->cx->actor.account;
}

FEED_FIXTURE struct clip *clip_of(struct world *w, int64_t id)
{
	for (unsigned i = 0; i < w->count; i++)
		if (w->clips[i].id == id)
			return &w->clips[i];
	return NULL;
}

/* Whether something of this phase is left that somebody else has made. */
FEED_FIXTURE bool others_left(const struct world *w, bool readable, int64_t author)
{
	for (unsigned i = 0; i < w->count; i++)
		if (wanted(w, &w->clips[i]) && !w->clips[i].shown && reads(w, &w->clips[i]) == readable && w->clips[i].author != author)
			return true;
	return false;
}

FEED_FIXTURE bool any_left(const struct world *w, bool readable)
{
	return others_left(w, readable, 0);
}

struct strolling {
	int64_t last_author;
	bool strict_creators;
	bool fickle;                           /* what the client remembers changes from page to page */
	unsigned pages, twice_in_a_row;
};

FEED_FIXTURE bool see(struct world *w, struct strolling *stroll, const struct feed_item *item)
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

FEED_FIXTURE void remember_anything(struct world *w)
{
	w->ask.told = w->told;
	w->ask.told_count = random_below(30);
	for (size_t i = 0; i < w->ask.told_count; i++)
		w->told[i] = (struct feed_signal){
			.video = w->clips[random_below(w->count)].id, .watched_ms = random_below(13000), .completed = random_below(4) == 0,
			.opinion = random_below(6) ? OPINION_NONE : random_below(2) ? OPINION_MORE : OPINION_LESS,
		};
}

FEED_FIXTURE bool stroll(struct world *w, struct strolling *stroll)
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
#endif

#include "feed/feed.h"
#include "feed/look.h"
#include "feed/rank.h"
#include "keys/keys.h"
#include "social/video.h"

/* A request looks so often at most; what it did not find by then, the next page will. */
#define ROUNDS_MAX 24
#define OTHERS_ROUNDS_MAX 8

struct filling {
	struct look *look;
	struct feed_page page;
	int64_t alone;                         /* the only creator left; 0: not known to be so */
	int64_t author;                        /* of the last one shown */
	uint64_t kinds;                        /* those held back of which this page has one */
	bool many_scripts;                     /* a newcomer's first page */
	uint16_t page_languages[FEED_PAGE];    /* of those on the page, as in the pool */
	bool pool_through;                     /* nothing of the pool is left in this phase */
};

static bool memory_left(const struct look *look)
{
	return look->walk.ahead_count < CURSOR_AHEAD_MAX;
}

static bool open_to(const struct choice *choice)
{
	return choice->checked && !choice->rejected && !choice->taken;
}

static bool has_open(const struct choices *list)
{
	for (unsigned i = 0; i < list->count; i++)
		if (!list->items[i].rejected && !list->items[i].taken)
			return true;
	return false;
}

/* --- taking one --- */

static void mark(struct choices *list, int64_t video)
{
	for (unsigned i = 0; i < list->count; i++)
		if (list->items[i].video.id == video)
			list->items[i].taken = true;
}

/* Reasons are true: an interest is named only where it chose. */
static void explain(const struct look *look, const struct choice *choice, struct feed_item *item)
{
	if (choice->pulled)
		pull_reason(&look->pull, choice->candidate, choice->video.language, item);
	if (item->reason == FEED_VARIETY && look->ask->guessed && look->pull.wished[choice->video.language] < FEED_LANGUAGES_MAX)
		item->reason = FEED_LANGUAGE;
	if (look->walk.phase == WALK_OTHERS)
		item->reason = FEED_OTHER_LANGUAGE;
}

static void take(struct filling *filling, const struct choice *choice)
{
	struct look *const look = filling->look;
	const int64_t video = choice->video.id;
	struct feed_item *const item = &filling->page.items[filling->page.count++];
	*item = (struct feed_item){
		.video = video, .author = choice->video.author, .reason = choice->reason, .json = choice->json, .name = STR(""),
	};
	explain(look, choice, item);
	filling->page_languages[filling->page.count - 1] = choice->video.language;
	filling->author = choice->video.author;
	filling->kinds |= choice->kinds;
	look_remember(look, &choice->video);
	mark(&look->fresh, video);
	mark(&look->liked, video);
	mark(&look->follows, video);
	mark(&look->older, video);
	mark(&look->wanted, video);
	mark(&look->variety, video);
}

static bool fits(const struct filling *filling, const struct choice *choice)
{
	const bool anybody = filling->alone && filling->alone == filling->author;
	return open_to(choice) && (anybody || choice->video.author != filling->author);
}

/* How many kinds that are held back the page would have twice. */
static unsigned excess(const struct filling *filling, const struct choice *choice)
{
	return (unsigned)__builtin_popcountll(choice->kinds & filling->kinds);
}

static const struct choice *first_fit(const struct filling *filling, const struct choices *list)
{
	for (unsigned i = 0; i < list->count; i++)
		if (fits(filling, &list->items[i]) && excess(filling, &list->items[i]) == 0)
			return &list->items[i];
	return NULL;
}

/* What is held back, when nothing else is left: the least of it. */
static const struct choice *least_excess(const struct filling *filling, const struct choices *list)
{
	const struct choice *least = NULL;
	for (unsigned i = 0; i < list->count; i++)
		if (fits(filling, &list->items[i]) && (!least || excess(filling, &list->items[i]) < excess(filling, least)))
			least = &list->items[i];
	return least;
}

/* --- the order passes --- */

static void pass_pool(struct look *look)
{
	for (unsigned i = 0; i < look->fresh.count; i++) {
		const struct choice *const choice = &look->fresh.items[i];
		if (!choice->taken && !choice->rejected)
			break;
		look->walk.rank = choice->rank;
		look->walk.id = choice->video.id;
	}
}

static void pass_older(struct look *look)
{
	for (unsigned i = 0; i < look->older.count; i++) {
		const struct choice *const choice = &look->older.items[i];
		if (!choice->taken && !choice->rejected)
			break;
		look->walk.older = choice->video.id;
	}
}

/* What was shown ahead and has been passed needs no memory; done before the memory decides what may be shown. */
static void pass(struct look *look)
{
	pass_pool(look);
	pass_older(look);
	look_forget_passed(look);
}

/* --- a round in the pool --- */

/* On the first page scripts that are not on it yet come first, then languages that are not. */
static unsigned novelty(const struct filling *filling, uint16_t language)
{
	const struct pool *const pool = filling->look->pool;
	bool script = true, spoken = true;
	for (unsigned i = 0; i < filling->page.count; i++) {
		script &= pool->scripts[filling->page_languages[i]] != pool->scripts[language];
		spoken &= filling->page_languages[i] != language;
	}
	return script ? 2 : spoken;
}

static const struct choice *next_in_variety(const struct filling *filling)
{
	const struct choices *const variety = &filling->look->variety;
	const struct choice *best = NULL;
	unsigned most = 0;
	for (unsigned i = 0; i < variety->count; i++) {
		const struct choice *const choice = &variety->items[i];
		const unsigned new = novelty(filling, choice->video.language);
		if (new <= most || !fits(filling, choice) || excess(filling, choice))
			continue;
		best = choice;
		most = new;
	}
	return best;
}

/* Whoever finds pages of their own language here gets every other clip in it. */
#define PLENTY (3 * FEED_PAGE)
static bool has_plenty_of_own(const struct look *look)
{
	if (look->ask->language_count == 0 || !look->ask->guessed)
		return false;
	const uint16_t own = pool_language(look->pool, look->ask->languages[0]);
	return look->pull.wished[own] == 0 && look->pool->language_clips[own] >= PLENTY;
}

static const struct choice *next_in_own(const struct filling *filling)
{
	const struct look *const look = filling->look;
	for (unsigned i = 0; i < look->wanted.count; i++) {
		const struct choice *const choice = &look->wanted.items[i];
		if (look->pull.wished[choice->video.language] == 0 && fits(filling, choice) && excess(filling, choice) == 0)
			return choice;
	}
	return NULL;
}

/* What goes before the usual order on a first page of many scripts. */
static const struct choice *next_for_newcomer(const struct filling *filling)
{
	const bool own = filling->page.count > 0 && filling->page.count % 2 == 0 && has_plenty_of_own(filling->look);
	return own ? next_in_own(filling) : next_in_variety(filling);
}

/* So much disliked that only interest itself may choose it. */
#define DISLIKED (-2 * INTEREST_ONE)

/* The order alone, so that it goes on and something new has its chance. */
static const struct choice *next_by_order(const struct filling *filling)
{
	const struct choice *const choice = first_fit(filling, &filling->look->fresh);
	return choice && choice->total > DISLIKED ? choice : NULL;
}

/* Held back ones stand behind all others: one in sight says that the others are, too. */
static const struct choice *next_of_held(const struct filling *filling)
{
	const struct look *const look = filling->look;
	const struct choices *const wanted = &look->wanted;
	for (unsigned i = 0; i < wanted->count; i++)
		if (wanted->items[i].held && open_to(&wanted->items[i]))
			return least_excess(filling, wanted);
	return NULL;
}

/* Half of a page is fresh, a quarter liked, a quarter followed; where each stands changes from page to page.  Of the fresh half
 * three quarters are what interests pull, if any do. */
static const struct choice *next_in_pool(const struct filling *filling)
{
	enum { WANTED, ORDER, LIKED, FOLLOWED };
	static const uint8_t slots[FEED_PAGE] = { WANTED, LIKED, WANTED, FOLLOWED, ORDER, LIKED, WANTED, FOLLOWED };
	struct look *const look = filling->look;
	const unsigned turn = (unsigned)(rank_hash(look->walk.seed, look->walk.start_s) + filling->page.count) % FEED_PAGE;
	const unsigned slot = filling->many_scripts ? WANTED : slots[turn];
	const struct choices *const lists[] = {
		[WANTED] = &look->wanted, [ORDER] = &look->fresh, [LIKED] = &look->liked, [FOLLOWED] = &look->follows,
	};
	const struct choice *choice = filling->many_scripts ? next_for_newcomer(filling) : NULL;
	if (!choice)
		choice = slot == ORDER && look->pull.on ? next_by_order(filling) : first_fit(filling, lists[slot]);
	for (unsigned i = 0; i < sizeof lists / sizeof lists[0] && !choice; i++)
		choice = first_fit(filling, lists[i]);
	return choice ? choice : next_of_held(filling);
}

/* With no memory left things are shown in their order alone, whoever made them: each is passed as soon as it is shown. */
static const struct choice *next_in_order(const struct choices *list)
{
	for (unsigned i = 0; i < list->count; i++)
		if (open_to(&list->items[i]))
			return &list->items[i];
	return NULL;
}

static void fill_in_order(struct filling *filling)
{
	struct look *const look = filling->look;
	while (filling->page.count < FEED_PAGE) {
		const struct choice *const choice = next_in_order(&look->fresh);
		if (!choice)
			return;
		take(filling, choice);
		pass(look);
	}
}

/* --- nobody but the last creator in sight: is there anyone else? --- */

static enum err other_in_pool(struct filling *filling, const struct choice **out)
{
	struct look *const look = filling->look;
	struct choices *const lists[] = { &look->wanted, &look->fresh };
	for (unsigned round = 0; round < OTHERS_ROUNDS_MAX; round++) {
		look_at_pool(look, filling->author, false, false);
		if (look->fresh.count == 0)
			return OK;
		TRY(look_check(look, lists, sizeof lists / sizeof lists[0]));
		for (unsigned i = 0; i < sizeof lists / sizeof lists[0] && !*out; i++)
			*out = first_fit(filling, lists[i]);
		if (!*out)
			*out = look->pull.on ? next_of_held(filling) : NULL;
		if (*out)
			return OK;
	}
	return OK;
}

static enum err other_in_older(struct filling *filling, const struct choice **out)
{
	struct look *const look = filling->look;
	struct choices *const lists[] = { &look->older };
	filling->alone = 0;
	if (look->walk.base == 0)
		return OK;
	for (;;) {
		TRY(look_check(look, lists, 1));
		*out = first_fit(filling, &look->older);
		if (*out || look->older_end || look->older.count == look->older.max)
			return OK;
		TRY(look_at_older(look));
	}
}

static enum err take_other(struct filling *filling)
{
	const struct choice *other = NULL;
	TRY(other_in_pool(filling, &other));
	/* pass_pool() must not take this list for the order: it leaves the last creator out. */
	if (other)
		take(filling, other);
	filling->look->fresh.count = filling->look->wanted.count = 0;
	if (other)
		return OK;
	TRY(other_in_older(filling, &other));
	if (other)
		take(filling, other);
	else
		filling->alone = filling->author;
	return OK;
}

/* --- rounds --- */

static enum err pool_round(struct filling *filling, bool ahead)
{
	struct look *const look = filling->look;
	struct choices *const lists[] = { &look->wanted, &look->fresh, &look->liked, &look->follows };
	struct choices *const varied[] = { &look->variety };
	TRY(look_check(look, lists, sizeof lists / sizeof lists[0]));
	if (look->variety.count)
		TRY(look_check(look, varied, 1));
	if (!ahead) {
		fill_in_order(filling);
		pass(look);
		return OK;
	}
	while (filling->page.count < FEED_PAGE && memory_left(look)) {
		const struct choice *const choice = next_in_pool(filling);
		if (!choice)
			break;
		take(filling, choice);
	}
	const bool stuck = filling->page.count < FEED_PAGE && memory_left(look) && next_in_order(&look->fresh) != NULL;
	filling->pool_through = look->fresh.count < look->fresh.max && !has_open(&look->fresh);
	pass(look);
	return stuck ? take_other(filling) : OK;
}

static void next_phase(struct filling *filling)
{
	struct look *const look = filling->look;
	struct walk *const walk = &look->walk;
	filling->alone = 0;
	walk->phase = walk->phase == WALK_READABLE && look->ask->language_count && !look->ask->guessed ? WALK_OTHERS : WALK_END;
	walk->rank = 0;
	walk->id = 0;
	walk->older = walk->base;
	walk->ahead_count = 0;
	look->older.count = look->variety.count = 0;
	look->older_end = false;
}

/* The pool is through. */
static enum err older_round(struct filling *filling)
{
	struct look *const look = filling->look;
	struct choices *const lists[] = { &look->older };
	const struct choice *choice = NULL;
	if (look->walk.base == 0) {
		next_phase(filling);
		return OK;
	}
	TRY(look_check(look, lists, 1));
	if (memory_left(look) && next_in_order(&look->older))
		TRY(other_in_older(filling, &choice));
	if (!choice)
		choice = next_in_order(&look->older);
	if (choice)
		take(filling, choice);
	pass(look);
	if (has_open(&look->older))
		return OK;
	if (look->older_end) {
		next_phase(filling);
		return OK;
	}
	look->older.count = 0;
	return look_at_older(look);
}

/* The first page of somebody of whom nothing is known yet, or what follows when the languages that they read are through. */
static bool wants_many_scripts(const struct look *look)
{
	if (look->ask->cursor.n)
		return false;
	const bool stated = look->ask->language_count && !look->ask->guessed;
	return stated ? look->walk.phase == WALK_OTHERS : !look->pull.learned;
}

static enum err fill(struct filling *filling)
{
	struct look *const look = filling->look;
	for (unsigned round = 0; round < ROUNDS_MAX && filling->page.count < FEED_PAGE && look->walk.phase != WALK_END; round++) {
		const bool ahead = memory_left(look);
		filling->pool_through = false;
		filling->many_scripts = wants_many_scripts(look);
		look_at_pool(look, 0, ahead && round == 0, filling->many_scripts);
		if (look->fresh.count)
			TRY(pool_round(filling, ahead));
		else
			TRY(older_round(filling));
	}
	/* So that the last page says that it is the last. */
	if (filling->pool_through && look->walk.base == 0 && look->walk.phase == WALK_READABLE) {
		next_phase(filling);
		look_at_pool(look, 0, false, false);
		filling->pool_through = look->fresh.count == 0;
	}
	if (filling->pool_through && look->walk.base == 0)
		look->walk.phase = WALK_END;
	return OK;
}

/* --- the page --- */

static struct walk begin(const struct ctx *cx, const struct pool *pool)
{
	struct walk walk = {
		.start_s = cx->now_us / SECOND_US, .top = pool->top, .base = pool->whole ? 0 : pool->base,
		.phase = pool->fresh_count ? WALK_READABLE : WALK_END,
	};
	walk.older = walk.base;
	random_bytes(&walk.seed, sizeof walk.seed);
	return walk;
}

static enum err set_flags(struct ctx *cx, struct feed_page *page)
{
	struct video_view views[FEED_PAGE] = {};
	if (cx->actor.account == 0 || page->count == 0)
		return OK;
	for (unsigned i = 0; i < page->count; i++) {
		views[i].video.id = page->items[i].video;
		views[i].video.account = views[i].author.id = page->items[i].author;
	}
	TRY(video_flags(cx, views, page->count));
	for (unsigned i = 0; i < page->count; i++) {
		page->items[i].liked = views[i].liked;
		page->items[i].saved = views[i].saved;
		page->items[i].following = views[i].following;
	}
	return OK;
}

static enum err make_page(struct ctx *cx, const struct feed_ask *ask, const struct pool *pool, struct feed_page *out)
{
	struct walk walk;
	if (ask->cursor.n)
		TRY(cursor_read(cx, ask->cursor, &walk));
	else
		walk = begin(cx, pool);
	struct filling filling = { .author = walk.author };
	TRY(look_new(cx, ask, pool, &walk, &filling.look));
	TRY(fill(&filling));
	TRY(set_flags(cx, &filling.page));
	/* The snapshot is given back before the page is written out. */
	for (unsigned i = 0; i < filling.page.count; i++) {
		filling.page.items[i].json = arena_copy(&cx->mem, filling.page.items[i].json);
		filling.page.items[i].name = arena_copy(&cx->mem, filling.page.items[i].name);
	}
	filling.look->walk.author = filling.author;
	if (filling.look->walk.phase != WALK_END)
		filling.page.next = cursor_write(cx, &filling.look->walk);
	*out = filling.page;
	return OK;
}

enum err feed_for_you(struct ctx *cx, const struct feed_ask *ask, struct feed_page *out)
{
	AUTO(pool_give) struct pool *pool = feed_pool(cx->feed);
	return make_page(cx, ask, pool, out);
}

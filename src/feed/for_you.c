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

static void take(struct filling *filling, const struct choice *choice)
{
	struct look *const look = filling->look;
	const int64_t video = choice->video.id;
	filling->page.items[filling->page.count++] = (struct feed_item){
		.video = video, .author = choice->video.author, .reason = choice->reason, .json = choice->json,
	};
	filling->author = choice->video.author;
	look_remember(look, &choice->video);
	mark(&look->fresh, video);
	mark(&look->liked, video);
	mark(&look->follows, video);
	mark(&look->older, video);
}

static const struct choice *first_fit(const struct filling *filling, const struct choices *list)
{
	const bool anybody = filling->alone && filling->alone == filling->author;
	for (unsigned i = 0; i < list->count; i++)
		if (open_to(&list->items[i]) && (anybody || list->items[i].video.author != filling->author))
			return &list->items[i];
	return NULL;
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

/* Half of a page is fresh, a quarter liked, a quarter followed; where each stands changes from page to page. */
static const struct choice *next_in_pool(const struct filling *filling)
{
	static const enum feed_reason slots[FEED_PAGE] = {
		FEED_FRESH, FEED_LIKED, FEED_FRESH, FEED_FOLLOWED, FEED_FRESH, FEED_LIKED, FEED_FRESH, FEED_FOLLOWED,
	};
	struct look *const look = filling->look;
	const uint64_t turn = rank_hash(look->walk.seed, look->walk.start_s) + filling->page.count;
	const struct choices *const lists[] = {
		[FEED_FRESH] = &look->fresh, [FEED_LIKED] = &look->liked, [FEED_FOLLOWED] = &look->follows,
	};
	const struct choice *choice = first_fit(filling, lists[slots[turn % FEED_PAGE]]);
	for (unsigned i = 0; i < sizeof lists / sizeof lists[0] && !choice; i++)
		choice = first_fit(filling, lists[i]);
	return choice;
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
	struct choices *const lists[] = { &look->fresh };
	for (unsigned round = 0; round < OTHERS_ROUNDS_MAX; round++) {
		look_at_pool(look, filling->author, false);
		if (look->fresh.count == 0)
			return OK;
		TRY(look_check(look, lists, 1));
		*out = first_fit(filling, &look->fresh);
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
	filling->look->fresh.count = 0;
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
	struct choices *const lists[] = { &look->fresh, &look->liked, &look->follows };
	TRY(look_check(look, lists, sizeof lists / sizeof lists[0]));
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
	walk->phase = walk->phase == WALK_READABLE && look->ask->language_count ? WALK_OTHERS : WALK_END;
	walk->rank = 0;
	walk->id = 0;
	walk->older = walk->base;
	walk->ahead_count = 0;
	look->older.count = 0;
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

static enum err fill(struct filling *filling)
{
	struct look *const look = filling->look;
	for (unsigned round = 0; round < ROUNDS_MAX && filling->page.count < FEED_PAGE && look->walk.phase != WALK_END; round++) {
		const bool ahead = memory_left(look);
		filling->pool_through = false;
		look_at_pool(look, 0, ahead && round == 0);
		if (look->fresh.count)
			TRY(pool_round(filling, ahead));
		else
			TRY(older_round(filling));
	}
	/* So that the last page says that it is the last. */
	if (filling->pool_through && look->walk.base == 0 && look->walk.phase == WALK_READABLE) {
		next_phase(filling);
		look_at_pool(look, 0, false);
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
	for (unsigned i = 0; i < filling.page.count; i++)
		filling.page.items[i].json = arena_copy(&cx->mem, filling.page.items[i].json);
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

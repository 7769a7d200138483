/* The newest videos of those whom somebody follows.
 *
 * The pool knows the newest few thousand videos by their author, so most pages are found in memory, however many people publish.
 * What is newer than the pool is walked through.  For what is older each one followed is asked for their next video, so that a page
 * costs as much as one follows people, not as many videos as the others have published in between; who follows very many has videos
 * enough among any few thousand, and for them it is walked through, too. */
#include <stdlib.h>

#include "feed/feed.h"
#include "feed/feed.sql.h"
#include "feed/pool.h"
#include "social/follow.h"
#include "social/video.h"
#include "social/video_json.h"

/* So many videos are walked through for one page at most; a page that finds fewer than eight says where it goes on. */
#define IDS_MAX 2000
#define ASKED_MAX 256                          /* followed accounts that are asked one by one: 1 to 5 us each */
#define ASKED_AT_ONCE 16                       /* as feed_newest_of_each has them */
#define JSON_BYTES_MAX ((size_t)64 * 1024)

/* Sorted. */
struct accounts {
	int64_t *ids;
	size_t count;
};

struct search {
	const struct accounts *followed;
	int64_t before;                        /* the next one has a smaller id */
	bool end;                              /* nothing is left ... */
	bool rest;                             /* ... or the look ended here */
	unsigned count;
	int64_t ids[FEED_PAGE];
};

static int by_number(const void *a, const void *b)
{
	const int64_t *const one = a, *const two = b;
	return (*one > *two) - (*one < *two);
}

static bool has(const struct accounts *accounts, int64_t account)
{
	return bsearch(&account, accounts->ids, accounts->count, sizeof account, by_number) != NULL;
}

static bool is_done(const struct search *search)
{
	return search->end || search->rest || search->count == FEED_PAGE;
}

static void take(struct search *search, int64_t id)
{
	search->ids[search->count++] = id;
	search->before = id;
}

/* Through everybody's, down to `above`. */
static enum err walk(struct ctx *cx, int64_t above, struct search *search)
{
	AUTO(rows_close) struct rows *rows = NULL;
	unsigned seen = 0;
	TRY(db_query(cx, SQL_feed_between_ids, &rows, I64(search->before), I64(above), I64(IDS_MAX)));
	while (search->count < FEED_PAGE && rows_next(rows)) {
		seen++;
		search->before = rows_i64(rows, 0);
		if (has(search->followed, rows_i64(rows, 1)))
			take(search, search->before);
	}
	search->rest = seen == IDS_MAX;
	return rows_status(rows);
}

/* --- in the pool --- */

/* Newest first: the number of the first one that is older. */
static uint32_t first_older(const struct pool *pool, int64_t before)
{
	uint32_t low = 0, high = pool->fresh_count;
	while (low < high) {
		const uint32_t middle = (low + high) / 2;
		if (pool->fresh[middle].id < before)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

struct newest {
	uint32_t from;                         /* numbers below this one are newer than the page */
	unsigned room, count;
	uint32_t numbers[FEED_PAGE];           /* of fresh ones, rising: newest first */
};

/* False: neither it nor a later one has a place. */
static bool insert(struct newest *newest, uint32_t number)
{
	if (newest->count == newest->room && number > newest->numbers[newest->count - 1])
		return false;
	unsigned at = newest->count < newest->room ? newest->count++ : newest->count - 1;
	for (; at > 0 && newest->numbers[at - 1] > number; at--)
		newest->numbers[at] = newest->numbers[at - 1];
	newest->numbers[at] = number;
	return true;
}

static void look_at_author(const struct pool *pool, int64_t account, struct newest *newest)
{
	const struct pool_kind *const kind = pool_kind(pool, account);
	for (uint32_t i = 0; kind && i < kind->count; i++) {
		const uint32_t number = pool->at[kind->from + i];
		if (number >= pool->fresh_count || (number >= newest->from && !insert(newest, number)))
			return;
	}
}

static void look_at_pool(const struct pool *pool, struct search *search)
{
	struct newest newest = { .from = first_older(pool, search->before), .room = FEED_PAGE - search->count };
	for (size_t i = 0; i < search->followed->count; i++)
		look_at_author(pool, search->followed->ids[i], &newest);
	for (unsigned i = 0; i < newest.count; i++)
		take(search, pool->fresh[newest.numbers[i]].id);
	if (search->count == FEED_PAGE)
		return;
	search->before = search->before < pool->base ? search->before : pool->base;
	search->end = pool->whole;
}

/* --- older than the pool --- */

/* The next video of each one followed; 0: none is left. */
static enum err ask_each(struct ctx *cx, const struct search *search, int64_t *next)
{
	const struct accounts *const followed = search->followed;
	for (size_t from = 0; from < followed->count; from += ASKED_AT_ONCE) {
		AUTO(rows_close) struct rows *rows = NULL;
		struct val vals[1 + ASKED_AT_ONCE] = { I64(search->before) };
		for (size_t i = 0; i < ASKED_AT_ONCE; i++)
			vals[1 + i] = from + i < followed->count ? I64(followed->ids[from + i]) : I64(0);
		TRY(db_query_(cx, &SQL_feed_newest_of_each, &rows, 1 + ASKED_AT_ONCE, vals));
		while (rows_next(rows))
			if (from + (size_t)rows_i64(rows, 0) < followed->count)
				next[from + (size_t)rows_i64(rows, 0)] = rows_i64(rows, 1);
		TRY(rows_status(rows));
	}
	return OK;
}

static enum err merge(struct ctx *cx, struct search *search)
{
	const struct accounts *const followed = search->followed;
	int64_t *const next = arena_new(&cx->mem, int64_t, followed->count);
	TRY(ask_each(cx, search, next));
	while (search->count < FEED_PAGE) {
		size_t newest = 0;
		for (size_t i = 1; i < followed->count; i++)
			newest = next[i] > next[newest] ? i : newest;
		search->end = next[newest] == 0;
		if (search->end)
			return OK;
		take(search, next[newest]);
		if (search->count < FEED_PAGE)
			TRY(db_get_i64(cx, SQL_feed_newest_of, &next[newest], I64(search->before), I64(followed->ids[newest])));
	}
	return OK;
}

static enum err look_at_older(struct ctx *cx, struct search *search)
{
	if (search->followed->count <= ASKED_MAX)
		return merge(cx, search);
	TRY(walk(cx, 0, search));
	search->end = search->count < FEED_PAGE && !search->rest;
	return OK;
}

static enum err look(struct ctx *cx, struct search *search)
{
	AUTO(pool_give) struct pool *pool = feed_pool(cx->feed);
	if (search->before > pool->top)
		TRY(walk(cx, pool->top, search));
	if (!is_done(search))
		look_at_pool(pool, search);
	return is_done(search) ? OK : look_at_older(cx, search);
}

static enum err show(struct ctx *cx, const struct search *search, struct feed_page *page)
{
	struct video_page views;
	TRY(video_list_by_ids(cx, search->ids, search->count, &views));
	for (size_t i = 0; i < views.count; i++) {
		const struct video_view *const view = &views.items[i];
		AUTO(buf_free) struct buf json = buf_new(JSON_BYTES_MAX);
		video_json_members(&json, view);
		page->items[page->count++] = (struct feed_item){
			.video = view->video.id, .author = view->author.id, .reason = FEED_FOLLOWED, .liked = view->liked,
			.saved = view->saved, .following = view->following, .name = STR(""), .json = arena_copy(&cx->mem, buf_view(&json)),
		};
	}
	return OK;
}

enum err feed_following(struct ctx *cx, struct str cursor, struct feed_page *out)
{
	struct accounts followed = { .ids = arena_new(&cx->mem, int64_t, FOLLOW_MAX) };
	struct search search = { .followed = &followed, .before = INT64_MAX };
	if (cursor.n && !id_parse(cursor, &search.before))
		return fail_as(cx, E_INVALID, "cursor-invalid", "the cursor is not one of this feed's: begin again without one");
	TRY(follow_recent(cx, followed.ids, FOLLOW_MAX, &followed.count));
	qsort(followed.ids, followed.count, sizeof followed.ids[0], by_number);

	struct feed_page page = {};
	search.end = followed.count == 0;
	if (!search.end)
		TRY(look(cx, &search));
	TRY(show(cx, &search, &page));
	if (!search.end)
		page.next = arena_printf(&cx->mem, "%lld", (long long)search.before);
	*out = page;
	return OK;
}

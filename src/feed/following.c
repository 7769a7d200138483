#include <stdlib.h>

#include "feed/feed.h"
#include "feed/feed.sql.h"
#include "social/follow.h"
#include "social/video.h"
#include "social/video_json.h"

/* So many videos are looked at for one page at most; a page that finds fewer than eight says where it goes on. */
#define IDS_MAX 2000
#define JSON_BYTES_MAX ((size_t)64 * 1024)

/* Sorted. */
struct accounts {
	int64_t *ids;
	size_t count;
};

struct search {
	int64_t before;                        /* the next one has a smaller id */
	bool end;
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

static enum err search(struct ctx *cx, const struct accounts *followed, struct search *search)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_feed_older_ids, &rows, I64(search->before), I64(IDS_MAX)));
	unsigned seen = 0;
	while (search->count < FEED_PAGE && rows_next(rows)) {
		seen++;
		search->before = rows_i64(rows, 0);
		if (has(followed, rows_i64(rows, 1)))
			search->ids[search->count++] = search->before;
	}
	TRY(rows_status(rows));
	search->end = search->count < FEED_PAGE && seen < IDS_MAX;
	return OK;
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
	struct search found = { .before = INT64_MAX };
	if (cursor.n && !id_parse(cursor, &found.before))
		return fail_as(cx, E_INVALID, "cursor-invalid", "the cursor is not one of this feed's: begin again without one");
	struct accounts followed = { .ids = arena_new(&cx->mem, int64_t, FOLLOW_MAX) };
	TRY(follow_recent(cx, followed.ids, FOLLOW_MAX, &followed.count));
	qsort(followed.ids, followed.count, sizeof followed.ids[0], by_number);

	struct feed_page page = {};
	found.end = followed.count == 0;
	if (followed.count)
		TRY(search(cx, &followed, &found));
	TRY(show(cx, &found, &page));
	if (!found.end)
		page.next = arena_printf(&cx->mem, "%lld", (long long)found.before);
	*out = page;
	return OK;
}

#include "social/find.h"

#include <inttypes.h>

/* --- pages: those found are ranked some at a time, the newest first.  The cursor is the last hit's score and id, and what those
 * that it was ranked among are older than --- */

struct place {
	struct search_hit after;
	int64_t before;                        /* 0: from the newest */
};

static bool read_cursor(struct str cursor, struct place *place)
{
	struct str rest = cursor;
	const struct str score = str_cut(&rest, '.'), id = str_cut(&rest, '.');
	return str_i64(score, &place->after.score) && str_i64(id, &place->after.id) && str_i64(rest, &place->before);
}

static struct str make_cursor(struct ctx *cx, int64_t score, int64_t id, int64_t before)
{
	return arena_printf(&cx->mem, "%" PRId64 ".%" PRId64 ".%" PRId64, score, id, before);
}

static int64_t oldest(const struct search_hits *hits)
{
	int64_t id = INT64_MAX;
	for (size_t i = 0; i < hits->count; i++)
		id = hits->items[i].id < id ? hits->items[i].id : id;
	return id;
}

static bool is_behind(const struct search_hit *hit, const struct search_hit *after)
{
	return hit->score < after->score || (hit->score == after->score && hit->id < after->id);
}

/* The hits of one page; `next` when there are more. */
struct slice {
	int64_t ids[FIND_PAGE];
	size_t count;
	struct str next;
};

static enum err take_slice(struct ctx *cx, enum search_kind kind, const struct find_ask *ask, size_t max, struct slice *out)
{
	struct search_hits hits;
	struct place place = { .after = { .score = INT64_MAX } };
	struct slice slice = { .count = 0 };
	if (ask->cursor.n && !read_cursor(ask->cursor, &place))
		return fail_as(cx, E_INVALID, "cursor-invalid", "The cursor is not one that this list gave; start without one.");
	TRY(search_find(cx, kind, ask->query, place.before, &hits));
	size_t at = 0;
	while (at < hits.count && !is_behind(&hits.items[at], &place.after))
		at++;
	for (; at < hits.count && slice.count < max; at++)
		slice.ids[slice.count++] = hits.items[at].id;
	if (at < hits.count && at > 0)
		slice.next = make_cursor(cx, hits.items[at - 1].score, hits.items[at - 1].id, place.before);
	else if (hits.count == SEARCH_FOUND_MAX)
		slice.next = make_cursor(cx, INT64_MAX, INT64_MAX, oldest(&hits));
	*out = slice;
	return OK;
}

enum err find_videos(struct ctx *cx, const struct find_ask *ask, struct found *out)
{
	struct slice slice;
	struct video_page page;
	size_t kept = 0;
	TRY(take_slice(cx, SEARCH_VIDEOS, ask, VIDEO_PAGE, &slice));
	TRY(video_list_by_ids(cx, slice.ids, slice.count, &page));
	for (size_t i = 0; i < page.count; i++)
		if (!page.items[i].blocked)
			page.items[kept++] = page.items[i];
	*out = (struct found){ .videos = page.items, .count = kept, .next = slice.next };
	return OK;
}

/* --- people --- */

/* The actor's side of an account shows on a video of theirs. */
enum err find_leave_out_blocked(struct ctx *cx, struct profile_page *page)
{
	struct video_view *views = arena_new(&cx->mem, struct video_view, page->count + 1);
	size_t kept = 0;
	for (size_t i = 0; i < page->count; i++)
		views[i].author = page->items[i];
	TRY(video_flags(cx, views, page->count));
	for (size_t i = 0; i < page->count; i++)
		if (!views[i].blocked)
			page->items[kept++] = page->items[i];
	page->count = kept;
	return OK;
}

/* 0: nobody has it for a handle. */
static enum err exact_handle(struct ctx *cx, struct str query, int64_t *out)
{
	struct str handle = str_trim(query);
	*out = 0;
	enum err outcome = profile_find(cx, str_from(handle, str_starts(handle, STR("@")) ? 1 : 0), out);
	return outcome == E_NOTFOUND ? OK : outcome;
}

enum err find_people(struct ctx *cx, const struct find_ask *ask, struct found *out)
{
	struct slice slice;
	struct profile_page page;
	int64_t exact, ids[FIND_PAGE + 1];
	size_t count = 0;
	TRY(take_slice(cx, SEARCH_PEOPLE, ask, FIND_PAGE, &slice));
	TRY(exact_handle(cx, ask->query, &exact));
	if (exact && ask->cursor.n == 0)
		ids[count++] = exact;
	for (size_t i = 0; i < slice.count; i++)
		if (slice.ids[i] != exact)
			ids[count++] = slice.ids[i];
	TRY(profile_list_by_ids(cx, ids, count, &page));
	TRY(find_leave_out_blocked(cx, &page));
	*out = (struct found){ .people = page.items, .count = page.count, .next = slice.next };
	return OK;
}

enum err find_hashtags(struct ctx *cx, const struct find_ask *ask, struct found *out)
{
	struct slice slice;
	struct found found = { .count = 0 };
	TRY(take_slice(cx, SEARCH_HASHTAGS, ask, FIND_PAGE, &slice));
	found.hashtags = arena_new(&cx->mem, struct hashtag_view, FIND_PAGE);
	TRY(hashtag_list_by_ids(cx, slice.ids, slice.count, found.hashtags, &found.count));
	found.next = slice.next;
	*out = found;
	return OK;
}

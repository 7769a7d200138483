#include "social/hashtag.h"

#include "keys/keys.h"
#include "social/batch.h"
#include "social/hashtag.sql.h"
#include "store/outbox.h"
#include "store/search.h"

/* --- in a caption --- */

static bool is_tag_point(uint32_t c)
{
	return c == '_' || script_in_word(c);
}

/* A run of letters: its end, and how many there are. */
static size_t run_from(struct str s, size_t at, size_t *points)
{
	for (*points = 0; at < s.n; ++*points) {
		size_t next = at;
		if (!is_tag_point(script_next(s, &next)))
			break;
		at = next;
	}
	return at;
}

static void note(struct ctx *cx, struct str name, struct hashtags *tags)
{
	for (size_t i = 0; i < tags->count; i++)
		if (str_eq(tags->names[i], name))
			return;
	if (tags->count < HASHTAGS_MAX)
		tags->names[tags->count++] = arena_copy(&cx->mem, name);
}

enum err hashtags_parse(struct ctx *cx, struct str caption, struct hashtags *out)
{
	struct hashtags tags = { .count = 0 };
	struct str even;
	TRY(script_fold(cx, caption, &even));
	bool inside = false;                   /* a letter stands before: "C#" is no hashtag */
	for (size_t at = 0; at < even.n;) {
		uint32_t c = script_next(even, &at);
		if (c != '#' || inside) {
			inside = is_tag_point(c);
			continue;
		}
		size_t points, end = run_from(even, at, &points);
		if (points > 0 && points <= HASHTAG_POINTS_MAX)
			note(cx, (struct str){ even.p + at, end - at }, &tags);
		inside = points > 0;
		at = end;
	}
	*out = tags;
	return OK;
}

int64_t hashtag_id(struct str name)
{
	unsigned char hash[SHA256_BYTES];
	uint64_t number = 0;
	sha256(name, hash);
	for (unsigned i = 0; i < 8; i++)
		number = number << 8 | hash[i];
	return -1 - (int64_t)(number >> 1);
}

/* --- writing --- */

static enum err put_names(struct ctx *cx, int64_t video, const struct hashtags *tags)
{
	struct val names[2 * HASHTAGS_MAX], pairs[2 * HASHTAGS_MAX];
	for (size_t i = 0; i < tags->count; i++) {
		int64_t id = hashtag_id(tags->names[i]);
		names[2 * i] = pairs[2 * i] = I64(id);
		names[2 * i + 1] = TEXT(tags->names[i]);
		pairs[2 * i + 1] = I64(video);
	}
	TRY(outbox_post_(cx, "", 0, 'P', &SQL_hashtag_add, 2 * tags->count, names));
	TRY(outbox_post_(cx, "", 0, 'P', &SQL_tagged_add, 2 * tags->count, pairs));
	for (size_t i = 0; i < tags->count; i++)
		TRY(search_put(cx, SEARCH_HASHTAGS, hashtag_id(tags->names[i]), tags->names[i]));
	return OK;
}

enum err hashtags_put(struct ctx *cx, int64_t video, struct str caption)
{
	struct hashtags tags;
	TRY(hashtags_parse(cx, caption, &tags));
	TRY(hashtags_drop(cx, video));
	return tags.count ? put_names(cx, video, &tags) : OK;
}

enum err hashtags_drop(struct ctx *cx, int64_t video)
{
	TRY(outbox_post(cx, "", 0, 'D', SQL_hashtag_unfind, I64(video)));
	return outbox_post(cx, "", 0, 'D', SQL_tagged_clear, I64(video));
}

/* --- reading --- */

/* 0: it can be nobody's name. */
static enum err id_of(struct ctx *cx, struct str name, int64_t *out)
{
	struct str even;
	size_t points = 0;
	*out = 0;
	if (name.n > 16 * HASHTAG_POINTS_MAX || !str_utf8(name))
		return OK;
	TRY(script_fold(cx, name, &even));
	even = str_from(even, str_starts(even, STR("#")) ? 1 : 0);
	if (run_from(even, 0, &points) == even.n && points > 0 && points <= HASHTAG_POINTS_MAX)
		*out = hashtag_id(even);
	return OK;
}

enum err hashtag_by_id(struct ctx *cx, int64_t id, struct hashtag_view *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_hashtag_by_id, &rows, I64(id)));
	bool found = rows_next(rows);
	TRY(rows_status(rows));
	if (!found)
		return fail(cx, E_NOTFOUND, "there is no clip with this hashtag");
	*out = (struct hashtag_view){ .name = rows_text(rows, 0), .videos = rows_i64(rows, 1) };
	return OK;
}

/* Rows come in any order; each goes to its id's place in `views`, which are zeroed. */
static enum err read_hashtags(struct ctx *cx, const int64_t *ids, size_t count, struct hashtag_view *views)
{
	AUTO(rows_close) struct rows *rows = NULL;
	struct val vals[BATCH_IDS];
	const size_t taken = batch_bind(ids, count, vals);
	TRY(db_query_(cx, &SQL_hashtag_batch, &rows, BATCH_IDS, vals));
	while (rows_next(rows)) {
		const struct hashtag_view view = { .name = rows_text(rows, 1), .videos = rows_i64(rows, 2) };
		for (size_t i = 0; i < taken; i++)
			if (ids[i] == rows_i64(rows, 0))
				views[i] = view;
	}
	return rows_status(rows);
}

enum err hashtag_list_by_ids(struct ctx *cx, const int64_t *ids, size_t count, struct hashtag_view *out, size_t *found)
{
	struct hashtag_view *const views = arena_new(&cx->mem, struct hashtag_view, count + 1);
	size_t kept = 0;
	for (size_t i = 0; i < count; i += BATCH_IDS)
		TRY(read_hashtags(cx, ids + i, count - i, views + i));
	for (size_t i = 0; i < count; i++)
		if (views[i].name.n)
			out[kept++] = views[i];
	*found = kept;
	return OK;
}

enum err hashtag_get(struct ctx *cx, struct str name, struct hashtag_view *out)
{
	int64_t id;
	TRY(id_of(cx, name, &id));
	return hashtag_by_id(cx, id, out);
}

static enum err read_ids(struct ctx *cx, int64_t tag, int64_t before, int64_t *ids, size_t *count)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_hashtag_videos, &rows, I64(tag), before_id(before), I64(VIDEO_PAGE + 1)));
	while (*count < VIDEO_PAGE + 1 && rows_next(rows))
		ids[(*count)++] = rows_i64(rows, 0);
	return rows_status(rows);
}

enum err hashtag_videos(struct ctx *cx, struct str name, int64_t before, struct video_page *out)
{
	int64_t tag, ids[VIDEO_PAGE + 1];
	size_t count = 0, kept = 0;
	struct video_page page;
	TRY(id_of(cx, name, &tag));
	TRY(read_ids(cx, tag, before, ids, &count));
	bool more = count > VIDEO_PAGE;
	TRY(video_list_by_ids(cx, ids, more ? VIDEO_PAGE : count, &page));
	for (size_t i = 0; i < page.count; i++)
		if (!page.items[i].blocked)
			page.items[kept++] = page.items[i];
	page.count = kept;
	page.next = more ? ids[VIDEO_PAGE - 1] : 0;
	*out = page;
	return OK;
}

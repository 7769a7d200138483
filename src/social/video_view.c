/* Reading published videos, with author, totals and what the actor has done. */
#include <assert.h>

#include "social/batch.h"
#include "social/video.h"
#include "social/video.sql.h"

#define EXPAND_ROW "social/video.def"
#include "store/expand.h"

/* Columns as in the three statements video_by_id, video_by_account and video_batch. */
static void read_view(struct rows *rows, struct video_view *out)
{
	video_read(rows, &out->video);
	int column = video_columns;
	out->author.id = out->video.account;
	out->author.handle = rows_text(rows, column++);
	out->author.name = rows_text(rows, column++);
	out->author.avatar = rows_text(rows, column++);
	out->likes = rows_i64(rows, column++);
	out->comments = rows_i64(rows, column++);
	out->views = rows_i64(rows, column);
}

static enum err read_one(struct ctx *cx, int64_t id, struct video_view *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_video_by_id, &rows, I64(id)));
	bool found = rows_next(rows);
	TRY(rows_status(rows));
	if (!found)
		return fail(cx, E_NOTFOUND, "there is no such video");
	*out = (struct video_view){ .likes = 0 };
	read_view(rows, out);
	return OK;
}

enum err video_get(struct ctx *cx, int64_t id, struct video_view *out)
{
	struct video_view view;
	TRY(read_one(cx, id, &view));
	TRY(video_flags(cx, &view, 1));
	*out = view;
	return OK;
}

enum err video_exists(struct ctx *cx, int64_t id)
{
	int64_t same;
	enum err outcome = db_get_i64(cx, SQL_video_exists, &same, I64(id));
	return outcome == E_NOTFOUND ? fail(cx, E_NOTFOUND, "there is no such video") : outcome;
}

static enum err read_list(struct ctx *cx, int64_t account, int64_t before, struct video_page *page)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_video_by_account, &rows, I64(account), before_id(before), I64(VIDEO_PAGE + 1)));
	while (page->count < VIDEO_PAGE + 1 && rows_next(rows))
		read_view(rows, &page->items[page->count++]);
	return rows_status(rows);
}

enum err video_list_by_account(struct ctx *cx, int64_t account, int64_t before, struct video_page *out)
{
	struct video_page page = { .items = arena_new(&cx->mem, struct video_view, VIDEO_PAGE + 1) };
	TRY(read_list(cx, account, before, &page));
	if (page.count > VIDEO_PAGE) {
		page.count = VIDEO_PAGE;
		page.next = page.items[VIDEO_PAGE - 1].video.id;
	}
	TRY(video_flags(cx, page.items, page.count));
	*out = page;
	return OK;
}

/* Rows come in any order; each goes to its id's place in `found`, which are zeroed. */
static enum err read_batch(struct ctx *cx, const int64_t *ids, size_t count, struct video_view *found)
{
	AUTO(rows_close) struct rows *rows = NULL;
	struct val vals[BATCH_IDS];
	size_t taken = batch_bind(ids, count, vals);
	TRY(db_query_(cx, &SQL_video_batch, &rows, BATCH_IDS, vals));
	while (rows_next(rows)) {
		struct video_view view = { .likes = 0 };
		read_view(rows, &view);
		for (size_t i = 0; i < taken; i++)
			if (ids[i] == view.video.id)
				found[i] = view;
	}
	return rows_status(rows);
}

enum err video_list_by_ids(struct ctx *cx, const int64_t *ids, size_t count, struct video_page *out)
{
	assert(count <= PAGE_IDS_MAX);
	struct video_page page = { .items = arena_new(&cx->mem, struct video_view, count + 1) };
	for (size_t i = 0; i < count; i += BATCH_IDS)
		TRY(read_batch(cx, ids + i, count - i, page.items + i));
	for (size_t i = 0; i < count; i++)
		if (page.items[i].video.id)
			page.items[page.count++] = page.items[i];
	TRY(video_flags(cx, page.items, page.count));
	*out = page;
	return OK;
}

/* --- flags --- */

enum flag { FLAG_LIKED = 1, FLAG_SAVED, FLAG_FOLLOWING, FLAG_BLOCKED };        /* first column of video_flags_batch */

static void set_flag(struct video_view *views, size_t count, int64_t flag, int64_t id)
{
	for (struct video_view *view = views; view < views + count; view++) {
		bool about_author = flag == FLAG_FOLLOWING || flag == FLAG_BLOCKED;
		if (id != (about_author ? view->author.id : view->video.id))
			continue;
		view->liked |= flag == FLAG_LIKED;
		view->saved |= flag == FLAG_SAVED;
		view->following |= flag == FLAG_FOLLOWING;
		view->blocked |= flag == FLAG_BLOCKED;
	}
}

static enum err flag_batch(struct ctx *cx, struct video_view *views, size_t count)
{
	AUTO(rows_close) struct rows *rows = NULL;
	struct val vals[1 + 2 * BATCH_IDS] = { I64(cx->actor.grant.person) };
	int64_t videos[BATCH_IDS], authors[BATCH_IDS];
	for (size_t i = 0; i < count; i++) {
		videos[i] = views[i].video.id;
		authors[i] = views[i].author.id;
	}
	batch_bind(videos, count, vals + 1);
	batch_bind(authors, count, vals + 1 + BATCH_IDS);
	TRY(db_query_(cx, &SQL_video_flags_batch, &rows, 1 + 2 * BATCH_IDS, vals));
	while (rows_next(rows))
		set_flag(views, count, rows_i64(rows, 0), rows_i64(rows, 1));
	return rows_status(rows);
}

enum err video_flags(struct ctx *cx, struct video_view *views, size_t count)
{
	if (cx->actor.account == 0)
		return OK;
	for (size_t i = 0; i < count; i += BATCH_IDS)
		TRY(flag_batch(cx, views + i, count - i < BATCH_IDS ? count - i : BATCH_IDS));
	return OK;
}

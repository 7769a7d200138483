#include "social/profile.h"

#include <assert.h>

#include "social/batch.h"
#include "social/profile.sql.h"
#include "social/text.h"
#include "social/video.h"

#define EXPAND_ROW "social/profile.def"
#include "store/expand.h"

static enum err no_profile(struct ctx *cx)
{
	return fail(cx, E_NOTFOUND, "there is no such account");
}

/* The actor's side: one look, as for a video of theirs. */
static enum err set_flags(struct ctx *cx, struct profile_view *view)
{
	struct video_view as_video = { .author.id = view->profile.id };
	TRY(video_flags(cx, &as_video, 1));
	view->is_following = as_video.following;
	view->is_blocked = as_video.blocked;
	view->is_self = view->profile.id == cx->actor.account;
	return OK;
}

static enum err read_by_handle(struct ctx *cx, struct str handle, struct profile_view *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_profile_by_handle, &rows, TEXT(handle)));
	bool found = rows_next(rows);
	TRY(rows_status(rows));
	if (!found)
		return no_profile(cx);
	*out = (struct profile_view){ .followers = rows_i64(rows, profile_columns) };
	out->following = rows_i64(rows, profile_columns + 1);
	out->videos = rows_i64(rows, profile_columns + 2);
	out->likes = rows_i64(rows, profile_columns + 3);
	profile_read(rows, &out->profile);
	return OK;
}

enum err profile_by_handle(struct ctx *cx, struct str handle, struct profile_view *out)
{
	struct str folded;
	struct profile_view view;
	if (!handle_fold(cx, handle, &folded))
		return no_profile(cx);
	TRY(read_by_handle(cx, folded, &view));
	TRY(set_flags(cx, &view));
	*out = view;
	return OK;
}

enum err profile_find(struct ctx *cx, struct str handle, int64_t *account)
{
	struct str folded;
	if (!handle_fold(cx, handle, &folded))
		return no_profile(cx);
	enum err outcome = db_get_i64(cx, SQL_profile_find, account, TEXT(folded));
	return outcome == E_NOTFOUND ? no_profile(cx) : outcome;
}

enum err profile_get(struct ctx *cx, int64_t account, struct profile *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_profile_by_id, &rows, I64(account)));
	bool found = rows_next(rows);
	TRY(rows_status(rows));
	if (!found)
		return no_profile(cx);
	profile_read(rows, out);
	return OK;
}

/* Rows come in any order; each goes to its id's place in `found`, which are zeroed. */
static enum err read_batch(struct ctx *cx, const int64_t *ids, size_t count, struct profile_short *found)
{
	AUTO(rows_close) struct rows *rows = NULL;
	struct val vals[BATCH_IDS];
	size_t taken = batch_bind(ids, count, vals);
	TRY(db_query_(cx, &SQL_profile_batch, &rows, BATCH_IDS, vals));
	while (rows_next(rows)) {
		const struct profile_short row = {
			.id = rows_i64(rows, 0), .handle = rows_text(rows, 1), .name = rows_text(rows, 2),
			.avatar = rows_text(rows, 3),
		};
		for (size_t i = 0; i < taken; i++)
			if (ids[i] == row.id)
				found[i] = row;
	}
	return rows_status(rows);
}

enum err profile_list_by_ids(struct ctx *cx, const int64_t *accounts, size_t count, struct profile_page *out)
{
	assert(count <= PAGE_IDS_MAX);
	struct profile_page page = { .items = arena_new(&cx->mem, struct profile_short, count + 1) };
	for (size_t i = 0; i < count; i += BATCH_IDS)
		TRY(read_batch(cx, accounts + i, count - i, page.items + i));
	for (size_t i = 0; i < count; i++)
		if (page.items[i].id)
			page.items[page.count++] = page.items[i];
	*out = page;
	return OK;
}

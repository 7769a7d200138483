#include "social/comment.h"

#include "social/batch.h"
#include "social/block.h"
#include "social/comment.sql.h"
#include "social/published.h"
#include "social/text.h"
#include "social/video.h"
#include "store/outbox.h"

#define EXPAND_ROW "social/comment.def"
#include "store/expand.h"

static enum err no_comment(struct ctx *cx)
{
	return fail(cx, E_NOTFOUND, "there is no such comment");
}

enum err comment_add(struct ctx *cx, int64_t video, struct str text, struct comment_view *out)
{
	int64_t author;
	struct profile profile;
	struct comment row = { .video = video, .account = cx->actor.account, .created_us = cx->now_us };
	TRY(text_clean(cx, &TEXT_COMMENT, text, &row.text));
	TRY(video_author(cx, video, &author));
	TRY(block_forbids(cx, author));
	TRY(profile_get(cx, row.account, &profile));
	row.id = id_new(cx->ids, cx->now_us);

	struct val vals[comment_columns];
	comment_vals(&row, vals);
	TRY(published_add(cx, &(struct published){ .id = row.id, .account = row.account, .video = video }));
	TRY(outbox_post_(cx, "comment", row.id, 'P', &SQL_comment_add, comment_columns, vals));
	TRY(outbox_total(cx, video, "comments", 1));
	*out = (struct comment_view){
		.comment = row, .own = true,
		.author = { .id = profile.id, .handle = profile.handle, .name = profile.name, .avatar = profile.avatar },
	};
	return OK;
}

/* --- removing --- */

static enum err standing(struct ctx *cx, int64_t id, struct published *out)
{
	struct published row;
	TRY(published_get(cx, id, &row));
	if (row.video == 0)
		return no_comment(cx);
	*out = row;
	return OK;
}

/* May the actor remove it?  The video may be gone, its comments waiting for the drop job: then it has no author. */
static enum err check_remover(struct ctx *cx, const struct published *comment)
{
	struct published video = { .id = 0 };
	if (comment->account == cx->actor.account || cx->actor.role >= ROLE_MODERATOR)
		return OK;
	enum err outcome = published_get(cx, comment->video, &video);
	if (outcome != OK && outcome != E_NOTFOUND)
		return outcome;
	if (video.id && video.account == cx->actor.account)
		return OK;
	return fail(cx, E_DENIED, "only its author, the video's author or a moderator may remove a comment");
}

enum err comment_remove(struct ctx *cx, int64_t id)
{
	struct published stands = { .id = 0 };
	TRY(standing(cx, id, &stands));
	TRY(check_remover(cx, &stands));
	return comment_take_away(cx, id);
}

enum err comment_take_away(struct ctx *cx, int64_t id)
{
	struct published stands = { .id = 0 }, video;
	TRY(standing(cx, id, &stands));
	TRY(published_remove(cx, id));
	TRY(outbox_post(cx, "comment", id, 'D', SQL_comment_remove, I64(id)));
	enum err outcome = published_get(cx, stands.video, &video);
	if (outcome == E_NOTFOUND)
		return OK;
	TRY(outcome);
	return outbox_total(cx, stands.video, "comments", -1);
}

/* --- reading --- */

static void read_view(struct ctx *cx, struct rows *rows, struct comment_view *out)
{
	comment_read(rows, &out->comment);
	out->author.id = out->comment.account;
	out->author.handle = rows_text(rows, comment_columns);
	out->author.name = rows_text(rows, comment_columns + 1);
	out->author.avatar = rows_text(rows, comment_columns + 2);
	out->own = cx->actor.account && out->comment.account == cx->actor.account;
}

static enum err read_list(struct ctx *cx, int64_t video, int64_t before, struct comment_page *page)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_comment_list, &rows, I64(video), before_id(before), I64(COMMENT_PAGE + 1)));
	while (page->count < COMMENT_PAGE + 1 && rows_next(rows))
		read_view(cx, rows, &page->items[page->count++]);
	return rows_status(rows);
}

static enum err without_blocked(struct ctx *cx, struct comment_page *page)
{
	int64_t authors[COMMENT_PAGE];
	bool blocked[COMMENT_PAGE];
	size_t kept = 0;
	for (size_t i = 0; i < page->count; i++)
		authors[i] = page->items[i].author.id;
	TRY(block_has_any(cx, authors, page->count, blocked));
	for (size_t i = 0; i < page->count; i++)
		if (!blocked[i])
			page->items[kept++] = page->items[i];
	page->count = kept;
	return OK;
}

enum err comment_list(struct ctx *cx, int64_t video, int64_t before, struct comment_page *out)
{
	struct comment_page page = { .items = arena_new(&cx->mem, struct comment_view, COMMENT_PAGE + 1) };
	TRY(video_exists(cx, video));
	TRY(read_list(cx, video, before, &page));
	if (page.count > COMMENT_PAGE) {
		page.count = COMMENT_PAGE;
		page.next = page.items[COMMENT_PAGE - 1].comment.id;
	}
	TRY(without_blocked(cx, &page));
	*out = page;
	return OK;
}

enum err comment_get(struct ctx *cx, int64_t id, struct comment_view *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_comment_by_id, &rows, I64(id)));
	bool found = rows_next(rows);
	TRY(rows_status(rows));
	if (!found)
		return no_comment(cx);
	read_view(cx, rows, out);
	return OK;
}

#include "social/comment.h"

#include "social/batch.h"
#include "social/block.h"
#include "social/comment.sql.h"
#include "social/erase.h"
#include "social/forget.h"
#include "social/inbox.h"
#include "social/published.h"
#include "social/takedown.h"
#include "social/text.h"
#include "social/video.h"
#include "store/outbox.h"

#define EXPAND_ROW "social/comment.def"
#include "store/expand.h"

static enum err no_comment(struct ctx *cx)
{
	return fail(cx, E_NOTFOUND, "there is no such comment");
}

/* What a comment says and where it stands is set; the rest is filled in. */
static enum err put(struct ctx *cx, struct comment *row, int64_t author, struct comment_view *out)
{
	struct profile profile;
	struct val vals[comment_columns];
	TRY(profile_get(cx, cx->actor.account, &profile));
	row->id = id_new(cx->ids, cx->now_us);
	row->account = cx->actor.account;
	row->created_us = cx->now_us;
	comment_vals(row, vals);
	TRY(published_add(cx, &(struct published){ .id = row->id, .account = row->account, .video = row->video, .thread = row->thread }));
	TRY(outbox_post_(cx, "comment", row->id, 'P', &SQL_comment_put, comment_columns, vals));
	TRY(outbox_total(cx, row->video, "comments", 1));
	if (row->thread)
		TRY(outbox_total(cx, row->thread, "replies", 1));
	TRY(inbox_commented(cx, row, author));
	*out = (struct comment_view){
		.comment = *row, .own = true,
		.author = { .id = profile.id, .handle = profile.handle, .name = profile.name, .avatar = profile.avatar },
	};
	return OK;
}

enum err comment_add(struct ctx *cx, int64_t video, struct str text, struct comment_view *out)
{
	int64_t author;
	struct comment row = { .video = video };
	TRY(text_clean(cx, &TEXT_COMMENT, text, &row.text));
	TRY(video_author(cx, video, &author));
	TRY(block_forbids(cx, author));
	return put(cx, &row, author, out);
}

static enum err standing(struct ctx *cx, int64_t id, struct published *out)
{
	struct published row;
	TRY(published_get(cx, id, &row));
	if (row.video == 0)
		return no_comment(cx);
	*out = row;
	return OK;
}

enum err comment_reply(struct ctx *cx, int64_t to, struct str text, struct comment_view *out)
{
	int64_t author;
	struct published answered = { .id = 0 }, first = { .id = 0 };
	struct profile other;
	struct comment row = { .id = 0 };
	TRY(text_clean(cx, &TEXT_COMMENT, text, &row.text));
	TRY(standing(cx, to, &answered));
	TRY(standing(cx, answered.thread ? answered.thread : to, &first));
	TRY(video_author(cx, answered.video, &author));
	TRY(block_forbids(cx, author));
	if (first.account != author)
		TRY(block_forbids(cx, first.account));
	if (answered.account != author && answered.account != first.account)
		TRY(block_forbids(cx, answered.account));
	row.video = answered.video;
	row.thread = first.id;
	row.answers = answered.account;
	TRY(profile_get(cx, answered.account, &other));
	TRY(put(cx, &row, author, out));
	out->answers = other.handle;
	return OK;
}

/* --- removing --- */

/* May the actor remove it, and is it by office only?  The video may be gone, its comments waiting for the drop job: then it has no author. */
static enum err check_remover(struct ctx *cx, const struct published *comment, bool *by_office)
{
	struct published video = { .id = 0 };
	enum err outcome = published_get(cx, comment->video, &video);
	if (outcome != OK && outcome != E_NOTFOUND)
		return outcome;
	const bool own = comment->account == cx->actor.account || (video.id && video.account == cx->actor.account);
	*by_office = !own;
	if (own || cx->actor.role >= ROLE_MODERATOR)
		return OK;
	return fail(cx, E_DENIED, "only its author, the video's author or a moderator may remove a comment");
}

enum err comment_remove(struct ctx *cx, int64_t id)
{
	struct published stands = { .id = 0 };
	bool by_office = false;
	TRY(standing(cx, id, &stands));
	TRY(check_remover(cx, &stands, &by_office));
	TRY(comment_take_away(cx, id));
	return by_office ? takedown_enter(cx, STR("comment")) : OK;
}

/* The replies go with it, and are counted off now. */
static enum err end_thread(struct ctx *cx, int64_t id, int64_t *gone)
{
	int64_t replies = 0;
	TRY(outbox_total_now(cx, id, "replies", &replies));
	if (replies == 0)
		return OK;
	*gone += replies;
	TRY(forget_totals(cx, "comment", id));
	return drop_replies(cx, id);
}

/* Whether what it hung on still stands: if not, it was counted off with that. */
static enum err hangs(struct ctx *cx, const struct published *comment, bool *out)
{
	struct published upper;
	enum err outcome = published_get(cx, comment->video, &upper);
	if (outcome == OK && comment->thread)
		outcome = published_get(cx, comment->thread, &upper);
	*out = outcome == OK;
	return outcome == E_NOTFOUND ? OK : outcome;
}

enum err comment_take_away(struct ctx *cx, int64_t id)
{
	struct published stands = { .id = 0 };
	int64_t gone = 1;
	bool counts;
	TRY(standing(cx, id, &stands));
	TRY(published_remove(cx, id));
	TRY(inbox_comment_gone(cx, id));
	TRY(outbox_post(cx, "comment", id, 'D', SQL_comment_remove, I64(id)));
	TRY(hangs(cx, &stands, &counts));
	if (!counts)
		return OK;
	if (stands.thread)
		TRY(outbox_total(cx, stands.thread, "replies", -1));
	else
		TRY(end_thread(cx, id, &gone));
	return outbox_total(cx, stands.video, "comments", -gone);
}

/* --- reading --- */

static void read_view(struct ctx *cx, struct rows *rows, struct comment_view *out)
{
	comment_read(rows, &out->comment);
	out->author.id = out->comment.account;
	out->author.handle = rows_text(rows, comment_columns);
	out->author.name = rows_text(rows, comment_columns + 1);
	out->author.avatar = rows_text(rows, comment_columns + 2);
	out->answers = rows_text(rows, comment_columns + 3);
	out->replies = rows_i64(rows, comment_columns + 4);
	out->own = cx->actor.account && out->comment.account == cx->actor.account;
}

static enum err read_list(struct ctx *cx, const struct stmt *statement, int64_t subject, struct val from, struct comment_page *page)
{
	AUTO(rows_close) struct rows *rows = NULL;
	const struct val vals[] = { I64(subject), from, I64(COMMENT_PAGE + 1) };
	page->items = arena_new(&cx->mem, struct comment_view, COMMENT_PAGE + 1);
	TRY(db_query_(cx, statement, &rows, 3, vals));
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

static enum err finish_page(struct ctx *cx, struct comment_page *page)
{
	if (page->count > COMMENT_PAGE) {
		page->count = COMMENT_PAGE;
		page->next = page->items[COMMENT_PAGE - 1].comment.id;
	}
	return without_blocked(cx, page);
}

enum err comment_list(struct ctx *cx, int64_t video, int64_t before, struct comment_page *out)
{
	struct comment_page page = { .count = 0 };
	TRY(video_exists(cx, video));
	TRY(read_list(cx, &SQL_comment_list, video, before_id(before), &page));
	TRY(finish_page(cx, &page));
	*out = page;
	return OK;
}

enum err comment_replies(struct ctx *cx, int64_t thread, int64_t after, struct comment_page *out)
{
	struct comment_page page = { .count = 0 };
	struct comment_view first;
	TRY(comment_get(cx, thread, &first));
	if (first.comment.thread)
		return no_comment(cx);
	TRY(video_exists(cx, first.comment.video));
	TRY(read_list(cx, &SQL_comment_replies, thread, I64(after), &page));
	TRY(finish_page(cx, &page));
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

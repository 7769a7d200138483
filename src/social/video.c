#include "social/video.h"

#include "social/account.h"
#include "social/account_row.h"
#include "social/erase.h"
#include "social/findable.h"
#include "social/inbox.h"
#include "social/published.h"
#include "social/takedown.h"
#include "social/text.h"
#include "social/video.sql.h"
#include "store/outbox.h"

#define EXPAND_ROW "social/video.def"
#include "store/expand.h"

/* Columns of video_add: all but the last, tracks. */
#define VIDEO_ADDED (video_columns - 1)

enum err video_author(struct ctx *cx, int64_t id, int64_t *account)
{
	enum err outcome = db_get_i64(cx, SQL_published_author, account, I64(id));
	return outcome == E_NOTFOUND ? fail(cx, E_NOTFOUND, "there is no such video") : outcome;
}

enum err video_publish(struct ctx *cx, const struct video_new *new, int64_t *id)
{
	struct account author;
	struct str caption;
	TRY(account_by_id(cx, new->account, &author));
	if (!str_eq(author.state, STATE_ACTIVE))
		return fail_as(cx, E_DENIED, "suspended", "this account is suspended and cannot publish");
	TRY(text_clean(cx, &TEXT_CAPTION, new->caption, &caption));
	TRY(language_check(cx, new->language, true));
	TRY(drop_cancel(cx, new->src));
	TRY(drop_cancel(cx, new->poster));

	const struct video row = {
		.id = id_new(cx->ids, cx->now_us), .account = new->account, .caption = caption, .language = new->language,
		.created_us = cx->now_us, .duration_ms = new->duration_ms, .width = new->width, .height = new->height,
		.src = new->src, .poster = new->poster, .color = new->color, .has_audio = new->has_audio,
		.bytes = new->bytes, .state = STR("visible"),
	};
	struct val vals[video_columns];
	video_vals(&row, vals);
	TRY(published_add(cx, &(struct published){ .id = row.id, .account = row.account }));
	TRY(outbox_post_(cx, "video", row.id, 'P', &SQL_video_add, VIDEO_ADDED, vals));
	TRY(findable_video(cx, row.id, row.caption));
	TRY(outbox_total(cx, row.account, "videos", 1));
	*id = row.id;
	return OK;
}

/* A video that stands, so that comments are not taken for one. */
static enum err standing(struct ctx *cx, int64_t id, struct published *out)
{
	struct published row;
	TRY(published_get(cx, id, &row));
	if (row.video != 0)
		return fail(cx, E_NOTFOUND, "there is no such video");
	*out = row;
	return OK;
}

enum err video_change(struct ctx *cx, int64_t id, const struct video_change *change, struct video_view *out)
{
	struct published stands = { .id = 0 };
	struct video_view view;
	TRY(standing(cx, id, &stands));
	if (stands.account != cx->actor.account)
		return fail(cx, E_DENIED, "only its author may change a video");
	TRY(video_get(cx, id, &view));
	if (change->caption) {
		TRY(text_clean(cx, &TEXT_CAPTION, *change->caption, &view.video.caption));
		TRY(outbox_post(cx, "video", id, 'P', SQL_video_set_caption, I64(id), TEXT(view.video.caption)));
		TRY(findable_video(cx, id, view.video.caption));
		TRY(inbox_recaptioned(cx, id, view.video.caption));
	}
	if (change->language) {
		TRY(language_check(cx, *change->language, true));
		view.video.language = *change->language;
		TRY(outbox_post(cx, "video", id, 'P', SQL_video_set_language, I64(id), TEXT(view.video.language)));
	}
	*out = view;
	return OK;
}

enum err video_remove(struct ctx *cx, int64_t id)
{
	struct published stands = { .id = 0 };
	TRY(standing(cx, id, &stands));
	if (stands.account != cx->actor.account && cx->actor.role < ROLE_MODERATOR)
		return fail(cx, E_DENIED, "only its author or a moderator may remove a video");
	TRY(video_take_away(cx, id));
	return stands.account == cx->actor.account ? OK : takedown_enter(cx, STR("video"));
}

static enum err read_raw(struct ctx *cx, int64_t id, struct video *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_video_raw, &rows, I64(id)));
	bool found = rows_next(rows);
	TRY(rows_status(rows));
	if (!found)
		return fail(cx, E_BUSY, "this video is being published; try again");
	video_read(rows, out);
	return OK;
}

enum err video_take_away(struct ctx *cx, int64_t id)
{
	struct published stands = { .id = 0 };
	struct video row;
	int64_t likes = 0;
	TRY(standing(cx, id, &stands));
	TRY(read_raw(cx, id, &row));
	TRY(published_remove(cx, id));
	TRY(outbox_post(cx, "video", id, 'D', SQL_video_remove, I64(id)));
	TRY(findable_video_gone(cx, id));
	TRY(outbox_total(cx, stands.account, "videos", -1));
	TRY(outbox_total_now(cx, id, "likes", &likes));
	if (likes)
		TRY(outbox_total(cx, stands.account, "likes", -likes));
	TRY(inbox_video_gone(cx, stands.account, id));
	TRY(drop_comments(cx, id));
	TRY(drop_blob(cx, row.src));
	return drop_blob(cx, row.poster);
}

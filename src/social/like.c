#include "social/like.h"

#include "social/inbox.h"
#include "social/like.sql.h"
#include "social/marks.h"
#include "social/published.h"
#include "store/outbox.h"

struct liked {
#define EXPAND_STRUCT "social/liked.def"
#include "store/expand.h"
};
#define EXPAND_ROW "social/liked.def"
#include "store/expand.h"

/* Lists saved and liked are of one shape (like.sql binds them in this order). */
static enum err add(struct ctx *cx, const struct stmt *statement, int64_t video)
{
	const struct liked row = { .id = id_new(cx->ids, cx->now_us), .person = cx->actor.grant.person, .video = video };
	struct val vals[liked_columns];
	liked_vals(&row, vals);
	return db_run_(cx, statement, liked_columns, vals);
}

static enum err count_like(struct ctx *cx, int64_t video, int64_t author, int64_t by)
{
	TRY(outbox_total(cx, video, "likes", by));
	return outbox_total(cx, author, "likes", by);
}

enum err like_add(struct ctx *cx, int64_t video)
{
	int64_t author;
	TRY(video_author(cx, video, &author));
	TRY(add(cx, &SQL_like_add, video));
	if (db_changes(cx, PERSONAL_DB) == 0)
		return OK;
	TRY(inbox_liked(cx, author, video));
	return count_like(cx, video, author, 1);
}

enum err like_remove(struct ctx *cx, int64_t video)
{
	struct published stands;
	TRY(db_run(cx, SQL_like_remove, I64(cx->actor.grant.person), I64(video)));
	if (db_changes(cx, PERSONAL_DB) == 0)
		return OK;
	enum err outcome = published_get(cx, video, &stands);
	if (outcome == E_NOTFOUND)
		return OK;
	TRY(outcome);
	TRY(inbox_unliked(cx, &cx->actor.grant, stands.account, video));
	return count_like(cx, video, stands.account, -1);
}

enum err save_add(struct ctx *cx, int64_t video)
{
	int64_t author;
	TRY(video_author(cx, video, &author));
	return add(cx, &SQL_save_add, video);
}

enum err save_remove(struct ctx *cx, int64_t video)
{
	return db_run(cx, SQL_save_remove, I64(cx->actor.grant.person), I64(video));
}

/* --- lists --- */

static enum err list(struct ctx *cx, const struct stmt *statement, int64_t before, struct video_page *out)
{
	struct marks marks;
	struct video_page page;
	TRY(marks_read(cx, statement, before, VIDEO_PAGE, &marks));
	TRY(video_list_by_ids(cx, marks.subjects, marks.count, &page));
	page.next = marks.next;
	*out = page;
	return OK;
}

enum err like_list(struct ctx *cx, int64_t before, struct video_page *out)
{
	return list(cx, &SQL_like_list, before, out);
}

enum err save_list(struct ctx *cx, int64_t before, struct video_page *out)
{
	return list(cx, &SQL_save_list, before, out);
}

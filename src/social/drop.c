/* What a removed video leaves: comments that stand on nothing, files that nothing shows. */
#include "social/comment.sql.h"
#include "social/erase.h"
#include "social/erase.sql.h"
#include "social/forget.h"
#include "social/inbox.h"
#include "social/profile.sql.h"
#include "social/published.h"
#include "social/scratch.h"
#include "social/video.sql.h"
#include "store/blob.h"
#include "store/outbox.h"

struct dropped {
#define EXPAND_STRUCT "social/dropped.def"
#include "store/expand.h"
};
#define EXPAND_ROW "social/dropped.def"
#include "store/expand.h"

#define DROP_READ 50

static enum err drop_add(struct ctx *cx, struct dropped row)
{
	struct val vals[dropped_columns];
	row.id = id_new(cx->ids, cx->now_us);
	dropped_vals(&row, vals);
	TRY(db_run_(cx, &SQL_dropped_add, dropped_columns, vals));
	return job_add(cx, DROP_JOB, 0, cx->now_us);
}

enum err drop_blob(struct ctx *cx, struct str hash)
{
	return hash.n ? drop_add(cx, (struct dropped){ .hash = hash }) : OK;
}

enum err drop_comments(struct ctx *cx, int64_t video)
{
	return drop_add(cx, (struct dropped){ .hash = STR(""), .video = video });
}

enum err drop_cancel(struct ctx *cx, struct str hash)
{
	if (hash.n == 0)
		return OK;
	TRY(db_run(cx, SQL_dropped_cancel, TEXT(hash)));
	enum err outcome = blob_public_keep(cx, hash);
	if (outcome == E_NOTFOUND)
		return fail_as(cx, E_CONFLICT, "file-gone", "the file was taken away meanwhile; publish it once more");
	return outcome;
}

enum err drop_replies(struct ctx *cx, int64_t thread)
{
	return drop_add(cx, (struct dropped){ .hash = STR(""), .thread = thread });
}

/* --- the job --- */

struct drop_list {
	struct dropped items[DROP_READ];
	size_t count;
};

static enum err read_first(struct ctx *cx, struct drop_list *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_dropped_first, &rows, I64(DROP_READ)));
	out->count = 0;
	while (out->count < DROP_READ && rows_next(rows))
		dropped_read(rows, &out->items[out->count++]);
	return rows_status(rows);
}

struct drop {
	const struct dropped *row;
	bool more;
};

static enum err comments_work(struct ctx *cx, void *argument)
{
	struct drop *drop = argument;
	const struct dropped *const row = drop->row;
	struct published_list list;
	if (row->video)
		TRY(published_on_video(cx, row->video, ERASE_BATCH, &list));
	else
		TRY(published_in_thread(cx, row->thread, ERASE_BATCH, &list));
	for (size_t i = 0; i < list.count; i++) {
		int64_t id = list.items[i].id;
		TRY(published_remove(cx, id));
		TRY(inbox_comment_gone(cx, id));
		if (list.items[i].thread == 0)
			TRY(forget_totals(cx, "comment", id));
		TRY(outbox_post(cx, "comment", id, 'D', SQL_comment_remove, I64(id)));
	}
	drop->more = list.count == ERASE_BATCH;
	if (drop->more)
		return OK;
	if (row->video)
		TRY(forget_totals(cx, "video", row->video));
	return db_run(cx, SQL_dropped_remove, I64(row->id));
}

static enum err is_there(struct ctx *cx, const struct stmt *statement, struct str hash, bool *out)
{
	int64_t id;
	const struct val vals[] = { TEXT(hash) };
	enum err outcome = db_get_i64_(cx, statement, &id, 1, vals);
	*out = outcome == OK;
	return outcome == E_NOTFOUND ? OK : outcome;
}

/* Two videos of the same bytes share a file.  On the writer, because one of them may be published at this moment: whoever
 * publishes takes the row back (drop_cancel()) or finds the file gone, and never neither. */
static enum err blob_work(struct ctx *cx, void *argument)
{
	const struct drop *drop = argument;
	struct str hash = drop->row->hash;
	bool in_video, in_profile;
	TRY(db_run(cx, SQL_dropped_remove, I64(drop->row->id)));
	if (db_changes(cx, PERSONAL_DB) == 0)
		return OK;
	TRY(is_there(cx, &SQL_video_shows, hash, &in_video));
	TRY(is_there(cx, &SQL_profile_shows_avatar, hash, &in_profile));
	if (in_video || in_profile)
		return OK;
	enum err outcome = blob_public_remove(cx, hash);
	return outcome == E_NOTFOUND ? OK : outcome;
}

enum err drop_run(struct ctx *cx, const struct job *)
{
	struct drop_list list;
	do {
		TRY(read_first(cx, &list));
		for (size_t i = 0; i < list.count; i++) {
			struct drop drop = { .row = &list.items[i] };
			do
				TRY(scratch_run(cx, drop.row->video || drop.row->thread ? comments_work : blob_work, &drop));
			while (drop.more);
		}
	} while (list.count == DROP_READ);
	return forget_logs(cx);
}

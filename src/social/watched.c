#include "social/watched.h"

#include "social/video.h"
#include "social/watched.sql.h"
#include "store/outbox.h"

struct watched {
#define EXPAND_STRUCT "social/watched.def"
#include "store/expand.h"
};
#define EXPAND_ROW "social/watched.def"
#define EXPAND_PERSON row->person
#define EXPAND_ID row->video
#include "store/expand.h"

#define DAY_MS (DAY_US / 1000)
/* at_us of what a person does not want to see, and has not watched; older rows say it nowhere else. */
#define NEVER 0
/* `is_new` says that this is the person's first time with the video; the row is zeroed then. */
static enum err get(struct ctx *cx, int64_t video, struct watched *out, bool *is_new)
{
	AUTO(rows_close) struct rows *rows = NULL;
	const struct grant *grant = &cx->actor.grant;
	TRY(db_query(cx, SQL_watched_get, &rows, I64(grant->person), I64(video)));
	bool found = rows_next(rows);
	TRY(rows_status(rows));
	*out = (struct watched){ .person = grant->person, .video = video };
	if (found)
		TRY(watched_read(cx, grant, rows, out));
	*is_new = !found || !out->seen || out->at_us == NEVER;
	return OK;
}

static enum err remember(struct ctx *cx, const struct view_item *item, bool *is_new)
{
	struct watched row;
	struct val vals[watched_columns];
	TRY(get(cx, item->video, &row, is_new));
	int64_t ms = item->watched_ms < 0 ? 0 : item->watched_ms > DAY_MS ? DAY_MS : item->watched_ms;
	if (__builtin_add_overflow(row.watched_ms, ms, &row.watched_ms))
		row.watched_ms = INT64_MAX;
	row.seen = 1;
	row.at_us = cx->now_us;
	row.completed += item->completed;
	TRY(watched_vals(cx, &cx->actor.grant, &row, vals));
	return db_run_(cx, &SQL_watched_put, watched_columns, vals);
}

static enum err add(struct ctx *cx, const struct view_item *item, bool *first)
{
	int64_t author;
	bool counts = true;
	enum err outcome = video_author(cx, item->video, &author);
	if (outcome == E_NOTFOUND)
		return OK;
	TRY(outcome);
	if (cx->actor.account)
		TRY(remember(cx, item, &counts));
	*first = counts;
	return counts ? outbox_total(cx, item->video, "views", 1) : OK;
}

static bool seen_before(const struct view_item *items, size_t i)
{
	for (size_t j = 0; j < i; j++)
		if (items[j].video == items[i].video)
			return true;
	return false;
}

enum err views_add(struct ctx *cx, const struct view_item *items, size_t count, bool *first)
{
	if (count > VIEWS_MAX)
		return fail_as(cx, E_TOOLARGE, "too-many", "at most %d views at once", VIEWS_MAX);
	for (size_t i = 0; i < count; i++) {
		first[i] = false;
		if (cx->actor.account || !seen_before(items, i))
			TRY(add(cx, &items[i], &first[i]));
	}
	return OK;
}

enum err watched_hide(struct ctx *cx, int64_t video)
{
	struct watched row;
	struct val vals[watched_columns];
	bool is_new;
	TRY(get(cx, video, &row, &is_new));
	row.seen = 0;
	TRY(watched_vals(cx, &cx->actor.grant, &row, vals));
	return is_new ? db_run_(cx, &SQL_watched_put, watched_columns, vals) : OK;
}

enum err watched_show(struct ctx *cx, int64_t video)
{
	struct watched row;
	bool is_new;
	TRY(get(cx, video, &row, &is_new));
	return is_new ? db_run(cx, SQL_watched_remove, I64(cx->actor.grant.person), I64(video)) : OK;
}

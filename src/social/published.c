#include "social/published.h"

#include "social/video.sql.h"

#define EXPAND_ROW "social/published.def"
#include "store/expand.h"

enum err published_add(struct ctx *cx, const struct published *row)
{
	struct val vals[published_columns];
	published_vals(row, vals);
	return db_run_(cx, &SQL_published_add, published_columns, vals);
}

static enum err gone(struct ctx *cx)
{
	return fail(cx, E_NOTFOUND, "there is no such thing, or it was removed");
}

enum err published_get(struct ctx *cx, int64_t id, struct published *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_published_get, &rows, I64(id)));
	bool found = rows_next(rows);
	TRY(rows_status(rows));
	if (!found)
		return gone(cx);
	published_read(rows, out);
	return OK;
}

enum err published_remove(struct ctx *cx, int64_t id)
{
	TRY(db_run(cx, SQL_published_remove, I64(id)));
	return db_changes(cx, PERSONAL_DB) == 1 ? OK : gone(cx);
}

static enum err list(struct ctx *cx, const struct stmt *statement, int64_t key, size_t max, struct published_list *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	const struct val vals[] = { I64(key), I64((int64_t)max) };
	struct published_list found = { .items = arena_new(&cx->mem, struct published, max) };
	TRY(db_query_(cx, statement, &rows, 2, vals));
	while (found.count < max && rows_next(rows))
		published_read(rows, &found.items[found.count++]);
	TRY(rows_status(rows));
	*out = found;
	return OK;
}

enum err published_of_account(struct ctx *cx, int64_t account, size_t max, struct published_list *out)
{
	return list(cx, &SQL_published_by_account, account, max, out);
}

enum err published_on_video(struct ctx *cx, int64_t video, size_t max, struct published_list *out)
{
	return list(cx, &SQL_published_by_video, video, max, out);
}

enum err published_in_thread(struct ctx *cx, int64_t thread, size_t max, struct published_list *out)
{
	return list(cx, &SQL_published_by_thread, thread, max, out);
}

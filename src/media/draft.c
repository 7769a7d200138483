#include "media/draft.h"

#include <stdlib.h>

#include "base/config.h"
#include "media/draft.sql.h"
#include "media/media.h"
#include "store/job.h"

#define EXPAND_ROW "media/draft.def"
#define EXPAND_PERSON row->person
#define EXPAND_ID row->id
#include "store/expand.h"

#define ERASE_BATCH 100

/* draft_set binds the old state behind the row. */
_Static_assert((int)draft_columns == 8, "draft_set in draft.sql numbers its last placeholder by hand");

static enum err not_found(struct ctx *cx)
{
	return fail(cx, E_NOTFOUND, "there is no such draft");
}

enum err draft_get(struct ctx *cx, const struct grant *grant, int64_t id, struct draft *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_draft_by_id, &rows, I64(id), I64(grant->person)));
	const bool found = rows_next(rows);
	TRY(rows_status(rows));
	return found ? draft_read(cx, grant, rows, out) : not_found(cx);
}

enum err draft_next_queued(struct ctx *cx, const struct grant *grant, struct draft *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_draft_queued, &rows, I64(grant->person)));
	struct draft oldest = {};
	while (rows_next(rows)) {
		struct draft draft;
		TRY(draft_read(cx, grant, rows, &draft));
		if (!oldest.id || draft.created_us < oldest.created_us)
			oldest = draft;
	}
	TRY(rows_status(rows));
	if (!oldest.id)
		return not_found(cx);
	*out = oldest;
	return OK;
}

enum err draft_count_queued(struct ctx *cx, int64_t person, int64_t *out)
{
	return db_get_i64(cx, SQL_draft_count_queued, out, I64(person));
}

enum err draft_use(struct ctx *cx, int64_t person, struct draft_use *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_draft_use, &rows, I64(person)));
	struct draft_use use = {};
	if (rows_next(rows))
		use = (struct draft_use){ .count = rows_i64(rows, 0), .bytes = rows_i64(rows, 1) };
	TRY(rows_status(rows));
	*out = use;
	return OK;
}

static enum err read_view(struct ctx *cx, const struct grant *grant, struct rows *rows, struct draft_view *out)
{
	struct draft_view view = {};
	TRY(draft_read(cx, grant, rows, &view.draft));
	view.upload = rows_text(rows, draft_columns);
	view.received = rows_i64(rows, draft_columns + 1);
	view.length = rows_i64(rows, draft_columns + 2);
	view.state = view.draft.state;
	if (str_eq(view.state, DRAFT_QUEUED) && media_run_read(cx->media, view.draft.id, &view.progress))
		view.state = STR("processing");
	else if (str_eq(view.state, DRAFT_READY) || str_eq(view.state, DRAFT_PUBLISHED))
		view.progress = 1000;
	*out = view;
	return OK;
}

static int newest_first(const void *a, const void *b)
{
	const struct draft_view *const one = a, *const two = b;
	return (one->draft.created_us < two->draft.created_us) - (one->draft.created_us > two->draft.created_us);
}

enum err draft_view_list(struct ctx *cx, const struct grant *grant, struct draft_views *out)
{
	/* Published ones stay for a few days beside those that count. */
	enum { VIEWS_MAX = 3 * DRAFTS_MAX };
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_draft_view_list, &rows, I64(grant->person)));
	struct draft_views views = { .items = arena_new(&cx->mem, struct draft_view, VIEWS_MAX) };
	while (views.count < VIEWS_MAX && rows_next(rows))
		TRY(read_view(cx, grant, rows, &views.items[views.count++]));
	TRY(rows_status(rows));
	qsort(views.items, views.count, sizeof views.items[0], newest_first);
	*out = views;
	return OK;
}

enum err draft_view_get(struct ctx *cx, const struct grant *grant, int64_t id, struct draft_view *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_draft_view_by_id, &rows, I64(id), I64(grant->person)));
	const bool found = rows_next(rows);
	TRY(rows_status(rows));
	return found ? read_view(cx, grant, rows, out) : not_found(cx);
}

enum err draft_add(struct ctx *cx, const struct grant *grant, const struct draft *draft)
{
	struct val vals[draft_columns];
	TRY(draft_vals(cx, grant, draft, vals));
	return db_run_(cx, &SQL_draft_add, draft_columns, vals);
}

enum err draft_set(struct ctx *cx, const struct grant *grant, const struct draft *draft, struct str from)
{
	struct val vals[draft_columns + 1];
	TRY(draft_vals(cx, grant, draft, vals));
	vals[draft_columns] = TEXT(from);
	TRY(db_run_(cx, &SQL_draft_set, draft_columns + 1, vals));
	if (db_changes(cx, PERSONAL_DB) == 0)
		return fail(cx, E_CONFLICT, "the draft has changed meanwhile: look at it again");
	return OK;
}

enum err draft_set_words(struct ctx *cx, int64_t id, const struct str *caption, const struct str *language)
{
	const struct grant *const grant = &cx->actor.grant;
	struct draft draft;
	TRY(draft_get(cx, grant, id, &draft));
	if (str_eq(draft.state, DRAFT_PUBLISHED))
		return fail_as(cx, E_CONFLICT, "draft-published", "this draft is published: change the video instead");
	if (caption)
		draft.caption = *caption;
	if (language)
		draft.language = *language;
	return draft_set(cx, grant, &draft, draft.state);
}

struct trim draft_trim(const struct draft *draft)
{
	return (struct trim){ .start_ms = draft->trim_start_ms, .end_ms = draft->trim_end_ms, .cover = draft->cover };
}

bool draft_cover_is_stale(const struct draft *draft)
{
	return draft->cover && draft->cover != draft->poster_cover;
}

/* One whose picture can still be another. */
static enum err get_open(struct ctx *cx, int64_t id, struct draft *out)
{
	TRY(draft_get(cx, &cx->actor.grant, id, out));
	if (str_eq(out->state, DRAFT_PUBLISHED))
		return fail_as(cx, E_CONFLICT, "draft-published", "this draft is published: what is shown of it stays");
	if (str_eq(out->state, DRAFT_FAILED))
		return fail_as(cx, E_CONFLICT, "draft-failed", "this video could not be processed: send another file");
	return OK;
}

static enum err check_trim(struct ctx *cx, const struct draft *draft)
{
	const struct trim trim = draft_trim(draft);
	return trim_check(cx, &trim, cx->config->media_clip_seconds * 1000);
}

enum err draft_set_part(struct ctx *cx, int64_t id, int64_t start_ms, int64_t end_ms)
{
	struct draft draft;
	TRY(get_open(cx, id, &draft));
	if (!str_eq(draft.state, DRAFT_UPLOADING))
		return fail_as(cx, E_CONFLICT, "draft-processed", "the part can be chosen until the file has arrived: send it again for another one");
	draft.trim_start_ms = start_ms;
	draft.trim_end_ms = end_ms;
	TRY(check_trim(cx, &draft));
	return draft_set(cx, &cx->actor.grant, &draft, draft.state);
}

enum err draft_set_cover(struct ctx *cx, int64_t id, int64_t at_ms)
{
	struct draft draft;
	TRY(get_open(cx, id, &draft));
	const struct str from = draft.state;
	if (str_eq(from, DRAFT_QUEUED) && draft.publish)
		return fail_as(cx, E_CONFLICT, "draft-publishing", "this draft is on its way to be published: its cover stays");
	draft.cover = at_ms + 1;
	TRY(check_trim(cx, &draft));
	if (str_eq(from, DRAFT_READY) && draft_cover_is_stale(&draft)) {
		draft.state = DRAFT_QUEUED;
		TRY(job_add(cx, DRAFT_PROCESS_JOB, cx->actor.account, cx->now_us));
	}
	return draft_set(cx, &cx->actor.grant, &draft, from);
}

enum err draft_set_publish(struct ctx *cx, int64_t id)
{
	const struct grant *const grant = &cx->actor.grant;
	struct draft draft;
	TRY(draft_get(cx, grant, id, &draft));
	if (str_eq(draft.state, DRAFT_PUBLISHED))
		return OK;
	if (str_eq(draft.state, DRAFT_FAILED))
		return fail_as(cx, E_CONFLICT, "draft-failed", "this video could not be processed: send another file");
	const struct str from = draft.state;
	draft.publish = 1;
	if (str_eq(from, DRAFT_READY)) {
		draft.state = DRAFT_QUEUED;
		TRY(job_add(cx, DRAFT_PROCESS_JOB, cx->actor.account, cx->now_us));
	}
	return draft_set(cx, grant, &draft, from);
}

/* One that is gone already is no error: the row is what counts. */
static enum err drop_blob(struct ctx *cx, struct str name)
{
	if (name.n == 0)
		return OK;
	const enum err outcome = personal_blob_remove(cx, arena_text(&cx->mem, name));
	return outcome == E_NOTFOUND ? OK : outcome;
}

enum err draft_drop_poster(struct ctx *cx, struct draft *draft)
{
	TRY(drop_blob(cx, draft->poster));
	draft->poster = draft->poster_key = STR("");
	return OK;
}

enum err draft_drop_blobs(struct ctx *cx, struct draft *draft)
{
	TRY(drop_blob(cx, draft->original));
	TRY(drop_blob(cx, draft->rendition));
	TRY(drop_blob(cx, draft->poster));
	draft->original = draft->rendition = draft->poster = STR("");
	draft->original_key = draft->rendition_key = draft->poster_key = STR("");
	draft->bytes = 0;
	return OK;
}

static enum err delete_row(struct ctx *cx, int64_t person, struct draft *draft)
{
	const int64_t id = draft->id;
	TRY(draft_drop_blobs(cx, draft));
	TRY(db_run(cx, SQL_draft_remove, I64(id), I64(person)));
	return db_run(cx, SQL_draft_remove_upload, I64(id), I64(person));
}

enum err draft_delete(struct ctx *cx, int64_t person, int64_t id)
{
	struct draft draft = {};
	{
		AUTO(rows_close) struct rows *rows = NULL;
		TRY(db_query(cx, SQL_draft_by_id, &rows, I64(id), I64(person)));
		if (rows_next(rows))
			draft_read_clear(rows, 0, &draft);
		TRY(rows_status(rows));
	}
	return draft.id ? delete_row(cx, person, &draft) : not_found(cx);
}

enum err draft_erase_some(struct ctx *cx, const struct grant *grant, bool *more)
{
	struct draft *const drafts = arena_new(&cx->mem, struct draft, ERASE_BATCH);
	unsigned count = 0;
	{
		AUTO(rows_close) struct rows *rows = NULL;
		TRY(db_query(cx, SQL_draft_some, &rows, I64(grant->person), I64(ERASE_BATCH)));
		while (count < ERASE_BATCH && rows_next(rows))
			draft_read_clear(rows, 0, &drafts[count++]);
		TRY(rows_status(rows));
	}
	for (unsigned i = 0; i < count; i++)
		TRY(delete_row(cx, grant->person, &drafts[i]));
	*more = count == ERASE_BATCH;
	return OK;
}

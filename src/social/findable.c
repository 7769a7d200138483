#include "social/findable.h"

#include "social/find.sql.h"
#include "social/hashtag.h"
#include "social/scratch.h"
#include "store/outbox.h"
#include "store/search.h"
#include "store/writer.h"

enum err findable_video(struct ctx *cx, int64_t video, struct str caption)
{
	TRY(search_put(cx, SEARCH_VIDEOS, video, caption));
	return hashtags_put(cx, video, caption);
}

enum err findable_video_gone(struct ctx *cx, int64_t video)
{
	TRY(search_drop(cx, video));
	return hashtags_drop(cx, video);
}

enum err findable_person(struct ctx *cx, int64_t account, struct str handle, struct str name)
{
	return search_put(cx, SEARCH_PEOPLE, account, arena_printf(&cx->mem, STR_FMT " " STR_FMT, STR_ARG(handle), STR_ARG(name)));
}

/* --- what was there before --- */

/* Captions have 9 kB at most, most of them a hundredth of it: how many are read goes by their bytes, too. */
#define CATCH_UP_BYTES (ARENA_REQUEST_BYTES / 4)
#define CATCH_UP_BATCH 1024                     /* in one write: the index of words takes few large ones better than many small */

struct catch_up {
	const struct stmt *unfound;
	bool people;
	int64_t after, count;
	bool more;
};

static enum err read_batch(struct ctx *cx, const struct catch_up *catch_up, int64_t *ids, struct str (*texts)[2], size_t *count)
{
	AUTO(rows_close) struct rows *rows = NULL;
	const struct val vals[] = { I64(catch_up->after), I64(FOLDING), I64(CATCH_UP_BATCH) };
	TRY(db_query_(cx, catch_up->unfound, &rows, 3, vals));
	for (size_t bytes = 0; *count < CATCH_UP_BATCH && bytes < CATCH_UP_BYTES && rows_next(rows); ++*count) {
		ids[*count] = rows_i64(rows, 0);
		texts[*count][0] = rows_text(rows, 1);
		if (catch_up->people)
			texts[*count][1] = rows_text(rows, 2);
		bytes += texts[*count][0].n + texts[*count][1].n;
	}
	return rows_status(rows);
}

/* In memory of its own: what a thousand fold to would not fit the arena. */
static enum err make_one(struct ctx *cx, const struct catch_up *catch_up, int64_t id, const struct str texts[2])
{
	const struct arena outer = cx->mem;
	cx->mem = arena_new_capped(ARENA_REQUEST_BYTES);
	const enum err outcome = catch_up->people ? findable_person(cx, id, texts[0], texts[1]) : findable_video(cx, id, texts[0]);
	arena_free(&cx->mem);
	cx->mem = outer;
	return outcome;
}

static enum err batch_work(struct ctx *cx, void *argument)
{
	struct catch_up *catch_up = argument;
	int64_t *const ids = arena_new(&cx->mem, int64_t, CATCH_UP_BATCH);
	struct str (*const texts)[2] = arena_alloc(&cx->mem, CATCH_UP_BATCH, sizeof *texts);
	size_t count = 0;
	TRY(read_batch(cx, catch_up, ids, texts, &count));
	for (size_t i = 0; i < count; i++)
		TRY(make_one(cx, catch_up, ids[i], texts[i]));
	if (count)
		catch_up->after = ids[count - 1];
	catch_up->count += (int64_t)count;
	catch_up->more = count > 0;
	return OK;
}

/* Whoever publishes makes findable in the same transaction: what was whole once stays so, until words are folded otherwise. */
static enum err is_whole(struct ctx *cx, bool *out)
{
	int64_t folding = 0;
	const enum err outcome = db_get_i64_0(cx, SQL_findable_folding, &folding);
	*out = outcome == OK && folding >= FOLDING;
	return outcome == E_NOTFOUND ? OK : outcome;
}

static enum err note_whole(struct ctx *cx, void *)
{
	return outbox_post(cx, "", 0, 'P', SQL_findable_done, I64(FOLDING));
}

enum err findable_catch_up(struct ctx *cx, const struct findable_progress *progress, int64_t *count)
{
	bool whole = false;
	int64_t of = 0;
	TRY(is_whole(cx, &whole));
	*count = 0;
	if (whole)
		return OK;
	struct catch_up all[] = { { .unfound = &SQL_unfound_people, .people = true, .more = true },
		{ .unfound = &SQL_unfound_videos, .more = true } };
	TRY(db_get_i64_0(cx, SQL_findable_all, &of));
	for (size_t i = 0; i < 2; i++)
		while (all[i].more) {
			TRY(scratch_run(cx, batch_work, &all[i]));
			if (progress->tell)
				progress->tell(progress->self, all[0].count + all[1].count, of);
		}
	TRY(scratch_run(cx, note_whole, NULL));
	*count = all[0].count + all[1].count;
	return OK;
}

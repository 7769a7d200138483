/* Puts the index of words together again.
 *
 * FTS5 keeps words in parts, a new one for each commit, and looks for a word in every part.  By itself it merges four of about one size, so
 * a node that has stood for years has some twenty; and words that were taken out stay in a part until it is merged.  What a merge writes
 * goes through the outbox like every change of public.db, a little at a time, so that others' writes wait for some milliseconds. */
#include "store/search.h"

#include <time.h>

#include "store/db.h"
#include "store/outbox.h"
#include "store/search.sql.h"
#include "store/writer.h"

#define STEP_PAGES 64                          /* 256 KiB: some milliseconds of the writer's */
#define CALL_US SECOND_US                      /* one call ends after about so long */
#define PARTS_ENOUGH 4
#define OTHERS_SHARE 16                        /* all is written anew when this part of it does not lie in the largest */

/* About how many pages each part has: the number of its last one, doubled where FTS5 keeps it.  That table is the engine's own and none of
 * ours: it has no class, so no .sql file may name it. */
static const struct stmt part_pages = { .name = "search_parts", .store = PUBLIC_DB, .text =
	"WITH RECURSIVE part (id) AS (SELECT min(segid) FROM search_index_idx"
	" UNION ALL SELECT (SELECT min(i.segid) FROM search_index_idx i WHERE i.segid > part.id) FROM part WHERE part.id IS NOT NULL)"
	" SELECT (SELECT i.pgno / 2 FROM search_index_idx i WHERE i.segid = part.id ORDER BY i.term DESC LIMIT 1) FROM part"
	" WHERE part.id IS NOT NULL" };

struct parts {
	int64_t count, pages, largest;         /* pages: about */
};

static enum err read_parts(struct ctx *cx, struct parts *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	struct parts parts = { .count = 0 };
	TRY(db_query0(cx, part_pages, &rows));
	while (rows_next(rows)) {
		const int64_t pages = rows_i64(rows, 0);
		parts.count++;
		parts.pages += pages;
		parts.largest = pages > parts.largest ? pages : parts.largest;
	}
	TRY(rows_status(rows));
	*out = parts;
	return OK;
}

static bool is_scattered(const struct parts *parts, bool into_one)
{
	return parts->count > 1 && (into_one || (parts->pages - parts->largest) * OTHERS_SHARE >= parts->pages);
}

static enum err post_merge(struct ctx *cx, void *pages)
{
	return outbox_post(cx, "", 0, 'P', SQL_search_merge, I64(*(const int64_t *)pages));
}

/* Goes on with a merge that has begun; or with parts of about one size.  False in `more`: there is neither. */
static enum err merge_some(struct ctx *cx, struct parts *parts, bool *more)
{
	const struct parts before = *parts;
	int64_t pages = STEP_PAGES;
	TRY(writer_run(cx, post_merge, &pages));
	TRY(read_parts(cx, parts));
	*more = parts->count != before.count || parts->pages != before.pages;
	return OK;
}

/* Less than nothing asks for one merge of everything. */
static enum err begin_all(struct ctx *cx, struct parts *parts, bool *more)
{
	const struct parts before = *parts;
	int64_t pages = -STEP_PAGES;
	TRY(writer_run(cx, post_merge, &pages));
	TRY(read_parts(cx, parts));
	*more = parts->count != before.count || parts->pages != before.pages;
	return OK;
}

/* As long as the step took: half of the writer's time is everybody else's. */
static void rest_since(int64_t began_us)
{
	const int64_t took_us = clock_boot_us(NULL) - began_us, us = took_us < CALL_US ? took_us : CALL_US;
	const struct timespec rest = { .tv_sec = us / SECOND_US, .tv_nsec = us % SECOND_US * 1000 };
	nanosleep(&rest, NULL);
}

enum err search_tidy(struct ctx *cx, bool into_one, bool *more)
{
	const int64_t end_us = clock_boot_us(NULL) + CALL_US;
	struct parts parts;
	bool changed = true;
	TRY(read_parts(cx, &parts));
	for (int64_t now_us = end_us - CALL_US; changed && now_us < end_us; now_us = clock_boot_us(NULL)) {
		changed = parts.count > PARTS_ENOUGH || is_scattered(&parts, into_one);
		if (!changed)
			break;
		TRY(merge_some(cx, &parts, &changed));
		if (!changed && is_scattered(&parts, into_one))
			TRY(begin_all(cx, &parts, &changed));
		rest_since(now_us);
	}
	*more = changed;
	return OK;
}

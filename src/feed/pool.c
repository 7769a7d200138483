#include "feed/pool.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "feed/feed.sql.h"
#include "feed/kinds.h"
#include "social/video_json.h"
#include "store/script.h"

#define EXPAND_ROW "social/video.def"
#include "store/expand.h"

#define POOL_TEXT_MAX ((size_t)256 << 20)
#define POOL_NAMES_MAX ((size_t)16 << 20)
#define LANGUAGE_UNKNOWN 1

void feed_read_view(struct rows *rows, struct video_view *out)
{
	struct video_view view = {};
	video_read(rows, &view.video);
	int column = video_columns;
	view.author.id = view.video.account;
	view.author.handle = rows_text(rows, column++);
	view.author.name = rows_text(rows, column++);
	view.author.avatar = rows_text(rows, column++);
	view.likes = rows_i64(rows, column++);
	view.comments = rows_i64(rows, column++);
	view.views = rows_i64(rows, column);
	*out = view;
}

uint16_t pool_language(const struct pool *pool, struct str code)
{
	for (unsigned i = 0; i < pool->language_count; i++)
		if (str_eq(str_of(pool->languages[i]), code) && i != LANGUAGE_UNKNOWN)
			return (uint16_t)i;
	return LANGUAGE_UNKNOWN;
}

static uint16_t add_language(struct pool *pool, struct str code)
{
	const uint16_t known = pool_language(pool, code);
	if (known != LANGUAGE_UNKNOWN || code.n >= sizeof pool->languages[0] || pool->language_count == POOL_LANGUAGES_MAX)
		return known;
	memcpy(pool->languages[pool->language_count], code.p, code.n);
	pool->scripts[pool->language_count] = (uint8_t)script_of_language(code);
	return (uint16_t)pool->language_count++;
}

/* Twice the likes outweigh a month. */
static uint16_t heat_of(const struct ctx *cx, const struct video_view *view)
{
	const double days = (double)(cx->now_us - view->video.created_us) / (double)DAY_US;
	const double heat = 40000 + 1000 * (log2(1 + (double)view->likes) - (days > 0 ? days : 0) / 30);
	return heat < 1 ? 1 : heat > UINT16_MAX ? UINT16_MAX : (uint16_t)heat;
}

static struct candidate candidate_of(const struct ctx *cx, struct pool *pool, const struct video_view *view)
{
	return (struct candidate){
		.id = view->video.id, .author = view->video.account,
		.created_s = (uint32_t)(view->video.created_us / SECOND_US),
		.language = add_language(pool, view->video.language),
		.heat = heat_of(cx, view),
	};
}

/* `json` holds offsets until the text has stopped growing. */
static enum err read_rows(struct ctx *cx, const struct stmt *statement, unsigned max, struct pool *pool, struct kinds *kinds,
	struct candidate *list, struct str *json, unsigned *count)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query_(cx, statement, &rows, VALS(I64(max))));
	unsigned n = 0;
	while (n < max && rows_next(rows)) {
		/* Rows' texts go with each row: thousands would not fit the arena. */
		const struct arena outer = cx->mem;
		cx->mem = arena_new_capped(ARENA_REQUEST_BYTES);
		struct video_view view;
		feed_read_view(rows, &view);
		list[n] = candidate_of(cx, pool, &view);
		const enum err outcome = kinds_add(cx, kinds, &view.video);
		json[n].p = NULL;
		const size_t from = pool->text.n;
		video_json_members(&pool->text, &view);
		json[n].n = pool->text.n - from;
		arena_free(&cx->mem);
		cx->mem = outer;
		TRY(outcome);
		n++;
	}
	TRY(rows_status(rows));
	*count = n;
	return OK;
}

static void place_text(const struct pool *pool, struct str *json, unsigned count, size_t *at)
{
	for (unsigned i = 0; i < count; i++) {
		json[i].p = pool->text.p + *at;
		*at += json[i].n;
	}
}

static void free_pool(struct pool *pool)
{
	free(pool->fresh);
	free(pool->liked);
	free(pool->fresh_json);
	free(pool->liked_json);
	free(pool->kinds);
	free(pool->at);
	buf_free(&pool->names);
	buf_free(&pool->text);
	free(pool);
}

void pool_give(struct pool **pool)
{
	if (*pool && atomic_fetch_sub(&(*pool)->refs, 1) == 1)
		free_pool(*pool);
	*pool = NULL;
}

static bool reserve(struct pool *pool, unsigned fresh_max, unsigned liked_max)
{
	pool->text = buf_new(POOL_TEXT_MAX);
	pool->names = buf_new(POOL_NAMES_MAX);
	pool->fresh = calloc(fresh_max, sizeof pool->fresh[0]);
	pool->liked = calloc(liked_max, sizeof pool->liked[0]);
	pool->fresh_json = calloc(fresh_max, sizeof pool->fresh_json[0]);
	pool->liked_json = calloc(liked_max, sizeof pool->liked_json[0]);
	pool->language_count = LANGUAGE_UNKNOWN + 1;
	atomic_init(&pool->refs, 1);
	return pool->fresh && pool->liked && pool->fresh_json && pool->liked_json;
}

enum err pool_build(struct ctx *cx, unsigned fresh_max, unsigned liked_max, struct pool **out)
{
	AUTO(pool_give) struct pool *pool = calloc(1, sizeof *pool);
	if (!pool)
		return fail(cx, E_IO, "no memory");
	if (!reserve(pool, fresh_max, liked_max))
		return fail(cx, E_IO, "no memory");
	AUTO(kinds_free) struct kinds kinds = kinds_new(&pool->names);
	TRY(read_rows(cx, &SQL_feed_newest, fresh_max, pool, &kinds, pool->fresh, pool->fresh_json, &pool->fresh_count));
	TRY(read_rows(cx, &SQL_feed_most_liked, liked_max, pool, &kinds, pool->liked, pool->liked_json, &pool->liked_count));
	TRY(kinds_place(cx, &kinds, pool));
	if (pool->text.failed || pool->names.failed)
		return fail(cx, E_IO, "the feed's candidates need too much memory");
	for (unsigned i = 0; i < pool->fresh_count; i++)
		pool->language_clips[pool->fresh[i].language]++;
	size_t at = 0;
	place_text(pool, pool->fresh_json, pool->fresh_count, &at);
	place_text(pool, pool->liked_json, pool->liked_count, &at);
	pool->whole = pool->fresh_count < fresh_max;
	if (pool->fresh_count) {
		pool->top = pool->fresh[0].id;
		pool->base = pool->fresh[pool->fresh_count - 1].id;
	}
	*out = pool;
	pool = NULL;
	return OK;
}

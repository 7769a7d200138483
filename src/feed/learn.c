#include "feed/learn.h"

#include <stdlib.h>

#include "feed/learn.sql.h"
#include "social/hashtag.h"
#include "social/profile.h"
#include "social/video.h"
#include "social/watched.h"

struct taste {
#define EXPAND_STRUCT "feed/taste.def"
#include "store/expand.h"
};
#define EXPAND_ROW "feed/taste.def"
#define EXPAND_PERSON row->person
#define EXPAND_ID row->person
#include "store/expand.h"

#define PACKED_MAX ((size_t)4096)

/* --- the row --- */

enum err interests_get(struct ctx *cx, struct interests *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	const struct grant *const grant = &cx->actor.grant;
	struct taste row;
	out->count = 0;
	if (cx->actor.account == 0)
		return OK;
	TRY(db_query(cx, SQL_taste_get, &rows, I64(grant->person)));
	const bool found = rows_next(rows);
	TRY(rows_status(rows));
	if (!found)
		return OK;
	TRY(taste_read(cx, grant, rows, &row));
	if (!interests_unpack(row.scores, out))
		return fail(cx, E_CORRUPT, "what the feed has learned is not of this program's making");
	return OK;
}

static enum err put(struct ctx *cx, const struct interests *interests)
{
	AUTO(buf_free) struct buf packed = buf_new(PACKED_MAX);
	struct val vals[taste_columns];
	interests_pack(interests, &packed);
	const struct taste row = { .person = cx->actor.grant.person, .scores = buf_view(&packed) };
	TRY(taste_vals(cx, &cx->actor.grant, &row, vals));
	return db_run_(cx, &SQL_taste_put, taste_columns, vals);
}

/* --- learning --- */

/* E_NOTFOUND: it does not stand. */
static enum err kinds_of(struct ctx *cx, int64_t video, struct clip_kinds *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	struct clip_kinds kinds = { .tag_count = 0 };
	bool found = false;
	TRY(db_query(cx, SQL_taste_kinds, &rows, I64(video), I64(CLIP_TAGS_MAX)));
	while (rows_next(rows)) {
		found = true;
		kinds.author = rows_i64(rows, 0);
		kinds.language = kind_of_language(rows_text(rows, 1));
		kinds.duration_ms = rows_i64(rows, 2);
		if (!rows_null(rows, 3) && kinds.tag_count < CLIP_TAGS_MAX)
			kinds.tags[kinds.tag_count++] = rows_i64(rows, 3);
	}
	TRY(rows_status(rows));
	if (!found)
		return fail(cx, E_NOTFOUND, "there is no such video");
	*out = kinds;
	return OK;
}

static enum err add_signal(struct ctx *cx, struct interests *interests, const struct feed_signal *told)
{
	struct clip_kinds kinds;
	const enum err outcome = kinds_of(cx, told->video, &kinds);
	if (outcome == E_NOTFOUND)
		return OK;
	TRY(outcome);
	if (kinds.author != cx->actor.account)
		interests_learn(interests, cx->now_us, &kinds, told);
	return OK;
}

static enum err check_count(struct ctx *cx, size_t count)
{
	return count <= SIGNALS_MAX ? OK : fail_as(cx, E_TOOLARGE, "too-many", "at most %d clips at once", SIGNALS_MAX);
}

enum err interests_from(struct ctx *cx, const struct feed_signal *told, size_t count, struct interests *out)
{
	TRY(check_count(cx, count));
	out->count = 0;
	for (size_t i = 0; i < count; i++)
		TRY(add_signal(cx, out, &told[i]));
	return OK;
}

static enum err look_up_flags(struct ctx *cx, struct feed_signal *told, size_t count)
{
	struct video_view *const views = arena_new(&cx->mem, struct video_view, count);
	for (size_t i = 0; i < count; i++) {
		views[i].video.id = told[i].video;
		enum err outcome = video_author(cx, told[i].video, &views[i].video.account);
		if (outcome != OK && outcome != E_NOTFOUND)
			return outcome;
		views[i].author.id = views[i].video.account;
	}
	TRY(video_flags(cx, views, count));
	for (size_t i = 0; i < count; i++) {
		told[i].liked = views[i].liked;
		told[i].saved = views[i].saved;
		told[i].following = views[i].following;
	}
	return OK;
}

enum err feed_learn(struct ctx *cx, const struct feed_signal *told, size_t count)
{
	struct interests interests;
	TRY(check_count(cx, count));
	if (cx->actor.account == 0 || count == 0)
		return OK;
	struct feed_signal *const known = arena_new(&cx->mem, struct feed_signal, count);
	for (size_t i = 0; i < count; i++)
		known[i] = told[i];
	TRY(look_up_flags(cx, known, count));
	TRY(interests_get(cx, &interests));
	for (size_t i = 0; i < count; i++)
		TRY(add_signal(cx, &interests, &known[i]));
	return put(cx, &interests);
}

enum err feed_opinion(struct ctx *cx, int64_t video, enum opinion opinion, bool undo)
{
	const struct feed_signal told = { .video = video, .opinion = opinion, .undo = undo };
	struct clip_kinds kinds;
	struct interests interests;
	TRY(kinds_of(cx, video, &kinds));
	if (kinds.author == cx->actor.account)
		return OK;
	TRY(interests_get(cx, &interests));
	interests_learn(&interests, cx->now_us, &kinds, &told);
	TRY(put(cx, &interests));
	if (opinion != OPINION_HIDE)
		return OK;
	return undo ? watched_show(cx, video) : watched_hide(cx, video);
}

enum err feed_forget(struct ctx *cx, int64_t kind)
{
	struct interests interests;
	if (kind == 0)
		return db_run(cx, SQL_taste_forget, I64(cx->actor.grant.person));
	TRY(interests_get(cx, &interests));
	return interests_forget(&interests, kind) ? put(cx, &interests) : OK;
}

enum err feed_erase_some(struct ctx *cx, const struct grant *grant, bool *more)
{
	TRY(db_run(cx, SQL_taste_forget, I64(grant->person)));
	*more = false;
	return OK;
}

/* --- telling --- */

static enum err name_of(struct ctx *cx, int64_t kind, struct str *out)
{
	struct hashtag_view hashtag;
	struct profile profile;
	char code[4];
	switch (kind_type(kind)) {
	case KIND_HASHTAG:
		TRY(hashtag_by_id(cx, kind, &hashtag));
		*out = hashtag.name;
		break;
	case KIND_CREATOR:
		TRY(profile_get(cx, kind, &profile));
		*out = profile.handle;
		break;
	case KIND_LANGUAGE:
		kind_language(kind, code);
		*out = arena_copy(&cx->mem, str_of(code));
		break;
	}
	return OK;
}

static int by_score(const void *a, const void *b)
{
	const struct interest_view *const one = a, *const two = b;
	return (one->score < two->score) - (one->score > two->score);
}

enum err interests_list(struct ctx *cx, struct interest_list *out)
{
	struct interests interests;
	TRY(interests_get(cx, &interests));
	out->count = 0;
	for (unsigned i = 0; i < interests.count; i++) {
		const struct interest *const interest = &interests.items[i];
		struct interest_view *const view = &out->items[out->count];
		const enum err outcome = name_of(cx, interest->kind, &view->name);
		if (outcome == E_NOTFOUND)
			continue;
		TRY(outcome);
		view->kind = interest->kind;
		view->type = kind_type(interest->kind);
		view->score = interest_score(interest, cx->now_us);
		view->skipped = interest_is_skipped(interest, cx->now_us);
		view->earned = interest->earned;
		out->count++;
	}
	qsort(out->items, out->count, sizeof out->items[0], by_score);
	return OK;
}

/* Who follows whom, likes and has seen what; and the counts of it.
 *
 * Persons are taken in the order of their numbers and what they like in the order of its ids, so that twenty million rows go to the
 * ends of their trees.  What a cut-off fill had done is chosen again, and only counted. */
#include <stdlib.h>

#include "demo/fill.sql.h"
#include "demo/fill_inside.h"
#include "social/account.h"
#include "social/follow.sql.h"
#include "social/like.sql.h"
#include "social/watched.h"
#include "store/outbox.h"

#define PERSONS_AT_ONCE 100
#define TALLIES_AT_ONCE 4000
#define OPENED_AT_ONCE 200
#define WATCHED_MOST 10
#define VIEWS_A_LIKE 7

static int by_number(const void *a, const void *b)
{
	const struct fill_person *const one = a, *const two = b;
	return (one->number > two->number) - (one->number < two->number);
}

static enum err open_some(struct fill *fill, int64_t from, int64_t count)
{
	AUTO(ctx_end) struct ctx cx = *fill->cx;
	cx.mem = arena_new_capped(ARENA_REQUEST_BYTES);
	cx.actor = (struct actor){ .account = 0 };
	enum err status = OK;
	for (int64_t i = from; status == OK && i < from + count; i++) {
		AUTO(grant_wipe) struct grant grant = { .purpose = GRANT_NONE };
		status = account_grant(&cx, GRANT_OPERATOR, fill_account_id(fill, i), &grant);
		fill->persons[i] = (struct fill_person){ .number = grant.person, .index = (int32_t)i };
	}
	fill->cx->failure = cx.failure;
	return status;
}

enum err fill_open_persons(struct fill *fill)
{
	const struct fill_options *const options = fill->options;
	for (int64_t from = 0; from < options->accounts; from += OPENED_AT_ONCE) {
		const int64_t left = options->accounts - from;
		TRY(open_some(fill, from, left < OPENED_AT_ONCE ? left : OPENED_AT_ONCE));
	}
	qsort(fill->persons, (size_t)options->accounts, sizeof *fill->persons, by_number);
	return OK;
}

/* --- choosing --- */

/* `out` holds likes_of the account. */
static int64_t choose_likes(const struct fill *fill, const struct fill_person *person, int32_t *out)
{
	struct fill_dice dice = fill_dice(fill->options->seed, CHOOSE_LIKED, person->index);
	const int64_t count = fill->likes_of[person->index];
	fill_pick(&dice, fill->options->videos, count, fill_popular_video, fill, out);
	return count;
}

/* The active are the popular: whoever publishes most is followed most.  Nobody follows themselves. */
static int64_t popular_account(const void *, int64_t rank)
{
	return rank;
}

static int64_t choose_follows(const struct fill *fill, const struct fill_person *person, int32_t *out)
{
	struct fill_dice dice = fill_dice(fill->options->seed, CHOOSE_FOLLOWED, person->index);
	const int64_t count = fill->follows_of[person->index];
	int64_t kept = 0;
	fill_pick(&dice, fill->options->accounts, count, popular_account, NULL, out);
	for (int64_t i = 0; i < count; i++)
		if (out[i] != person->index)
			out[kept++] = out[i];
	fill->follows_of[person->index] = (int32_t)kept;
	return kept;
}

static void count(int32_t *counts, const int32_t *things, int64_t n)
{
	for (int64_t i = 0; i < n; i++)
		counts[things[i]]++;
}

/* How many persons are done already: those up to the last one of whom there is a row. */
static enum err persons_done(const struct fill *fill, const struct stmt *last, int64_t *out)
{
	int64_t number, done = 0;
	TRY(fill_number(fill, last, &number));
	while (done < fill->options->accounts && fill->persons[done].number <= number)
		done++;
	*out = done;
	return OK;
}

typedef int64_t fill_choose(const struct fill *, const struct fill_person *, int32_t *out);

/* Counts what stands, and passes the ids that it has. */
static void count_done(struct fill *fill, fill_choose *choose, int32_t *counts, int64_t done)
{
	for (int64_t i = 0; i < done; i++) {
		const int64_t n = choose(fill, &fill->persons[i], fill->room);
		count(counts, fill->room, n);
		for (int64_t j = 0; j < n; j++)
			(void)id_new(&fill->ids, FILL_END_US);
	}
}

static enum err add_rows(struct ctx *cx, struct fill *fill, const struct stmt *q, int64_t person, const int32_t *things, int64_t n,
	int64_t (*id_of)(const struct fill *, int64_t index))
{
	for (int64_t i = 0; i < n; i++) {
		const struct val vals[] = { I64(id_new(&fill->ids, FILL_END_US)), I64(person), I64(id_of(fill, things[i])) };
		TRY(db_run_(cx, q, sizeof vals / sizeof *vals, vals));
	}
	return OK;
}

/* --- follows, likes --- */

static enum err follow_work(struct ctx *cx, struct fill *fill, int64_t from, int64_t n)
{
	for (int64_t i = from; i < from + n; i++) {
		const struct fill_person *const person = &fill->persons[i];
		const int64_t chosen = choose_follows(fill, person, fill->room);
		TRY(add_rows(cx, fill, &SQL_follow_add, person->number, fill->room, chosen, fill_account_id));
		count(fill->followers, fill->room, chosen);
	}
	return OK;
}

static enum err like_work(struct ctx *cx, struct fill *fill, int64_t from, int64_t n)
{
	for (int64_t i = from; i < from + n; i++) {
		const struct fill_person *const person = &fill->persons[i];
		const int64_t chosen = choose_likes(fill, person, fill->room);
		TRY(add_rows(cx, fill, &SQL_like_add, person->number, fill->room, chosen, fill_video_id));
		count(fill->liked, fill->room, chosen);
	}
	return OK;
}

static enum err relations(struct fill *fill, const char *step, const struct stmt *last, fill_choose *choose, int32_t *counts, fill_work *work)
{
	int64_t done = 0;
	TRY(persons_done(fill, last, &done));
	fill->ids.last = 0;
	count_done(fill, choose, counts, done);
	return fill_each(fill, step, done, fill->options->accounts, PERSONS_AT_ONCE, work);
}

enum err fill_follows(struct fill *fill)
{
	return relations(fill, "people follow", &SQL_fill_last_following, choose_follows, fill->followers, follow_work);
}

enum err fill_likes(struct fill *fill)
{
	return relations(fill, "people like", &SQL_fill_last_liking, choose_likes, fill->liked, like_work);
}

/* --- views --- */

/* Some of what somebody likes, all over the years. */
static int64_t choose_views(const struct fill *fill, const struct fill_person *person, int32_t *out)
{
	const int64_t likes = choose_likes(fill, person, out), views = likes < WATCHED_MOST ? likes : WATCHED_MOST;
	for (int64_t i = 0; i < views; i++)
		out[i] = out[i * likes / views];
	return views;
}

static enum err see(struct ctx *cx, struct fill *fill, int64_t n)
{
	struct view_item items[WATCHED_MOST] = {};
	bool first[WATCHED_MOST];
	for (int64_t i = 0; i < n; i++)
		items[i] = (struct view_item){ .video = fill_video_id(fill, fill->room[i]), .watched_ms = 1000 * (i + 1), .completed = i % 2 };
	return views_add(cx, items, (size_t)n, first);
}

static enum err view_work(struct ctx *cx, struct fill *fill, int64_t from, int64_t n)
{
	for (int64_t i = from; i < from + n; i++) {
		const struct fill_person *const person = &fill->persons[i];
		const int64_t chosen = choose_views(fill, person, fill->room);
		count(fill->watched, fill->room, chosen);
		cx->now_us = FILL_END_US;
		cx->actor.account = fill_account_id(fill, person->index);
		TRY(account_grant(cx, GRANT_OPERATOR, cx->actor.account, &cx->actor.grant));
		const enum err status = see(cx, fill, chosen);
		grant_wipe(&cx->actor.grant);
		TRY(status);
	}
	return OK;
}

enum err fill_views(struct fill *fill)
{
	return relations(fill, "people watch", &SQL_fill_last_watching, choose_views, fill->watched, view_work);
}

/* --- counts --- */

static enum err tally(struct ctx *cx, int64_t subject, const char *kind, int64_t total)
{
	if (total == 0)
		return OK;
	TRY(db_run(cx, SQL_fill_tally, I64(subject), TEXT(str_of(kind)), I64(total)));
	return db_run(cx, SQL_fill_tally_shown, I64(subject), TEXT(str_of(kind)));
}

static enum err tally_video(struct ctx *cx, const struct fill *fill, int64_t i)
{
	const int64_t id = fill_video_id(fill, i);
	struct fill_dice dice = fill_dice(fill->options->seed, CHOOSE_VIEWS, i);
	TRY(tally(cx, id, "likes", fill->liked[i]));
	TRY(tally(cx, id, "comments", fill->said[i]));
	return tally(cx, id, "views", fill->watched[i] + VIEWS_A_LIKE * (int64_t)fill->liked[i] + fill_below(&dice, 100));
}

static enum err tally_account(struct ctx *cx, const struct fill *fill, int64_t i)
{
	const int64_t id = fill_account_id(fill, i);
	TRY(tally(cx, id, "likes", fill->earned[i]));
	TRY(tally(cx, id, "followers", fill->followers[i]));
	return tally(cx, id, "following", fill->follows_of[i]);
}

static enum err tally_work(struct ctx *cx, struct fill *fill, int64_t from, int64_t n)
{
	const int64_t videos = fill->options->videos, people = videos + fill->options->accounts;
	for (int64_t i = from; i < from + n; i++) {
		if (i < videos)
			TRY(tally_video(cx, fill, i));
		else if (i < people)
			TRY(tally_account(cx, fill, i - videos));
		else
			TRY(tally(cx, fill_comment_id(fill, i - people), "replies", fill->answered[i - people]));
	}
	return outbox_total(cx, fill_account_id(fill, 0), "videos", 0);        /* tells the writer that there are totals to show */
}

/* Set, not added: so a second time does no harm. */
enum err fill_totals(struct fill *fill)
{
	for (int64_t i = 0; i < fill->options->videos; i++)
		fill->earned[fill_author(fill, i)] += fill->liked[i];
	return fill_each(fill, "counts", 0, fill->options->videos + fill->options->accounts + fill->comments, TALLIES_AT_ONCE, tally_work);
}

#include "demo/fill.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/config.h"
#include "demo/fill.sql.h"
#include "demo/fill_inside.h"
#include "demo/inside.h"
#include "social/account.h"
#include "social/comment.h"
#include "social/comment.sql.h"
#include "social/follow.h"
#include "social/published.h"
#include "social/video.h"
#include "social/video.sql.h"
#include "store/outbox.h"
#include "store/search.h"
#include "store/writer.h"

#define EXPAND_ROW "social/comment.def"
#include "store/expand.h"
#define EXPAND_ROW "social/video.def"
#include "store/expand.h"

#define ACCOUNTS_US INT64_C(1738368000000000)  /* 2025-02-01: the first account */
#define CLIPS_MOST 8
#define VIDEOS_A_CLIP 1000                     /* a small network has fewer clips */
#define LIKES_A_COMMENT 40
#define FOLLOWS_EACH 30                        /* on average */
#define AT_ONCE 1000
#define TEXT_BYTES_MAX ((size_t)4096)
#define SETTLE_NS 20'000'000
#define CLIP_SEED 77

/* --- what has which number --- */

static int64_t id_at(const struct fill *fill, int64_t us)
{
	struct ids ids;
	ids_init(&ids, fill->ids.region, fill->ids.node, LANE_COMMANDS);
	return id_new(&ids, us);
}

static int64_t step_us(int64_t from_us, int64_t to_us, int64_t count)
{
	return (to_us - from_us) / (count + 1);
}

static int64_t account_us(const struct fill *fill, int64_t i)
{
	return ACCOUNTS_US + i * step_us(ACCOUNTS_US, FILL_VIDEOS_US, fill->options->accounts);
}

static int64_t video_us(const struct fill *fill, int64_t i)
{
	return FILL_VIDEOS_US + i * step_us(FILL_VIDEOS_US, FILL_END_US, fill->options->videos);
}

static int64_t comment_us(const struct fill *fill, int64_t i)
{
	return FILL_VIDEOS_US + (i + 1) * step_us(FILL_VIDEOS_US, FILL_END_US, fill->comments);
}

int64_t fill_account_id(const struct fill *fill, int64_t i)
{
	return id_at(fill, account_us(fill, i));
}

int64_t fill_video_id(const struct fill *fill, int64_t i)
{
	return id_at(fill, video_us(fill, i));
}

/* The number behind that of a video of the same millisecond. */
int64_t fill_comment_id(const struct fill *fill, int64_t i)
{
	return id_at(fill, comment_us(fill, i)) + 1;
}

/* Popular ones are of all years: a prime above every count scatters the ranks, each to a video of its own. */
int64_t fill_popular_video(const void *self, int64_t rank)
{
	static const int64_t prime = 2'654'435'761;
	const struct fill *const fill = self;
	return rank * prime % fill->options->videos;
}

int64_t fill_author(const struct fill *fill, int64_t video)
{
	struct fill_dice dice = fill_dice(fill->options->seed, CHOOSE_AUTHOR, video);
	return fill_first_ones(&dice, fill->options->accounts);
}

enum err fill_number(const struct fill *fill, const struct stmt *q, int64_t *out)
{
	int64_t number = 0;
	const enum err status = db_get_i64_(fill->cx, q, &number, 0, NULL);
	if (status != E_NOTFOUND)
		TRY(status);
	*out = status == OK ? number : 0;
	return OK;
}

/* How many there are, by the id of the last one. */
static enum err done_by(const struct fill *fill, const struct stmt *last, int64_t count, int64_t (*id_of)(const struct fill *, int64_t),
	int64_t *out)
{
	int64_t id, low = 0, high = count;
	TRY(fill_number(fill, last, &id));
	while (low < high) {
		const int64_t middle = (low + high) / 2;
		if (id_of(fill, middle) <= id)
			low = middle + 1;
		else
			high = middle;
	}
	*out = low;
	return OK;
}

/* --- writes --- */

struct call {
	struct fill *fill;
	fill_work *work;
	int64_t from, count;
};

static enum err run_call(struct ctx *cx, void *argument)
{
	const struct call *const call = argument;
	return call->work(cx, call->fill, call->from, call->count);
}

static enum err write_some(const struct call *call)
{
	struct call own = *call;
	AUTO(ctx_end) struct ctx cx = *call->fill->cx;
	cx.mem = arena_new_capped(ARENA_REQUEST_BYTES);
	cx.actor = (struct actor){ .account = 0 };
	cx.ids = &call->fill->ids;
	const enum err status = writer_run(&cx, run_call, &own);
	call->fill->cx->failure = cx.failure;
	return status;
}

static void tell(const struct fill *fill, const char *step, int64_t done, int64_t of)
{
	if (fill->options->progress)
		fill->options->progress(fill->options->self, step, done, of);
}

enum err fill_each(struct fill *fill, const char *step, int64_t done, int64_t of, int64_t at_once, fill_work *work)
{
	tell(fill, step, done, of);
	while (done < of) {
		const struct call call = { .fill = fill, .work = work, .from = done, .count = of - done < at_once ? of - done : at_once };
		TRY(write_some(&call));
		done += call.count;
		tell(fill, step, done, of);
	}
	return OK;
}

/* Each with memory of its own: a thousand would not fit the arena. */
static enum err each_alone(struct ctx *cx, struct fill *fill, int64_t from, int64_t count, enum err (*one)(struct ctx *, struct fill *, int64_t))
{
	const struct arena outer = cx->mem;
	enum err status = OK;
	for (int64_t i = from; status == OK && i < from + count; i++) {
		cx->mem = arena_new_capped(ARENA_REQUEST_BYTES);
		status = one(cx, fill, i);
		arena_free(&cx->mem);
	}
	cx->mem = outer;
	return status;
}

/* --- accounts --- */

static struct str text_of(struct ctx *cx, const struct buf *text)
{
	return arena_copy(&cx->mem, buf_view(text));
}

static enum err sign_up(struct ctx *cx, struct fill *fill, int64_t i)
{
	AUTO(buf_free) struct buf handle = buf_new(TEXT_BYTES_MAX);
	AUTO(buf_free) struct buf name = buf_new(TEXT_BYTES_MAX);
	struct fill_dice dice = fill_dice(fill->options->seed, CHOOSE_ACCOUNT, i);
	const unsigned language = fill_some_language(&dice);
	int64_t id;
	fill_handle(&dice, i, &handle);
	fill_words(&dice, language, 2, &name);
	const struct sign_up asked = {
		.handle = text_of(cx, &handle), .name = text_of(cx, &name), .password = STR(FILL_PASSWORD),
		.languages = { .codes = { str_of(fill_language(language)) }, .count = 1 },
	};
	cx->now_us = account_us(fill, i);
	return account_add_hashed(cx, &asked, fill->hash, &id);
}

static enum err account_work(struct ctx *cx, struct fill *fill, int64_t from, int64_t count)
{
	return each_alone(cx, fill, from, count, sign_up);
}

/* Whoever signed up by themselves has an id of another moment. */
static enum err only_ours(struct fill *fill, int64_t *done)
{
	int64_t count, last;
	TRY(fill_number(fill, &SQL_fill_accounts, &count));
	TRY(fill_number(fill, &SQL_fill_last_account, &last));
	if (count > fill->options->accounts || (count && last != fill_account_id(fill, count - 1)))
		return fail_as(fill->cx, E_CONFLICT, "fill-real-accounts",
			"people have accounts on this node, and a fill never mixes with them: choose another folder");
	*done = count;
	return OK;
}

static enum err accounts(struct fill *fill)
{
	int64_t done = 0;
	TRY(only_ours(fill, &done));
	TRY(password_make_hash(fill->cx, STR(FILL_PASSWORD), &fill->hash));
	return fill_each(fill, "accounts", done, fill->options->accounts, AT_ONCE, account_work);
}

/* --- clips --- */

static int64_t clips_of(const struct fill_options *options)
{
	const int64_t clips = 1 + options->videos / VIDEOS_A_CLIP;
	return clips < CLIPS_MOST ? clips : CLIPS_MOST;
}

/* The first videos have them, each its own. */
static enum err known_clip(struct fill *fill, int64_t i)
{
	AUTO(rows_close) struct rows *rows = NULL;
	struct video row = {};
	struct demo_made_clip *const clip = &fill->clips[i];
	TRY(db_query(fill->cx, SQL_video_raw, &rows, I64(fill_video_id(fill, i))));
	const bool found = rows_next(rows);
	TRY(rows_status(rows));
	if (!found)
		return fail(fill->cx, E_NOTFOUND, "a video of the fill is missing");
	video_read(rows, &row);
	memcpy(clip->video, row.src.p, BLOB_NAME_BYTES - 1);
	memcpy(clip->poster, row.poster.p, BLOB_NAME_BYTES - 1);
	clip->width = (uint32_t)row.width;
	clip->height = (uint32_t)row.height;
	clip->duration_ms = (uint32_t)row.duration_ms;
	clip->bytes = row.bytes;
	clip->colour = (uint32_t)strtoul(arena_text(&fill->cx->mem, str_from(row.color, 1)), NULL, 16);
	return OK;
}

static enum err clips(struct fill *fill, int64_t videos_done)
{
	const int64_t count = clips_of(fill->options);
	fill->clips = arena_new(&fill->cx->mem, struct demo_made_clip, CLIPS_MOST);
	for (int64_t i = 0; i < count; i++) {
		tell(fill, "clips", i, count);
		if (videos_done >= count)
			TRY(known_clip(fill, i));
		else
			TRY(demo_make_clip(fill->cx, &demo_clip_table[i * (DEMO_CLIPS / CLIPS_MOST)], CLIP_SEED, &fill->clips[i]));
	}
	tell(fill, "clips", count, count);
	return OK;
}

/* --- videos --- */

static enum err publish(struct ctx *cx, struct fill *fill, int64_t i)
{
	AUTO(buf_free) struct buf caption = buf_new(TEXT_BYTES_MAX);
	const int64_t author = fill_author(fill, i);
	const struct demo_made_clip *const clip = &fill->clips[i % clips_of(fill->options)];
	struct fill_dice theirs = fill_dice(fill->options->seed, CHOOSE_ACCOUNT, author), dice = fill_dice(fill->options->seed, CHOOSE_VIDEO, i);
	unsigned language = fill_some_language(&theirs);
	int64_t id;
	if (fill_below(&dice, 8) == 0)         /* most speak their own language, mostly */
		language = fill_some_language(&dice);
	fill_caption(&dice, language, &caption);
	const struct video_new video = {
		.account = fill_account_id(fill, author), .caption = text_of(cx, &caption), .language = str_of(fill_language(language)),
		.duration_ms = clip->duration_ms, .width = clip->width, .height = clip->height, .bytes = clip->bytes,
		.src = str_of(clip->video), .poster = str_of(clip->poster), .color = arena_printf(&cx->mem, "#%06x", clip->colour),
		.has_audio = true,
	};
	cx->now_us = video_us(fill, i);
	return video_publish(cx, &video, &id);
}

static enum err video_work(struct ctx *cx, struct fill *fill, int64_t from, int64_t count)
{
	return each_alone(cx, fill, from, count, publish);
}

static enum err videos(struct fill *fill)
{
	int64_t done = 0;
	TRY(done_by(fill, &SQL_fill_last_video, fill->options->videos, fill_video_id, &done));
	TRY(clips(fill, done));
	return fill_each(fill, "videos", done, fill->options->videos, AT_ONCE, video_work);
}

/* --- comments --- */

struct place {
	int64_t video, thread;                 /* indexes; thread -1: none */
};

/* On what stands by then; every fourth is an answer where there is something to answer.  Counts it. */
static struct place place_of(struct fill *fill, int64_t i, struct fill_dice *dice)
{
	const int64_t stands = (comment_us(fill, i) - FILL_VIDEOS_US) / step_us(FILL_VIDEOS_US, FILL_END_US, fill->options->videos);
	const int64_t most = stands < fill->options->videos ? stands : fill->options->videos - 1;
	struct place place = { .video = fill_popular_video(fill, fill_first_ones(dice, fill->options->videos)) % (most + 1), .thread = -1 };
	if (fill_below(dice, 4) == 0)
		place.thread = fill->thread[place.video] - 1;
	if (place.thread >= 0)
		fill->answered[place.thread]++;
	else
		fill->thread[place.video] = (int32_t)i + 1;
	fill->said[place.video]++;
	return place;
}

static int64_t speaker(const struct fill *fill, int64_t comment)
{
	struct fill_dice dice = fill_dice(fill->options->seed, CHOOSE_SAID, comment);
	return fill_below(&dice, fill->options->accounts);
}

static enum err say(struct ctx *cx, struct fill *fill, int64_t i)
{
	AUTO(buf_free) struct buf text = buf_new(TEXT_BYTES_MAX);
	struct fill_dice dice = fill_dice(fill->options->seed, CHOOSE_COMMENT, i);
	const struct place place = place_of(fill, i, &dice);
	const int64_t by = speaker(fill, i);
	struct fill_dice theirs = fill_dice(fill->options->seed, CHOOSE_ACCOUNT, by);
	fill_words(&dice, fill_some_language(&theirs), 1 + fill_below(&dice, 8), &text);
	cx->now_us = comment_us(fill, i);
	const struct comment row = {
		.id = fill_comment_id(fill, i), .video = fill_video_id(fill, place.video), .account = fill_account_id(fill, by),
		.text = text_of(cx, &text), .created_us = cx->now_us,
		.thread = place.thread >= 0 ? fill_comment_id(fill, place.thread) : 0,
		.answers = place.thread >= 0 ? fill_account_id(fill, speaker(fill, place.thread)) : 0,
	};
	struct val vals[comment_columns];
	comment_vals(&row, vals);
	TRY(published_add(cx, &(struct published){ .id = row.id, .account = row.account, .video = row.video, .thread = row.thread }));
	return outbox_post_(cx, "comment", row.id, 'P', &SQL_comment_put, comment_columns, vals);
}

static enum err comment_work(struct ctx *cx, struct fill *fill, int64_t from, int64_t count)
{
	return each_alone(cx, fill, from, count, say);
}

static enum err comments(struct fill *fill)
{
	int64_t done = 0;
	TRY(done_by(fill, &SQL_fill_last_comment, fill->comments, fill_comment_id, &done));
	for (int64_t i = 0; i < done; i++) {
		struct fill_dice dice = fill_dice(fill->options->seed, CHOOSE_COMMENT, i);
		(void)place_of(fill, i, &dice);
	}
	return fill_each(fill, "comments", done, fill->comments, AT_ONCE, comment_work);
}

/* --- all of it --- */

static enum err nothing(struct ctx *, struct fill *, int64_t, int64_t)
{
	return OK;
}

/* Until public.db shows every count; what is left in the outbox is applied, and goes when a server is idle. */
static enum err settle(struct fill *fill)
{
	const struct timespec moment = { .tv_nsec = SETTLE_NS };
	const struct call call = { .fill = fill, .work = nothing };
	int64_t waiting, most = 0;
	TRY(fill_number(fill, &SQL_fill_waiting, &waiting));
	for (most = waiting; waiting > 0;) {
		tell(fill, "counts are shown", most - waiting, most);
		TRY(write_some(&call));
		const int64_t before = waiting;
		TRY(fill_number(fill, &SQL_fill_waiting, &waiting));
		if (waiting == before)
			nanosleep(&moment, NULL);      /* totals go out some 100 ms after they changed */
	}
	tell(fill, "counts are shown", most, most);
	return OK;
}

/* As the job of a server leaves it at its best, so that nodes of two sizes can be compared. */
static enum err tidy(struct fill *fill)
{
	bool more = true;
	for (int64_t call = 0; more; call++) {
		tell(fill, "index of words is put together", call, call + 1);
		TRY(search_tidy(fill->cx, true, &more));
	}
	return OK;
}

static int64_t likes_most(const struct fill_options *options)
{
	return options->videos / 2;
}

enum err fill_check(struct ctx *cx, const struct fill_options *options)
{
	if (options->likes > likes_most(options) * options->accounts)
		return fail(cx, E_INVALID, "so many likes are more than half of all that %lld accounts can give to %lld videos",
			(long long)options->accounts, (long long)options->videos);
	return OK;
}

static int32_t *counts(int64_t count)
{
	int32_t *const numbers = calloc((size_t)count + 1, sizeof *numbers);
	if (!numbers)
		abort();
	return numbers;
}

static void fill_free(struct fill *fill)
{
	int32_t *const all[] = { fill->likes_of, fill->follows_of, fill->liked, fill->said, fill->watched, fill->followers, fill->earned,
		fill->answered, fill->thread, fill->room };
	for (size_t i = 0; i < sizeof all / sizeof *all; i++)
		free(all[i]);
	free(fill->persons);
}

static void reserve(struct fill *fill)
{
	const struct fill_options *const options = fill->options;
	const int64_t accounts = options->accounts, videos = options->videos, half = accounts / 2;
	fill->comments = options->likes / LIKES_A_COMMENT;
	fill->follows = FOLLOWS_EACH * accounts < half * accounts / 2 ? FOLLOWS_EACH * accounts : half * accounts / 2;
	fill->likes_of = counts(accounts);
	fill->follows_of = counts(accounts);
	fill->followers = counts(accounts);
	fill->earned = counts(accounts);
	fill->liked = counts(videos);
	fill->said = counts(videos);
	fill->watched = counts(videos);
	fill->thread = counts(videos);
	fill->answered = counts(fill->comments);
	fill->room = counts(videos > accounts ? videos : accounts);
	fill->persons = calloc((size_t)accounts, sizeof *fill->persons);
	if (!fill->persons)
		abort();
	fill_shares(options->likes, accounts, likes_most(options), fill->likes_of);
	fill_shares(fill->follows, accounts, half < FOLLOW_MAX ? half : FOLLOW_MAX, fill->follows_of);
}

enum err fill_run(struct ctx *cx, const struct fill_options *options)
{
	AUTO(fill_free) struct fill fill = { .cx = cx, .options = options };
	ids_init(&fill.ids, (unsigned)cx->config->region_number, (unsigned)cx->config->region_node, LANE_COMMANDS);
	TRY(fill_check(cx, options));
	TRY(demo_fonts_there(cx));
	reserve(&fill);
	TRY(accounts(&fill));
	TRY(videos(&fill));
	TRY(comments(&fill));
	TRY(fill_open_persons(&fill));
	TRY(fill_follows(&fill));
	TRY(fill_likes(&fill));
	TRY(fill_views(&fill));
	TRY(fill_totals(&fill));
	TRY(settle(&fill));
	return tidy(&fill);
}

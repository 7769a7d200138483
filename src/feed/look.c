#include "feed/look.h"

#include <assert.h>
#include <string.h>

#include "feed/feed.sql.h"
#include "feed/learn.h"
#include "feed/rank.h"
#include "social/follow.h"
#include "social/video_json.h"

#define OLDER_BATCH 32
#define JSON_BYTES_MAX ((size_t)64 * 1024)
/* How far chance may lift a liked video: as two doublings of its likes. */
#define HEAT_CHANCE 2000

void set_add(struct set *set, uint64_t number)
{
	const uint64_t stored = number ? number : 1;
	assert(set->count < SET_SLOTS - 1);
	size_t at = rank_hash(0, (int64_t)stored) % SET_SLOTS;
	while (set->slots[at] && set->slots[at] != stored)
		at = (at + 1) % SET_SLOTS;
	set->count += set->slots[at] == 0;
	set->slots[at] = stored;
}

bool set_has(const struct set *set, uint64_t number)
{
	const uint64_t stored = number ? number : 1;
	if (set->count == 0)
		return false;
	size_t at = rank_hash(0, (int64_t)stored) % SET_SLOTS;
	while (set->slots[at] && set->slots[at] != stored)
		at = (at + 1) % SET_SLOTS;
	return set->slots[at] != 0;
}

static bool asked_language(const struct feed_ask *ask, struct str code)
{
	for (unsigned i = 0; i < ask->language_count; i++)
		if (str_eq(ask->languages[i], code))
			return true;
	return ask->language_count == 0 || ask->guessed || code.n == 0;
}

static struct choices list_new(struct ctx *cx, unsigned max)
{
	return (struct choices){ .max = max, .items = arena_new(&cx->mem, struct choice, max) };
}

static enum err learn_follows(struct look *look)
{
	if (look->cx->actor.account == 0)
		return OK;
	int64_t *const accounts = arena_new(&look->cx->mem, int64_t, LOOK_FOLLOWS_MAX);
	size_t count = 0;
	TRY(follow_recent(look->cx, accounts, LOOK_FOLLOWS_MAX, &count));
	for (size_t i = 0; i < count; i++)
		set_add(&look->followed, (uint64_t)accounts[i]);
	return OK;
}

static enum err learn_interests(struct look *look)
{
	struct ctx *const cx = look->cx;
	struct interests *const interests = &look->pull.interests;
	TRY(cx->actor.account ? interests_get(cx, interests) : interests_from(cx, look->ask->told, look->ask->told_count, interests));
	pull_lay(cx, look->pool, look->ask, &look->pull);
	for (size_t i = 0; cx->actor.account == 0 && i < look->ask->told_count; i++)
		if (look->ask->told[i].opinion == OPINION_HIDE && !look->ask->told[i].undo)
			set_add(&look->refused, (uint64_t)look->ask->told[i].video);
	return OK;
}

enum err look_new(struct ctx *cx, const struct feed_ask *ask, const struct pool *pool, const struct walk *walk, struct look **out)
{
	struct look *const look = arena_new(&cx->mem, struct look, 1);
	look->cx = cx;
	look->ask = ask;
	look->pool = pool;
	look->walk = *walk;
	for (unsigned i = 0; i < pool->language_count; i++)
		look->reads[i] = asked_language(ask, str_of(pool->languages[i]));
	for (unsigned i = 0; i < walk->ahead_count; i++)
		set_add(&look->ahead, walk->ahead[i]);
	TRY(learn_interests(look));
	look->fresh = list_new(cx, look->pull.on ? LOOK_FRESH_BESIDE : LOOK_FRESH);
	look->wanted = list_new(cx, look->pull.on ? LOOK_WANTED : 0);
	look->liked = list_new(cx, LOOK_LIKED);
	look->follows = list_new(cx, LOOK_FOLLOWED);
	look->older = list_new(cx, LOOK_OLDER);
	TRY(learn_follows(look));
	*out = look;
	return OK;
}

/* --- the pool --- */

static bool comes_before(uint64_t rank, int64_t id, uint64_t other_rank, int64_t other_id)
{
	return rank < other_rank || (rank == other_rank && id < other_id);
}

/* While thousands are looked at, lists hold no more than where each stands. */
struct place {
	uint64_t rank;
	int64_t id;
	uint32_t candidate;
};
#define PLACES_MAX LOOK_VARIETY
static_assert(LOOK_FRESH <= PLACES_MAX && LOOK_WANTED <= PLACES_MAX, "each list has room");
struct places {
	unsigned count, max;
	struct place items[PLACES_MAX];
};

static bool has_room_for(const struct places *list, uint64_t rank, int64_t id)
{
	if (list->count < list->max)
		return true;
	if (list->max == 0)
		return false;
	const struct place *const last = &list->items[list->count - 1];
	return comes_before(rank, id, last->rank, last->id);
}

/* The rank above which it has no room. */
static uint64_t worst_of(const struct places *list)
{
	if (list->count < list->max)
		return UINT64_MAX;
	return list->max ? list->items[list->count - 1].rank : 0;
}

static void offer(struct places *list, uint64_t rank, int64_t id, uint32_t candidate)
{
	if (!has_room_for(list, rank, id))
		return;
	if (list->count < list->max)
		list->count++;
	unsigned at = list->count - 1;
	while (at > 0 && comes_before(rank, id, list->items[at - 1].rank, list->items[at - 1].id)) {
		list->items[at] = list->items[at - 1];
		at--;
	}
	list->items[at] = (struct place){ .rank = rank, .id = id, .candidate = candidate };
}

/* For this reader, in this phase; whether it was shown already is another question. */
static bool suits(const struct look *look, const struct candidate *video)
{
	return look->reads[video->language] == (look->walk.phase == WALK_READABLE) && video->author != look->cx->actor.account;
}

/* Notes where the turn of a shown one is: whatever the order is about to pass has been looked at. */
static bool shown_or_refused(struct look *look, int64_t video, uint64_t rank)
{
	struct walk *const walk = &look->walk;
	const uint32_t fingerprint = walk_fingerprint(walk, video);
	if (!set_has(&look->ahead, fingerprint))
		return set_has(&look->refused, (uint64_t)video);
	for (unsigned i = 0; i < walk->ahead_count; i++)
		if (walk->ahead[i] == fingerprint)
			look->turns[i] = (struct turn){ .rank = rank, .id = video };
	return true;
}

static bool passed_in_pool(const struct walk *walk, uint64_t rank, int64_t id)
{
	return !comes_before(walk->rank, walk->id, rank, id);
}

static const struct candidate *candidate_at(const struct pool *pool, uint32_t candidate)
{
	return candidate < pool->fresh_count ? &pool->fresh[candidate] : &pool->liked[candidate - pool->fresh_count];
}

static void fill(const struct look *look, const struct places *places, enum feed_reason reason, bool pulled, struct choices *list)
{
	const struct pool *const pool = look->pool;
	for (unsigned i = 0; i < places->count; i++) {
		const uint32_t candidate = places->items[i].candidate;
		const bool fresh = candidate < pool->fresh_count;
		struct choice *const choice = &list->items[i];
		*choice = (struct choice){
			.video = *candidate_at(pool, candidate), .rank = places->items[i].rank, .candidate = candidate, .reason = reason,
			.json = fresh ? pool->fresh_json[candidate] : pool->liked_json[candidate - pool->fresh_count], .pulled = pulled,
		};
		if (!look->pull.on)
			continue;
		choice->total = pull_total(&look->pull, candidate, choice->video.language);
		choice->held = pull_holds(&look->pull, candidate, choice->video.language);
		if (choice->held)
			choice->kinds = pull_kinds(&look->pull, candidate, choice->video.language);
	}
	list->count = places->count;
}

/* The best two of a language, of two creators. */
struct two {
	uint64_t ranks[2];                     /* UINT64_MAX: none */
	uint32_t candidates[2];
	int64_t author;                        /* of the first */
};

static void keep_two(struct two *two, uint64_t rank, uint32_t candidate, int64_t author)
{
	const bool same = two->author == author;
	if (rank < two->ranks[0]) {
		if (!same) {
			two->ranks[1] = two->ranks[0];
			two->candidates[1] = two->candidates[0];
		}
		two->ranks[0] = rank;
		two->candidates[0] = candidate;
		two->author = author;
	} else if (!same && rank < two->ranks[1]) {
		two->ranks[1] = rank;
		two->candidates[1] = candidate;
	}
}

static struct two *twos_new(struct look *look)
{
	struct two *const best = arena_new(&look->cx->mem, struct two, look->pool->language_count);
	for (unsigned i = 0; i < look->pool->language_count; i++)
		best[i].ranks[0] = best[i].ranks[1] = UINT64_MAX;
	return best;
}

/* A language asked for comes before the others, above whatever pull_rank() gives. */
#define WISH_SHIFT 57

static void fill_variety(struct look *look, const struct two *best)
{
	struct places places = { .max = LOOK_VARIETY };
	unsigned languages = 0;
	for (unsigned i = 0; i < look->pool->language_count; i++) {
		languages += best[i].ranks[0] != UINT64_MAX;
		const uint64_t wish = (uint64_t)look->pull.wished[i] << WISH_SHIFT;
		for (unsigned k = 0; k < 2 && best[i].ranks[k] != UINT64_MAX; k++) {
			const uint32_t candidate = best[i].candidates[k];
			offer(&places, best[i].ranks[k] | wish, candidate_at(look->pool, candidate)->id, candidate);
		}
	}
	look->variety = list_new(look->cx, LOOK_VARIETY);
	if (languages > 1)                     /* one alone is no variety, and may not say so */
		fill(look, &places, FEED_VARIETY, false, &look->variety);
}

/* Thousands for each request: what is ranked too low goes by after one comparison, or two. */
static void look_at_fresh(struct look *look, int64_t avoid, bool ahead, struct two *best)
{
	const struct walk *const walk = &look->walk;
	const struct pool *const pool = look->pool;
	const struct pull *const pull = &look->pull;
	const uint64_t seed = walk->seed;
	const int64_t start_s = walk->start_s, base = walk->base;
	const bool pulls = pull->on || best;
	struct places fresh = { .max = look->fresh.max }, wanted = { .max = look->wanted.max };
	struct places follows = { .max = ahead && look->followed.count > 0 ? look->follows.max : 0 };
	uint64_t worst = UINT64_MAX, worst_wanted = worst_of(&wanted);
	for (unsigned i = 0; i < pool->fresh_count && pool->fresh[i].id >= base; i++) {
		const struct candidate *const video = &pool->fresh[i];
		const uint64_t rank = rank_of(seed, start_s, video->id, video->created_s);
		if (rank > worst && (!pulls || (!best && pull_rank_least(pull, rank) > worst_wanted)))
			continue;
		struct two *const two = best ? &best[video->language] : NULL;
		const uint64_t pulled = pulls ? pull_rank(pull, rank, i, video->language) : 0;
		const bool varied = two && pulled < two->ranks[1];
		if ((rank > worst && pulled > worst_wanted && !varied) || video->id > walk->top || !suits(look, video)
				|| video->author == avoid || passed_in_pool(walk, rank, video->id))
			continue;
		const bool followed = follows.max && set_has(&look->followed, (uint64_t)video->author) && has_room_for(&follows, rank, video->id);
		if (!followed && !varied && !has_room_for(&fresh, rank, video->id) && !has_room_for(&wanted, pulled, video->id))
			continue;
		if (shown_or_refused(look, video->id, rank))
			continue;
		offer(&fresh, rank, video->id, i);
		offer(&wanted, pulled, video->id, i);
		if (followed)
			offer(&follows, rank, video->id, i);
		if (varied)
			keep_two(two, pulled, i, video->author);
		worst = worst_of(&fresh) > worst_of(&follows) ? worst_of(&fresh) : worst_of(&follows);
		worst_wanted = worst_of(&wanted);
	}
	fill(look, &fresh, FEED_FRESH, false, &look->fresh);
	fill(look, &wanted, FEED_FRESH, true, &look->wanted);
	fill(look, &follows, FEED_FOLLOWED, false, &look->follows);
}

static void look_at_liked(struct look *look)
{
	const struct walk *const walk = &look->walk;
	const struct pool *const pool = look->pool;
	/* Another chance for each page, the same for each time that this page is asked for. */
	const uint64_t seed = rank_hash(walk->seed + walk->rank, walk->id + walk->author);
	struct places liked = { .max = look->liked.max };
	for (unsigned i = 0; i < pool->liked_count; i++) {
		const struct candidate *const video = &pool->liked[i];
		if (video->id > walk->top || !suits(look, video))
			continue;
		const int pull = look->pull.on ? pull_total(&look->pull, pool->fresh_count + i, video->language) : 0;
		const uint64_t heat = (uint64_t)(video->heat + PULL_MOST + pull) + rank_hash(seed, video->id) % HEAT_CHANCE;
		if (!has_room_for(&liked, UINT32_MAX - heat, video->id))
			continue;
		const uint64_t rank = rank_of(walk->seed, walk->start_s, video->id, video->created_s);
		const bool passed = video->id >= walk->base ? passed_in_pool(walk, rank, video->id) : video->id >= walk->older;
		if (!passed && !shown_or_refused(look, video->id, rank))
			offer(&liked, UINT32_MAX - heat, video->id, pool->fresh_count + i);
	}
	fill(look, &liked, FEED_LIKED, false, &look->liked);
}

void look_at_pool(struct look *look, int64_t avoid, bool ahead, bool variety)
{
	struct two *const best = variety ? twos_new(look) : NULL;
	look->liked.count = look->variety.count = 0;
	look_at_fresh(look, avoid, ahead, best);
	if (ahead)
		look_at_liked(look);
	if (best)
		fill_variety(look, best);
}

void look_remember(struct look *look, const struct candidate *video)
{
	struct walk *const walk = &look->walk;
	const uint32_t fingerprint = walk_fingerprint(walk, video->id);
	look->turns[walk->ahead_count] = (struct turn){
		.rank = rank_of(walk->seed, walk->start_s, video->id, video->created_s), .id = video->id,
	};
	walk->ahead[walk->ahead_count++] = fingerprint;
	set_add(&look->ahead, fingerprint);
}

static bool turn_is_over(const struct walk *walk, const struct turn *turn)
{
	if (turn->id == 0)
		return false;
	return turn->id >= walk->base ? passed_in_pool(walk, turn->rank, turn->id) : turn->id >= walk->older;
}

void look_forget_passed(struct look *look)
{
	struct walk *const walk = &look->walk;
	unsigned kept = 0;
	for (unsigned i = 0; i < walk->ahead_count; i++) {
		if (turn_is_over(walk, &look->turns[i]))
			continue;
		look->turns[kept] = look->turns[i];
		walk->ahead[kept++] = walk->ahead[i];
	}
	walk->ahead_count = kept;
}

/* --- what is older than the pool --- */

static void add_older(struct look *look, const struct video_view *view)
{
	struct buf json = buf_new(JSON_BYTES_MAX);
	video_json_members(&json, view);
	struct choice *const choice = &look->older.items[look->older.count++];
	*choice = (struct choice){
		.video = { .id = view->video.id, .author = view->video.account }, .reason = FEED_FRESH, .candidate = NOT_IN_POOL,
		.json = arena_copy(&look->cx->mem, buf_view(&json)),
	};
	const bool reads = asked_language(look->ask, view->video.language);
	choice->rejected = reads != (look->walk.phase == WALK_READABLE) || choice->video.author == look->cx->actor.account
		|| json.failed;
	choice->taken = shown_or_refused(look, choice->video.id, 0);
	buf_free(&json);
}

enum err look_at_older(struct look *look)
{
	struct choices *const older = &look->older;
	const int64_t before = older->count ? older->items[older->count - 1].video.id : look->walk.older;
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(look->cx, SQL_feed_older, &rows, I64(before), I64(OLDER_BATCH)));
	unsigned count = 0;
	while (older->count < older->max && rows_next(rows)) {
		struct video_view view;
		feed_read_view(rows, &view);
		add_older(look, &view);
		count++;
	}
	TRY(rows_status(rows));
	look->older_end = count < OLDER_BATCH;
	return OK;
}

/* --- whom and what this person does not want to see --- */

enum unwanted { UNWANTED_WATCHED, UNWANTED_BLOCKED };

static enum err ask_unwanted(struct look *look, struct choice *const *asked, unsigned count)
{
	struct val vals[1 + 2 * LOOK_CHECK];
	vals[0] = I64(look->cx->actor.grant.person);
	for (unsigned i = 0; i < LOOK_CHECK; i++) {
		vals[1 + i] = I64(i < count ? asked[i]->video.id : 0);
		vals[1 + LOOK_CHECK + i] = I64(i < count ? asked[i]->video.author : 0);
	}
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query_(look->cx, &SQL_feed_unwanted, &rows, sizeof vals / sizeof vals[0], vals));
	while (rows_next(rows)) {
		const bool blocked = rows_i64(rows, 0) == UNWANTED_BLOCKED;
		const int64_t id = rows_i64(rows, 1);
		for (unsigned i = 0; i < count; i++)
			if (id == (blocked ? asked[i]->video.author : asked[i]->video.id))
				asked[i]->rejected = true;
	}
	return rows_status(rows);
}

enum err look_check(struct look *look, struct choices *const *lists, unsigned list_count)
{
	struct choice *asked[LOOK_CHECK];
	unsigned count = 0;
	for (unsigned k = 0; k < list_count; k++)
		for (unsigned i = 0; i < lists[k]->count && count < LOOK_CHECK; i++)
			if (!lists[k]->items[i].checked && !lists[k]->items[i].rejected && !lists[k]->items[i].taken)
				asked[count++] = &lists[k]->items[i];
	if (look->cx->actor.account != 0 && count > 0)
		TRY(ask_unwanted(look, asked, count));
	for (unsigned i = 0; i < count; i++) {
		asked[i]->checked = true;
		if (asked[i]->rejected)
			set_add(&look->refused, (uint64_t)asked[i]->video.id);
	}
	return OK;
}

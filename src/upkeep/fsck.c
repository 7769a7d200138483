#include "upkeep/fsck.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "store/snapshot.h"
#include "store/writer.h"
#include "upkeep/fsck.sql.h"
#include "upkeep/inside.h"

#define SETTLE_US (3 * SECOND_US)
#define LAGGING_US (20 * 1000)                 /* an outbox that does not move is waited for once */
#define ROUNDS 3                               /* what is found is looked at again so often, */
#define AGAIN_NS 250'000'000                   /* after so long */
#define PREFLIGHT 4                            /* the first invariants of the table need no sound store */

#define FAULT false
#define RESIDUE true
#define BY(function) CHECK_BY, function, NULL, NULL
#define ROWS(statement) CHECK_ROWS, NULL, &SQL_##statement, NULL
#define SAME(left, right) CHECK_SAME, NULL, &SQL_##left, &SQL_##right
#define WITHIN(left, right) CHECK_WITHIN, NULL, &SQL_##left, &SQL_##right
#define COUNTED(left, right) CHECK_COUNTED, NULL, &SQL_##left, &SQL_##right
#define COUNTED_AT_LEAST(left, right) CHECK_COUNTED_AT_LEAST, NULL, &SQL_##left, &SQL_##right
#define CHECKED(kind_, by_, a_, b_) .kind = kind_, .by = by_, .a = a_, .b = b_
#define CHECK_OF(...) CHECKED(__VA_ARGS__)
#define INVARIANT(name_, weight_, check_, repair_, holds_, mended_)                                                        \
	{ .words = { .name = name_, .holds = holds_, .mended = mended_, .residue = weight_ }, \
		CHECK_OF(check_), .repair = repair_ },
static const struct invariant invariants[] = {
#include "upkeep/invariants.def"
};
#define INVARIANTS (sizeof invariants / sizeof *invariants)
static_assert(INVARIANTS <= FSCK_FINDINGS_MAX, "a report holds a finding of each");

bool fsck_invariant(size_t index, struct invariant_words *out)
{
	if (index >= INVARIANTS)
		return false;
	*out = invariants[index].words;
	return true;
}

void fsck_tell(struct fsck *fsck, int64_t id, const char *name)
{
	fsck->total++;
	if (fsck->count == FOUND_MAX)
		return;
	struct found *found = &fsck->found[fsck->count++];
	found->id = id;
	snprintf(found->name, sizeof found->name, "%s", name);
}

void fsck_batch_ctx(const struct ctx *cx, struct ctx *out)
{
	*out = *cx;
	out->mem = arena_new_capped(ARENA_REQUEST_BYTES);
	out->actor = (struct actor){};
}

/* --- comparing --- */

struct side {
	struct rows *rows;
	bool more;
	int64_t key, value;
};

static void step(struct fsck *fsck, struct side *side)
{
	side->more = rows_next(side->rows);
	if (!side->more)
		return;
	side->key = rows_i64(side->rows, 0);
	side->value = rows_i64(side->rows, 1);
	fsck->looked++;
}

static void compare_sides(struct fsck *fsck, const struct invariant *invariant, struct side *a, struct side *b)
{
	step(fsck, a);
	step(fsck, b);
	while (a->more || b->more) {
		bool only_a = !b->more || (a->more && a->key < b->key), only_b = !a->more || (b->more && b->key < a->key);
		if (only_a && (invariant->kind == CHECK_SAME || invariant->kind == CHECK_WITHIN))
			fsck_tell(fsck, a->key, "");
		if (only_b && invariant->kind == CHECK_SAME)
			fsck_tell(fsck, b->key, "");
		if (!only_a && !only_b && a->value != b->value)
			fsck_tell(fsck, a->key, "");
		if (!only_b)
			step(fsck, a);
		if (!only_a)
			step(fsck, b);
	}
}

enum err fsck_compare(struct fsck *fsck, struct ctx *cx, const struct invariant *invariant, const char *kind)
{
	const struct val vals[] = { TEXT(str_of(kind)) };
	AUTO(rows_close) struct rows *left = NULL;
	AUTO(rows_close) struct rows *right = NULL;
	struct side a = { .more = false }, b = { .more = false };
	TRY(db_query_(cx, invariant->a, &left, kind ? 1 : 0, vals));
	TRY(db_query_(cx, invariant->b, &right, kind ? 1 : 0, vals));
	a.rows = left;
	b.rows = right;
	compare_sides(fsck, invariant, &a, &b);
	enum err left_status = rows_status(left), right_status = rows_status(right);
	TRY(left_status);
	return right_status;
}

static enum err check_rows(struct fsck *fsck, struct ctx *cx, const struct invariant *invariant)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query_(cx, invariant->a, &rows, 0, NULL));
	while (rows_next(rows))
		fsck_tell(fsck, rows_i64(rows, 0), "");
	return rows_status(rows);
}

static enum err check_once(struct fsck *fsck, struct ctx *cx)
{
	const struct invariant *invariant = fsck->invariant;
	switch (invariant->kind) {
	case CHECK_BY: return invariant->by(fsck, cx);
	case CHECK_ROWS: return check_rows(fsck, cx, invariant);
	case CHECK_COUNTED:
	case CHECK_COUNTED_AT_LEAST: return fsck_count(fsck, cx);
	default: break;
	}
	/* Posts under way would look like losses; what is never applied is another invariant's finding. */
	if (!fsck->settled && invariant->a->store != invariant->b->store && (invariant->a->store == PUBLIC_DB || invariant->b->store == PUBLIC_DB))
		return OK;
	return fsck_compare(fsck, cx, invariant, NULL);
}

/* --- a moment, again and again --- */

static enum err look(struct fsck *fsck, struct ctx *from, struct db *db)
{
	AUTO(ctx_end) struct ctx cx;
	fsck_batch_ctx(from, &cx);
	cx.db = db;
	fsck->count = 0;
	fsck->total = 0;
	enum err e = snapshot_hold_all(&cx, fsck->lagging ? LAGGING_US : SETTLE_US, &fsck->settled);
	fsck->lagging = e == OK && !fsck->settled;
	if (e == OK)
		e = check_once(fsck, &cx);
	snapshot_let_go(&cx);
	cx.db = NULL;
	if (e != OK)
		from->failure = cx.failure;
	return e;
}

static bool among(const struct found *items, size_t count, const struct found *wanted)
{
	for (size_t i = 0; i < count; i++)
		if (items[i].id == wanted->id && strcmp(items[i].name, wanted->name) == 0)
			return true;
	return false;
}

static void keep_common(struct fsck *fsck, const struct found *before, size_t before_count, int64_t before_total)
{
	size_t kept = 0;
	bool all = fsck->total <= FOUND_MAX && before_total <= FOUND_MAX;
	for (size_t i = 0; i < fsck->count; i++)
		if (!all || among(before, before_count, &fsck->found[i]))
			fsck->found[kept++] = fsck->found[i];
	fsck->count = kept;
	if (all)
		fsck->total = (int64_t)kept;
}

/* Only what is wrong each time is wrong: a write that was under way is over by then. */
static enum err look_again(struct fsck *fsck, struct ctx *cx, struct db *db)
{
	const struct timespec wait = { .tv_nsec = AGAIN_NS };
	AUTO(arena_free) struct arena own = arena_new_capped(FOUND_MAX * sizeof(struct found) + 4096);
	struct found *before = arena_new(&own, struct found, FOUND_MAX);
	TRY(look(fsck, cx, db));
	for (unsigned round = 1; round < ROUNDS && fsck->total > 0; round++) {
		size_t count = fsck->count;
		int64_t total = fsck->total;
		memcpy(before, fsck->found, count * sizeof *before);
		nanosleep(&wait, NULL);
		TRY(look(fsck, cx, db));
		keep_common(fsck, before, count, total);
	}
	return OK;
}

/* --- the report --- */

static struct fsck_finding *report_finding(const struct fsck *fsck, struct fsck_report *report)
{
	struct fsck_finding *finding = &report->findings[report->count++];
	*finding = (struct fsck_finding){ .invariant = fsck->invariant->words, .count = fsck->total };
	for (size_t i = 0; i < fsck->count && i < FSCK_EXAMPLES; i++, finding->example_count++) {
		const struct found *found = &fsck->found[i];
		if (found->name[0])
			snprintf(finding->examples[i], FSCK_EXAMPLE_BYTES, "%s", found->name);
		else
			snprintf(finding->examples[i], FSCK_EXAMPLE_BYTES, "%lld", (long long)found->id);
	}
	return finding;
}

struct repairing {
	const struct fsck *fsck;
	const struct found *found;
};

static enum err repair_work(struct ctx *cx, void *argument)
{
	const struct repairing *repairing = argument;
	return repairing->fsck->invariant->repair(cx, repairing->found);
}

/* Each in a write of its own: what one repair does, another may have done already (E_NOTFOUND). */
static enum err repair_all(struct fsck *fsck, struct ctx *cx, struct fsck_finding *finding)
{
	for (size_t i = 0; i < fsck->count; i++) {
		AUTO(ctx_end) struct ctx own;
		fsck_batch_ctx(cx, &own);
		struct repairing repairing = { fsck, &fsck->found[i] };
		enum err e = writer_run(&own, repair_work, &repairing);
		own.db = NULL;
		if (e == OK)
			finding->repaired++;
		else if (e != E_NOTFOUND && e != E_CONFLICT) {
			cx->failure = own.failure;
			return e;
		}
	}
	return OK;
}

static enum err settle(struct fsck *fsck, struct ctx *cx, struct db *db, struct fsck_report *report)
{
	report->checked++;
	if (fsck->total == 0)
		return OK;
	struct fsck_finding *finding = report_finding(fsck, report);
	bool removes_files = fsck->invariant->repair == repair_file;
	if (fsck->options->repair && fsck->invariant->repair && !(removes_files && fsck->options->serving)) {
		TRY(repair_all(fsck, cx, finding));
		TRY(look(fsck, cx, db));           /* does it hold now? */
		finding->repaired = finding->count - fsck->total;
	}
	if (!finding->invariant.residue)
		report->faults += finding->count - finding->repaired;
	return OK;
}

static void tell_progress(const struct fsck_options *options, size_t at, int64_t took_us)
{
	if (options->progress)
		options->progress(options->self, (unsigned)at + 1, INVARIANTS, invariants[at].words.name, took_us);
}

/* --- before the stores are opened --- */

enum err fsck_preflight(struct ctx *cx, const struct fsck_options *options, struct fsck_report *out, bool *sound)
{
	AUTO(arena_free) struct arena own = arena_new_capped(sizeof(struct fsck) + 4096);
	struct fsck *fsck = arena_new(&own, struct fsck, 1);
	*out = (struct fsck_report){};
	fsck->options = options;
	for (size_t i = 0; i < PREFLIGHT; i++) {
		const int64_t from_us = clock_boot_us(NULL);
		tell_progress(options, i, -1);
		fsck->invariant = &invariants[i];
		fsck->count = 0;
		fsck->total = 0;
		TRY(fsck->invariant->by(fsck, cx));
		tell_progress(options, i, clock_boot_us(NULL) - from_us);
		out->checked++;
		if (fsck->total > 0) {
			report_finding(fsck, out);
			out->faults += fsck->total;
		}
	}
	out->looked = fsck->looked;
	*sound = out->faults == 0;
	if (!*sound)
		out->unchecked = (unsigned)(INVARIANTS - PREFLIGHT);
	return OK;
}

enum err fsck_rest(struct ctx *cx, const struct fsck_options *options, struct fsck_report *out)
{
	AUTO(arena_free) struct arena own = arena_new_capped(sizeof(struct fsck) + 4096);
	struct fsck *fsck = arena_new(&own, struct fsck, 1);
	struct db_config reading = { .folder = options->folder, .store_key = options->store_key, .patient = true, .cache_kib = options->cache_kib };
	AUTO(db_close) struct db *db = NULL;
	TRY(db_open(cx, &reading, &db));
	fsck->options = options;
	fsck->looked = out->looked;
	for (size_t i = PREFLIGHT; i < INVARIANTS; i++) {
		const int64_t from_us = clock_boot_us(NULL);
		tell_progress(options, i, -1);
		fsck->invariant = &invariants[i];
		TRY(look_again(fsck, cx, db));
		TRY(settle(fsck, cx, db, out));
		tell_progress(options, i, clock_boot_us(NULL) - from_us);
	}
	out->looked = fsck->looked;
	return OK;
}

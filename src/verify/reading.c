#include "verify/reading.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "ledger/checkpoint.h"
#include "verify/bundle.h"

#define AHEAD 8                         /* requests under way; the source's last slot is for single files */
#define SAMPLED_TILES 4
static_assert(AHEAD < SOURCE_AT_ONCE, "");

/* Bundles [begun, ...) are not asked for yet, [taken, begun) are on their way. */
struct run {
	struct reading *reading;
	struct crew *crew;
	uint64_t size, end, begun, taken;
	bool cut;                              /* what comes next is not shown; what came before is in order */
};

static enum err ask(struct ctx *cx, struct source *source, unsigned slot, int level, uint64_t index, unsigned width, size_t bytes_max)
{
	AUTO(buf_free) struct buf path = buf_new(100);
	const struct tile tile = { .level = level, .index = index, .width = width };
	tile_path(&tile, &path);
	return source_begin(cx, source, slot, buf_view(&path), bytes_max);
}

/* A log may have dropped a partial tile since it is full by now: then the full one has what is wanted. */
static enum err take(struct ctx *cx, struct source *source, unsigned slot, int level, uint64_t index, unsigned width, size_t bytes_max, struct buf *out)
{
	const enum err got = source_take(cx, source, slot, out);
	if (got != E_NOTFOUND || width == TILE_WIDTH)
		return got;
	TRY(ask(cx, source, slot, level, index, TILE_WIDTH, bytes_max));
	return source_take(cx, source, slot, out);
}

static enum err stop(struct reading *reading, const char *slug, uint64_t entry, const char *why)
{
	finding_add(reading->findings, FINDING_LIE, slug, entry, "%s", why);
	reading->stopped = true;
	return OK;
}

/* --- what a bundle tells --- */

static void grow(struct reading *reading, uint64_t number, const struct hash *leaf)
{
	growth_add(&reading->growth, 0, leaf);
	if (number + 1 == reading->known_size) {
		const struct hash root = growth_root(&reading->growth);
		reading->known_wrong = !hash_eq(&root, &reading->known_root);
	}
}

static void hash_in(struct reading *reading, const struct bundle *bundle)
{
	const uint64_t first = bundle->index * TILE_WIDTH;
	for (unsigned i = 0; i < bundle->width; i++) {
		const struct hash *const leaf = &bundle->leaves[i];
		if (!memory_agrees(reading->memory, first + i, leaf) && reading->changed == FINDING_NO_ENTRY)
			reading->changed = first + i;
		memory_leaf(reading->memory, first + i, leaf);
	}
	/* whole, unless a known root has to be met on the way */
	if (bundle->width == TILE_WIDTH && reading->growth.size == first && (reading->known_size <= first || reading->known_size > first + TILE_WIDTH)) {
		growth_add(&reading->growth, TILE_HEIGHT, &bundle->root);
		return;
	}
	for (unsigned i = 0; i < bundle->width; i++)
		if (first + i >= reading->growth.size)
			grow(reading, first + i, &bundle->leaves[i]);
}

static enum err tell(struct ctx *cx, struct reading *reading, const struct bundle *bundle)
{
	const uint64_t first = bundle->index * TILE_WIDTH;
	if (bundle->count < bundle->width)
		return stop(reading, "bundle-malformed", first + bundle->count, "is not there: the bundle of entries is malformed or cut short");
	hash_in(reading, bundle);
	const struct str newest = bundle->lines[bundle->width - 1];
	if (newest.n <= sizeof reading->newest_line) {
		memcpy(reading->newest_line, newest.p, newest.n);
		reading->newest = (struct str){ reading->newest_line, newest.n };
	}
	for (unsigned i = 0; i < bundle->width; i++) {
		if (first + i < reading->story->entries)
			continue;
		if (bundle->valid[i])
			TRY(story_entry(cx, reading->story, &bundle->entries[i]));
		else
			story_malformed(reading->story, bundle->why[i]);
	}
	return OK;
}

/* --- the run --- */

static unsigned width_of(const struct run *run, uint64_t index)
{
	return tile_width(TILE_BUNDLE, index, run->size);
}

static enum err begin_more(struct ctx *cx, struct run *run)
{
	while (run->begun < run->end && run->begun - run->taken < AHEAD) {
		TRY(ask(cx, run->reading->source, (unsigned)(run->begun % AHEAD), TILE_BUNDLE, run->begun, width_of(run, run->begun), BUNDLE_BYTES_MAX));
		run->begun++;
	}
	return OK;
}

static enum err take_one(struct ctx *cx, struct run *run, struct bundle *bundle)
{
	const uint64_t index = run->taken++;
	const unsigned width = width_of(run, index);
	AUTO(buf_free) struct buf bytes = buf_new(0);
	const enum err got = take(cx, run->reading->source, (unsigned)(index % AHEAD), TILE_BUNDLE, index, width, BUNDLE_BYTES_MAX, &bytes);
	run->cut = got == E_NOTFOUND || got == E_TOOLARGE;
	if (got == E_NOTFOUND)
		return stop(run->reading, "entries-withheld", index * TILE_WIDTH, "and those behind it are counted by the signed checkpoint, and not shown");
	if (got == E_TOOLARGE)
		return stop(run->reading, "bundle-malformed", index * TILE_WIDTH, "is in a bundle that is larger than entries can be");
	TRY(got);
	bundle->index = index;
	bundle->width = width;
	bundle->bytes = bytes;
	bytes = buf_new(0);
	crew_submit(run->crew, bundle);
	return OK;
}

static enum err tell_one(struct ctx *cx, struct run *run)
{
	struct bundle *const bundle = crew_take(run->crew);
	const enum err told = run->reading->stopped ? OK : tell(cx, run->reading, bundle);
	crew_done(run->crew, bundle);
	return told;
}

static enum err go(struct ctx *cx, struct run *run)
{
	uint64_t told = run->taken;
	while (told < run->end && !run->reading->stopped) {
		struct bundle *const spare = run->taken < run->end ? crew_spare(run->crew) : NULL;
		if (!spare) {
			TRY(tell_one(cx, run));
			told++;
			continue;
		}
		TRY(begin_more(cx, run));
		TRY(take_one(cx, run, spare));
	}
	return OK;
}

/* What came before the place where it stopped is told, so that what is wrong there has a name, too. */
static enum err tell_rest(struct ctx *cx, struct run *run)
{
	enum err told = OK;
	for (struct bundle *bundle = crew_take(run->crew); bundle; bundle = crew_take(run->crew)) {
		run->cut = run->cut && bundle->count == bundle->width;
		if (run->cut && told == OK)
			told = tell(cx, run->reading, bundle);
		crew_done(run->crew, bundle);
	}
	return told;
}

static void give_up(struct run *run)
{
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	for (; run->taken < run->begun; run->taken++) {
		AUTO(buf_free) struct buf unread = buf_new(0);
		if (source_take(&cx, run->reading->source, (unsigned)(run->taken % AHEAD), &unread) != OK)
			continue;
	}
}

enum err reading_go(struct ctx *cx, struct reading *reading, uint64_t size)
{
	const uint64_t done = reading->growth.size < reading->story->entries ? reading->growth.size : reading->story->entries;
	AUTO(crew_free) struct crew *crew = NULL;
	if (size <= done || reading->stopped)
		return OK;
	crew = crew_new();
	struct run run = { .reading = reading, .crew = crew, .size = size, .begun = done / TILE_WIDTH, .taken = done / TILE_WIDTH };
	run.end = (size - 1) / TILE_WIDTH + 1;
	enum err status = go(cx, &run);
	if (status == OK && reading->stopped)
		status = tell_rest(cx, &run);
	give_up(&run);
	return status;
}

/* --- which entry --- */

/* The hashes of one tile of the lowest level against those of its entries. */
static enum err compare(struct ctx *cx, struct reading *reading, struct bundle *bundle, bool *found)
{
	AUTO(buf_free) struct buf tile = buf_new(0);
	buf_free(&bundle->bytes);
	TRY(ask(cx, reading->source, 0, TILE_BUNDLE, bundle->index, bundle->width, BUNDLE_BYTES_MAX));
	TRY(take(cx, reading->source, 0, TILE_BUNDLE, bundle->index, bundle->width, BUNDLE_BYTES_MAX, &bundle->bytes));
	TRY(ask(cx, reading->source, 0, 0, bundle->index, bundle->width, TILE_WIDTH * TREE_HASH_BYTES));
	TRY(take(cx, reading->source, 0, 0, bundle->index, bundle->width, TILE_WIDTH * TREE_HASH_BYTES, &tile));
	bundle_read(bundle);
	for (unsigned i = 0; i < bundle->count && (i + 1) * TREE_HASH_BYTES <= tile.n; i++)
		if (memcmp(bundle->leaves[i].bytes, tile.p + (size_t)i * TREE_HASH_BYTES, TREE_HASH_BYTES) != 0) {
			finding_add(reading->findings, FINDING_LIE, "entry-altered", bundle->index * TILE_WIDTH + i,
			            "was altered: it does not hash to what the log's own tile has for it");
			*found = true;
			return OK;
		}
	return OK;
}

static void free_bundle(struct bundle **bundle)
{
	if (*bundle)
		buf_free(&(*bundle)->bytes);
	free(*bundle);
}

enum err reading_blame(struct ctx *cx, struct reading *reading, uint64_t size)
{
	AUTO(free_bundle) struct bundle *bundle = calloc(1, sizeof *bundle);
	bool found = false;
	if (!bundle)
		abort();
	for (uint64_t index = 0; index * TILE_WIDTH < size && !found; index++) {
		bundle->index = index;
		bundle->width = tile_width(TILE_BUNDLE, index, size);
		TRY(compare(cx, reading, bundle, &found));
	}
	return OK;
}

/* --- samples --- */

static enum err sample_tile(struct ctx *cx, struct reading *reading, uint64_t index, uint64_t size)
{
	AUTO(buf_free) struct buf tile = buf_new(0);
	const unsigned width = tile_width(0, index, size);
	TRY(ask(cx, reading->source, 0, 0, index, width, TILE_WIDTH * TREE_HASH_BYTES));
	const enum err got = take(cx, reading->source, 0, 0, index, width, TILE_WIDTH * TREE_HASH_BYTES, &tile);
	if (got == E_NOTFOUND)
		return OK;
	if (got == OK && tile.n % TREE_HASH_BYTES == 0 && tile.n >= (size_t)width * TREE_HASH_BYTES) {
		struct hash hash;
		for (unsigned i = 0; i < width; i++) {
			memcpy(hash.bytes, tile.p + (size_t)i * TREE_HASH_BYTES, TREE_HASH_BYTES);
			if (!memory_agrees(reading->memory, index * TILE_WIDTH + i, &hash)) {
				finding_add(reading->findings, FINDING_LIE, "tile-wrong", index * TILE_WIDTH + i, "has another hash in the log's tile than its line has");
				return OK;
			}
		}
		return OK;
	}
	if (got == OK || got == E_TOOLARGE) {
		finding_add(reading->findings, FINDING_LIE, "tile-malformed", index * TILE_WIDTH, "is in a tile of hashes that has not the size of one");
		return OK;
	}
	return got;
}

static enum err sample_proof(struct ctx *cx, struct reading *reading, uint64_t number, const struct note_key *keys, unsigned key_count)
{
	AUTO(buf_free) struct buf bytes = buf_new(0);
	AUTO(buf_free) struct buf path = buf_new(40);
	struct proof_file file;
	buf_printf(&path, "proof/%" PRIu64, number);
	const enum err got = source_get(cx, reading->source, buf_view(&path), 2 * NOTE_BYTES_MAX, &bytes);
	if (got == E_NOTFOUND || reading->newest.n == 0)
		return OK;
	TRY(got);
	bool holds = false;
	if (proof_file_parse(cx, buf_view(&bytes), &file) == OK && file.index == number)
		for (unsigned i = 0; i < key_count; i++)
			holds |= proof_file_check(cx, &file, reading->newest, &keys[i]) == OK;
	if (!holds)
		finding_add(reading->findings, FINDING_LIE, "proof-wrong", number, "has a proof that does not hold");
	return OK;
}

enum err reading_sample(struct ctx *cx, struct reading *reading, uint64_t size, const struct note_key *keys, unsigned key_count)
{
	const uint64_t tiles = (size + TILE_WIDTH - 1) / TILE_WIDTH;
	for (unsigned i = 0; i < SAMPLED_TILES && i < tiles; i++)
		TRY(sample_tile(cx, reading, i == 0 ? tiles - 1 : random_below(tiles < UINT32_MAX ? (uint32_t)tiles : UINT32_MAX), size));
	return size ? sample_proof(cx, reading, size - 1, keys, key_count) : OK;
}

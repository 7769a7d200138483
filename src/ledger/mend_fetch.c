/* `amanat ledger fetch`: a log is made whole out of a mirror.
 *
 * The mirror is read twice.  The first time its entries are hashed, and have to be those that this log's key has signed, a continuation of what was shown
 * here, before anything is changed; the second time it has to give the same bytes.  Entries below the last one that is alike were signed where they stand: a row
 * of them that does not open, or says something else, is replaced in its place.  What stands behind was entered here and never signed: it is kept in a file, cut off,
 * and entered again behind the mirror's. */
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "ledger/fetch.h"
#include "ledger/logged.sql.h"
#include "ledger/mending.h"
#include "ledger/run.h"
#include "store/outbox.h"
#include "store/writer.h"

#define BUNDLE_BYTES_MAX ((size_t)TILE_WIDTH * (ENTRY_LINE_MAX + 2))
#define TAIL_BYTES_MAX ((size_t)64 << 20)
#define PATIENCE_US (60 * SECOND_US)

/* --- a mirror --- */

struct mirror {
	struct str place;
	struct fetch *fetch;                   /* NULL: a folder */
	uint64_t size;
	struct hash root;
	struct str note;                       /* its checkpoint, signed; in the context's memory */
};

static void mirror_end(struct mirror *mirror)
{
	fetch_close(&mirror->fetch);
}

static enum err mirror_get(struct ctx *cx, struct mirror *mirror, const char *path, size_t max, struct buf *out)
{
	AUTO(fetch_answer_free) struct fetch_answer answer = {};
	const struct str where = arena_printf(&cx->mem, STR_FMT "/%s", STR_ARG(mirror->place), path);
	if (!mirror->fetch)
		return file_read(cx, where.p, out);
	TRY(fetch_ask(cx, mirror->fetch, &(struct fetch_request){ .url = where, .bytes_max = max, .patience_us = PATIENCE_US }, &answer));
	if (answer.status != 200)
		return fail(cx, answer.status == 404 || answer.status == 410 ? E_NOTFOUND : E_BUSY, "the mirror answers %d for %.60s", answer.status, path);
	buf_str(out, buf_view(&answer.body));
	return OK;
}

static enum err untrusted(struct ctx *cx, const char *why)
{
	return fail_as(cx, E_INVALID, "mirror-untrusted", "%s", why);
}

static enum err mirror_open(struct ctx *cx, struct str place, const struct log_keys *keys, struct mirror *out)
{
	AUTO(buf_free) struct buf bytes = buf_new(NOTE_BYTES_MAX);
	struct checkpoint checkpoint;
	struct note note;
	bool is_signed = false;
	while (place.n > 1 && str_ends(place, STR("/")))
		place.n--;
	out->place = place;
	if (str_starts(place, STR("http://")) || str_starts(place, STR("https://")))
		TRY(fetch_open(cx, &out->fetch));
	TRY(mirror_get(cx, out, "checkpoint", NOTE_BYTES_MAX, &bytes));
	out->note = arena_copy(&cx->mem, buf_view(&bytes));
	TRY(note_parse(cx, out->note, &note));
	TRY(checkpoint_parse(cx, note.text, &checkpoint));
	for (unsigned i = 0; i < keys->count; i++)
		is_signed |= note_check(&note, &keys->keys[i].key, NULL) == NOTE_SIGNED;
	if (!is_signed || !str_eq(checkpoint.origin, str_of(keys->keys[0].key.name)))
		return untrusted(cx, "the mirror's checkpoint does not bear this log's key");
	out->size = checkpoint.size;
	out->root = checkpoint.root;
	return OK;
}

/* --- one reading of it --- */

/* Entries that are signed where they stand and have to be put there anew. */
struct range {
	uint64_t from, below;
	bool unreadable;
	uint64_t other;                        /* the first that says something else; UINT64_MAX: none, but the row does not tell what stands in it */
};
/* A row of ours, or a gap between two, while the mirror's entries pass by. */
struct ours {
	uint64_t from, below;
	bool end;                              /* there are no more */
	bool readable, mislabelled;
	uint64_t other;                        /* as in a range */
	struct buf text;
	struct str rest;                       /* lines that were not compared yet */
};
struct reading {
	struct mirror *mirror;
	enum err (*take)(struct ctx *, struct reading *, uint64_t number, struct str line);
	struct checkpoint shown, last;         /* here: what it has to continue */
	/* the first reading: what they hash to, how many of ours are there, and where ours are damaged */
	bool first, forked;
	struct edge edge;
	uint64_t alike;
	struct ours ours;
	size_t range_count, digest_count;
	struct range *ranges;
	unsigned char (*digests)[SHA256_BYTES];        /* of each bundle, so that the second reading is of the same */
	/* the second: those of [from, below) */
	uint64_t from, below;
	struct str lines[TILE_WIDTH];
	unsigned count;
};

static void reading_end(struct reading **reading)
{
	buf_free(&(*reading)->ours.text);
	free((*reading)->ranges);
	free((*reading)->digests);
}

/* Room for one more; doubles at each power of two. */
static void *make_room(void *items, size_t count, size_t each)
{
	if (count & (count - 1))
		return items;
	void *const more = reallocarray(items, count ? 2 * count : 1, each);
	if (!more)
		abort();
	return more;
}

/* Of what was used of it: a mirror may have given the full one for a partial one. */
static bool same_as_before(struct reading *reading, uint64_t index, struct str bytes)
{
	unsigned char digest[SHA256_BYTES];
	sha256(bytes, digest);
	if (!reading->first)
		return memcmp(reading->digests[index], digest, sizeof digest) == 0;
	assert(index == reading->digest_count);
	reading->digests = make_room(reading->digests, reading->digest_count, sizeof *reading->digests);
	memcpy(reading->digests[reading->digest_count++], digest, sizeof digest);
	return true;
}

/* A log may have dropped a partial bundle since it is full by now. */
static enum err get_bundle(struct ctx *cx, struct mirror *mirror, uint64_t index, unsigned width, struct buf *out)
{
	AUTO(buf_free) struct buf path = buf_new(200);
	tile_path(&(struct tile){ .level = TILE_BUNDLE, .index = index, .width = width }, &path);
	const enum err e = mirror_get(cx, mirror, buf_terminated(&path), BUNDLE_BYTES_MAX, out);
	return e == E_NOTFOUND && width < TILE_WIDTH ? get_bundle(cx, mirror, index, TILE_WIDTH, out) : e;
}

static enum err take_bundle(struct ctx *cx, struct reading *reading, uint64_t index)
{
	AUTO(buf_free) struct buf bytes = buf_new(BUNDLE_BYTES_MAX);
	const unsigned width = tile_width(TILE_BUNDLE, index, reading->mirror->size);
	struct str lines[TILE_WIDTH];
	TRY(get_bundle(cx, reading->mirror, index, width, &bytes));
	const struct str all = arena_copy(&cx->mem, buf_view(&bytes));
	struct str rest = all;
	unsigned count = 0;
	while (count < width && bundle_next(&rest, &lines[count]))
		count++;
	if (count < width)
		return untrusted(cx, "a bundle of the mirror is malformed");
	if (!same_as_before(reading, index, (struct str){ all.p, all.n - rest.n }))
		return untrusted(cx, "the mirror gives other entries than a moment ago");
	for (unsigned i = 0; i < width; i++)
		TRY(reading->take(cx, reading, index * TILE_WIDTH + i, lines[i]));
	return OK;
}

/* A bundle's memory is its own: a mirror may be large. */
static enum err one_bundle(struct ctx *cx, struct reading *reading, uint64_t index, enum err (*act)(struct ctx *, struct reading *, uint64_t))
{
	struct ctx own = *cx;
	own.mem = arena_new_capped(ARENA_REQUEST_BYTES);
	const enum err e = act(&own, reading, index);
	cx->failure = own.failure;
	arena_free(&own.mem);
	return e;
}

/* --- ours against it --- */

static enum err look_at_lines(struct ctx *cx, struct str lines, struct str kind, bool *readable, bool *labelled)
{
	struct entry entry;
	struct str only = STR("");
	*readable = *labelled = true;
	for (bool any = false; lines.n; any = true) {
		const enum err e = entry_parse(cx, str_cut(&lines, '\n'), &entry);
		*readable &= e != E_INVALID;
		if (e == E_INVALID)
			return OK;
		TRY(e);
		const struct str name = str_of(entry_forms[entry.kind].name);
		only = !any || str_eq(only, name) ? name : STR("");
	}
	*labelled = str_eq(only, kind);
	return OK;
}

static enum err look_at_row(struct ctx *cx, struct rows *rows, struct ours *out)
{
	AUTO(buf_free) struct buf room = buf_new(RUN_BYTES_MAX);
	struct str text = STR("");
	bool well_formed = false, labelled = false;
	const enum err e = run_text(cx, rows, 4, &room, &text);
	if (e != E_CORRUPT)
		TRY(e);
	const uint64_t from = (uint64_t)rows_i64(rows, 0), lines = e == OK ? run_split(text, 0, NULL) : 0;
	const int64_t next = rows_i64(rows, 1), said = rows_i64(rows, 2);
	const uint64_t count = said > 0 && said <= RUN_ENTRIES_MAX ? (uint64_t)said : lines ? lines : 1;
	TRY(look_at_lines(cx, text, rows_text(rows, 3), &well_formed, &labelled));
	out->from = from;
	out->below = next >= 0 ? (uint64_t)next : from + count;
	out->readable = well_formed && lines == out->below - from;
	out->mislabelled = !labelled || said != (int64_t)lines;
	buf_str(&out->text, text);
	return OK;
}

/* The row that begins there, or the gap until the next one. */
static enum err look_at(struct ctx *cx, uint64_t from, struct ours *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_logged_from, &rows, I64((int64_t)from)));
	const bool found = rows_next(rows);
	*out = (struct ours){ .from = from, .below = from, .end = !found, .other = UINT64_MAX, .text = buf_new(RUN_BYTES_MAX) };
	if (found && (uint64_t)rows_i64(rows, 0) == from)
		TRY(look_at_row(cx, rows, out));
	else if (found)
		out->below = (uint64_t)rows_i64(rows, 0);
	out->rest = buf_view(&out->text);
	return rows_status(rows);
}

static void note_damage(struct reading *reading)
{
	const struct ours *const ours = &reading->ours;
	if (ours->from == ours->below || (ours->readable && !ours->mislabelled && ours->other == UINT64_MAX))
		return;
	reading->ranges = make_room(reading->ranges, reading->range_count, sizeof *reading->ranges);
	reading->ranges[reading->range_count++] = (struct range){ ours->from, ours->below, !ours->readable, ours->other };
}

static enum err step(struct ctx *cx, struct reading *reading)
{
	const uint64_t from = reading->ours.below;
	note_damage(reading);
	buf_free(&reading->ours.text);
	reading->ours.text = buf_new(0);
	return look_at(cx, from, &reading->ours);
}

static enum err not_kept(struct ctx *, void *, int, uint64_t, const struct hash[TILE_WIDTH])
{
	return OK;
}

/* Where it is as long as what was shown, or signed, here, it has to be that. */
static enum err hold_against(struct ctx *cx, struct reading *reading, const struct checkpoint *held)
{
	struct hash root;
	if (held->size != reading->edge.size)
		return OK;
	TRY(edge_root(cx, &reading->edge, &root));
	reading->forked |= !hash_eq(&root, &held->root);
	return OK;
}

static enum err compare_line(struct ctx *cx, struct reading *reading, uint64_t number, struct str line)
{
	struct entry entry;
	struct ours *const ours = &reading->ours;
	const struct hash leaf = tree_leaf(line);
	while (!ours->end && ours->below <= number)
		TRY(step(cx, reading));
	if (!ours->end && ours->readable) {
		const bool same = str_eq(str_cut(&ours->rest, '\n'), line);
		reading->alike = same ? number + 1 : reading->alike;
		ours->other = same || ours->other < number ? ours->other : number;
	}
	TRY(entry_parse(cx, line, &entry));
	TRY(edge_add(cx, &reading->edge, &leaf, not_kept, NULL));
	TRY(hold_against(cx, reading, &reading->shown));
	return hold_against(cx, reading, &reading->last);
}

/* What cannot be read, right behind the last that is alike, was signed, too, as far as its number tells. */
static enum err settle_ranges(struct ctx *cx, const struct ledger_config *config, struct reading *reading)
{
	size_t count = 0;
	uint64_t restored = 0;
	TRY(ledger_restored_count(cx, config->db->folder, &restored));
	const uint64_t signed_here = reading->last.size > restored ? reading->last.size : restored;
	const uint64_t end = signed_here < reading->mirror->size ? signed_here : reading->mirror->size;
	for (size_t i = 0; i < reading->range_count; i++) {
		const struct range *const range = &reading->ranges[i];
		if (range->from == reading->alike && range->unreadable && range->below <= end)
			reading->alike = range->below;
		const bool damaged = range->unreadable || range->other < reading->alike;
		if (range->below > reading->alike && damaged)
			return fail(cx, E_CORRUPT, "the ledger is damaged at entry %llu, of which it is not known whether it was ever signed: restore a backup, and then what is "
				"missing with `amanat ledger fetch`", (unsigned long long)range->from);
		if (range->below <= reading->alike)
			reading->ranges[count++] = *range;
	}
	reading->range_count = count;
	return OK;
}

/* What stands behind the mirror's. */
static enum err look_on(struct ctx *cx, struct reading *reading, uint64_t)
{
	while (!reading->ours.end)
		TRY(step(cx, reading));
	return OK;
}

static enum err compare(struct ctx *cx, const struct ledger_config *config, struct reading *reading)
{
	struct hash root;
	reading->take = compare_line;
	reading->first = true;
	for (uint64_t i = 0; i * TILE_WIDTH < reading->mirror->size; i++)
		TRY(one_bundle(cx, reading, i, take_bundle));
	reading->first = false;
	TRY(one_bundle(cx, reading, 0, look_on));
	TRY(edge_root(cx, &reading->edge, &root));
	if (!hash_eq(&root, &reading->mirror->root))
		return untrusted(cx, "the mirror's entries are not those of its checkpoint");
	if (reading->forked)
		return untrusted(cx, "the mirror has another log than was shown here, under the same key: two nodes have signed with it");
	return settle_ranges(cx, config, reading);
}

/* --- what was entered here and never signed --- */

#define TAIL_FILE "tail"

static enum err read_tail(struct ctx *cx, uint64_t from, struct buf *out)
{
	AUTO(lines_close) struct lines lines = {};
	TRY(lines_open(cx, from, UINT64_MAX, &lines));
	while (lines_next(&lines)) {
		buf_i64(out, lines.mark);
		buf_char(out, ' ');
		buf_str(out, lines.line);
		buf_char(out, '\n');
	}
	TRY(lines_status(&lines));
	return out->failed ? fail(cx, E_TOOLARGE, "more than %zu bytes of entries were never signed", TAIL_BYTES_MAX) : OK;
}

/* How many bytes of `kept` stand before what the table has of it: all where it has none. */
static size_t lines_before(struct str kept, struct str table)
{
	struct str rest = kept;
	while (rest.n && !str_starts(table, rest))
		str_cut(&rest, '\n');
	return kept.n - rest.n;
}

/* A run that was killed left the file: before it cut what stands in the table, then that begins with the file's lines; or behind that, then it is what a
 * start has entered since, which this may have put into the file, too, and was killed again. */
static enum err keep_tail(struct ctx *cx, const struct ledger_config *config, uint64_t from)
{
	AUTO(buf_free) struct buf tail = buf_new(TAIL_BYTES_MAX);
	AUTO(buf_free) struct buf kept = buf_new(TAIL_BYTES_MAX);
	const char *const path = mending_path(cx, config, TAIL_FILE);
	TRY(read_tail(cx, from, &tail));
	const enum err e = file_read(cx, path, &kept);
	if (e != E_NOTFOUND)
		TRY(e);
	kept.n = lines_before(buf_view(&kept), buf_view(&tail));
	buf_str(&kept, buf_view(&tail));
	return kept.failed ? fail(cx, E_TOOLARGE, "more than %zu bytes of entries were never signed", TAIL_BYTES_MAX) : file_write(cx, path, buf_view(&kept));
}

struct cutting {
	uint64_t from, size;                   /* of the table, when what stands behind `from` was put into the file */
};

/* A row that begins before it is cut with it, and what stands before it in that row is entered again. */
static enum err cut(struct ctx *cx, void *argument)
{
	const struct cutting *const cutting = argument;
	uint64_t first = cutting->from, size;
	struct str kept = STR(""), lines[RUN_ENTRIES_MAX];
	TRY(ledger_size(cx, &size));
	if (size != cutting->size)
		return fail(cx, E_CONFLICT, "another command has entered something meanwhile: run this again");
	const enum err found = run_of(cx, cutting->from, &first, &kept);
	if (found != E_NOTFOUND)
		TRY(found);
	const uint64_t before = cutting->from - first;
	if (run_split(kept, RUN_ENTRIES_MAX, lines) < before || before > RUN_ENTRIES_MAX)
		return fail(cx, E_CORRUPT, "the row of the ledger's entry %llu is not of this program", (unsigned long long)first);
	TRY(outbox_post(cx, "", 0, 'D', SQL_logged_cut, I64((int64_t)first)));
	TRY(outbox_post(cx, "", 0, 'D', SQL_logged_mixed_cut, I64((int64_t)first)));
	return ledger_append_lines(cx, lines, before);
}

static enum err put_back(struct ctx *cx, void *argument)
{
	const struct str *const tail = argument;
	struct str rest = *tail, line;
	while (rest.n) {
		int64_t mark = 0;
		struct entry entry;
		line = str_cut(&rest, '\n');
		if (!str_i64(str_cut(&line, ' '), &mark))
			return fail(cx, E_CORRUPT, "ledger/" TAIL_FILE " is damaged");
		TRY(entry_parse(cx, line, &entry));
		TRY(ledger_append(cx, &entry, mark));
	}
	return OK;
}

static enum err append_tail(struct ctx *cx, const struct ledger_config *config)
{
	AUTO(buf_free) struct buf bytes = buf_new(TAIL_BYTES_MAX);
	const char *const path = mending_path(cx, config, TAIL_FILE);
	TRY(file_read(cx, path, &bytes));
	struct str tail = buf_view(&bytes);
	TRY(writer_run(cx, put_back, &tail));
	return !fault_hit(cx) && unlink(path) == 0 ? OK : fail(cx, E_IO, "removing %.150s: %s", path, strerror(errno));
}

/* --- fetching --- */

static enum err note_line(struct ctx *, struct reading *reading, uint64_t number, struct str line)
{
	if (number >= reading->from && number < reading->below)
		reading->lines[reading->count++] = line;
	return OK;
}

static enum err append_lines(struct ctx *cx, void *argument)
{
	const struct reading *const reading = argument;
	return ledger_append_lines(cx, reading->lines, reading->count);
}

static enum err put_lines(struct ctx *cx, void *argument)
{
	const struct reading *const reading = argument;
	return ledger_put_lines(cx, reading->from, reading->lines, reading->count);
}

static enum err append_bundle(struct ctx *cx, struct reading *reading, uint64_t index)
{
	reading->count = 0;
	TRY(take_bundle(cx, reading, index));
	return reading->count ? writer_run(cx, append_lines, reading) : OK;
}

static enum err put_bundle(struct ctx *cx, struct reading *reading, uint64_t index)
{
	reading->count = 0;
	TRY(take_bundle(cx, reading, index));
	return writer_run(cx, put_lines, reading);
}

/* A row is replaced bundle by bundle: killed between two, what is left of it is a gap. */
static enum err put_range(struct ctx *cx, struct reading *reading, const struct range *range)
{
	reading->take = note_line;
	for (uint64_t at = range->from; at < range->below; at = reading->below) {
		const uint64_t index = at / TILE_WIDTH, end = (index + 1) * TILE_WIDTH;
		reading->from = at;
		reading->below = end < range->below ? end : range->below;
		TRY(one_bundle(cx, reading, index, put_bundle));
	}
	return OK;
}

static enum err append_missing(struct ctx *cx, struct reading *reading)
{
	reading->take = note_line;
	reading->from = reading->alike;
	reading->below = reading->mirror->size;
	for (uint64_t i = reading->alike / TILE_WIDTH; i * TILE_WIDTH < reading->mirror->size; i++)
		TRY(one_bundle(cx, reading, i, append_bundle));
	return OK;
}

static enum err bring_missing(struct ctx *cx, const struct ledger_config *config, struct reading *reading)
{
	if (reading->alike == reading->mirror->size && access(mending_path(cx, config, TAIL_FILE), F_OK) != 0)
		return OK;                     /* what stands behind stands where it should */
	struct cutting cutting = { .from = reading->alike };
	TRY(ledger_size(cx, &cutting.size));
	TRY(keep_tail(cx, config, reading->alike));
	TRY(writer_run(cx, cut, &cutting));
	TRY(append_missing(cx, reading));
	return append_tail(cx, config);
}

/* Out of the table itself: what lies in files of tiles, or was sent, is not asked. */
static enum err hold_table(struct ctx *cx, const struct mirror *mirror)
{
	struct hash root;
	const enum err e = ledger_recount(cx, mirror->size, &root);
	if (e != E_CORRUPT)
		TRY(e);
	return e == OK && hash_eq(&root, &mirror->root) ? OK :
		fail(cx, E_CORRUPT, "the entries that are here by now are not those of the mirror's checkpoint: the disk is full, or fails; run this again");
}

static enum err fetch_from(struct ctx *cx, const struct ledger_config *config, struct reading *reading, uint64_t *fetched)
{
	const struct mirror *const mirror = reading->mirror;
	struct mending begun;
	struct str note;
	uint64_t count = 0;
	TRY(mending_read(cx, config, &begun));
	TRY(ledger_shown(cx, config->db->folder, &note, &reading->shown));
	TRY(signed_read(cx, config->db->folder, &reading->last));
	if (mirror->size < reading->shown.size)
		return untrusted(cx, "the mirror has less than was signed here");
	if (mirror->size < begun.size)
		return fail_as(cx, E_INVALID, "mirror-untrusted", "`amanat ledger fetch` was begun with a mirror of %llu entries, and this one has fewer: run it with that one", (unsigned long long)begun.size);
	TRY(compare(cx, config, reading));
	TRY(mending_begin(cx, config, &(struct mending){ STR("fetch"), mirror->size }));
	for (size_t i = 0; i < reading->range_count; i++) {
		TRY(put_range(cx, reading, &reading->ranges[i]));
		count += reading->ranges[i].below - reading->ranges[i].from;
	}
	TRY(bring_missing(cx, config, reading));
	TRY(hold_table(cx, mirror));
	if (mirror->size > reading->last.size)         /* what it shows is what was signed and witnessed */
		TRY(signed_write(cx, config->db->folder, mirror->note));
	*fetched = count + mirror->size - reading->alike;
	return mending_end(cx, config);
}

enum err ledger_fetch(struct ctx *cx, const struct ledger_config *config, struct str place, uint64_t *fetched)
{
	AUTO(mending_unlock) int lock = -1;
	AUTO(log_keys_wipe) struct log_keys keys = {};
	AUTO(mirror_end) struct mirror mirror = {};
	AUTO(reading_end) struct reading *reading = arena_new(&cx->mem, struct reading, 1);
	reading->mirror = &mirror;
	TRY(mending_lock(cx, config, &lock));
	TRY(log_keys_read(cx, config->key_file, &keys));
	TRY(mirror_open(cx, place, &keys, &mirror));
	return fetch_from(cx, config, reading, fetched);
}

/* A copy of the entries elsewhere, in the layout of tlog-tiles: tile/entries/... and checkpoint. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "ledger/inside.h"
#include "ledger/run.h"

#define BUNDLE_BYTES_MAX ((size_t)TILE_WIDTH * (ENTRY_LINE_MAX + 2))

/* The mirror's own folder, too, and none above it: those are a disk's, or a place where one was. */
static enum err make_folders(struct ctx *cx, const char *folder, const char *path)
{
	for (const char *slash = path + strlen(folder); slash; slash = strchr(slash + 1, '/')) {
		const char *const part = arena_text(&cx->mem, (struct str){ path, (size_t)(slash - path) });
		if (mkdir(part, S_IRWXU | S_IRGRP | S_IXGRP) != 0 && errno != EEXIST)
			return fail(cx, E_IO, "the ledger's mirror: making %.150s: %s", part, strerror(errno));
	}
	return OK;
}

static const char *path_in(struct ctx *cx, const char *folder, uint64_t bundle, unsigned width)
{
	AUTO(buf_free) struct buf path = buf_new(200);
	tile_path(&(struct tile){ .level = TILE_BUNDLE, .index = bundle, .width = width }, &path);
	return arena_printf(&cx->mem, "%s/" STR_FMT, folder, STR_ARG(buf_view(&path))).p;
}

static enum err read_bundle(struct ctx *cx, uint64_t bundle, unsigned width, struct buf *out)
{
	AUTO(lines_close) struct lines lines = {};
	const uint64_t first = bundle * TILE_WIDTH;
	TRY(lines_open(cx, first, first + width, &lines));
	while (lines_next(&lines))
		bundle_add(lines.line, out);
	return lines_status(&lines);
}

static enum err write_bundle(struct ctx *cx, const char *folder, uint64_t bundle, uint64_t size)
{
	AUTO(buf_free) struct buf bytes = buf_new(BUNDLE_BYTES_MAX);
	const unsigned width = tile_width(TILE_BUNDLE, bundle, size);
	const char *const path = path_in(cx, folder, bundle, width);
	TRY(read_bundle(cx, bundle, width, &bytes));
	TRY(make_folders(cx, folder, path));
	return file_write(cx, path, buf_view(&bytes));
}

static enum err write_bundles(struct ctx *cx, const char *folder, uint64_t from, uint64_t size)
{
	for (uint64_t bundle = from / TILE_WIDTH; bundle * TILE_WIDTH < size; bundle++) {
		struct ctx own = *cx;
		own.mem = arena_new_capped(ARENA_REQUEST_BYTES);
		const enum err e = write_bundle(&own, folder, bundle, size);
		cx->failure = own.failure;
		arena_free(&own.mem);
		TRY(e);
	}
	return OK;
}

/* The narrower bundle that stood there before: until the new checkpoint is there, the old one counts its entries. */
static enum err drop_partial(struct ctx *cx, const char *folder, uint64_t from, uint64_t size)
{
	const uint64_t bundle = from / TILE_WIDTH;
	const unsigned before = tile_width(TILE_BUNDLE, bundle, from);
	if (before == 0 || before == tile_width(TILE_BUNDLE, bundle, size))
		return OK;
	return !fault_hit(cx) && (unlink(path_in(cx, folder, bundle, before)) == 0 || errno == ENOENT) ? OK : fail(cx, E_IO, "the ledger's mirror: %s", strerror(errno));
}

/* --- whose it is --- */

static enum err read_checkpoint(struct ctx *cx, const char *folder, struct note *note, struct checkpoint *out)
{
	AUTO(buf_free) struct buf bytes = buf_new(NOTE_BYTES_MAX);
	TRY(file_read(cx, arena_printf(&cx->mem, "%s/checkpoint", folder).p, &bytes));
	TRY(note_parse(cx, arena_copy(&cx->mem, buf_view(&bytes)), note));
	return checkpoint_parse(cx, note->text, out);
}

/* "before-amanat-5f3a0c1d-9e107d9d": a name for a folder, and no two logs' are the same. */
static const char *name_for(struct ctx *cx, struct str origin)
{
	AUTO(buf_free) struct buf name = buf_new(NOTE_NAME_MAX + 32);
	unsigned char hash[SHA256_BYTES];
	sha256(origin, hash);
	buf_text(&name, "before-");
	for (size_t i = 0; i < origin.n; i++)
		buf_char(&name, (origin.p[i] >= 'a' && origin.p[i] <= 'z') || (origin.p[i] >= '0' && origin.p[i] <= '9') || (i && origin.p[i] == '.') ? origin.p[i] : '-');
	buf_char(&name, '-');
	buf_hex(&name, hash, 4);
	return arena_text(&cx->mem, buf_view(&name));
}

/* Its checkpoint last: killed before, the next try goes on. */
static enum err put_aside(struct ctx *cx, const char *folder, struct str origin)
{
	static const char *const names[] = { "tile", "checkpoint" };
	const char *const to = arena_printf(&cx->mem, "%s/%s", folder, name_for(cx, origin)).p;
	if (mkdir(to, S_IRWXU | S_IRGRP | S_IXGRP) != 0 && errno != EEXIST)
		return fail(cx, E_IO, "the ledger's mirror: making %.150s: %s", to, strerror(errno));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (fault_hit(cx) || (rename(arena_printf(&cx->mem, "%s/%s", folder, names[i]).p, arena_printf(&cx->mem, "%s/%s", to, names[i]).p) != 0 && errno != ENOENT))
			return fail(cx, E_IO, "the ledger's mirror: moving the old log's %s to %.150s: %s", names[i], to, strerror(errno));
	return OK;
}

/* A mirror that was away at the start. */
static enum err hold_against(struct ctx *cx, const struct checkpoint *mirrored, uint64_t size)
{
	struct hash root;
	if (mirrored->size > size)
		return fail_as(cx, E_CORRUPT, MIRROR_AHEAD, "the mirror has more of this log than is here: an older database was put in its place; fetch it with `amanat ledger fetch`");
	TRY(ledger_recount(cx, mirrored->size, &root));
	return hash_eq(&root, &mirrored->root) ? OK : fail_as(cx, E_CORRUPT, MIRROR_AHEAD, "the mirror has other entries of this log than are here: a copy of this node signs elsewhere, or an older database was put in its place");
}

/* FOLDER/ledger/mirror: the path of a mirror that was written to.  An empty folder there is the place where its disk was. */
#define MIRROR_FILE "mirror"
#define MIRROR_FILE_BYTES_MAX ((size_t)8 << 10)

static enum err is_remembered(struct ctx *cx, const char *memory, const char *folder, bool *out)
{
	AUTO(buf_free) struct buf text = buf_new(MIRROR_FILE_BYTES_MAX);
	const enum err e = file_read(cx, memory, &text);
	if (e != E_NOTFOUND)
		TRY(e);
	*out = str_eq(str_trim(buf_view(&text)), str_of(folder));
	return OK;
}

static enum err remember(struct ctx *cx, const struct mirror_place *place)
{
	bool remembered;
	const char *const memory = arena_printf(&cx->mem, "%s/ledger/" MIRROR_FILE, place->data_folder).p;
	TRY(is_remembered(cx, memory, place->folder, &remembered));
	return remembered ? OK : file_write(cx, memory, arena_printf(&cx->mem, "%s\n", place->folder));
}

static enum err may_begin(struct ctx *cx, const struct mirror_place *place)
{
	bool remembered;
	const char *const memory = arena_printf(&cx->mem, "%s/ledger/" MIRROR_FILE, place->data_folder).p;
	TRY(is_remembered(cx, memory, place->folder, &remembered));
	return remembered ? fail(cx, E_IO, "the ledger's mirror %.150s had entries and has none now: is its disk mounted? Only if it is to be begun anew, remove %.150s", place->folder, memory) : OK;
}

enum err mirror_missed(struct ctx *cx, const struct mirror_place *place)
{
	const bool empty = access(arena_printf(&cx->mem, "%s/checkpoint", place->folder).p, F_OK) != 0;
	return empty ? may_begin(cx, place) : OK;
}

struct found {
	uint64_t has;                          /* of this log */
	struct str old_origin;                 /* of the log that this one succeeds; "": it is not there */
};

/* The log that this one succeeds stays to be looked at; anybody else's is not touched. */
static enum err look(struct ctx *cx, const struct mirror_place *place, const struct checkpoint *checkpoint, struct found *out)
{
	struct note *const note = arena_new(&cx->mem, struct note, 1);
	struct checkpoint there;
	struct entry first;
	struct str line;
	const enum err e = read_checkpoint(cx, place->folder, note, &there);
	struct found found = { .old_origin = STR("") };
	if (e == E_NOTFOUND) {
		TRY(may_begin(cx, place));
		*out = found;
		return OK;
	}
	if (e == E_INVALID)
		return fail(cx, E_INVALID, "the ledger's mirror: %.150s/checkpoint is damaged, and what lies beside it may be all that there is: move that away", place->folder);
	TRY(e);
	if (str_eq(there.origin, checkpoint->origin)) {
		TRY(hold_against(cx, &there, checkpoint->size));
		found.has = there.size;
		*out = found;
		return OK;
	}
	TRY(ledger_read(cx, 0, &first, &line));
	if (first.kind != ENTRY_succession || !str_eq(first.values[ENTRY_succession_old_origin], there.origin))
		return fail(cx, E_CONFLICT, "the ledger's mirror %.150s is another log's, " STR_FMT ": give it a folder of its own", place->folder,
			(int)(there.origin.n < 60 ? there.origin.n : 60), there.origin.p);
	found.old_origin = there.origin;
	*out = found;
	return OK;
}

enum err mirror_ask(struct ctx *cx, const struct mirror_place *place, const struct checkpoint *checkpoint, uint64_t *has)
{
	struct found found;
	TRY(look(cx, place, checkpoint, &found));
	*has = found.has;
	return OK;
}

/* A disk that went, and perhaps came back as another one. */
static enum err is_as_left(struct ctx *cx, const char *folder, uint64_t size, struct str origin, bool *out)
{
	struct note *const note = arena_new(&cx->mem, struct note, 1);
	struct checkpoint there;
	const enum err e = read_checkpoint(cx, folder, note, &there);
	if (e == E_NOTFOUND)
		return fail(cx, E_IO, "%.150s is not the mirror that was written to, for it has no checkpoint: is its disk mounted?", folder);
	if (e != E_INVALID)
		TRY(e);
	*out = e == OK && there.size == size && str_eq(there.origin, origin);
	return OK;
}

enum err mirror_write(struct ctx *cx, const struct mirror_place *place, uint64_t from, const struct checkpoint *checkpoint, struct str note)
{
	struct found found = { .has = from, .old_origin = STR("") };
	bool as_left = false;
	if (from)
		TRY(is_as_left(cx, place->folder, from, checkpoint->origin, &as_left));
	if (!as_left)
		TRY(look(cx, place, checkpoint, &found));
	if (found.old_origin.n)
		TRY(put_aside(cx, place->folder, found.old_origin));
	TRY(write_bundles(cx, place->folder, as_left ? from : 0, checkpoint->size));
	TRY(file_write(cx, arena_printf(&cx->mem, "%s/checkpoint", place->folder).p, note));
	TRY(remember(cx, place));
	return drop_partial(cx, place->folder, found.has, checkpoint->size);
}

static bool is_signed(const struct note *note, const struct log_keys *keys)
{
	for (unsigned i = 0; i < keys->count; i++)
		if (note_check(note, &keys->keys[i].key, NULL) == NOTE_SIGNED)
			return true;
	return false;
}

bool mirror_has(struct ctx *cx, const char *folder, const struct log_keys *keys, struct checkpoint *out)
{
	struct note *const note = arena_new(&cx->mem, struct note, 1);
	return read_checkpoint(cx, folder, note, out) == OK && is_signed(note, keys);
}

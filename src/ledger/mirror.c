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

static enum err make_folders(struct ctx *cx, const char *path)
{
	for (const char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
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
	TRY(make_folders(cx, path));
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

/* The log that this one succeeds stays to be looked at; anybody else's is not touched. */
static enum err make_way(struct ctx *cx, const char *folder, struct str origin, uint64_t size)
{
	struct note *const note = arena_new(&cx->mem, struct note, 1);
	struct checkpoint checkpoint;
	struct entry first;
	struct str line;
	const enum err e = read_checkpoint(cx, folder, note, &checkpoint);
	if (e == E_NOTFOUND || e == E_INVALID)
		return OK;
	TRY(e);
	if (str_eq(checkpoint.origin, origin))
		return hold_against(cx, &checkpoint, size);
	TRY(ledger_read(cx, 0, &first, &line));
	if (first.kind != ENTRY_succession || !str_eq(first.values[ENTRY_succession_old_origin], checkpoint.origin))
		return fail(cx, E_CONFLICT, "the ledger's mirror %.150s is another log's, " STR_FMT ": give it a folder of its own", folder,
			(int)(checkpoint.origin.n < 60 ? checkpoint.origin.n : 60), checkpoint.origin.p);
	return put_aside(cx, folder, checkpoint.origin);
}

enum err mirror_write(struct ctx *cx, const char *folder, struct str origin, uint64_t from, uint64_t size, struct str note)
{
	if (from == 0)
		TRY(make_way(cx, folder, origin, size));
	TRY(write_bundles(cx, folder, from, size));
	TRY(file_write(cx, arena_printf(&cx->mem, "%s/checkpoint", folder).p, note));
	return drop_partial(cx, folder, from, size);
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

/* A copy of the entries elsewhere, in the layout of tlog-tiles: tile/entries/... and checkpoint. */
#include <errno.h>
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

/* The narrower one that stood there before goes: what is in it is in the wider one. */
static enum err write_bundle(struct ctx *cx, const char *folder, uint64_t bundle, uint64_t from, uint64_t size)
{
	AUTO(buf_free) struct buf bytes = buf_new(BUNDLE_BYTES_MAX);
	const unsigned width = tile_width(TILE_BUNDLE, bundle, size), before = tile_width(TILE_BUNDLE, bundle, from);
	const char *const path = path_in(cx, folder, bundle, width);
	TRY(read_bundle(cx, bundle, width, &bytes));
	TRY(make_folders(cx, path));
	TRY(file_write(cx, path, buf_view(&bytes)));
	if (before && before < width && unlink(path_in(cx, folder, bundle, before)) != 0 && errno != ENOENT)
		return fail(cx, E_IO, "the ledger's mirror: %s", strerror(errno));
	return OK;
}

enum err mirror_write(struct ctx *cx, const char *folder, uint64_t from, uint64_t size, struct str note)
{
	for (uint64_t bundle = from / TILE_WIDTH; bundle * TILE_WIDTH < size; bundle++) {
		struct ctx own = *cx;
		own.mem = arena_new_capped(ARENA_REQUEST_BYTES);
		const enum err e = write_bundle(&own, folder, bundle, from, size);
		cx->failure = own.failure;
		arena_free(&own.mem);
		TRY(e);
	}
	return file_write(cx, arena_printf(&cx->mem, "%s/checkpoint", folder).p, note);
}

static bool is_signed(const struct note *note, const struct log_keys *keys)
{
	for (unsigned i = 0; i < keys->count; i++)
		if (note_check(note, &keys->keys[i].key, NULL) == NOTE_SIGNED)
			return true;
	return false;
}

/* Of a log that this one has succeeded nothing is there: its first entry was another. */
uint64_t mirror_has(struct ctx *cx, const char *folder, const struct log_keys *keys, uint64_t size)
{
	AUTO(buf_free) struct buf bytes = buf_new(NOTE_BYTES_MAX);
	struct checkpoint checkpoint;
	struct note note;
	if (file_read(cx, arena_printf(&cx->mem, "%s/checkpoint", folder).p, &bytes) != OK || note_parse(cx, buf_view(&bytes), &note) != OK ||
	    checkpoint_parse(cx, note.text, &checkpoint) != OK || checkpoint.size > size || !is_signed(&note, keys))
		return 0;
	return checkpoint.size;
}

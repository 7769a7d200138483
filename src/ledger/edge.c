#include "ledger/edge.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "ledger/ledger.h"
#include "ledger/run.h"
#include "store/db.h"

#define TILE_BYTES (TILE_WIDTH * TREE_HASH_BYTES)
#define PATH_BYTES 128

static unsigned shift_of(int level)
{
	return (unsigned)level * TILE_HEIGHT;
}

/* Full tiles of a level in a tree of so many leaves. */
static uint64_t full_tiles(int level, uint64_t size)
{
	return level + 1 >= TILE_LEVELS ? 0 : size >> shift_of(level + 1);
}

enum err edge_add(struct ctx *cx, struct edge *edge, const struct hash *leaf, edge_full *full, void *self)
{
	struct hash hash = *leaf;
	for (int level = 0; level < TILE_LEVELS; level++) {
		const uint64_t at = edge->size >> shift_of(level);
		struct hash *const row = edge->hashes[level];
		row[at % TILE_WIDTH] = hash;
		if (at % TILE_WIDTH != TILE_WIDTH - 1)
			break;
		TRY(full(cx, self, level, at / TILE_WIDTH, row));
		hash = tile_subtree(row, TILE_HEIGHT);
	}
	edge->size++;
	return OK;
}

/* --- files --- */

static void close_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static void path_of(int level, uint64_t index, char out[PATH_BYTES])
{
	AUTO(buf_free) struct buf path = buf_new(PATH_BYTES - 1);
	tile_path(&(struct tile){ .level = level, .index = index, .width = TILE_WIDTH }, &path);
	snprintf(out, PATH_BYTES, "%s", buf_terminated(&path));
}

static bool read_file(int folder, int level, uint64_t index, struct hash out[TILE_WIDTH])
{
	char path[PATH_BYTES];
	struct stat info;
	path_of(level, index, path);
	AUTO(close_fd) const int fd = openat(folder, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	return fd >= 0 && fstat(fd, &info) == 0 && info.st_size == TILE_BYTES && pread(fd, out, TILE_BYTES, 0) == TILE_BYTES;
}

static enum err make_folders(struct ctx *cx, int folder, const char *path)
{
	char part[PATH_BYTES];
	for (const char *slash = strchr(path, '/'); slash; slash = strchr(slash + 1, '/')) {
		snprintf(part, sizeof part, "%.*s", (int)(slash - path), path);
		if (mkdirat(folder, part, S_IRWXU | S_IRGRP | S_IXGRP) != 0 && errno != EEXIST)
			return fail(cx, E_IO, "making the folder ledger/%s: %s", part, strerror(errno));
	}
	return OK;
}

/* A reader finds the whole file or none; what a power cut leaves of it is found out by its hashes. */
enum err tiles_keep(struct ctx *cx, void *self, int level, uint64_t index, const struct hash hashes[TILE_WIDTH])
{
	const int *const folder = self;
	char path[PATH_BYTES], tmp[PATH_BYTES + 8];
	path_of(level, index, path);
	snprintf(tmp, sizeof tmp, "%s.new", path);
	AUTO(close_fd) int fd = openat(*folder, tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR | S_IRGRP);
	if (fd < 0 && errno == ENOENT) {
		TRY(make_folders(cx, *folder, path));
		fd = openat(*folder, tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR | S_IRGRP);
	}
	if (fault_hit(cx) || fd < 0 || write(fd, hashes, TILE_BYTES) != TILE_BYTES || renameat(*folder, tmp, *folder, path) != 0)
		return fail(cx, errno == ENOSPC ? E_FULL : E_IO, "writing ledger/%s: %s", path, strerror(errno));
	return OK;
}

/* --- entries --- */

struct leaves {
	uint64_t first, end;
	enum err (*take)(struct ctx *, struct leaves *, const struct hash *leaf);
	int folder;
	struct edge *edge;                     /* that they are added to */
	struct hash *out;                      /* or where they are put, `count` of them */
	unsigned count;
};

static enum err take_leaves(struct ctx *cx, struct leaves *leaves)
{
	AUTO(lines_close) struct lines lines = {};
	TRY(lines_open(cx, leaves->first, leaves->end, &lines));
	while (lines_next(&lines)) {
		const struct hash leaf = tree_leaf(lines.line);
		TRY(leaves->take(cx, leaves, &leaf));
	}
	return lines_status(&lines);
}

/* Lines are many, and needed one after the other only: in memory of their own. */
static enum err read_leaves(struct ctx *cx, struct leaves *leaves)
{
	struct ctx own = *cx;
	own.mem = arena_new_capped(ARENA_REQUEST_BYTES);
	const enum err e = take_leaves(&own, leaves);
	cx->failure = own.failure;
	arena_free(&own.mem);
	return e;
}

static enum err put_leaf(struct ctx *cx, struct leaves *leaves, const struct hash *leaf)
{
	if (leaves->count == TILE_WIDTH)
		return fail(cx, E_CORRUPT, "the ledger has more entries from %llu on than there is room for", (unsigned long long)leaves->first);
	leaves->out[leaves->count++] = *leaf;
	return OK;
}

static enum err bottom_tile(struct ctx *cx, uint64_t index, struct hash out[TILE_WIDTH])
{
	struct leaves leaves = { .first = index * TILE_WIDTH, .end = (index + 1) * TILE_WIDTH, .take = put_leaf, .out = out };
	TRY(read_leaves(cx, &leaves));
	return leaves.count == TILE_WIDTH ? OK : fail(cx, E_CORRUPT, "the ledger's entries from %llu on are not all there", (unsigned long long)leaves.first);
}

static enum err not_kept(struct ctx *, void *, int, uint64_t, const struct hash[TILE_WIDTH])
{
	return OK;
}

/* --- tiles --- */

/* A full tile made again, out of the tiles below it, down to the entries.  Their files are believed or not: no tile above has
 * spoken for them yet, what is made of them is compared. */
enum trust { TRUST_FILES, TRUST_ENTRIES };
static enum err make_again(struct ctx *cx, int folder, enum trust trust, int level, uint64_t index, struct hash out[TILE_WIDTH])
{
	struct hash below[TILE_WIDTH];
	if (level == 0)
		return bottom_tile(cx, index, out);
	for (unsigned i = 0; i < TILE_WIDTH; i++) {
		const uint64_t child = index * TILE_WIDTH + i;
		if (trust == TRUST_ENTRIES || !read_file(folder, level - 1, child, below))
			TRY(make_again(cx, folder, trust, level - 1, child, below));
		out[i] = tile_subtree(below, TILE_HEIGHT);
	}
	return OK;
}

/* The hash over a full tile, as the tile above it has it. */
static enum err expected(struct ctx *cx, const struct tiles *tiles, int level, uint64_t index, struct hash *out)
{
	struct hash above[TILE_WIDTH];
	unsigned width;
	TRY(tiles_read(cx, tiles, level + 1, index / TILE_WIDTH, above, &width));
	*out = above[index % TILE_WIDTH];
	return OK;
}

enum err tiles_read(struct ctx *cx, const struct tiles *tiles, int level, uint64_t index, struct hash out[TILE_WIDTH], unsigned *width)
{
	const unsigned wide = tile_width(level, index, tiles->edge->size);
	if (wide == 0)
		return fail(cx, E_NOTFOUND, "no such tile in a log of %llu entries", (unsigned long long)tiles->edge->size);
	*width = wide;
	if (index >= full_tiles(level, tiles->edge->size)) {
		memcpy(out, tiles->edge->hashes[level], wide * sizeof *out);
		return OK;
	}
	struct hash wanted, found;
	TRY(expected(cx, tiles, level, index, &wanted));
	for (unsigned attempt = 0; attempt < 3; attempt++) {
		const bool made = attempt > 0 || !read_file(tiles->folder, level, index, out);
		if (made)
			TRY(make_again(cx, tiles->folder, attempt < 2 ? TRUST_FILES : TRUST_ENTRIES, level, index, out));
		found = tile_subtree(out, TILE_HEIGHT);
		if (!hash_eq(&found, &wanted))
			continue;
		int folder = tiles->folder;
		if (made && tiles_keep(cx, &folder, level, index, out) != OK)
			return OK;             /* made again the next time: a full disk does not stop reading */
		return OK;
	}
	return fail(cx, E_CORRUPT, "the entries under tile %d, %llu are not those that were signed", level, (unsigned long long)index);
}

static enum err read_hash(struct ctx *cx, void *self, unsigned level, uint64_t index, struct hash *out)
{
	const struct tiles *const tiles = self;
	const struct tile_place place = tile_place(level, index);
	struct hash hashes[TILE_WIDTH];
	unsigned width;
	TRY(tiles_read(cx, tiles, place.level, place.index, hashes, &width));
	*out = tile_subtree(hashes + place.first, place.n);
	return OK;
}

struct tree_source tiles_source(const struct tiles *tiles)
{
	union { const struct tiles *in; void *out; } self = { .in = tiles };
	return (struct tree_source){ .read = read_hash, .self = self.out };
}

/* --- the edge --- */

enum err edge_root(struct ctx *cx, const struct edge *edge, struct hash *out)
{
	const struct tiles tiles = { .folder = -1, .edge = edge };
	const struct tree_source source = tiles_source(&tiles);
	return tree_root(cx, &source, edge->size, out);
}

/* A subtree's hash by its file, or by those below it. */
static enum err believe(struct ctx *cx, int folder, int level, uint64_t index, struct hash *out)
{
	struct hash hashes[TILE_WIDTH];
	if (!read_file(folder, level, index, hashes))
		TRY(make_again(cx, folder, TRUST_FILES, level, index, hashes));
	*out = tile_subtree(hashes, TILE_HEIGHT);
	return OK;
}

static enum err add_leaf(struct ctx *cx, struct leaves *leaves, const struct hash *leaf)
{
	return edge_add(cx, leaves->edge, leaf, leaves->folder < 0 ? not_kept : tiles_keep, &leaves->folder);
}

#define LINES_AT_ONCE 1024

enum err edge_grow(struct ctx *cx, int folder, uint64_t size, struct edge *edge)
{
	while (edge->size < size) {
		const uint64_t before = edge->size, left = size - before;
		struct leaves leaves = {
			.first = before, .end = before + (left < LINES_AT_ONCE ? left : LINES_AT_ONCE), .take = add_leaf, .folder = folder, .edge = edge,
		};
		TRY(read_leaves(cx, &leaves));
		if (edge->size == before)
			return fail(cx, E_CORRUPT, "the ledger's entry %llu is missing", (unsigned long long)before);
	}
	return OK;
}

enum err edge_load(struct ctx *cx, int folder, uint64_t size, struct edge *out)
{
	out->size = size - size % TILE_WIDTH;
	for (int level = 1; level < TILE_LEVELS; level++) {
		const uint64_t hashes = size >> shift_of(level);
		for (uint64_t i = hashes - hashes % TILE_WIDTH; i < hashes; i++)
			TRY(believe(cx, folder, level - 1, i, &out->hashes[level][i % TILE_WIDTH]));
	}
	return edge_grow(cx, folder, size, out);
}

enum err edge_regrow(struct ctx *cx, int folder, uint64_t size, struct edge *out)
{
	out->size = 0;
	return edge_grow(cx, folder, size, out);
}

static enum err hold_root(struct ctx *cx, const struct checkpoint *checkpoint, const struct edge *edge)
{
	struct hash root;
	TRY(edge_root(cx, edge, &root));
	return hash_eq(&root, &checkpoint->root) ? OK : fail(cx, E_CORRUPT, "the ledger's entries are not those that were signed");
}

enum err edge_under(struct ctx *cx, int folder, const struct checkpoint *checkpoint, struct edge *out)
{
	if (edge_load(cx, folder, checkpoint->size, out) == OK && hold_root(cx, checkpoint, out) == OK)
		return OK;
	const enum err e = edge_regrow(cx, folder, checkpoint->size, out);
	if (e != OK && e != E_CORRUPT)         /* the tiles cannot be kept: a full disk */
		TRY(edge_regrow(cx, -1, checkpoint->size, out));
	else
		TRY(e);
	return hold_root(cx, checkpoint, out);
}

enum err ledger_recount(struct ctx *cx, uint64_t size, struct hash *out)
{
	struct edge *const edge = arena_new(&cx->mem, struct edge, 1);
	TRY(edge_regrow(cx, -1, size, edge));
	return edge_root(cx, edge, out);
}

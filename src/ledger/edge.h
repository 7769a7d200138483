/* ledger/edge.h - inside the ledger room: a growing tree's right edge, and the files of the tiles behind it.
 *
 * Of each level of tiles the edge has the last, partial one; that is all that a root and a further leaf need.  A tile that has
 * become full is put into a file, where it never changes.  The files are derived: one that is missing or damaged is made again from the
 * entries, so they are not synced. */
#ifndef LEDGER_EDGE_H
#define LEDGER_EDGE_H
#include "ledger/checkpoint.h"
#include "ledger/tile.h"

struct edge {
	uint64_t size;
	struct hash hashes[TILE_LEVELS][TILE_WIDTH];
};
/* What is done with a tile that has become full. */
typedef enum err edge_full(struct ctx *, void *self, int level, uint64_t index, const struct hash hashes[TILE_WIDTH]);
enum err edge_add(struct ctx *, struct edge *, const struct hash *leaf, edge_full *, void *self);

/* Tiles of a tree whose edge is known.  `folder` is an open directory; cx->db is where the entries are. */
struct tiles {
	int folder;
	const struct edge *edge;
};
/* All hashes of a tile, full or partial, `width` of them.  E_NOTFOUND: not in this tree; E_CORRUPT: entries are missing. */
enum err tiles_read(struct ctx *, const struct tiles *, int level, uint64_t index, struct hash out[TILE_WIDTH], unsigned *width);
struct tree_source tiles_source(const struct tiles *);
/* edge_full for the folder that `self` (an int) is: writes the file. */
enum err tiles_keep(struct ctx *, void *self, int level, uint64_t index, const struct hash hashes[TILE_WIDTH]);

/* The edge of the tree of the first `size` entries, out of the files: believed, so compare the root. */
enum err edge_load(struct ctx *, int folder, uint64_t size, struct edge *out);
/* The same out of the entries; every full tile is written again.  `folder` -1, here and below: none is. */
enum err edge_regrow(struct ctx *, int folder, uint64_t size, struct edge *out);
/* The edge under a checkpoint: out of the files, or out of the entries where files are damaged (nothing syncs them).  E_CORRUPT: the entries are not those that it
 * counts. */
enum err edge_under(struct ctx *, int folder, const struct checkpoint *, struct edge *out);
/* Adds the entries up to `size`; full tiles are written. */
enum err edge_grow(struct ctx *, int folder, uint64_t size, struct edge *);
enum err edge_root(struct ctx *, const struct edge *, struct hash *out);
#endif

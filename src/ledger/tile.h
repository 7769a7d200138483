/* ledger/tile.h - where a log's hashes and entries lie for anybody to fetch (C2SP tlog-tiles 0.1).  Pure.
 *
 * A tile (level, index) holds up to 256 hashes of complete subtrees of 256^level leaves each; a full one never changes.  An entry
 * bundle holds up to 256 entries, each a big-endian u16 length and its bytes.  Paths: tile/L/N, tile/entries/N, with ".p/W" behind a
 * partial one of W; N in groups of three digits, all but the last with an x in front: 1234067 is x001/x234/067. */
#ifndef LEDGER_TILE_H
#define LEDGER_TILE_H
#include "ledger/tree.h"

#define TILE_WIDTH 256
#define TILE_HEIGHT 8                   /* levels of the tree in one tile */
#define TILE_LEVELS 8                   /* 256^8 leaves are more than a size can say */
#define ENTRY_BYTES_MAX 65535
#define TILE_BUNDLE (-1)                /* in place of a level: entries */

struct tile {
	int level;                             /* 0 .. TILE_LEVELS - 1, or TILE_BUNDLE */
	uint64_t index;
	unsigned width;                        /* 1 .. TILE_WIDTH */
};
/* "tile/0/x001/067.p/12", what stands behind the log's prefix. */
void tile_path(const struct tile *, struct buf *out);
/* Strict: one path a tile.  False: not one. */
bool tile_path_parse(struct str path, struct tile *out);
/* How wide it is in a tree of so many leaves; 0: not there. */
unsigned tile_width(int level, uint64_t index, uint64_t size);

/* A subtree's hash out of its tile: the 2^n hashes that it covers there, n below TILE_HEIGHT. */
struct hash tile_subtree(const struct hash *hashes, unsigned n);
/* The tile that holds (level, index) of the tree, and which of its hashes it covers: `first` and 2^`n` of them. */
struct tile_place {
	int level;
	uint64_t index;
	unsigned first, n;
};
struct tile_place tile_place(unsigned level, uint64_t index);

/* Cuts the next entry off a bundle; false at its end, or where it is malformed (then `rest` is not empty). */
bool bundle_next(struct str *rest, struct str *entry);
void bundle_add(struct str entry, struct buf *out);
#endif

/* verify/bundle.h - a bundle of 256 entries, taken apart and hashed; and the threads that do it for several at once. */
#ifndef VERIFY_BUNDLE_H
#define VERIFY_BUNDLE_H
#include "ledger/entry.h"
#include "ledger/tile.h"

/* Our entries are shorter than the format allows; what is larger is malformed here. */
#define BUNDLE_BYTES_MAX ((size_t)TILE_WIDTH * (ENTRY_LINE_MAX + 2))

struct bundle {
	uint64_t index;                        /* its first entry is number index * 256 */
	unsigned width;                        /* so many entries are wanted out of it */
	struct buf bytes;
	/* after bundle_read(): */
	unsigned count;                        /* entries that are there; fewer than `width`: malformed */
	struct str lines[TILE_WIDTH];          /* views of `bytes` */
	struct hash leaves[TILE_WIDTH];
	struct hash root;                      /* of a full bundle */
	bool valid[TILE_WIDTH];
	struct entry entries[TILE_WIDTH];      /* of the valid ones */
	char why[TILE_WIDTH][80];              /* of the others */
};
void bundle_read(struct bundle *);

/* Hands bundles to threads and gives them back in the same order. */
struct crew;
#define CREW_BUNDLES 12                /* at once: about 2 MB */
struct crew *crew_new(void);
void crew_free(struct crew **);                /* takes NULL */
/* A bundle to fill and to submit; NULL: all are under way, take one first. */
struct bundle *crew_spare(struct crew *);
void crew_submit(struct crew *, struct bundle *);
/* The oldest of those submitted, read; NULL when there is none.  It is spare again with crew_done(). */
struct bundle *crew_take(struct crew *);
void crew_done(struct crew *, struct bundle *);
#endif

/* upkeep/fsck.h - what must hold between the stores, the keys, the files, the outbox and the counts (upkeep/invariants.def).
 *
 * Only looks, with moments of the stores that are held for one invariant each; what looks wrong is looked at again, so that a
 * server at work gives no false alarm. */
#ifndef UPKEEP_FSCK_H
#define UPKEEP_FSCK_H
#include "base/ctx.h"
#include "store/db.h"

struct invariant_words {
	const char *name, *holds, *mended;
	bool residue;                          /* a note: what a crash may leave */
};
/* False past the last. */
bool fsck_invariant(size_t index, struct invariant_words *out);

#define FSCK_EXAMPLES 5
#define FSCK_EXAMPLE_BYTES 96
struct fsck_finding {
	struct invariant_words invariant;
	int64_t count, repaired;
	char examples[FSCK_EXAMPLES][FSCK_EXAMPLE_BYTES];      /* public ids, or names of files */
	size_t example_count;
};
#define FSCK_FINDINGS_MAX 64
struct fsck_report {
	struct fsck_finding findings[FSCK_FINDINGS_MAX];
	size_t count;
	unsigned checked, unchecked;           /* invariants; unchecked: what they rest on is not sound */
	int64_t looked;                        /* rows, pages and files */
	int64_t faults;                        /* findings that are no notes and were not repaired */
};
struct fsck_options {
	const char *folder;
	const unsigned char *store_key;
	int64_t cache_kib;
	bool repair, deep;
	bool serving;                          /* a server runs on the folder */
	/* Before each invariant, with -1, and behind it; NULL: nobody asks. */
	void (*progress)(void *self, unsigned at, unsigned of, const char *name, int64_t took_us);
	void *self;
};
/* After a sound preflight.  cx has all that is open; its db is not used: a patient one is opened.  Repairs go through cx->writer. */
enum err fsck_rest(struct ctx *, const struct fsck_options *, struct fsck_report *out);
/* Before the stores are opened: pages and SQLite's own structures of the three files.  `sound` tells whether the rest can be
 * looked at. */
enum err fsck_preflight(struct ctx *, const struct fsck_options *, struct fsck_report *out, bool *sound);
#endif

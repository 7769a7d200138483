/* feed/cursor.h - where a walk through For You stands: all of it is in the cursor, nothing on the server.
 *
 * A walk goes through the videos that there were when it began, in an order that never changes meanwhile: those of the pool by
 * their rank (feed/rank.h), then older ones by id.  What is shown ahead of that order (a liked one, one of a followed creator,
 * one to come between two of the same creator) is remembered by a fingerprint until the order has passed it: so there are no
 * repeats, and nothing is lost.  A full memory means that nothing is shown ahead for a while. */
#ifndef FEED_CURSOR_H
#define FEED_CURSOR_H
#include "base/ctx.h"

#define CURSOR_VERSION 1
#define CURSOR_AHEAD_MAX 512

/* Languages: first what the reader reads, then the rest. */
enum walk_phase { WALK_READABLE, WALK_OTHERS, WALK_END };

struct walk {
	enum walk_phase phase;
	uint64_t seed;
	int64_t start_s;                       /* when it began, seconds since 1970: ages are counted from there */
	int64_t top, base;                     /* ids: the walk's pool is base..top; what is older comes after it */
	uint64_t rank;                         /* passed in the pool: everything up to (rank, id) */
	int64_t id;
	int64_t older;                         /* passed of the older ones: ids from here up; `base` at first */
	int64_t author;                        /* of the last one shown; 0: none */
	unsigned ahead_count;
	uint32_t ahead[CURSOR_AHEAD_MAX + 1];  /* fingerprints; one more while a page is made */
};
uint32_t walk_fingerprint(const struct walk *, int64_t video);

/* base64url; in cx->mem. */
struct str cursor_write(struct ctx *, const struct walk *);
/* E_INVALID "cursor-invalid" for anything that cursor_write() does not write. */
enum err cursor_read(struct ctx *, struct str, struct walk *out);
#endif

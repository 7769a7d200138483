/* feed/kinds.h - which candidates share a creator or a hashtag, collected while a pool is read.  Inside feed/. */
#ifndef FEED_KINDS_H
#define FEED_KINDS_H
#include "feed/pool.h"

struct kind_mark {
	int64_t kind;
	uint32_t candidate, name_at, name_n;
};
struct kinds {
	struct kind_mark *marks;
	size_t count, room;
	uint32_t candidates;                   /* added so far */
	struct buf *names;
};
struct kinds kinds_new(struct buf *names);
void kinds_free(struct kinds *);
/* The next candidate. */
enum err kinds_add(struct ctx *, struct kinds *, const struct video *);
/* Into pool->kinds and pool->at; `names` may not grow any more. */
enum err kinds_place(struct ctx *, struct kinds *, struct pool *);
#endif

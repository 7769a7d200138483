/* feed/look.h - one request's look at the candidates: what may come next, in which order.  Inside feed/. */
#ifndef FEED_LOOK_H
#define FEED_LOOK_H
#include "feed/cursor.h"
#include "feed/pool.h"
#include "feed/pull.h"

#define LOOK_FRESH 20
/* When interests pull: what they would show, and of the order only its head, so that all is checked by one statement. */
#define LOOK_WANTED 14
#define LOOK_FRESH_BESIDE 6
#define LOOK_VARIETY 32
#define LOOK_LIKED 6
#define LOOK_FOLLOWED 6
#define LOOK_CHECK 32                  /* placeholders of feed_unwanted */
#define LOOK_OLDER 128
#define LOOK_FOLLOWS_MAX 512

#define NOT_IN_POOL UINT32_MAX
struct choice {
	struct candidate video;
	struct str json;
	uint64_t rank;                         /* of those in the walk's pool; of liked ones: how much they are liked, turned over;
	                                          of wanted ones: pull_rank() */
	uint32_t candidate;                    /* its number in pool.at; NOT_IN_POOL */
	int total;                             /* pull_total() */
	bool pulled;                           /* an interest brought it here */
	bool held;
	uint64_t kinds;                        /* pull_kinds(), when it is held */
	enum feed_reason reason;
	bool checked, rejected, taken;
};
/* Best first. */
struct choices {
	unsigned count, max;
	struct choice *items;
};

/* Small numbers that are asked for often; never full by the limits above. */
#define SET_SLOTS 2048
struct set {
	unsigned count;
	uint64_t slots[SET_SLOTS];             /* 0: free */
};
void set_add(struct set *, uint64_t);
bool set_has(const struct set *, uint64_t);

/* Where a video that was shown ahead of the order has its turn. */
struct turn {
	uint64_t rank;                         /* of one in the walk's pool */
	int64_t id;                            /* 0: not met in this request, so the order is not near it either */
};

struct look {
	struct ctx *cx;
	const struct feed_ask *ask;
	const struct pool *pool;
	struct walk walk;
	bool reads[POOL_LANGUAGES_MAX];
	struct set ahead;                      /* fingerprints: shown already, though the order has not passed them */
	struct turn turns[CURSOR_AHEAD_MAX + 1];       /* of each in walk.ahead */
	struct set refused;                    /* ids: found unwanted in this request */
	struct set followed;                   /* accounts */
	struct choices fresh, liked, follows, older;
	struct pull pull;
	struct choices wanted;                 /* when interests pull: as `fresh`, by what is wanted most */
	struct choices variety;                /* the best two of each language, of two creators */
	bool older_end;                        /* the last of `older` is the oldest of all */
};

/* Everything but the lists.  `pool` must outlive it. */
enum err look_new(struct ctx *, const struct feed_ask *, const struct pool *, const struct walk *, struct look **out);
/* Fills `fresh` (and `wanted`, when interests pull, and `variety` where it is asked for) with what comes next in the pool, best first, without creator `avoid` (0: nobody); with `ahead` also `liked` and
 * `follows`, which may come before their time. */
void look_at_pool(struct look *, int64_t avoid, bool ahead, bool variety);
/* Adds a batch to `older`. */
enum err look_at_older(struct look *);
/* Rejects what the actor has watched and whom they block, among the first LOOK_CHECK that were not checked. */
enum err look_check(struct look *, struct choices *const *lists, unsigned count);
/* Shown now, ahead of the order for all that is known yet. */
void look_remember(struct look *, const struct candidate *);
/* The order has passed some of what was shown ahead of it: that memory is free again. */
void look_forget_passed(struct look *);
#endif

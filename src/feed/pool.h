/* feed/pool.h - candidates in memory: a snapshot of public.db, counted, never changed once made. */
#ifndef FEED_POOL_H
#define FEED_POOL_H
#include <stdatomic.h>

#include "feed/feed.h"
#include "social/video.h"

#define POOL_LANGUAGES_MAX 256

/* What a choice looks at: small, so that a request's look at all of them stays in the cache. */
struct candidate {
	int64_t id, author;
	uint32_t created_s;                    /* since 1970 */
	uint16_t language;                     /* index into the pool's languages */
	uint16_t heat;                         /* of liked ones: likes with a mild decay by age; comparable within one pool */
};
/* Which candidates share something: a creator or a hashtag. */
struct pool_kind {
	int64_t kind;                          /* feed/interest.h */
	uint32_t from, count;                  /* in `at` */
	struct str name;                       /* of a hashtag */
};
struct pool {
	atomic_uint refs;
	unsigned fresh_count, liked_count;
	bool whole;                            /* every visible video is among the fresh ones */
	int64_t top, base;                     /* newest and oldest id of the fresh ones; 0 when there are none */
	unsigned language_count;               /* language 0 is "": needs none; 1 is whatever found no room */
	char languages[POOL_LANGUAGES_MAX][4];
	uint8_t scripts[POOL_LANGUAGES_MAX];   /* script_of_language() */
	unsigned language_clips[POOL_LANGUAGES_MAX];   /* among the fresh ones */
	struct candidate *fresh;               /* newest first */
	struct candidate *liked;               /* most liked first; may also be among the fresh ones */
	struct str *fresh_json, *liked_json;   /* video_json_members() of each */
	struct buf text;                       /* owns them */
	unsigned kind_count;
	struct pool_kind *kinds;               /* by number */
	uint32_t *at;                          /* of each kind, rising: numbers of fresh ones, then fresh_count + those of liked ones */
	struct buf names;
};

/* READ. */
enum err pool_build(struct ctx *, unsigned fresh_max, unsigned liked_max, struct pool **out);
void pool_give(struct pool **);                /* one reference less; takes NULL */
uint16_t pool_language(const struct pool *, struct str code);  /* 1 when it has none of it */

const struct pool_kind *pool_kind(const struct pool *, int64_t kind);         /* NULL: no candidate is of that kind */
bool pool_kind_has(const struct pool *, const struct pool_kind *, uint32_t candidate);

/* A row of feed_newest, feed_most_liked, feed_older. */
void feed_read_view(struct rows *, struct video_view *out);

/* feed_open() with a pool of another size. */
struct db_config;
enum err feed_open_sized(struct ctx *, const struct db_config *, unsigned fresh_max, unsigned liked_max, struct feed **out);
/* The present snapshot; give it back with pool_give(). */
struct pool *feed_pool(struct feed *);
#endif

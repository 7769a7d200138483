/* feed/feed.h - which videos come next, and why.
 *
 * Owns the choice.  This first one is honest and simple (docs/decisions/first-feed.md); the learning one takes over behind
 * feed_for_you().  A pool of candidates lies in memory, rebuilt by a thread of its own when public.db has changed; requests
 * read a counted snapshot of it and never wait. */
#ifndef FEED_FEED_H
#define FEED_FEED_H
#include "feed/interest.h"

#define FEED_PAGE 8
#define FEED_FRESH_MAX 4000            /* newest visible videos in the pool ... */
#define FEED_LIKED_MAX 1000            /* ... and the most liked of all */
#define FEED_LANGUAGES_MAX 16

struct db_config;
/* Clock, log and faults are the caller's; `config` opens the pool's own read connection.  Builds the first pool before it
 * returns. */
enum err feed_open(struct ctx *, const struct db_config *config, struct feed **out);
void feed_close(struct feed **);
/* For tests and commands: looks at public.db now. */
enum err feed_refresh(struct ctx *, struct feed *);

enum feed_reason {
	FEED_FRESH, FEED_LIKED, FEED_FOLLOWED,
	FEED_WATCHED, FEED_ENJOYED, FEED_ASKED,        /* the reader watched one of its kind to the end, liked one, asked for more */
	FEED_LANGUAGE,                         /* the browser asks for its language */
	FEED_VARIETY,                          /* a newcomer's first page shows many scripts */
	FEED_OTHER_LANGUAGE,                   /* nothing is left in the languages that the reader states */
};
const char *feed_reason_code(enum feed_reason);        /* "fresh" */

/* Who asks is cx->actor (account 0: signed out). */
struct feed_ask {
	struct str cursor;                     /* "" for the first page */
	unsigned language_count;               /* what the reader reads, best first; none: everything */
	struct str languages[FEED_LANGUAGES_MAX];
	bool guessed;                          /* from the browser: they come first and keep nothing out */
	size_t told_count;                     /* signed out: what the client remembers; signed in the server knows better */
	const struct feed_signal *told;
};
struct feed_item {
	int64_t video, author;
	enum feed_reason reason;
	enum kind_type about;                  /* of FEED_WATCHED, FEED_ENJOYED, FEED_ASKED: what it shares with those */
	struct str name;                       /* of a hashtag in `about`; in cx->mem */
	bool liked, saved, following;
	struct str json;                       /* members of the public Video object: `"id":"7",...` without braces; in cx->mem */
};
struct feed_page {
	unsigned count;                        /* may be short, even empty, with a `next`: a bounded look ends there */
	struct feed_item items[FEED_PAGE];
	struct str next;                       /* "" at the end; in cx->mem */
};
/* Reads only; for an event thread.  E_INVALID "cursor-invalid"; E_TOOLARGE: more than SIGNALS_MAX are told. */
enum err feed_for_you(struct ctx *, const struct feed_ask *, struct feed_page *out);
/* Newest first of those whom the actor follows.  E_INVALID "cursor-invalid". */
enum err feed_following(struct ctx *, struct str cursor, struct feed_page *out);

/* {"items":[...],"next":...} of the API. */
struct buf;
void feed_page_json(const struct feed_page *, struct buf *out);

struct feed_stats {
	uint64_t builds, build_us;             /* since start */
	unsigned candidates;
};
void feed_read_stats(struct feed *, struct feed_stats *out);
#endif

/* store/search.h - the one place that knows which engine searches text.  Owns table search_index.
 *
 * SQLite: FTS5 (search.sql, the migration `search`); its statements are posted through the outbox like everything public, and
 * applied again they change nothing.  Another engine brings its own search.sql and migration.  The index is no truth: it can
 * be made again from what it finds (social/findable.h). */
#ifndef STORE_SEARCH_H
#define STORE_SEARCH_H
#include "base/ctx.h"
#include "store/fold.h"

enum search_kind { SEARCH_PEOPLE, SEARCH_HASHTAGS, SEARCH_VIDEOS };

/* --- WRITE --- */
/* Makes `id` findable by `text` alone from the commit on, whatever it was before.  The text is well-formed UTF-8. */
enum err search_put(struct ctx *, enum search_kind, int64_t id, struct str text);
enum err search_drop(struct ctx *, int64_t id);

/* --- upkeep, on a thread that may wait; hourly --- */
/* Puts the index together again where it has fallen into many parts, which makes every search dearer; `into_one`: until there is one.
 * A call takes about a second; `more`: there is more to do, call again. */
enum err search_tidy(struct ctx *, bool into_one, bool *more);

/* --- READ --- */
#define SEARCH_POINTS_MAX 100                  /* code points of a query */
#define SEARCH_WORDS_MAX 8                     /* the first ones count */
#define SEARCH_FOUND_MAX 100                   /* the newest that match; ranked among each other */
#define SEARCH_ENOUGH 20

struct search_hit {
	int64_t id;
	int64_t score;                         /* higher is better; means nothing by itself */
};
struct search_hits {
	struct search_hit *items;              /* best first; in cx->mem */
	size_t count;
};
/* Those of a kind that have all words, older than `before` (0: from the newest); where fewer than SEARCH_ENOUGH have the last
 * word as it is, those too where it is only begun.  SEARCH_FOUND_MAX hits: there may be older ones.  Nothing of a query is syntax.  Subjects may be hidden or gone:
 * the caller looks.  No words: no hits.  E_INVALID "query-invalid": too long, or not well-formed UTF-8. */
enum err search_find(struct ctx *, enum search_kind, struct str query, int64_t before, struct search_hits *out);
#endif

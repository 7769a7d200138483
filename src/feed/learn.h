/* feed/learn.h - what the feed keeps of a person, and how it learns it.  Owns table taste.
 *
 * One row a person, sealed; it goes with the account.  Of who is not signed in nothing is kept: their client sends what it
 * remembers along when it asks for a page. */
#ifndef FEED_LEARN_H
#define FEED_LEARN_H
#include "feed/interest.h"

#define SIGNALS_MAX 50                         /* in one call */

/* READ.  The actor's, empty when nobody is signed in. */
enum err interests_get(struct ctx *, struct interests *out);
/* READ.  What these signals alone would teach.  Videos that do not stand are passed over.  E_TOOLARGE. */
enum err interests_from(struct ctx *, const struct feed_signal *, size_t count, struct interests *out);

/* WRITE; the actor's.  liked, saved and following are looked up.  E_TOOLARGE. */
enum err feed_learn(struct ctx *, const struct feed_signal *, size_t count);
/* WRITE.  Of one's own video nothing is learned.  E_NOTFOUND: there is no such video. */
enum err feed_opinion(struct ctx *, int64_t video, enum opinion, bool undo);
/* WRITE.  One kind, or everything (0). */
enum err feed_forget(struct ctx *, int64_t kind);
/* WRITE; `some` of social/erase.h's struct eraser. */
enum err feed_erase_some(struct ctx *, const struct grant *, bool *more);

/* What is told to the person.  A kind that nothing stands for any more (a hashtag without videos) is left out. */
struct interest_view {
	enum kind_type type;
	int64_t kind;
	struct str name;                       /* of a hashtag without #, a handle, a language's code; in cx->mem */
	int score;                             /* thousandths */
	bool skipped;                          /* held back for now */
	uint8_t earned;
};
struct interest_list {
	unsigned count;
	struct interest_view items[INTERESTS_MAX];     /* most liked first */
};
/* READ.  The actor's. */
enum err interests_list(struct ctx *, struct interest_list *out);
#endif

/* demo/fill.h - a network as large as one likes, for measuring and rehearsing: videos, accounts, likes, and what goes with them.
 *
 * Everything goes the product's own way: the writer, its groups, the outbox, each person's key.  What is public depends on the
 * numbers and the seed alone, so that two fills show the same; keys, persons' numbers and what is sealed are random, as ever.
 * Popularity, activity, languages and words are as uneven as people are.  The clips themselves are few, and shared.
 *
 * A fill can be cut off anywhere: run again with the same numbers it goes on where it was (docs/decisions/scale.md). */
#ifndef DEMO_FILL_H
#define DEMO_FILL_H
#include "base/ctx.h"

#define FILL_VIDEOS_MAX 10'000'000
#define FILL_ACCOUNTS_MAX 1'000'000
#define FILL_LIKES_MAX 200'000'000
#define FILL_PASSWORD "a password for benches"     /* of every account */

struct fill_options {
	int64_t videos, accounts, likes;       /* each 1 or more; likes may be 0 */
	int64_t seed;
	/* How far a step is; NULL: nobody asks.  `done` equals `of` at the step's end. */
	void (*progress)(void *self, const char *step, int64_t done, int64_t of);
	void *self;
};
/* Before anything is opened.  E_INVALID: likes that so few accounts cannot give to so few videos. */
enum err fill_check(struct ctx *, const struct fill_options *);
/* SLOW.  E_CONFLICT "fill-real-accounts": somebody has an account here that no fill made.  E_NOTFOUND: fonts are missing. */
enum err fill_run(struct ctx *, const struct fill_options *);
#endif

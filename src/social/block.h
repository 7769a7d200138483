/* social/block.h - who wants nothing to do with whom.  Owns table block.
 *
 * The blocked one is not told, but is refused: comment and follow ask block_forbids(), which opens the other's row with a
 * grant of its own purpose (docs/decisions/blocks-are-checked-with-a-grant.md). */
#ifndef SOCIAL_BLOCK_H
#define SOCIAL_BLOCK_H
#include "base/ctx.h"
#include "social/profile.h"

#define BLOCK_MAX 10'000

/* WRITE; follows end both ways; doing so twice is one row.  E_INVALID for oneself, E_NOTFOUND, E_TOOLARGE. */
enum err block_add(struct ctx *, int64_t account);
enum err block_remove(struct ctx *, int64_t account);                  /* WRITE; no error when not blocked */
enum err block_list(struct ctx *, int64_t before, struct profile_page *out);   /* READ; as follow_list() */

/* READ.  Does `account` block the actor, or the actor `account`?  E_DENIED blocked, or OK. */
enum err block_forbids(struct ctx *, int64_t account);
/* READ.  The same for the grant's person in place of the actor. */
enum err block_between(struct ctx *, const struct grant *, int64_t account);
/* READ.  Whether the actor blocks anybody at all. */
enum err block_is_any(struct ctx *, bool *out);
/* READ.  Which of `accounts` the actor blocks; at most PAGE_IDS_MAX; all false when nobody is signed in. */
enum err block_has_any(struct ctx *, const int64_t *accounts, size_t count, bool *out);
#endif

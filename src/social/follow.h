/* social/follow.h - who follows whom.  Owns table follow. */
#ifndef SOCIAL_FOLLOW_H
#define SOCIAL_FOLLOW_H
#include "base/ctx.h"
#include "social/profile.h"

#define FOLLOW_MAX 7'500                       /* one person may follow this many */

/* WRITE; the actor starts to follow `account`; doing so twice is one row and no error.
 * E_INVALID for oneself, E_NOTFOUND, E_DENIED blocked, E_TOOLARGE beyond FOLLOW_MAX. */
enum err follow_add(struct ctx *, int64_t account);
enum err follow_remove(struct ctx *, int64_t account);                 /* WRITE; no error when not followed */
/* WRITE; takes away follows of accounts that are closed: nobody can find them from the other side, persons being numbers. */
enum err follow_tidy(struct ctx *, const struct grant *);

/* READ; the actor's, last followed first; `before` is a page's `next` (0: from the newest). */
enum err follow_list(struct ctx *, int64_t before, struct profile_page *out);
/* READ; account ids that the actor follows, last first: for the feed. */
enum err follow_recent(struct ctx *, int64_t *accounts, size_t max, size_t *count);
#endif

/* social/census.h - how much is here, all together: the letter's figures.  Names nobody. */
#ifndef SOCIAL_CENSUS_H
#define SOCIAL_CENSUS_H
#include "base/ctx.h"

/* Published videos.  Looks at every row: on the SLOW pool. */
enum err census_videos(struct ctx *, int64_t *out);
/* Accounts that are not closed.  The same. */
enum err census_accounts(struct ctx *, int64_t *out);
/* The largest id of what is public: it says when this node last wrote, whatever the clock says now.  0: nothing is. */
enum err census_newest(struct ctx *, int64_t *out);
#endif

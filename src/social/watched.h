/* social/watched.h - what has been watched.  Owns table watched. */
#ifndef SOCIAL_WATCHED_H
#define SOCIAL_WATCHED_H
#include "base/ctx.h"

#define VIEWS_MAX 50                           /* in one call */

struct view_item {
	int64_t video;
	int64_t watched_ms;                    /* of this time; cut at a day */
	bool completed;
	bool shared, left;                     /* handed on; left for elsewhere: the feed's business, not kept here */
};
/* WRITE.  Signed in: remembered as seen, and a view is counted once for a person and a video.  Signed out: counted only (the
 * caller limits the rate).  Videos that do not stand are passed over.  `first` (of `count`): which were the actor's first time with
 * the video.  E_TOOLARGE. */
enum err views_add(struct ctx *, const struct view_item *, size_t count, bool *first);
/* WRITE.  A video that the actor does not want to see counts as seen, though not as a view; and the opposite. */
enum err watched_hide(struct ctx *, int64_t video);
enum err watched_show(struct ctx *, int64_t video);
#endif

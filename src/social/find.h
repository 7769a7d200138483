/* social/find.h - looking for people, hashtags and videos.  READ.
 *
 * Best first.  What was removed, suspended or is blocked by the one who asks is not there, so a page may be short though there
 * is a next one. */
#ifndef SOCIAL_FIND_H
#define SOCIAL_FIND_H
#include "social/hashtag.h"
#include "social/profile.h"
#include "social/video.h"
#include "store/search.h"

#define FIND_PAGE 20
struct find_ask {
	struct str query;
	struct str cursor;                     /* "" for the first page */
};
struct found {
	union {
		struct video_view *videos;
		struct profile_short *people;
		struct hashtag_view *hashtags;
	};
	size_t count;
	struct str next;                       /* "" at the end; in cx->mem */
};
/* E_INVALID "query-invalid" (store/search.h), "cursor-invalid". */
enum err find_videos(struct ctx *, const struct find_ask *, struct found *out);        /* VIDEO_PAGE a page */
/* The one whose handle it is comes first. */
enum err find_people(struct ctx *, const struct find_ask *, struct found *out);        /* FIND_PAGE a page */
/* Takes those out of a list whom the actor has blocked. */
enum err find_leave_out_blocked(struct ctx *, struct profile_page *);
enum err find_hashtags(struct ctx *, const struct find_ask *, struct found *out);
#endif

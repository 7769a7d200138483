/* social/hashtag.h - hashtags in captions, and the videos that have one.  Owns tables hashtag and tagged.
 *
 * A hashtag is # with 1 to 50 letters, digits, marks or _ behind it, and none of these before it.  Its name is folded by
 * Unicode's NFKC_Casefold (#Chai is #chai; an Indic vowel sign is part of the name).  Its id is made from the name, so that two
 * who write it first in the same moment mean the same one. */
#ifndef SOCIAL_HASHTAG_H
#define SOCIAL_HASHTAG_H
#include "base/ctx.h"
#include "social/video.h"

#define HASHTAG_POINTS_MAX 50
#define HASHTAGS_MAX 30                        /* of a caption; the first ones count */

struct hashtags {
	struct str names[HASHTAGS_MAX];        /* each once, in order; in cx->mem */
	size_t count;
};
/* The caption is well-formed UTF-8. */
enum err hashtags_parse(struct ctx *, struct str caption, struct hashtags *out);
/* Below zero, where no other id is. */
int64_t hashtag_id(struct str name);

/* WRITE.  Puts a video under the hashtags of its caption, and under no other; findable by name. */
enum err hashtags_put(struct ctx *, int64_t video, struct str caption);
enum err hashtags_drop(struct ctx *, int64_t video);

struct hashtag_view {
	struct str name;
	int64_t videos;
};
/* READ.  `name` with or without #, as anybody writes it.  Those that have something to show: E_NOTFOUND else. */
enum err hashtag_get(struct ctx *, struct str name, struct hashtag_view *out);
enum err hashtag_by_id(struct ctx *, int64_t id, struct hashtag_view *out);
/* As many of them as there are, in the order of the ids; `out` has room for `count`, `found` tells how many. */
enum err hashtag_list_by_ids(struct ctx *, const int64_t *ids, size_t count, struct hashtag_view *out, size_t *found);
/* READ.  Newest first, older than `before` (0: from the newest); those of blocked accounts are left out, so that a page with a
 * `next` may be short.  Nothing for an unknown name. */
enum err hashtag_videos(struct ctx *, struct str name, int64_t before, struct video_page *out);
#endif

/* social/video_json.h - a video as the API shows it: the only writer of its public members, for api/ and for the feed's pool.
 *
 * An object is opened and closed by the caller: public members, then those of the one who asks, then what a list adds
 * (the feed's reason). */
#ifndef SOCIAL_VIDEO_JSON_H
#define SOCIAL_VIDEO_JSON_H
#include "base/json.h"
#include "social/hashtag.h"
#include "social/video.h"

/* "id" to "counts": the same for everyone, so a pool may keep it. */
void video_json_public(struct json *, const struct video_view *);
/* The same as `"id":"7",...`, without braces. */
void video_json_members(struct buf *out, const struct video_view *);
/* "liked", "saved", "following". */
void video_json_personal(struct json *, bool liked, bool saved, bool following);

/* {"id","handle","name","avatar"}: beside a video, a comment, in a list. */
void profile_short_json(struct json *, const struct profile_short *);
/* {"name","videos"} */
void hashtag_json(struct json *, const struct hashtag_view *);
/* "/media/HASH.EXTENSION"; null for an empty hash. */
void media_url_json(struct json *, struct str hash, const char *extension);
#endif

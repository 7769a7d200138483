/* social/track.h - captions of published videos.  Owns table track.
 *
 * They are their author's words for everybody, as the video is; the list of a video's languages stands in its row (video.def). */
#ifndef SOCIAL_TRACK_H
#define SOCIAL_TRACK_H
#include "base/ctx.h"

#define TRACKS_MAX 20                          /* languages of a video */

/* WRITE.  The actor's video; in the place of what there was in that language.  E_NOTFOUND, E_DENIED, E_INVALID "language-invalid",
 * "captions-invalid" (social/vtt.h), E_CONFLICT "captions-full". */
enum err track_put(struct ctx *, int64_t video, struct str language, struct str vtt);
/* WRITE.  Moderators remove any.  E_NOTFOUND, E_DENIED; one that is gone already is no error. */
enum err track_remove(struct ctx *, int64_t video, struct str language);
/* READ.  In cx->mem; E_NOTFOUND. */
enum err track_get(struct ctx *, int64_t video, struct str language, struct str *vtt);
#endif

/* social/findable.h - what of a video and of a person can be searched for: captions with their hashtags, handles and names. */
#ifndef SOCIAL_FINDABLE_H
#define SOCIAL_FINDABLE_H
#include "base/ctx.h"

/* WRITE.  In the transaction that publishes or changes it. */
enum err findable_video(struct ctx *, int64_t video, struct str caption);
enum err findable_video_gone(struct ctx *, int64_t video);
enum err findable_person(struct ctx *, int64_t account, struct str handle, struct str name);

/* Makes findable what is not yet, or was folded by an older program; before serving, so that nothing changes meanwhile.
 * `count` tells how many. */
enum err findable_catch_up(struct ctx *, int64_t *count);
#endif

/* social/findable.h - what of a video and of a person can be searched for: captions with their hashtags, handles and names. */
#ifndef SOCIAL_FINDABLE_H
#define SOCIAL_FINDABLE_H
#include "base/ctx.h"

/* WRITE.  In the transaction that publishes or changes it. */
enum err findable_video(struct ctx *, int64_t video, struct str caption);
enum err findable_video_gone(struct ctx *, int64_t video);
enum err findable_person(struct ctx *, int64_t account, struct str handle, struct str name);

/* Makes findable what is not yet, or was folded by an older program; before serving, so that nothing changes meanwhile.
 * `count` tells how many.  Once everything is, the next start is told by one row (table findable) that there is nothing to do. */
struct findable_progress {
	void (*tell)(void *self, int64_t looked_at, int64_t of);       /* NULL: nobody asks */
	void *self;
};
enum err findable_catch_up(struct ctx *, const struct findable_progress *, int64_t *count);
#endif

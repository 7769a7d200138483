/* social/like.h - likes and saves: two lists of videos, one public total.  Owns tables liked and saved. */
#ifndef SOCIAL_LIKE_H
#define SOCIAL_LIKE_H
#include "base/ctx.h"
#include "social/video.h"

/* WRITE; somebody must be signed in.  Doing so twice is one row and no error; undoing what is not there neither.
 * E_NOTFOUND: no such video (adding only). */
enum err like_add(struct ctx *, int64_t video);
enum err like_remove(struct ctx *, int64_t video);
enum err save_add(struct ctx *, int64_t video);
enum err save_remove(struct ctx *, int64_t video);

/* READ; the actor's, last added first; `before` is a page's `next` (0: from the newest).  A page may be short or empty though
 * there is a next one: videos that are gone stay out. */
enum err like_list(struct ctx *, int64_t before, struct video_page *out);
enum err save_list(struct ctx *, int64_t before, struct video_page *out);
#endif

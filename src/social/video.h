/* social/video.h - published videos: publishing, reading, changing, removing.  Owns tables video, published and dropped.
 *
 * A row of `video` is public from the commit that made it.  `published`, beside it in personal.db, is what write rules look
 * at: public.db lags by the running commit group. */
#ifndef SOCIAL_VIDEO_H
#define SOCIAL_VIDEO_H
#include "base/ctx.h"
#include "social/profile.h"
#include "store/field.h"

struct video {
#define EXPAND_STRUCT "social/video.def"
#include "store/expand.h"
};

struct video_view {
	struct video video;
	struct profile_short author;
	int64_t likes, comments, views;
	bool liked, saved, following;          /* the actor's: see video_flags() */
	bool blocked;                          /* the actor blocks the author */
};
#define VIDEO_PAGE 8
#define PAGE_IDS_MAX 50
struct video_page {
	struct video_view *items;              /* in cx->mem */
	size_t count;
	int64_t next;                          /* cursor: the last id; 0: that was the last page */
};

/* --- READ.  Removed videos and those of suspended accounts are not there. --- */
enum err video_get(struct ctx *, int64_t id, struct video_view *out);  /* flags set; E_NOTFOUND */
enum err video_exists(struct ctx *, int64_t id);                       /* OK or E_NOTFOUND */
/* One statement (and one for the flags when somebody is signed in).  Newest first, older than `before` (0: from the newest). */
enum err video_list_by_account(struct ctx *, int64_t account, int64_t before, struct video_page *out);
/* Those of `ids` that can be shown, in that order; at most PAGE_IDS_MAX; next stays 0.  Flags set. */
enum err video_list_by_ids(struct ctx *, const int64_t *ids, size_t count, struct video_page *out);
/* Sets liked, saved, following, blocked for the actor: a statement for each eight videos; nothing when nobody is signed in. */
enum err video_flags(struct ctx *, struct video_view *, size_t count);

/* --- WRITE --- */
struct video_new {
	int64_t account;
	struct str caption, language;          /* text_clean(TEXT_CAPTION) and language_check() are done here */
	int64_t duration_ms, width, height, bytes;
	struct str src, poster, color;
	bool has_audio;
};
/* Visible from the commit on.  E_DENIED suspended: the account may not publish; E_NOTFOUND: it is closed;
 * E_CONFLICT file-gone: blob_publish() the files once more (another video of the same bytes was removed meanwhile). */
enum err video_publish(struct ctx *, const struct video_new *, int64_t *id);

/* Only what is set changes. */
struct video_change {
	const struct str *caption, *language;
};
/* By its author.  E_NOTFOUND, E_DENIED, E_INVALID.  `out` as it will be after the commit. */
enum err video_change(struct ctx *, int64_t id, const struct video_change *, struct video_view *out);
/* By its author or a moderator.  Gone with the commit; its files and comments follow by the drop job (social/erase.h).
 * E_NOTFOUND, E_DENIED. */
enum err video_remove(struct ctx *, int64_t id);
/* The same without asking who acts: for moderation, closing and the console. */
enum err video_take_away(struct ctx *, int64_t id);
/* The author of a standing video; E_NOTFOUND when it is gone or its author is not active.  For write rules. */
enum err video_author(struct ctx *, int64_t id, int64_t *account);
#endif

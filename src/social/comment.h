/* social/comment.h - comments on videos, and replies to them.  Owns table comment.
 *
 * Threads have one level: what answers a reply hangs on the same comment as that reply, and says whom it answers. */
#ifndef SOCIAL_COMMENT_H
#define SOCIAL_COMMENT_H
#include "base/ctx.h"
#include "social/profile.h"
#include "store/field.h"

struct comment {
#define EXPAND_STRUCT "social/comment.def"
#include "store/expand.h"
};
struct comment_view {
	struct comment comment;
	struct profile_short author;
	struct str answers;                    /* handle of whom a reply answers; empty: none, or gone */
	int64_t replies;                       /* in its thread; may lag by some 100 ms */
	bool own;
};
#define COMMENT_PAGE 20
struct comment_page {
	struct comment_view *items;            /* in cx->mem */
	size_t count;
	int64_t next;                          /* cursor: the last id; 0: that was the last page */
};

/* WRITE.  E_NOTFOUND: no such video; E_INVALID comment-invalid; E_DENIED blocked. */
enum err comment_add(struct ctx *, int64_t video, struct str text, struct comment_view *out);
/* WRITE; answers a comment or a reply.  As comment_add(), and refused too by whom it answers and by whose thread it is. */
enum err comment_reply(struct ctx *, int64_t to, struct str text, struct comment_view *out);
/* WRITE; by its author, the video's author or a moderator.  Its replies are seen no more, and go by the
 * drop job (social/erase.h).  E_NOTFOUND, E_DENIED. */
enum err comment_remove(struct ctx *, int64_t id);
/* WRITE; the same without asking who acts: for moderation and closing.  E_NOTFOUND. */
enum err comment_take_away(struct ctx *, int64_t id);
/* READ; newest first, older than `before` (0: from the newest).  Comments of suspended accounts and of those whom the actor
 * blocks stay out: a page may be short though there is a next one.  E_NOTFOUND: no such video. */
enum err comment_list(struct ctx *, int64_t video, int64_t before, struct comment_page *out);
/* READ; the replies in a comment's thread, oldest first, newer than `after` (0: from the oldest); `next` is the next `after`.
 * As comment_list() in the rest.  E_NOTFOUND: no such comment, or it is a reply. */
enum err comment_replies(struct ctx *, int64_t thread, int64_t after, struct comment_page *out);
/* READ; E_NOTFOUND. */
enum err comment_get(struct ctx *, int64_t id, struct comment_view *out);
#endif

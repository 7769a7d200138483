/* social/inbox.h - notifications: what others did that a person is told of.  Owns table inbox.
 *
 * Each is written with the act itself, in one transaction, and sealed to its recipient (social/mailbox.h): who acted needs no
 * grant of theirs.  Nobody is told of their own acts, nor of a blocked person's.  Of a person the newest INBOX_MAX are kept.
 *
 * A mark is what takes a notification back.  For what is public anyway it is the public id (of the comment, the video, the
 * draft); for a like and a follow it is a number that only the actor's own key can make. */
#ifndef SOCIAL_INBOX_H
#define SOCIAL_INBOX_H
#include "base/ctx.h"
#include "social/comment.h"
#include "social/video.h"

#define INBOX_MAX 500

/* Stored: numbers are never used again for something else. */
enum notice_kind {
	NOTICE_FOLLOW = 1,
	NOTICE_LIKE = 2,
	NOTICE_COMMENT = 3,
	NOTICE_REPLY = 4,
	NOTICE_MENTION = 5,                    /* in a comment, or in a caption: then there is no comment */
	NOTICE_PUBLISHED = 6,
	NOTICE_FAILED = 7,
	NOTICE_DEMAND = 8,                     /* a state asks about the person */
	NOTICE_KINDS
};
const char *notice_kind_name(enum notice_kind);        /* "like" */

/* --- WRITE; the actor is cx->actor unless a grant says who --- */

enum err inbox_liked(struct ctx *, int64_t author, int64_t video);
enum err inbox_unliked(struct ctx *, const struct grant *actor, int64_t author, int64_t video);
enum err inbox_followed(struct ctx *, int64_t account);
enum err inbox_unfollowed(struct ctx *, const struct grant *actor, int64_t account);
/* Tells whom it answers, the video's author and who is mentioned: each once. */
enum err inbox_commented(struct ctx *, const struct comment *, int64_t author);
/* By anybody. */
enum err inbox_comment_gone(struct ctx *, int64_t comment);
/* Tells the author that it is published, and who is mentioned in the caption. */
enum err inbox_published(struct ctx *, const struct grant *author, int64_t video, struct str caption);
/* Another caption: who is mentioned in it and was not before is told, who is no longer is told no more. */
enum err inbox_recaptioned(struct ctx *, int64_t video, struct str caption);
enum err inbox_video_gone(struct ctx *, int64_t author, int64_t video);
/* `reason` is a slug of media/reason.def. */
enum err inbox_failed(struct ctx *, int64_t author, int64_t draft, struct str reason);

/* `words` as docket/steps.c writes them; those about one demand are shown as one. */
enum err inbox_demand(struct ctx *, int64_t account, int64_t demand, struct str words);

/* All up to this one are read; never backwards. */
enum err inbox_see(struct ctx *, int64_t up_to);
/* For an account that is being erased: at most ERASE_BATCH rows. */
enum err inbox_erase_some(struct ctx *, const struct grant *, bool *more);

/* --- READ; the actor's own --- */

#define NOTICE_PEOPLE 3
struct notice_view {
	int64_t id, created_us;                /* of the newest in it */
	enum notice_kind kind;
	bool unread;
	int64_t people;                        /* how many did it; 0 where nobody did */
	struct profile_short actors[NOTICE_PEOPLE];    /* the newest first; accounts that are gone or suspended stay out */
	size_t actor_count;
	bool following;                        /* whether the person follows the first of them */
	bool has_video, has_comment;
	struct video video;
	struct comment comment;                /* the newest */
	int64_t draft;                         /* of NOTICE_FAILED */
	struct str reason;
};
#define INBOX_PAGE 15
struct inbox_page {
	struct notice_view *items;             /* in cx->mem */
	size_t count;
	int64_t next;                          /* cursor; 0: that was the last page */
	int64_t unread;                        /* how many items of all pages have something new in them */
	int64_t newest;                        /* of all pages; 0: there is none */
};
/* Likes of a video are one item, so are comments on it.  Newest first, older than `before` (0: from the newest). */
enum err inbox_list(struct ctx *, int64_t before, struct inbox_page *out);
/* The id of the newest row; 0: there is none. */
enum err inbox_newest(struct ctx *, int64_t *out);
/* The newest INBOX_PAGE items that have something newer than `after` in them, newest first. */
enum err inbox_since(struct ctx *, int64_t after, struct inbox_page *out);
#endif

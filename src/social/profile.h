/* social/profile.h - what an account shows of itself.  Owns table profile. */
#ifndef SOCIAL_PROFILE_H
#define SOCIAL_PROFILE_H
#include "base/ctx.h"
#include "store/field.h"

struct profile {
#define EXPAND_STRUCT "social/profile.def"
#include "store/expand.h"
};

/* Beside a video, a comment, in a list. */
struct profile_short {
	int64_t id;
	struct str handle, name;
	struct str avatar;                     /* hash of a public blob, or empty */
};

struct profile_view {
	struct profile profile;
	int64_t followers, following, videos, likes;   /* likes: of all its videos together */
	bool is_following, is_blocked, is_self;        /* the actor's; false when nobody is signed in */
};
/* READ.  E_NOTFOUND: none, suspended or closed. */
enum err profile_by_handle(struct ctx *, struct str handle, struct profile_view *out);
/* READ.  The account id behind a handle, from public.db; E_NOTFOUND as above. */
enum err profile_find(struct ctx *, struct str handle, int64_t *account);
/* READ.  E_NOTFOUND as above. */
enum err profile_get(struct ctx *, int64_t account, struct profile *out);

struct profile_page {
	struct profile_short *items;           /* in cx->mem */
	size_t count;
	int64_t next;                          /* cursor; 0: that was the last page */
};
#define PROFILE_PAGE 20
/* READ.  Those of `accounts` that are active, in that order; at most PAGE_IDS_MAX. */
enum err profile_list_by_ids(struct ctx *, const int64_t *accounts, size_t count, struct profile_page *out);
/* WRITE.  The name becomes the handle, bio and avatar go: for moderation.  E_NOTFOUND. */
enum err profile_blank(struct ctx *, int64_t account);
#endif

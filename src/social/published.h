/* social/published.h - the writer's own list of what stands: see published.def. */
#ifndef SOCIAL_PUBLISHED_H
#define SOCIAL_PUBLISHED_H
#include "base/ctx.h"
#include "store/field.h"

struct published {
#define EXPAND_STRUCT "social/published.def"
#include "store/expand.h"
};
/* All on the writer. */
enum err published_add(struct ctx *, const struct published *);
/* E_NOTFOUND.  Of accounts in whatever state. */
enum err published_get(struct ctx *, int64_t id, struct published *out);
/* E_NOTFOUND when it does not stand any more: of two who remove a thing in one group only the first counts it off. */
enum err published_remove(struct ctx *, int64_t id);

struct published_list {
	struct published *items;               /* in cx->mem */
	size_t count;
};
enum err published_of_account(struct ctx *, int64_t account, size_t max, struct published_list *out);
enum err published_on_video(struct ctx *, int64_t video, size_t max, struct published_list *out);
enum err published_in_thread(struct ctx *, int64_t thread, size_t max, struct published_list *out);
#endif

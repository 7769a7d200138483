/* social/demo.h - which accounts are a demonstration.  Owns table demo.  The mark is made with the account (struct sign_up's
 * `demo`), in one transaction: an account is a demo one from its first moment or never. */
#ifndef SOCIAL_DEMO_H
#define SOCIAL_DEMO_H
#include "base/ctx.h"

#define DEMO_ACCOUNTS_MAX 64
struct demo_accounts {
	int64_t ids[DEMO_ACCOUNTS_MAX];
	size_t count;
};
enum err demo_accounts(struct ctx *, struct demo_accounts *out);        /* READ */
bool demo_has(const struct demo_accounts *, int64_t account);
/* READ.  Their videos, but for those of the account of this handle. */
enum err demo_count_videos(struct ctx *, struct str but_for, int64_t *out);
/* WRITE; with the account's making, and once it is closed. */
enum err demo_mark(struct ctx *, int64_t account);
enum err demo_unmark(struct ctx *, int64_t account);
#endif

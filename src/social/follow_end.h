/* social/follow_end.h - ending a follow on somebody's behalf, within this room. */
#ifndef SOCIAL_FOLLOW_END_H
#define SOCIAL_FOLLOW_END_H
#include "base/ctx.h"

/* WRITE.  The grant's person follows `account` no more; both totals go down; no error when it was not so. */
enum err follow_end(struct ctx *, const struct grant *follower, int64_t account);
#endif

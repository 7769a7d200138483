/* social/forget.h - the totals of what is gone, within this room. */
#ifndef SOCIAL_FORGET_H
#define SOCIAL_FORGET_H
#include "base/ctx.h"

/* WRITE.  Takes away every total of a removed video or account; `kind` is its kind in the log of publications. */
enum err forget_totals(struct ctx *, const char *kind, int64_t subject);
#endif

/* social/forget.h - what is gone must leave no trace, within this room. */
#ifndef SOCIAL_FORGET_H
#define SOCIAL_FORGET_H
#include "base/ctx.h"

/* WRITE.  Takes away every total of a removed video or account; `kind` is its kind in the log of publications. */
enum err forget_totals(struct ctx *, const char *kind, int64_t subject);
/* The end of a job that takes away: its rows go out of the stores' logs, too.  E_BUSY: not yet, a reader holds them; a job that
 * fails with this is run again. */
enum err forget_logs(struct ctx *);
#endif

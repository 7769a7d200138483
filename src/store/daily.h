/* store/daily.h - what is counted by the day (UTC) until the docket enters the day's totals in the ledger.  Refers to nobody.  Owns
 * table daily. */
#ifndef STORE_DAILY_H
#define STORE_DAILY_H
#include "base/ctx.h"

/* WRITE: with what is counted, in one transaction. */
enum err daily_add(struct ctx *, const char *kind, int64_t delta);
/* READ. 0 when nothing was counted. */
enum err daily_total(struct ctx *, int64_t day, const char *kind, int64_t *out);
/* WRITE.  Counts of days before this one go. */
enum err daily_forget(struct ctx *, int64_t before_day);
/* Days since 1970 of a wall time. */
int64_t daily_of(int64_t wall_us);
#endif

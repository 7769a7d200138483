/* http/slow.h - a few threads and a queue, for handlers that take long.
 *
 * Two lines are served in turn: who only asks, and whose body has been taken already.  A flood of passwords to check so delays what
 * was uploaded by one of them at a time, and not by all. */
#ifndef HTTP_SLOW_H
#define HTTP_SLOW_H
#include "base/ctx.h"

enum slow_line { SLOW_ASKING, SLOW_BROUGHT, SLOW_LINES };
struct slow_pool;
/* `queue_max`: more than there can be at once; a connection has one at most. */
enum err slow_start(struct ctx *, unsigned threads, unsigned queue_max, struct slow_pool **out);
void slow_submit(struct slow_pool *, enum slow_line, void (*work)(void *argument), void *argument);
/* How long the one that has waited longest has waited; 0: nobody waits. */
int64_t slow_wait_us(struct slow_pool *);
/* Runs what is queued, then ends.  For AUTO(). */
void slow_stop(struct slow_pool **);
#endif

/* http/slow.h - a few threads and a bounded queue, for handlers that take long. */
#ifndef HTTP_SLOW_H
#define HTTP_SLOW_H
#include "base/ctx.h"

struct slow_pool;
enum err slow_start(struct ctx *, unsigned threads, unsigned queue_max, struct slow_pool **out);
/* False when the queue is full. */
bool slow_submit(struct slow_pool *, void (*work)(void *argument), void *argument);
/* Runs what is queued, then ends.  For AUTO(). */
void slow_stop(struct slow_pool **);
#endif

/* upkeep/abreast.h - the same work on each of a row of things, on two threads; inside the upkeep room. */
#ifndef UPKEEP_ABREAST_H
#define UPKEEP_ABREAST_H
#include "base/ctx.h"

#define ABREAST_THREADS 2                      /* one hashes while the other writes; more would take them from a node at work */

/* `thread` is below ABREAST_THREADS: no two that run at once have the same. */
typedef enum err abreast_work(void *self, struct ctx *, size_t index, unsigned thread);
/* Calls `work` for each index below `count`, the caller works too.  Contexts have memory of their own and no database.  Behind a
 * failure nothing is begun; of several, that of the lowest index is given: the one that a single thread would have met. */
enum err abreast(struct ctx *, size_t count, abreast_work *, void *self);
#endif

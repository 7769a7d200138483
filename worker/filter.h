/* worker/filter.h - the system calls that amanat-media may make. */
#ifndef WORKER_FILTER_H
#define WORKER_FILTER_H
#include <stdbool.h>

/* For this thread and all that it makes, for good.  False: errno says why. */
bool filter_load(void);
#endif

/* app/serving.h - what a server says of itself in its lock file, for commands beside it. */
#ifndef APP_SERVING_H
#define APP_SERVING_H
#include "base/ctx.h"

struct serving {
	int64_t pid;                           /* 0: no server runs */
	int64_t port, started_us;              /* wall time */
	struct str version;                    /* in cx->mem */
};
/* Into the lock file of a server that holds it. */
enum err serving_note(struct ctx *, int lock, int64_t port);
/* A note whose process is gone counts as none. */
enum err serving_read(struct ctx *, struct serving *out);
#endif

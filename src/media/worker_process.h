/* media/worker_process.h - a process of amanat-media, from its start to its end; what is said to it is worker.h's.
 *
 * A started one loads its libraries, which takes tens of milliseconds, and waits for its job: so it may be started before
 * there is one. */
#ifndef MEDIA_WORKER_PROCESS_H
#define MEDIA_WORKER_PROCESS_H
#include <sys/types.h>

#include "base/ctx.h"
#include "media/protocol.h"

struct worker_process {
	pid_t pid;                              /* 0: none, or reaped */
	int control, input, errors;             /* our ends, non-blocking; -1: closed */
};
#define WORKER_PROCESS_NONE ((struct worker_process){ .control = -1, .input = -1, .errors = -1 })

/* E_IO: the program or the machine failed us. */
enum err worker_process_start(struct ctx *, const char *program, struct worker_process *out);
/* Waits for the end of one that is about to go, a second at most, or kills it; its status as of waitpid(), 0 when it had to be killed. */
int worker_process_reap(struct worker_process *, bool at_once);
/* Kills, reaps, closes; nothing for WORKER_PROCESS_NONE. */
void worker_process_end(struct worker_process *);
#endif

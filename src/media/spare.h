/* media/spare.h - one amanat-media that has been started before its job is there.
 *
 * Loading its libraries takes some 40 ms, which an author would wait for between the last byte sent and the clip: so a worker
 * is started while the last bytes arrive.  At most one waits (some 40 MB), and not for longer than its patience after
 * the last wish for one.  A thread of its own starts and ends it: no event thread waits for a fork. */
#ifndef MEDIA_SPARE_H
#define MEDIA_SPARE_H
#include "base/ctx.h"
#include "media/worker_process.h"

struct spare;
/* `program` lives as long as the spare. */
enum err spare_open(struct ctx *, const char *program, int64_t patience_us, struct spare **out);
/* Ends its thread and the process.  Takes NULL. */
void spare_close(struct spare **);

/* Soon one will be wanted.  Any thread; does not wait.  A start that fails is logged: the job then starts its own. */
void spare_want(struct spare *);
/* The one that waits, now the caller's; WORKER_PROCESS_NONE when none does. */
struct worker_process spare_take(struct spare *);
#endif

/* base/events.h - the event sink: whose things were changed by what was just committed.
 *
 * A topic is a number (an account).  A work on the writer's thread notes topics; after its group's commit the writer flushes
 * them, and the one listener is told.  What is told is only that a look is worth while: whoever is told reads what is new, so
 * a note of a work that was rolled back does no harm, and none can be lost by being too many. */
#ifndef BASE_EVENTS_H
#define BASE_EVENTS_H
#include "base/ctx.h"

struct events;
/* `topics` NULL: there were too many to name; everybody looks. */
typedef void events_tell(void *self, const int64_t *topics, size_t count);

struct events *events_new(void);
void events_free(struct events **);            /* takes NULL */
/* NULL: nobody listens any more; when this returns, nobody is being told. */
void events_listen(struct events *, events_tell *, void *self);
/* On the writer's thread, inside a work.  Nothing when the context has no sink: in a command. */
void events_note(struct ctx *, int64_t topic);
/* On the writer's thread, after a commit. */
void events_flush(struct events *);
#endif

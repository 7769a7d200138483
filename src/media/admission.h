/* media/admission.h - how many uploads arrive at once, and a fair share of that for each person.
 *
 * Each body on its way costs some 150 KiB (its connection, its piece of plain and of sealed bytes), so there are at most
 * media.uploads_at_once.  A person may hold as many as are still free: half when alone, a third each when two do, and the first of
 * whoever comes finds room until all are taken.  Who finds none is told when to come again: about as long as the others have needed. */
#ifndef MEDIA_ADMISSION_H
#define MEDIA_ADMISSION_H
#include "base/ctx.h"

struct admission;
struct admission *admission_new(unsigned most);
void admission_free(struct admission **);      /* for AUTO(); takes NULL */
/* E_BUSY with the failure's retry_seconds.  Any thread. */
enum err admission_enter(struct ctx *, struct admission *, int64_t person);
/* Once for each that was let in; `since_us`: boot time of its admission_enter(). */
void admission_leave(struct admission *, int64_t person, int64_t since_us);

struct admission_stats {
	unsigned arriving;
	uint64_t turned_away;
};
void admission_read_stats(struct admission *, struct admission_stats *out);
#endif

/* store/weights.h - what the likes of a video and the followers of a person add to their rank, remembered.  Inside the store room.
 *
 * A search ranks a hundred hits; on a large node each one's total lies on a page of its own, and reading those was most of what a search
 * for a rare word cost.  Only the number of doublings counts, one byte's worth.  A memory of bounded size, empty at first: who is not in it
 * is looked up.  The writer takes out whose total it has changed; what another process has changed is seen after WEIGHTS_STAND_US. */
#ifndef STORE_WEIGHTS_H
#define STORE_WEIGHTS_H
#include <stdbool.h>
#include <stdint.h>

#define WEIGHTS_STAND_US (INT64_C(300) * 1'000'000)
#define WEIGHT_MAX 62

struct weights;
struct weights *weights_new(void);             /* 2 MiB when full, next to nothing while nobody searches */
void weights_free(struct weights **);          /* takes NULL */

/* --- any thread --- */
/* Once a search: forgets all that has stood too long.  `now_us` is boot time. */
void weights_stand(struct weights *, int64_t now_us);
bool weights_get(struct weights *, int64_t subject, unsigned *out);    /* false: it is not known */
/* Before the total is read; what changes from then on keeps weights_put() from putting it. */
uint64_t weights_mark(const struct weights *);
void weights_put(struct weights *, int64_t subject, unsigned weight, uint64_t mark);

/* --- the writer --- */
/* A total changes in the transaction that is open ... */
void weights_note(struct weights *, int64_t subject);
/* ... which has been committed. */
void weights_forget_noted(struct weights *);
#endif

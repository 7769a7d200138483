/* base/fault.h - seams at which a test lets the nth fallible call fail.
 *
 * ctx.faults is NULL outside tests, and then a seam costs one comparison. */
#ifndef BASE_FAULT_H
#define BASE_FAULT_H
#include <stdatomic.h>
#include <stdbool.h>

struct ctx;

struct faults {
	atomic_uint armed;                     /* the call that fails; 0: none */
	atomic_uint calls;                     /* counted since fault_arm() */
	/* Told of every seam that is reached, on the thread that reaches it, before what it stands for is done; NULL: nobody.
	 * It need not return: tests/kills ends the process there. */
	void (*reached)(struct faults *, const char *file, int line);
};
void fault_arm(struct faults *, unsigned nth);
/* True when the armed call was reached: another round, with nth + 1, is worth running. */
bool fault_reached(const struct faults *);
/* At each seam: statement, commit, write, fsync, rename, spawn, outbound request. */
#define fault_hit(cx) fault_hit_((cx), __FILE__, __LINE__)
bool fault_hit_(const struct ctx *, const char *file, int line);
#endif

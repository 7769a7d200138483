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
};
void fault_arm(struct faults *, unsigned nth);
/* True when the armed call was reached: another round, with nth + 1, is worth running. */
bool fault_reached(const struct faults *);
/* At each seam: statement, commit, write, fsync, rename, spawn, outbound request. */
bool fault_hit(const struct ctx *);
#endif

#include "base/fault.h"

#include "base/ctx.h"

void fault_arm(struct faults *faults, unsigned nth)
{
	atomic_store(&faults->calls, 0);
	atomic_store(&faults->armed, nth);
}

bool fault_reached(const struct faults *faults)
{
	return atomic_load(&faults->calls) >= atomic_load(&faults->armed);
}

bool fault_hit_(const struct ctx *cx, const char *file, int line)
{
	if (!cx->faults)
		return false;
	if (cx->faults->reached)
		cx->faults->reached(cx->faults, file, line);
	return atomic_fetch_add(&cx->faults->calls, 1) + 1 == atomic_load(&cx->faults->armed);
}

#include "social/scratch.h"

enum err scratch_run(struct ctx *cx, write_work *work, void *argument)
{
	AUTO(ctx_end) struct ctx scratch = *cx;
	scratch.mem = arena_new_capped(ARENA_REQUEST_BYTES);
	enum err outcome = writer_run(&scratch, work, argument);
	cx->failure = scratch.failure;
	return outcome;
}

#include "base/ctx.h"

void ctx_end(struct ctx *cx)
{
	if (!cx)
		return;
	arena_free(&cx->mem);
	grant_wipe(&cx->actor.grant);
}

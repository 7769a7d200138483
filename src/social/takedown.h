/* social/takedown.h - what the operator, or who works for it, takes away from the public is an entry in the ledger.
 *
 * What people take back themselves is none, nor what follows from that.  What a demand takes away enters its own (docket/effect.c). */
#ifndef SOCIAL_TAKEDOWN_H
#define SOCIAL_TAKEDOWN_H
#include "base/ctx.h"
#include "base/str.h"

/* WRITE, in the transaction of what it tells: by the node's own rules.  `what`: "video", "comment", "account" or "captions" (of a video). */
enum err takedown_enter(struct ctx *, struct str what);
#endif

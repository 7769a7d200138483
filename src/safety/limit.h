/* safety/limit.h - how often one may.
 *
 * Token buckets in memory, by rate class and by whom: the account, or the block of the peer's address (/24, IPv6 /48) as a
 * keyed hash under a key that lives in memory only and changes weekly.  A full address is held nowhere.  The table is of fixed
 * size; the fullest bucket of a set makes room, so that who has used up most is forgotten last.  Lost by a restart. */
#ifndef SAFETY_LIMIT_H
#define SAFETY_LIMIT_H
#include "base/ctx.h"
#include "http/http.h"

struct limits;
enum err limits_open(struct ctx *, struct limits **out);
void limits_close(struct limits **);
/* How often E_LIMIT was said since then. */
uint64_t limits_refused(struct limits *, enum rate);

/* One more of this class: by account when cx->actor is signed in, and then by its address block, too, which may
 * limits.block_times as much; else (and for sign-in and sign-up always) by address block alone.  RATE_NONE is free: what has it
 * is answered out of memory.  E_LIMIT: `retry_seconds` (at least 1) is set, who waits so long gets through, and the failure says
 * it; else it is untouched.  Any thread. */
enum err limit_take(struct ctx *, enum rate, struct str peer, int64_t *retry_seconds);

/* RATE_SIGN_IN counts failures, by name and by address block: ask before, tell after a failure (E_ANONYMOUS).  limit_take() of
 * RATE_SIGN_IN only asks for the block.  Successes count for the name alone: each costs as much work, and one account must not
 * keep everybody from signing in. */
enum err limit_sign_in(struct ctx *, struct str handle, struct str peer, int64_t *retry_seconds);
void limit_sign_in_failed(struct ctx *, struct str handle, struct str peer);
void limit_signed_in(struct ctx *, struct str handle);
/* The same for a password that is asked for once more of the actor; by account alone, so that strangers who fail under its name
 * or from its block cannot keep the owner from changing the password or closing the account. */
enum err limit_password(struct ctx *, int64_t *retry_seconds);
void limit_password_failed(struct ctx *);
#endif

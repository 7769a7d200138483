/* social/session_cache.h - sessions that were open a moment ago, with their keys, so that a request need not unwrap again.
 *
 * An entry is good while `number` (table session_change) is what it was before the entry was read: whoever ends a session,
 * in this process or another, raises it in the same transaction.  The number is read first and the rows after, so an entry
 * can be older than its number says but never newer. */
#ifndef SOCIAL_SESSION_CACHE_H
#define SOCIAL_SESSION_CACHE_H
#include "base/ctx.h"
#include "keys/keys.h"

struct open_session {
	unsigned char token_mac[MAC_BYTES];
	struct actor actor;
	int64_t number;
	int64_t expires_us, last_used_us;      /* wall time */
	int64_t read_us;                       /* boot time */
	bool touch_told;                       /* session_open() has asked for session_touch() */
};
#define CACHE_SECONDS 60

/* Copies it out; wipe it after use.  False: read the rows. */
bool session_cache_find(struct ctx *, const unsigned char token_mac[MAC_BYTES], int64_t number, struct open_session *out);
void session_cache_keep(struct ctx *, const struct open_session *);
/* True once for an entry: the first to ask does it. */
bool session_cache_claim_touch(struct ctx *, const unsigned char token_mac[MAC_BYTES]);
void open_session_wipe(struct open_session *);
#endif

/* social/session.h - where an account is signed in.  Owns tables session and session_change, and the cache of open sessions.
 *
 * A token is 32 random bytes; the table holds its MAC under the region's key, so that neither a copy of personal.db nor its
 * reader can sign in.  A session that is not used for accounts.session_days ends. */
#ifndef SOCIAL_SESSION_H
#define SOCIAL_SESSION_H
#include "base/ctx.h"

#define TOKEN_TEXT_BYTES 44                    /* 43 characters of base64url and NUL */

struct session_token {
	char text[TOKEN_TEXT_BYTES];           /* wipe after use */
	int64_t session;
	int64_t expires_us;                    /* moves on with use */
};

/* The process's cache of open sessions; made by app/, NULL in the context means none.  Bounded; its entries, which hold user
 * keys, lie in locked memory. */
enum err sessions_open(struct ctx *, struct sessions **out);
void sessions_close(struct sessions **);       /* wipes */

/* READ.  Fills cx->actor: account, session, role, grant with person.  `touch_due` asks for session_touch() by and by (at most
 * hourly).  E_ANONYMOUS: not a token, or its session ended.  A session that ended in this or another process is noticed by
 * the next call: see session_cache.c. */
enum err session_open(struct ctx *, struct str token, bool *touch_due);
/* WRITE, before anything is written in a session's name: a body may have taken minutes to arrive since session_open().  The
 * role is as it is now.  OK also when nobody is signed in.  E_ANONYMOUS: the session has ended meanwhile. */
enum err session_stands(struct ctx *);
/* WRITE.  Notes the use and moves the expiry on. */
enum err session_touch(struct ctx *);

/* WRITE.  A new session of the grant's account. */
enum err session_create(struct ctx *, const struct grant *, struct str client, struct session_token *out);

struct session_view {
	int64_t id, created_us, last_used_us, expires_us;
	struct str client;
	bool current;
};
#define SESSIONS_MAX 50                        /* of an account; one more ends the one that expires first */
struct session_page {
	struct session_view *items;            /* in cx->mem */
	size_t count;
};
enum err session_list(struct ctx *, struct session_page *out);         /* READ; the actor's, newest first */
enum err session_revoke(struct ctx *, int64_t id);                     /* WRITE; E_NOTFOUND unless it is the actor's */
/* WRITE.  The actor's session goes on under a new token; the old one and all other sessions end.  Afterwards the actor's is the new
 * one.  E_ANONYMOUS: it has ended meanwhile. */
enum err session_renew(struct ctx *, struct session_token *out);
/* WRITE.  All of an account's but `keep` (0: all). */
enum err session_end_all(struct ctx *, int64_t account, int64_t keep);
/* WRITE.  Takes expired rows away, a bounded number; `more` says that there are others. */
enum err session_sweep(struct ctx *, bool *more);
/* WRITE.  Every cached session is read again at its next use. */
enum err session_changed(struct ctx *);
#endif

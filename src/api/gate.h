/* api/gate.h - who may pass: authentication, the route's `who`, cross-site requests, rates. */
#ifndef API_GATE_H
#define API_GATE_H
#include "http/http.h"

#define SESSION_COOKIE "amanat_session"

/* Fills cx->actor from `Authorization: Bearer` or the cookie.  E_ANONYMOUS: nobody is signed in though the route asks for
 * somebody, or the bearer token is not (or no longer) one; a stale cookie is as none.  E_DENIED: role, or "cross-site": an
 * unsafe method that a browser sent for another site's page.  E_LIMIT with the failure's retry_seconds. */
enum err gate_pass(struct ctx *, const struct req *, bool *touch_due);
/* The actor's rank, for routes that show more to a moderator. */
bool gate_is(const struct ctx *, enum who);
#endif

/* api/gate.h - who may pass: authentication, the route's `who`, cross-site requests, rates. */
#ifndef API_GATE_H
#define API_GATE_H
#include "http/http.h"

/* Behind TLS the name has a prefix that browsers take from this host alone, Secure and for every path (RFC 6265bis section 4.1.3.2):
 * no neighbour under the same domain can plant a session. */
#define SESSION_COOKIE "amanat_session"
#define SESSION_COOKIE_SECURE "__Host-" SESSION_COOKIE
const char *session_cookie(const struct req *);

/* Fills cx->actor from `Authorization: Bearer` or the cookie.  E_ANONYMOUS: nobody is signed in though the route asks for
 * somebody, or the bearer token is not (or no longer) one; a stale cookie is as none.  E_DENIED: role, or "cross-site": an
 * unsafe method that a browser sent for another site's page.  E_LIMIT with the failure's retry_seconds. */
enum err gate_pass(struct ctx *, const struct req *, bool *touch_due);
/* The actor's rank, for routes that show more to a moderator. */
bool gate_is(const struct ctx *, enum who);
/* The request brought its session as a bearer token, as programs do, not as a cookie. */
bool gate_by_token(struct ctx *, const struct req *);
#endif

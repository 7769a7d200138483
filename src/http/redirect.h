/* http/redirect.h - a second port, without TLS, that says one thing: the same address, over TLS (308).
 *
 * Where to is a setting, never what a request names: so nobody is sent elsewhere by it. */
#ifndef HTTP_REDIRECT_H
#define HTTP_REDIRECT_H
#include "http/listen.h"
#include "http/warden.h"

struct redirect;
/* `to`: "https://example.org", outlives it.  The warden ends connections that dawdle, and outlives it too. */
enum err redirect_start(struct ctx *, const struct listen_at *, const char *to, struct warden *, struct redirect **out);
unsigned redirect_port(const struct redirect *);
/* For AUTO(). */
void redirect_stop(struct redirect **);
#endif

/* http/listen.h - a socket that listens: one of our own, or one that a service manager handed over. */
#ifndef HTTP_LISTEN_H
#define HTTP_LISTEN_H
#include "base/ctx.h"

struct listen_at {
	const char *address;                   /* numeric */
	unsigned port;                         /* 0: any free one */
	int inherited;                         /* instead of both; 0: none */
	const char *setting;                   /* what names the port, for who has to change it */
};
/* `fd` is the caller's to close; `port` the one that it got.  E_CONFLICT: the port is taken; E_INVALID: no numeric address. */
enum err listen_open(struct ctx *, const struct listen_at *, int *fd, unsigned *port);
#endif

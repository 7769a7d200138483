/* http/warden.h - one thread that ends connections: late requests, a drain, answers that must be read before the end.
 *
 * libmicrohttpd ends a connection that is silent; one that trickles a byte now and then it would keep for ever.  So each
 * connection has a deadline here.  The warden never closes a socket of the library's: it shuts it down, which the event thread sees. */
#ifndef HTTP_WARDEN_H
#define HTTP_WARDEN_H
#include <stdatomic.h>

#include "base/ctx.h"
#include "http/proxy.h"

/* Whoever moves a connection out of WAITING owns what happens next: the event thread answers, or the warden cuts. */
enum standing {
	WAITING,                /* for a request, or for the rest of one */
	ANSWERING,
	CUT
};

struct exchange;
struct connection {
	struct connection *next, *previous;    /* under the warden's lock */
	int fd;                                /* the library's; open as long as the connection is listed */
	_Atomic(enum standing) standing;
	atomic_int_fast64_t deadline_us;       /* boot clock; counts while WAITING */
	atomic_bool begun;                     /* a request's first line is here, its answer not yet out */
	bool tls;                              /* the library encrypts: nothing may be said past it in clear */
	bool crowded;                          /* one more than connections_max, or than its block may: answered 503 or 429 */
	bool block_full;                       /* the latter */
	bool counted;                          /* in the crowd of its block */
	atomic_int_fast64_t taken_due_us;      /* boot clock; counts while ANSWERING: more must have been taken by then; 0: does not count */
	int64_t taken;                         /* the warden's: bytes that the client had acknowledged when last looked at; -1: not yet */
	bool linger;                           /* closed with unread bytes of the client's */
	struct address address;
	struct exchange *exchange;             /* begun and not yet ended; the event thread's */
};

/* A problem as the last thing that a connection says; literals without quotes.  A courtesy: the connection ends either way.  Gives the
 * bytes of the body that went out, or 0. */
int64_t say_last(int fd, int status, const char *title, const char *code, const char *detail);

/* Of an answer so much must be taken within each `pace_us`: a client that reads a byte now and then is not silent, and would hold its
 * connection for ever. */
#define TAKEN_PACE_BYTES 16384
struct warden;
enum err warden_start(struct ctx *, int64_t pace_us, struct warden **out);
/* An answer goes out from now on, or (false) its client decides how long it lasts. */
void warden_pace(struct warden *, struct connection *, bool paced);
/* How many were cut for taking too little. */
uint64_t warden_slow_readers(struct warden *);
/* Once: looks after that door, too, from now on (porter.h). */
void warden_post(struct warden *, int listener, bool says);
struct connection *warden_add(struct warden *, int fd, bool tls, int64_t deadline_us);
/* Before the library closes the socket.  A connection with `linger` is read, and what comes is dropped, until the client has
 * closed or two seconds have passed: else the kernel's reset would take from the client the answer that it has not read. */
void warden_remove(struct warden *, struct connection *);
/* Cuts the connections on which no request has begun; with `all`, the others too. */
void warden_cut(struct warden *, bool all);
/* After the last connection was removed.  For AUTO(). */
void warden_stop(struct warden **);
#endif

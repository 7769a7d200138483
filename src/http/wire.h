/* http/wire.h - what the files of this room share: a server, its connections, the exchange in progress on each.
 *
 * A connection and its exchange belong to the event thread that libmicrohttpd gave them, but for what is atomic, and but for
 * the stretch between MHD_suspend_connection() and MHD_resume_connection(): there they are the writer's or the SLOW pool's. */
#ifndef HTTP_WIRE_H
#define HTTP_WIRE_H
#include <microhttpd.h>
#include <pthread.h>
#include <stdatomic.h>

#include "http/crowd.h"
#include "http/handshake.h"
#include "http/http.h"
#include "http/kept.h"
#include "http/proxy.h"
#include "http/redirect.h"
#include "http/router.h"
#include "http/slow.h"
#include "http/stream.h"
#include "http/warden.h"

/* Retry-After of our own refusals, in seconds. */
#define BUSY_RETRY "2"

struct counters {
	atomic_uint_fast64_t requests[6], bytes_out;
	atomic_uint connections, running, away;        /* running: exchanges; away: those on the writer or the SLOW pool */
	atomic_uint_fast64_t us[RUN_CLASSES], runs[RUN_CLASSES], shed[RUN_CLASSES];
	atomic_uint_fast64_t crowded, block_full;
};

struct http {
	struct http_config config;
	struct http_hooks hooks;
	struct router router;
	struct proxies proxies;
	struct MHD_Daemon *daemon;
	struct warden *warden;
	struct crowd *crowd;
	struct slow_pool *slow;
	struct kept *kept;
	struct streams *streams;
	struct tls *tls;                       /* NULL: a proxy speaks it, or nobody */
	struct redirect *redirect;             /* NULL: none */
	int listener;
	unsigned port;
	atomic_bool draining;
	atomic_bool closing;                   /* nothing is sent away any more */
	struct counters counters;
};

enum phase {
	PHASE_HEAD,             /* its head is not seen yet */
	PHASE_BODY,             /* its body arrives */
	PHASE_AWAY,             /* suspended: the writer or the SLOW pool has it */
	PHASE_BACK,             /* resumed: to be answered */
	PHASE_ANSWERED
};

struct exchange {
	struct http *http;
	struct connection *connection;
	struct MHD_Connection *wire;
	struct ctx cx;
	struct req req;
	struct resp resp;
	struct buf body;
	struct stream *stream;                 /* of an answer that goes on; else NULL */
	uint64_t body_bytes;                   /* so far; also of what a sink took */
	int64_t begun_us, handler_us;
	int64_t answer_bytes;
	enum err outcome;
	uint64_t version;                      /* of what is public, when the handler began; if `keep` */
	int status;                            /* finer than the outcome's; 0: none */
	_Atomic(enum phase) phase;
	bool opened, admitted, sink_open, handled, keep;
	const char *target_at;                 /* where libmicrohttpd holds the target: see exchange.c */
	struct str target;                     /* our copy, in the same allocation */
	char target_bytes[];
};

/* The callbacks of libmicrohttpd (exchange.c). */
void *exchange_begin(void *http, const char *target, struct MHD_Connection *);
enum MHD_Result exchange_step(void *http, struct MHD_Connection *, const char *url, const char *method, const char *version,
                              const char *bytes, size_t *n, void **exchange);
/* For one that libmicrohttpd ends without exchange_end(). */
void exchange_forgotten(struct exchange *);
void exchange_end(void *http, struct MHD_Connection *, void **exchange, enum MHD_RequestTerminationCode);

/* What libmicrohttpd may use for a connection: a request's head, its parsed fields and the answer's head (server.c). */
size_t connection_memory(const struct http_config *);
/* So little of it is left that an answer's head might not fit (head.c). */
bool head_is_crammed(const struct exchange *);

/* What is wrong with a head, or OK (head.c).  Sets x->status where HTTP has a finer one. */
enum err head_check(struct exchange *);
bool head_has_body(const struct exchange *);

/* Runs the handler on this thread, times it, counts it (exchange.c). */
enum err exchange_handle(struct exchange *);

/* Queues x->resp, or the problem that x->outcome is (answer.c).  MHD_NO: cut the connection. */
enum MHD_Result answer_queue(struct exchange *);
/* Whether the connection ends with this answer. */
bool answer_is_last(const struct exchange *);
/* The bytes of a file from `first` on; takes fd (file.c).  `tls`: this process encrypts them, so it reads them itself.  NULL: no memory, fd
 * stays the caller's. */
struct MHD_Response *file_response(int fd, int64_t first, int64_t bytes, bool tls);
/* For a refusal while the body still arrives, when libmicrohttpd takes no answer any more: writes it past the library, lets
 * the warden linger.  The caller cuts the connection. */
void answer_past(struct exchange *);
#endif

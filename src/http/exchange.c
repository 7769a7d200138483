/* The life of one request, as libmicrohttpd's callbacks tell it. */
#include "http/wire.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

/* A sink's request may take long, but not for ever: so much must have come within each body_seconds. */
#define SINK_PACE_BYTES 16384
#define CRAMMED "The request's head has too many or too large fields; clear cookies."

static int64_t late_us(const struct exchange *x)
{
	return clock_boot_us(NULL) + (int64_t)x->http->config.body_seconds * SECOND_US;
}

/* libmicrohttpd would take the query apart into its small memory for the connection, where a few hundred parameters make it
 * hang until the idle time is over.  It looks for them after this callback and behind the '?', so they end there; ours is a copy. */
static void hide_query(const char *target)
{
	union {
		const char *in;
		char *out;
	} query = { .in = strchr(target, '?') };
	if (query.in && query.in[1])
		query.out[1] = 0;
}

void *exchange_begin(void *argument, const char *target, struct MHD_Connection *wire)
{
	struct http *http = argument;
	const union MHD_ConnectionInfo *info = MHD_get_connection_info(wire, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
	size_t n = strlen(target);
	struct exchange *x = calloc(1, sizeof *x + n + 1);
	if (!x)
		abort();
	memcpy(x->target_bytes, target, n);
	hide_query(target);
	x->http = http;
	x->connection = info->socket_context;
	x->wire = wire;
	x->target_at = target;
	x->target = (struct str){ .p = x->target_bytes, .n = n };
	x->begun_us = clock_boot_us(NULL);
	x->req.path = x->req.query = x->req.body = x->req.peer = STR("");
	atomic_init(&x->phase, PHASE_HEAD);
	if (!x->connection->crowded)           /* it must not stay for long */
		atomic_store(&x->connection->deadline_us, late_us(x));
	atomic_store(&x->connection->begun, true);
	atomic_fetch_add(&http->counters.running, 1);
	x->connection->exchange = x;
	return x;
}

static enum MHD_Result join_forwarded(void *argument, enum MHD_ValueKind, const char *key, size_t key_n, const char *value, size_t value_n)
{
	struct buf *list = argument;
	if (!str_eq_ci((struct str){ .p = key, .n = key_n }, STR("X-Forwarded-For")) || !value)
		return MHD_YES;
	if (list->n)
		buf_char(list, ',');
	buf_bytes(list, value, value_n);
	return MHD_YES;
}

static void learn_peer(struct exchange *x)
{
	struct address address = x->connection->address;
	x->req.secure = x->connection->tls;
	if (proxies_trust(&x->http->proxies, &address)) {
		struct buf list AUTO(buf_free) = buf_new(x->http->config.head_max);
		struct str protocol = req_header(&x->cx, &x->req, "X-Forwarded-Proto");
		MHD_get_connection_values_n(x->wire, MHD_HEADER_KIND, join_forwarded, &list);
		address = proxies_client(&x->http->proxies, address, buf_view(&list));
		while (protocol.n && memchr(protocol.p, ',', protocol.n))
			str_cut(&protocol, ',');
		if (protocol.n)
			x->req.secure = str_eq_ci(str_trim(protocol), STR("https"));
	}
	char *text = arena_alloc(&x->cx.mem, ADDRESS_TEXT_BYTES, 1);
	address_text(&address, text);
	x->req.peer = str_of(text);
}

static void open_context(struct exchange *x, const char *method)
{
	const struct http_hooks *hooks = &x->http->hooks;
	hooks->ctx_open(hooks->self, READ, &x->cx);
	x->opened = true;
	x->req.wire = x->wire;
	x->req.method = method_parse(str_of(method));
	learn_peer(x);
}

#define RETRY_MOST_SECONDS 30

static enum err refuse_for_now(struct exchange *x, int64_t wait_us)
{
	int64_t seconds = wait_us / SECOND_US + 1;
	seconds = seconds < RETRY_MOST_SECONDS ? seconds : RETRY_MOST_SECONDS;
	atomic_fetch_add(&x->http->counters.shed[x->req.route->how], 1);
	enum err outcome = fail_as(&x->cx, E_BUSY, "busy", "Too much waits to be done here; nothing was changed. Try again in %lld seconds.",
	                           (long long)seconds);
	x->cx.failure.retry_seconds = seconds;
	return outcome;
}

/* Writes and slow work give way before anything is spent on them; reads never do.  What is measured is how long the first in line
 * waits by now, so a disk that stalls and a flood are noticed alike. */
static enum err make_way(struct exchange *x)
{
	const struct http_hooks *hooks = &x->http->hooks;
	const struct http_config *config = &x->http->config;
	enum run how = x->req.route->how;
	bool changes = x->req.method != GET && x->req.method != HEAD && x->req.method != OPTIONS;
	if (config->slow_patience_us && how == SLOW) {
		int64_t wait_us = slow_wait_us(x->http->slow);
		if (wait_us > config->slow_patience_us)
			return refuse_for_now(x, wait_us);
	}
	if (config->write_patience_us && (how == WRITE || (how == SLOW && changes))) {
		int64_t wait_us = hooks->write_wait_us(hooks->self);
		if (wait_us > config->write_patience_us)
			return refuse_for_now(x, wait_us);
	}
	return OK;
}

/* Route, gate, and the sink's open(): all that may refuse before a byte of the body is read. */
static enum err admit(struct exchange *x)
{
	const struct http_hooks *hooks = &x->http->hooks;
	x->admitted = true;
	TRY(head_check(x));
	if (x->handled)
		return OK;
	TRY(make_way(x));
	const struct sink *sink = x->req.route->sink;
	hooks->db_lend(hooks->self, &x->cx);
	enum err e = hooks->gate(hooks->self, &x->cx, &x->req);
	if (e == OK && sink) {
		e = sink->open(&x->cx, &x->req, &x->req.sink);
		x->sink_open = e == OK;
	}
	hooks->db_return(hooks->self, &x->cx);
	x->body = buf_new(x->req.route->body_max);
	return e;
}

static void close_sink(struct exchange *x, bool complete)
{
	if (!x->sink_open)
		return;
	x->sink_open = false;
	x->req.route->sink->close(x->req.sink, complete);
}

enum err exchange_handle(struct exchange *x)
{
	const struct route *route = x->req.route;
	struct counters *counters = &x->http->counters;
	int64_t from_us = clock_boot_us(NULL);
	resp_free(&x->resp);
	enum err e = route->run(&x->cx, &x->req, &x->resp);
	x->handled = true;
	x->handler_us = clock_boot_us(NULL) - from_us;
	atomic_fetch_add_explicit(&counters->us[route->how], (uint64_t)x->handler_us, memory_order_relaxed);
	atomic_fetch_add_explicit(&counters->runs[route->how], 1, memory_order_relaxed);
	return e;
}

static enum err handle_with_db(struct exchange *x)
{
	const struct http_hooks *hooks = &x->http->hooks;
	hooks->db_lend(hooks->self, &x->cx);
	enum err e = exchange_handle(x);
	hooks->db_return(hooks->self, &x->cx);
	close_sink(x, true);
	return e;
}

/* After this the exchange is the event thread's, and may be gone. */
static void come_back(struct exchange *x, enum err outcome)
{
	struct http *http = x->http;
	struct MHD_Connection *wire = x->wire;
	x->outcome = outcome;
	atomic_store(&x->phase, PHASE_BACK);
	MHD_resume_connection(wire);
	atomic_fetch_sub(&http->counters.away, 1);     /* last: http_stop() waits for it */
}

static void run_slow(void *argument)
{
	struct exchange *x = argument;
	come_back(x, handle_with_db(x));
}

static enum err run_write(struct ctx *, void *argument)
{
	return exchange_handle(argument);
}

static void write_done(void *argument, enum err outcome)
{
	struct exchange *x = argument;
	close_sink(x, x->handled);
	x->cx.db = NULL;
	if (outcome != OK && x->cx.failure.code != outcome)
		outcome = fail(&x->cx, outcome, "Nothing was changed: the server could not keep it. Try again.");
	come_back(x, outcome);
}

static enum MHD_Result send_away(struct exchange *x)
{
	const struct http_hooks *hooks = &x->http->hooks;
	bool write = x->req.route->how == WRITE;
	atomic_fetch_add(&x->http->counters.away, 1);
	if (atomic_load(&x->http->closing)) {          /* http_stop() has counted, or counts this one, too */
		atomic_fetch_sub(&x->http->counters.away, 1);
		return MHD_NO;
	}
	atomic_store(&x->phase, PHASE_AWAY);
	MHD_suspend_connection(x->wire);
	if (write)
		hooks->write(hooks->self, &x->cx, run_write, x, write_done);
	else
		slow_submit(x->http->slow, x->sink_open ? SLOW_BROUGHT : SLOW_ASKING, run_slow, x);
	return MHD_YES;
}

/* The body is whole. */
static enum MHD_Result run(struct exchange *x)
{
	enum standing waiting = WAITING;
	if (!atomic_compare_exchange_strong(&x->connection->standing, &waiting, ANSWERING))
		return MHD_NO;                 /* the warden was quicker */
	if (!x->admitted)
		x->outcome = admit(x);
	if (x->outcome != OK || x->handled)
		return answer_queue(x);
	x->req.body = buf_view(&x->body);
	if (x->req.route->how == WRITE || x->req.route->how == SLOW)
		return send_away(x);
	enum MHD_Result queued;
	x->keep = !answer_is_last(x) && kept_may(x);
	if (x->keep && kept_answer(x, &queued))
		return queued;
	x->outcome = handle_with_db(x);
	return answer_queue(x);
}

/* libmicrohttpd holds the target as a C string inside the request line; the version follows it.  A NUL sent inside the
 * target would hide the rest from everybody, so the two must be neighbours. */
static bool target_was_whole(const struct exchange *x, const char *version)
{
	return version == x->target_at + x->target.n + 1;
}

/* libmicrohttpd takes no answer while a body arrives. */
static enum MHD_Result refuse_rest(struct exchange *x)
{
	enum standing waiting = WAITING;
	if (!atomic_compare_exchange_strong(&x->connection->standing, &waiting, ANSWERING))
		return MHD_NO;
	close_sink(x, false);
	answer_past(x);
	x->connection->linger = true;
	return MHD_NO;
}

static enum MHD_Result see_head(struct exchange *x, const char *method, const char *version)
{
	atomic_store(&x->phase, PHASE_BODY);
	open_context(x, method);
	if (head_is_crammed(x)) {
		x->status = 431;
		x->outcome = fail_as(&x->cx, E_TOOLARGE, "head-too-large", CRAMMED);
		return refuse_rest(x);
	}
	if (!target_was_whole(x, version)) {
		x->admitted = true;
		x->outcome = fail_as(&x->cx, E_INVALID, "bad-request", "The request line is malformed.");
	}
	if (!head_has_body(x))
		return MHD_YES;                /* an answer now would cost the client its connection */
	enum standing waiting = WAITING;
	if (!x->admitted)
		x->outcome = admit(x);
	if (x->outcome == OK)
		return MHD_YES;
	if (!atomic_compare_exchange_strong(&x->connection->standing, &waiting, ANSWERING))
		return MHD_NO;
	x->connection->linger = true;
	return answer_queue(x);
}

static enum MHD_Result take_body(struct exchange *x, const char *bytes, size_t n)
{
	const struct route *route = x->req.route;
	uint64_t before = x->body_bytes;
	x->body_bytes += n;
	if (x->body_bytes > route->body_max) {
		x->status = 413;
		x->outcome = fail_as(&x->cx, E_TOOLARGE, "body-too-large", "The body is larger than %zu bytes.", route->body_max);
		return refuse_rest(x);
	}
	if (!route->sink) {
		buf_bytes(&x->body, bytes, n);
		return MHD_YES;
	}
	if (before / SINK_PACE_BYTES != x->body_bytes / SINK_PACE_BYTES)
		atomic_store(&x->connection->deadline_us, late_us(x));
	x->outcome = route->sink->write(x->req.sink, bytes, n);
	if (x->outcome == OK)
		return MHD_YES;
	if (x->cx.failure.code != x->outcome)
		x->outcome = fail(&x->cx, x->outcome, "The body could not be kept.");
	return refuse_rest(x);
}

enum MHD_Result exchange_step(void *, struct MHD_Connection *, const char *, const char *method, const char *version,
                              const char *bytes, size_t *n, void **exchange)
{
	struct exchange *x = *exchange;
	switch (atomic_load(&x->phase)) {
	case PHASE_HEAD:
		return see_head(x, method, version);
	case PHASE_BODY:
		if (*n == 0)
			return run(x);
		if (take_body(x, bytes, *n) != MHD_YES)
			return MHD_NO;
		*n = 0;
		return MHD_YES;
	case PHASE_BACK:
		return answer_queue(x);
	case PHASE_AWAY:
	case PHASE_ANSWERED:
		return MHD_YES;
	}
	return MHD_NO;
}

static void count(struct exchange *x, int status)
{
	struct http *http = x->http;
	unsigned class = status >= 100 && status < 600 ? (unsigned)status / 100 : 0;
	atomic_fetch_add_explicit(&http->counters.requests[class], 1, memory_order_relaxed);
	if (status)
		atomic_fetch_add_explicit(&http->counters.bytes_out, (uint64_t)x->answer_bytes, memory_order_relaxed);
	if (!http->config.access_log)
		return;
	log_line(http->config.log, LOG_INFO, "request method=%s route=%s status=%d bytes=%jd us=%jd handler_us=%jd",
	         x->opened && x->req.method ? method_name(x->req.method) : "-", x->req.route ? x->req.route->path : "-", status,
	         (intmax_t)(status ? x->answer_bytes : 0), (intmax_t)(clock_boot_us(NULL) - x->begun_us), (intmax_t)x->handler_us);
}

void exchange_end(void *argument, struct MHD_Connection *, void **exchange, enum MHD_RequestTerminationCode code)
{
	struct http *http = argument;
	struct exchange *x = *exchange;
	if (!x)
		return;
	assert(atomic_load(&x->phase) != PHASE_AWAY);
	close_sink(x, false);
	stream_close(x->stream);
	bool told = code == MHD_REQUEST_TERMINATED_COMPLETED_OK || (x->connection->linger && x->answer_bytes);
	/* An exchange that was never opened was answered by the library itself: a malformed head. */
	count(x, told ? (x->opened ? x->resp.status : 400) : 0);
	resp_free(&x->resp);
	buf_free(&x->body);
	if (x->opened)
		http->hooks.ctx_close(http->hooks.self, &x->cx);
	enum standing answering = ANSWERING;
	atomic_store(&x->connection->begun, false);
	atomic_store(&x->connection->taken_due_us, 0);
	atomic_store(&x->connection->deadline_us,
	             clock_boot_us(NULL) + (int64_t)(http->config.idle_seconds + http->config.body_seconds) * SECOND_US);
	atomic_compare_exchange_strong(&x->connection->standing, &answering, WAITING);
	atomic_fetch_sub(&http->counters.running, 1);
	x->connection->exchange = NULL;
	free(x);
	*exchange = NULL;
}

/* When cookies have used up a connection's memory, libmicrohttpd 0.9.75 drops it without a word, to us too.  Its TLS session has ended by now. */
void exchange_forgotten(struct exchange *x)
{
	void *exchange = x;
	x->connection->linger = true;
	x->answer_bytes = x->connection->tls ? 0 : say_last(x->connection->fd, 431, "Request Header Fields Too Large", "head-too-large", CRAMMED);
	exchange_end(x->http, NULL, &exchange, MHD_REQUEST_TERMINATED_WITH_ERROR);
}

/* Starting, stopping, connections coming and going. */
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "http/quiesce.h"
#include "http/wire.h"

/* One that is told that there are too many has so long to ask, and be told. */
#define CROWDED_US (5 * SECOND_US)
#define BLOCKS_LEAST 6                         /* whoever has so many address blocks may take all connections */
/* While draining, kept-alive connections may still bring one request for so long: it was on its way when we closed the door. */
#define DRAIN_IDLE_US (SECOND_US / 4)
#define DRAIN_LOOK_NS 5000000

/* More than connections_max are let in, so that they can be told 503; beyond these the kernel's queue holds them. */
static unsigned connection_limit(const struct http_config *config)
{
	return config->connections_max + config->connections_max / 8 + 2 * config->event_threads;
}

/* Somewhat more than the limit, so that a head somewhat larger than it still reaches us and is told so in our words. */
size_t connection_memory(const struct http_config *config)
{
	return config->head_max + config->head_max / 4 + 4096;
}

/* Idle and late connections are cut, those in their handshake too. */
static int64_t patience_us(const struct http_config *config)
{
	return (int64_t)(config->idle_seconds + config->body_seconds) * SECOND_US;
}

/* 0: as many as there are. */
static unsigned block_limit(const struct http *http, const struct address *address)
{
	static const struct network loopback[] = { { { { [10] = 0xFF, 0xFF, 127 } }, 104 }, { { { [15] = 1 } }, 128 } };
	const struct proxies here = { .networks = { loopback[0], loopback[1] }, .count = 2 };
	if (http->config.block_connections)
		return http->config.block_connections;
	return proxies_trust(&here, address) ? 0 : http->config.connections_max / BLOCKS_LEAST;
}

/* Somewhat more than the limit is let in, to be told; what is beyond that would fill the table by being told. */
static enum MHD_Result let_in(void *argument, const struct sockaddr *from, socklen_t)
{
	struct http *http = argument;
	const struct address address = address_of(from);
	unsigned limit = block_limit(http, &address);
	if (limit == 0 || proxies_trust(&http->proxies, &address) || crowd_count(http->crowd, &address) < limit + limit / 8 + 1)
		return MHD_YES;
	atomic_fetch_add(&http->counters.block_full, 1);
	return MHD_NO;
}

static void look_for_crowd(struct http *http, struct connection *connection)
{
	struct counters *counters = &http->counters;
	bool many = atomic_fetch_add(&counters->connections, 1) >= http->config.connections_max;
	unsigned limit = block_limit(http, &connection->address);
	connection->counted = limit > 0 && !proxies_trust(&http->proxies, &connection->address);
	if (connection->counted)
		connection->block_full = crowd_enter(http->crowd, &connection->address) > limit;
	connection->crowded = many || connection->block_full;
	if (!connection->crowded)
		return;
	atomic_fetch_add(connection->block_full ? &counters->block_full : &counters->crowded, 1);
	atomic_store(&connection->deadline_us, clock_boot_us(NULL) + CROWDED_US);
}

static void connection_changed(void *argument, struct MHD_Connection *wire, void **context, enum MHD_ConnectionNotificationCode code)
{
	struct http *http = argument;
	struct counters *counters = &http->counters;
	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		struct connection *ended = *context;
		if (ended->exchange)
			exchange_forgotten(ended->exchange);
		if (ended->counted)
			crowd_leave(http->crowd, &ended->address);
		warden_remove(http->warden, ended);
		atomic_fetch_sub(&counters->connections, 1);
		return;
	}
	int fd = MHD_get_connection_info(wire, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	struct connection *connection = warden_add(http->warden, fd, http->tls != NULL, clock_boot_us(NULL) + patience_us(&http->config));
	connection->address = address_of(MHD_get_connection_info(wire, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr);
	if (connection->tls)
		gnutls_session_set_ptr(MHD_get_connection_info(wire, MHD_CONNECTION_INFO_GNUTLS_SESSION)->tls_session, http->tls);
	look_for_crowd(http, connection);
	*context = connection;
}

/* The path is decoded by us, once (path.c): what the library makes of it nobody reads. */
static size_t leave_encoded(void *, struct MHD_Connection *, char *text)
{
	return strlen(text);
}

static enum err start_daemon(struct ctx *cx, struct http *http)
{
	const struct http_config *config = &http->config;
	union {
		const char *in;
		char *out;
	} priorities = { .in = tls_priorities };
	/* Not MHD_USE_TURBO: its hopeful reads cost small requests a third (docs/decisions/http-server.md). */
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | (http->tls ? MHD_USE_TLS : 0U);
	struct MHD_OptionItem tls[] = {
		{ MHD_OPTION_HTTPS_CERT_CALLBACK, 0, (void *)(intptr_t)tls_choose },
		{ MHD_OPTION_HTTPS_PRIORITIES, 0, priorities.out },
		{ MHD_OPTION_END, 0, NULL },
	};
	http->daemon = fault_hit(cx) ? NULL : MHD_start_daemon(flags, 0, let_in, http, exchange_step, http,
		MHD_OPTION_LISTEN_SOCKET, http->listener,
		MHD_OPTION_THREAD_POOL_SIZE, config->event_threads,
		MHD_OPTION_CONNECTION_LIMIT, connection_limit(config),
		MHD_OPTION_CONNECTION_TIMEOUT, config->idle_seconds,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, connection_memory(config),
		MHD_OPTION_STRICT_FOR_CLIENT, 1,
		MHD_OPTION_URI_LOG_CALLBACK, exchange_begin, http,
		MHD_OPTION_UNESCAPE_CALLBACK, leave_encoded, NULL,
		MHD_OPTION_NOTIFY_COMPLETED, exchange_end, http,
		MHD_OPTION_NOTIFY_CONNECTION, connection_changed, http,
		MHD_OPTION_ARRAY, http->tls ? tls : tls + 2,
		MHD_OPTION_END);
	if (!http->daemon)
		return fail(cx, E_IO, "The event threads could not be started.");
	return OK;
}

static void http_free(struct http **http)
{
	if (!*http)
		return;
	redirect_stop(&(*http)->redirect);
	slow_stop(&(*http)->slow);
	streams_stop(&(*http)->streams);
	warden_stop(&(*http)->warden);
	crowd_free(&(*http)->crowd);
	kept_free(&(*http)->kept);
	router_free(&(*http)->router);
	tls_close(&(*http)->tls);
	if ((*http)->listener >= 0)
		close((*http)->listener);
	free(*http);
	*http = NULL;
}

static enum err start_tls(struct ctx *cx, struct http *http)
{
	const struct http_config *config = &http->config;
	if (config->redirect.port || config->redirect.inherited)
		if (!tls_wanted(&config->tls) || !str_starts(str_of(config->redirect_to), STR("https://")))
			return fail(cx, E_INVALID, "A port that redirects needs to know where to: set tls.certificate, tls.key, and server.url with https://.");
	return tls_wanted(&config->tls) ? tls_open(cx, &config->tls, patience_us(config), &http->tls) : OK;
}

static enum err start_listening(struct ctx *cx, struct http *http)
{
	const struct http_config *config = &http->config;
	const struct listen_at at = { .address = config->address, .port = config->port, .inherited = config->inherited, .setting = "server.port" };
	TRY(listen_open(cx, &at, &http->listener, &http->port));
	warden_post(http->warden, http->listener, !http->tls);
	TRY(start_daemon(cx, http));
	if (!config->redirect.port && !config->redirect.inherited)
		return OK;
	return redirect_start(cx, &config->redirect, config->redirect_to, http->warden, &http->redirect);
}

enum err http_start(struct ctx *cx, const struct http_config *config, const struct http_hooks *hooks, const struct route *const *tables, struct http **out)
{
	struct http *http AUTO(http_free) = calloc(1, sizeof *http);
	if (!http)
		abort();
	http->listener = -1;
	http->config = *config;
	http->hooks = *hooks;
	http->kept = kept_new();
	http->crowd = crowd_new();
	signal(SIGPIPE, SIG_IGN);
	TRY(proxies_parse(cx, str_of(config->trusted_proxies), &http->proxies));
	TRY(router_build(cx, tables, &http->router));
	TRY(start_tls(cx, http));
	TRY(warden_start(cx, (int64_t)config->body_seconds * SECOND_US, &http->warden));
	TRY(slow_start(cx, config->slow_threads, connection_limit(config), &http->slow));
	TRY(streams_start(cx, config->connections_max / 2, &http->streams));
	TRY(start_listening(cx, http));
	*out = http;
	http = NULL;
	return OK;
}

bool http_is_tls(const struct http *http)
{
	return http->tls != NULL;
}

unsigned http_port(const struct http *http)
{
	return http->port;
}

/* Until none is left; until_us below 0: for ever. */
static void wait_until_none(const atomic_uint *what, int64_t until_us)
{
	static const struct timespec a_moment = { .tv_nsec = DRAIN_LOOK_NS };
	while (atomic_load(what) && (until_us < 0 || clock_boot_us(NULL) < until_us))
		nanosleep(&a_moment, NULL);
}

void http_stop(struct http *http, unsigned seconds)
{
	if (!http)
		return;
	int64_t now_us = clock_boot_us(NULL);
	int64_t until_us = now_us + (int64_t)seconds * SECOND_US;
	atomic_store(&http->draining, true);
	streams_end(http->streams);
	http_quiesce(http->daemon);
	if (!http->config.inherited)
		shutdown(http->listener, SHUT_RDWR);   /* closed later: an event thread may still hold the number */
	redirect_stop(&http->redirect);
	wait_until_none(&http->counters.connections, seconds ? now_us + DRAIN_IDLE_US : now_us);
	warden_cut(http->warden, false);
	wait_until_none(&http->counters.running, until_us);
	warden_cut(http->warden, true);
	atomic_store(&http->closing, true);    /* what was read before the cut may still become whole */
	wait_until_none(&http->counters.away, -1);
	MHD_stop_daemon(http->daemon);
	http_free(&http);
}

enum err http_renew_certificate(struct ctx *cx, struct http *http, bool asked, bool *taken)
{
	bool another = false;
	if (http->tls)
		TRY(tls_renew(cx, http->tls, asked, &another));
	*taken = another;
	return OK;
}

void http_tell(void *http, const int64_t *topics, size_t count)
{
	streams_tell(((struct http *)http)->streams, topics, count);
}

void http_read_stats(const struct http *http, struct http_stats *out)
{
	const struct counters *c = &http->counters;
	struct http_stats stats = {
		.bytes_out = atomic_load(&c->bytes_out), .connections = atomic_load(&c->connections), .streams = streams_count(http->streams),
		.read_us = atomic_load(&c->us[READ]) + atomic_load(&c->us[READ_KEPT]), .write_us = atomic_load(&c->us[WRITE]), .slow_us = atomic_load(&c->us[SLOW]),
		.reads = atomic_load(&c->runs[READ]) + atomic_load(&c->runs[READ_KEPT]), .writes = atomic_load(&c->runs[WRITE]), .slows = atomic_load(&c->runs[SLOW]),
	};
	if (http->tls)
		tls_read_stats(http->tls, &stats.tls);
	stats.shed_writes = atomic_load(&c->shed[WRITE]);
	stats.shed_slow = atomic_load(&c->shed[SLOW]);
	stats.crowded = atomic_load(&c->crowded);
	stats.block_full = atomic_load(&c->block_full);
	stats.slow_readers = warden_slow_readers(http->warden);
	stats.slow_wait_us = slow_wait_us(http->slow);
	for (int i = 0; i < 6; i++)
		stats.requests[i] = atomic_load(&c->requests[i]);
	*out = stats;
}

/* Starting, stopping, connections coming and going. */
#include <assert.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "http/wire.h"

#define BACKLOG 1024
#define SLOW_QUEUE_PER_THREAD 32
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

static void connection_changed(void *argument, struct MHD_Connection *wire, void **context, enum MHD_ConnectionNotificationCode code)
{
	struct http *http = argument;
	struct counters *counters = &http->counters;
	if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
		struct connection *ended = *context;
		if (ended->exchange)
			exchange_forgotten(ended->exchange);
		warden_remove(http->warden, ended);
		atomic_fetch_sub(&counters->connections, 1);
		return;
	}
	int fd = MHD_get_connection_info(wire, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
	int64_t patience_us = (int64_t)(http->config.idle_seconds + http->config.body_seconds) * SECOND_US;
	struct connection *connection = warden_add(http->warden, fd, clock_boot_us(NULL) + patience_us);
	connection->address = address_of(MHD_get_connection_info(wire, MHD_CONNECTION_INFO_CLIENT_ADDRESS)->client_addr);
	connection->crowded = atomic_fetch_add(&counters->connections, 1) >= http->config.connections_max;
	*context = connection;
}

/* The path is decoded by us, once (path.c): what the library makes of it nobody reads. */
static size_t leave_encoded(void *, struct MHD_Connection *, char *text)
{
	return strlen(text);
}

/* What a service manager handed over stays open there: who comes while we restart waits in its queue. */
static enum err listen_inherited(struct ctx *cx, const struct http_config *config, int *out, unsigned *port)
{
	struct sockaddr_storage where = {};
	socklen_t size = sizeof where;
	if (getsockname(config->inherited, (struct sockaddr *)&where, &size) != 0 || (where.ss_family != AF_INET && where.ss_family != AF_INET6))
		return fail(cx, E_INVALID, "The socket that was handed over is no TCP socket.");
	*port = ntohs(where.ss_family == AF_INET ? ((struct sockaddr_in *)&where)->sin_port : ((struct sockaddr_in6 *)&where)->sin6_port);
	*out = config->inherited;
	return OK;
}

static enum err listen_on(struct ctx *cx, const struct http_config *config, int *out, unsigned *port)
{
	struct address address;
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)config->port) };
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons((uint16_t)config->port) };
	if (config->port > 65535 || !address_parse(str_of(config->address), &address))
		return fail(cx, E_INVALID, "server.address: \"%s\" port %u is no numeric address and port.", config->address, config->port);
	bool is_four = !strchr(config->address, ':');
	memcpy(&six.sin6_addr, address.bytes, 16);
	memcpy(&four.sin_addr, address.bytes + 12, 4);
	struct sockaddr *where = is_four ? (struct sockaddr *)&four : (struct sockaddr *)&six;
	socklen_t size = is_four ? sizeof four : sizeof six;
	int on = 1, fd = socket(is_four ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd < 0)
		return fail(cx, E_IO, "No socket: %s.", strerrorname_np(errno));
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (fault_hit(cx) || bind(fd, where, size) != 0 || listen(fd, BACKLOG) != 0 || getsockname(fd, where, &size) != 0) {
		int why = errno;
		close(fd);
		return fail(cx, why == EADDRINUSE ? E_CONFLICT : E_IO, "Cannot listen on %s port %u: %s. Another program may have it; set server.port.",
		            config->address, config->port, strerrorname_np(why));
	}
	*port = ntohs(is_four ? four.sin_port : six.sin6_port);
	*out = fd;
	return OK;
}

static enum err start_daemon(struct ctx *cx, struct http *http)
{
	const struct http_config *config = &http->config;
	/* Not MHD_USE_TURBO: its hopeful reads cost small requests a third (docs/decisions/http-server.md). */
	unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME;
	http->daemon = fault_hit(cx) ? NULL : MHD_start_daemon(flags, 0, NULL, NULL, exchange_step, http,
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
		MHD_OPTION_END);
	if (!http->daemon)
		return fail(cx, E_IO, "The event threads could not be started.");
	return OK;
}

static void http_free(struct http **http)
{
	if (!*http)
		return;
	slow_stop(&(*http)->slow);
	streams_stop(&(*http)->streams);
	warden_stop(&(*http)->warden);
	kept_free(&(*http)->kept);
	router_free(&(*http)->router);
	if ((*http)->listener >= 0)
		close((*http)->listener);
	free(*http);
	*http = NULL;
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
	signal(SIGPIPE, SIG_IGN);
	TRY(proxies_parse(cx, str_of(config->trusted_proxies), &http->proxies));
	TRY(router_build(cx, tables, &http->router));
	TRY(warden_start(cx, &http->warden));
	TRY(slow_start(cx, config->slow_threads, config->slow_threads * SLOW_QUEUE_PER_THREAD, &http->slow));
	TRY(streams_start(cx, config->connections_max / 2, &http->streams));
	TRY((config->inherited ? listen_inherited : listen_on)(cx, config, &http->listener, &http->port));
	warden_post(http->warden, http->listener);
	TRY(start_daemon(cx, http));
	*out = http;
	http = NULL;
	return OK;
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
	MHD_quiesce_daemon(http->daemon);
	if (!http->config.inherited)
		shutdown(http->listener, SHUT_RDWR);   /* closed later: an event thread may still hold the number */
	wait_until_none(&http->counters.connections, seconds ? now_us + DRAIN_IDLE_US : now_us);
	warden_cut(http->warden, false);
	wait_until_none(&http->counters.running, until_us);
	warden_cut(http->warden, true);
	wait_until_none(&http->counters.away, -1);
	MHD_stop_daemon(http->daemon);
	http_free(&http);
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
	for (int i = 0; i < 6; i++)
		stats.requests[i] = atomic_load(&c->requests[i]);
	*out = stats;
}

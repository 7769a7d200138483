#include "http/redirect.h"

#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "http/quiesce.h"

/* One short answer a connection: whoever takes longer is not a browser. */
#define PATIENCE_SECONDS 10
#define CONNECTIONS_MAX 256
#define MEMORY_BYTES ((size_t)8 << 10)

struct redirect {
	const char *to;
	struct warden *warden;
	struct MHD_Daemon *daemon;
	int listener;
	unsigned port;
};

/* A target that cannot be an address leads to the first page. */
static bool is_target(struct str target)
{
	for (size_t i = 0; i < target.n; i++)
		if (target.p[i] <= ' ' || target.p[i] == 0x7F)
			return false;
	return target.n && target.p[0] == '/';
}

/* Copies the target before the library takes its query apart, and lets it see none (http/exchange.c says why). */
static void *begin(void *argument, const char *target, struct MHD_Connection *)
{
	const struct redirect *redirect = argument;
	struct str path = is_target(str_of(target)) ? str_of(target) : STR("/");
	size_t head = strlen(redirect->to);
	char *address = malloc(head + path.n + 1);
	union {
		const char *in;
		char *out;
	} query = { .in = strchr(target, '?') };
	if (!address)
		abort();
	memcpy(address, redirect->to, head);
	memcpy(address + head, path.p, path.n);
	address[head + path.n] = 0;
	if (query.in && query.in[1])
		query.out[1] = 0;
	return address;
}

static void end(void *, struct MHD_Connection *, void **address, enum MHD_RequestTerminationCode)
{
	free(*address);
	*address = NULL;
}

/* Answered at once, body or not: the connection ends with it. */
static enum MHD_Result answer(void *, struct MHD_Connection *wire, const char *, const char *, const char *, const char *, size_t *, void **address)
{
	static const char nothing[] = "";
	union {
		const char *in;
		char *out;
	} empty = { .in = nothing };
	struct MHD_Response *out = MHD_create_response_from_buffer(0, empty.out, MHD_RESPMEM_PERSISTENT);
	enum MHD_Result queued = MHD_NO;
	if (out && MHD_add_response_header(out, "Location", *address) == MHD_YES && MHD_add_response_header(out, "Connection", "close") == MHD_YES)
		queued = MHD_queue_response(wire, MHD_HTTP_PERMANENT_REDIRECT, out);
	if (out)
		MHD_destroy_response(out);
	return queued;
}

static void connection_changed(void *argument, struct MHD_Connection *wire, void **context, enum MHD_ConnectionNotificationCode code)
{
	struct redirect *redirect = argument;
	if (code == MHD_CONNECTION_NOTIFY_CLOSED)
		warden_remove(redirect->warden, *context);
	else
		*context = warden_add(redirect->warden, MHD_get_connection_info(wire, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd, false,
		                      clock_boot_us(NULL) + PATIENCE_SECONDS * SECOND_US);
}

enum err redirect_start(struct ctx *cx, const struct listen_at *at, const char *to, struct warden *warden, struct redirect **out)
{
	struct redirect *redirect AUTO(redirect_stop) = calloc(1, sizeof *redirect);
	if (!redirect)
		abort();
	*redirect = (struct redirect){ .to = to, .warden = warden, .listener = -1 };
	TRY(listen_open(cx, at, &redirect->listener, &redirect->port));
	redirect->daemon = fault_hit(cx) ? NULL : MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, 0, NULL, NULL, answer, redirect,
		MHD_OPTION_LISTEN_SOCKET, redirect->listener,
		MHD_OPTION_CONNECTION_LIMIT, (unsigned)CONNECTIONS_MAX,
		MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)PATIENCE_SECONDS,
		MHD_OPTION_CONNECTION_MEMORY_LIMIT, MEMORY_BYTES,
		MHD_OPTION_URI_LOG_CALLBACK, begin, redirect,
		MHD_OPTION_NOTIFY_COMPLETED, end, NULL,
		MHD_OPTION_NOTIFY_CONNECTION, connection_changed, redirect,
		MHD_OPTION_END);
	if (!redirect->daemon)
		return fail(cx, E_IO, "The thread of the redirecting port could not be started.");
	*out = redirect;
	redirect = NULL;
	return OK;
}

unsigned redirect_port(const struct redirect *redirect)
{
	return redirect->port;
}

void redirect_stop(struct redirect **redirect)
{
	if (!redirect || !*redirect)
		return;
	if ((*redirect)->daemon) {
		http_quiesce((*redirect)->daemon);     /* so that the listening socket stays ours to close */
		MHD_stop_daemon((*redirect)->daemon);
	}
	if ((*redirect)->listener >= 0)
		close((*redirect)->listener);
	free(*redirect);
	*redirect = NULL;
}

#include "http/listen.h"

#include <arpa/inet.h>
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/proxy.h"

#define BACKLOG 1024

/* What a service manager handed over stays open there: who comes while we restart waits in its queue. */
static enum err inherit(struct ctx *cx, int inherited, int *fd, unsigned *port)
{
	struct sockaddr_storage where = {};
	socklen_t size = sizeof where;
	if (getsockname(inherited, (struct sockaddr *)&where, &size) != 0 || (where.ss_family != AF_INET && where.ss_family != AF_INET6))
		return fail(cx, E_INVALID, "The socket that was handed over is no TCP socket.");
	*port = ntohs(where.ss_family == AF_INET ? ((struct sockaddr_in *)&where)->sin_port : ((struct sockaddr_in6 *)&where)->sin6_port);
	*fd = inherited;
	return OK;
}

static enum err refuse(struct ctx *cx, const struct listen_at *at, int why)
{
	if (why == EACCES)
		return fail(cx, E_INVALID, "Port %u is kept for root: let systemd hand it over (amanat.socket), or set another %s.", at->port, at->setting);
	return fail(cx, why == EADDRINUSE ? E_CONFLICT : E_IO, "Cannot listen on %s port %u: %s. Another program may have it; set %s.",
	            at->address, at->port, strerrorname_np(why), at->setting);
}

enum err listen_open(struct ctx *cx, const struct listen_at *at, int *fd, unsigned *port)
{
	if (at->inherited)
		return inherit(cx, at->inherited, fd, port);
	struct address address;
	struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)at->port) };
	struct sockaddr_in four = { .sin_family = AF_INET, .sin_port = htons((uint16_t)at->port) };
	if (at->port > 65535 || !address_parse(str_of(at->address), &address))
		return fail(cx, E_INVALID, "server.address: \"%s\" port %u is no numeric address and port.", at->address, at->port);
	bool is_four = !strchr(at->address, ':');
	memcpy(&six.sin6_addr, address.bytes, 16);
	memcpy(&four.sin_addr, address.bytes + 12, 4);
	struct sockaddr *where = is_four ? (struct sockaddr *)&four : (struct sockaddr *)&six;
	socklen_t size = is_four ? sizeof four : sizeof six;
	int on = 1, made = socket(is_four ? AF_INET : AF_INET6, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (made < 0)
		return fail(cx, E_IO, "No socket: %s.", strerrorname_np(errno));
	setsockopt(made, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (fault_hit(cx) || bind(made, where, size) != 0 || listen(made, BACKLOG) != 0 || getsockname(made, where, &size) != 0) {
		int why = errno;
		close(made);
		return refuse(cx, at, why);
	}
	*port = ntohs(is_four ? four.sin_port : six.sin6_port);
	*fd = made;
	return OK;
}

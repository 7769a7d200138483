#include "app/supervisor.h"

#include <fcntl.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/str.h"

#define FIRST_HANDED_OVER 3                    /* SD_LISTEN_FDS_START */

/* 0 where it is missing or no number. */
static int64_t number_of(const char *variable)
{
	const char *text = getenv(variable);
	int64_t number = 0;
	return text && str_i64(str_of(text), &number) && number > 0 ? number : 0;
}

/* WATCHDOG_PID absent means whoever reads it (sd_watchdog_enabled(3)). */
static int64_t watchdog_interval(void)
{
	int64_t pid = number_of("WATCHDOG_PID");
	return pid == 0 || pid == getpid() ? number_of("WATCHDOG_USEC") : 0;
}

struct supervisor supervisor_open(void)
{
	struct supervisor out = { .socket = -1, .address = { .sun_family = AF_UNIX } };
	const char *path = getenv("NOTIFY_SOCKET");
	size_t n = path ? strlen(path) : 0;
	if (n < 2 || n >= sizeof out.address.sun_path || (path[0] != '/' && path[0] != '@'))
		return out;
	memcpy(out.address.sun_path, path, n);
	if (path[0] == '@')                    /* the abstract name space: unix(7) */
		out.address.sun_path[0] = '\0';
	out.address_bytes = (unsigned)(offsetof(struct sockaddr_un, sun_path) + n);
	out.socket = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	out.watchdog_us = out.socket < 0 ? 0 : watchdog_interval();
	return out;
}

void supervisor_close(struct supervisor *supervisor)
{
	if (supervisor->socket >= 0)
		close(supervisor->socket);
	supervisor->socket = -1;
}

void supervisor_tell(const struct supervisor *supervisor, const char *lines)
{
	if (supervisor->socket < 0)
		return;
	ssize_t sent = sendto(supervisor->socket, lines, strlen(lines), MSG_NOSIGNAL | MSG_DONTWAIT, (const struct sockaddr *)&supervisor->address,
	                      supervisor->address_bytes);
	(void)sent;                            /* a manager that is gone needs no word */
}

int supervisor_listener(int place)
{
	const int fd = FIRST_HANDED_OVER + place;
	int listens = 0;
	socklen_t size = sizeof listens;
	if (number_of("LISTEN_PID") != getpid() || number_of("LISTEN_FDS") <= place)
		return 0;
	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &size) != 0 || !listens)
		return 0;
	int flags = fcntl(fd, F_GETFL);
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0 || fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
		return 0;
	return fd;
}

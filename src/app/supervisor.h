/* app/supervisor.h - what a service manager is told, and what it hands over.
 *
 * The protocol is sd_notify(3)'s: a datagram of KEY=VALUE lines to the unix socket that NOTIFY_SOCKET names.  Without such a
 * socket nothing is told, and nothing fails.  Reads the environment once; amanat-media is started with none of it. */
#ifndef APP_SUPERVISOR_H
#define APP_SUPERVISOR_H
#include <stdbool.h>
#include <stdint.h>
#include <sys/un.h>

struct supervisor {
	int socket;                            /* -1: nobody listens */
	struct sockaddr_un address;
	unsigned address_bytes;
	int64_t watchdog_us;                   /* a sign of life is expected within; 0: none is */
};
/* An address that cannot be is as none. */
struct supervisor supervisor_open(void);
void supervisor_close(struct supervisor *);
/* "READY=1\nSTATUS=..."; lost when nobody listens any more. */
void supervisor_tell(const struct supervisor *, const char *lines);

/* A listening socket of sd_listen_fds(3), by its place, made ready for us; 0: none was handed over there (or not to this process). */
int supervisor_listener(int place);
#endif

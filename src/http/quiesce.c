#include "http/quiesce.h"

#include <errno.h>
#include <microhttpd.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Stands in for the C library's, for libmicrohttpd's sake.  MHD_quiesce_daemon() first says that a thread of the pool is to stop
 * listening and then takes the socket out of that thread's epoll set; a thread that is awake between the two takes it out itself,
 * and whoever comes second finds it gone, which 0.9.75 answers with abort() (daemon.c: two of its four calls bear with ENOENT).
 * To remove what is not there any more is no failure. */
__attribute__((visibility("default"))) int epoll_ctl(int set, int operation, int fd, struct epoll_event *event)
{
	int before = errno;
	long outcome = syscall(SYS_epoll_ctl, set, operation, fd, event);
	if (outcome == 0 || operation != EPOLL_CTL_DEL || errno != ENOENT)
		return (int)outcome;
	errno = before;
	return 0;
}

void http_quiesce(struct MHD_Daemon *daemon)
{
	MHD_quiesce_daemon(daemon);
}

#include "http/porter.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "http/warden.h"

#define AT_ONCE 64                             /* turned away in one look */

static int keep_one(void)
{
	return open("/dev/null", O_RDONLY | O_CLOEXEC);
}

struct porter porter_new(int listener, bool says)
{
	fcntl(listener, F_SETFL, fcntl(listener, F_GETFL) | O_NONBLOCK);       /* one that was handed over may not be */
	return (struct porter){ .listener = listener, .says = says, .kept = keep_one() };
}

void porter_end(struct porter *porter)
{
	if (porter->kept >= 0)
		close(porter->kept);
	porter->kept = -1;
}

static bool none_is_left(struct porter *porter)
{
	if (porter->kept < 0)
		porter->kept = keep_one();
	if (porter->kept < 0)
		return errno == EMFILE || errno == ENFILE;
	int another = fcntl(porter->kept, F_DUPFD_CLOEXEC, 0);
	if (another < 0)
		return errno == EMFILE || errno == ENFILE;
	close(another);
	return false;
}

/* What they have asked is read first: closing over unread bytes would take the answer from them. */
static void turn_away(int fd, bool says)
{
	char asked[4096];
	while (recv(fd, asked, sizeof asked, MSG_DONTWAIT) > 0)
		continue;
	if (says)
		say_last(fd, 503, "The server has no files left", "out-of-files", "The server has no file descriptor left. Try again in a moment.");
	shutdown(fd, SHUT_WR);
	close(fd);
}

bool porter_look(struct porter *porter)
{
	if (porter->listener < 0 || !none_is_left(porter))
		return false;
	for (int i = 0; i < AT_ONCE && porter->kept >= 0; i++) {
		struct pollfd door = { .fd = porter->listener, .events = POLLIN };
		if (poll(&door, 1, 0) <= 0)
			break;
		close(porter->kept);
		int fd = accept4(porter->listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd >= 0)
			turn_away(fd, porter->says);
		porter->kept = keep_one();
		if (fd < 0)
			break;
	}
	return true;
}

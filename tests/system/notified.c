/* notified - listens on a unix datagram socket, as a service manager does, and prints each datagram: lines joined by blanks.
 * usage: notified PATH        ends with its standard input */
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (argc != 2 || strlen(argv[1]) >= sizeof address.sun_path)
		return 2;
	memcpy(address.sun_path, argv[1], strlen(argv[1]));
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0) {
		perror("notified");
		return 1;
	}
	puts("listening");
	fflush(stdout);
	struct pollfd watched[] = { { .fd = fd, .events = POLLIN }, { .fd = STDIN_FILENO, .events = POLLIN } };
	while (poll(watched, 2, -1) > 0 && !watched[1].revents) {
		char text[4096];
		ssize_t n = recv(fd, text, sizeof text - 1, 0);
		for (ssize_t i = 0; i < n; i++)
			if (text[i] == '\n')
				text[i] = ' ';
		text[n > 0 ? n : 0] = '\0';
		puts(text);
		fflush(stdout);
	}
	return 0;
}

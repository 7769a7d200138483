/* bare_http BYTES [PORT] - the smallest server that the HTTP library allows: the baseline of `make bench`.
 *
 * Two event threads answer every request with one fixed body of so many bytes.  Prints its port; ends with standard input. */
#include <microhttpd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static int begun;                              /* its address marks a request whose head was seen */

static enum MHD_Result answer(void *response, struct MHD_Connection *connection, const char *url, const char *method,
                              const char *version, const char *bytes, size_t *n, void **state)
{
	(void)url, (void)method, (void)version, (void)bytes;
	if (!*state) {
		*state = &begun;
		return MHD_YES;
	}
	if (*n) {
		*n = 0;
		return MHD_YES;
	}
	return MHD_queue_response(connection, MHD_HTTP_OK, response);
}

int main(int argc, char **argv)
{
	char *body, ignored[64];
	unsigned long size = argc > 1 ? strtoul(argv[1], NULL, 10) : 0;
	unsigned long port = argc > 2 ? strtoul(argv[2], NULL, 10) : 0;
	if (argc < 2 || size > 1UL << 30 || port > 65535) {
		fprintf(stderr, "usage: bare_http BYTES [PORT]\n");
		return 2;
	}
	signal(SIGPIPE, SIG_IGN);
	body = malloc(size + 1);
	if (!body)
		return 1;
	memset(body, 'x', size);
	struct MHD_Response *response = MHD_create_response_from_buffer(size, body, MHD_RESPMEM_PERSISTENT);
	MHD_add_response_header(response, "Content-Type", "application/json");
	struct MHD_Daemon *daemon = MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD, (unsigned short)port, NULL, NULL, answer, response,
		MHD_OPTION_THREAD_POOL_SIZE, 2U, MHD_OPTION_END);
	const union MHD_DaemonInfo *info = daemon ? MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT) : NULL;
	if (!info) {
		fprintf(stderr, "bare_http: cannot start\n");
		return 1;
	}
	printf("%u\n", info->port);
	fflush(stdout);
	while (read(STDIN_FILENO, ignored, sizeof ignored) > 0)
		;
	MHD_stop_daemon(daemon);
	MHD_destroy_response(response);
	free(body);
	return 0;
}

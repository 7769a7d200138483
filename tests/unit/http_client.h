/* tests/unit/http_client.h - a client that sends whatever bytes it is told to. */
#ifndef TESTS_HTTP_CLIENT_H
#define TESTS_HTTP_CLIENT_H
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "base/str.h"

#define CLIENT_PATIENCE_S 20

struct client {
	int fd;
	char *bytes;                           /* received, not yet read */
	size_t n, cap;
	bool ended;                            /* the server closed, or our patience is over */
	bool impatient;                        /* the latter */
};

struct answer {
	int status;                            /* 0: the connection ended without one */
	char head[8192];
	char *body;
	size_t body_n;
};

static inline struct client client_open(unsigned port)
{
	struct client client = { .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) };
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = { htonl(INADDR_LOOPBACK) } };
	struct timeval patience = { .tv_sec = CLIENT_PATIENCE_S };
	setsockopt(client.fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	setsockopt(client.fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
	if (connect(client.fd, (struct sockaddr *)&to, sizeof to) != 0)
		client.ended = true;
	return client;
}

static inline void client_close(struct client *client)
{
	if (client->fd >= 0)
		close(client->fd);
	free(client->bytes);
	*client = (struct client){ .fd = -1 };
}

static inline void answer_free(struct answer *answer)
{
	free(answer->body);
	*answer = (struct answer){};
}

/* False when the server has closed. */
static inline bool client_send(struct client *client, struct str bytes)
{
	while (bytes.n) {
		ssize_t n = send(client->fd, bytes.p, bytes.n, MSG_NOSIGNAL);
		if (n <= 0)
			return false;
		bytes = str_from(bytes, (size_t)n);
	}
	return true;
}

/* One read; false at the end of the connection (or of patience). */
static inline bool client_more(struct client *client)
{
	if (client->cap - client->n < 65536) {
		client->cap = client->cap * 2 + 131072;
		client->bytes = realloc(client->bytes, client->cap);
		if (!client->bytes)
			abort();
	}
	ssize_t n = recv(client->fd, client->bytes + client->n, client->cap - client->n, 0);
	if (n <= 0) {
		client->ended = true;
		client->impatient = n < 0 && errno == EAGAIN;
		return false;
	}
	client->n += (size_t)n;
	return true;
}

static inline void client_drop(struct client *client, size_t n)
{
	memmove(client->bytes, client->bytes + n, client->n - n);
	client->n -= n;
}

/* The value of a header in a head; empty when absent. */
static inline struct str answer_header(const struct answer *answer, const char *name)
{
	struct str rest = str_of(answer->head);
	str_cut(&rest, '\n');
	while (rest.n) {
		struct str value = str_cut(&rest, '\n');
		struct str key = str_cut(&value, ':');
		if (str_eq_ci(key, str_of(name)))
			return str_trim(value);
	}
	return STR("");
}

static inline bool header_is(const struct answer *answer, const char *name, const char *value)
{
	return str_eq(answer_header(answer, name), str_of(value));
}

static inline bool body_is(const struct answer *answer, const char *text)
{
	return str_eq((struct str){ .p = answer->body, .n = answer->body_n }, str_of(text));
}

static inline bool body_has(const struct answer *answer, const char *text)
{
	return answer->body && memmem(answer->body, answer->body_n, text, strlen(text));
}

/* Reads one answer; `to_head`: the answer is without a body whatever it says.  Interim answers (1xx) are answers too. */
static inline bool client_read(struct client *client, bool to_head, struct answer *answer)
{
	char *end;
	answer_free(answer);
	while (!(end = client->n ? memmem(client->bytes, client->n, "\r\n\r\n", 4) : NULL))
		if (!client_more(client))
			return false;
	size_t head_n = (size_t)(end - client->bytes) + 4;
	if (head_n >= sizeof answer->head || head_n < 13 || memcmp(client->bytes, "HTTP/1.", 7) != 0)
		return false;
	memcpy(answer->head, client->bytes, head_n);
	answer->head[head_n] = 0;
	client_drop(client, head_n);
	answer->status = (int)strtol(answer->head + 9, NULL, 10);
	uint64_t length = 0;
	struct str stated = answer_header(answer, "Content-Length");
	if (!to_head && answer->status >= 200 && answer->status != 204 && answer->status != 304 && stated.n && !str_u64(stated, &length))
		return false;
	while (client->n < length)
		if (!client_more(client))
			return false;
	answer->body = malloc(length + 1);
	if (!answer->body)
		abort();
	if (length)
		memcpy(answer->body, client->bytes, length);
	answer->body[length] = 0;
	answer->body_n = length;
	client_drop(client, length);
	return true;
}

/* One request on a connection of its own. */
static inline bool ask(unsigned port, struct str request, struct answer *answer)
{
	struct client client = client_open(port);
	client_send(&client, request);
	bool is_head = str_starts(request, STR("HEAD "));
	bool read = client_read(&client, is_head, answer);
	client_close(&client);
	return read;
}

/* True when the server closes without another byte. */
/* Looks and goes on: has the server closed it, without a word? */
static inline bool client_has_lost_it(const struct client *client)
{
	char byte;
	const ssize_t n = recv(client->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
	return n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
}

static inline bool client_is_closed(struct client *client)
{
	while (client->n == 0)
		if (!client_more(client))
			return !client->impatient;
	return false;
}
#endif

/* The HTTP client, against a server on the loopback that answers as each path says. */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "keys/keys.h"
#include "ledger/fetch.h"
#include "tap.h"

#define REQUEST_MAX 8192
#define CLIENTS_MAX 64

struct other {
	int listening;
	char base[64];
	pthread_t thread, clients[CLIENTS_MAX];
	unsigned client_count;
	pthread_mutex_t lock;
	char last[REQUEST_MAX];                /* the newest request, whole; under lock */
};

struct client {
	struct other *other;
	int fd;
};

static void say(int fd, const char *text)
{
	for (size_t left = strlen(text); left;) {
		const ssize_t n = send(fd, text, left, MSG_NOSIGNAL);
		if (n <= 0)
			return;
		text += n;
		left -= (size_t)n;
	}
}

static size_t body_bytes(const char *head)
{
	const char *const length = strcasestr(head, "Content-Length:");
	return length ? (size_t)strtoul(length + sizeof "Content-Length:" - 1, NULL, 10) : 0;
}

/* Until head and body are there; false: the client went away. */
static bool read_request(int fd, char text[REQUEST_MAX])
{
	size_t n = 0;
	for (;;) {
		text[n] = '\0';
		const char *const end = strstr(text, "\r\n\r\n");
		if (end && n >= (size_t)(end - text) + 4 + body_bytes(text))
			return true;
		const ssize_t got = n < REQUEST_MAX - 1 ? recv(fd, text + n, REQUEST_MAX - 1 - n, 0) : 0;
		if (got <= 0)
			return false;
		n += (size_t)got;
	}
}

static void answer(int fd, const char *text)
{
	if (strstr(text, " /hello "))
		say(fd, "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\nSet-Cookie: a=b\r\n\r\nhello");
	else if (strstr(text, " /moved "))
		say(fd, "HTTP/1.1 302 Found\r\nLocation: /hello\r\nContent-Length: 0\r\n\r\n");
	else if (strstr(text, " /large "))
		say(fd, "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n12345678901234567890");
	else if (strstr(text, " /nonsense "))
		say(fd, "this is not the language\r\n\r\n");
	else if (strstr(text, " /post "))
		say(fd, "HTTP/1.1 409 Conflict\r\nContent-Length: 2\r\n\r\n42");
	else if (!strstr(text, " /silent "))
		say(fd, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
}

static void *serve_client(void *argument)
{
	struct client *const client = argument;
	char text[REQUEST_MAX];
	while (read_request(client->fd, text)) {
		pthread_mutex_lock(&client->other->lock);
		memcpy(client->other->last, text, sizeof text);
		pthread_mutex_unlock(&client->other->lock);
		answer(client->fd, text);
	}
	close(client->fd);
	free(client);
	return NULL;
}

static void *serve(void *argument)
{
	struct other *const other = argument;
	for (int fd = accept(other->listening, NULL, NULL); fd >= 0 && other->client_count < CLIENTS_MAX; fd = accept(other->listening, NULL, NULL)) {
		struct client *const client = malloc(sizeof *client);
		*client = (struct client){ other, fd };
		pthread_create(&other->clients[other->client_count++], NULL, serve_client, client);
	}
	return NULL;
}

static void start(struct other *other)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof address;
	*other = (struct other){ .listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0) };
	pthread_mutex_init(&other->lock, NULL);
	if (bind(other->listening, (struct sockaddr *)&address, sizeof address) != 0 || listen(other->listening, 16) != 0 ||
	    getsockname(other->listening, (struct sockaddr *)&address, &n) != 0)
		abort();
	snprintf(other->base, sizeof other->base, "http://127.0.0.1:%u", ntohs(address.sin_port));
	pthread_create(&other->thread, NULL, serve, other);
}

/* After the client's connections are closed. */
static void stop(struct other *other)
{
	shutdown(other->listening, SHUT_RDWR);
	pthread_join(other->thread, NULL);
	for (unsigned i = 0; i < other->client_count; i++)
		pthread_join(other->clients[i], NULL);
	close(other->listening);
	pthread_mutex_destroy(&other->lock);
}

static struct ctx new_context(void)
{
	return (struct ctx){ .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
}

static struct fetch_request get(struct ctx *cx, const struct other *other, const char *path)
{
	return (struct fetch_request){ .url = arena_printf(&cx->mem, "%s%s", other->base, path), .bytes_max = 10, .patience_us = 5 * SECOND_US };
}

/* What asking for the path comes to; `slug` of the failure. */
static enum err outcome(const char *path, int64_t patience_us, int *status, const char **slug)
{
	AUTO(ctx_end) struct ctx cx = new_context();
	struct fetch *fetch = NULL;
	AUTO(fetch_answer_free) struct fetch_answer answer = {};
	struct other other;
	start(&other);
	enum err code = fetch_open(&cx, &fetch);
	if (code == OK) {
		struct fetch_request request = get(&cx, &other, path);
		request.patience_us = patience_us;
		code = fetch_ask(&cx, fetch, &request, &answer);
	}
	fetch_close(&fetch);
	stop(&other);
	*status = answer.status;
	*slug = cx.failure.slug ? cx.failure.slug : "";
	return code;
}

TEST(an_answer_has_status_type_and_body_and_a_second_request_sends_no_cookie)
{
	AUTO(ctx_end) struct ctx cx = new_context();
	struct fetch *fetch = NULL;
	struct other other;
	start(&other);
	bool fine = fetch_open(&cx, &fetch) == OK;
	for (unsigned turn = 0; turn < 2 && fine; turn++) {
		AUTO(fetch_answer_free) struct fetch_answer answer = {};
		const struct fetch_request request = get(&cx, &other, "/hello");
		fine = EXPECT(fetch_ask(&cx, fetch, &request, &answer) == OK) && EXPECT(answer.status == 200) &&
		       EXPECT(strcmp(answer.content_type, "text/plain") == 0) && EXPECT(str_eq(buf_view(&answer.body), STR("hello")));
	}
	fetch_close(&fetch);
	stop(&other);
	CHECK(fine);
	CHECK(other.client_count == 1);
	CHECK(strcasestr(other.last, "user-agent: amanat/") && !strcasestr(other.last, "cookie:"));
}

TEST(a_post_brings_its_body_and_type_and_gets_whatever_status_the_other_side_says)
{
	AUTO(ctx_end) struct ctx cx = new_context();
	AUTO(fetch_answer_free) struct fetch_answer answer = {};
	struct fetch *fetch = NULL;
	struct other other;
	start(&other);
	enum err code = fetch_open(&cx, &fetch);
	if (code == OK) {
		struct fetch_request request = get(&cx, &other, "/post");
		request.content_type = "text/plain";
		request.body = STR("old 7\n");
		code = fetch_ask(&cx, fetch, &request, &answer);
	}
	fetch_close(&fetch);
	stop(&other);
	CHECK(code == OK && answer.status == 409 && str_eq(buf_view(&answer.body), STR("42")));
	CHECK(strcasestr(other.last, "content-type: text/plain") && strstr(other.last, "\r\n\r\nold 7\n"));
}

TEST(a_redirect_is_an_answer_and_is_not_followed)
{
	int status;
	const char *slug;
	CHECK(outcome("/moved", 5 * SECOND_US, &status, &slug) == OK && status == 302);
}

TEST(an_answer_larger_than_was_allowed_is_refused)
{
	int status;
	const char *slug;
	CHECK(outcome("/large", 5 * SECOND_US, &status, &slug) == E_TOOLARGE && strcmp(slug, "fetch-large") == 0);
}

TEST(who_does_not_answer_in_time_is_silent)
{
	int status;
	const char *slug;
	CHECK(outcome("/silent", 200000, &status, &slug) == E_BUSY && strcmp(slug, "fetch-silent") == 0);
}

TEST(an_answer_that_is_no_http_fails)
{
	int status;
	const char *slug;
	CHECK(outcome("/nonsense", 5 * SECOND_US, &status, &slug) == E_IO && strcmp(slug, "fetch-failed") == 0);
}

TEST(several_are_under_way_at_once_and_may_be_given_up)
{
	AUTO(ctx_end) struct ctx cx = new_context();
	struct fetch *fetch = NULL;
	struct other other;
	bool fine = true;
	start(&other);
	fine = fetch_open(&cx, &fetch) == OK;
	for (unsigned slot = 0; slot < 8 && fine; slot++) {
		const struct fetch_request request = get(&cx, &other, slot == 3 ? "/silent" : slot % 2 ? "/hello" : "/none");
		fine = EXPECT(fetch_begin(&cx, fetch, slot, &request) == OK);
	}
	for (unsigned slot = 8; slot-- > 4 && fine;) {
		AUTO(fetch_answer_free) struct fetch_answer answer = {};
		fine = EXPECT(fetch_take(&cx, fetch, slot, &answer) == OK) && EXPECT(answer.status == (slot % 2 ? 200 : 404));
	}
	fetch_close(&fetch);
	stop(&other);
	CHECK(fine);
}

TEST(only_web_addresses_are_asked)
{
	static const char *const refused[] = { "", "ftp://127.0.0.1/", "file:///etc/passwd", "127.0.0.1", "http://", "http:///x", "https://a b/", "http://me@host/", "http://host/\n" };
	AUTO(ctx_end) struct ctx cx = new_context();
	AUTO(fetch_close) struct fetch *fetch = NULL;
	struct fetch_answer answer;
	CHECK(fetch_open(&cx, &fetch) == OK);
	for (size_t i = 0; i < sizeof refused / sizeof refused[0]; i++) {
		const struct fetch_request request = { .url = str_of(refused[i]), .bytes_max = 1, .patience_us = SECOND_US };
		CHECK(fetch_ask(&cx, fetch, &request, &answer) == E_INVALID && strcmp(cx.failure.slug, "fetch-url") == 0);
	}
}

TEST(nobody_listening_is_silent_and_a_fault_at_the_seam_is_told)
{
	AUTO(ctx_end) struct ctx cx = new_context();
	AUTO(fetch_close) struct fetch *fetch = NULL;
	struct fetch_answer answer;
	struct faults faults = {};
	const struct fetch_request request = { .url = STR("http://127.0.0.1:1/"), .bytes_max = 1, .patience_us = SECOND_US };
	CHECK(fetch_open(&cx, &fetch) == OK);
	CHECK(fetch_ask(&cx, fetch, &request, &answer) == E_BUSY);
	cx.faults = &faults;
	fault_arm(&faults, 1);
	CHECK(fetch_ask(&cx, fetch, &request, &answer) == E_IO);
}

int main(void)
{
	RUN(an_answer_has_status_type_and_body_and_a_second_request_sends_no_cookie);
	RUN(a_post_brings_its_body_and_type_and_gets_whatever_status_the_other_side_says);
	RUN(a_redirect_is_an_answer_and_is_not_followed);
	RUN(an_answer_larger_than_was_allowed_is_refused);
	RUN(who_does_not_answer_in_time_is_silent);
	RUN(an_answer_that_is_no_http_fails);
	RUN(several_are_under_way_at_once_and_may_be_given_up);
	RUN(only_web_addresses_are_asked);
	RUN(nobody_listening_is_silent_and_a_fault_at_the_seam_is_told);
	return tap_end();
}

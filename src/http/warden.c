#include "http/warden.h"

#include "http/porter.h"

#include <assert.h>
#include <errno.h>
#include <linux/tcp.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#define LOOK_MS 250
#define CROWDED_LOOK_MS 20
#define LINGER_US (2 * SECOND_US)
#define LINGERERS_MAX 256

struct lingerer {
	int fd;                                /* ours: a duplicate */
	int64_t deadline_us;
};

struct warden {
	pthread_mutex_t lock;
	struct connection *connections;        /* under lock, as are the lingerers and stopping */
	struct lingerer lingerers[LINGERERS_MAX];
	unsigned lingerer_count;
	bool stopping;
	int64_t pace_us;                       /* fixed */
	atomic_uint_fast64_t slow_readers;
	struct porter porter;                  /* under lock */
	int look_ms;                           /* the thread's own */
	int bell;                              /* an eventfd: somebody lingers, or the end */
	bool running;
	pthread_t thread;
};

int64_t say_last(int fd, int status, const char *title, const char *code, const char *detail)
{
	char body[384], text[640];
	int n = snprintf(body, sizeof body, "{\"type\":\"/problems/%s\",\"title\":\"%s\",\"status\":%d,\"detail\":\"%s\",\"code\":\"%s\"}",
	                 code, title, status, detail, code);
	assert(n < (int)sizeof body);
	int head_and_body = snprintf(text, sizeof text, "HTTP/1.1 %d %s\r\nContent-Type: application/problem+json\r\n"
		"Content-Length: %d\r\nConnection: close\r\n\r\n%s", status, title, n, body);
	assert(head_and_body < (int)sizeof text);
	return send(fd, text, (size_t)head_and_body, MSG_DONTWAIT | MSG_NOSIGNAL) == head_and_body ? n : 0;
}

/* Silent connections are the library's business, so who is late here has sent something: it may be told.  Over TLS only the event thread could. */
static void tell_late(const struct connection *connection)
{
	if (!connection->tls)
		say_last(connection->fd, 408, "Request Timeout", "late", "The request did not arrive in time. Send it again.");
}

static bool take_waiting(struct connection *connection)
{
	enum standing waiting = WAITING;
	return atomic_compare_exchange_strong(&connection->standing, &waiting, CUT);
}

static void cut_the_late(struct warden *warden, int64_t now_us)
{
	for (struct connection *c = warden->connections; c; c = c->next) {
		if (atomic_load(&c->deadline_us) >= now_us || !take_waiting(c))
			continue;
		tell_late(c);
		shutdown(c->fd, SHUT_RDWR);
	}
}

/* What the client's side has acknowledged since it connected; -1 for what is no TCP. */
static int64_t bytes_taken(int fd)
{
	struct tcp_info info = {};
	socklen_t size = sizeof info;
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &size) != 0 || size < offsetof(struct tcp_info, tcpi_bytes_acked) + sizeof info.tcpi_bytes_acked)
		return -1;
	return (int64_t)info.tcpi_bytes_acked;
}

/* The first look only notes where the client is, so that an answer costs no system call for this. */
static void cut_the_slow(struct warden *warden, int64_t now_us)
{
	for (struct connection *c = warden->connections; c; c = c->next) {
		int64_t due_us = atomic_load(&c->taken_due_us);
		if (due_us == 0 || due_us >= now_us || atomic_load(&c->standing) != ANSWERING)
			continue;
		int64_t taken = bytes_taken(c->fd);
		bool slow = taken >= 0 && c->taken >= 0 && taken - c->taken < TAKEN_PACE_BYTES;
		c->taken = taken;
		/* not if it has been answered meanwhile, and answers the next */
		if (!atomic_compare_exchange_strong(&c->taken_due_us, &due_us, now_us + warden->pace_us) || !slow)
			continue;
		atomic_fetch_add(&warden->slow_readers, 1);
		shutdown(c->fd, SHUT_RDWR);
	}
}

/* True when it is over. */
static bool drop_what_came(const struct lingerer *lingerer, int64_t now_us)
{
	char dropped[65536];
	ssize_t n;
	size_t rounds = 16;                    /* a megabyte a turn, so that one fast client does not hold up the rest */
	if (now_us >= lingerer->deadline_us)
		return true;
	do
		n = recv(lingerer->fd, dropped, sizeof dropped, MSG_DONTWAIT);
	while (n > 0 && --rounds > 0);
	return n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR);
}

static void see_lingerers_off(struct warden *warden, int64_t now_us)
{
	for (unsigned i = 0; i < warden->lingerer_count;) {
		struct lingerer *lingerer = &warden->lingerers[i];
		if (!drop_what_came(lingerer, now_us)) {
			i++;
			continue;
		}
		close(lingerer->fd);
		*lingerer = warden->lingerers[--warden->lingerer_count];
	}
}

/* Waits for the bell, a lingerer's bytes or the next look. */
static void wait_a_little(struct warden *warden)
{
	struct pollfd fds[LINGERERS_MAX + 1];
	uint64_t rung;
	nfds_t count = 0;
	fds[count++] = (struct pollfd){ .fd = warden->bell, .events = POLLIN };
	pthread_mutex_lock(&warden->lock);
	for (unsigned i = 0; i < warden->lingerer_count; i++)
		fds[count++] = (struct pollfd){ .fd = warden->lingerers[i].fd, .events = POLLIN };
	pthread_mutex_unlock(&warden->lock);
	poll(fds, count, warden->look_ms);
	ssize_t n = read(warden->bell, &rung, sizeof rung);
	(void)n;                               /* not blocking; nobody rang */
}

static void *watch(void *argument)
{
	struct warden *warden = argument;
	bool over = false;
	while (!over) {
		wait_a_little(warden);
		int64_t now_us = clock_boot_us(NULL);
		pthread_mutex_lock(&warden->lock);
		cut_the_late(warden, now_us);
		cut_the_slow(warden, now_us);
		see_lingerers_off(warden, now_us);
		over = warden->stopping;
		struct porter porter = warden->porter;
		pthread_mutex_unlock(&warden->lock);
		warden->look_ms = porter_look(&porter) ? CROWDED_LOOK_MS : LOOK_MS;
		pthread_mutex_lock(&warden->lock);
		warden->porter.kept = porter.kept;
		pthread_mutex_unlock(&warden->lock);
	}
	return NULL;
}

static void ring(struct warden *warden)
{
	uint64_t one = 1;
	ssize_t n = write(warden->bell, &one, sizeof one);
	(void)n;                               /* full means that it rings already */
}

enum err warden_start(struct ctx *cx, int64_t pace_us, struct warden **out)
{
	struct warden *warden AUTO(warden_stop) = calloc(1, sizeof *warden);
	if (!warden)
		abort();
	pthread_mutex_init(&warden->lock, NULL);
	warden->pace_us = pace_us;
	warden->porter = (struct porter){ .listener = -1, .kept = -1 };
	warden->look_ms = LOOK_MS;
	warden->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	if (warden->bell < 0)
		return fail(cx, E_IO, "No event descriptor: %s.", strerrorname_np(errno));
	if (fault_hit(cx) || pthread_create(&warden->thread, NULL, watch, warden) != 0)
		return fail(cx, E_IO, "No thread could be started to watch connections.");
	warden->running = true;
	*out = warden;
	warden = NULL;
	return OK;
}

void warden_post(struct warden *warden, int listener, bool says)
{
	pthread_mutex_lock(&warden->lock);
	warden->porter = porter_new(listener, says);
	pthread_mutex_unlock(&warden->lock);
}

struct connection *warden_add(struct warden *warden, int fd, bool tls, int64_t deadline_us)
{
	struct connection *connection = calloc(1, sizeof *connection);
	if (!connection)
		abort();
	connection->fd = fd;
	connection->tls = tls;
	connection->taken = -1;
	atomic_init(&connection->standing, WAITING);
	atomic_init(&connection->deadline_us, deadline_us);
	pthread_mutex_lock(&warden->lock);
	connection->next = warden->connections;
	if (connection->next)
		connection->next->previous = connection;
	warden->connections = connection;
	pthread_mutex_unlock(&warden->lock);
	return connection;
}

/* Under the lock. */
static void linger(struct warden *warden, int fd)
{
	if (warden->lingerer_count == LINGERERS_MAX)
		return;
	int copy = dup(fd);
	if (copy < 0)
		return;
	shutdown(copy, SHUT_WR);
	warden->lingerers[warden->lingerer_count++] = (struct lingerer){ .fd = copy, .deadline_us = clock_boot_us(NULL) + LINGER_US };
	ring(warden);
}

void warden_remove(struct warden *warden, struct connection *connection)
{
	pthread_mutex_lock(&warden->lock);
	if (connection->linger)
		linger(warden, connection->fd);
	if (connection->previous)
		connection->previous->next = connection->next;
	else
		warden->connections = connection->next;
	if (connection->next)
		connection->next->previous = connection->previous;
	pthread_mutex_unlock(&warden->lock);
	free(connection);
}

void warden_pace(struct warden *warden, struct connection *connection, bool paced)
{
	atomic_store(&connection->taken_due_us, paced ? clock_boot_us(NULL) + warden->pace_us : 0);
}

uint64_t warden_slow_readers(struct warden *warden)
{
	return atomic_load(&warden->slow_readers);
}

void warden_cut(struct warden *warden, bool all)
{
	pthread_mutex_lock(&warden->lock);
	for (struct connection *c = warden->connections; c; c = c->next) {
		bool idle = !atomic_load(&c->begun) && take_waiting(c);
		if (idle || all)
			shutdown(c->fd, SHUT_RDWR);
	}
	pthread_mutex_unlock(&warden->lock);
}

void warden_stop(struct warden **warden)
{
	if (!warden || !*warden)
		return;
	pthread_mutex_lock(&(*warden)->lock);
	(*warden)->stopping = true;
	pthread_mutex_unlock(&(*warden)->lock);
	if ((*warden)->running) {
		ring(*warden);
		pthread_join((*warden)->thread, NULL);
	}
	assert(!(*warden)->connections);
	porter_end(&(*warden)->porter);
	for (unsigned i = 0; i < (*warden)->lingerer_count; i++)
		close((*warden)->lingerers[i].fd);
	if ((*warden)->bell >= 0)
		close((*warden)->bell);
	pthread_mutex_destroy(&(*warden)->lock);
	free(*warden);
	*warden = NULL;
}

/* tests/unit/witness_stub.h - witnesses on a loopback port of this process, each of which is honest or not: /0/add-checkpoint and so on. */
#ifndef TESTS_WITNESS_STUB_H
#define TESTS_WITNESS_STUB_H
#include <arpa/inet.h>
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "ledger/cosigner.h"

#define STUBS 3
#define STUB_REQUEST_MAX ((size_t)128 << 10)
#define STUB_CLIENTS_MAX 256

enum manner {
	HONEST, DOWN, GARBAGE, FORGES, LENDS_A_KEY, SAYS_MORE, SAYS_NONSENSE, SAYS_SAME, DISAGREES, REFUSES, FLOODS, MANNERS
};
struct stub {
	struct note_key key;
	unsigned char seed[SIGN_SEED_BYTES];
	_Atomic(enum manner) manner;
	atomic_uint asked, signed_count;
	uint64_t size;                         /* what it signed last; under lock */
	struct hash root;
};
struct stubs {
	int listening;
	unsigned port;
	pthread_t thread, clients[STUB_CLIENTS_MAX];
	unsigned client_count;
	pthread_mutex_t lock;
	struct stub stubs[STUBS];
};
struct stub_client {
	struct stubs *all;
	int fd;
};

static inline void stub_say(int fd, const char *status, const char *type, struct str body)
{
	AUTO(buf_free) struct buf out = buf_new(STUB_REQUEST_MAX);
	buf_printf(&out, "HTTP/1.1 %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\n\r\n", status, type, body.n);
	buf_str(&out, body);
	for (size_t done = 0; done < out.n;) {
		const ssize_t n = send(fd, out.p + done, out.n - done, MSG_NOSIGNAL);
		if (n <= 0)
			return;
		done += (size_t)n;
	}
}

/* As the specification says, and no more than the tests need: whose log it is is not looked at. */
static inline void stub_answer_honestly(struct ctx *cx, struct stub *stub, int fd, struct str body)
{
	AUTO(buf_free) struct buf line = buf_new(NOTE_BYTES_MAX);
	struct cosigner_question question;
	struct checkpoint checkpoint;
	struct note note;
	if (cosigner_question_parse(cx, body, &question) != OK || note_parse(cx, question.note, &note) != OK || checkpoint_parse(cx, note.text, &checkpoint) != OK) {
		stub_say(fd, "400 Bad Request", "text/plain", STR(""));
	} else if (question.old != stub->size) {
		stub_say(fd, "409 Conflict", "text/x.tlog.size", arena_printf(&cx->mem, "%llu\n", (unsigned long long)stub->size));
	} else if (!tree_is_consistent(stub->size, checkpoint.size, &stub->root, &checkpoint.root, &question.proof)) {
		stub_say(fd, "422 Unprocessable Entity", "text/plain", STR(""));
	} else {
		stub->size = checkpoint.size;
		stub->root = checkpoint.root;
		atomic_fetch_add(&stub->signed_count, 1);
		note_cosign(&stub->key, stub->seed, 1795000000, note.text, &line);
		stub_say(fd, "200 OK", "text/plain", buf_view(&line));
	}
}

/* A line that the stub's key did not make for this text: over another, by another's key, or by another key under its own name. */
static inline void stub_lie(struct ctx *cx, const struct stub *stub, enum manner manner, int fd, struct str body)
{
	AUTO(buf_free) struct buf line = buf_new(NOTE_BYTES_MAX);
	const unsigned char other[SIGN_SEED_BYTES] = { 99 };
	struct cosigner_question question;
	struct note note;
	if (cosigner_question_parse(cx, body, &question) != OK || note_parse(cx, question.note, &note) != OK)
		return;
	if (manner == FORGES) {
		note_cosign(&stub->key, stub->seed, 1795000000, STR("example.org/log\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n"), &line);
	} else {
		unsigned char public[SIGN_PUBLIC_BYTES];
		sign_public(other, public);
		const struct note_key key = note_key_new(str_of(stub->key.name), NOTE_COSIGNATURE, public);
		note_cosign(&key, other, 1795000000, note.text, &line);
	}
	stub_say(fd, "200 OK", "text/plain", buf_view(&line));
}

static inline void stub_answer(struct stubs *all, struct stub *stub, int fd, struct str body)
{
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	AUTO(buf_free) struct buf flood = buf_new(STUB_REQUEST_MAX);
	const enum manner manner = atomic_load(&stub->manner);
	switch (manner) {
	case HONEST:
		pthread_mutex_lock(&all->lock);
		stub_answer_honestly(&cx, stub, fd, body);
		pthread_mutex_unlock(&all->lock);
		break;
	case GARBAGE: stub_say(fd, "200 OK", "text/plain", STR("\xe2\x80\x94 one AAAA\n\n\xe2\x80\x94\nnot \x01 a line")); break;
	case FORGES:
	case LENDS_A_KEY: stub_lie(&cx, stub, manner, fd, body); break;
	case SAYS_MORE: stub_say(fd, "409 Conflict", "text/x.tlog.size", STR("1000000\n")); break;
	case SAYS_NONSENSE: stub_say(fd, "409 Conflict", "text/x.tlog.size", STR("minus seven")); break;
	case SAYS_SAME: stub_say(fd, "409 Conflict", "text/x.tlog.size", STR("0\n")); break;
	case DISAGREES: stub_say(fd, "422 Unprocessable Entity", "text/plain", STR("")); break;
	case REFUSES: stub_say(fd, "404 Not Found", "text/plain", STR("")); break;
	case FLOODS:
		while (flood.n < STUB_REQUEST_MAX / 2)
			buf_text(&flood, "\n");
		stub_say(fd, "200 OK", "text/plain", buf_view(&flood));
		break;
	case DOWN:
	case MANNERS:
		break;
	}
}

/* Until head and body are there; false: the client went away. */
static inline bool stub_read(int fd, char *text, size_t *head, size_t *n)
{
	*n = 0;
	for (;;) {
		text[*n] = '\0';
		const char *const end = strstr(text, "\r\n\r\n"), *const length = strcasestr(text, "Content-Length:");
		*head = end ? (size_t)(end - text) + 4 : 0;
		if (end && length && *n >= *head + strtoul(length + sizeof "Content-Length:" - 1, NULL, 10))
			return true;
		const ssize_t got = *n < STUB_REQUEST_MAX - 1 ? recv(fd, text + *n, STUB_REQUEST_MAX - 1 - *n, 0) : 0;
		if (got <= 0)
			return false;
		*n += (size_t)got;
	}
}

static inline void *stub_serve_client(void *argument)
{
	struct stub_client *const client = argument;
	char *const text = malloc(STUB_REQUEST_MAX);
	size_t head, n;
	assert(text);
	while (stub_read(client->fd, text, &head, &n)) {
		unsigned which = STUBS;
		if (sscanf(text, "POST /%u/add-checkpoint ", &which) != 1 || which >= STUBS)
			break;
		struct stub *const stub = &client->all->stubs[which];
		atomic_fetch_add(&stub->asked, 1);
		if (atomic_load(&stub->manner) == DOWN)
			break;
		stub_answer(client->all, stub, client->fd, (struct str){ text + head, n - head });
	}
	close(client->fd);
	free(text);
	free(client);
	return NULL;
}

static inline void *stub_serve(void *argument)
{
	struct stubs *const all = argument;
	for (int fd = accept(all->listening, NULL, NULL); fd >= 0; fd = accept(all->listening, NULL, NULL)) {
		struct stub_client *const client = malloc(sizeof *client);
		assert(client && all->client_count < STUB_CLIENTS_MAX);
		*client = (struct stub_client){ all, fd };
		pthread_create(&all->clients[all->client_count++], NULL, stub_serve_client, client);
	}
	return NULL;
}

static inline void stubs_start(struct stubs *all)
{
	static const char *const names[STUBS] = { "one.example/w", "two.example/w", "three.example/w" };
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t n = sizeof address;
	memset(all, 0, sizeof *all);
	all->listening = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	pthread_mutex_init(&all->lock, NULL);
	for (unsigned i = 0; i < STUBS; i++) {
		unsigned char public[SIGN_PUBLIC_BYTES];
		memset(all->stubs[i].seed, (int)i + 1, SIGN_SEED_BYTES);
		sign_public(all->stubs[i].seed, public);
		all->stubs[i].key = note_key_new(str_of(names[i]), NOTE_COSIGNATURE, public);
		all->stubs[i].root = tree_empty();
	}
	if (bind(all->listening, (struct sockaddr *)&address, sizeof address) != 0 || listen(all->listening, 16) != 0 ||
	    getsockname(all->listening, (struct sockaddr *)&address, &n) != 0)
		abort();
	all->port = ntohs(address.sin_port);
	pthread_create(&all->thread, NULL, stub_serve, all);
}

/* After those who asked have closed. */
static inline void stubs_stop(struct stubs *all)
{
	shutdown(all->listening, SHUT_RDWR);
	pthread_join(all->thread, NULL);
	for (unsigned i = 0; i < all->client_count; i++)
		pthread_join(all->clients[i], NULL);
	close(all->listening);
	pthread_mutex_destroy(&all->lock);
}
#endif

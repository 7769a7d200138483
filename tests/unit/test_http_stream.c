/* Answers that go on: told from other threads, capped, ended by the gate, by the client, by the drain. */
#include <string.h>

#include "http_fixture.h"

#define TOPIC 7

/* Says how high the fixture's number is, once for each value. */
static enum err next_number(struct ctx *cx, const struct req *, int64_t *position, struct buf *out)
{
	const int64_t now = atomic_load(&fixture_of(cx)->version);
	if (now > *position)
		buf_printf(out, "data: %jd\n\n", (intmax_t)now);
	*position = now;
	return OK;
}

static enum err open_stream(struct ctx *cx, const struct req *req, struct resp *resp)
{
	struct stream_source source = { .topic = TOPIC, .position = -1, .next = next_number };
	struct str topic;
	if (req_query(cx, req, "topic", &topic))
		source.topic = topic.p[0];
	resp_stream(resp, "text/event-stream", &source);
	return OK;
}

static const struct route stream_routes[] = {
	{ GET, "/stream", open_stream, ANYONE, RATE_NONE, READ, 0, "A stream.", NULL, NULL, NULL },
	{},
};
static const struct route *const stream_tables[] = { stream_routes, NULL };

static void begin(struct fixture *f)
{
	fixture_prepare(f);
	f->tables = stream_tables;
	fixture_start(f);
}

static unsigned streams_of(struct fixture *f)
{
	struct http_stats stats;
	http_read_stats(f->http, &stats);
	return stats.streams;
}

static struct client listen_at(struct fixture *f, const char *request)
{
	struct client client = client_open(http_port(f->http));
	EXPECT(client_send(&client, str_of(request)));
	return client;
}
#define GET_STREAM "GET /stream HTTP/1.1\r\nHost: x\r\n\r\n"

static bool hears(struct client *client, const char *text)
{
	while (!(client->bytes && memmem(client->bytes, client->n, text, strlen(text))))
		if (!client_more(client))
			return false;
	return true;
}

static bool ends(struct client *client)
{
	while (client_more(client))
		continue;
	return !client->impatient;
}

static void tell(struct fixture *f, int number, int64_t topic)
{
	atomic_store(&f->version, number);
	http_tell(f->http, &topic, 1);
}

TEST(what_is_told_arrives_and_another_topic_hears_nothing)
{
	struct fixture f AUTO(fixture_end);
	begin(&f);
	struct client one = listen_at(&f, GET_STREAM), other = listen_at(&f, "GET /stream?topic=Z HTTP/1.1\r\nHost: x\r\n\r\n");
	CHECK(hears(&one, "text/event-stream") && hears(&one, "data: 0\n\n") && hears(&other, "data: 0\n\n"));
	tell(&f, 1, TOPIC);
	CHECK(hears(&one, "data: 1\n\n"));
	tell(&f, 2, TOPIC);
	CHECK(hears(&one, "data: 2\n\n"));
	http_tell(f.http, NULL, 0);
	CHECK(hears(&other, "data: 2\n\n") && !memmem(other.bytes, other.n, "data: 1", 7));
	client_close(&one);
	client_close(&other);
}

TEST(one_more_than_a_topic_may_have_ends_the_oldest)
{
	struct fixture f AUTO(fixture_end);
	struct client clients[9];
	begin(&f);
	for (int i = 0; i < 9; i++) {
		clients[i] = listen_at(&f, GET_STREAM);
		CHECK(hears(&clients[i], "data: 0\n\n"));
	}
	CHECK(hears(&clients[0], "\r\n0\r\n\r\n"));
	CHECK(EVENTUALLY(streams_of(&f) == 8));
	for (int i = 0; i < 9; i++)
		client_close(&clients[i]);
}

TEST(more_than_half_of_all_connections_are_refused)
{
	struct fixture f AUTO(fixture_end);
	fixture_prepare(&f);
	f.tables = stream_tables;
	f.config.connections_max = 8;
	fixture_start(&f);
	struct client clients[5];
	for (int i = 0; i < 5; i++) {
		clients[i] = listen_at(&f, GET_STREAM);
		CHECK(hears(&clients[i], i < 4 ? "data: 0\n\n" : "503"));
	}
	for (int i = 0; i < 5; i++)
		client_close(&clients[i]);
}

static atomic_bool locked_out;

static enum err changing_gate(void *, struct ctx *cx, const struct req *)
{
	return atomic_load(&locked_out) ? fail(cx, E_ANONYMOUS, "The session has ended.") : OK;
}

TEST(a_stream_ends_when_the_gate_no_longer_lets_it_pass)
{
	struct fixture f AUTO(fixture_end);
	fixture_prepare(&f);
	f.tables = stream_tables;
	f.hooks.gate = changing_gate;
	atomic_store(&locked_out, false);
	fixture_start(&f);
	struct client client = listen_at(&f, GET_STREAM);
	CHECK(hears(&client, "data: 0\n\n"));
	atomic_store(&locked_out, true);
	tell(&f, 1, TOPIC);
	CHECK(hears(&client, "\r\n0\r\n\r\n") && !memmem(client.bytes, client.n, "data: 1", 7));
	client_close(&client);
}

struct teller {
	struct fixture *f;
	atomic_bool stop;
};

static void *tell_always(void *argument)
{
	struct teller *teller = argument;
	const int64_t topics[] = { 'A', 'B', 'C', 'D', TOPIC };
	while (!atomic_load(&teller->stop)) {
		atomic_fetch_add(&teller->f->version, 1);
		http_tell(teller->f->http, topics, sizeof topics / sizeof topics[0]);
	}
	return NULL;
}

TEST(streams_come_go_and_are_told_at_once)
{
	struct fixture f AUTO(fixture_end);
	pthread_t threads[2];
	begin(&f);
	struct teller teller = { .f = &f };
	for (int i = 0; i < 2; i++)
		pthread_create(&threads[i], NULL, tell_always, &teller);
	for (int round = 0; round < 6; round++) {
		struct client clients[16];
		for (int i = 0; i < 16; i++) {
			char request[80];
			snprintf(request, sizeof request, "GET /stream?topic=%c HTTP/1.1\r\nHost: x\r\n\r\n", 'A' + i % 4);
			clients[i] = listen_at(&f, request);
		}
		for (int i = 0; i < 16; i++) {
			EXPECT(hears(&clients[i], "data: "));
			client_close(&clients[i]);
		}
	}
	atomic_store(&teller.stop, true);
	for (int i = 0; i < 2; i++)
		pthread_join(threads[i], NULL);
	CHECK(EVENTUALLY((http_tell(f.http, NULL, 0), streams_of(&f) == 0)));
}

TEST(a_drain_ends_every_stream_at_once)
{
	struct fixture f;
	struct client clients[20];
	begin(&f);
	for (int i = 0; i < 20; i++) {
		char request[80];
		snprintf(request, sizeof request, "GET /stream?topic=%c HTTP/1.1\r\nHost: x\r\n\r\n", 'A' + i);
		clients[i] = listen_at(&f, request);
		CHECK(hears(&clients[i], "data: 0\n\n"));
	}
	int64_t from_us = clock_boot_us(NULL);
	fixture_end(&f);
	CHECK(clock_boot_us(NULL) - from_us < 20 * SECOND_US);
	for (int i = 0; i < 20; i++) {
		CHECK(ends(&clients[i]));
		client_close(&clients[i]);
	}
}

int main(void)
{
	RUN(what_is_told_arrives_and_another_topic_hears_nothing);
	RUN(one_more_than_a_topic_may_have_ends_the_oldest);
	RUN(more_than_half_of_all_connections_are_refused);
	RUN(a_stream_ends_when_the_gate_no_longer_lets_it_pass);
	RUN(streams_come_go_and_are_told_at_once);
	RUN(a_drain_ends_every_stream_at_once);
	return tap_end();
}

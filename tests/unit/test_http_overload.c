/* More than can be served: who gives way, who is told so, who is not to notice. */
#include <arpa/inet.h>

#include "http/crowd.h"
#include "http/slow.h"
#include "http_fixture.h"

#define END " HTTP/1.1\r\nHost: t\r\n"

static struct address address_from(const char *text)
{
	struct address address = {};
	bool good = address_parse(str_of(text), &address);
	assert(good);
	return address;
}

/* A client in another /24 of this machine. */
static struct client client_open_from(unsigned port, const char *text)
{
	struct sockaddr_in here = { .sin_family = AF_INET }, there = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	inet_pton(AF_INET, text, &here.sin_addr);
	inet_pton(AF_INET, "127.0.0.1", &there.sin_addr);
	struct client client = client_open(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool good = fd >= 0 && bind(fd, (struct sockaddr *)&here, sizeof here) == 0 && connect(fd, (struct sockaddr *)&there, sizeof there) == 0;
	assert(good);
	close(client.fd);
	client.fd = fd;
	return client;
}

static bool told(struct client *client, const char *request, int status, struct answer *a)
{
	return client_send(client, str_of(request)) && client_read(client, false, a) && a->status == status;
}

TEST(a_crowd_counts_blocks_and_forgets_who_has_left)
{
	struct crowd *crowd AUTO(crowd_free) = crowd_new();
	const struct address a = address_from("192.0.2.1"), b = address_from("192.0.2.200"), c = address_from("192.0.3.1"),
		six = address_from("2001:db8:1:2::3"), same = address_from("2001:db8:1:ffff::9"), other = address_from("2001:db8:2::3");
	CHECK(crowd_enter(crowd, &a) == 1 && crowd_enter(crowd, &b) == 2 && crowd_enter(crowd, &c) == 1);
	CHECK(crowd_enter(crowd, &six) == 1 && crowd_enter(crowd, &same) == 2 && crowd_count(crowd, &other) == 0);
	crowd_leave(crowd, &a);
	CHECK(crowd_count(crowd, &a) == 1);
	crowd_leave(crowd, &b);
	crowd_leave(crowd, &c);
	crowd_leave(crowd, &six);
	crowd_leave(crowd, &same);
	for (uint32_t i = 0; i < 50'000; i++) {
		struct address flood = a;
		memcpy(flood.bytes + 12, &(uint32_t){ htonl(i << 8) }, 4);
		CHECK(crowd_enter(crowd, &flood) == 1);
		crowd_leave(crowd, &flood);
	}
}

TEST(one_block_cannot_take_all_connections_and_its_surplus_is_told_or_closed)
{
	struct fixture f AUTO(fixture_end);
	fixture_prepare(&f);
	f.config.block_connections = 8;
	fixture_start(&f);
	struct answer a AUTO(answer_free) = {};
	struct client c[12];
	struct http_stats stats = {};
	for (int i = 0; i < 8; i++) {
		c[i] = client_open(http_port(f.http));
		EXPECT(told(&c[i], "GET /hello" END "\r\n", 200, &a));
	}
	c[8] = client_open(http_port(f.http));
	EXPECT(told(&c[8], "GET /hello" END "\r\n", 429, &a) && header_is(&a, "Connection", "close") && body_has(&a, "your network"));
	/* silent ones beyond: two more are held a moment, and one is closed at once, whichever an event thread takes last */
	for (int i = 9; i < 12; i++)
		c[i] = client_open(http_port(f.http));
	EXPECT(EVENTUALLY((http_read_stats(f.http, &stats), stats.block_full >= 4)));
	EXPECT(EVENTUALLY(client_has_lost_it(&c[9]) || client_has_lost_it(&c[10]) || client_has_lost_it(&c[11])));
	struct client elsewhere AUTO(client_close) = client_open_from(http_port(f.http), "127.9.9.9");
	EXPECT(told(&elsewhere, "GET /hello" END "\r\n", 200, &a));
	for (int i = 0; i < 12; i++)
		client_close(&c[i]);
	EXPECT(EVENTUALLY((http_read_stats(f.http, &stats), stats.connections == 1)));
	EXPECT(ask_text(&f, "GET /hello" END "\r\n", &a) && a.status == 200);
}

TEST(loopback_and_trusted_proxies_have_no_limit_of_their_own_unless_it_is_set)
{
	for (int trusted = 0; trusted < 2; trusted++) {
		struct fixture f AUTO(fixture_end);
		fixture_prepare(&f);
		f.config.connections_max = 30;
		f.config.block_connections = trusted ? 2 : 0;
		f.config.trusted_proxies = trusted ? "127.0.0.0/8" : "";
		fixture_start(&f);
		struct answer a AUTO(answer_free) = {};
		struct client c[20];
		for (int i = 0; i < 20; i++) {
			c[i] = client_open(http_port(f.http));
			EXPECT(told(&c[i], "GET /hello" END "\r\n", 200, &a));
		}
		for (int i = 0; i < 20; i++)
			client_close(&c[i]);
	}
}

TEST(a_full_table_still_answers_who_watches_over_it)
{
	static const char *const vital[] = { "/hello", NULL };
	struct fixture f AUTO(fixture_end);
	fixture_prepare(&f);
	f.config.connections_max = 4;
	f.config.vital = vital;
	fixture_start(&f);
	struct answer a AUTO(answer_free) = {};
	struct client c[4];
	for (int i = 0; i < 4; i++) {
		c[i] = client_open(http_port(f.http));
		EXPECT(told(&c[i], "GET /" END "\r\n", 200, &a));
	}
	EXPECT(ask_text(&f, "GET /" END "\r\n", &a) && a.status == 503 && answer_header(&a, "Retry-After").n);
	EXPECT(ask_text(&f, "GET /hello" END "\r\n", &a) && a.status == 200 && header_is(&a, "Connection", "close"));
	for (int i = 0; i < 4; i++)
		client_close(&c[i]);
}

TEST(while_a_write_waits_too_long_others_are_refused_before_their_bodies_and_reads_go_on)
{
	struct fixture f AUTO(fixture_end);
	fixture_prepare(&f);
	f.config.write_patience_us = SECOND_US;
	fixture_start(&f);
	struct answer a AUTO(answer_free) = {};
	struct http_stats stats = {};
	atomic_store(&f.write_wait_us, SECOND_US);
	EXPECT(ask_text(&f, "POST /write" END "Content-Length: 1\r\n\r\nx", &a) && a.status == 201);
	atomic_store(&f.write_wait_us, SECOND_US + 1);
	EXPECT(ask_text(&f, "POST /write" END "Content-Length: 1\r\n\r\nx", &a) && a.status == 503 && answer_header(&a, "Retry-After").n);
	EXPECT(ask_text(&f, "POST /upload" END "Content-Length: 3\r\nExpect: 100-continue\r\n\r\n", &a) && a.status == 503);
	EXPECT(ask_text(&f, "POST /slow" END "Content-Length: 0\r\n\r\n", &a) && a.status == 503);        /* it would write, too */
	EXPECT(ask_text(&f, "GET /hello" END "\r\n", &a) && a.status == 200);
	CHECK(atomic_load(&f.ran) == 1 && atomic_load(&f.opened_sinks) == 0);
	http_read_stats(f.http, &stats);
	CHECK(stats.shed_writes == 2 && stats.shed_slow == 1);
	atomic_store(&f.write_wait_us, 0);
	EXPECT(ask_text(&f, "POST /write" END "Content-Length: 1\r\n\r\nx", &a) && a.status == 201);
}

TEST(slow_work_is_refused_while_another_has_waited_too_long_and_what_was_taken_is_done)
{
	enum { MANY = 40 };
	struct fixture f AUTO(fixture_end);
	fixture_prepare(&f);
	f.config.slow_patience_us = SECOND_US / 5;
	fixture_start(&f);
	struct answer a AUTO(answer_free) = {};
	struct client c[MANY];
	struct http_stats stats = {};
	atomic_store(&f.hold, true);
	for (int i = 0; i < MANY; i++) {
		c[i] = client_open(http_port(f.http));
		client_send(&c[i], STR("POST /slow" END "Content-Length: 0\r\n\r\n"));
	}
	EXPECT(EVENTUALLY((http_read_stats(f.http, &stats), stats.slow_wait_us > SECOND_US / 5)));
	EXPECT(ask_text(&f, "POST /slow" END "Content-Length: 0\r\n\r\n", &a) && a.status == 503 && answer_header(&a, "Retry-After").n);
	EXPECT(ask_text(&f, "GET /hello" END "\r\n", &a) && a.status == 200);
	atomic_store(&f.hold, false);
	for (int i = 0; i < MANY; i++) {
		EXPECT(client_read(&c[i], false, &a) && a.status == 200);
		client_close(&c[i]);
	}
	EXPECT(ask_text(&f, "POST /slow" END "Content-Length: 0\r\n\r\n", &a) && a.status == 200);
}

struct order {
	atomic_bool go;
	atomic_int done;
	char text[64];
};
struct step {
	struct order *order;
	char letter;
};

static void take_step(void *argument)
{
	struct step *step = argument;
	while (!atomic_load(&step->order->go))
		a_moment();
	step->order->text[atomic_load(&step->order->done)] = step->letter;
	atomic_fetch_add(&step->order->done, 1);
}

TEST(what_was_brought_does_not_wait_behind_all_who_ask)
{
	struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	struct slow_pool *pool AUTO(slow_stop) = NULL;
	struct order order = {};
	struct step ask = { &order, 'a' }, brought = { &order, 'b' };
	enum err e = slow_start(&cx, 1, 32, &pool);
	CHECK(e == OK && slow_wait_us(pool) == 0);
	for (int i = 0; i < 10; i++)
		slow_submit(pool, SLOW_ASKING, take_step, &ask);
	for (int i = 0; i < 3; i++)
		slow_submit(pool, SLOW_BROUGHT, take_step, &brought);
	CHECK(EVENTUALLY(slow_wait_us(pool) > 0));
	atomic_store(&order.go, true);
	CHECK(EVENTUALLY(atomic_load(&order.done) == 13));
	CHECK(strcmp(order.text, "abababaaaaaaa") == 0);
	ctx_end(&cx);
}

int main(void)
{
	RUN(a_crowd_counts_blocks_and_forgets_who_has_left);
	RUN(one_block_cannot_take_all_connections_and_its_surplus_is_told_or_closed);
	RUN(loopback_and_trusted_proxies_have_no_limit_of_their_own_unless_it_is_set);
	RUN(a_full_table_still_answers_who_watches_over_it);
	RUN(while_a_write_waits_too_long_others_are_refused_before_their_bodies_and_reads_go_on);
	RUN(slow_work_is_refused_while_another_has_waited_too_long_and_what_was_taken_is_done);
	RUN(what_was_brought_does_not_wait_behind_all_who_ask);
	return tap_end();
}

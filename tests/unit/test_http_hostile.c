#include <poll.h>

#include "http_fixture.h"

#define END " HTTP/1.1\r\nHost: t\r\n"
#define PROBLEM "application/problem+json"

static bool still_answers(struct fixture *f)
{
	struct answer a AUTO(answer_free) = {};
	return ask_text(f, "GET /hello" END "\r\n", &a) && a.status == 200;
}

TEST(malformed_requests_get_4xx_or_5xx_of_their_own_and_never_200)
{
	static const struct {
		struct str request;
		int status;                    /* 0: cut without an answer will do */
		bool problem;                  /* ours; the library answers the others itself */
	} cases[] = {
		{ STR("GARBAGE\r\n\r\n"), 0, false },
		{ STR("GET\r\n\r\n"), 0, false },
		{ STR("\0\0\0\0\r\n\r\n"), 0, false },
		{ STR("GET /hello HTTP/9.9\r\nHost: t\r\n\r\n"), 505, false },
		{ STR("GET /hello HTTP/1.1\r\n\r\n"), 400, false },
		{ STR("GET /hel\0lo HTTP/1.1\r\nHost: t\r\n\r\n"), 400, true },
		{ STR("GET /%00" END "\r\n"), 400, true },
		{ STR("GET /%2e%2e/etc/passwd" END "\r\n"), 400, true },
		{ STR("GET /../etc/passwd" END "\r\n"), 400, true },
		{ STR("GET /tell/a%2fb" END "\r\n"), 400, true },
		{ STR("GET /tell/%C0%AE" END "\r\n"), 400, true },
		{ STR("GET /hello?x=%FF" END "\r\n"), 400, true },
		{ STR("GET //hello" END "\r\n"), 404, true },
		{ STR("GET hello" END "\r\n"), 400, true },
		{ STR("CONNECT host:443" END "\r\n"), 501, true },
		{ STR("TRACE /hello" END "\r\n"), 501, true },
		{ STR("get /hello" END "\r\n"), 501, true },
		{ STR("GET /hello HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n"), 400, true },
		{ STR("GET /hello" END "X-A: b\001c\r\n\r\n"), 400, true },
		{ STR("GET /hello" END "X A: b\r\n\r\n"), 400, true },
		{ STR("GET /hello" END "X-A : b\r\n\r\n"), 400, true },
		{ STR("POST /write" END "Content-Length: 1\r\nContent-Length: 2\r\n\r\nab"), 400, true },
		{ STR("POST /write" END "Content-Length: 1\r\nContent-Length: 1\r\n\r\na"), 400, true },
		{ STR("POST /write" END "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 400, true },
		{ STR("POST /write" END "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n"), 400, true },
		{ STR("POST /write" END "Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"), 501, true },
		{ STR("POST /write" END "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 501, true },
		{ STR("POST /write" END "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"), 501, true },
		{ STR("POST /write" END "Content-Length: -1\r\n\r\n"), 400, false },
		{ STR("POST /write" END "Content-Length: +1\r\n\r\na"), 400, false },
		{ STR("POST /write" END "Content-Length: 1x\r\n\r\na"), 400, false },
		{ STR("POST /write" END "Content-Length: 99999999999999999999999\r\n\r\n"), 413, false },
		{ STR("POST /write" END "Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n"), 400, false },
		{ STR("POST /write" END "Expect: magic\r\nContent-Length: 1\r\n\r\na"), 417, true },
		{ STR("GET /hello" END "Content-Length: 5\r\n\r\nabcde"), 413, true },
		{ STR("GET /hello" END "Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n"), 413, true },
		{ STR("POST /write" END "Content-Length: 1001\r\n\r\n"), 413, true },
		{ STR("POST /write" END "Content-Length: 1001\r\nExpect: 100-continue\r\n\r\n"), 413, true },
	};
	FIXTURE(f);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct answer a AUTO(answer_free) = {};
		struct client c AUTO(client_close) = client_open(http_port(f.http));
		client_send(&c, cases[i].request);
		shutdown(c.fd, SHUT_WR);
		bool told = client_read(&c, false, &a);
		bool right = cases[i].status ? told && a.status == cases[i].status : !told || a.status >= 400;
		if (cases[i].problem)
			right = right && header_is(&a, "Content-Type", PROBLEM) && body_has(&a, "\"detail\":\"");
		if (!EXPECT(right))
			printf("# case %zu: %d %.200s\n", i, told ? a.status : 0, cases[i].request.p);
	}
	EXPECT(atomic_load(&f.ran) == 0);
	EXPECT(still_answers(&f));
}

/* A second request hidden behind a disputed length must not be answered. */
TEST(no_request_is_smuggled_behind_a_disputed_length)
{
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	struct client c AUTO(client_close) = client_open(http_port(f.http));
	CHECK(client_send(&c, STR("POST /write" END "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /hello" END "\r\n")));
	CHECK(client_read(&c, false, &a) && a.status == 400);
	CHECK(client_is_closed(&c));
}

static struct str filled(char *out, size_t size, const char *start, char fill, size_t times, const char *end)
{
	int n = snprintf(out, size, "%s", start);
	memset(out + n, fill, times);
	int more = snprintf(out + n + times, size - (size_t)n - times, "%s", end);
	return (struct str){ .p = out, .n = (size_t)n + times + (size_t)more };
}

TEST(heads_up_to_the_limit_pass_and_larger_ones_are_431_or_414)
{
	static char request[200000];
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	CHECK(ask(http_port(f.http), filled(request, sizeof request, "GET /hello" END "X: ", 'x', 16000, "\r\n\r\n"), &a) && a.status == 200);
	CHECK(ask(http_port(f.http), filled(request, sizeof request, "GET /hello" END "X: ", 'x', 16384, "\r\n\r\n"), &a));
	CHECK(a.status == 431 && header_is(&a, "Content-Type", PROBLEM));
	CHECK(ask(http_port(f.http), filled(request, sizeof request, "GET /hello" END "X: ", 'x', 100000, "\r\n\r\n"), &a) && a.status == 431);
	CHECK(ask(http_port(f.http), filled(request, sizeof request, "GET /tell/", 'x', 8000, END "\r\n"), &a) && a.status == 200);
	CHECK(ask(http_port(f.http), filled(request, sizeof request, "GET /tell/", 'x', 9000, END "\r\n"), &a));
	CHECK(a.status == 414 && header_is(&a, "Content-Type", PROBLEM));
	CHECK(ask(http_port(f.http), filled(request, sizeof request, "GET /tell/", 'x', 100000, END "\r\n"), &a) && a.status == 414);
	CHECK(still_answers(&f));
}

TEST(many_small_headers_meet_the_limit_too)
{
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	struct buf request AUTO(buf_free) = buf_new(100000);
	buf_text(&request, "GET /hello" END);
	for (int i = 0; i < 100; i++)
		buf_printf(&request, "X-Header-%d: some value of usual length, as browsers send them, %d\r\n", i, i);
	buf_text(&request, "\r\n");
	CHECK(ask(http_port(f.http), buf_view(&request), &a) && a.status == 200);
	request.n -= 2;
	for (int i = 0; i < 5000; i++)
		buf_printf(&request, "a: b\r\n");
	buf_text(&request, "\r\n");
	CHECK(ask(http_port(f.http), buf_view(&request), &a) && a.status == 431);
}

static bool told_or_answered(struct fixture *f, int count, int bytes, int *status)
{
	struct buf request AUTO(buf_free) = buf_new(1 << 20);
	struct answer a AUTO(answer_free) = {};
	buf_printf(&request, "POST /write" END "Content-Length: 2\r\nCookie: ");
	for (int i = 0; i < count; i++)
		buf_printf(&request, "%scookie%d=%0*d", i ? "; " : "", i, bytes, 7);
	buf_text(&request, "\r\n\r\nab");
	int before = atomic_load(&f->ran);
	bool told = ask(http_port(f->http), buf_view(&request), &a);
	*status = told ? a.status : 0;
	if (!told || (a.status != 201 && a.status != 431) || (a.status == 201) != (atomic_load(&f->ran) > before)) {
		printf("# %d cookies of %d bytes: %d\n", count, bytes, *status);
		return false;
	}
	return true;
}

TEST(a_request_with_any_number_of_cookies_is_answered_or_told_431_and_then_nothing_was_done)
{
	FIXTURE(f);
	int status;
	for (int count = 10; count < 1200; count += count < 300 ? 1 : 37)
		CHECK(told_or_answered(&f, count, 5, &status) && (count > 150 || status == 201));
	for (int bytes = 100; bytes < 20000; bytes += 101)
		CHECK(told_or_answered(&f, 1, bytes, &status) && (bytes > 8000 || status == 201));
	for (int count = 10; count < 3000; count += 113)
		CHECK(told_or_answered(&f, count, 1, &status));
	CHECK(still_answers(&f));
}

TEST(a_body_that_grows_too_large_is_413_and_the_client_can_read_it)
{
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	struct client c AUTO(client_close) = client_open(http_port(f.http));
	char chunk[5000];
	struct str bytes = filled(chunk, sizeof chunk, "1000\r\n", 'x', 4096, "\r\n");
	CHECK(client_send(&c, STR("POST /write" END "Transfer-Encoding: chunked\r\n\r\n")));
	for (int i = 0; i < 400; i++)
		if (!client_send(&c, bytes))
			break;
	CHECK(client_read(&c, false, &a) && a.status == 413 && header_is(&a, "Content-Type", PROBLEM));
	CHECK(header_is(&a, "Connection", "close") && atomic_load(&f.ran) == 0);
}

TEST(a_refused_upload_reads_its_refusal_though_it_goes_on_sending)
{
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	struct client c AUTO(client_close) = client_open(http_port(f.http));
	char block[65536];
	memset(block, 'x', sizeof block);
	CHECK(client_send(&c, STR("PATCH /upload" END "X-Deny: 1\r\nContent-Length: 6000000\r\n\r\n")));
	for (int i = 0; i < 90; i++)
		if (!client_send(&c, (struct str){ .p = block, .n = sizeof block }))
			break;
	CHECK(client_read(&c, false, &a) && a.status == 403);
}

static void start_impatient(struct fixture *f)
{
	fixture_prepare(f);
	f->config.idle_seconds = f->config.body_seconds = 1;
	fixture_start(f);
}

/* Sends a byte at a time until the server has had enough. */
static bool trickle(struct client *c, char byte)
{
	for (int i = 0; i < 2000; i++) {
		struct pollfd readable = { .fd = c->fd, .events = POLLIN };
		if (poll(&readable, 1, 10) > 0)
			return true;
		if (!client_send(c, (struct str){ .p = &byte, .n = 1 }))
			return true;
	}
	return false;
}

TEST(trickled_requests_are_cut)
{
	static const char *const beginnings[] = {
		"G", "GET /hello", "GET /hello" END "X: ", "POST /write" END "Content-Length: 1000\r\n\r\n",
		"PATCH /upload" END "Content-Length: 1000000\r\n\r\n",
	};
	struct fixture f AUTO(fixture_end);
	start_impatient(&f);
	for (size_t i = 0; i < sizeof beginnings / sizeof beginnings[0]; i++) {
		struct answer a AUTO(answer_free) = {};
		struct client c AUTO(client_close) = client_open(http_port(f.http));
		EXPECT(client_send(&c, str_of(beginnings[i])));
		EXPECT(trickle(&c, 'x'));
		if (client_read(&c, false, &a))
			EXPECT(a.status == 408 && header_is(&a, "Content-Type", PROBLEM) && body_has(&a, "\"code\":\"late\"}"));
	}
	EXPECT(still_answers(&f));
	EXPECT(EVENTUALLY(fixture_is_clean(&f)));
}

TEST(silent_connections_are_closed_before_and_between_requests)
{
	struct fixture f AUTO(fixture_end);
	start_impatient(&f);
	struct answer a AUTO(answer_free) = {};
	struct client silent AUTO(client_close) = client_open(http_port(f.http));
	struct client once AUTO(client_close) = client_open(http_port(f.http));
	CHECK(client_send(&once, STR("GET /hello" END "\r\n")) && client_read(&once, false, &a) && a.status == 200);
	CHECK(client_is_closed(&silent) && client_is_closed(&once));
}

TEST(slow_and_written_requests_may_take_longer_than_the_idle_time)
{
	struct fixture f AUTO(fixture_end);
	start_impatient(&f);
	struct answer a AUTO(answer_free) = {};
	struct client w AUTO(client_close) = client_open(http_port(f.http));
	struct client s AUTO(client_close) = client_open(http_port(f.http));
	atomic_store(&f.hold, true);
	EXPECT(client_send(&w, STR("POST /write" END "Content-Length: 1\r\n\r\nx")) && client_send(&s, STR("POST /slow" END "Content-Length: 0\r\n\r\n")));
	nanosleep(&(struct timespec){ .tv_sec = 3 }, NULL);       /* the point is that time passes */
	atomic_store(&f.hold, false);
	CHECK(client_read(&w, false, &a) && a.status == 201);
	CHECK(client_read(&s, false, &a) && a.status == 200);
}

TEST(clients_that_vanish_leave_nothing_behind)
{
	static const char *const requests[] = {
		"GET /he", "GET /hello" END, "GET /hello" END "\r\n", "POST /write" END "Content-Length: 10\r\n\r\nab",
		"POST /write" END "Content-Length: 2\r\n\r\nab", "PATCH /upload" END "Content-Length: 100000\r\n\r\nabc",
		"POST /upload" END "Content-Length: 3\r\n\r\nabc", "POST /slow" END "Content-Length: 0\r\n\r\n", "GET /file" END "\r\n",
		"POST /write" END "Transfer-Encoding: chunked\r\n\r\n5\r\nab",
	};
	struct fixture f AUTO(fixture_end);
	fixture_prepare(&f);
	f.config.idle_seconds = 2;             /* a beginning and the end in one packet: the library sees the end only then */
	fixture_start(&f);
	atomic_store(&f.hold, true);
	for (int turn = 0; turn < 5; turn++) {
		for (size_t i = 0; i < sizeof requests / sizeof requests[0]; i++) {
			struct client c = client_open(http_port(f.http));
			struct linger reset = { .l_onoff = 1 };
			client_send(&c, str_of(requests[i]));
			if (turn % 2)
				setsockopt(c.fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
			if (turn > 2)
				a_moment();
			client_close(&c);
		}
	}
	EXPECT(EVENTUALLY(atomic_load(&f.in_write) && atomic_load(&f.in_slow)));
	atomic_store(&f.hold, false);
	CHECK(EVENTUALLY(fixture_is_clean(&f)));
	CHECK(still_answers(&f));
	struct http_stats stats = {};
	CHECK(EVENTUALLY((http_read_stats(f.http, &stats), stats.connections == 0)));
}

TEST(one_connection_too_many_is_told_503)
{
	struct fixture f AUTO(fixture_end);
	fixture_prepare(&f);
	f.config.connections_max = 4;
	fixture_start(&f);
	struct answer a AUTO(answer_free) = {};
	struct client c[4];
	for (int i = 0; i < 4; i++) {
		c[i] = client_open(http_port(f.http));
		EXPECT(client_send(&c[i], STR("GET /hello" END "\r\n")) && client_read(&c[i], false, &a) && a.status == 200);
	}
	EXPECT(ask_text(&f, "GET /hello" END "\r\n", &a) && a.status == 503 && answer_header(&a, "Retry-After").n);
	EXPECT(header_is(&a, "Connection", "close"));
	for (int i = 0; i < 4; i++)
		client_close(&c[i]);
	CHECK(EVENTUALLY(ask_text(&f, "GET /hello" END "\r\n", &a) && a.status == 200));
}

static void *stop_it(void *http)
{
	http_stop(http, 5);
	return NULL;
}

TEST(a_drain_answers_what_runs_and_closes_what_idles)
{
	struct fixture f AUTO(fixture_end);
	fixture_prepare(&f);
	fixture_start(&f);
	struct answer a AUTO(answer_free) = {};
	struct client idle AUTO(client_close) = client_open(http_port(f.http));
	struct client w AUTO(client_close) = client_open(http_port(f.http));
	EXPECT(client_send(&idle, STR("GET /hello" END "\r\n")) && client_read(&idle, false, &a) && a.status == 200);
	atomic_store(&f.hold, true);
	EXPECT(client_send(&w, STR("POST /write" END "Content-Length: 1\r\n\r\nx")));
	EXPECT(EVENTUALLY(atomic_load(&f.in_write)));
	struct http *http = f.http;
	pthread_t stopper;
	f.http = NULL;
	pthread_create(&stopper, NULL, stop_it, http);
	EXPECT(client_is_closed(&idle));
	atomic_store(&f.hold, false);
	EXPECT(client_read(&w, false, &a) && a.status == 201 && header_is(&a, "Connection", "close"));
	EXPECT(client_is_closed(&w));
	pthread_join(stopper, NULL);
}

TEST(a_drain_waits_for_a_body_on_its_way)
{
	struct fixture f AUTO(fixture_end);
	fixture_prepare(&f);
	fixture_start(&f);
	struct answer a AUTO(answer_free) = {};
	struct client idle AUTO(client_close) = client_open(http_port(f.http));
	struct client c AUTO(client_close) = client_open(http_port(f.http));
	EXPECT(client_send(&idle, STR("GET /hello" END "\r\n")) && client_read(&idle, false, &a));
	EXPECT(client_send(&c, STR("PATCH /upload" END "Content-Length: 6\r\n\r\nabc")));
	EXPECT(EVENTUALLY(atomic_load(&f.sink_bytes) == 3));
	struct http *http = f.http;
	pthread_t stopper;
	f.http = NULL;
	pthread_create(&stopper, NULL, stop_it, http);
	EXPECT(client_is_closed(&idle));
	EXPECT(client_send(&c, STR("def")) && client_read(&c, false, &a) && a.status == 200 && body_is(&a, "6"));
	pthread_join(stopper, NULL);
}

TEST(hundreds_of_parameters_are_read_like_few)
{
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	struct buf request AUTO(buf_free) = buf_new(10000);
	buf_text(&request, "GET /hello?");
	for (int i = 0; i < 900; i++)
		buf_printf(&request, "a%d=b&", i);
	buf_text(&request, "who=me" END "\r\n");
	CHECK(ask(http_port(f.http), buf_view(&request), &a) && a.status == 200 && body_is(&a, "hello me"));
}

struct load {
	struct fixture *f;
	unsigned port;
	atomic_int asked, answered, broken;
};

/* Each request on a connection of its own: one that was accepted must be answered. */
static void *keep_asking(void *argument)
{
	struct load *load = argument;
	struct answer a AUTO(answer_free) = {};
	for (;;) {
		struct client c AUTO(client_close) = client_open(load->port);
		if (c.ended)
			return NULL;
		for (int i = 0; i < 20; i++) {
			if (!client_send(&c, STR("POST /write" END "Content-Length: 1\r\n\r\nx")))
				break;
			atomic_fetch_add(&load->asked, 1);
			if (!client_read(&c, false, &a)) {
				/* Closed while our request was on its way: allowed, as nothing of an answer came. */
				atomic_fetch_add(&load->broken, c.n > 0);
				break;
			}
			atomic_fetch_add(&load->answered, a.status == 201);
			if (header_is(&a, "Connection", "close"))
				break;
		}
	}
}

TEST(a_drain_under_load_breaks_no_answer)
{
	struct fixture f AUTO(fixture_end);
	fixture_prepare(&f);
	fixture_start(&f);
	struct load load = { .f = &f, .port = http_port(f.http) };
	pthread_t threads[8];
	for (int i = 0; i < 8; i++)
		pthread_create(&threads[i], NULL, keep_asking, &load);
	EXPECT(EVENTUALLY(atomic_load(&load.answered) > 500));
	http_stop(f.http, 5);
	f.http = NULL;
	for (int i = 0; i < 8; i++)
		pthread_join(threads[i], NULL);
	int lost = atomic_load(&load.asked) - atomic_load(&load.answered);
	printf("# asked %d answered %d lost %d\n", atomic_load(&load.asked), atomic_load(&load.answered), lost);
	EXPECT(atomic_load(&load.broken) == 0);
	EXPECT(lost <= 8);                     /* in the kernel's queue when the door closed: one a thread at most */
	EXPECT(atomic_load(&f.ran) == atomic_load(&load.answered));
}

int main(void)
{
	RUN(malformed_requests_get_4xx_or_5xx_of_their_own_and_never_200);
	RUN(no_request_is_smuggled_behind_a_disputed_length);
	RUN(heads_up_to_the_limit_pass_and_larger_ones_are_431_or_414);
	RUN(many_small_headers_meet_the_limit_too);
	RUN(a_request_with_any_number_of_cookies_is_answered_or_told_431_and_then_nothing_was_done);
	RUN(a_body_that_grows_too_large_is_413_and_the_client_can_read_it);
	RUN(a_refused_upload_reads_its_refusal_though_it_goes_on_sending);
	RUN(trickled_requests_are_cut);
	RUN(silent_connections_are_closed_before_and_between_requests);
	RUN(slow_and_written_requests_may_take_longer_than_the_idle_time);
	RUN(clients_that_vanish_leave_nothing_behind);
	RUN(one_connection_too_many_is_told_503);
	RUN(a_drain_answers_what_runs_and_closes_what_idles);
	RUN(a_drain_waits_for_a_body_on_its_way);
	RUN(hundreds_of_parameters_are_read_like_few);
	RUN(a_drain_under_load_breaks_no_answer);
	return tap_end();
}

#include "http_fixture.h"

#include <dlfcn.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#define ROUNDS 100

#define END " HTTP/1.1\r\nHost: t\r\n"

TEST(a_read_route_answers)
{
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	CHECK(ask_text(&f, "GET /hello?who=w%C3%B6rld+1" END "\r\n", &a));
	CHECK(a.status == 200 && body_is(&a, "hello w\xC3\xB6rld 1"));
	CHECK(header_is(&a, "Content-Type", "application/json"));
	CHECK(header_is(&a, "X-Finished", "yes"));
	CHECK(answer_header(&a, "Date").n == 29);
	CHECK(answer_header(&a, "Server").n == 0);
	CHECK(header_is(&a, "Content-Length", "14"));
}

TEST(head_is_get_without_its_body)
{
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	struct client c AUTO(client_close) = client_open(http_port(f.http));
	CHECK(client_send(&c, STR("HEAD /hello" END "\r\nGET /hello" END "\r\n")));
	CHECK(client_read(&c, true, &a) && a.status == 200 && header_is(&a, "Content-Length", "5"));
	CHECK(client_read(&c, false, &a) && a.status == 200 && body_is(&a, "hello"));
}

TEST(a_connection_carries_many_requests_also_refused_ones)
{
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	struct client c AUTO(client_close) = client_open(http_port(f.http));
	for (int i = 0; i < 50; i++) {
		CHECK(client_send(&c, STR("GET /hello" END "\r\nGET /nowhere" END "\r\nPOST /write" END "Content-Length: 2\r\n\r\nab")));
		CHECK(client_read(&c, false, &a) && a.status == 200);
		CHECK(client_read(&c, false, &a) && a.status == 404 && header_is(&a, "Content-Type", "application/problem+json"));
		CHECK(client_read(&c, false, &a) && a.status == 201 && body_is(&a, "ab"));
	}
}

TEST(a_request_is_told_to_its_handler)
{
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	CHECK(ask_text(&f, "PUT /tell/caf%C3%A9/of/b%20c" END "Cookie: a=b; session=\"xyz\"\r\nContent-Length: 4\r\n\r\nbody", &a));
	CHECK(a.status == 200);
	CHECK(body_is(&a, "PUT path=/tell/caf\xC3\xA9/of/b c p0=caf\xC3\xA9 p1=b c peer=127.0.0.1 secure=0 cross=0 cookie=xyz body=body"));
	CHECK(header_is(&a, "Set-Cookie", "session=abc; Path=/; Max-Age=60; HttpOnly; SameSite=Lax"));
	CHECK(ask_text(&f, "GET /rest/a/b/c" END "\r\n", &a) && body_has(&a, "p0=a/b/c"));
}

TEST(a_chunked_body_is_collected)
{
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	CHECK(ask_text(&f, "POST /write" END "Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n", &a));
	CHECK(a.status == 201 && body_is(&a, "abcde"));
}

TEST(a_write_runs_on_the_writer_and_answers_after_the_commit)
{
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	struct client c AUTO(client_close) = client_open(http_port(f.http));
	atomic_store(&f.hold, true);
	CHECK(client_send(&c, STR("POST /write" END "Content-Length: 1\r\n\r\nx")));
	CHECK(EVENTUALLY(atomic_load(&f.in_write)));
	CHECK(atomic_load(&f.lent) == 0);
	CHECK(ask_text(&f, "GET /hello" END "\r\n", &a) && a.status == 200);
	CHECK(recv(c.fd, a.head, 1, MSG_DONTWAIT) < 0);
	atomic_store(&f.hold, false);
	CHECK(client_read(&c, false, &a) && a.status == 201);
}

TEST(a_failed_commit_replaces_the_answer)
{
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	atomic_store(&f.commit, E_IO);
	CHECK(ask_text(&f, "POST /write" END "Content-Length: 1\r\n\r\nx", &a));
	CHECK(a.status == 500 && body_has(&a, "Nothing was changed"));
}

TEST(a_full_writer_answers_503_with_retry_after)
{
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	atomic_store(&f.commit, E_LIMIT);
	CHECK(ask_text(&f, "POST /write" END "Content-Length: 1\r\n\r\nx", &a));
	CHECK(a.status == 503 && answer_header(&a, "Retry-After").n && atomic_load(&f.ran) == 0);
}

TEST(a_post_is_what_its_override_says_where_that_is_allowed_and_nowhere_else)
{
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	CHECK(ask_text(&f, "POST /upload" END "X-HTTP-Method-Override: PATCH\r\nContent-Length: 3\r\n\r\nabc", &a));
	CHECK(a.status == 200 && body_is(&a, "3") && header_is(&a, "X-Method", "PATCH"));
	CHECK(ask_text(&f, "POST /upload" END "X-HTTP-Method-Override: DELETE\r\nContent-Length: 0\r\n\r\n", &a) && a.status == 405);
	CHECK(ask_text(&f, "POST /upload" END "X-HTTP-Method-Override: patch\r\nContent-Length: 3\r\n\r\nabc", &a) && a.status == 501);
	CHECK(ask_text(&f, "POST /upload" END "X-HTTP-Method-Override: PATCH\r\nX-HTTP-Method-Override: POST\r\nContent-Length: 0\r\n\r\n", &a));
	CHECK(a.status == 400);
	CHECK(ask_text(&f, "PATCH /upload" END "X-HTTP-Method-Override: POST\r\nContent-Length: 3\r\n\r\nabc", &a));
	CHECK(a.status == 200 && header_is(&a, "X-Method", "PATCH"));
	CHECK(ask_text(&f, "POST /uploads" END "X-HTTP-Method-Override: PATCH\r\nContent-Length: 0\r\n\r\n", &a) && a.status == 404);
	CHECK(ask_text(&f, "POST /write" END "X-HTTP-Method-Override: DELETE\r\nContent-Length: 1\r\n\r\nx", &a) && a.status == 201);
}

TEST(a_failing_write_tells_its_own_reason)
{
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	CHECK(ask_text(&f, "POST /write?fail=1" END "Content-Length: 1\r\n\r\nx", &a));
	CHECK(a.status == 409 && body_has(&a, "\"code\":\"taken\"") && body_has(&a, "\"status\":409"));
}

TEST(a_failing_handler_leaves_nothing_of_its_answer)
{
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	CHECK(ask_text(&f, "GET /missing" END "\r\n", &a));
	CHECK(a.status == 404 && !body_has(&a, "half") && body_has(&a, "No such thing."));
	CHECK(header_is(&a, "Content-Type", "application/problem+json"));
}

TEST(slow_work_leaves_the_event_threads_free)
{
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	struct client c[4];
	atomic_store(&f.hold, true);
	for (int i = 0; i < 4; i++) {
		c[i] = client_open(http_port(f.http));
		client_send(&c[i], STR("POST /slow" END "Content-Length: 0\r\n\r\n"));
	}
	EXPECT(EVENTUALLY(atomic_load(&f.in_slow) == 1));
	EXPECT(ask_text(&f, "GET /hello" END "\r\n", &a) && a.status == 200);
	atomic_store(&f.hold, false);
	for (int i = 0; i < 4; i++) {
		EXPECT(client_read(&c[i], false, &a) && a.status == 200 && body_is(&a, "slow"));
		client_close(&c[i]);
	}
}

TEST(the_gate_refuses_before_the_body)
{
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	CHECK(ask_text(&f, "POST /write" END "X-Deny: 1\r\nExpect: 100-continue\r\nContent-Length: 5\r\n\r\n", &a));
	CHECK(a.status == 403 && atomic_load(&f.ran) == 0);
}

TEST(a_client_that_expects_is_told_to_continue)
{
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	struct client c AUTO(client_close) = client_open(http_port(f.http));
	CHECK(client_send(&c, STR("POST /write" END "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n")));
	CHECK(client_read(&c, false, &a) && a.status == 100);
	CHECK(client_send(&c, STR("hi")));
	CHECK(client_read(&c, false, &a) && a.status == 201 && body_is(&a, "hi"));
}

TEST(options_and_unknown_methods)
{
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	CHECK(ask_text(&f, "OPTIONS /file" END "\r\n", &a));
	CHECK(a.status == 204 && header_is(&a, "Allow", "GET, HEAD, DELETE, OPTIONS"));
	CHECK(ask_text(&f, "OPTIONS *" END "\r\n", &a) && a.status == 204);
	CHECK(ask_text(&f, "POST /file" END "\r\n", &a));
	CHECK(a.status == 405 && header_is(&a, "Allow", "GET, HEAD, DELETE, OPTIONS") && body_has(&a, "\"status\":405"));
	CHECK(ask_text(&f, "DELETE /file" END "\r\n", &a) && a.status == 204);
	CHECK(ask_text(&f, "BREW /file" END "\r\n", &a) && a.status == 501);
	CHECK(ask_text(&f, "OPTIONS /nowhere" END "\r\n", &a) && a.status == 404);
}

TEST(a_sink_takes_what_is_larger_than_memory_allows)
{
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	struct client c AUTO(client_close) = client_open(http_port(f.http));
	char block[65536];
	memset(block, 'x', sizeof block);
	CHECK(client_send(&c, STR("PATCH /upload" END "Content-Length: 4194304\r\n\r\n")));
	for (int i = 0; i < 64; i++)
		CHECK(client_send(&c, (struct str){ .p = block, .n = sizeof block }));
	CHECK(client_read(&c, false, &a) && a.status == 200 && body_is(&a, "4194304"));
	CHECK(client_send(&c, STR("POST /upload" END "Content-Length: 3\r\n\r\nabc")));
	CHECK(client_read(&c, false, &a) && a.status == 200 && body_is(&a, "3"));
	CHECK(atomic_load(&f.opened_sinks) == 2 && atomic_load(&f.incomplete_sinks) == 0);
}

TEST(a_sink_may_refuse_before_and_in_the_middle)
{
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	CHECK(ask_text(&f, "PATCH /upload?refuse=1" END "Content-Length: 4000000\r\n\r\n", &a) && a.status == 507);
	CHECK(ask_text(&f, "PATCH /upload" END "Content-Length: 4000000\r\n\r\nabc!", &a) && a.status == 507);
	CHECK(header_is(&a, "Connection", "close") && header_is(&a, "Content-Type", "application/problem+json"));
	CHECK(EVENTUALLY(atomic_load(&f.incomplete_sinks) == 1));
}

TEST(files_go_out_in_ranges)
{
	static const struct {
		const char *headers;
		int status;
		const char *content_range;
		size_t bytes;
		char first;
	} cases[] = {
		{ "", 200, "", FILE_BYTES, 'a' },
		{ "Range: bytes=0-499\r\n", 206, "bytes 0-499/1000", 500, 'a' },
		{ "Range: bytes=500-999\r\n", 206, "bytes 500-999/1000", 500, 'a' + 500 % 26 },
		{ "Range: bytes=-500\r\n", 206, "bytes 500-999/1000", 500, 'a' + 500 % 26 },
		{ "Range: bytes=900-\r\n", 206, "bytes 900-999/1000", 100, 'a' + 900 % 26 },
		{ "Range: bytes=0-0\r\n", 206, "bytes 0-0/1000", 1, 'a' },
		{ "Range: bytes=0-0,-1\r\n", 200, "", FILE_BYTES, 'a' },
		{ "Range: lines=1-2\r\n", 200, "", FILE_BYTES, 'a' },
		{ "Range: bytes=5-2\r\n", 200, "", FILE_BYTES, 'a' },
		{ "Range: bytes=1000-\r\n", 416, "bytes */1000", 0, 0 },
		{ "Range: bytes=-0\r\n", 416, "bytes */1000", 0, 0 },
		{ "Range: bytes=0-1\r\nIf-Range: \"v1\"\r\n", 206, "bytes 0-1/1000", 2, 'a' },
		{ "Range: bytes=0-1\r\nIf-Range: \"v0\"\r\n", 200, "", FILE_BYTES, 'a' },
		{ "Range: bytes=0-1\r\nIf-None-Match: \"v1\"\r\n", 304, "", 0, 0 },
	};
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char request[512];
		snprintf(request, sizeof request, "GET /file" END "%s\r\n", cases[i].headers);
		bool right = EXPECT(ask_text(&f, request, &a)) && EXPECT(a.status == cases[i].status) &&
		             EXPECT(header_is(&a, "Content-Range", cases[i].content_range));
		if (cases[i].first)
			right = right && EXPECT(a.body_n == cases[i].bytes) && EXPECT(a.body[0] == cases[i].first) &&
			        EXPECT(header_is(&a, "Accept-Ranges", "bytes") && header_is(&a, "ETag", "\"v1\""));
		if (!right)
			printf("# case %zu: %s %d\n", i, cases[i].headers, a.status);
	}
	CHECK(ask_text(&f, "HEAD /file" END "Range: bytes=0-1\r\n\r\n", &a) && a.status == 200 && header_is(&a, "Content-Length", "1000"));
}

TEST(an_unchanged_thing_is_304_without_a_body)
{
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	struct client c AUTO(client_close) = client_open(http_port(f.http));
	CHECK(client_send(&c, STR("GET /file" END "If-None-Match: W/\"v1\"\r\n\r\nGET /hello" END "\r\n")));
	CHECK(client_read(&c, false, &a) && a.status == 304);
	CHECK(header_is(&a, "ETag", "\"v1\"") && header_is(&a, "Cache-Control", "public") && answer_header(&a, "Content-Type").n == 0);
	CHECK(client_read(&c, false, &a) && a.status == 200);
	CHECK(ask_text(&f, "GET /file" END "If-None-Match: \"v2\", \"v3\"\r\n\r\n", &a) && a.status == 200);
}

TEST(a_trusted_proxy_tells_address_and_scheme)
{
	struct fixture f AUTO(fixture_end);
	fixture_prepare(&f);
	f.config.trusted_proxies = "127.0.0.0/8";
	fixture_start(&f);
	struct answer a AUTO(answer_free) = {};
	CHECK(ask_text(&f, "GET /tell/x" END "X-Forwarded-For: 10.9.9.9, 192.0.2.7\r\nX-Forwarded-For: 127.0.0.3\r\nX-Forwarded-Proto: https\r\n\r\n", &a));
	CHECK(body_has(&a, "peer=192.0.2.7 secure=1"));
	CHECK(str_ends(answer_header(&a, "Set-Cookie"), STR("; Secure")));
}

TEST(anybody_elses_forwarded_headers_are_ignored)
{
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	CHECK(ask_text(&f, "GET /tell/x" END "X-Forwarded-For: 192.0.2.7\r\nX-Forwarded-Proto: https\r\n\r\n", &a));
	CHECK(body_has(&a, "peer=127.0.0.1 secure=0"));
}

TEST(cross_site_requests_are_told_apart)
{
	static const struct {
		const char *headers, *says;
	} cases[] = {
		{ "", "cross=0" },
		{ "Sec-Fetch-Site: same-origin\r\nOrigin: http://t\r\n", "cross=0" },
		{ "Sec-Fetch-Site: none\r\n", "cross=0" },
		{ "Sec-Fetch-Site: cross-site\r\n", "cross=1" },
		{ "Sec-Fetch-Site: same-site\r\n", "cross=1" },
		{ "Origin: http://t\r\n", "cross=0" },
		{ "Origin: http://T:80\r\n", "cross=0" },
		{ "Origin: https://t\r\n", "cross=0" },
		{ "Origin: http://t.evil\r\n", "cross=1" },
		{ "Origin: http://t:81\r\n", "cross=1" },
		{ "Origin: null\r\n", "cross=1" },
	};
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char request[512];
		snprintf(request, sizeof request, "GET /tell/x" END "%s\r\n", cases[i].headers);
		if (!EXPECT(ask_text(&f, request, &a)) || !EXPECT(body_has(&a, cases[i].says)))
			printf("# %s\n", cases[i].headers);
	}
}

TEST(requests_are_counted)
{
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	struct http_stats stats = {};
	CHECK(ask_text(&f, "GET /hello" END "\r\n", &a));
	CHECK(ask_text(&f, "GET /nowhere" END "\r\n", &a));
	CHECK(ask_text(&f, "POST /write" END "Content-Length: 1\r\n\r\nx", &a));
	CHECK(EVENTUALLY((http_read_stats(f.http, &stats), stats.requests[2] == 2 && stats.requests[4] == 1)));
	CHECK(stats.reads == 1 && stats.writes == 1 && stats.slows == 0 && stats.bytes_out > 6);
	CHECK(EVENTUALLY((http_read_stats(f.http, &stats), stats.connections == 0)));
}

TEST(the_access_log_tells_the_route_and_nothing_of_the_person)
{
	struct fixture f AUTO(fixture_end);
	struct answer a AUTO(answer_free) = {};
	char line[512] = "";
	int ends[2];
	fixture_prepare(&f);
	CHECK(pipe(ends) == 0);
	struct log log = { .level = LOG_INFO, .fd = ends[1] };
	f.config.access_log = true;
	f.config.log = &log;
	fixture_start(&f);
	CHECK(ask_text(&f, "GET /tell/maria?q=secret" END "Cookie: session=token\r\n\r\n", &a) && a.status == 200);
	CHECK(read(ends[0], line, sizeof line - 1) > 0);
	CHECK(strstr(line, "method=GET route=/tell/{a} status=200 bytes="));
	CHECK(!strstr(line, "maria") && !strstr(line, "secret") && !strstr(line, "token") && !strstr(line, "127.0.0.1"));
	http_stop(f.http, 1);
	f.http = NULL;
	close(ends[0]);
	close(ends[1]);
}

TEST(each_failing_start_leaves_nothing_behind)
{
	for (unsigned nth = 1;; nth++) {
		struct fixture f;
		fixture_prepare(&f);
		f.cx.faults = &f.faults;
		fault_arm(&f.faults, nth);
		enum err e = http_start(&f.cx, &f.config, &f.hooks, test_tables, &f.http);
		bool reached = fault_reached(&f.faults);
		http_stop(f.http, 0);
		unlink(f.file);
		ctx_end(&f.cx);
		CHECK(reached == (e != OK));
		if (!reached)
			return;
	}
}

TEST(a_taken_port_and_a_bad_address_are_told)
{
	FIXTURE(f);
	struct http *second = NULL;
	struct http_config config = f.config;
	config.port = http_port(f.http);
	CHECK(http_start(&f.cx, &config, &f.hooks, test_tables, &second) == E_CONFLICT && !second);
	config.address = "localhost";
	CHECK(http_start(&f.cx, &config, &f.hooks, test_tables, &second) == E_INVALID && !second);
}

TEST(a_lost_answer_costs_a_connection_only)
{
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	fault_arm(&f.faults, 1);
	CHECK(!ask_text(&f, "GET /hello" END "\r\n", &a));
	CHECK(ask_text(&f, "GET /hello" END "\r\n", &a) && a.status == 200);
}

/* As libmicrohttpd finds it: both ends of its quiescing take the listening socket out of the same set. */
TEST(what_is_gone_from_an_epoll_set_may_be_taken_out_again)
{
	int (*control)(int, int, int, struct epoll_event *);
	*(void **)&control = dlsym(RTLD_DEFAULT, "epoll_ctl");
	int set = epoll_create1(EPOLL_CLOEXEC), fd = eventfd(0, EFD_CLOEXEC);
	struct epoll_event event = { .events = EPOLLIN };
	CHECK(control && set >= 0 && fd >= 0);
	errno = EDOM;
	CHECK(control(set, EPOLL_CTL_ADD, fd, &event) == 0);
	CHECK(control(set, EPOLL_CTL_DEL, fd, NULL) == 0 && control(set, EPOLL_CTL_DEL, fd, NULL) == 0);
	CHECK(errno == EDOM);
	CHECK(control(set, EPOLL_CTL_MOD, fd, &event) == -1 && errno == ENOENT);
	CHECK(control(set, EPOLL_CTL_DEL, -1, NULL) == -1 && errno == EBADF);
	close(set);
	close(fd);
}

struct crowd_of {
	unsigned port;
	atomic_bool enough;
	atomic_uint came;
};

static void *come_and_go(void *argument)
{
	struct crowd_of *self = argument;
	while (!atomic_load(&self->enough)) {
		struct answer a AUTO(answer_free) = {};
		if (ask(self->port, STR("GET /hello" END "Connection: close\r\n\r\n"), &a))
			atomic_fetch_add(&self->came, 1);
	}
	return NULL;
}

TEST(a_server_may_stop_while_people_come_and_go)
{
	for (int round = 0; round < ROUNDS; round++) {
		FIXTURE(f);
		struct crowd_of crowd = { .port = http_port(f.http) };
		pthread_t visitors[2];
		for (int i = 0; i < 2; i++)
			pthread_create(&visitors[i], NULL, come_and_go, &crowd);
		EXPECT(EVENTUALLY(atomic_load(&crowd.came) > 10));
		http_stop(f.http, 0);
		f.http = NULL;
		atomic_store(&crowd.enough, true);
		for (int i = 0; i < 2; i++)
			pthread_join(visitors[i], NULL);
	}
}

#define HALVES 8
#define DAWDLE_NS 3'000'000

static atomic_bool dawdling;

/* Stands in for the C library's, libmicrohttpd's calls too: an event thread that lost its processor over a request's last byte. */
__attribute__((visibility("default"))) ssize_t recv(int fd, void *bytes, size_t n, int flags)
{
	ssize_t got = recvfrom(fd, bytes, n, flags, NULL, NULL);
	if (got == 1 && atomic_load(&dawdling))
		nanosleep(&(struct timespec){ .tv_nsec = DAWDLE_NS }, NULL);
	return got;
}

/* Whoever became whole just then would be suspended while the event threads end, which libmicrohttpd answers with abort(). */
TEST(a_server_may_stop_while_requests_become_whole)
{
	const struct str requests[] = { STR("POST /slow" END "Content-Length: 1\r\n\r\n"), STR("POST /write" END "Content-Length: 1\r\n\r\n") };
	atomic_store(&dawdling, true);
	for (int round = 0; round < ROUNDS; round++) {
		FIXTURE(f);
		struct client clients[HALVES];
		for (int i = 0; i < HALVES; i++) {
			clients[i] = client_open(http_port(f.http));
			client_send(&clients[i], requests[i % 2]);
		}
		EXPECT(EVENTUALLY(atomic_load(&f.contexts) == HALVES));
		for (int i = 0; i < HALVES; i++)
			client_send(&clients[i], STR("x"));
		nanosleep(&(struct timespec){ .tv_nsec = round * 50'000L }, NULL);
		http_stop(f.http, 0);
		f.http = NULL;
		for (int i = 0; i < HALVES; i++)
			client_close(&clients[i]);
	}
	atomic_store(&dawdling, false);
}

int main(void)
{
	RUN(a_read_route_answers);
	RUN(head_is_get_without_its_body);
	RUN(a_connection_carries_many_requests_also_refused_ones);
	RUN(a_request_is_told_to_its_handler);
	RUN(a_chunked_body_is_collected);
	RUN(a_write_runs_on_the_writer_and_answers_after_the_commit);
	RUN(a_failed_commit_replaces_the_answer);
	RUN(a_full_writer_answers_503_with_retry_after);
	RUN(a_post_is_what_its_override_says_where_that_is_allowed_and_nowhere_else);
	RUN(a_failing_write_tells_its_own_reason);
	RUN(a_failing_handler_leaves_nothing_of_its_answer);
	RUN(slow_work_leaves_the_event_threads_free);
	RUN(the_gate_refuses_before_the_body);
	RUN(a_client_that_expects_is_told_to_continue);
	RUN(options_and_unknown_methods);
	RUN(a_sink_takes_what_is_larger_than_memory_allows);
	RUN(a_sink_may_refuse_before_and_in_the_middle);
	RUN(files_go_out_in_ranges);
	RUN(an_unchanged_thing_is_304_without_a_body);
	RUN(a_trusted_proxy_tells_address_and_scheme);
	RUN(anybody_elses_forwarded_headers_are_ignored);
	RUN(cross_site_requests_are_told_apart);
	RUN(requests_are_counted);
	RUN(the_access_log_tells_the_route_and_nothing_of_the_person);
	RUN(each_failing_start_leaves_nothing_behind);
	RUN(a_taken_port_and_a_bad_address_are_told);
	RUN(a_lost_answer_costs_a_connection_only);
	RUN(what_is_gone_from_an_epoll_set_may_be_taken_out_again);
	RUN(a_server_may_stop_while_people_come_and_go);
	RUN(a_server_may_stop_while_requests_become_whole);
	return tap_end();
}

/* Answers that are kept: whole, for whoever is not signed in, until what is public has changed. */
#include "http_fixture.h"

#define END " HTTP/1.1\r\nHost: t\r\n"

TEST(an_answer_is_made_once_until_what_is_public_changes)
{
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	for (int i = 0; i < 3; i++)
		CHECK(ask_text(&f, "GET /public/a" END "\r\n", &a) && a.status == 200 && body_is(&a, "run 1 of a"));
	CHECK(header_is(&a, "X-Finished", "yes") && header_is(&a, "Content-Type", "application/json"));
	CHECK(answer_header(&a, "ETag").n == 34);
	atomic_fetch_add(&f.version, 1);
	CHECK(ask_text(&f, "GET /public/a" END "\r\n", &a) && body_is(&a, "run 2 of a"));
	CHECK(ask_text(&f, "GET /public/a" END "\r\n", &a) && body_is(&a, "run 2 of a"));
}

TEST(a_change_while_the_handler_reads_makes_its_answer_old)
{
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	CHECK(ask_text(&f, "GET /public/a?changes=1" END "\r\n", &a) && body_is(&a, "run 1 of a"));
	CHECK(ask_text(&f, "GET /public/a?changes=1" END "\r\n", &a) && body_is(&a, "run 2 of a"));
}

TEST(each_address_has_its_own_answer)
{
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	CHECK(ask_text(&f, "GET /public/a" END "\r\n", &a) && body_is(&a, "run 1 of a"));
	CHECK(ask_text(&f, "GET /public/b" END "\r\n", &a) && body_is(&a, "run 2 of b"));
	CHECK(ask_text(&f, "GET /public/a?x=1" END "\r\n", &a) && body_is(&a, "run 3 of a"));
	CHECK(ask_text(&f, "GET /public/a" END "\r\n", &a) && body_is(&a, "run 1 of a"));
}

TEST(who_is_signed_in_is_never_given_a_kept_answer_nor_leaves_one)
{
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	CHECK(ask_text(&f, "GET /public/a" END "X-Account: 1\r\n\r\n", &a) && body_is(&a, "run 1 of a"));
	CHECK(answer_header(&a, "ETag").n == 0);
	CHECK(ask_text(&f, "GET /public/a" END "\r\n", &a) && body_is(&a, "run 2 of a"));
	CHECK(ask_text(&f, "GET /public/a" END "X-Account: 1\r\n\r\n", &a) && body_is(&a, "run 3 of a"));
	CHECK(ask_text(&f, "GET /public/a" END "\r\n", &a) && body_is(&a, "run 2 of a"));
}

TEST(the_gate_stands_before_what_is_kept)
{
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	CHECK(ask_text(&f, "GET /public/a" END "\r\n", &a) && a.status == 200);
	CHECK(ask_text(&f, "GET /public/a" END "X-Deny: 1\r\n\r\n", &a) && a.status == 403);
}

TEST(a_kept_answer_is_304_to_who_has_it_and_bodyless_to_head)
{
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	char request[256];
	CHECK(ask_text(&f, "GET /public/a" END "\r\n", &a) && a.status == 200);
	struct str etag = answer_header(&a, "ETag");
	snprintf(request, sizeof request, "GET /public/a" END "If-None-Match: " STR_FMT "\r\n\r\n", STR_ARG(etag));
	CHECK(ask_text(&f, request, &a) && a.status == 304 && a.body_n == 0);
	CHECK(header_is(&a, "X-Finished", "yes") && answer_header(&a, "ETag").n == 34);
	struct client c AUTO(client_close) = client_open(http_port(f.http));
	CHECK(client_send(&c, STR("HEAD /public/a" END "\r\nGET /public/a" END "\r\n")));
	CHECK(client_read(&c, true, &a) && a.status == 200 && header_is(&a, "Content-Length", "10"));
	CHECK(client_read(&c, false, &a) && body_is(&a, "run 1 of a"));
	atomic_fetch_add(&f.version, 1);       /* the same again is still the same to who has it */
	CHECK(ask_text(&f, "GET /public/a" END "\r\n", &a) && a.status == 200 && body_is(&a, "run 2 of a"));
	CHECK(ask_text(&f, request, &a) && a.status == 200);
}

TEST(failures_and_large_answers_are_not_kept)
{
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	for (int i = 1; i < 3; i++)
		CHECK(ask_text(&f, "GET /public/none" END "\r\n", &a) && a.status == 404 && atomic_load(&f.ran) == i);
	CHECK(ask_text(&f, "GET /public/a?large=1" END "\r\n", &a) && a.status == 200 && a.body_n > KEPT_BODY_MAX);
	CHECK(ask_text(&f, "GET /public/a?large=1" END "\r\n", &a) && atomic_load(&f.ran) == 4);
}

TEST(more_addresses_than_there_is_room_for_push_each_other_out)
{
	FIXTURE(f);
	struct answer a AUTO(answer_free) = {};
	char request[128], body[64];
	for (int round = 0; round < 2; round++)
		for (int i = 0; i < 400; i++) {
			snprintf(request, sizeof request, "GET /public/n%d" END "\r\n", i);
			snprintf(body, sizeof body, " of n%d", i);
			if (!ask_text(&f, request, &a) || a.status != 200 || !body_has(&a, body))
				CHECK(!"another's answer");
		}
	CHECK(atomic_load(&f.ran) > 400 && atomic_load(&f.ran) <= 800);
}

/* For ThreadSanitizer: readers of one address while it changes. */
struct asker {
	struct fixture *f;
	pthread_t thread;
	bool good;
};

static void *ask_often(void *argument)
{
	struct asker *asker = argument;
	struct client c AUTO(client_close) = client_open(http_port(asker->f->http));
	struct answer a AUTO(answer_free) = {};
	asker->good = true;
	for (int i = 0; i < 500; i++)
		asker->good &= client_send(&c, i % 2 ? STR("GET /public/a" END "\r\n") : STR("GET /public/b" END "\r\n")) &&
		               client_read(&c, false, &a) && a.status == 200 && body_has(&a, i % 2 ? " of a" : " of b");
	return NULL;
}

TEST(many_ask_while_it_changes)
{
	FIXTURE(f);
	struct asker askers[6];
	for (int i = 0; i < 6; i++) {
		askers[i] = (struct asker){ .f = &f };
		pthread_create(&askers[i].thread, NULL, ask_often, &askers[i]);
	}
	for (int i = 0; i < 50; i++) {
		atomic_fetch_add(&f.version, 1);
		a_moment();
	}
	for (int i = 0; i < 6; i++) {
		pthread_join(askers[i].thread, NULL);
		CHECK(askers[i].good);
	}
}

int main(void)
{
	RUN(an_answer_is_made_once_until_what_is_public_changes);
	RUN(a_change_while_the_handler_reads_makes_its_answer_old);
	RUN(each_address_has_its_own_answer);
	RUN(who_is_signed_in_is_never_given_a_kept_answer_nor_leaves_one);
	RUN(the_gate_stands_before_what_is_kept);
	RUN(a_kept_answer_is_304_to_who_has_it_and_bodyless_to_head);
	RUN(failures_and_large_answers_are_not_kept);
	RUN(more_addresses_than_there_is_room_for_push_each_other_out);
	RUN(many_ask_while_it_changes);
	return tap_end();
}

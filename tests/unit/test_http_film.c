/* Long files: what leaves a mapping. */
#include <sys/stat.h>
#include <unistd.h>

#include "http_fixture.h"

#define END " HTTP/1.1\r\nHost: amanat.test\r\n"
#define FILM_BYTES ((int64_t)24 << 20)         /* more than a socket's buffers hold */

static enum err give_film(struct ctx *cx, const struct req *, struct resp *resp)
{
	struct stat status;
	int fd = open(fixture_of(cx)->file, O_RDONLY | O_CLOEXEC);
	assert(fd >= 0);
	bool known = fstat(fd, &status) == 0;
	assert(known);
	resp_file(resp, fd, status.st_size, "video/mp4");
	return OK;
}

static const struct route film_routes[] = {
	{ GET, "/film", give_film, ANYONE, RATE_NONE, READ, 0, "A long file.", NULL, NULL, NULL },
	{ GET, "/hello", say_hello, ANYONE, RATE_NONE, READ, 0, "Hello.", NULL, NULL, NULL },
	{ .path = NULL },
};
static const struct route *const film_tables[] = { film_routes, NULL };

static unsigned char film_byte(int64_t at)
{
	return (unsigned char)((at * 131 + (at >> 12)) & 255);
}

static void begin(struct fixture *f)
{
	fixture_prepare(f);
	f->tables = film_tables;
	FILE *film = fopen(f->file, "w");
	assert(film);
	for (int64_t at = 0; at < FILM_BYTES; at++)
		fputc(film_byte(at), film);
	fclose(film);
	fixture_start(f);
}

static bool is_part(const struct answer *a, int64_t first, int64_t bytes)
{
	if (a->body_n != (size_t)bytes)
		return false;
	for (int64_t i = 0; i < bytes; i++)
		if ((unsigned char)a->body[i] != film_byte(first + i))
			return false;
	return true;
}

TEST(any_range_of_a_long_file_is_those_bytes)
{
	static const int64_t cases[][2] = {
		{ 0, FILM_BYTES }, { 0, 1 << 20 }, { 4096, 1 << 20 }, { 4095, 1 << 20 }, { 12345, 3 << 20 }, { 1, (128 << 10) + 1 }, { 1, 128 << 10 },
		{ 777, 1 }, { FILM_BYTES - (1 << 20), 1 << 20 }, { FILM_BYTES - 200001, 200001 },
	};
	struct fixture f AUTO(fixture_end);
	begin(&f);
	struct answer a AUTO(answer_free) = {};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char request[256];
		snprintf(request, sizeof request, "GET /film" END "Range: bytes=%jd-%jd\r\n\r\n", (intmax_t)cases[i][0],
		         (intmax_t)(cases[i][0] + cases[i][1] - 1));
		CHECK(ask_text(&f, request, &a) && a.status == 206 && is_part(&a, cases[i][0], cases[i][1]));
	}
	CHECK(ask_text(&f, "GET /film" END "\r\n", &a) && a.status == 200 && is_part(&a, 0, FILM_BYTES));
	CHECK(ask_text(&f, "HEAD /film" END "\r\n", &a) && a.status == 200 && a.body_n == 0);
}

/* As when its disk fails: the bytes that are still to go are not there any more. */
TEST(a_file_cut_short_while_it_goes_out_ends_one_connection_only)
{
	struct fixture f AUTO(fixture_end);
	begin(&f);
	struct client c AUTO(client_close) = client_open(http_port(f.http));
	CHECK(client_send(&c, STR("GET /film" END "\r\n")) && client_more(&c));
	CHECK(truncate(f.file, 0) == 0);
	while (c.n < (size_t)FILM_BYTES && client_more(&c))
		;
	CHECK(c.n < (size_t)FILM_BYTES && !c.impatient);
	struct answer a AUTO(answer_free) = {};
	CHECK(ask_text(&f, "GET /hello" END "\r\n", &a) && a.status == 200);
}

int main(void)
{
	RUN(any_range_of_a_long_file_is_those_bytes);
	RUN(a_file_cut_short_while_it_goes_out_ends_one_connection_only);
	return tap_end();
}

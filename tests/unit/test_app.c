/* A whole node inside the test, under a clock that the test sets: what happens by and by. */
#include <fcntl.h>
#include <ftw.h>
#include <stdatomic.h>
#include <unistd.h>

#include "app/app.h"
#include "base/clock.h"
#include "http_client.h"
#include "scratch.h"
#include "store/db.h"
#include "store/writer.h"
#include "tap.h"

/* Half past ten, 1 March 2026. */
#define MORNING_US (INT64_C(1772361000) * SECOND_US)

struct house {
	char folder[64], key_file[80];
	atomic_int_fast64_t now_us;
	struct clock clock;
	struct log log;
	struct config *config;
	struct ctx cx;
	struct app *app;
	char token[64];
};

static int64_t wall_of(void *self)
{
	return atomic_load(&((struct house *)self)->now_us);
}

static int64_t boot_of(void *self)
{
	return atomic_load(&((struct house *)self)->now_us) - MORNING_US + HOUR_US;
}

static bool house_open(struct house *house)
{
	*house = (struct house){};
	snprintf(house->folder, sizeof house->folder, "%s/amanat-app-XXXXXX", scratch_root());
	if (!mkdtemp(house->folder) || rmdir(house->folder) != 0)
		return false;
	char folder[128];
	snprintf(folder, sizeof folder, "store.folder=%s", house->folder);
	snprintf(house->key_file, sizeof house->key_file, "%s.key", house->folder);
	const char *const settings[] = { folder, "server.port=0", "accounts.password_mib=8", "accounts.password_passes=1",
		"media.worker=" AMANAT_MEDIA, NULL };
	atomic_store(&house->now_us, MORNING_US);
	house->clock = (struct clock){ .wall_us = wall_of, .boot_us = boot_of, .self = house };
	house->log = (struct log){ .level = LOG_ERROR, .fd = STDERR_FILENO };
	house->cx = (struct ctx){ .mem = arena_new_capped(ARENA_REQUEST_BYTES), .clock = &house->clock, .log = &house->log };
	bool good = config_load(&house->cx, NULL, settings, &house->config) == OK;
	house->cx.config = house->config;
	good = good && app_init(&house->cx) == OK && app_open(&house->cx, APP_SERVE, &house->app) == OK;
	if (!good)
		printf("# %s\n", house->cx.failure.text);
	return good;
}

static int remove_one(const char *path, const struct stat *, int, struct FTW *)
{
	return remove(path);
}

static void house_close(struct house *house)
{
	app_close(&house->app);
	config_free(&house->config);
	ctx_end(&house->cx);
	nftw(house->folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	unlink(house->key_file);
	char log_key[sizeof house->folder + sizeof ".ledger"];
	snprintf(log_key, sizeof log_key, "%s.ledger", house->folder);
	unlink(log_key);
}

static bool call(struct house *house, const char *line, const char *body, struct answer *out)
{
	char text[1024], bearer[96] = "";
	if (house->token[0])
		snprintf(bearer, sizeof bearer, "Authorization: Bearer %s\r\n", house->token);
	snprintf(text, sizeof text, "%s HTTP/1.1\r\nHost: t\r\nConnection: close\r\n%s%sContent-Length: %zu\r\n\r\n%s", line, bearer,
	         body[0] ? "Content-Type: application/json\r\n" : "", strlen(body), body);
	return ask(app_port(house->app), str_of(text), out);
}

/* The text behind "NAME":" in an answer. */
static bool member(const struct answer *answer, const char *name, char *out, size_t size)
{
	char key[64];
	snprintf(key, sizeof key, "\"%s\":\"", name);
	const char *at = answer->body ? memmem(answer->body, answer->body_n, key, strlen(key)) : NULL;
	const char *end = at ? memchr(at + strlen(key), '"', answer->body_n - (size_t)(at - answer->body) - strlen(key)) : NULL;
	if (!end || (size_t)(end - at) - strlen(key) >= size)
		return false;
	snprintf(out, size, "%.*s", (int)(end - at - (long)strlen(key)), at + strlen(key));
	return true;
}

static bool last_used(struct house *house, char *out, size_t size)
{
	struct answer answer AUTO(answer_free) = {};
	return call(house, "GET /api/v1/sessions", "", &answer) && answer.status == 200 && member(&answer, "last_used", out, size);
}

/* Nobody waits for it: so ask until it is noted. */
static bool becomes(struct house *house, const char *expected)
{
	char seen[64] = "";
	for (int i = 0; i < 3000; i++) {
		if (!last_used(house, seen, sizeof seen))
			return false;
		if (strcmp(seen, expected) == 0)
			return true;
		usleep(10'000);
	}
	printf("# last used %s, not %s\n", seen, expected);
	return false;
}

TEST(a_session_in_use_is_noted_by_the_hour_and_lasts)
{
	struct house house;
	struct answer answer AUTO(answer_free) = {};
	char seen[64];
	CHECK(house_open(&house));
	CHECK(call(&house, "POST /api/v1/accounts", "{\"handle\":\"asha\",\"password\":\"correct horse battery\",\"client\":\"program\"}", &answer));
	CHECK(answer.status == 201 && member(&answer, "token", house.token, sizeof house.token));
	CHECK(last_used(&house, seen, sizeof seen) && strcmp(seen, "2026-03-01T10:00:00Z") == 0);
	atomic_fetch_add(&house.now_us, 29 * MINUTE_US);
	for (int i = 0; i < 5; i++)
		CHECK(last_used(&house, seen, sizeof seen) && strcmp(seen, "2026-03-01T10:00:00Z") == 0);
	atomic_fetch_add(&house.now_us, HOUR_US);
	CHECK(becomes(&house, "2026-03-01T11:00:00Z"));
	/* Each use within accounts.session_days, ninety, moves the end on. */
	static const char *const eighty_days_on[] = { "2026-05-20T11:00:00Z", "2026-08-08T11:00:00Z", "2026-10-27T11:00:00Z" };
	for (unsigned i = 0; i < 3; i++) {
		atomic_fetch_add(&house.now_us, 80 * DAY_US);
		CHECK(becomes(&house, eighty_days_on[i]));
	}
	atomic_fetch_add(&house.now_us, 91 * DAY_US);
	answer_free(&answer);
	CHECK(call(&house, "GET /api/v1/sessions", "", &answer) && answer.status == 401);
	house_close(&house);
}

static enum err post_of_another_program(struct ctx *cx, void *)
{
	static const struct stmt add = { .name = "post_of_another_program", .store = PERSONAL_DB,
		.text = "INSERT INTO outbox (statement, vals, kind, subject, op) VALUES ('of_another', x'00', '', 0, '')" };
	return db_run0(cx, add);
}

TEST(a_node_that_cannot_be_opened_says_why)
{
	struct house house;
	CHECK(house_open(&house));
	struct ctx cx;
	app_ctx(house.app, &cx);
	CHECK(writer_run(&cx, post_of_another_program, NULL) == OK);
	app_ctx_end(house.app, &cx);
	app_close(&house.app);
	CHECK(app_open(&house.cx, APP_SERVE, &house.app) == E_CORRUPT);
	CHECK(strstr(house.cx.failure.text, "was written by another amanat"));
	house_close(&house);
}

int main(void)
{
	RUN(a_node_that_cannot_be_opened_says_why);
	RUN(a_session_in_use_is_noted_by_the_hour_and_lasts);
	return tap_end();
}

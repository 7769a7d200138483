/* Sessions: opening, expiry, ending, and the cache that must notice. */
#include "social_fixture.h"

#include <pthread.h>

static const struct stmt SQL_test_sessions = { "test_sessions", "SELECT count(*) FROM session WHERE account = $1", PERSONAL_DB };
static const struct stmt SQL_test_macs = { "test_macs", "SELECT count(*) FROM session WHERE token_mac = $1", PERSONAL_DB };

static enum err open_token(struct world *w, const struct session_token *token)
{
	bool touch_due;
	return session_open(fresh(w), str_of(token->text), &touch_due);
}

TEST(what_is_no_token_opens_nothing)
{
	struct world w;
	struct session_token token;
	bool touch_due;
	world_open(&w);
	sign_up_with(&w, "asha", &token);
	CHECK(session_open(fresh(&w), STR(""), &touch_due) == E_ANONYMOUS);
	CHECK(session_open(fresh(&w), STR("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"), &touch_due) == E_ANONYMOUS);
	CHECK(session_open(fresh(&w), (struct str){ token.text, TOKEN_TEXT_BYTES - 2 }, &touch_due) == E_ANONYMOUS);
	token.text[5] = token.text[5] == 'A' ? 'B' : 'A';
	CHECK(open_token(&w, &token) == E_ANONYMOUS && w.cx.actor.account == 0);
	token.text[5] = '=';
	CHECK(open_token(&w, &token) == E_ANONYMOUS);
	world_close(&w);
}

TEST(the_table_does_not_hold_the_token)
{
	struct world w;
	struct session_token token;
	unsigned char bytes[32];
	size_t n;
	world_open(&w);
	sign_up_with(&w, "asha", &token);
	CHECK(base64url_decode(str_of(token.text), bytes, sizeof bytes, &n) && n == 32);
	CHECK(NUMBER(&w, SQL_test_macs, BLOB(((struct str){ (const char *)bytes, 32 }))) == 0);
	world_close(&w);
}

TEST(a_session_that_is_not_used_ends)
{
	struct world w;
	struct session_token token;
	world_open(&w);
	sign_up_with(&w, "asha", &token);
	w.ahead_us += w.config->accounts_session_days * DAY_US - MINUTE_US;
	CHECK(open_token(&w, &token) == OK);
	w.ahead_us += 2 * MINUTE_US;
	CHECK(open_token(&w, &token) == E_ANONYMOUS);
	world_close(&w);
}

static enum err run_touch(struct ctx *cx, void *)
{
	return session_touch(cx);
}

TEST(use_moves_the_end_on_at_most_hourly)
{
	struct world w;
	struct session_token token;
	struct session_page page;
	bool touch_due;
	world_open(&w);
	struct actor asha = sign_up_with(&w, "asha", &token);
	w.ahead_us += 61 * MINUTE_US;
	CHECK(session_open(fresh(&w), str_of(token.text), &touch_due) == OK && touch_due);
	CHECK(session_open(fresh(&w), str_of(token.text), &touch_due) == OK && !touch_due);    /* somebody does it already */
	must(&w, writer_run(as(&w, &asha), run_touch, NULL));
	w.ahead_us += 2 * MINUTE_US;                   /* past the cache's time */
	CHECK(session_open(fresh(&w), str_of(token.text), &touch_due) == OK && !touch_due);
	CHECK(session_list(&w.cx, &page) == OK && page.count == 1 && page.items[0].current);
	CHECK(page.items[0].expires_us > token.expires_us && page.items[0].last_used_us % HOUR_US == 0);
	w.ahead_us += w.config->accounts_session_days * DAY_US - 30 * MINUTE_US;
	CHECK(open_token(&w, &token) == OK);
	world_close(&w);
}

TEST(a_revoked_session_is_noticed_by_the_next_request)
{
	struct world w;
	struct session_token first, second;
	world_open(&w);
	struct actor asha = sign_up_with(&w, "asha", &first);
	must(&w, account_sign_in(fresh(&w), STR("asha"), PASSWORD, STR("web"), &second));
	CHECK(open_token(&w, &second) == OK && open_token(&w, &second) == OK);
	must(&w, write_id(as(&w, &asha), session_revoke, second.session));
	CHECK(open_token(&w, &second) == E_ANONYMOUS);
	CHECK(open_token(&w, &first) == OK);
	CHECK(write_id(as(&w, &asha), session_revoke, second.session) == E_NOTFOUND);
	world_close(&w);
}

TEST(nobody_revokes_anothers_session)
{
	struct world w;
	struct session_token of_asha;
	world_open(&w);
	sign_up_with(&w, "asha", &of_asha);
	struct actor bela = sign_up(&w, "bela");
	CHECK(write_id(as(&w, &bela), session_revoke, of_asha.session) == E_NOTFOUND);
	CHECK(open_token(&w, &of_asha) == OK);
	world_close(&w);
}

static enum err run_promote(struct ctx *cx, void *account)
{
	return account_set_role(cx, *(const int64_t *)account, ROLE_MODERATOR);
}

TEST(a_new_role_is_noticed_by_the_next_request)
{
	struct world w;
	struct session_token token;
	world_open(&w);
	struct actor asha = sign_up_with(&w, "asha", &token);
	CHECK(open_token(&w, &token) == OK && w.cx.actor.role == ROLE_MEMBER);
	must(&w, writer_run(fresh(&w), run_promote, &asha.account));
	CHECK(open_token(&w, &token) == OK && w.cx.actor.role == ROLE_MODERATOR);
	world_close(&w);
}

/* The console writes with a writer of its own while the server runs. */
TEST(what_another_process_ends_is_noticed)
{
	struct world w;
	struct session_token token;
	world_open(&w);
	struct actor asha = sign_up_with(&w, "asha", &token);
	CHECK(open_token(&w, &token) == OK);
	struct writer *own = w.cx.writer;
	struct db *writing;
	const struct db_config config = { .folder = w.folder, .store_key = keyholder_store_key(w.cx.keyholder), .write = true, .cache_kib = 256 };
	must(&w, db_open(&w.cx, &config, &writing));
	must(&w, writer_start(&w.cx, writing, all_statements, &w.cx.writer));
	must(&w, write_id(fresh(&w), account_suspend, asha.account));
	writer_stop(&w.cx.writer);
	w.cx.writer = own;
	CHECK(open_token(&w, &token) == E_ANONYMOUS);
	world_close(&w);
}

TEST(the_cache_unwraps_a_key_once)
{
	struct world w;
	struct session_token token;
	world_open(&w);
	sign_up_with(&w, "asha", &token);
	CHECK(open_token(&w, &token) == OK);
	uint64_t unwraps = keyholder_count(w.cx.keyholder, GRANT_SESSION);
	int64_t from = clock_boot_us(NULL);
	for (int i = 0; i < 10'000; i++)
		CHECK(open_token(&w, &token) == OK);
	printf("# %.2f us to open a cached session\n", (double)(clock_boot_us(NULL) - from) / 10'000);
	CHECK(keyholder_count(w.cx.keyholder, GRANT_SESSION) == unwraps);
	w.ahead_us += 2 * MINUTE_US;
	CHECK(open_token(&w, &token) == OK);
	CHECK(keyholder_count(w.cx.keyholder, GRANT_SESSION) == unwraps + 1);
	world_close(&w);
}

TEST(an_account_has_a_bounded_number_of_sessions)
{
	struct world w;
	struct session_token first, token;
	world_open(&w);
	struct actor asha = sign_up_with(&w, "asha", &first);
	for (int i = 0; i < SESSIONS_MAX; i++) {
		w.ahead_us += MINUTE_US;
		must(&w, account_sign_in(fresh(&w), STR("asha"), PASSWORD, STR("web"), &token));
	}
	CHECK(NUMBER(&w, SQL_test_sessions, I64(asha.account)) == SESSIONS_MAX);
	CHECK(open_token(&w, &first) == E_ANONYMOUS && open_token(&w, &token) == OK);
	world_close(&w);
}

static enum err run_sweep(struct ctx *cx, void *more)
{
	return session_sweep(cx, more);
}

TEST(expired_sessions_are_swept)
{
	struct world w;
	struct session_token token;
	bool more = true;
	world_open(&w);
	struct actor asha = sign_up_with(&w, "asha", &token);
	must(&w, writer_run(fresh(&w), run_sweep, &more));
	CHECK(!more && NUMBER(&w, SQL_test_sessions, I64(asha.account)) == 1);
	w.ahead_us += 91 * DAY_US;
	must(&w, writer_run(fresh(&w), run_sweep, &more));
	CHECK(!more && NUMBER(&w, SQL_test_sessions, I64(asha.account)) == 0);
	world_close(&w);
}

TEST(a_clients_name_is_one_short_line)
{
	struct world w;
	struct session_token token;
	struct session_page page;
	world_open(&w);
	struct actor asha = sign_up(&w, "asha");
	must(&w, account_sign_in(fresh(&w), STR("asha"), PASSWORD, STR("two\nlines"), &token));
	CHECK(session_list(as(&w, &asha), &page) == OK && page.count == 2);
	CHECK(page.items[0].client.n == 0 && !page.items[0].current);
	CHECK(str_eq(page.items[1].client, STR("web")) && page.items[1].current);
	world_close(&w);
}

/* --- threads --- */

struct opening {
	struct world *world;
	const struct session_token *token;
	struct db *db;
	unsigned opened, refused;
};

static void *open_many(void *argument)
{
	struct opening *self = argument;
	struct ctx cx = self->world->cx;
	cx.mem = arena_new_capped(ARENA_REQUEST_BYTES);
	cx.db = self->db;
	cx.faults = NULL;
	for (int i = 0; i < 3000; i++) {
		bool touch_due;
		enum err outcome = session_open(&cx, str_of(self->token->text), &touch_due);
		self->opened += outcome == OK;
		self->refused += outcome == E_ANONYMOUS;
		arena_free(&cx.mem);
	}
	ctx_end(&cx);
	return NULL;
}

TEST(threads_share_the_cache)
{
	struct world w;
	struct session_token token;
	struct opening openings[3];
	pthread_t threads[3];
	world_open(&w);
	struct actor asha = sign_up_with(&w, "asha", &token);
	const struct db_config config = { .folder = w.folder, .store_key = keyholder_store_key(w.cx.keyholder), .cache_kib = 256 };
	for (int i = 0; i < 3; i++) {
		openings[i] = (struct opening){ .world = &w, .token = &token };
		must(&w, db_open(fresh(&w), &config, &openings[i].db));
	}
	for (int i = 0; i < 3; i++)
		pthread_create(&threads[i], NULL, open_many, &openings[i]);
	struct ctx cx = w.cx;
	cx.mem = arena_new_capped(ARENA_REQUEST_BYTES);
	cx.actor = asha;
	for (int i = 0; i < 10; i++)
		EXPECT(write_id(&cx, account_restore, asha.account) == OK && write_id(&cx, session_revoke, 1) == E_NOTFOUND);
	ctx_end(&cx);
	for (int i = 0; i < 3; i++) {
		pthread_join(threads[i], NULL);
		EXPECT(openings[i].opened == 3000 && openings[i].refused == 0);
		db_close(&openings[i].db);
	}
	world_close(&w);
}

int main(void)
{
	RUN(what_is_no_token_opens_nothing);
	RUN(the_table_does_not_hold_the_token);
	RUN(a_session_that_is_not_used_ends);
	RUN(use_moves_the_end_on_at_most_hourly);
	RUN(a_revoked_session_is_noticed_by_the_next_request);
	RUN(nobody_revokes_anothers_session);
	RUN(a_new_role_is_noticed_by_the_next_request);
	RUN(what_another_process_ends_is_noticed);
	RUN(the_cache_unwraps_a_key_once);
	RUN(an_account_has_a_bounded_number_of_sessions);
	RUN(expired_sessions_are_swept);
	RUN(a_clients_name_is_one_short_line);
	RUN(threads_share_the_cache);
	return tap_end();
}

/* What a failure becomes for those outside: one status, one code, a text that says what to do and nothing of the inside. */
#include <string.h>

#include "api/problem.h"
#include "api/text.h"
#include "tap.h"

static struct ctx context(void)
{
	return (struct ctx){ .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
}

static bool body_has(struct resp *resp, const char *part)
{
	bool found = strstr(buf_terminated(&resp->buf), part) != NULL;
	if (!found)
		printf("# %s\n", buf_terminated(&resp->buf));
	return found;
}

static struct str header_of(const struct resp *resp, const char *name)
{
	for (unsigned i = 0; i < resp->header_count; i++)
		if (str_eq_ci(resp->headers[i].name, str_of(name)))
			return resp->headers[i].value;
	return STR("");
}

TEST(each_code_has_a_status_of_its_own_kind)
{
	for (int code = E_INVALID; code < ERR_COUNT; code++) {
		struct problem problem = problem_of((enum err)code, NULL);
		bool ours = code == E_BUSY || code == E_FULL || code == E_IO || code == E_CORRUPT;
		CHECK(problem.title && problem.title[0]);
		CHECK(ours ? problem.status >= 500 && problem.status < 600 : problem.status >= 400 && problem.status < 500);
		CHECK(strcmp(problem.slug, err_name((enum err)code)) == 0);
	}
}

TEST(a_slug_may_have_a_finer_status_and_else_takes_its_codes)
{
	CHECK(problem_of(E_INVALID, "tus-version").status == 412);
	struct problem other = problem_of(E_CONFLICT, "something-else");
	CHECK(other.status == 409 && strcmp(other.slug, "something-else") == 0);
}

TEST(the_answer_says_type_title_status_detail_and_code)
{
	AUTO(ctx_end) struct ctx cx = context();
	AUTO(resp_free) struct resp resp = {};
	problem_answer(&cx, fail_as(&cx, E_CONFLICT, "handle-taken", "Choose \"another\" name."), &resp);
	CHECK(resp.status == 409 && str_eq(header_of(&resp, "Content-Type"), STR("application/problem+json")));
	CHECK(body_has(&resp, "\"type\":\"/problems/handle-taken\"") && body_has(&resp, "\"status\":409"));
	CHECK(body_has(&resp, "\"detail\":\"Choose \\\"another\\\" name.\"") && body_has(&resp, "\"code\":\"handle-taken\""));
}

TEST(a_limit_says_when_to_come_again)
{
	AUTO(ctx_end) struct ctx cx = context();
	AUTO(resp_free) struct resp resp = {};
	enum err code = fail(&cx, E_LIMIT, "Slower.");
	cx.failure.retry_seconds = 17;
	problem_answer(&cx, code, &resp);
	CHECK(resp.status == 429 && str_eq(header_of(&resp, "Retry-After"), STR("17")) && body_has(&resp, "\"retry_after\":17"));
}

TEST(a_failure_inside_is_not_told)
{
	AUTO(ctx_end) struct ctx cx = context();
	AUTO(resp_free) struct resp resp = {};
	problem_answer(&cx, fail(&cx, E_CORRUPT, "page 7 of /srv/secret"), &resp);
	CHECK(resp.status == 500 && !strstr(buf_terminated(&resp.buf), "secret"));
}

TEST(a_finer_status_of_http_is_kept)
{
	AUTO(ctx_end) struct ctx cx = context();
	AUTO(resp_free) struct resp resp = { .status = 431 };
	problem_answer(&cx, fail(&cx, E_TOOLARGE, "The head is too large."), &resp);
	CHECK(resp.status == 431 && body_has(&resp, "\"status\":431"));
}

/* --- the pages' language --- */

static bool chosen(const char *query, const char *cookie, const char *accept, const char *expected)
{
	const struct catalogue *c = text_choose(str_of(query), str_of(cookie), str_of(accept));
	if (strcmp(c->code, expected) != 0)
		printf("# %s / %s / %s: %s\n", query, cookie, accept, c->code);
	return strcmp(c->code, expected) == 0;
}

TEST(the_language_is_that_of_query_cookie_or_browser)
{
	CHECK(chosen("hi", "ar", "en", "hi") && chosen("", "ar", "en", "ar") && chosen("xx", "", "ar-EG,en;q=0.8", "ar"));
	CHECK(chosen("", "", "fr, hi;q=0.3, ar;q=0.7", "ar") && chosen("", "", "ar;q=0, hi;q=0.001", "hi"));
	CHECK(chosen("", "", "*, ;q=1, q=, ar;q=2, hi;q=x", "en") && chosen("", "", "", "en"));
}

TEST(arabic_runs_from_right_to_left)
{
	CHECK(strcmp(text_choose(STR("ar"), STR(""), STR(""))->direction, "rtl") == 0);
	CHECK(strcmp(text_choose(STR("hi"), STR(""), STR(""))->direction, "ltr") == 0);
}

/* Of a counted text (its name, and five places without one behind it) every number has a form. */
TEST(every_language_has_every_text)
{
	for (const struct catalogue *c = catalogues; c->code; c++)
		for (unsigned key = 0; key < TEXT_KEYS; key++) {
			const bool counted = text_names[key][0] && key + 1 < TEXT_KEYS && !text_names[key + 1][0];
			for (uint64_t n = 0; counted && n < 200; n++)
				CHECK(text(c, text_counted(c, (enum text_key)key, n)).n > 0);
			CHECK(counted || !text_names[key][0] || c->texts[key][0]);
		}
}

TEST(a_value_is_filled_in_and_escaped)
{
	AUTO(buf_free) struct buf out = buf_new(1024), plain = buf_new(1024);
	text_html_fill(&out, &catalogues[0], TEXT_page_untitled, "name", STR("<b>&{name}"));
	CHECK(strstr(buf_terminated(&out), "&lt;b&gt;&amp;{name}") && !strstr(buf_terminated(&out), "<b>"));
	text_fill_in(&plain, STR("{a} {name} {name"), "name", STR("x"));
	CHECK(strcmp(buf_terminated(&plain), "{a} \xE2\x81\xA8x\xE2\x81\xA9 {name") == 0);
}

int main(void)
{
	RUN(each_code_has_a_status_of_its_own_kind);
	RUN(a_slug_may_have_a_finer_status_and_else_takes_its_codes);
	RUN(the_answer_says_type_title_status_detail_and_code);
	RUN(a_limit_says_when_to_come_again);
	RUN(a_failure_inside_is_not_told);
	RUN(a_finer_status_of_http_is_kept);
	RUN(the_language_is_that_of_query_cookie_or_browser);
	RUN(arabic_runs_from_right_to_left);
	RUN(every_language_has_every_text);
	RUN(a_value_is_filled_in_and_escaped);
	return tap_end();
}

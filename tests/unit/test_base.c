/* What the base room promises: strings, buffers, JSON, ids, clocks, the arena, faults. */
#include <stdlib.h>
#include <string.h>

#include "base/ctx.h"
#include "base/json.h"
#include "tap.h"

static bool is(struct buf *b, const char *expected)
{
	bool same = str_eq(buf_view(b), str_of(expected)) && !b->failed;
	if (!same)
		printf("# got %s\n", buf_terminated(b));
	buf_free(b);
	return same;
}

TEST(utf8_takes_every_plane_and_refuses_overlong_surrogate_cut_and_nul)
{
	CHECK(str_utf8(STR("")) && str_utf8(STR("a")) && str_utf8(STR("नमस्ते")) && str_utf8(STR("😀")));
	CHECK(str_utf8(STR("\xF4\x8F\xBF\xBF")));
	CHECK(!str_utf8(STR("\xC0\xAF")) && !str_utf8(STR("\xE0\x80\xAF")) && !str_utf8(STR("\xF0\x80\x80\xAF")));
	CHECK(!str_utf8(STR("\xED\xA0\x80")) && !str_utf8(STR("\xF4\x90\x80\x80")) && !str_utf8(STR("\xE2\x82")));
	CHECK(!str_utf8(STR("a\0b")) && !str_utf8(STR("\x80")) && !str_utf8(STR("\xFF")));
	CHECK(str_code_points(STR("नमस्ते😀")) == 7);
}

TEST(numbers_are_strict_and_never_overflow)
{
	uint64_t u;
	int64_t i;
	CHECK(str_u64(STR("18446744073709551615"), &u) && u == UINT64_MAX);
	CHECK(!str_u64(STR("18446744073709551616"), &u) && !str_u64(STR(""), &u) && !str_u64(STR(" 1"), &u) && !str_u64(STR("1e9"), &u));
	CHECK(str_i64(STR("-9223372036854775808"), &i) && i == INT64_MIN);
	CHECK(!str_i64(STR("9223372036854775808"), &i) && !str_i64(STR("--1"), &i) && !str_i64(STR("+1"), &i));
}

TEST(str_cut_walks_a_list)
{
	struct str rest = STR("a,,b");
	CHECK(str_eq(str_cut(&rest, ','), STR("a")) && str_eq(str_cut(&rest, ','), STR("")));
	CHECK(str_eq(str_cut(&rest, ','), STR("b")) && rest.n == 0);
	CHECK(str_eq(str_trim(STR(" \t x y \n")), STR("x y")));
	CHECK(str_starts(STR("abc"), STR("ab")) && str_ends(STR("abc"), STR("bc")) && !str_ends(STR("c"), STR("bc")));
	CHECK(str_eq_ci(STR("Content-Type"), STR("content-TYPE")) && !str_eq_ci(STR("a"), STR("b")));
}

TEST(a_buffer_past_its_maximum_fails_for_good)
{
	struct buf b = buf_new(4);
	buf_text(&b, "abcd");
	CHECK(!b.failed);
	buf_char(&b, 'e');
	CHECK(b.failed);
	buf_text(&b, "");
	CHECK(b.failed && str_eq(buf_view(&b), STR("abcd")));
	buf_free(&b);
	buf_free(&b);
	buf_free(NULL);
}

TEST(numbers_and_encodings_are_written_right)
{
	struct buf b = buf_new(1000);
	buf_u64(&b, UINT64_MAX);
	buf_char(&b, ' ');
	buf_i64(&b, INT64_MIN);
	buf_char(&b, ' ');
	buf_hex(&b, "\x00\xff", 2);
	buf_char(&b, ' ');
	buf_html(&b, STR("<a b='\"'>&"));
	CHECK(is(&b, "18446744073709551615 -9223372036854775808 00ff &lt;a b=&#39;&quot;&#39;&gt;&amp;"));
}

TEST(base64_agrees_with_rfc_4648_and_has_one_form_only)
{
	static const char *const pairs[][2] = { { "", "" }, { "f", "Zg" }, { "fo", "Zm8" }, { "foo", "Zm9v" },
		{ "foob", "Zm9vYg" }, { "fooba", "Zm9vYmE" }, { "foobar", "Zm9vYmFy" }, { "\xfb\xff", "-_8" } };
	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		struct buf b = buf_new(100);
		char back[16];
		size_t n = 0;
		buf_base64url(&b, pairs[i][0], strlen(pairs[i][0]));
		CHECK(is(&b, pairs[i][1]));
		CHECK(base64url_decode(str_of(pairs[i][1]), back, sizeof back, &n));
		CHECK(str_eq((struct str){ .p = back, .n = n }, str_of(pairs[i][0])));
	}
	char out[4];
	size_t n;
	CHECK(!base64url_decode(STR("Zh"), out, sizeof out, &n));      /* bits that stand for no byte */
	CHECK(!base64url_decode(STR("Z"), out, sizeof out, &n) && !base64url_decode(STR("Z g="), out, sizeof out, &n));
	CHECK(!base64url_decode(STR("Zm9vYmFy"), out, sizeof out, &n));
	CHECK(base64_decode(STR("Zg=="), out, sizeof out, &n) && n == 1 && !base64_decode(STR("Zg"), out, sizeof out, &n));
	CHECK(!base64_decode(STR("===="), out, sizeof out, &n));
}

TEST(hex_is_lower_case_and_of_exact_length)
{
	unsigned char out[2];
	CHECK(hex_decode(STR("01ff"), out, 2) && out[0] == 1 && out[1] == 0xff);
	CHECK(!hex_decode(STR("01f"), out, 2) && !hex_decode(STR("01FF"), out, 2) && !hex_decode(STR("01ff00"), out, 2));
}

TEST(json_places_commas_and_escapes_what_html_could_read)
{
	struct buf b = buf_new(1000);
	struct json j = json_new(&b);
	json_object(&j);
	json_key(&j, "a");
	json_array(&j);
	json_i64(&j, -1);
	json_id(&j, INT64_MAX);
	json_bool(&j, true);
	json_null(&j);
	json_array(&j);
	json_array_end(&j);
	json_array_end(&j);
	json_key(&j, "b");
	json_string(&j, STR("</script>\"\\\n\x01\xE2\x80\xA8&"));
	json_key_str(&j, STR("c\""));
	json_time(&j, 0);
	json_object_end(&j);
	CHECK(is(&b, "{\"a\":[-1,\"9223372036854775807\",true,null,[]],\"b\":\"\\u003c/script\\u003e\\\"\\\\\\n\\u0001\\u2028\\u0026\","
	             "\"c\\\"\":\"1970-01-01T00:00:00Z\"}"));
}

TEST(ids_rise_even_when_the_clock_falls)
{
	struct ids ids;
	ids_init(&ids, 7, 3, LANE_SERVING);
	int64_t now = (ID_EPOCH_MS + 1000) * 1000, last = 0;
	for (int i = 0; i < 5000; i++) {
		int64_t id = id_new(&ids, now - i * 1000);
		CHECK(id > last);
		CHECK((id >> 10 & 15) == 3 && (id >> 14 & 255) == 7);
		last = id;
	}
	CHECK(id_time_us(last) >= now && id_time_us(last) < now + SECOND_US);
}

TEST(ids_go_on_from_those_of_an_earlier_run)
{
	struct ids before, after;
	const int64_t now = INT64_C(1800000000) * SECOND_US;
	ids_init(&before, 3, 2, LANE_SERVING);
	ids_init(&after, 3, 2, LANE_SERVING);
	id_new(&before, now);
	const int64_t last = id_new(&before, now);
	ids_follow(&after, last);
	const int64_t next = id_new(&after, now - DAY_US);
	CHECK(next > last && id_new(&after, now - DAY_US) > next && id_new(&after, now + DAY_US) > next);
	ids_follow(&after, last);
	CHECK(id_new(&after, now - DAY_US) > next);
}

TEST(a_command_beside_the_server_makes_none_of_its_ids)
{
	enum { EACH = 3000 };
	struct ids serving, commands;
	ids_init(&serving, 7, 3, LANE_SERVING);
	ids_init(&commands, 7, 3, LANE_COMMANDS);
	int64_t now = (ID_EPOCH_MS + 1000) * 1000;
	for (int i = 0; i < EACH; i++) {
		int64_t one = id_new(&serving, now), other = id_new(&commands, now);
		CHECK((one >> 9 & 1) == 0 && (other >> 9 & 1) == 1);
		CHECK(id_time_us(one) == id_time_us(other));
	}
}

TEST(an_id_in_text_has_one_form)
{
	int64_t id;
	CHECK(id_parse(STR("9223372036854775807"), &id) && id == INT64_MAX);
	CHECK(!id_parse(STR("9223372036854775808"), &id) && !id_parse(STR("0"), &id) && !id_parse(STR("01"), &id));
	CHECK(!id_parse(STR("-1"), &id) && !id_parse(STR(""), &id) && !id_parse(STR("1 "), &id));
}

TEST(dates_are_written_as_the_rfcs_say)
{
	char text[HTTP_DATE_BYTES];
	time_http_date(INT64_C(784111777) * SECOND_US, text);
	CHECK(strcmp(text, "Sun, 06 Nov 1994 08:49:37 GMT") == 0);     /* the example of RFC 9110, 5.6.7 */
	time_rfc3339(INT64_C(784111777) * SECOND_US, text);
	CHECK(strcmp(text, "1994-11-06T08:49:37Z") == 0);
}

TEST(dates_follow_the_calendar_for_ten_thousand_years)
{
	char ours[RFC3339_BYTES], theirs[RFC3339_BYTES];
	for (int64_t day = -719528; day < 2932897; day++) {    /* 0000-01-01 to 9999-12-31 */
		time_t at = (time_t)(day * 86400 + (day * 7919 % 86400 + 86400) % 86400);
		struct tm tm;
		gmtime_r(&at, &tm);
		snprintf(theirs, sizeof theirs, "%04u-%02u-%02uT%02u:%02u:%02uZ", (unsigned)(tm.tm_year + 1900) % 10000, (unsigned)tm.tm_mon % 12 + 1,
			(unsigned)tm.tm_mday % 32, (unsigned)tm.tm_hour % 24, (unsigned)tm.tm_min % 60, (unsigned)tm.tm_sec % 61);
		time_rfc3339((int64_t)at * SECOND_US, ours);
		if (strcmp(ours, theirs) != 0) {
			CHECK(!"a date differs");
			break;
		}
	}
	char text[HTTP_DATE_BYTES];
	time_http_date(-1, text);
	CHECK(strcmp(text, "Wed, 31 Dec 1969 23:59:59 GMT") == 0);
	time_rfc3339(INT64_MAX, ours);
	CHECK(strcmp(ours, "1970-01-01T00:00:00Z") == 0);
}

TEST(a_time_is_read_back_as_it_was_written_and_nothing_else_is_read)
{
	static const char *const wrong[] = {
		"1969-12-31T23:59:59Z", "2026-00-01T00:00:00Z", "2026-13-01T00:00:00Z", "2026-01-00T00:00:00Z", "2026-04-31T00:00:00Z", "2026-02-29T00:00:00Z",
		"2100-02-29T00:00:00Z", "2026-01-01T24:00:00Z", "2026-01-01T00:60:00Z", "2026-01-01T00:00:60Z", "2026-01-01 00:00:00Z", "2026-01-01T00:00:00z",
		"2026-01-01T00:00:00", "2026-01-01T00:00:00Z ", " 026-01-01T00:00:00Z", "+026-01-01T00:00:00Z", "2026-1-01T00:00:000Z", "",
	};
	char text[RFC3339_BYTES];
	for (int64_t day = 0; day < 2932897; day++) {          /* 1970-01-01 to 9999-12-31 */
		const int64_t at_us = (day * 86400 + day * 7919 % 86400) * SECOND_US;
		int64_t read_us = -1;
		time_rfc3339(at_us, text);
		if (!time_rfc3339_read(str_of(text), &read_us) || read_us != at_us)
			CHECK(!"a time is not read back");
	}
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
		int64_t read_us = 7;
		CHECK(!time_rfc3339_read(str_of(wrong[i]), &read_us) && read_us == 7);
	}
}

TEST(the_arena_gives_zeroed_memory_up_to_its_cap)
{
	struct arena a = arena_new_capped(100000);
	for (int i = 0; i < 100; i++) {
		char *p = arena_alloc(&a, 1, (size_t)i);
		for (int k = 0; k < i; k++) {
			CHECK(p[k] == 0);
			p[k] = 1;
		}
	}
	CHECK(str_eq(arena_printf(&a, "%d-%s", 7, "x"), STR("7-x")));
	arena_free(&a);
	CHECK(a.left == a.cap);
}

TEST(the_nth_fault_fires_once)
{
	struct faults faults = {};
	struct ctx cx = { .faults = &faults };
	fault_arm(&faults, 2);
	CHECK(!fault_reached(&faults) && !fault_hit(&cx) && fault_hit(&cx) && !fault_hit(&cx));
	CHECK(fault_reached(&faults));
	cx.faults = NULL;
	CHECK(!fault_hit(&cx));
}

TEST(a_failure_tells_code_case_place_and_text)
{
	struct ctx cx = {};
	CHECK(fail_as(&cx, E_CONFLICT, "handle-taken", "%s is taken", "x") == E_CONFLICT);
	CHECK(cx.failure.code == E_CONFLICT && strcmp(cx.failure.slug, "handle-taken") == 0);
	CHECK(strcmp(cx.failure.text, "x is taken") == 0 && cx.failure.line > 0);
	CHECK(fail(&cx, E_IO, "%0300d", 1) == E_IO && strlen(cx.failure.text) == FAILURE_TEXT_MAX - 1 && !cx.failure.slug);
}

int main(void)
{
	RUN(utf8_takes_every_plane_and_refuses_overlong_surrogate_cut_and_nul);
	RUN(numbers_are_strict_and_never_overflow);
	RUN(str_cut_walks_a_list);
	RUN(a_buffer_past_its_maximum_fails_for_good);
	RUN(numbers_and_encodings_are_written_right);
	RUN(base64_agrees_with_rfc_4648_and_has_one_form_only);
	RUN(hex_is_lower_case_and_of_exact_length);
	RUN(json_places_commas_and_escapes_what_html_could_read);
	RUN(ids_rise_even_when_the_clock_falls);
	RUN(ids_go_on_from_those_of_an_earlier_run);
	RUN(a_command_beside_the_server_makes_none_of_its_ids);
	RUN(an_id_in_text_has_one_form);
	RUN(dates_are_written_as_the_rfcs_say);
	RUN(dates_follow_the_calendar_for_ten_thousand_years);
	RUN(a_time_is_read_back_as_it_was_written_and_nothing_else_is_read);
	RUN(the_arena_gives_zeroed_memory_up_to_its_cap);
	RUN(the_nth_fault_fires_once);
	RUN(a_failure_tells_code_case_place_and_text);
	return tap_end();
}

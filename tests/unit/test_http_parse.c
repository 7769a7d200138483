#include "http/accept.h"
#include "http/cookie.h"
#include "http/path.h"
#include "http/proxy.h"
#include "http/range.h"
#include "http/router.h"
#include "tap.h"

static struct ctx fresh(void)
{
	return (struct ctx){ .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
}

TEST(paths_are_decoded_once)
{
	static const struct {
		const char *target, *path, *query;
	} cases[] = {
		{ "/", "/", "" },
		{ "/a/b?c=d&e", "/a/b", "c=d&e" },
		{ "/%61%2562", "/a%62", "" },
		{ "/%D9%85", "/\xD9\x85", "" },
		{ "/a+b", "/a+b", "" },
		{ "/a?b?c", "/a", "b?c" },
		{ "http://host:80/a/b?c", "/a/b", "c" },
		{ "https://host", "/", "" },
		{ "*", "*", "" },
		{ "/...", "/...", "" },
		{ "/.well-known", "/.well-known", "" },
	};
	struct ctx cx AUTO(ctx_end) = fresh();
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct str path = STR(""), query = STR("");
		enum err e = target_parse(&cx, str_of(cases[i].target), &path, &query);
		if (!EXPECT(e == OK && str_eq(path, str_of(cases[i].path)) && str_eq(query, str_of(cases[i].query))))
			printf("# %s\n", cases[i].target);
	}
}

TEST(path_tricks_are_refused)
{
	static const struct {
		struct str target;
		enum err e;
	} cases[] = {
		{ STR(""), E_INVALID }, { STR("a"), E_INVALID }, { STR("/.."), E_INVALID }, { STR("/a/../b"), E_INVALID },
		{ STR("/."), E_INVALID }, { STR("/%2e%2e/x"), E_INVALID }, { STR("/.%2E"), E_INVALID }, { STR("/a%2fb"), E_INVALID },
		{ STR("/a%2Fb"), E_INVALID }, { STR("/%00"), E_INVALID }, { STR("/a\0b"), E_INVALID }, { STR("/%"), E_INVALID },
		{ STR("/%4"), E_INVALID }, { STR("/%zz"), E_INVALID }, { STR("/%C0%AF"), E_INVALID }, { STR("/%E0%80%AF"), E_INVALID },
		{ STR("/%ED%A0%80"), E_INVALID }, { STR("/%FF"), E_INVALID }, { STR("/\xFF"), E_INVALID }, { STR("/%0d%0aX:y"), E_INVALID },
		{ STR("/%7f"), E_INVALID }, { STR("//"), E_NOTFOUND }, { STR("/a//b"), E_NOTFOUND }, { STR("/a/"), E_NOTFOUND },
		{ STR("//evil.example/"), E_NOTFOUND }, { STR("/a?b=%FF"), E_INVALID }, { STR("/a?b=%"), E_INVALID }, { STR("/a?b=%00"), E_INVALID },
		{ STR("ftp://host/a"), E_INVALID }, { STR("http:///.."), E_INVALID }, { STR("**"), E_INVALID },
	};
	struct ctx cx AUTO(ctx_end) = fresh();
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct str path = STR("untouched"), query = STR("");
		enum err e = target_parse(&cx, cases[i].target, &path, &query);
		if (!EXPECT(e == cases[i].e && str_eq(path, STR("untouched"))))
			printf("# " STR_FMT "\n", STR_ARG(cases[i].target));
	}
}

TEST(query_values_are_found_by_their_decoded_name)
{
	struct ctx cx AUTO(ctx_end) = fresh();
	struct str query = STR("a=1&b=%20x+y&a=2&%63=3&d&e=&f=%0Ag"), v = STR("");
	CHECK(query_find(&cx, query, STR("a"), &v) && str_eq(v, STR("1")));
	CHECK(query_find(&cx, query, STR("b"), &v) && str_eq(v, STR(" x y")));
	CHECK(query_find(&cx, query, STR("c"), &v) && str_eq(v, STR("3")));
	CHECK(query_find(&cx, query, STR("d"), &v) && v.n == 0);
	CHECK(query_find(&cx, query, STR("e"), &v) && v.n == 0);
	CHECK(query_find(&cx, query, STR("f"), &v) && str_eq(v, STR("\ng")));
	CHECK(!query_find(&cx, query, STR("g"), &v) && !query_find(&cx, STR(""), STR("a"), &v));
}

TEST(ranges_follow_rfc_9110)
{
	static const struct {
		const char *header;
		int64_t whole;
		enum range_kind kind;
		int64_t first, bytes;
	} cases[] = {
		{ "bytes=0-499", 10000, RANGE_PART, 0, 500 },
		{ "bytes=500-999", 10000, RANGE_PART, 500, 500 },
		{ "bytes=-500", 10000, RANGE_PART, 9500, 500 },
		{ "bytes=9500-", 10000, RANGE_PART, 9500, 500 },
		{ "bytes=0-0,-1", 10000, RANGE_WHOLE, 0, 0 },
		{ "bytes= 0-999, 4500-5499, -1000", 10000, RANGE_WHOLE, 0, 0 },
		{ "BYTES=0-1", 10000, RANGE_PART, 0, 2 },
		{ " bytes=0-1 ", 10000, RANGE_PART, 0, 2 },
		{ "bytes=0-20000", 10000, RANGE_PART, 0, 10000 },
		{ "bytes=-20000", 10000, RANGE_PART, 0, 10000 },
		{ "bytes=9999-9999", 10000, RANGE_PART, 9999, 1 },
		{ "bytes=10000-", 10000, RANGE_UNSATISFIABLE, 0, 0 },
		{ "bytes=99999999999999999999-", 10000, RANGE_UNSATISFIABLE, 0, 0 },
		{ "bytes=1-99999999999999999999", 10000, RANGE_PART, 1, 9999 },
		{ "bytes=-99999999999999999999", 10000, RANGE_PART, 0, 10000 },
		{ "bytes=-0", 10000, RANGE_UNSATISFIABLE, 0, 0 },
		{ "bytes=0-", 0, RANGE_UNSATISFIABLE, 0, 0 },
		{ "bytes=-5", 0, RANGE_UNSATISFIABLE, 0, 0 },
		{ "bytes=5-4", 10000, RANGE_WHOLE, 0, 0 },
		{ "bytes=", 10000, RANGE_WHOLE, 0, 0 },
		{ "bytes=-", 10000, RANGE_WHOLE, 0, 0 },
		{ "bytes=a-b", 10000, RANGE_WHOLE, 0, 0 },
		{ "bytes=1", 10000, RANGE_WHOLE, 0, 0 },
		{ "bytes=1-2-3", 10000, RANGE_WHOLE, 0, 0 },
		{ "bytes=+1-2", 10000, RANGE_WHOLE, 0, 0 },
		{ "bytes 0-1", 10000, RANGE_WHOLE, 0, 0 },
		{ "items=0-1", 10000, RANGE_WHOLE, 0, 0 },
		{ "", 10000, RANGE_WHOLE, 0, 0 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct range r = range_parse(str_of(cases[i].header), cases[i].whole);
		if (!EXPECT(r.kind == cases[i].kind && r.first == cases[i].first && r.bytes == cases[i].bytes))
			printf("# %s: %u %jd+%jd\n", cases[i].header, r.kind, (intmax_t)r.first, (intmax_t)r.bytes);
	}
}

TEST(conditions_compare_tags_as_they_must)
{
	CHECK(if_range_holds(STR(""), STR("\"a\"")) && if_range_holds(STR("\"a\""), STR("\"a\"")));
	CHECK(!if_range_holds(STR("\"b\""), STR("\"a\"")) && !if_range_holds(STR("W/\"a\""), STR("W/\"a\"")));
	CHECK(!if_range_holds(STR("Sat, 21 Nov 2026 23:53:46 GMT"), STR("\"a\"")) && !if_range_holds(STR("\"a\""), STR("")));
	CHECK(etag_listed(STR("\"a\""), STR("\"a\"")) && etag_listed(STR("*"), STR("\"a\"")) && etag_listed(STR("W/\"a\""), STR("\"a\"")));
	CHECK(etag_listed(STR("\"x\", W/\"y,z\" ,\"a\""), STR("W/\"a\"")) && etag_listed(STR("\"y,z\""), STR("\"y,z\"")));
	CHECK(!etag_listed(STR("\"b\""), STR("\"a\"")) && !etag_listed(STR("a"), STR("\"a\"")) && !etag_listed(STR("\"a"), STR("\"a\"")));
	CHECK(!etag_listed(STR(""), STR("\"a\"")) && !etag_listed(STR("*"), STR("")));
}

TEST(the_language_that_is_liked_best_wins)
{
	static const char *const offered[] = { "en", "ar", "hi" };
	static const struct {
		const char *header;
		size_t best;
	} cases[] = {
		{ "", 0 }, { "ar", 1 }, { "hi-IN, en;q=0.5", 2 }, { "fr, de;q=0.9", 0 }, { "en;q=0.3, ar;q=0.31", 1 }, { "AR-eg", 1 },
		{ "en;q=0, *", 1 }, { "*;q=0.5, hi", 2 }, { "hi;q=0, en;q=0", 0 }, { "ar;q=1.5, hi;q=0.1", 1 }, { "ar;q=x, hi;q=0.1", 2 },
		{ "fr-CH, fr;q=0.9, ar;q=0.8, en;q=0.7, *;q=0.5", 1 }, { "english", 0 }, { ",,;q=1,ar", 1 }, { "ar;q=0.9999, hi;q=0.1", 2 },
		{ "ar ; q=0.5 , hi ; q = 0.6", 2 }, { "ar,hi", 1 },
	};
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (!EXPECT(accept_language(str_of(cases[i].header), offered, 3) == cases[i].best))
			printf("# %s\n", cases[i].header);
}

TEST(the_smallest_coding_that_is_taken_wins)
{
	CHECK(accept_coding(STR(""), true, true) == IDENTITY);
	CHECK(accept_coding(STR("gzip, deflate, br"), true, true) == BROTLI);
	CHECK(accept_coding(STR("gzip, deflate, br"), true, false) == GZIP);
	CHECK(accept_coding(STR("gzip, deflate, br"), false, false) == IDENTITY);
	CHECK(accept_coding(STR("br;q=0.5, gzip;q=0.6"), true, true) == GZIP);
	CHECK(accept_coding(STR("br;q=0, gzip;q=0"), true, true) == IDENTITY);
	CHECK(accept_coding(STR("*"), true, true) == BROTLI);
	CHECK(accept_coding(STR("*;q=0, gzip"), true, true) == GZIP);
	CHECK(accept_coding(STR("identity, gzip;q=0.5"), true, true) == IDENTITY);
	CHECK(accept_coding(STR("GZIP"), true, true) == GZIP);
}

TEST(cookies_are_found_by_their_whole_name)
{
	struct str header = STR("a=1; session=xyz;b=\"q r\" ; session=second; =none; lone; c=a=b");
	CHECK(str_eq(cookie_find(header, STR("session")), STR("xyz")) && str_eq(cookie_find(header, STR("b")), STR("q r")));
	CHECK(str_eq(cookie_find(header, STR("c")), STR("a=b")) && cookie_find(header, STR("lone")).n == 0);
	CHECK(cookie_find(header, STR("sess")).n == 0 && cookie_find(header, STR("SESSION")).n == 0 && cookie_find(STR(""), STR("a")).n == 0);
	CHECK(cookie_find(STR("a=\""), STR("a")).n == 1);
}

static struct address parsed(const char *text)
{
	struct address address = {};
	EXPECT(address_parse(str_of(text), &address));
	return address;
}

TEST(networks_hold_the_addresses_inside)
{
	struct ctx cx AUTO(ctx_end) = fresh();
	struct proxies p = {};
	CHECK(proxies_parse(&cx, STR("127.0.0.1, 10.0.0.0/9,::1,2001:db8::/33"), &p) == OK && p.count == 4);
	struct address a = parsed("127.0.0.1"), b = parsed("127.0.0.2"), c = parsed("10.127.255.255"), d = parsed("10.128.0.0");
	struct address e = parsed("::1"), g = parsed("2001:db8:7fff::1"), h = parsed("2001:db8:8000::1"), m = parsed("::ffff:10.1.2.3");
	CHECK(proxies_trust(&p, &a) && !proxies_trust(&p, &b) && proxies_trust(&p, &c) && !proxies_trust(&p, &d));
	CHECK(proxies_trust(&p, &e) && proxies_trust(&p, &g) && !proxies_trust(&p, &h) && proxies_trust(&p, &m));
	CHECK(proxies_parse(&cx, STR(""), &p) == OK && p.count == 0 && !proxies_trust(&p, &a));
	static const char *const bad[] = { "localhost", "10.0.0.0/33", "::/129", "10.0.0.0/", "10.0.0/8", "1.2.3.4/x", "1.2.3.4/-1" };
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		EXPECT(proxies_parse(&cx, str_of(bad[i]), &p) == E_INVALID);
}

TEST(the_client_is_the_right_most_address_that_is_not_trusted)
{
	static const struct {
		const char *forwarded, *client;
	} cases[] = {
		{ "", "127.0.0.1" }, { "192.0.2.1", "192.0.2.1" }, { "6.6.6.6, 192.0.2.1", "192.0.2.1" }, { "192.0.2.1, 10.0.0.1", "192.0.2.1" },
		{ "10.0.0.2,10.0.0.1", "10.0.0.2" }, { "192.0.2.1:4711", "192.0.2.1" }, { "[2001:db8::1]:4711", "2001:db8::1" },
		{ "2001:db8::1", "2001:db8::1" }, { "unknown", "127.0.0.1" }, { "192.0.2.1, x, 10.0.0.1", "10.0.0.1" }, { ",", "127.0.0.1" },
		{ "192.0.2.1,", "127.0.0.1" },
	};
	struct ctx cx AUTO(ctx_end) = fresh();
	struct proxies p = {};
	CHECK(proxies_parse(&cx, STR("127.0.0.1,10.0.0.0/8"), &p) == OK);
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct address client = proxies_client(&p, parsed("127.0.0.1"), str_of(cases[i].forwarded));
		char text[ADDRESS_TEXT_BYTES];
		address_text(&client, text);
		if (!EXPECT(str_eq(str_of(text), str_of(cases[i].client))))
			printf("# %s: %s\n", cases[i].forwarded, text);
	}
}

static enum err nothing(struct ctx *, const struct req *, struct resp *)
{
	return OK;
}

#define ROW(method, path) { method, path, nothing, ANYONE, RATE_NONE, READ, 0, "doc", NULL, NULL, NULL }

TEST(own_text_wins_over_names_and_names_over_the_rest)
{
	static const struct route table[] = {
		ROW(GET, "/"), ROW(GET, "/a/b/d"), ROW(GET, "/a/{x}/c"), ROW(POST, "/a/{x}/c"), ROW(GET, "/a/{rest*}"), ROW(DELETE, "/{x}"),
		{ .path = NULL },
	};
	static const struct route *const tables[] = { table, NULL };
	struct ctx cx AUTO(ctx_end) = fresh();
	struct router router AUTO(router_free) = {};
	struct str params[PATH_PARAMS_MAX];
	unsigned allowed;
	CHECK(router_build(&cx, tables, &router) == OK);
	CHECK(router_find(&router, GET, STR("/"), params, &allowed) == &table[0]);
	CHECK(router_find(&router, GET, STR("/a/b/d"), params, &allowed) == &table[1]);
	CHECK(router_find(&router, GET, STR("/a/b/c"), params, &allowed) == &table[2] && str_eq(params[0], STR("b")));
	CHECK(router_find(&router, HEAD, STR("/a/b/c"), params, &allowed) == &table[2]);
	CHECK(router_find(&router, GET, STR("/a/b/e/f"), params, &allowed) == &table[4] && str_eq(params[0], STR("b/e/f")));
	CHECK(!router_find(&router, PUT, STR("/a/b/c"), params, &allowed));
	CHECK(str_eq(allow_text(&cx, allowed), STR("GET, HEAD, POST, OPTIONS")));
	CHECK(!router_find(&router, GET, STR("/a"), params, &allowed) && str_eq(allow_text(&cx, allowed), STR("DELETE, OPTIONS")));
	CHECK(!router_find(&router, GET, STR("/b/c"), params, &allowed) && allowed == 0);
	CHECK(!router_find(&router, GET, STR("*"), params, &allowed) && allowed == 0);
}

TEST(bad_route_tables_are_refused_at_start)
{
	static const struct route bad[][2] = {
		{ ROW(GET, "a") }, { ROW(GET, "/a//b") }, { ROW(GET, "/{rest*}/b") }, { ROW(GET, "/{a}/{b}/{c}/{d}/{e}") },
		{ ROW(METHOD_UNSET, "/a") }, { { GET, "/a", NULL, ANYONE, RATE_NONE, READ, 0, "doc", NULL, NULL, NULL } },
		{ { GET, "/a", nothing, WHO_UNSET, RATE_NONE, READ, 0, "doc", NULL, NULL, NULL } },
		{ { GET, "/a", nothing, ANYONE, RATE_UNSET, READ, 0, "doc", NULL, NULL, NULL } },
		{ { GET, "/a", nothing, ANYONE, RATE_NONE, RUN_UNSET, 0, "doc", NULL, NULL, NULL } },
		{ { GET, "/a", nothing, ANYONE, RATE_NONE, READ, 0, NULL, NULL, NULL, NULL } },
	};
	static const struct route twice[] = { ROW(GET, "/a/{x}"), ROW(GET, "/a/{y}"), { .path = NULL } };
	struct ctx cx AUTO(ctx_end) = fresh();
	struct router router = {};
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
		const struct route *const tables[] = { bad[i], NULL };
		if (!EXPECT(router_build(&cx, tables, &router) == E_INVALID))
			printf("# %zu\n", i);
	}
	CHECK(router_build(&cx, (const struct route *const[]){ twice, NULL }, &router) == E_INVALID);
}

int main(void)
{
	RUN(paths_are_decoded_once);
	RUN(path_tricks_are_refused);
	RUN(query_values_are_found_by_their_decoded_name);
	RUN(ranges_follow_rfc_9110);
	RUN(conditions_compare_tags_as_they_must);
	RUN(the_language_that_is_liked_best_wins);
	RUN(the_smallest_coding_that_is_taken_wins);
	RUN(cookies_are_found_by_their_whole_name);
	RUN(networks_hold_the_addresses_inside);
	RUN(the_client_is_the_right_most_address_that_is_not_trusted);
	RUN(own_text_wins_over_names_and_names_over_the_rest);
	RUN(bad_route_tables_are_refused_at_start);
	return tap_end();
}

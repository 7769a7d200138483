/* What reading a request's body promises: strict JSON, known fields of the right type, and a refusal that names the field. */
#include <string.h>

#include "api/body.h"
#include "tap.h"

struct item {
	int64_t video, watched;
	bool completed;
};
struct all {
	struct str words, maybe;
	int64_t id, number;
	bool flag;
	struct body_list names, items;
};
static const struct body_field item_fields[] = {
	{ .name = "video", .kind = BODY_ID, .offset = offsetof(struct item, video), .needed = true },
	{ .name = "watched", .kind = BODY_WHOLE, .offset = offsetof(struct item, watched), .least = 0, .most = 10 },
	{ .name = "completed", .kind = BODY_FLAG, .offset = offsetof(struct item, completed) },
	{},
};
static const struct body_field fields[] = {
	{ .name = "words", .kind = BODY_TEXT, .offset = offsetof(struct all, words), .needed = true },
	{ .name = "maybe", .kind = BODY_TEXT, .offset = offsetof(struct all, maybe), .nullable = true },
	{ .name = "id", .kind = BODY_ID, .offset = offsetof(struct all, id) },
	{ .name = "number", .kind = BODY_WHOLE, .offset = offsetof(struct all, number), .least = -5, .most = 5 },
	{ .name = "flag", .kind = BODY_FLAG, .offset = offsetof(struct all, flag) },
	{ .name = "names", .kind = BODY_TEXTS, .offset = offsetof(struct all, names), .most = 2 },
	{ .name = "items", .kind = BODY_OBJECTS, .offset = offsetof(struct all, items), .most = 2, .fields = item_fields,
	  .item_bytes = sizeof(struct item) },
	{},
};

static struct ctx context(void)
{
	return (struct ctx){ .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
}

static enum err parse(struct ctx *cx, const char *text, struct all *out)
{
	return body_parse(cx, str_of(text), fields, out, sizeof *out);
}

/* Refused with this slug, and with a text that holds `part`. */
static bool refused(const char *text, const char *slug, const char *part)
{
	AUTO(ctx_end) struct ctx cx = context();
	struct all all;
	bool fine = parse(&cx, text, &all) == E_INVALID && strcmp(cx.failure.slug, slug) == 0 && strstr(cx.failure.text, part);
	if (!fine)
		printf("# %s: %s: %s\n", text, cx.failure.slug ? cx.failure.slug : "no slug", cx.failure.text);
	return fine;
}

TEST(every_kind_of_field_is_read)
{
	AUTO(ctx_end) struct ctx cx = context();
	struct all all;
	CHECK(parse(&cx, "{\"words\":\"\\u0928\\u092e\",\"maybe\":null,\"id\":\"9223372036854775807\",\"number\":-5,\"flag\":true,"
	            "\"names\":[\"a\",\"b\"],\"items\":[{\"video\":\"1\",\"watched\":10,\"completed\":true},{\"video\":\"2\"}]}", &all) == OK);
	CHECK(str_eq(all.words, STR("नम")) && all.maybe.p && all.maybe.n == 0);
	CHECK(all.id == INT64_MAX && all.number == -5 && all.flag);
	const struct str *names = all.names.items;
	const struct item *items = all.items.items;
	CHECK(all.names.count == 2 && str_eq(names[1], STR("b")));
	CHECK(all.items.count == 2 && items[0].video == 1 && items[0].watched == 10 && items[0].completed && items[1].video == 2 && !items[1].completed);
}

TEST(what_is_absent_is_told_from_what_is_empty)
{
	AUTO(ctx_end) struct ctx cx = context();
	struct all all;
	CHECK(parse(&cx, "{\"words\":\"\",\"names\":[]}", &all) == OK);
	CHECK(all.words.p && !all.maybe.p && all.names.items && !all.items.items);
}

TEST(an_unknown_field_is_refused_with_those_that_are_known)
{
	CHECK(refused("{\"words\":\"\",\"admin\":true}", "unknown-field", "words, maybe, id"));
	CHECK(refused("{\"words\":\"\",\"items\":[{\"video\":\"1\",\"x\":1}]}", "unknown-field", "items[0]"));
}

TEST(a_missing_field_is_named)
{
	CHECK(refused("{}", "missing-field", "\"words\""));
	CHECK(refused("{\"words\":\"\",\"items\":[{}]}", "missing-field", "\"items[0].video\""));
}

TEST(a_wrong_type_names_the_field_and_what_is_expected)
{
	CHECK(refused("{\"words\":7}", "wrong-type", "\"words\" must be a text"));
	CHECK(refused("{\"words\":null}", "wrong-type", "\"words\""));
	CHECK(refused("{\"words\":\"\",\"id\":7}", "wrong-type", "a string of digits"));
	CHECK(refused("{\"words\":\"\",\"id\":\"07\"}", "wrong-type", "\"id\""));
	CHECK(refused("{\"words\":\"\",\"id\":\"-7\"}", "wrong-type", "\"id\""));
	CHECK(refused("{\"words\":\"\",\"number\":6}", "wrong-type", "-5 to 5"));
	CHECK(refused("{\"words\":\"\",\"number\":1.5}", "wrong-type", "whole number"));
	CHECK(refused("{\"words\":\"\",\"flag\":1}", "wrong-type", "true or false"));
	CHECK(refused("{\"words\":\"\",\"names\":\"a\"}", "wrong-type", "at most 2"));
	CHECK(refused("{\"words\":\"\",\"names\":[\"a\",\"b\",\"c\"]}", "wrong-type", "at most 2"));
	CHECK(refused("{\"words\":\"\",\"names\":[1]}", "wrong-type", "\"names\""));
	CHECK(refused("{\"words\":\"\",\"items\":[7]}", "wrong-type", "items[0]"));
	CHECK(refused("{\"words\":\"\",\"items\":[{\"video\":\"1\",\"watched\":\"x\"}]}", "wrong-type", "items[0].watched"));
}

TEST(what_is_not_json_is_refused_with_its_place)
{
	static const char *const texts[] = {
		"", "{", "{\"words\":\"\"", "{\"words\":\"\"}x", "{'words':1}", "{\"words\":\"\\ud800\"}", "{\"words\":\"a\xFF\"}",
		"{\"words\":\"\",\"words\":\"\"}", "{\"words\":\"\\u0000\"}", "{\"number\":1e999}", "nul", "{\"number\":99999999999999999999}",
	};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		(void)EXPECT(refused(texts[i], "not-json", "line"));
	CHECK(refused("[]", "wrong-type", "object"));
}

TEST(what_is_nested_too_deep_is_refused_before_it_is_read)
{
	char text[4096] = "{\"words\":";
	size_t n = strlen(text);
	memset(text + n, '[', 2000);
	CHECK(refused(text, "too-deep", "8"));
	AUTO(ctx_end) struct ctx cx = context();
	struct all all;
	CHECK(parse(&cx, "{\"words\":\"[[[[[[[[[[[[ \\\" [[[\"}", &all) == OK);
}

int main(void)
{
	RUN(every_kind_of_field_is_read);
	RUN(what_is_absent_is_told_from_what_is_empty);
	RUN(an_unknown_field_is_refused_with_those_that_are_known);
	RUN(a_missing_field_is_named);
	RUN(a_wrong_type_names_the_field_and_what_is_expected);
	RUN(what_is_not_json_is_refused_with_its_place);
	RUN(what_is_nested_too_deep_is_refused_before_it_is_read);
	return tap_end();
}

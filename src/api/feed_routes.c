#include "api/feed_routes.h"

#include <string.h>

#include "api/body.h"
#include "api/route.h"
#include "feed/learn.h"
#include "feed/feed.h"
#include "social/account.h"

#define PAGE_BYTES_MAX ((size_t)512 * 1024)

static bool weight_is_nothing(struct str parameters)
{
	const struct str weight = str_trim(parameters);
	const struct str nothing[] = { STR("q=0"), STR("q=0."), STR("q=0.0"), STR("q=0.00"), STR("q=0.000") };
	for (size_t i = 0; i < sizeof nothing / sizeof nothing[0]; i++)
		if (str_eq_ci(weight, nothing[i]))
			return true;
	return false;
}

/* "pt-BR" is "pt"; "*" and what is no ISO 639 code is nothing. */
static bool language_code(struct ctx *cx, struct str range, struct str *out)
{
	struct str rest = str_trim(range);
	const struct str primary = str_cut(&rest, '-');
	if (primary.n < 2 || primary.n > 3)
		return false;
	char *const code = arena_text(&cx->mem, primary);
	for (size_t i = 0; i < primary.n; i++) {
		code[i] = (char)(code[i] | 0x20);
		if (code[i] < 'a' || code[i] > 'z')
			return false;
	}
	*out = (struct str){ .p = code, .n = primary.n };
	return true;
}

unsigned accepted_languages(struct ctx *cx, struct str header, unsigned max, struct str *out)
{
	unsigned count = 0;
	struct str rest = header;
	while (rest.n && count < max) {
		struct str parameters = str_cut(&rest, ',');
		const struct str range = str_cut(&parameters, ';');
		if (!weight_is_nothing(parameters) && language_code(cx, range, &out[count]))
			count++;
	}
	return count;
}

/* What the account states; else what the browser asks for. */
static enum err read_languages(struct ctx *cx, const struct req *req, struct feed_ask *ask)
{
	struct languages languages = {};
	TRY(account_languages(cx, &languages));
	for (size_t i = 0; i < languages.count && i < FEED_LANGUAGES_MAX; i++)
		ask->languages[ask->language_count++] = languages.codes[i];
	if (ask->language_count)
		return OK;
	ask->guessed = true;
	ask->language_count = accepted_languages(cx, req_header(cx, req, "Accept-Language"), FEED_LANGUAGES_MAX, ask->languages);
	return OK;
}

static void answer_page(const struct feed_page *page, struct resp *resp)
{
	AUTO(buf_free) struct buf body = buf_new(PAGE_BYTES_MAX);
	feed_page_json(page, &body);
	resp_json(resp, &body);
}

static enum err for_you(struct ctx *cx, const struct req *req, struct resp *resp)
{
	struct feed_ask ask = {};
	struct feed_page page;
	req_query(cx, req, "cursor", &ask.cursor);
	TRY(read_languages(cx, req, &ask));
	TRY(feed_for_you(cx, &ask, &page));
	answer_page(&page, resp);
	return OK;
}

/* --- asked by who is not signed in, who brings along what their browser remembers --- */

struct told_body {
	struct feed_signal told;
	struct str opinion;
};
static const struct body_field told_fields[] = {
	{ .name = "video", .kind = BODY_ID, .offset = offsetof(struct told_body, told.video), .needed = true },
	{ .name = "watched_ms", .kind = BODY_WHOLE, .offset = offsetof(struct told_body, told.watched_ms), .least = 0, .most = DAY_US / 1000 },
	{ .name = "completed", .kind = BODY_FLAG, .offset = offsetof(struct told_body, told.completed) },
	{ .name = "shared", .kind = BODY_FLAG, .offset = offsetof(struct told_body, told.shared) },
	{ .name = "left", .kind = BODY_FLAG, .offset = offsetof(struct told_body, told.left) },
	{ .name = "opinion", .kind = BODY_TEXT, .offset = offsetof(struct told_body, opinion) },
	{},
};
struct ask_body {
	struct str cursor;
	struct body_list signals;
};
static const struct body_field ask_fields[] = {
	{ .name = "cursor", .kind = BODY_TEXT, .offset = offsetof(struct ask_body, cursor), .nullable = true },
	{ .name = "signals", .kind = BODY_OBJECTS, .offset = offsetof(struct ask_body, signals), .most = SIGNALS_MAX,
	  .fields = told_fields, .item_bytes = sizeof(struct told_body) },
	{},
};

enum err opinion_from(struct ctx *cx, struct str text, enum opinion *out)
{
	static const char *const names[] = { [OPINION_MORE] = "more", [OPINION_LESS] = "less", [OPINION_HIDE] = "hide" };
	for (unsigned i = OPINION_MORE; i <= OPINION_HIDE; i++)
		if (str_eq(text, str_of(names[i]))) {
			*out = (enum opinion)i;
			return OK;
		}
	return fail_as(cx, E_INVALID, "opinion-invalid", "an opinion is more, less or hide");
}

static enum err for_you_told(struct ctx *cx, const struct req *req, struct resp *resp)
{
	struct ask_body in;
	struct feed_page page;
	TRY(body_read(cx, req, ask_fields, &in, sizeof in));
	const struct told_body *const bodies = in.signals.items;
	struct feed_signal *const told = arena_new(&cx->mem, struct feed_signal, in.signals.count);
	for (size_t i = 0; i < in.signals.count; i++) {
		told[i] = bodies[i].told;
		if (bodies[i].opinion.p)
			TRY(opinion_from(cx, bodies[i].opinion, &told[i].opinion));
	}
	struct feed_ask ask = { .cursor = in.cursor, .told = told, .told_count = in.signals.count };
	TRY(read_languages(cx, req, &ask));
	TRY(feed_for_you(cx, &ask, &page));
	answer_page(&page, resp);
	return OK;
}

static enum err following(struct ctx *cx, const struct req *req, struct resp *resp)
{
	struct str cursor = {};
	struct feed_page page;
	req_query(cx, req, "cursor", &cursor);
	TRY(feed_following(cx, cursor, &page));
	answer_page(&page, resp);
	return OK;
}

const struct route feed_routes[] = {
	{ GET, "/api/v1/feed", for_you, ANYONE, RATE_READ, READ, 0, "For You: videos chosen for the one who asks, with the reason of each.",
		NULL, "VideoPage", NULL },
	{ POST, "/api/v1/feed", for_you_told, ANYONE, RATE_READ, READ, JSON_BODY,
		"For You for who is not signed in, with what their client remembers of the last clips. Nothing of it is kept; signed in it is not looked at.",
		"FeedAsk", "VideoPage", NULL },
	{ GET, "/api/v1/feed/following", following, ACCOUNT, RATE_READ, READ, 0, "The newest videos of those whom one follows.",
		NULL, "VideoPage", NULL },
	{},
};

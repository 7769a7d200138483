#include "api/feed_routes.h"

#include <string.h>

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

static enum err read_languages(struct ctx *cx, const struct req *req, struct feed_ask *ask)
{
	struct languages languages = {};
	if (cx->actor.account == 0) {
		ask->language_count = accepted_languages(cx, req_header(cx, req, "Accept-Language"), FEED_LANGUAGES_MAX, ask->languages);
		return OK;
	}
	TRY(account_languages(cx, &languages));
	for (size_t i = 0; i < languages.count && i < FEED_LANGUAGES_MAX; i++)
		ask->languages[ask->language_count++] = languages.codes[i];
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
	{ GET, "/api/v1/feed/following", following, ACCOUNT, RATE_READ, READ, 0, "The newest videos of those whom one follows.",
		NULL, "VideoPage", NULL },
	{},
};

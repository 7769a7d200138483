/* Searching, and the videos of a hashtag. */
#include "api/route.h"
#include "api/routes.h"
#include "social/find.h"
#include "social/video_json.h"

static void page_end(struct answer *answer, struct str next, struct resp *resp)
{
	json_array_end(&answer->json);
	json_key(&answer->json, "next");
	if (next.n)
		json_string(&answer->json, next);
	else
		json_null(&answer->json);
	json_object_end(&answer->json);
	answer_end(answer, resp);
}

static enum err search_people(struct ctx *cx, const struct find_ask *ask, struct resp *resp)
{
	struct found found;
	struct answer answer;
	TRY(find_people(cx, ask, &found));
	list_begin(&answer);
	for (size_t i = 0; i < found.count; i++)
		profile_short_json(&answer.json, &found.people[i]);
	page_end(&answer, found.next, resp);
	return OK;
}

static enum err search_hashtags(struct ctx *cx, const struct find_ask *ask, struct resp *resp)
{
	struct found found;
	struct answer answer;
	TRY(find_hashtags(cx, ask, &found));
	list_begin(&answer);
	for (size_t i = 0; i < found.count; i++)
		hashtag_json(&answer.json, &found.hashtags[i]);
	page_end(&answer, found.next, resp);
	return OK;
}

static enum err search_videos(struct ctx *cx, const struct find_ask *ask, struct resp *resp)
{
	struct found found;
	struct answer answer;
	TRY(find_videos(cx, ask, &found));
	list_begin(&answer);
	for (size_t i = 0; i < found.count; i++)
		video_json(&answer.json, &found.videos[i]);
	page_end(&answer, found.next, resp);
	return OK;
}

static enum err get_search(struct ctx *cx, const struct req *req, struct resp *resp)
{
	struct find_ask ask = { .query = STR("") };
	struct str kind = STR("videos");
	if (!req_query(cx, req, "q", &ask.query))
		return fail_as(cx, E_INVALID, "query-invalid", "Say what to search for: ?q=");
	req_query(cx, req, "kind", &kind);
	req_query(cx, req, "cursor", &ask.cursor);
	if (str_eq(kind, STR("people")))
		return search_people(cx, &ask, resp);
	if (str_eq(kind, STR("hashtags")))
		return search_hashtags(cx, &ask, resp);
	if (str_eq(kind, STR("videos")))
		return search_videos(cx, &ask, resp);
	return fail_as(cx, E_INVALID, "query-invalid", "kind is people, hashtags or videos.");
}

static enum err get_hashtag_videos(struct ctx *cx, const struct req *req, struct resp *resp)
{
	int64_t before;
	struct video_page page;
	TRY(query_cursor(cx, req, &before));
	TRY(hashtag_videos(cx, req->params[0], before, &page));
	video_page_answer(&page, resp);
	return OK;
}

const struct route search_routes[] = {
	{ GET, "/api/v1/search", get_search, ANYONE, RATE_READ, READ, 0,
	  "People, hashtags or videos (`kind`) that have the words of `q`, best first.", NULL, "SearchPage", NULL },
	{ GET, "/api/v1/hashtags/{name}/videos", get_hashtag_videos, ANYONE, RATE_READ, READ, 0,
	  "Videos with a hashtag, newest first; none for a hashtag that nobody used.", NULL, "VideoPage", NULL },
	{},
};

/* What a word that is being written may become. */
#include "api/route.h"
#include "api/routes.h"
#include "social/suggest.h"
#include "social/video_json.h"

static enum err get_suggest(struct ctx *cx, const struct req *req, struct resp *resp)
{
	struct str begun = STR(""), kind = STR("");
	struct suggestions found;
	struct answer answer;
	req_query(cx, req, "q", &begun);
	req_query(cx, req, "kind", &kind);
	const bool people = str_eq(kind, STR("person"));
	if (!people && !str_eq(kind, STR("tag")))
		return fail_as(cx, E_INVALID, "query-invalid", "kind is tag or person.");
	TRY(people ? suggest_people(cx, begun, &found) : suggest_hashtags(cx, begun, &found));
	answer_begin(&answer);
	json_object(&answer.json);
	json_key(&answer.json, "items");
	json_array(&answer.json);
	for (size_t i = 0; i < found.count; i++) {
		if (people)
			profile_short_json(&answer.json, &found.people[i]);
		else
			hashtag_json(&answer.json, &found.hashtags[i]);
	}
	json_array_end(&answer.json);
	json_object_end(&answer.json);
	answer_end(&answer, resp);
	return OK;
}

const struct route suggest_routes[] = {
	{ GET, "/api/v1/suggest", get_suggest, ACCOUNT, RATE_READ, READ, 0,
	  "A few hashtags or people (`kind`) that the begun word `q` may become, best first.", NULL, "Suggestions", NULL },
	{},
};

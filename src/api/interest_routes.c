/* What the feed has learned: saying what one wants, seeing it, taking it back. */
#include "api/feed_routes.h"
#include "api/route.h"
#include "api/routes.h"
#include "feed/learn.h"
#include "social/hashtag.h"
#include "social/profile.h"

struct opinion_body {
	int64_t video;
	struct str opinion;
	bool undo;
};
static const struct body_field opinion_fields[] = {
	{ .name = "video", .kind = BODY_ID, .offset = offsetof(struct opinion_body, video), .needed = true },
	{ .name = "opinion", .kind = BODY_TEXT, .offset = offsetof(struct opinion_body, opinion), .needed = true },
	{ .name = "undo", .kind = BODY_FLAG, .offset = offsetof(struct opinion_body, undo) },
	{},
};

static enum err post_opinion(struct ctx *cx, const struct req *req, struct resp *)
{
	struct opinion_body in;
	enum opinion opinion;
	TRY(body_read(cx, req, opinion_fields, &in, sizeof in));
	TRY(opinion_from(cx, in.opinion, &opinion));
	return feed_opinion(cx, in.video, opinion, in.undo);
}

/* --- what was learned --- */

static const char *const types[] = { [KIND_CREATOR] = "creator", [KIND_HASHTAG] = "hashtag", [KIND_LANGUAGE] = "language" };

static void interest_json(struct json *json, const struct interest_view *view)
{
	json_object(json);
	json_key(json, "type");
	json_text(json, types[view->type]);
	json_key(json, "name");
	json_string(json, view->name);
	json_key(json, "score");
	json_i64(json, view->score);
	json_key(json, "held_back");
	json_bool(json, view->skipped);
	json_key(json, "watched");
	json_bool(json, view->earned & EARNED_WATCHED);
	json_key(json, "enjoyed");
	json_bool(json, view->earned & EARNED_ENJOYED);
	json_key(json, "asked");
	json_bool(json, view->earned & EARNED_ASKED);
	json_object_end(json);
}

static enum err get_interests(struct ctx *cx, const struct req *, struct resp *resp)
{
	struct interest_list *const list = arena_new(&cx->mem, struct interest_list, 1);
	struct answer answer;
	TRY(interests_list(cx, list));
	list_begin(&answer);
	for (unsigned i = 0; i < list->count; i++)
		interest_json(&answer.json, &list->items[i]);
	list_end(&answer, 0, resp);
	return OK;
}

/* Names, not numbers: numbers are the model's own. */
struct forget_body {
	struct str type, name;
	bool everything;
};
static const struct body_field forget_fields[] = {
	{ .name = "type", .kind = BODY_TEXT, .offset = offsetof(struct forget_body, type) },
	{ .name = "name", .kind = BODY_TEXT, .offset = offsetof(struct forget_body, name) },
	{ .name = "everything", .kind = BODY_FLAG, .offset = offsetof(struct forget_body, everything) },
	{},
};

static enum err kind_of_name(struct ctx *cx, const struct forget_body *in, int64_t *out)
{
	if (str_eq(in->type, str_of(types[KIND_LANGUAGE])))
		*out = kind_of_language(in->name);
	else if (str_eq(in->type, str_of(types[KIND_HASHTAG])))
		*out = hashtag_id(in->name);
	else if (str_eq(in->type, str_of(types[KIND_CREATOR])))
		TRY(profile_find(cx, in->name, out));
	else
		*out = 0;
	return *out ? OK : fail_as(cx, E_INVALID, "interest-invalid", "type is creator, hashtag or language, with the name as it was listed");
}

static enum err delete_interests(struct ctx *cx, const struct req *req, struct resp *)
{
	struct forget_body in;
	int64_t kind = 0;
	TRY(body_read(cx, req, forget_fields, &in, sizeof in));
	if (!in.everything)
		TRY(kind_of_name(cx, &in, &kind));
	return feed_forget(cx, kind);
}

const struct route interest_routes[] = {
	{ POST, "/api/v1/feed/opinions", post_opinion, ACCOUNT, RATE_WRITE, WRITE, SMALL_BODY,
	  "Say that one wants more or less like a video, or not to see it and its like; or take that back.", "Opinion", NULL, NULL },
	{ GET, "/api/v1/me/interests", get_interests, ACCOUNT, RATE_READ, READ, 0, "What the feed has learned of me, most liked first.",
	  NULL, "InterestPage", NULL },
	{ DELETE, "/api/v1/me/interests", delete_interests, ACCOUNT, RATE_WRITE, WRITE, SMALL_BODY,
	  "Let the feed forget one thing that it has learned of me, or everything.", "InterestForget", NULL, NULL },
	{},
};

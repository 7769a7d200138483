/* Signing in and out, and the list of where one is signed in. */
#include <string.h>

#include "api/gate.h"
#include "api/route.h"
#include "api/routes.h"
#include "api/signed.h"
#include "api/view.h"
#include "base/config.h"
#include "safety/limit.h"
#include "social/account.h"

enum err signed_client(struct ctx *cx, struct str given, struct str *out)
{
	if (given.n > 0 && !str_eq(given, STR("web")) && !str_eq(given, STR("program")))
		return fail_as(cx, E_INVALID, "wrong-type", "\"client\" must be \"web\" or \"program\".");
	*out = given.n > 0 ? given : STR("web");
	return OK;
}

void signed_wipe(struct session_token *token)
{
	explicit_bzero(token, sizeof *token);
}

enum err signed_answer(struct ctx *cx, const struct req *req, const struct session_token *token, struct str client, struct resp *resp)
{
	struct me me;
	struct answer answer;
	bool program = str_eq(client, STR("program"));
	TRY(account_me(cx, &me));
	answer_begin(&answer);
	json_object(&answer.json);
	json_key(&answer.json, "account");
	me_json(&answer.json, &me);
	if (program) {
		json_key(&answer.json, "token");
		json_text(&answer.json, token->text);
	}
	json_object_end(&answer.json);
	answer_end(&answer, resp);
	if (!program)
		resp_cookie(cx, resp, req, session_cookie(req), str_of(token->text), cx->config->accounts_session_days * (DAY_US / SECOND_US));
	resp->status = 201;
	return OK;
}

struct sign_in_body {
	struct str handle, password, client;
};
static const struct body_field sign_in_fields[] = {
	{ .name = "handle", .kind = BODY_TEXT, .offset = offsetof(struct sign_in_body, handle), .needed = true },
	{ .name = "password", .kind = BODY_TEXT, .offset = offsetof(struct sign_in_body, password), .needed = true },
	{ .name = "client", .kind = BODY_TEXT, .offset = offsetof(struct sign_in_body, client) },
	{},
};

static enum err post_session(struct ctx *cx, const struct req *req, struct resp *resp)
{
	struct sign_in_body in;
	struct str client;
	int64_t retry_seconds = 0;
	TRY(body_read(cx, req, sign_in_fields, &in, sizeof in));
	TRY(signed_client(cx, in.client, &client));
	enum err status = limit_sign_in(cx, in.handle, req->peer, &retry_seconds);
	if (status != OK) {
		cx->failure.retry_seconds = retry_seconds;
		return status;
	}
	AUTO(signed_wipe) struct session_token token = {};
	status = account_sign_in(cx, in.handle, in.password, client, &token);
	if (status == E_ANONYMOUS)
		limit_sign_in_failed(cx, in.handle, req->peer);
	TRY(status);
	limit_signed_in(cx, in.handle);
	return signed_answer(cx, req, &token, client, resp);
}

static enum err get_sessions(struct ctx *cx, const struct req *, struct resp *resp)
{
	struct session_page page;
	struct answer answer;
	TRY(session_list(cx, &page));
	answer_begin(&answer);
	struct json *json = &answer.json;
	json_object(json);
	json_key(json, "items");
	json_array(json);
	for (size_t i = 0; i < page.count; i++) {
		json_object(json);
		json_key(json, "id");
		json_id(json, page.items[i].id);
		json_key(json, "created");
		json_time(json, page.items[i].created_us);
		json_key(json, "last_used");
		json_time(json, page.items[i].last_used_us);
		json_key(json, "client");
		json_string(json, page.items[i].client);
		json_key(json, "current");
		json_bool(json, page.items[i].current);
		json_object_end(json);
	}
	json_array_end(json);
	json_object_end(json);
	answer_end(&answer, resp);
	return OK;
}

static enum err delete_session(struct ctx *cx, const struct req *req, struct resp *resp)
{
	int64_t id = cx->actor.session;
	if (!str_eq(req->params[0], STR("current")))
		TRY(param_id(cx, req, 0, &id));
	TRY(session_revoke(cx, id));
	if (id == cx->actor.session && req_cookie(cx, req, session_cookie(req)).n > 0)
		resp_cookie(cx, resp, req, session_cookie(req), STR(""), 0);
	return OK;
}

const struct route session_routes[] = {
	{ POST, "/api/v1/sessions", post_session, ANYONE, RATE_SIGN_IN, SLOW, SMALL_BODY,
	  "Sign in. A client \"program\" is given a token, a browser a cookie.", "SignIn", "Signed", NULL },
	{ GET, "/api/v1/sessions", get_sessions, ACCOUNT, RATE_READ, READ, 0, "Where I am signed in, newest first.", NULL, "SessionList", NULL },
	{ DELETE, "/api/v1/sessions/{id}", delete_session, ACCOUNT, RATE_WRITE, WRITE, 0,
	  "End one of my sessions; \"current\" signs out.", NULL, NULL, NULL },
	{},
};

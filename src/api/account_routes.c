/* One's own account: making it, seeing it, changing it, ending it. */
#include "api/gate.h"
#include "api/route.h"
#include "api/routes.h"
#include "api/signed.h"
#include "api/view.h"
#include "media/avatar.h"
#include "safety/limit.h"
#include "social/account.h"
#include "store/job.h"
#include "store/writer.h"

struct sign_up_body {
	struct str handle, password, name, country, invitation, client;
	struct body_list languages;
};
static const struct body_field sign_up_fields[] = {
	{ .name = "handle", .kind = BODY_TEXT, .offset = offsetof(struct sign_up_body, handle), .needed = true },
	{ .name = "password", .kind = BODY_TEXT, .offset = offsetof(struct sign_up_body, password), .needed = true },
	{ .name = "name", .kind = BODY_TEXT, .offset = offsetof(struct sign_up_body, name) },
	{ .name = "languages", .kind = BODY_TEXTS, .offset = offsetof(struct sign_up_body, languages), .most = LANGUAGES_MAX },
	{ .name = "country", .kind = BODY_TEXT, .offset = offsetof(struct sign_up_body, country), .nullable = true },
	{ .name = "invitation", .kind = BODY_TEXT, .offset = offsetof(struct sign_up_body, invitation) },
	{ .name = "client", .kind = BODY_TEXT, .offset = offsetof(struct sign_up_body, client) },
	{},
};

static enum err post_account(struct ctx *cx, const struct req *req, struct resp *resp)
{
	struct sign_up_body in;
	TRY(body_read(cx, req, sign_up_fields, &in, sizeof in));
	struct sign_up sign_up = { .handle = in.handle, .password = in.password, .name = in.name, .country = in.country,
		                   .invitation = in.invitation };
	TRY(signed_client(cx, in.client, &sign_up.client));
	TRY(languages_from(cx, &in.languages, &sign_up.languages));
	AUTO(signed_wipe) struct session_token token = {};
	TRY(account_sign_up(cx, &sign_up, &token));
	return signed_answer(cx, req, &token, sign_up.client, resp);
}

static enum err answer_me(const struct me *me, struct resp *resp)
{
	struct answer answer;
	answer_begin(&answer);
	me_json(&answer.json, me);
	answer_end(&answer, resp);
	return OK;
}

static enum err get_me(struct ctx *cx, const struct req *, struct resp *resp)
{
	struct me me;
	TRY(account_me(cx, &me));
	return answer_me(&me, resp);
}

struct change_body {
	struct str name, bio, country;
	struct body_list languages;
};
static const struct body_field change_fields[] = {
	{ .name = "name", .kind = BODY_TEXT, .offset = offsetof(struct change_body, name) },
	{ .name = "bio", .kind = BODY_TEXT, .offset = offsetof(struct change_body, bio) },
	{ .name = "country", .kind = BODY_TEXT, .offset = offsetof(struct change_body, country), .nullable = true },
	{ .name = "languages", .kind = BODY_TEXTS, .offset = offsetof(struct change_body, languages), .most = LANGUAGES_MAX },
	{},
};

static enum err patch_me(struct ctx *cx, const struct req *req, struct resp *resp)
{
	struct change_body in;
	struct languages languages = {};
	struct me me;
	TRY(body_read(cx, req, change_fields, &in, sizeof in));
	TRY(languages_from(cx, &in.languages, &languages));
	struct account_change change = {
		.name = in.name.p ? &in.name : NULL, .bio = in.bio.p ? &in.bio : NULL,
		.country = in.country.p ? &in.country : NULL, .languages = in.languages.items ? &languages : NULL,
	};
	TRY(account_change(cx, &change, &me));
	return answer_me(&me, resp);
}

struct new_avatar {
	struct str hash;
	struct me me;
};

static enum err set_avatar(struct ctx *cx, void *argument)
{
	struct new_avatar *new = argument;
	return account_set_avatar(cx, new->hash, &new->me);
}

static enum err put_avatar(struct ctx *cx, const struct req *req, struct resp *resp)
{
	char hash[BLOB_NAME_BYTES];
	TRY(avatar_make(cx, req->body, hash));
	struct new_avatar new = { .hash = str_of(hash) };
	enum err outcome = writer_run(cx, set_avatar, &new);
	if (outcome != OK)
		blob_public_discard(cx, new.hash);
	TRY(outcome);
	return answer_me(&new.me, resp);
}

static enum err delete_avatar(struct ctx *cx, const struct req *, struct resp *resp)
{
	struct me me;
	TRY(account_set_avatar(cx, STR(""), &me));
	return answer_me(&me, resp);
}

/* --- what asks for the password once more: a stolen session must not try many --- */

static enum err guarded(struct ctx *cx, enum err (*act)(struct ctx *, void *), void *argument)
{
	int64_t retry_seconds = 0;
	TRY(limit_password(cx, &retry_seconds));
	enum err status = act(cx, argument);
	if (status == E_DENIED)
		limit_password_failed(cx);
	return status;
}

struct password_body {
	struct str old, new;
};
static const struct body_field password_fields[] = {
	{ .name = "old", .kind = BODY_TEXT, .offset = offsetof(struct password_body, old), .needed = true },
	{ .name = "new", .kind = BODY_TEXT, .offset = offsetof(struct password_body, new), .needed = true },
	{},
};

struct password_call {
	struct password_body in;
	struct session_token token;
};

static void password_call_wipe(struct password_call *call)
{
	signed_wipe(&call->token);
}

static enum err change_password(struct ctx *cx, void *argument)
{
	struct password_call *call = argument;
	return account_change_password(cx, call->in.old, call->in.new, &call->token);
}

static enum err put_password(struct ctx *cx, const struct req *req, struct resp *resp)
{
	AUTO(password_call_wipe) struct password_call call = {};
	TRY(body_read(cx, req, password_fields, &call.in, sizeof call.in));
	TRY(guarded(cx, change_password, &call));
	TRY(signed_answer(cx, req, &call.token, gate_by_token(cx, req) ? STR("program") : STR("web"), resp));
	resp->status = 200;
	return OK;
}

static const struct body_field close_fields[] = {
	{ .name = "password", .kind = BODY_TEXT, .offset = 0, .needed = true },
	{},
};

static enum err close_account(struct ctx *cx, void *argument)
{
	const struct str *password = argument;
	return account_close(cx, *password);
}

static enum err delete_me(struct ctx *cx, const struct req *req, struct resp *resp)
{
	struct str password;
	TRY(body_read(cx, req, close_fields, &password, sizeof password));
	TRY(guarded(cx, close_account, &password));
	jobs_wake(cx->jobs);
	resp_cookie(cx, resp, req, session_cookie(req), STR(""), 0);
	return OK;
}

const struct route account_routes[] = {
	{ POST, "/api/v1/accounts", post_account, ANYONE, RATE_SIGN_UP, SLOW, SMALL_BODY,
	  "Make an account and sign in. A client \"program\" is given a token, a browser a cookie.", "SignUp", "Signed", NULL },
	{ GET, "/api/v1/me", get_me, ACCOUNT, RATE_READ, READ, 0, "My account.", NULL, "Me", NULL },
	{ PATCH, "/api/v1/me", patch_me, ACCOUNT, RATE_WRITE, WRITE, SMALL_BODY, "Change name, bio, languages or country.",
	  "MeChange", "Me", NULL },
	{ DELETE, "/api/v1/me", delete_me, ACCOUNT, RATE_WRITE, SLOW, SMALL_BODY,
	  "Delete my account: its key is destroyed, its rows are erased, what was published is taken back.", "Password", NULL, NULL },
	{ PUT, "/api/v1/me/avatar", put_avatar, ACCOUNT, RATE_UPLOAD, SLOW, AVATAR_BYTES_MAX,
	  "Set my picture: a JPEG, PNG, WebP or GIF. It is made anew at 320 by 320 pixels, without its metadata.", "Picture", "Me", NULL },
	{ DELETE, "/api/v1/me/avatar", delete_avatar, ACCOUNT, RATE_WRITE, WRITE, 0, "Take my picture away.", NULL, "Me", NULL },
	{ PUT, "/api/v1/me/password", put_password, ACCOUNT, RATE_WRITE, SLOW, SMALL_BODY,
	  "Change my password. Other sessions end; this one goes on with the new cookie or token that the answer brings.", "PasswordChange", "Signed", NULL },
	{},
};

#include "api/gate.h"

#include <assert.h>

#include "safety/limit.h"
#include "social/session.h"

static bool is_unsafe(enum method method)
{
	return method != GET && method != HEAD && method != OPTIONS;
}

/* RFC 6750 section 2.1; the scheme's name is case-insensitive (RFC 9110 section 11.1). */
static bool bearer_token(struct ctx *cx, const struct req *req, struct str *out)
{
	struct str rest = req_header(cx, req, "Authorization");
	if (!str_eq_ci(str_cut(&rest, ' '), STR("Bearer")))
		return false;
	*out = str_trim(rest);
	return true;
}

const char *session_cookie(const struct req *req)
{
	return req->secure ? SESSION_COOKIE_SECURE : SESSION_COOKIE;
}

static enum err authenticate(struct ctx *cx, const struct req *req, bool *touch_due)
{
	struct str token;
	if (bearer_token(cx, req, &token))
		return session_open(cx, token, touch_due);
	if (is_unsafe(req->method) && req_cross_site(cx, req))
		return fail_as(cx, E_DENIED, "cross-site", "The request came from another site's page. Use this site's own, or a bearer token.");
	token = req_cookie(cx, req, session_cookie(req));
	if (token.n == 0)
		return OK;
	enum err status = session_open(cx, token, touch_due);
	return status == E_ANONYMOUS ? OK : status;
}

bool gate_by_token(struct ctx *cx, const struct req *req)
{
	struct str token;
	return bearer_token(cx, req, &token);
}

bool gate_is(const struct ctx *cx, enum who who)
{
	switch (who) {
	case ANYONE: return true;
	case ACCOUNT: return cx->actor.account != 0;
	case MODERATOR: return cx->actor.role >= ROLE_MODERATOR;
	case OPERATOR: return cx->actor.role >= ROLE_OPERATOR;
	case WHO_UNSET: break;
	}
	assert(!"http/ takes no table with an unset row");
	return false;
}

static enum err check_rate(struct ctx *cx, const struct req *req)
{
	int64_t retry_seconds = 0;
	enum err status = limit_take(cx, req->route->rate, req->peer, &retry_seconds);
	if (status == E_LIMIT)
		cx->failure.retry_seconds = retry_seconds;
	return status;
}

enum err gate_pass(struct ctx *cx, const struct req *req, bool *touch_due)
{
	bool due = false;
	TRY(authenticate(cx, req, &due));
	TRY(check_rate(cx, req));
	if (!gate_is(cx, req->route->who)) {
		if (cx->actor.account == 0)
			return fail(cx, E_ANONYMOUS, "Sign in first: POST /api/v1/sessions, then send the cookie or the bearer token.");
		return fail(cx, E_DENIED, "This is for the node's moderators.");
	}
	*touch_due = due;
	return OK;
}

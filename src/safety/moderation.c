#include "safety/moderation.h"

#include "safety/operator.h"
#include "safety/report.h"
#include "social/account.h"
#include "social/comment.h"
#include "social/profile.h"
#include "social/published.h"
#include "social/takedown.h"
#include "social/video.h"

static enum err check_moderator(struct ctx *cx)
{
	return cx->actor.role >= ROLE_MODERATOR ? OK : fail(cx, E_DENIED, "this is for moderators");
}

/* Staff answer to somebody above them, not to each other. */
static enum err check_rank(struct ctx *cx, int64_t account)
{
	struct account row;
	TRY(account_by_id(cx, account, &row));
	enum role role = role_of(row.role);
	if (role >= ROLE_MODERATOR && role >= cx->actor.role)
		return fail(cx, E_DENIED, "only somebody above this account may do this to it, or the operator on the node's console");
	return OK;
}

enum err moderation_suspend(struct ctx *cx, int64_t account)
{
	TRY(check_moderator(cx));
	TRY(check_rank(cx, account));
	return operator_suspend(cx, account);
}

enum err moderation_restore(struct ctx *cx, int64_t account)
{
	TRY(check_moderator(cx));
	TRY(check_rank(cx, account));
	return account_restore(cx, account);
}

static enum err take_subject(struct ctx *cx, const struct report *report)
{
	if (str_eq(report->subject_kind, STR("video")))
		return video_take_away(cx, report->subject);
	if (str_eq(report->subject_kind, STR("comment")))
		return comment_take_away(cx, report->subject);
	TRY(check_rank(cx, report->subject));
	return profile_blank(cx, report->subject);
}

static enum err take_away(struct ctx *cx, const struct report *report)
{
	TRY(take_subject(cx, report));
	return takedown_enter(cx, report->subject_kind);
}

static enum err suspend_author(struct ctx *cx, const struct report *report)
{
	struct published stands;
	if (str_eq(report->subject_kind, STR("account")))
		return moderation_suspend(cx, report->subject);
	TRY(published_get(cx, report->subject, &stands));
	return moderation_suspend(cx, stands.account);
}

enum err moderation_close(struct ctx *cx, int64_t id, struct str action)
{
	struct report report;
	bool removes = str_eq(action, STR("remove")), suspends = str_eq(action, STR("suspend"));
	TRY(check_moderator(cx));
	if (!removes && !suspends && !str_eq(action, STR("none")))
		return fail_as(cx, E_INVALID, "action-invalid", "an action is none, remove or suspend");
	TRY(report_get(cx, id, &report));
	TRY(report_mark_closed(cx, &report, action));
	enum err outcome = removes ? take_away(cx, &report) : suspends ? suspend_author(cx, &report) : OK;
	return outcome == E_NOTFOUND ? OK : outcome;
}

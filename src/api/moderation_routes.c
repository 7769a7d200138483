/* Reports, and what the moderation desk does about them. */
#include "api/route.h"
#include "api/routes.h"
#include "safety/moderation.h"
#include "safety/report.h"
#include "social/account.h"

struct report_body {
	struct str kind, reason, text;
	int64_t id;
};
static const struct body_field report_fields[] = {
	{ .name = "kind", .kind = BODY_TEXT, .offset = offsetof(struct report_body, kind), .needed = true },
	{ .name = "id", .kind = BODY_ID, .offset = offsetof(struct report_body, id), .needed = true },
	{ .name = "reason", .kind = BODY_TEXT, .offset = offsetof(struct report_body, reason), .needed = true },
	{ .name = "text", .kind = BODY_TEXT, .offset = offsetof(struct report_body, text) },
	{},
};

static enum err post_report(struct ctx *cx, const struct req *req, struct resp *resp)
{
	struct report_body in;
	struct answer answer;
	int64_t id;
	TRY(body_read(cx, req, report_fields, &in, sizeof in));
	struct report_new report = { .kind = in.kind, .subject = in.id, .reason = in.reason, .text = in.text };
	TRY(report_add(cx, &report, &id));
	answer_begin(&answer);
	json_object(&answer.json);
	json_key(&answer.json, "id");
	json_id(&answer.json, id);
	json_object_end(&answer.json);
	answer_end(&answer, resp);
	resp->status = 201;
	return OK;
}

static void report_json(struct json *json, const struct report *report)
{
	json_object(json);
	json_key(json, "id");
	json_id(json, report->id);
	json_key(json, "kind");
	json_string(json, report->subject_kind);
	json_key(json, "subject");
	json_id(json, report->subject);
	json_key(json, "reason");
	json_string(json, report->reason);
	json_key(json, "text");
	json_string(json, report->text);
	json_key(json, "created");
	json_time(json, report->created_us);
	json_object_end(json);
}

static enum err get_reports(struct ctx *cx, const struct req *req, struct resp *resp)
{
	int64_t before;
	struct report_page page;
	struct answer answer;
	TRY(query_cursor(cx, req, &before));
	TRY(report_list(cx, before, &page));
	list_begin(&answer);
	for (size_t i = 0; i < page.count; i++)
		report_json(&answer.json, &page.items[i]);
	list_end(&answer, page.next, resp);
	return OK;
}

static const struct body_field close_fields[] = {
	{ .name = "action", .kind = BODY_TEXT, .offset = 0, .needed = true },
	{},
};

static enum err post_close(struct ctx *cx, const struct req *req, struct resp *)
{
	int64_t report;
	struct str action;
	TRY(param_id(cx, req, 0, &report));
	TRY(body_read(cx, req, close_fields, &action, sizeof action));
	return moderation_close(cx, report, action);
}

/* Looked up in personal.db: who is suspended has no public profile. */
static enum err param_any_account(struct ctx *cx, const struct req *req, int64_t *out)
{
	struct account account;
	TRY(account_by_handle(cx, req->params[0], &account));
	*out = account.id;
	return OK;
}

static enum err post_suspend(struct ctx *cx, const struct req *req, struct resp *)
{
	int64_t account;
	TRY(param_any_account(cx, req, &account));
	return moderation_suspend(cx, account);
}

static enum err post_restore(struct ctx *cx, const struct req *req, struct resp *)
{
	int64_t account;
	TRY(param_any_account(cx, req, &account));
	return moderation_restore(cx, account);
}

const struct route moderation_routes[] = {
	{ POST, "/api/v1/reports", post_report, ACCOUNT, RATE_WRITE, WRITE, JSON_BODY,
	  "Report a video, a comment or an account to this node's moderators.", "ReportNew", "Created", NULL },
	{ GET, "/api/v1/moderation/reports", get_reports, MODERATOR, RATE_READ, READ, 0, "Open reports, newest first.", NULL, "ReportPage", NULL },
	{ POST, "/api/v1/moderation/reports/{id}/close", post_close, MODERATOR, RATE_WRITE, WRITE, SMALL_BODY,
	  "Close a report: leave it, remove what it is about, or suspend the author.", "ReportClose", NULL, NULL },
	{ POST, "/api/v1/moderation/accounts/{handle}/suspend", post_suspend, MODERATOR, RATE_WRITE, WRITE, 0,
	  "Suspend an account: its sessions end, profile and videos are shown no more.", NULL, NULL, NULL },
	{ POST, "/api/v1/moderation/accounts/{handle}/restore", post_restore, MODERATOR, RATE_WRITE, WRITE, 0,
	  "Restore a suspended account.", NULL, NULL, NULL },
	{},
};

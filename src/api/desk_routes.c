/* The desk of demands: for operators.  Every field that has a closed list takes its words only (charter/, ledger/entry.def). */
#include <string.h>

#include "api/route.h"
#include "api/routes.h"
#include "docket/demand.h"

#define PLAIN "text/plain; charset=utf-8"
#define FORM_BYTES ((size_t)128 << 10)         /* a text of 20,000 characters, escaped */

/* --- out --- */

static void time_part(struct json *json, const char *name, int64_t wall_us)
{
	json_key(json, name);
	if (wall_us)
		json_time(json, wall_us);
	else
		json_null(json);
}

static void text_part(struct json *json, const char *name, struct str text)
{
	json_key(json, name);
	if (text.n)
		json_string(json, text);
	else
		json_null(json);
}

static void count_part(struct json *json, const char *name, int64_t count)
{
	json_key(json, name);
	json_i64(json, count);
}

static void entry_part(struct json *json, const char *name, int64_t number)
{
	json_key(json, name);
	if (number >= 0)
		json_i64(json, number);
	else
		json_null(json);
}

static void clock_part(struct ctx *cx, struct json *json, const struct demand *demand)
{
	time_part(json, "received", demand->received_us);
	time_part(json, "authenticated", demand->authenticated_us);
	time_part(json, "decided", demand->decided_us);
	time_part(json, "due", demand->due_us);
	json_key(json, "overdue");
	json_bool(json, demand->due_us && demand->due_us < cx->now_us);
	time_part(json, "silence", demand->gag_us);
	time_part(json, "told", demand->told_us);
	time_part(json, "held_until", demand->hold_us);
}

/* Where public.db lags behind, its entries are not there yet. */
static enum err entries_part(struct ctx *cx, struct json *json, const struct demand *demand)
{
	struct demand_shown shown = { .received = -1, .authenticated = -1, .decided = -1, .told = -1 };
	const enum err outcome = docket_shown_one(cx, demand->demand, &shown);
	if (outcome != E_NOTFOUND)
		TRY(outcome);
	json_key(json, "entries");
	json_object(json);
	entry_part(json, "received", shown.received);
	entry_part(json, "authenticated", shown.authenticated);
	entry_part(json, "decided", shown.decided);
	entry_part(json, "told", shown.told);
	json_object_end(json);
	return OK;
}

static enum err demand_json(struct ctx *cx, struct json *json, const struct demand *demand)
{
	json_object(json);
	text_part(json, "demand", demand->demand);
	text_part(json, "state", demand->state);
	text_part(json, "asker", demand->asker);
	text_part(json, "kind", demand->kind);
	text_part(json, "basis", demand->basis);
	count_part(json, "accounts", demand->accounts);
	text_part(json, "outcome", demand->outcome);
	count_part(json, "rule", demand->rule);
	count_part(json, "charter", demand->charter);
	clock_part(cx, json, demand);
	text_part(json, "authority", demand->authority);
	text_part(json, "reference", demand->reference);
	text_part(json, "text", demand->text);
	TRY(entries_part(cx, json, demand));
	json_object_end(json);
	return OK;
}

static enum err answer_demand(struct ctx *cx, struct str name, struct resp *resp)
{
	struct demand demand;
	struct answer answer;
	TRY(demand_get(cx, name, &demand));
	answer_begin(&answer);
	const enum err outcome = demand_json(cx, &answer.json, &demand);
	if (outcome != OK)
		buf_free(&answer.body);
	TRY(outcome);
	answer_end(&answer, resp);
	return OK;
}

static enum err get_demands(struct ctx *cx, const struct req *req, struct resp *resp)
{
	int64_t before;
	struct demand_page page;
	struct answer answer;
	TRY(query_cursor(cx, req, &before));
	TRY(demand_list(cx, before, &page));
	list_begin(&answer);
	enum err outcome = OK;
	for (size_t i = 0; outcome == OK && i < page.count; i++)
		outcome = demand_json(cx, &answer.json, &page.items[i]);
	if (outcome != OK)
		buf_free(&answer.body);
	TRY(outcome);
	list_end(&answer, page.next, resp);
	return OK;
}

static enum err get_demand(struct ctx *cx, const struct req *req, struct resp *resp)
{
	return answer_demand(cx, req->params[0], resp);
}

/* --- days --- */

/* 2026-11-22, as its first moment; 0 when there is none. */
static enum err read_day(struct ctx *cx, struct str day, int64_t *out)
{
	*out = 0;
	if (day.n && (day.n != 10 || !time_rfc3339_read(arena_printf(&cx->mem, STR_FMT "T00:00:00Z", STR_ARG(day)), out)))
		return fail_as(cx, E_INVALID, "demand-invalid", "a day is written like 2026-11-22");
	return OK;
}

/* --- filing --- */

struct filing_body {
	struct str asker, kind, basis, authority, reference, text, silence;
	struct body_list accounts, subjects;
	int64_t named;
	bool uncounted;
};
static const struct body_field filing_fields[] = {
	{ .name = "asker", .kind = BODY_TEXT, .offset = offsetof(struct filing_body, asker), .needed = true },
	{ .name = "kind", .kind = BODY_TEXT, .offset = offsetof(struct filing_body, kind), .needed = true },
	{ .name = "basis", .kind = BODY_TEXT, .offset = offsetof(struct filing_body, basis), .needed = true },
	{ .name = "authority", .kind = BODY_TEXT, .offset = offsetof(struct filing_body, authority) },
	{ .name = "reference", .kind = BODY_TEXT, .offset = offsetof(struct filing_body, reference) },
	{ .name = "text", .kind = BODY_TEXT, .offset = offsetof(struct filing_body, text) },
	{ .name = "silence", .kind = BODY_TEXT, .offset = offsetof(struct filing_body, silence), .nullable = true },
	{ .name = "uncounted", .kind = BODY_FLAG, .offset = offsetof(struct filing_body, uncounted) },
	{ .name = "accounts", .kind = BODY_TEXTS, .offset = offsetof(struct filing_body, accounts), .most = DEMAND_PEOPLE_MAX },
	{ .name = "subjects", .kind = BODY_TEXTS, .offset = offsetof(struct filing_body, subjects), .most = DEMAND_SUBJECTS_MAX },
	{ .name = "named", .kind = BODY_WHOLE, .offset = offsetof(struct filing_body, named), .least = 0, .most = 1'000'000'000'000 },
	{},
};

static enum err read_lists(struct ctx *cx, const struct filing_body *in, struct demand_new *new)
{
	const struct str *const handles = in->accounts.items, *const ids = in->subjects.items;
	for (size_t i = 0; i < in->accounts.count; i++)
		new->people[new->people_count++] = str_starts(handles[i], STR("@")) ? str_from(handles[i], 1) : handles[i];
	for (size_t i = 0; i < in->subjects.count; i++)
		if (!str_i64(ids[i], &new->subjects[new->subject_count++]))
			return fail_as(cx, E_INVALID, "demand-unknown-subject", "there is no video or comment with such an id");
	return OK;
}

static enum err post_demand(struct ctx *cx, const struct req *req, struct resp *resp)
{
	struct filing_body in;
	struct demand_done done;
	TRY(body_read(cx, req, filing_fields, &in, sizeof in));
	struct demand_new new = {
		.asker = in.asker, .kind = in.kind, .basis = in.basis, .authority = in.authority, .reference = in.reference, .text = in.text,
		.named = in.named, .hidden = in.uncounted,
	};
	TRY(read_day(cx, in.silence, &new.gag_us));
	TRY(read_lists(cx, &in, &new));
	TRY(demand_file(cx, &new, &done));
	TRY(answer_demand(cx, str_of(done.demand), resp));
	resp->status = 201;
	return OK;
}

/* --- what the desk does --- */

static const struct body_field how_fields[] = {
	{ .name = "how", .kind = BODY_TEXT, .offset = 0, .needed = true },
	{},
};

static enum err post_authenticate(struct ctx *cx, const struct req *req, struct resp *resp)
{
	struct str how;
	struct demand_done done;
	TRY(body_read(cx, req, how_fields, &how, sizeof how));
	TRY(demand_authenticate(cx, req->params[0], how, &done));
	return answer_demand(cx, req->params[0], resp);
}

struct deciding_body {
	struct str outcome, reason;
	int64_t days;
};
static const struct body_field deciding_fields[] = {
	{ .name = "outcome", .kind = BODY_TEXT, .offset = offsetof(struct deciding_body, outcome), .needed = true },
	{ .name = "reason", .kind = BODY_TEXT, .offset = offsetof(struct deciding_body, reason) },
	{ .name = "days", .kind = BODY_WHOLE, .offset = offsetof(struct deciding_body, days), .least = 0, .most = CHARTER_HOLD_DAYS_MAX },
	{},
};

static enum err post_decide(struct ctx *cx, const struct req *req, struct resp *resp)
{
	struct deciding_body in;
	struct demand_done done;
	TRY(body_read(cx, req, deciding_fields, &in, sizeof in));
	const struct demand_answer answer = { .outcome = in.outcome, .reason = in.reason, .hold_days = in.days };
	TRY(demand_decide(cx, req->params[0], &answer, &done));
	return answer_demand(cx, req->params[0], resp);
}

static const struct body_field silence_fields[] = {
	{ .name = "until", .kind = BODY_TEXT, .offset = 0, .needed = true, .nullable = true },
	{},
};

static enum err post_silence(struct ctx *cx, const struct req *req, struct resp *resp)
{
	struct str until;
	struct demand_done done;
	int64_t until_us;
	TRY(body_read(cx, req, silence_fields, &until, sizeof until));
	TRY(read_day(cx, until, &until_us));
	TRY(demand_gag(cx, req->params[0], until_us, &done));
	return answer_demand(cx, req->params[0], resp);
}

static enum err post_release(struct ctx *cx, const struct req *req, struct resp *resp)
{
	struct demand_done done;
	TRY(demand_release(cx, req->params[0], &done));
	return answer_demand(cx, req->params[0], resp);
}

/* --- for the asker --- */

static enum err plain(struct ctx *cx, const struct req *req, size_t most, enum err (*write)(struct ctx *, const struct demand *, struct buf *), struct resp *resp)
{
	AUTO(buf_free) struct buf body = buf_new(most);
	struct demand demand;
	TRY(demand_get(cx, req->params[0], &demand));
	TRY(write(cx, &demand, &body));
	resp_text(resp, PLAIN, arena_copy(&cx->mem, buf_view(&body)));
	return OK;
}

static enum err get_receipt(struct ctx *cx, const struct req *req, struct resp *resp)
{
	return plain(cx, req, DEMAND_RECEIPT_MAX, demand_receipt, resp);
}

static enum err get_answer(struct ctx *cx, const struct req *req, struct resp *resp)
{
	return plain(cx, req, DEMAND_ANSWER_MAX, demand_answer_text, resp);
}

/* --- for the person --- */

/* What may not be told yet is not told here either. */
static enum err get_kept(struct ctx *cx, const struct req *, struct resp *resp)
{
	struct answer answer;
	int64_t until_us;
	bool told;
	TRY(hold_of(cx, cx->actor.account, &until_us, &told));
	answer_begin(&answer);
	json_object(&answer.json);
	time_part(&answer.json, "kept_until", told ? until_us : 0);
	json_object_end(&answer.json);
	answer_end(&answer, resp);
	return OK;
}

#define DESK "/api/v1/desk/demands"
const struct route desk_routes[] = {
	{ GET, "/api/v1/me/kept", get_kept, ACCOUNT, RATE_READ, READ, 0, "Until when an order keeps my data from being erased.", NULL, "Kept", NULL },
	{ GET, DESK, get_demands, OPERATOR, RATE_READ, READ, 0, "Demands by states and courts, newest first.", NULL, "DemandPage", NULL },
	{ POST, DESK, post_demand, OPERATOR, RATE_WRITE, SLOW, FORM_BYTES,
	  "Enter a demand. It stands in the public ledger before anything else can happen to it; what the charter refuses is refused at once.", "DemandNew",
	  "Demand", NULL },
	{ GET, DESK "/{demand}", get_demand, OPERATOR, RATE_READ, READ, 0, "One demand.", NULL, "Demand", NULL },
	{ POST, DESK "/{demand}/authenticate", post_authenticate, OPERATOR, RATE_WRITE, SLOW, SMALL_BODY, "Enter that the asker is who it says it is.",
	  "DemandAuthenticate", "Demand", NULL },
	{ POST, DESK "/{demand}/decide", post_decide, OPERATOR, RATE_WRITE, SLOW, FORM_BYTES,
	  "Decide a demand. Nothing is possible that the charter does not permit.", "DemandDecide", "Demand", NULL },
	{ POST, DESK "/{demand}/silence", post_silence, OPERATOR, RATE_WRITE, SLOW, SMALL_BODY,
	  "Keep a demand from the people whom it concerns until a later day, or (null) tell them now.", "DemandSilence", "Demand", NULL },
	{ POST, DESK "/{demand}/release", post_release, OPERATOR, RATE_WRITE, SLOW, 0, "End a hold before its term.", NULL, "Demand", NULL },
	{ GET, DESK "/{demand}/receipt", get_receipt, OPERATOR, RATE_READ, READ, 0, "The asker's receipt: a C2SP proof file of the entry.", NULL, NULL, NULL },
	{ GET, DESK "/{demand}/answer", get_answer, OPERATOR, RATE_READ, READ, 0, "What is answered to the asker: nothing about a person.", NULL, NULL, NULL },
	{},
};

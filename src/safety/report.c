#include "safety/report.h"

#include "custody/custody.h"
#include "safety/report.sql.h"
#include "social/account.h"
#include "social/batch.h"
#include "social/published.h"
#include "social/text.h"

#define EXPAND_ROW "safety/report.def"
#define EXPAND_PERSON 0
#define EXPAND_ID row->id
#include "store/expand.h"

static bool is_reason(struct str word)
{
	static const char *const reasons[] = {
#define REASON(name) name,
#include "safety/reason.def"
	};
	for (size_t i = 0; i < sizeof reasons / sizeof reasons[0]; i++)
		if (str_eq(word, str_of(reasons[i])))
			return true;
	return false;
}

static enum err check_subject(struct ctx *cx, const struct report_new *new)
{
	struct published stands;
	struct account account;
	if (str_eq(new->kind, STR("account")))
		return account_by_id(cx, new->subject, &account);
	bool comment = str_eq(new->kind, STR("comment"));
	if (!comment && !str_eq(new->kind, STR("video")))
		return fail_as(cx, E_INVALID, "report-invalid", "a report is about a video, a comment or an account");
	TRY(published_get(cx, new->subject, &stands));
	if ((stands.video != 0) != comment)
		return fail(cx, E_NOTFOUND, "there is no such %s", comment ? "comment" : "video");
	return OK;
}

enum err report_add(struct ctx *cx, const struct report_new *new, int64_t *id)
{
	AUTO(grant_wipe) struct grant desk = { .purpose = GRANT_NONE };
	struct str text;
	TRY(check_subject(cx, new));
	if (!is_reason(new->reason))
		return fail_as(cx, E_INVALID, "report-invalid", "this is not one of the reasons for a report");
	TRY(text_clean(cx, &TEXT_REPORT, new->text, &text));
	TRY(custody_desk_grant(cx, &desk));
	const struct report row = {
		.id = id_new(cx->ids, cx->now_us), .subject_kind = new->kind, .subject = new->subject, .reason = new->reason,
		.state = STR("open"), .created_us = cx->now_us, .text = text, .reporter = cx->actor.account, .action = STR(""),
	};
	struct val vals[report_columns];
	TRY(report_vals(cx, &desk, &row, vals));
	TRY(db_run_(cx, &SQL_report_add, report_columns, vals));
	*id = row.id;
	return OK;
}

static enum err check_moderator(struct ctx *cx)
{
	return cx->actor.role >= ROLE_MODERATOR ? OK : fail(cx, E_DENIED, "this is for moderators");
}

static enum err read_page(struct ctx *cx, const struct grant *desk, int64_t before, struct report_page *page)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_report_list, &rows, before_id(before), I64(REPORT_PAGE + 1)));
	while (page->count < REPORT_PAGE + 1 && rows_next(rows))
		TRY(report_read(cx, desk, rows, &page->items[page->count++]));
	return rows_status(rows);
}

enum err report_list(struct ctx *cx, int64_t before, struct report_page *out)
{
	AUTO(grant_wipe) struct grant desk = { .purpose = GRANT_NONE };
	struct report_page page = { .items = arena_new(&cx->mem, struct report, REPORT_PAGE + 1) };
	TRY(check_moderator(cx));
	TRY(custody_desk_grant(cx, &desk));
	TRY(read_page(cx, &desk, before, &page));
	if (page.count > REPORT_PAGE) {
		page.count = REPORT_PAGE;
		page.next = page.items[REPORT_PAGE - 1].id;
	}
	*out = page;
	return OK;
}

enum err report_get(struct ctx *cx, int64_t id, struct report *out)
{
	AUTO(grant_wipe) struct grant desk = { .purpose = GRANT_NONE };
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(check_moderator(cx));
	TRY(custody_desk_grant(cx, &desk));
	TRY(db_query(cx, SQL_report_get, &rows, I64(id)));
	bool found = rows_next(rows);
	TRY(rows_status(rows));
	return found ? report_read(cx, &desk, rows, out) : fail(cx, E_NOTFOUND, "there is no such report");
}

enum err report_mark_closed(struct ctx *cx, const struct report *report, struct str action)
{
	AUTO(grant_wipe) struct grant desk = { .purpose = GRANT_NONE };
	struct report row = *report;
	struct str sealed;
	if (!str_eq(row.state, STR("open")))
		return fail_as(cx, E_CONFLICT, "report-closed", "this report is closed already");
	TRY(custody_desk_grant(cx, &desk));
	row.closed_by = cx->actor.account;
	row.action = action;
	TRY(report_seal(cx, &desk, &row, &sealed));
	return db_run(cx, SQL_report_closed, I64(row.id), BLOB(sealed));
}

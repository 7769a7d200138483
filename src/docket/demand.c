#include "docket/demand.h"

#include "custody/custody.h"
#include "docket/demand.sql.h"
#include "social/text.h"
#include "store/outbox.h"

#define EXPAND_ROW "docket/demand.def"
#define EXPAND_PERSON 0
#define EXPAND_ID row->id
#include "store/expand.h"

static const struct text_rule authority_rule = { "an authority", "demand-invalid", DEMAND_AUTHORITY_POINTS_MAX, false, true };
static const struct text_rule reference_rule = { "a reference", "demand-invalid", DEMAND_REFERENCE_POINTS_MAX, false, false };
static const struct text_rule text_rule = { "a demand's text", "demand-invalid", DEMAND_TEXT_POINTS_MAX, true, false };

static bool is_kind(struct str word)
{
	static const char *const kinds[] = { "disclosure", "preservation", "removal", "emergency" };
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (str_eq(word, str_of(kinds[i])))
			return true;
	return false;
}

static enum err check(struct ctx *cx, const struct demand_new *new, struct demand *row)
{
	if (new->asker.n == 0)
		return fail_as(cx, E_INVALID, "demand-invalid", "say which state asks: two capital letters (ISO 3166)");
	TRY(country_check(cx, new->asker));
	if (!is_kind(new->kind))
		return fail_as(cx, E_INVALID, "demand-invalid", "a demand is for disclosure, preservation, removal, or an emergency");
	TRY(text_clean(cx, &authority_rule, new->authority, &row->authority));
	TRY(text_clean(cx, &reference_rule, new->reference, &row->reference));
	return text_clean(cx, &text_rule, new->text, &row->text);
}

enum err demand_add(struct ctx *cx, const struct demand_new *new, int64_t *id)
{
	AUTO(grant_wipe) struct grant desk = { .purpose = GRANT_NONE };
	struct demand row = {
		.received_us = new->received_us ? new->received_us : cx->now_us, .asker = new->asker, .kind = new->kind,
		.state = STR("received"),
	};
	struct val vals[demand_columns];
	TRY(check(cx, new, &row));
	row.id = id_new(cx->ids, cx->now_us);
	TRY(custody_desk_grant(cx, &desk));
	TRY(demand_vals(cx, &desk, &row, vals));
	TRY(db_run_(cx, &SQL_demand_add, demand_columns, vals));
	TRY(outbox_total(cx, 0, "demands", 1));
	*id = row.id;
	return OK;
}

enum err demand_count(struct ctx *cx, int64_t *out)
{
	int64_t count = 0;
	enum err outcome = db_get_i64_0(cx, SQL_demand_count, &count);
	if (outcome != E_NOTFOUND)
		TRY(outcome);
	*out = count;
	return OK;
}

enum err demand_count_in(struct ctx *cx, struct str state, int64_t *out)
{
	return db_get_i64(cx, SQL_demand_count_in, out, TEXT(state));
}

static enum err read_page(struct ctx *cx, const struct grant *desk, int64_t before, struct demand_page *page)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_demand_list, &rows, I64(before ? before : INT64_MAX), I64(DEMAND_PAGE + 1)));
	while (page->count < DEMAND_PAGE + 1 && rows_next(rows))
		TRY(demand_read(cx, desk, rows, &page->items[page->count++]));
	return rows_status(rows);
}

enum err demand_list(struct ctx *cx, int64_t before, struct demand_page *out)
{
	AUTO(grant_wipe) struct grant desk = { .purpose = GRANT_NONE };
	struct demand_page page = { .items = arena_new(&cx->mem, struct demand, DEMAND_PAGE + 1) };
	TRY(custody_desk_grant(cx, &desk));
	TRY(read_page(cx, &desk, before, &page));
	if (page.count > DEMAND_PAGE) {
		page.count = DEMAND_PAGE;
		page.next = page.items[DEMAND_PAGE - 1].id;
	}
	*out = page;
	return OK;
}

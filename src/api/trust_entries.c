/* /trust/entries: the ledger's entries in words, each with its proof; the entries behind a figure, of a kind, of one demand. */
#include "api/routes.h"
#include "api/trust.h"
#include "base/json.h"

#include <inttypes.h>

#define SHOWN 20
#define DEMAND_ENTRIES_MAX 100

/* What was asked for: at most one of demand, number, figure and kind. */
struct look {
	struct str demand;                     /* all of one demand */
	bool one, kinds, figures;
	uint64_t number, before;
	enum entry_kind kind;
	struct tally_search search;
	struct str of, asker, half, rule;      /* as they were given, for the next page's address */
};
struct looked {
	struct ledger_item *items;
	size_t count;
	uint64_t next;                         /* ?before= of the next page; 0: this was the last */
};

/* --- what is asked for --- */

static bool kind_named(struct str name, enum entry_kind *out)
{
	for (unsigned kind = 0; kind < ENTRY_KINDS; kind++)
		if (str_eq(name, str_of(entry_forms[kind].name))) {
			*out = (enum entry_kind)kind;
			return true;
		}
	return false;
}

static enum err query_number(struct ctx *cx, const struct req *req, const char *name, uint64_t *out)
{
	struct str value;
	if (!req_query(cx, req, name, &value) || value.n == 0)
		return OK;
	return str_u64(value, out) ? OK : fail(cx, E_INVALID, "%s must be a number.", name);
}

static enum err query_search(struct ctx *cx, const struct req *req, struct look *look)
{
	uint64_t rule = 0;
	look->figures = req_query(cx, req, "of", &look->of) && look->of.n;
	if (look->figures && !tally_word_parse(look->of, &look->search.figure))
		return fail(cx, E_INVALID, "There is no such figure.");
	TRY(query_number(cx, req, "rule", &rule));
	if (rule > UINT32_MAX)
		return fail(cx, E_INVALID, "There is no such rule.");
	look->search.rule = (uint32_t)rule;
	if (rule)
		look->rule = arena_printf(&cx->mem, "%" PRIu64, rule);
	if (req_query(cx, req, "half", &look->half) && look->half.n && !tally_half_parse(look->half, &look->search.half))
		return fail(cx, E_INVALID, "A half-year is written 2026-H2.");
	if (req_query(cx, req, "asker", &look->asker) && look->asker.n != 0 && look->asker.n != 2)
		return fail(cx, E_INVALID, "A state is written by two capital letters.");
	look->search.asker = look->asker;
	look->search.before = look->before;
	return OK;
}

static enum err query_look(struct ctx *cx, const struct req *req, struct look *out)
{
	struct look look = { .number = UINT64_MAX };
	struct str kind;
	TRY(query_number(cx, req, "before", &look.before));
	TRY(query_number(cx, req, "number", &look.number));
	look.one = look.number != UINT64_MAX;
	(void)req_query(cx, req, "demand", &look.demand);
	if (req_query(cx, req, "kind", &kind) && kind.n) {
		look.kinds = kind_named(kind, &look.kind);
		if (!look.kinds)
			return fail(cx, E_INVALID, "There is no such kind of entry.");
	}
	TRY(query_search(cx, req, &look));
	*out = look;
	return OK;
}

/* --- reading it --- */

static enum err read_one(struct ctx *cx, uint64_t number, struct looked *out)
{
	struct ledger_item *const item = &out->items[out->count];
	item->number = number;
	TRY(ledger_read(cx, number, &item->entry, &item->line));
	out->count++;
	return OK;
}

static enum err read_demand(struct ctx *cx, const struct look *look, struct looked *out)
{
	uint64_t numbers[DEMAND_ENTRIES_MAX];
	size_t count;
	TRY(tally_demand(cx, look->demand, DEMAND_ENTRIES_MAX, numbers, &count));
	for (size_t i = 0; i < count; i++)
		TRY(read_one(cx, numbers[i], out));
	return OK;
}

static enum err read_figure(struct ctx *cx, const struct look *look, struct looked *out)
{
	struct tally_found found[SHOWN + 1];
	size_t count;
	TRY(tally_find(cx, &look->search, SHOWN + 1, found, &count));
	for (size_t i = 0; i < count && i < SHOWN; i++)
		TRY(read_one(cx, found[i].number, out));
	if (count > SHOWN)
		out->next = found[SHOWN - 1].received;
	return OK;
}

static enum err read_kind(struct ctx *cx, const struct look *look, uint64_t before, struct looked *out)
{
	TRY(ledger_newest(cx, look->kind, before, SHOWN + 1, out->items, &out->count));
	if (out->count > SHOWN) {
		out->count = SHOWN;
		out->next = out->items[SHOWN - 1].number;
	}
	return OK;
}

static enum err read_look(struct ctx *cx, const struct look *look, uint64_t size, struct looked *out)
{
	const uint64_t before = look->before && look->before < size ? look->before : size;
	*out = (struct looked){ .items = arena_new(&cx->mem, struct ledger_item, DEMAND_ENTRIES_MAX + SHOWN) };
	if (look->one)
		return look->number < size ? read_one(cx, look->number, out) : fail(cx, E_NOTFOUND, "The newest checkpoint has no such entry.");
	if (look->demand.n)
		return read_demand(cx, look, out);
	if (look->figures)
		return read_figure(cx, look, out);
	if (size == 0)
		return OK;
	if (look->kinds)
		return read_kind(cx, look, before, out);
	for (uint64_t i = before; i-- > 0 && out->count < SHOWN;)
		TRY(read_one(cx, i, out));
	if (before > SHOWN)
		out->next = before - SHOWN;
	return OK;
}

/* --- the page --- */

static void put_entry(struct page *page, const struct ledger_item *item, bool story)
{
	const struct str demand = trust_demand_of(&item->entry);
	char when[RFC3339_BYTES];
	time_rfc3339(item->entry.time_us, when);
	buf_printf(&page->html, "<li class=\"entry\" id=\"entry-%" PRIu64 "\" data-entry=\"%" PRIu64 "\">\n<div class=\"entry__head\">"
	           "<a class=\"entry__number\" href=\"/trust/entries?number=%" PRIu64 "\" aria-label=\"", item->number, item->number, item->number);
	page_fill(page, TEXT_trust_entries_number, "n", trust_number(page->cx, item->number));
	buf_printf(&page->html, "\">%" PRIu64 "</a><h2 class=\"entry__kind\">", item->number);
	page_escaped(page, trust_kind(page->cx, page->language, item->entry.kind));
	buf_printf(&page->html, "</h2><time datetime=\"%s\" dir=\"ltr\">%.10s %.5s</time></div>\n<p class=\"entry__says\">", when, when, when + 11);
	trust_say(page->cx, page->language, item, true, &page->html);
	page_raw(page, "</p>\n<details class=\"entry__raw\"><summary>");
	page_text(page, TEXT_trust_entries_raw);
	buf_printf(&page->html, "</summary><p><a href=\"/ledger/entry/%" PRIu64 "\"><code dir=\"ltr\">", item->number);
	page_escaped(page, item->line);
	buf_printf(&page->html, "</code></a></p></details>\n<p class=\"entry__links\"><a href=\"/ledger/proof/%" PRIu64 "\">", item->number);
	page_text(page, TEXT_trust_entries_proof);
	page_raw(page, "</a>");
	if (demand.n && story) {
		page_raw(page, " <a href=\"/trust/entries?demand=");
		page_escaped(page, demand);
		page_raw(page, "\">");
		page_text(page, TEXT_trust_entries_story);
		page_raw(page, "</a>");
	}
	page_raw(page, "</p>\n</li>\n");
}

static void put_chooser(struct page *page, const struct look *look)
{
	page_raw(page, "<form class=\"choose\" method=\"get\" action=\"/trust/entries\"><label>");
	page_text(page, TEXT_trust_entries_choose);
	page_raw(page, " <select name=\"kind\"><option value=\"\">");
	page_text(page, TEXT_trust_all);
	page_raw(page, "</option>");
	for (unsigned kind = 0; kind < ENTRY_KINDS; kind++) {
		buf_printf(&page->html, "<option value=\"%s\"%s>", entry_forms[kind].name, look->kinds && look->kind == kind ? " selected" : "");
		page_escaped(page, trust_kind(page->cx, page->language, (enum entry_kind)kind));
		page_raw(page, "</option>");
	}
	page_raw(page, "</select></label><button class=\"button\">");
	page_text(page, TEXT_trust_entries_show);
	page_raw(page, "</button></form>\n");
}

static void put_parameter(struct buf *out, const char *name, struct str value)
{
	if (value.n == 0)
		return;
	buf_printf(out, "&amp;%s=", name);
	buf_percent(out, value);
}

static void put_older(struct page *page, const struct look *look, uint64_t next)
{
	if (next == 0)
		return;
	buf_printf(&page->html, "<nav class=\"pager\"><a class=\"button\" rel=\"next\" href=\"/trust/entries?before=%" PRIu64, next);
	put_parameter(&page->html, "kind", look->kinds ? str_of(entry_forms[look->kind].name) : STR(""));
	put_parameter(&page->html, "of", look->of);
	put_parameter(&page->html, "rule", look->rule);
	put_parameter(&page->html, "half", look->half);
	put_parameter(&page->html, "asker", look->asker);
	page_raw(page, "\">");
	page_text(page, TEXT_page_older);
	page_raw(page, "</a></nav>\n");
}

/* What the list holds: "Refused by rule · India · July to December 2026". */
static void put_subject(struct page *page, const struct look *look)
{
	enum text_key key;
	if (!look->figures || !text_find(arena_printf(&page->cx->mem, "%s" STR_FMT, "trust.col.", STR_ARG(look->of)), &key))
		return;
	page_raw(page, "<p class=\"subject\">");
	page_text(page, key);
	if (look->asker.n) {
		page_raw(page, " · ");
		page_escaped(page, text_country(page->language, look->asker));
	}
	if (look->search.half) {
		page_raw(page, " · ");
		page_escaped(page, trust_half(page->cx, page->language, look->search.half, false));
	}
	page_raw(page, "</p>\n");
}

static enum err put_list(struct page *page, const struct look *look, const struct looked *looked, uint64_t size)
{
	TRY(page_doc_begin(page, true));
	trust_begin(page, look->demand.n ? TEXT_trust_entries_demand : TEXT_trust_entries_title, TEXT_trust_entries_lead, size);
	put_chooser(page, look);
	put_subject(page, look);
	page_raw(page, "<ol class=\"entries\" id=\"entries\" data-live>\n");
	for (size_t i = 0; i < looked->count; i++)
		put_entry(page, &looked->items[i], look->demand.n == 0);
	page_raw(page, "</ol>\n");
	if (looked->count == 0) {
		page_raw(page, "<p class=\"blank__text\">");
		page_text(page, TEXT_trust_entries_none);
		page_raw(page, "</p>\n");
	}
	put_older(page, look, looked->next);
	trust_put_counted(page, size);
	trust_put_check(page);
	trust_put_back(page);
	page_raw(page, "</main>\n");
	page_doc_end(page);
	return OK;
}

static enum err get_entries(struct ctx *cx, const struct req *req, struct resp *resp)
{
	const struct catalogue *const language = text_language(cx, req);
	struct look look;
	struct looked looked;
	struct ledger_head ledger;
	struct page page;
	TRY(query_look(cx, req, &look));
	TRY(ledger_head(cx, &ledger));
	TRY(read_look(cx, &look, ledger.size, &looked));
	const struct page_head head = {
		.title = text(language, TEXT_trust_entries_title), .description = text(language, TEXT_trust_entries_lead), .path = STR("/trust/entries"),
		.type = STR("website"), .style = "trust.css", .stays = true,
	};
	TRY(page_begin(&page, cx, req, &head));
	const enum err outcome = put_list(&page, &look, &looked, ledger.size);
	if (outcome != OK)
		buf_free(&page.html);
	else
		page_end_html(&page, resp);
	return outcome;
}

/* --- the same for programs --- */

static void entry_json(struct json *json, const struct ledger_item *item)
{
	const struct entry_field *const fields = entry_forms[item->entry.kind].fields;
	json_object(json);
	json_key(json, "number");
	json_i64(json, (int64_t)item->number);
	json_key(json, "kind");
	json_text(json, entry_forms[item->entry.kind].name);
	json_key(json, "time");
	json_time(json, item->entry.time_us);
	json_key(json, "line");
	json_string(json, item->line);
	json_key(json, "fields");
	json_object(json);
	for (size_t i = 0; fields[i].name; i++) {
		json_key(json, fields[i].name);
		if (item->entry.values[i].n)
			json_string(json, item->entry.values[i]);
		else
			json_null(json);
	}
	json_object_end(json);
	json_object_end(json);
}

static enum err get_entries_json(struct ctx *cx, const struct req *req, struct resp *resp)
{
	struct look look;
	struct looked looked;
	struct ledger_head ledger;
	TRY(query_look(cx, req, &look));
	TRY(ledger_head(cx, &ledger));
	TRY(read_look(cx, &look, ledger.size, &looked));
	struct buf body = buf_new((size_t)1 << 20);
	struct json json = json_new(&body);
	json_object(&json);
	json_key(&json, "size");
	json_i64(&json, (int64_t)ledger.size);
	json_key(&json, "items");
	json_array(&json);
	for (size_t i = 0; i < looked.count; i++)
		entry_json(&json, &looked.items[i]);
	json_array_end(&json);
	json_key(&json, "next");
	if (looked.next)
		json_i64(&json, (int64_t)looked.next);
	else
		json_null(&json);
	json_object_end(&json);
	resp_json(resp, &body);
	return OK;
}

const struct route trust_entries_routes[] = {
	{ GET, "/trust/entries", get_entries, ANYONE, RATE_READ, SLOW, 0, "The ledger's entries in words: behind a figure, of a kind, of one demand.", NULL, NULL, NULL },
	{ GET, "/api/v1/trust/entries", get_entries_json, ANYONE, RATE_READ, SLOW, 0, "The ledger's entries: behind a figure, of a kind, of one demand; newest first.", NULL,
	  "LedgerEntries", NULL },
	{},
};

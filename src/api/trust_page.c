/* /trust: who asked, and what became of it. */
#include "api/routes.h"
#include "api/trust.h"
#include "docket/charters.h"
#include "ledger/policy.h"

#include <string.h>

#define SHOWN 5                                /* of each kind, on the first page */

static void put_big(struct page *page, uint64_t value, enum text_key name, const char *opens, const char *claim)
{
	const struct trust_figure figure = { .shown = trust_number(page->cx, value), .opens = value ? opens : NULL, .claim = claim };
	page_raw(page, "<li class=\"big\">");
	trust_put_figure(page, &figure);
	page_raw(page, "<span class=\"big__name\">");
	page_text(page, name);
	page_raw(page, "</span></li>\n");
}

static void put_summary(struct page *page, const struct tally *tally)
{
	const uint64_t *const figures = tally->total.figures;
	page_raw(page, "<section class=\"summary\" id=\"summary\" data-live>\n");
	if (tally->size > 0 && figures[TALLY_ASKED] == 0) {
		page_raw(page, "<p class=\"summary__none\">");
		page_text(page, TEXT_trust_none_title);
		page_raw(page, "</p>\n<p>");
		page_text(page, TEXT_trust_none_text);
		page_raw(page, "</p>\n");
	}
	page_raw(page, "<ul class=\"bigs\">\n");
	put_big(page, figures[TALLY_ASKED], TEXT_trust_figure_asked, "/trust/entries?of=asked", "asked");
	put_big(page, figures[TALLY_BY_RULE] + figures[TALLY_REFUSED], TEXT_trust_figure_refused, "/trust/entries?of=refused-in-all", "refused-in-all");
	put_big(page, figures[TALLY_OPEN], TEXT_trust_figure_open, "/trust/entries?of=open", "open");
	put_big(page, figures[TALLY_DISCLOSED], TEXT_trust_figure_disclosed, "/trust/entries?of=disclosed", "disclosed");
	page_raw(page, "</ul>\n</section>\n");
}

static void put_link(struct page *page, const char *address, enum text_key name)
{
	buf_printf(&page->html, "<a class=\"button\" href=\"%s\">", address);
	page_text(page, name);
	page_raw(page, "</a>\n");
}

static void put_title(struct page *page, const char *id, enum text_key title)
{
	buf_printf(&page->html, "<h2 class=\"trust__subtitle\" id=\"%s\">", id);
	page_text(page, title);
	page_raw(page, "</h2>\n");
}

static void put_paragraph(struct page *page, enum text_key key)
{
	page_raw(page, "<p>");
	page_text(page, key);
	page_raw(page, "</p>\n");
}

static void put_demands(struct page *page, const struct tally *tally)
{
	page_raw(page, "<section class=\"trust__part\" id=\"demands\" data-live>\n");
	put_title(page, "demands-title", TEXT_trust_table_title);
	put_paragraph(page, TEXT_trust_table_lead);
	if (tally->row_count > 0)
		trust_put_chart(page, tally);
	trust_put_table(page, tally);
	page_raw(page, "<p class=\"links\">");
	put_link(page, "/trust/demands.csv", TEXT_trust_download_csv);
	put_link(page, "/trust/entries.csv", TEXT_trust_download_entries);
	put_link(page, "/api/v1/trust", TEXT_trust_download_json);
	put_link(page, "/trust/atom.xml", TEXT_trust_download_atom);
	page_raw(page, "</p>\n</section>\n");
}

static enum err put_charter(struct page *page)
{
	struct charters charters;
	const enum err outcome = charters_read(page->cx, &charters);
	page_raw(page, "<section class=\"trust__part\" id=\"charter\" data-live>\n");
	put_title(page, "charter-title", TEXT_trust_charter_title);
	put_paragraph(page, TEXT_trust_charter_lead);
	if (outcome == E_CORRUPT || outcome == E_INVALID || outcome == E_TOOLARGE)
		put_paragraph(page, TEXT_trust_charter_damaged);
	else if (outcome != OK)
		return outcome;
	else if (charters.count == 0)
		put_paragraph(page, TEXT_trust_charter_none);
	page_raw(page, "<p class=\"links\">");
	put_link(page, "/trust/charter", TEXT_trust_charter_open);
	page_raw(page, "</p>\n</section>\n");
	return OK;
}

/* The newest entries of a kind, in words. */
static enum err put_newest(struct page *page, enum entry_kind kind, const char *id, enum text_key title, enum text_key lead, enum text_key none,
	const struct tally *tally)
{
	struct ledger_item items[SHOWN];
	size_t count = 0;
	if (tally->size > 0)
		TRY(ledger_newest(page->cx, kind, tally->size, SHOWN, items, &count));
	const char *const opens = arena_printf(&page->cx->mem, "/trust/entries?kind=%s", entry_forms[kind].name).p;
	const struct trust_figure figure = {
		.shown = trust_number(page->cx, tally->kinds[kind]), .opens = count ? opens : NULL,
		.claim = arena_printf(&page->cx->mem, "kind:%s", entry_forms[kind].name).p,
	};
	buf_printf(&page->html, "<section class=\"trust__part\" id=\"%s\" data-live>\n<h2 class=\"trust__subtitle\">", id);
	page_text(page, title);
	page_raw(page, " ");
	trust_put_figure(page, &figure);
	page_raw(page, "</h2>\n");
	put_paragraph(page, lead);
	if (count == 0)
		put_paragraph(page, none);
	page_raw(page, "<ul class=\"brief\">\n");
	for (size_t i = 0; i < count; i++) {
		page_raw(page, "<li>");
		page_time(page, items[i].entry.time_us);
		buf_printf(&page->html, " <a href=\"/trust/entries?number=%llu\" data-entry=\"%llu\">", (unsigned long long)items[i].number,
		           (unsigned long long)items[i].number);
		page_escaped(page, trust_kind(page->cx, page->language, kind));
		page_raw(page, "</a> ");
		trust_say(page->cx, page->language, &items[i], true, &page->html);
		page_raw(page, "</li>\n");
	}
	page_raw(page, "</ul>\n</section>\n");
	return OK;
}

static void put_filled(struct page *page, enum text_key key, const struct trust_value *values)
{
	page_raw(page, "<p>");
	trust_fill(page, key, values);
	page_raw(page, "</p>\n");
}

static void put_opaque(struct page *page, const struct tally *tally)
{
	struct ctx *const cx = page->cx;
	char next[RFC3339_BYTES];
	time_rfc3339(tally->opaque_next_us, next);
	page_raw(page, "<section class=\"trust__part\" id=\"opaque\" data-live>\n");
	put_title(page, "opaque-title", TEXT_trust_opaque_title);
	put_paragraph(page, TEXT_trust_opaque_lead);
	if (tally->opaque_shut + tally->opaque_real + tally->opaque_dummy == 0)
		put_paragraph(page, TEXT_trust_opaque_none);
	else {
		put_filled(page, TEXT_trust_opaque_shut, (struct trust_value[]){ { "n", trust_number(cx, tally->opaque_shut) }, {} });
		if (tally->opaque_next_us)
			put_filled(page, TEXT_trust_opaque_next, (struct trust_value[]){ { "date", { next, 10 } }, {} });
		put_filled(page, TEXT_trust_opaque_opened, (struct trust_value[]){
			{ "real", trust_number(cx, tally->opaque_real) }, { "dummy", trust_number(cx, tally->opaque_dummy) }, {} });
		page_raw(page, "<p class=\"links\">");
		put_link(page, "/trust/entries?kind=opaque", TEXT_trust_entries_title);
		page_raw(page, "</p>\n");
	}
	page_raw(page, "</section>\n");
}

/* --- the log --- */

static void put_fact(struct page *page, enum text_key name, struct str value, bool code)
{
	page_raw(page, "<div><dt>");
	page_text(page, name);
	page_raw(page, code ? "</dt><dd><code dir=\"ltr\">" : "</dt><dd>");
	page_escaped(page, value);
	page_raw(page, code ? "</code></dd></div>\n" : "</dd></div>\n");
}

static enum err put_keys(struct page *page)
{
	struct note_key keys[LOG_KEYS_MAX];
	unsigned count;
	TRY(trust_keys(page->cx, keys, &count));
	for (unsigned i = 0; i < count; i++) {
		AUTO(buf_free) struct buf vkey = buf_new(NOTE_VKEY_MAX);
		note_key_write(&keys[i], &vkey);
		put_fact(page, TEXT_trust_log_key, buf_view(&vkey), true);
	}
	return OK;
}

/* Who else signs, as the node's policy names them, and how each answered last. */
static void put_witnesses(struct page *page)
{
	struct ledger_witness witnesses[POLICY_PARTIES_MAX];
	const unsigned count = ledger_witnesses(page->cx->ledger, POLICY_PARTIES_MAX, witnesses);
	page_raw(page, "<div class=\"witnesses\"><dt>");
	page_text(page, TEXT_trust_log_witnesses);
	page_raw(page, "</dt><dd>");
	for (unsigned i = 0; i < count; i++) {
		enum text_key answer;
		buf_printf(&page->html, "<span class=\"witness witness--%s\"><code dir=\"ltr\">", witnesses[i].answer);
		page_escaped(page, witnesses[i].name);
		page_raw(page, "</code> ");
		if (text_find(arena_printf(&page->cx->mem, "%s%s", "trust.witness.", witnesses[i].answer), &answer))
			page_text(page, answer);
		page_raw(page, "</span>\n");
	}
	if (count == 0)
		page_text(page, TEXT_trust_log_no_witness);
	page_raw(page, "</dd></div>\n");
}

static enum err put_log(struct page *page, const struct ledger_head *head)
{
	static const enum text_key states[] = {
		[LEDGER_WHOLE] = TEXT_trust_log_whole, [LEDGER_NO_KEY] = TEXT_trust_log_no_key, [LEDGER_BEHIND] = TEXT_trust_log_behind,
		[LEDGER_FORKED] = TEXT_trust_log_forked,
	};
	AUTO(buf_free) struct buf root = buf_new(64);
	struct str rest = head->note;
	const struct str origin = str_cut(&rest, '\n');
	buf_base64(&root, head->root.bytes, sizeof head->root.bytes);
	page_raw(page, "<section class=\"trust__part\" id=\"log\">\n");
	put_title(page, "log-title", TEXT_trust_log_title);
	page_raw(page, "<dl class=\"facts\">\n");
	if (head->note.n) {
		put_fact(page, TEXT_trust_log_name, origin, true);
		put_fact(page, TEXT_trust_log_size, trust_number(page->cx, head->size), false);
		put_fact(page, TEXT_trust_log_root, buf_view(&root), true);
	}
	put_fact(page, TEXT_trust_log_state, text(page->language, states[head->state]), false);
	TRY(put_keys(page));
	put_witnesses(page);
	page_raw(page, "</dl>\n<p class=\"links\">");
	put_link(page, "/ledger/checkpoint", TEXT_trust_log_checkpoint);
	put_link(page, "/trust/entries", TEXT_trust_entries_title);
	page_raw(page, "</p>\n</section>\n");
	return OK;
}

static enum err put_body(struct page *page, const struct tally *tally, const struct ledger_head *head)
{
	TRY(page_doc_begin(page, true));
	trust_begin(page, TEXT_trust_title, TEXT_trust_lead, tally->size);
	put_summary(page, tally);
	trust_put_counted(page, tally->size);
	trust_put_check(page);
	put_demands(page, tally);
	TRY(put_charter(page));
	TRY(put_newest(page, ENTRY_incident, "incidents", TEXT_trust_incidents_title, TEXT_trust_incidents_lead, TEXT_trust_incidents_none, tally));
	TRY(put_newest(page, ENTRY_takedown, "takedowns", TEXT_trust_takedowns_title, TEXT_trust_takedowns_lead, TEXT_trust_takedowns_none, tally));
	put_opaque(page, tally);
	TRY(put_log(page, head));
	page_raw(page, "<p class=\"trust__back\">");
	put_link(page, "/letter", TEXT_trust_to_letter);
	page_raw(page, "</p>\n</main>\n");
	page_doc_end(page);
	return OK;
}

static enum err get_trust(struct ctx *cx, const struct req *req, struct resp *resp)
{
	const struct catalogue *const language = text_language(cx, req);
	struct tally tally;
	struct ledger_head ledger;
	struct page page;
	TRY(tally_read(cx, &tally));
	TRY(ledger_head(cx, &ledger));
	const struct page_head head = {
		.title = text(language, TEXT_trust_title), .description = text(language, TEXT_trust_lead), .path = STR("/trust"),
		.type = STR("website"), .style = "trust.css", .stays = true, .feeds = true,
	};
	TRY(page_begin(&page, cx, req, &head));
	const enum err outcome = put_body(&page, &tally, &ledger);
	if (outcome != OK)
		buf_free(&page.html);
	else
		page_end_html(&page, resp);
	return outcome;
}

const struct route trust_routes[] = {
	{ GET, "/trust", get_trust, ANYONE, RATE_READ, SLOW, 0, "Who asked, and what became of it.", NULL, NULL, NULL },
	{},
};

/* /trust/charter: the rules, their history, and what would happen if X asked about Y; /charter.json, as it was signed. */
#include "api/routes.h"
#include "api/trust.h"
#include "base/config.h"
#include "docket/charters.h"

#include <stdlib.h>
#include <string.h>

/* --- reading --- */

/* `damaged`: the charters do not agree with the ledger, and there are none. */
static enum err read_charters(struct ctx *cx, struct charters *out, bool *damaged)
{
	const enum err outcome = charters_read(cx, out);
	*damaged = outcome == E_CORRUPT || outcome == E_INVALID || outcome == E_TOOLARGE;
	if (*damaged)
		*out = (struct charters){ .force = { .unknown_before = true } };
	return *damaged ? OK : outcome;
}

static const struct charter_item *newest(const struct charters *charters)
{
	return charters->count ? &charters->items[charters->count - 1] : NULL;
}

/* --- rules --- */

/* The first charter's sentences are translated; another's stand as they were signed. */
static void put_sentence(struct page *page, const struct charter_rule *rule)
{
	enum text_key key;
	const bool known = text_find(arena_printf(&page->cx->mem, "%s%u", "charter.rule.", rule->number), &key);
	if (known && str_eq(rule->says, text(&catalogues[0], key))) {
		page_text(page, key);
		return;
	}
	page_raw(page, "<span lang=\"en\" dir=\"ltr\">");
	page_escaped(page, rule->says);
	page_raw(page, "</span>");
}

static void put_rules(struct page *page, const struct charter_item *item, uint32_t decided)
{
	page_raw(page, "<section class=\"trust__part\" id=\"rules\">\n<h2 class=\"trust__subtitle\">");
	page_text(page, TEXT_trust_charter_rules);
	page_raw(page, "</h2>\n<ol class=\"rules\">\n");
	for (size_t i = 0; i < item->charter.rule_count; i++) {
		const struct charter_rule *const rule = &item->charter.rules[i];
		buf_printf(&page->html, "<li class=\"rule%s\" id=\"rule-%u\"><span class=\"rule__number\" aria-hidden=\"true\">%u</span><p>", rule->number == decided ? " is-decisive" : "",
		           rule->number, rule->number);
		put_sentence(page, rule);
		page_raw(page, "</p></li>\n");
	}
	page_raw(page, "</ol>\n</section>\n");
}

/* --- history --- */

static const struct charter_rule *rule_of(const struct charter *charter, uint32_t number)
{
	for (size_t i = 0; i < charter->rule_count; i++)
		if (charter->rules[i].number == number)
			return &charter->rules[i];
	return NULL;
}

static bool same_rule(const struct charter_rule *a, const struct charter_rule *b)
{
	return str_eq(a->says, b->says) && a->kinds == b->kinds && a->bases == b->bases && a->askers == b->askers &&
	       a->if_authenticated == b->if_authenticated && a->if_unauthenticated == b->if_unauthenticated && a->outcome == b->outcome &&
	       memcmp(&a->terms, &b->terms, sizeof a->terms) == 0;
}

static bool same_places(const struct charter *a, const struct charter *b)
{
	bool same = a->home_count == b->home_count && a->owner_count == b->owner_count && a->owner_stated == b->owner_stated;
	for (size_t i = 0; same && i < a->home_count; i++)
		same = str_eq(a->homes[i].region, b->homes[i].region) && place_eq(a->homes[i].state, b->homes[i].state);
	for (size_t i = 0; same && i < a->owner_count; i++)
		same = place_eq(a->owners[i], b->owners[i]);
	return same;
}

static void put_change(struct page *page, enum text_key key, const struct charter_rule *rule)
{
	const struct trust_value values[] = { { "n", trust_number(page->cx, rule->number) }, { "says", rule->says }, {} };
	page_raw(page, "<li>");
	trust_fill(page, key, values);
	page_raw(page, "</li>\n");
}

static void put_changes(struct page *page, const struct charter *before, const struct charter *after)
{
	bool any = !same_places(before, after);
	page_raw(page, "<ul class=\"brief\">\n");
	for (size_t i = 0; i < after->rule_count; i++) {
		const struct charter_rule *const old = rule_of(before, after->rules[i].number);
		if (old && same_rule(old, &after->rules[i]))
			continue;
		any = true;
		put_change(page, old ? TEXT_trust_charter_changed : TEXT_trust_charter_added, &after->rules[i]);
	}
	for (size_t i = 0; i < before->rule_count; i++)
		if (!rule_of(after, before->rules[i].number)) {
			any = true;
			put_change(page, TEXT_trust_charter_removed, &before->rules[i]);
		}
	if (!same_places(before, after) || !any) {
		page_raw(page, "<li>");
		page_text(page, any ? TEXT_trust_charter_places : TEXT_trust_charter_same);
		page_raw(page, "</li>\n");
	}
	page_raw(page, "</ul>\n");
}

static void put_dated(struct page *page, enum text_key key, int64_t wall_us)
{
	char when[RFC3339_BYTES];
	time_rfc3339(wall_us, when);
	const struct trust_value values[] = { { "date", { when, 10 } }, {} };
	page_raw(page, "<p>");
	trust_fill(page, key, values);
	page_raw(page, "</p>\n");
}

static void put_version(struct page *page, const struct charters *charters, size_t at)
{
	const struct charter_item *const item = &charters->items[at];
	buf_printf(&page->html, "<li class=\"version\"><h3><a href=\"/trust/entries?number=%llu\">", (unsigned long long)item->number);
	page_fill(page, TEXT_trust_charter_version, "n", trust_number(page->cx, item->charter.version));
	page_raw(page, "</a></h3>\n");
	put_dated(page, TEXT_trust_charter_entered, item->entered_us);
	if (at > 0 && at + 1 == charters->count)
		put_dated(page, charters->settled_us > page->cx->now_us ? TEXT_trust_charter_settles : TEXT_trust_charter_settled, charters->settled_us);
	page_raw(page, "<h4>");
	page_text(page, TEXT_trust_charter_changes);
	page_raw(page, "</h4>\n");
	if (at == 0) {
		page_raw(page, "<p>");
		page_text(page, TEXT_trust_charter_first);
		page_raw(page, "</p>\n");
	} else
		put_changes(page, &charters->items[at - 1].charter, &item->charter);
	buf_printf(&page->html, "<p class=\"entry__links\"><a href=\"/charter.json?version=%u\">", item->charter.version);
	page_text(page, TEXT_trust_charter_bytes);
	buf_printf(&page->html, "</a> <a href=\"/charter.json.note?version=%u\">", item->charter.version);
	page_text(page, TEXT_trust_charter_note);
	page_raw(page, "</a></p></li>\n");
}

static void put_history(struct page *page, const struct charters *charters)
{
	page_raw(page, "<section class=\"trust__part\" id=\"history\">\n<h2 class=\"trust__subtitle\">");
	page_text(page, TEXT_trust_charter_history);
	page_raw(page, "</h2>\n<ol class=\"versions\">\n");
	for (size_t i = charters->count; i-- > 0;)
		put_version(page, charters, i);
	page_raw(page, "</ol>\n</section>\n");
}

/* --- what would happen if --- */

struct question {
	struct charter_case asked;
	bool complete;                         /* somebody asks for something */
};

static enum err query_place(struct ctx *cx, const struct req *req, const char *name, struct place *out)
{
	struct str code;
	if (!req_query(cx, req, name, &code) || code.n == 0)
		return OK;
	return place_parse(code, out) ? OK : fail(cx, E_INVALID, "No state has this code (ISO 3166-1, two capital letters): %s.", name);
}

static enum err query_word(struct ctx *cx, const struct req *req, enum charter_list list, unsigned *out)
{
	struct str word;
	if (!req_query(cx, req, charter_words(list)->name, &word) || word.n == 0)
		return OK;
	return charter_word_parse(list, word, out) ? OK : fail(cx, E_INVALID, "This is not a word of the list %s.", charter_words(list)->name);
}

static enum err query_question(struct ctx *cx, const struct req *req, const struct charters *charters, struct question *out)
{
	struct question question = { .complete = false };
	unsigned kind = CHARTER_DATA, basis = CHARTER_BASIS_COURT;
	struct str box;
	if (charters->count)
		question.asked.home = newest(charters)->charter.homes[0].state;
	else if (!place_parse(str_of(cx->config->region_jurisdiction), &question.asked.home))
		question.asked.home = (struct place){ "" };
	TRY(query_place(cx, req, "asker", &question.asked.asker));
	TRY(query_place(cx, req, "residence", &question.asked.residence));
	TRY(query_place(cx, req, "home", &question.asked.home));
	TRY(query_word(cx, req, CHARTER_LIST_KIND, &kind));
	TRY(query_word(cx, req, CHARTER_LIST_BASIS, &basis));
	question.asked.kind = (enum charter_kind)kind;
	question.asked.basis = (enum charter_basis)basis;
	question.asked.authenticated = req_query(cx, req, "authenticated", &box) && box.n;
	question.complete = place_known(question.asked.asker);
	*out = question;
	return OK;
}

struct choice {
	struct str name;
	const char *code;
};

static int by_name(const void *a, const void *b)
{
	const struct choice *const x = a, *const y = b;
	const size_t n = x->name.n < y->name.n ? x->name.n : y->name.n;
	const int order = memcmp(x->name.p, y->name.p, n);
	return order ? order : (x->name.n > y->name.n) - (x->name.n < y->name.n);
}

static void put_places(struct page *page, const char *name, enum text_key label, struct place chosen, bool must)
{
	struct choice choices[COUNTRIES];
	for (unsigned i = 0; i < COUNTRIES; i++)
		choices[i] = (struct choice){ str_of(page->language->countries[i]), country_codes[i] };
	qsort(choices, COUNTRIES, sizeof choices[0], by_name);
	page_raw(page, "<label class=\"ask__field\"><span>");
	page_text(page, label);
	buf_printf(&page->html, "</span><select name=\"%s\"%s><option value=\"\">", name, must ? " required" : "");
	page_text(page, must ? TEXT_trust_whatif_choose : TEXT_trust_whatif_unknown);
	page_raw(page, "</option>");
	for (unsigned i = 0; i < COUNTRIES; i++) {
		buf_printf(&page->html, "<option value=\"%s\"%s>", choices[i].code, strcmp(choices[i].code, chosen.code) == 0 ? " selected" : "");
		page_escaped(page, choices[i].name);
		page_raw(page, "</option>");
	}
	page_raw(page, "</select></label>\n");
}

static void put_choices(struct page *page, enum charter_list list, enum text_key label, unsigned chosen)
{
	const struct charter_words *const words = charter_words(list);
	page_raw(page, "<label class=\"ask__field\"><span>");
	page_text(page, label);
	buf_printf(&page->html, "</span><select name=\"%s\">", words->name);
	for (unsigned i = 0; i < words->count; i++) {
		buf_printf(&page->html, "<option value=\"%s\"%s>", words->words[i].word, i == chosen ? " selected" : "");
		page_escaped(page, trust_word(page->cx, page->language, str_of(words->words[i].word)));
		page_raw(page, "</option>");
	}
	page_raw(page, "</select></label>\n");
}

static void put_form(struct page *page, const struct question *question)
{
	page_raw(page, "<form class=\"ask\" method=\"get\" action=\"/trust/charter#answer\">\n");
	put_places(page, "asker", TEXT_trust_whatif_asker, question->asked.asker, true);
	put_places(page, "residence", TEXT_trust_whatif_residence, question->asked.residence, false);
	put_places(page, "home", TEXT_trust_whatif_home, question->asked.home, false);
	put_choices(page, CHARTER_LIST_KIND, TEXT_trust_whatif_kind, question->asked.kind);
	put_choices(page, CHARTER_LIST_BASIS, TEXT_trust_whatif_basis, question->asked.basis);
	buf_printf(&page->html, "<label class=\"ask__box\"><input type=\"checkbox\" name=\"authenticated\" value=\"1\"%s> <span>", question->asked.authenticated ? " checked" : "");
	page_text(page, TEXT_trust_whatif_authenticated);
	page_raw(page, "</span></label>\n<button class=\"button button--main\">");
	page_text(page, TEXT_trust_whatif_decide);
	page_raw(page, "</button>\n</form>\n");
}

static void put_timed(struct page *page, enum text_key key, int64_t us)
{
	const struct trust_value values[] = { { "time", trust_duration(page->cx, page->language, us) }, {} };
	page_raw(page, "<p>");
	trust_fill(page, key, values);
	page_raw(page, "</p>\n");
}

static void put_effect(struct page *page, enum charter_effect effect)
{
	enum text_key key;
	if (!text_find(arena_printf(&page->cx->mem, "%s%s", "trust.effect.", charter_word(CHARTER_LIST_EFFECT, effect)), &key))
		return;
	const struct trust_value values[] = { { "effect", text(page->language, key) }, {} };
	page_raw(page, "<p>");
	trust_fill(page, TEXT_trust_whatif_at_most, values);
	page_raw(page, "</p>\n");
}

static void put_terms(struct page *page, const struct charter_decision *decision)
{
	const struct charter_terms *const terms = &decision->terms;
	if (decision->outcome != CHARTER_REFUSE)
		put_timed(page, TEXT_trust_whatif_deadline, terms->deadline_hours * HOUR_US);
	if (decision->outcome == CHARTER_DECIDE)
		put_effect(page, decision->effect);
	if (terms->hold_days)
		put_timed(page, TEXT_trust_whatif_hold, terms->hold_days * DAY_US);
	if (terms->notice_hours)
		put_timed(page, TEXT_trust_whatif_notice, terms->notice_hours * HOUR_US);
	else {
		page_raw(page, "<p>");
		page_text(page, TEXT_trust_whatif_notice_at_once);
		page_raw(page, "</p>\n");
	}
	if (terms->gag_days)
		put_timed(page, TEXT_trust_whatif_gag, terms->gag_days * DAY_US);
}

static void put_answer(struct page *page, const struct charters *charters, const struct charter_decision *decision)
{
	static const enum text_key outcomes[] = {
		[CHARTER_REFUSE] = TEXT_trust_whatif_refuse, [CHARTER_AUTHENTICATE] = TEXT_trust_whatif_authenticate, [CHARTER_DECIDE] = TEXT_trust_whatif_person,
	};
	const enum text_key says = decision->rule == 0 ? TEXT_trust_whatif_refuse_all : outcomes[decision->outcome];
	buf_printf(&page->html, "<div class=\"answer answer--%s\" id=\"answer\" role=\"status\">\n<p class=\"answer__says\">", charter_word(CHARTER_LIST_OUTCOME, decision->outcome));
	page_fill(page, says, "n", trust_number(page->cx, decision->rule));
	page_raw(page, "</p>\n");
	for (size_t i = 0; i < charters->count; i++) {
		const struct charter *const charter = &charters->items[i].charter;
		const struct charter_rule *const rule = charter->version == decision->version ? rule_of(charter, decision->rule) : NULL;
		if (!rule)
			continue;
		page_raw(page, "<p class=\"answer__rule\">");
		put_sentence(page, rule);
		page_raw(page, "</p>\n");
	}
	put_terms(page, decision);
	page_raw(page, "</div>\n");
}

static uint32_t put_what_if(struct page *page, const struct charters *charters, const struct question *question)
{
	struct charter_decision decision = { .rule = 0 };
	page_raw(page, "<section class=\"trust__part whatif\" id=\"what-if\">\n<h2 class=\"trust__subtitle\">");
	page_text(page, TEXT_trust_whatif_title);
	page_raw(page, "</h2>\n<p>");
	page_text(page, TEXT_trust_whatif_lead);
	page_raw(page, "</p>\n");
	put_form(page, question);
	if (question->complete) {
		charter_decide_in_force(&charters->force, &question->asked, &decision);
		put_answer(page, charters, &decision);
	}
	page_raw(page, "</section>\n");
	return decision.rule;
}

static enum err put_body(struct page *page, const struct charters *charters, bool damaged, const struct question *question)
{
	const struct charter_item *const item = newest(charters);
	TRY(page_doc_begin(page, true));
	trust_begin(page, TEXT_trust_charter_title, TEXT_trust_charter_lead, 0);
	const uint32_t decided = put_what_if(page, charters, question);
	if (item) {
		put_rules(page, item, decided);
		put_history(page, charters);
	} else {
		page_raw(page, "<p class=\"doc__note\">");
		page_text(page, damaged ? TEXT_trust_charter_damaged : TEXT_trust_charter_none);
		page_raw(page, "</p>\n");
	}
	trust_put_back(page);
	page_raw(page, "</main>\n");
	page_doc_end(page);
	return OK;
}

static enum err get_charter(struct ctx *cx, const struct req *req, struct resp *resp)
{
	const struct catalogue *const language = text_language(cx, req);
	struct charters charters = { .count = 0 };
	struct question question;
	struct page page;
	bool damaged;
	TRY(read_charters(cx, &charters, &damaged));
	TRY(query_question(cx, req, &charters, &question));
	const struct page_head head = {
		.title = text(language, TEXT_trust_charter_title), .description = text(language, TEXT_trust_charter_lead), .path = STR("/trust/charter"),
		.type = STR("website"), .style = "trust.css", .stays = true,
	};
	TRY(page_begin(&page, cx, req, &head));
	const enum err outcome = put_body(&page, &charters, damaged, &question);
	if (outcome != OK)
		buf_free(&page.html);
	else
		page_end_html(&page, resp);
	return outcome;
}

/* --- the signed bytes --- */

static enum err version_asked(struct ctx *cx, const struct req *req, const struct charters *charters, const struct charter_item **out)
{
	struct str value;
	uint64_t version = 0;
	if (req_query(cx, req, "version", &value) && !str_u64(value, &version))
		return fail(cx, E_INVALID, "version must be a number.");
	for (size_t i = charters->count; i-- > 0;)
		if (version == 0 || charters->items[i].charter.version == version) {
			*out = &charters->items[i];
			return OK;
		}
	return fail(cx, E_NOTFOUND, "There is no such version of the charter.");
}

static enum err answer_signed(struct ctx *cx, const struct req *req, struct resp *resp, bool note)
{
	struct charters charters;
	const struct charter_item *item;
	TRY(charters_read(cx, &charters));
	TRY(version_asked(cx, req, &charters, &item));
	resp_text(resp, note ? "text/plain; charset=utf-8" : "application/json", note ? item->note : item->bytes);
	resp_header(cx, resp, "Access-Control-Allow-Origin", STR("*"));
	resp_header(cx, resp, "Cross-Origin-Resource-Policy", STR("cross-origin"));
	return OK;
}

static enum err get_bytes(struct ctx *cx, const struct req *req, struct resp *resp)
{
	return answer_signed(cx, req, resp, false);
}

static enum err get_note(struct ctx *cx, const struct req *req, struct resp *resp)
{
	return answer_signed(cx, req, resp, true);
}

const struct route trust_charter_routes[] = {
	{ GET, "/charter.json", get_bytes, ANYONE, RATE_READ, SLOW, 0, "The charter's exact bytes, as they were signed; ?version=.", NULL, NULL, NULL },
	{ GET, "/charter.json.note", get_note, ANYONE, RATE_READ, SLOW, 0, "The signature on the charter, a signed note; ?version=.", NULL, NULL, NULL },
	{ GET, "/trust/charter", get_charter, ANYONE, RATE_READ, SLOW, 0, "The charter, its history, and what would happen if somebody asked.", NULL, NULL, NULL },
	{},
};

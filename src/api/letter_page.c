/* /letter: the letter as a page that needs no script. */
#include "api/assets.h"
#include "api/letter.h"
#include "api/page.h"
#include "api/routes.h"
#include "api/trust.h"
#include "base/config.h"
#include "store/field.h"

static void put_fact(struct page *page, enum text_key name, struct str value)
{
	page_raw(page, "<div><dt>");
	page_text(page, name);
	page_raw(page, "</dt><dd><bdi>");
	page_escaped(page, value.n > 0 ? value : text(page->language, TEXT_letter_unstated));
	page_raw(page, "</bdi></dd></div>\n");
}

static void put_head(struct page *page, const struct letter *letter)
{
	const struct config *config = page->cx->config;
	buf_printf(&page->html, "<header class=\"letter__head\">\n<img class=\"letter__seal\" src=\"%s\" alt=\"\" width=\"64\" height=\"64\">\n"
	           "<h1 class=\"letter__title\">", asset_path(web_assets, "logo.svg"));
	page_text(page, TEXT_letter_title);
	page_raw(page, "</h1>\n<p class=\"letter__lead\">");
	page_text(page, TEXT_letter_lead);
	page_raw(page, "</p>\n<dl class=\"letter__facts\">\n");
	put_fact(page, TEXT_letter_place, text_place(page->language, str_of(config->region_place)));
	put_fact(page, TEXT_letter_law, text_country(page->language, str_of(config->region_jurisdiction)));
	put_fact(page, TEXT_letter_operator, str_of(config->region_operator_name));
	put_fact(page, TEXT_letter_owner, text_country(page->language, str_of(config->region_owner_jurisdiction)));
	put_fact(page, TEXT_letter_version, letter_program());
	if (letter->demo > 0)
		put_fact(page, TEXT_letter_demo, arena_printf(&page->cx->mem, "%zu", letter->demo));
	page_raw(page, "<div><dt>");
	page_text(page, TEXT_letter_date);
	page_raw(page, "</dt><dd>");
	page_time(page, letter->made_us);
	page_raw(page, "</dd></div>\n</dl>\n");
	if (letter->demo > 0) {
		page_raw(page, "<p class=\"doc__note\">");
		page_text(page, TEXT_letter_demo_note);
		page_raw(page, "</p>\n");
	}
	page_raw(page, "</header>\n");
}

static void put_badge(struct page *page, enum letter_state state)
{
	buf_printf(&page->html, "<span class=\"badge badge--%s\">", letter_state_name(state));
	page_text(page, letter_state_text(state));
	page_raw(page, "</span>");
}

/* A text, one of its places as a chip that opens the entries behind it. */
static void put_chip(struct page *page, struct str pattern, const char *name, const struct trust_figure *figure)
{
	struct str rest = pattern;
	const struct str before = str_cut(&rest, '{');
	const struct str end = arena_printf(&page->cx->mem, "%s}", name);
	page_escaped(page, before);
	if (!str_starts(rest, end))
		return;
	trust_put_figure(page, figure);
	page_escaped(page, str_from(rest, end.n));
}

static void put_statement(struct page *page, const struct letter *letter, const struct letter_sentence *sentence)
{
	if (!letter_in_parts(letter, sentence)) {
		const struct trust_figure figure = { .shown = sentence->figure, .opens = sentence->opens, .claim = sentence->claim };
		put_chip(page, text(page->language, sentence->statement), "figure", &figure);
		return;
	}
	for (size_t i = 0; i < letter->part_count; i++) {
		const struct letter_part *const part = &letter->parts[i];
		AUTO(buf_free) struct buf words = buf_new(1024);
		text_fill(&words, page->language, part->says, "rule", arena_printf(&page->cx->mem, "%u", part->rule));
		const struct trust_figure figure = {
			.shown = arena_printf(&page->cx->mem, "%llu", (unsigned long long)part->count), .opens = part->count ? part->opens : NULL, .claim = part->claim,
		};
		page_raw(page, "<span class=\"part\">");
		put_chip(page, buf_view(&words), "count", &figure);
		page_text(page, i + 1 < letter->part_count ? TEXT_letter_list_comma : TEXT_letter_list_end);
		page_raw(page, "</span> ");
	}
}

static void put_sentence(struct page *page, const struct letter *letter, const struct letter_sentence *sentence)
{
	buf_printf(&page->html, "<article class=\"sentence\" id=\"%s\" data-live>\n<div class=\"sentence__head\"><h2 class=\"sentence__title\">",
	           sentence->key);
	page_text(page, sentence->title);
	page_raw(page, "</h2>");
	put_badge(page, sentence->state);
	page_raw(page, "</div>\n<p class=\"sentence__said\">");
	page_text(page, TEXT_letter_said);
	page_raw(page, ": <q>");
	page_text(page, sentence->said);
	page_raw(page, "</q></p>\n<p class=\"sentence__statement\">");
	if (sentence->state == LETTER_NOT_YET)
		page_text(page, sentence->notyet);
	else
		put_statement(page, letter, sentence);
	page_raw(page, "</p>\n<details class=\"sentence__check\"><summary>");
	page_text(page, TEXT_letter_how);
	page_raw(page, "</summary><p>");
	page_text(page, sentence->check);
	page_raw(page, "</p></details>\n</article>\n");
}

static void put_legend(struct page *page)
{
	page_raw(page, "<ul class=\"legend\">\n");
	for (int state = LETTER_LIVE; state <= LETTER_ONE_CUSTODIAN; state++) {
		page_raw(page, "<li>");
		put_badge(page, (enum letter_state)state);
		page_raw(page, " ");
		page_text(page, letter_state_help((enum letter_state)state));
		page_raw(page, "</li>\n");
	}
	page_raw(page, "</ul>\n");
}

/* --- the map of the data --- */

static const struct {
	enum text_key name, help;
} classes[] = {
	[CLASS_PUBLIC] = { TEXT_letter_class_public, TEXT_letter_class_public_help },
	[CLASS_COUNT] = { TEXT_letter_class_count, TEXT_letter_class_count_help },
	[CLASS_SEALED] = { TEXT_letter_class_sealed, TEXT_letter_class_sealed_help },
	[CLASS_PERSONAL] = { TEXT_letter_class_personal, TEXT_letter_class_personal_help },
	[CLASS_DESK] = { TEXT_letter_class_desk, TEXT_letter_class_desk_help },
	[CLASS_INTERNAL] = { TEXT_letter_class_internal, TEXT_letter_class_internal_help },
};

static void put_columns(struct page *page, const struct table_info *table)
{
	unsigned count = 0;
	for (const struct field_info *field = table->fields; field->column; field++)
		count++;
	page_raw(page, "<td><details><summary><span class=\"map__what\">");
	page_text(page, TEXT_letter_tables_columns);
	buf_printf(&page->html, ": </span>%u</summary><ul>", count);
	for (const struct field_info *field = table->fields; field->column; field++) {
		buf_printf(&page->html, "<li><code>%s</code> ", field->column);
		page_text(page, field->protection == SEAL ? TEXT_letter_protection_seal : TEXT_letter_protection_clear);
		page_raw(page, "</li>");
	}
	page_raw(page, "</ul></details></td>");
}

static void put_table(struct page *page, const struct table_info *table)
{
	static const char *const stores[STORES] = { [PUBLIC_DB] = "public.db", [PERSONAL_DB] = "personal.db", [KEYS_DB] = "keys.db" };
	buf_printf(&page->html, "<tr><td><code>%s</code></td><td><span class=\"class class--%s\" title=\"", table->name, class_name(table->class));
	page_text(page, classes[table->class].help);
	page_raw(page, "\">");
	page_text(page, classes[table->class].name);
	buf_printf(&page->html, "</span></td><td><code>%s</code></td><td lang=\"en\" dir=\"ltr\">", stores[table->store]);
	page_escaped(page, str_of(table->about));
	page_raw(page, "</td>");
	put_columns(page, table);
	page_raw(page, "</tr>\n");
}

static void put_map(struct page *page)
{
	static const enum text_key heads[] = { TEXT_letter_tables_name, TEXT_letter_tables_class, TEXT_letter_tables_store,
		                               TEXT_letter_tables_about, TEXT_letter_tables_columns };
	page_raw(page, "<section class=\"map\">\n<h2>");
	page_text(page, TEXT_letter_tables_title);
	page_raw(page, "</h2>\n<p>");
	page_text(page, TEXT_letter_tables_lead);
	page_raw(page, "</p>\n<div class=\"map__scroll\" tabindex=\"0\">\n<table>\n<thead><tr>");
	for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
		page_raw(page, "<th>");
		page_text(page, heads[i]);
		page_raw(page, "</th>");
	}
	page_raw(page, "</tr></thead>\n<tbody>\n");
	for (const struct table_info *table = all_tables; table->name; table++)
		put_table(page, table);
	page_raw(page, "</tbody>\n</table>\n</div>\n</section>\n");
}

static enum err get_letter(struct ctx *cx, const struct req *req, struct resp *resp)
{
	struct letter letter;
	struct page page;
	const struct catalogue *language = text_language(cx, req);
	TRY(letter_read(cx, language, &letter));
	const struct page_head head = {
		.title = text(language, TEXT_letter_title), .description = text(language, TEXT_letter_lead), .path = STR("/letter"),
		.type = STR("website"), .style = "trust.css", .stays = true,
	};
	TRY(page_begin(&page, cx, req, &head));
	TRY(page_doc_begin(&page, true));
	buf_printf(&page.html, "<main class=\"letter\" data-size=\"%llu\">\n", (unsigned long long)letter.tally.size);
	put_head(&page, &letter);
	page_raw(&page, "<section class=\"sentences\">\n");
	for (size_t i = 0; i < LETTER_SENTENCES; i++)
		put_sentence(&page, &letter, &letter.sentences[i]);
	page_raw(&page, "</section>\n");
	trust_put_counted(&page, letter.tally.size);
	page_raw(&page, "<p><a class=\"button\" href=\"/trust\">");
	page_text(&page, TEXT_letter_more_trust);
	page_raw(&page, "</a></p>\n");
	trust_put_check(&page);
	put_legend(&page);
	put_map(&page);
	page_raw(&page, "<p><a class=\"button\" href=\"/api/v1/letter\">");
	page_text(&page, TEXT_letter_json);
	page_raw(&page, "</a></p>\n</main>\n");
	page_doc_end(&page);
	page_end_html(&page, resp);
	return OK;
}

const struct route letter_routes[] = {
	{ GET, "/letter", get_letter, ANYONE, RATE_READ, SLOW, 0, "The letter about this node.", NULL, NULL, NULL },
	{},
};

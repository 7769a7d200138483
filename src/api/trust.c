#include "api/trust.h"

#include <inttypes.h>
#include <string.h>

/* --- figures --- */

void trust_put_figure(struct page *page, const struct trust_figure *figure)
{
	if (figure->opens) {
		page_raw(page, "<a class=\"figure\" href=\"");
		page_escaped(page, str_of(figure->opens));
		page_raw(page, "\"");
	} else
		page_raw(page, "<strong class=\"figure\"");
	if (figure->claim) {
		buf_printf(&page->html, " data-claim=\"%s\" data-value=\"", figure->claim);
		page_escaped(page, figure->shown);
		page_raw(page, "\"");
	}
	page_raw(page, " dir=\"auto\">");
	page_escaped(page, figure->shown);
	page_raw(page, figure->opens ? "</a>" : "</strong>");
}

void trust_put_counted(struct page *page, uint64_t size)
{
	page_raw(page, "<p class=\"counted\" id=\"counted\" data-live>");
	if (size == 0)
		page_text(page, TEXT_trust_silent);
	else {
		page_raw(page, "<span class=\"counted__dot\" aria-hidden=\"true\"></span>");
		page_fill(page, text_counted(page->language, TEXT_trust_counted, size), "count", trust_number(page->cx, size));
	}
	page_raw(page, "</p>\n");
}

void trust_put_check(struct page *page)
{
	page_raw(page, "<section class=\"check\" id=\"check\" data-check aria-labelledby=\"check-title\">\n<h2 class=\"check__title\" id=\"check-title\">");
	page_text(page, TEXT_trust_check_title);
	page_raw(page, "</h2>\n<p>");
	page_text(page, TEXT_trust_check_lead);
	page_raw(page, "</p>\n<button class=\"button button--main check__start\" type=\"button\" hidden>");
	page_text(page, TEXT_trust_check_start);
	page_raw(page, "</button>\n<noscript><p class=\"check__noscript\">");
	page_text(page, TEXT_trust_check_noscript);
	page_raw(page, "</p></noscript>\n<div class=\"check__result\" aria-live=\"polite\"></div>\n<p class=\"check__whose\">");
	page_text(page, TEXT_trust_check_whose);
	page_raw(page, " <code dir=\"ltr\">amanat verify ");
	page_escaped(page, page_origin(page->cx, page->req));
	page_raw(page, "</code> ");
	page_text(page, TEXT_trust_check_others);
	page_raw(page, "</p>\n</section>\n");
}

void trust_begin(struct page *page, enum text_key title, enum text_key lead, uint64_t size)
{
	buf_printf(&page->html, "<main class=\"trust\" data-size=\"%" PRIu64 "\">\n<header class=\"trust__head\">\n<h1 class=\"trust__title\">", size);
	page_text(page, title);
	page_raw(page, "</h1>\n<p class=\"trust__lead\">");
	page_text(page, lead);
	page_raw(page, "</p>\n</header>\n");
}

void trust_put_back(struct page *page)
{
	page_raw(page, "<p class=\"trust__back\"><a class=\"button\" href=\"/trust\">");
	page_text(page, TEXT_trust_to_trust);
	page_raw(page, "</a></p>\n");
}

void trust_fill(struct page *page, enum text_key key, const struct trust_value *values)
{
	struct buf from = buf_new(8192);
	buf_str(&from, text(page->language, key));
	for (; values->name; values++) {
		struct buf to = buf_new(8192);
		text_fill_in(&to, buf_view(&from), values->name, values->value);
		buf_free(&from);
		from = to;
	}
	page_escaped(page, buf_view(&from));
	buf_free(&from);
}

/* --- words --- */

struct str trust_number(struct ctx *cx, uint64_t number)
{
	return arena_printf(&cx->mem, "%" PRIu64, number);
}

static struct str counted(struct ctx *cx, const struct catalogue *language, enum text_key key, int64_t count)
{
	AUTO(buf_free) struct buf words = buf_new(1024);
	text_fill(&words, language, text_counted(language, key, (uint64_t)count), "count", trust_number(cx, (uint64_t)count));
	return arena_copy(&cx->mem, buf_view(&words));
}

struct str trust_duration(struct ctx *cx, const struct catalogue *language, int64_t us)
{
	if (us < MINUTE_US)
		return text(language, TEXT_trust_at_once);
	if (us < 2 * HOUR_US)
		return counted(cx, language, TEXT_trust_minutes, us / MINUTE_US);
	if (us < 2 * DAY_US)
		return counted(cx, language, TEXT_trust_hours, us / HOUR_US);
	return counted(cx, language, TEXT_trust_days, us / DAY_US);
}

struct str trust_half(struct ctx *cx, const struct catalogue *language, int half, bool brief)
{
	static const enum text_key keys[2][2] = {
		{ TEXT_trust_half_1, TEXT_trust_half_2 }, { TEXT_trust_short_half_1, TEXT_trust_short_half_2 },
	};
	AUTO(buf_free) struct buf words = buf_new(256);
	text_fill(&words, language, keys[brief][half % 2], "year", arena_printf(&cx->mem, "%d", half / 2));
	return arena_copy(&cx->mem, buf_view(&words));
}

static bool say(struct ctx *cx, const struct catalogue *language, const char *room, struct str word, struct str *out)
{
	enum text_key key;
	if (!text_find(arena_printf(&cx->mem, "%s" STR_FMT, room, STR_ARG(word)), &key))
		return false;
	*out = text(language, key);
	return true;
}

struct str trust_word(struct ctx *cx, const struct catalogue *language, struct str word)
{
	struct str said;
	return say(cx, language, "trust.word.", word, &said) ? said : word;
}

struct str trust_kind(struct ctx *cx, const struct catalogue *language, enum entry_kind kind)
{
	const struct str name = str_of(entry_forms[kind].name);
	struct str said;
	return say(cx, language, "trust.entry.", name, &said) ? said : name;
}

struct str trust_demand_of(const struct entry *entry)
{
	const struct entry_field *const fields = entry_forms[entry->kind].fields;
	for (unsigned i = 0; fields[i].name; i++)
		if (fields[i].type == ENTRY_ID && strcmp(fields[i].name, "demand") == 0)
			return entry->values[i];
	return STR("");
}

/* --- entries in words --- */

struct speech {
	struct ctx *cx;
	const struct catalogue *language;
	bool html;
	struct buf *out;
};

static void put(const struct speech *to, struct str words)
{
	if (to->html)
		buf_html(to->out, words);
	else
		buf_str(to->out, words);
}

#define LONG_BYTES 24

/* What no one reads aloud: whole where one points at it. */
static void put_code(const struct speech *to, struct str code)
{
	const bool cut = code.n > LONG_BYTES;
	if (to->html) {
		buf_text(to->out, "<code dir=\"ltr\"");
		if (cut) {
			buf_text(to->out, " title=\"");
			buf_html(to->out, code);
			buf_char(to->out, '"');
		}
		buf_char(to->out, '>');
	}
	put(to, cut ? (struct str){ code.p, LONG_BYTES - 8 } : code);
	if (cut)
		buf_text(to->out, "…");
	if (to->html)
		buf_text(to->out, "</code>");
}

static void put_words(const struct speech *to, struct str list)
{
	for (bool first = true; list.n; first = false) {
		if (!first) {
			put(to, text(to->language, TEXT_letter_list_comma));
			buf_char(to->out, ' ');
		}
		put(to, trust_word(to->cx, to->language, str_cut(&list, ',')));
	}
}

/* The line that an opened entry hid. */
static void put_hidden(const struct speech *to, struct str base64)
{
	char *const line = arena_alloc(&to->cx->mem, ENTRY_LINE_MAX, 1);
	size_t n;
	if (base64.n == 0)
		put(to, trust_word(to->cx, to->language, STR("dummy")));
	else if (base64_decode(base64, line, ENTRY_LINE_MAX, &n) && str_utf8((struct str){ line, n })) {
		if (to->html)
			buf_text(to->out, "<code dir=\"ltr\">");
		put(to, (struct str){ line, n });
		if (to->html)
			buf_text(to->out, "</code>");
	} else
		put_code(to, base64);
}

static void put_value(const struct speech *to, const struct entry_field *field, struct str value)
{
	if (field->type == ENTRY_BASE64 && strcmp(field->name, "hidden") == 0) {
		put_hidden(to, value);
		return;
	}
	if (value.n == 0) {
		put(to, text(to->language, field->type == ENTRY_WORDS || field->type == ENTRY_COUNT ? TEXT_trust_nothing_given : TEXT_trust_missing));
		return;
	}
	switch (field->type) {
	case ENTRY_COUNTRY:
		put(to, text_country(to->language, value));
		break;
	case ENTRY_WORD:
	case ENTRY_WORDS:
		put_words(to, value);
		break;
	case ENTRY_INDEX:
		if (to->html)
			buf_printf(to->out, "<a href=\"/trust/entries?number=" STR_FMT "\">" STR_FMT "</a>", STR_ARG(value), STR_ARG(value));
		else
			buf_str(to->out, value);
		break;
	case ENTRY_COUNT:
	case ENTRY_DATE:
		put(to, value);
		break;
	case ENTRY_ID:
	case ENTRY_SHA256:
	case ENTRY_KEY:
	case ENTRY_BASE64:
	case ENTRY_TEXT:
		put_code(to, value);
		break;
	}
}

static const struct entry_field *field_named(const struct entry *entry, struct str name, struct str *value)
{
	const struct entry_field *const fields = entry_forms[entry->kind].fields;
	for (unsigned i = 0; fields[i].name; i++)
		if (str_eq(name, str_of(fields[i].name))) {
			*value = entry->values[i];
			return &fields[i];
		}
	return NULL;
}

void trust_say(struct ctx *cx, const struct catalogue *language, const struct ledger_item *item, bool html, struct buf *out)
{
	const struct speech to = { .cx = cx, .language = language, .html = html, .out = out };
	struct str rest, value;
	if (!say(cx, language, "trust.says.", str_of(entry_forms[item->entry.kind].name), &rest)) {
		put(&to, str_of(entry_forms[item->entry.kind].about));
		return;
	}
	while (rest.n) {
		put(&to, str_cut(&rest, '{'));
		if (rest.n == 0)
			break;
		const struct entry_field *const field = field_named(&item->entry, str_cut(&rest, '}'), &value);
		if (!field)
			continue;
		buf_text(out, html ? "<bdi>" : "\xE2\x81\xA8");
		put_value(&to, field, value);
		buf_text(out, html ? "</bdi>" : "\xE2\x81\xA9");
	}
}

/* --- keys --- */

enum err trust_keys(struct ctx *cx, struct note_key out[LOG_KEYS_MAX], unsigned *count)
{
	static const struct {
		enum entry_kind kind;
		unsigned field;
	} named[] = {
		{ ENTRY_origin, ENTRY_origin_key }, { ENTRY_succession, ENTRY_succession_key }, { ENTRY_key_added, ENTRY_key_added_key },
	};
	struct ledger_item items[LOG_KEYS_MAX];
	unsigned n = 0;
	for (size_t i = 0; i < sizeof named / sizeof named[0]; i++) {
		size_t found;
		TRY(ledger_newest(cx, named[i].kind, 0, LOG_KEYS_MAX, items, &found));
		while (found-- > 0 && n < LOG_KEYS_MAX)
			TRY(note_key_parse(cx, items[found].entry.values[named[i].field], &out[n++]));
	}
	*count = n;
	return OK;
}

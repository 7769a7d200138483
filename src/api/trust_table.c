/* The table of demands by half-year and state, and a picture of it. */
#include "api/trust.h"

#include <inttypes.h>
#include <string.h>

/* --- the table --- */

enum column_kind { FIGURE, ACCOUNTS, DISCLOSED, CLASSES, MEDIAN };
static const struct {
	enum text_key name;
	enum column_kind kind;
	enum tally_figure figure;
} columns[] = {
	{ TEXT_trust_col_asked, FIGURE, TALLY_ASKED }, { TEXT_trust_col_legal, FIGURE, TALLY_LEGAL },
	{ TEXT_trust_col_emergency, FIGURE, TALLY_EMERGENCY }, { TEXT_trust_col_preservation, FIGURE, TALLY_PRESERVATION },
	{ TEXT_trust_col_removal, FIGURE, TALLY_REMOVAL }, { TEXT_trust_col_authenticated, FIGURE, TALLY_AUTHENTICATED },
	{ TEXT_trust_col_accounts, ACCOUNTS, TALLY_ASKED }, { TEXT_trust_col_refused_by_rule, FIGURE, TALLY_BY_RULE },
	{ TEXT_trust_col_refused, FIGURE, TALLY_REFUSED }, { TEXT_trust_col_partial, FIGURE, TALLY_PARTIAL },
	{ TEXT_trust_col_full, FIGURE, TALLY_FULL }, { TEXT_trust_col_withdrawn, FIGURE, TALLY_WITHDRAWN },
	{ TEXT_trust_col_open, FIGURE, TALLY_OPEN }, { TEXT_trust_col_disclosed, DISCLOSED, TALLY_DISCLOSED },
	{ TEXT_trust_col_classes, CLASSES, TALLY_ASKED },
	{ TEXT_trust_col_median, MEDIAN, TALLY_ASKED }, { TEXT_trust_col_told, FIGURE, TALLY_TOLD },
};
#define ROWS_SHOWN 100                         /* some 4 KiB each */
#define COLUMNS (sizeof columns / sizeof columns[0])

static void put_number(struct page *page, const struct tally_row *row, const char *word, uint64_t value, bool opens)
{
	struct ctx *const cx = page->cx;
	const struct str half = row->half ? tally_half_text(cx, row->half) : STR("");
	const struct str asked = row->half ? arena_printf(&cx->mem, "&half=" STR_FMT "&asker=%s", STR_ARG(half), row->asker) : STR("");
	const struct str place = row->half ? arena_printf(&cx->mem, "/" STR_FMT "/%s", STR_ARG(half), row->asker) : STR("");
	const struct trust_figure figure = {
		.shown = trust_number(cx, value), .claim = arena_printf(&cx->mem, "%s" STR_FMT, word, STR_ARG(place)).p,
		.opens = opens && value ? arena_printf(&cx->mem, "/trust/entries?of=%s" STR_FMT, word, STR_ARG(asked)).p : NULL,
	};
	trust_put_figure(page, &figure);
}

static void put_classes(struct page *page, unsigned classes)
{
	bool first = true;
	if (classes == 0)
		page_text(page, TEXT_trust_nothing_given);
	for (unsigned i = 0; i < TALLY_CLASSES; i++) {
		if (!(classes & 1u << i))
			continue;
		if (!first) {
			page_text(page, TEXT_letter_list_comma);
			page_raw(page, " ");
		}
		first = false;
		page_escaped(page, trust_word(page->cx, page->language, str_of(tally_classes[i])));
	}
}

/* Of what asks for data: keeping and taking away give none. */
static void put_share(struct page *page, const struct tally_row *row)
{
	const uint64_t asked = row->figures[TALLY_LEGAL] + row->figures[TALLY_EMERGENCY];
	if (asked > 0 && row->figures[TALLY_DISCLOSED] > 0)
		buf_printf(&page->html, " <small class=\"share\"><bdi>%" PRIu64 "%%</bdi></small>", (100 * row->figures[TALLY_DISCLOSED] + asked / 2) / asked);
}

static void put_cell(struct page *page, const struct tally_row *row, size_t column)
{
	page_raw(page, "<td data-label=\"");
	page_text(page, columns[column].name);
	page_raw(page, "\">");
	switch (columns[column].kind) {
	case FIGURE:
	case DISCLOSED:
		put_number(page, row, tally_word(columns[column].figure), row->figures[columns[column].figure], true);
		if (columns[column].kind == DISCLOSED)
			put_share(page, row);
		break;
	case ACCOUNTS:
		put_number(page, row, "accounts", row->accounts, false);
		break;
	case CLASSES:
		put_classes(page, row->classes);
		break;
	case MEDIAN:
		if (row->decided)
			page_escaped(page, trust_duration(page->cx, page->language, row->median_us));
		else
			page_raw(page, "–");
		break;
	}
	page_raw(page, "</td>");
}

static void put_row(struct page *page, const struct tally_row *row)
{
	page_raw(page, row->half ? "<tr><th scope=\"row\">" : "<tr class=\"is-sum\"><th scope=\"row\">");
	if (row->half) {
		page_raw(page, "<bdi>");
		page_escaped(page, text_country(page->language, str_of(row->asker)));
		page_raw(page, "</bdi><small>");
		page_escaped(page, trust_half(page->cx, page->language, row->half, false));
		page_raw(page, "</small>");
	} else
		page_text(page, TEXT_trust_all);
	page_raw(page, "</th>");
	for (size_t i = 0; i < COLUMNS; i++)
		put_cell(page, row, i);
	page_raw(page, "</tr>\n");
}

void trust_put_table(struct page *page, const struct tally *tally)
{
	page_raw(page, "<div class=\"demands__scroll\" tabindex=\"0\" role=\"region\" aria-labelledby=\"demands-title\">\n<table class=\"demands\">\n<thead><tr><th scope=\"col\">");
	page_text(page, TEXT_trust_col_asker);
	page_raw(page, "</th>");
	for (size_t i = 0; i < COLUMNS; i++) {
		page_raw(page, "<th scope=\"col\">");
		page_text(page, columns[i].name);
		page_raw(page, "</th>");
	}
	page_raw(page, "</tr></thead>\n<tbody>\n");
	put_row(page, &tally->total);
	for (size_t i = 0; i < tally->row_count && i < ROWS_SHOWN; i++)
		put_row(page, &tally->rows[i]);
	page_raw(page, "</tbody>\n</table>\n</div>\n");
	if (tally->row_count <= ROWS_SHOWN)
		return;
	page_raw(page, "<p>");
	page_text(page, TEXT_trust_table_more);
	page_raw(page, "</p>\n");
}

/* --- the chart: a column a half-year, read in the page's direction --- */

#define BARS_MAX 8
#define SLOTS_LEAST 4
#define WIDTH 640
#define HEIGHT 232
#define FLOOR 190                              /* where the columns stand */
#define TALLEST 160
#define BAR 56

enum part { REFUSED, GIVEN, OTHER, PARTS };
struct bar {
	int half;
	uint64_t parts[PARTS];
};

static uint64_t height_of(const struct bar *bar)
{
	return bar->parts[REFUSED] + bar->parts[GIVEN] + bar->parts[OTHER];
}

/* The newest half-years that have any, oldest first. */
static size_t bars_of(const struct tally *tally, struct bar bars[BARS_MAX])
{
	size_t count = 0;
	for (size_t i = 0; i < tally->row_count; i++) {
		const struct tally_row *const row = &tally->rows[i];
		if (count == 0 || bars[count - 1].half != row->half) {
			if (count == BARS_MAX)
				break;
			bars[count++] = (struct bar){ .half = row->half };
		}
		bars[count - 1].parts[REFUSED] += row->figures[TALLY_BY_RULE] + row->figures[TALLY_REFUSED];
		bars[count - 1].parts[GIVEN] += row->figures[TALLY_PARTIAL] + row->figures[TALLY_FULL];
		bars[count - 1].parts[OTHER] += row->figures[TALLY_OPEN] + row->figures[TALLY_WITHDRAWN];
	}
	for (size_t i = 0; i < count / 2; i++) {
		const struct bar held = bars[i];
		bars[i] = bars[count - 1 - i];
		bars[count - 1 - i] = held;
	}
	return count;
}

static void put_bar(struct page *page, const struct bar *bar, int middle, uint64_t tallest)
{
	static const char *const classes[PARTS] = { "refused", "given", "other" };
	const struct str half = trust_half(page->cx, page->language, bar->half, false);
	const struct trust_value values[] = {
		{ "half", half }, { "refused", trust_number(page->cx, bar->parts[REFUSED]) }, { "given", trust_number(page->cx, bar->parts[GIVEN]) },
		{ "other", trust_number(page->cx, bar->parts[OTHER]) }, {},
	};
	int top = FLOOR;
	page_raw(page, "<g><title>");
	trust_fill(page, TEXT_trust_chart_bar, values);
	page_raw(page, "</title>");
	for (int i = 0; i < PARTS; i++) {
		const int height = (int)(bar->parts[i] * TALLEST / tallest);
		if (bar->parts[i] == 0)
			continue;
		const int shown = height > 2 ? height : 2;
		top -= shown;
		buf_printf(&page->html, "<rect class=\"chart__part chart__part--%s\" x=\"%d\" y=\"%d\" width=\"%d\" height=\"%d\" rx=\"3\"/>", classes[i],
		           middle - BAR / 2, top, BAR, shown > 2 ? shown - 1 : shown);
	}
	buf_printf(&page->html, "<text class=\"chart__sum\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">%" PRIu64 "</text><text class=\"chart__half\" x=\"%d\" y=\"%d\" text-anchor=\"middle\">",
	           middle, top - 8, height_of(bar), middle, FLOOR + 26);
	page_escaped(page, trust_half(page->cx, page->language, bar->half, true));
	page_raw(page, "</text></g>\n");
}

static void put_legend(struct page *page)
{
	static const struct {
		const char *class;
		enum text_key name;
	} parts[] = { { "refused", TEXT_trust_chart_refused }, { "given", TEXT_trust_chart_given }, { "other", TEXT_trust_chart_other } };
	page_raw(page, "<ul class=\"chart__legend\">");
	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++) {
		buf_printf(&page->html, "<li class=\"chart__name chart__name--%s\">", parts[i].class);
		page_text(page, parts[i].name);
		page_raw(page, "</li>");
	}
	page_raw(page, "</ul>\n");
}

void trust_put_chart(struct page *page, const struct tally *tally)
{
	struct bar bars[BARS_MAX];
	uint64_t tallest = 1;
	const size_t count = bars_of(tally, bars);
	const bool mirrored = strcmp(page->language->direction, "rtl") == 0;
	const int slots = count < SLOTS_LEAST ? SLOTS_LEAST : (int)count;
	for (size_t i = 0; i < count; i++)
		if (height_of(&bars[i]) > tallest)
			tallest = height_of(&bars[i]);
	page_raw(page, "<figure class=\"chart\">\n<figcaption class=\"chart__title\" id=\"chart-title\">");
	page_text(page, TEXT_trust_chart_title);
	buf_printf(&page->html, "</figcaption>\n<svg viewBox=\"0 0 %d %d\" role=\"img\" aria-labelledby=\"chart-title\">\n"
	           "<line class=\"chart__floor\" x1=\"0\" y1=\"%d\" x2=\"%d\" y2=\"%d\"/>\n", WIDTH, HEIGHT, FLOOR, WIDTH, FLOOR);
	for (size_t i = 0; i < count; i++) {
		const int middle = (2 * (int)i + 1) * WIDTH / (2 * slots);
		put_bar(page, &bars[i], mirrored ? WIDTH - middle : middle, tallest);
	}
	page_raw(page, "</svg>\n");
	put_legend(page);
	page_raw(page, "</figure>\n");
}

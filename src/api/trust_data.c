/* The table and the entries for programs: CSV (RFC 4180), JSON, Atom (RFC 4287). */
#include "api/atom.h"
#include "api/routes.h"
#include "api/trust.h"
#include "base/json.h"
#include "ledger/run.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define CSV_BYTES_MAX ((size_t)8 << 20)
#define CSV_PART_BYTES ((size_t)1 << 20)       /* then the next part begins */
#define ATOM_BYTES_MAX ((size_t)512 << 10)
#define ATOM_EACH 20
#define ATOM_SHOWN 40

static void answer(struct ctx *cx, struct resp *resp, const char *content_type, struct buf *body)
{
	resp->kind = BODY_BUF;
	resp->buf = *body;
	*body = buf_new(0);
	resp_header(cx, resp, "Content-Type", str_of(content_type));
}

/* --- CSV --- */

static void put_row(struct ctx *cx, const struct tally_row *row, struct buf *out)
{
	const struct str half = tally_half_text(cx, row->half);
	bool first = true;
	buf_printf(out, STR_FMT ",%s", STR_ARG(half), row->asker);
	for (unsigned i = 0; i < TALLY_FIGURES; i++)
		buf_printf(out, ",%" PRIu64, row->figures[i]);
	buf_printf(out, ",%" PRIu64 ",%" PRIu64 ",", row->accounts, row->given);
	for (unsigned i = 0; i < TALLY_CLASSES; i++) {
		if (!(row->classes & 1u << i))
			continue;
		buf_printf(out, first ? "%s" : " %s", tally_classes[i]);
		first = false;
	}
	if (row->decided)
		buf_printf(out, ",%" PRId64 "\r\n", row->median_us / SECOND_US);
	else
		buf_text(out, ",\r\n");
}

static enum err get_demands_csv(struct ctx *cx, const struct req *, struct resp *resp)
{
	AUTO(buf_free) struct buf body = buf_new(CSV_BYTES_MAX);
	struct tally tally;
	TRY(tally_read(cx, &tally));
	buf_text(&body, "half_year,state");
	for (unsigned i = 0; i < TALLY_FIGURES; i++)
		buf_printf(&body, ",%s", tally_word((enum tally_figure)i));
	buf_text(&body, ",accounts_named,accounts_given,classes_given,median_seconds_to_decide\r\n");
	for (size_t i = 0; i < tally.row_count; i++)
		put_row(cx, &tally.rows[i], &body);
	answer(cx, resp, "text/csv; charset=utf-8", &body);
	resp_header(cx, resp, "Content-Disposition", STR("attachment; filename=\"demands.csv\""));
	return OK;
}

/* From ?from= on, the oldest first; a header names the next part.  No line has a comma's or a quote's need but in its own quotes. */
static enum err get_entries_csv(struct ctx *cx, const struct req *req, struct resp *resp)
{
	AUTO(buf_free) struct buf body = buf_new(CSV_BYTES_MAX);
	AUTO(lines_close) struct lines lines = {};
	struct ledger_head head;
	struct entry entry;
	struct str value;
	uint64_t from = 0;
	if (req_query(cx, req, "from", &value) && !str_u64(value, &from))
		return fail(cx, E_INVALID, "from must be the number of an entry.");
	TRY(ledger_head(cx, &head));
	buf_text(&body, "number,time,kind,line\r\n");
	uint64_t i = from;
	TRY(lines_open(cx, from, head.size, &lines));
	for (; body.n < CSV_PART_BYTES && lines_next(&lines); i++) {
		char when[RFC3339_BYTES];
		TRY(entry_parse(cx, lines.line, &entry));
		time_rfc3339(entry.time_us, when);
		buf_printf(&body, "%" PRIu64 ",%s,%s,\"", i, when, entry_forms[entry.kind].name);
		for (size_t at = 0; at < lines.line.n; at++)
			buf_text(&body, lines.line.p[at] == '"' ? "\"\"" : (char[]){ lines.line.p[at], '\0' });
		buf_text(&body, "\"\r\n");
	}
	TRY(lines_status(&lines));
	if (i < head.size && body.n < CSV_PART_BYTES)
		return fail(cx, E_CORRUPT, "the ledger's entries from %llu on are not all there", (unsigned long long)i);
	answer(cx, resp, "text/csv; charset=utf-8", &body);
	resp_header(cx, resp, "Content-Disposition", STR("attachment; filename=\"entries.csv\""));
	if (i < head.size)
		resp_header(cx, resp, "Link", arena_printf(&cx->mem, "</trust/entries.csv?from=%" PRIu64 ">; rel=\"next\"", i));
	return OK;
}

/* --- JSON --- */

static void number(struct json *json, const char *name, uint64_t value)
{
	json_key(json, name);
	json_i64(json, (int64_t)value);
}

static void row_json(struct ctx *cx, const struct tally_row *row, struct json *json)
{
	json_object(json);
	json_key(json, "half_year");
	if (row->half)
		json_string(json, tally_half_text(cx, row->half));
	else
		json_null(json);
	json_key(json, "state");
	if (row->half)
		json_text(json, row->asker);
	else
		json_null(json);
	for (unsigned i = 0; i < TALLY_FIGURES; i++)
		number(json, tally_word((enum tally_figure)i), row->figures[i]);
	number(json, "accounts_named", row->accounts);
	number(json, "accounts_given", row->given);
	json_key(json, "classes_given");
	json_array(json);
	for (unsigned i = 0; i < TALLY_CLASSES; i++)
		if (row->classes & 1u << i)
			json_text(json, tally_classes[i]);
	json_array_end(json);
	json_key(json, "median_seconds_to_decide");
	if (row->decided)
		json_i64(json, row->median_us / SECOND_US);
	else
		json_null(json);
	json_object_end(json);
}

static void log_json(const struct ledger_head *head, const struct note_key *keys, unsigned count, struct json *json)
{
	AUTO(buf_free) struct buf root = buf_new(64);
	struct str rest = head->note;
	buf_base64(&root, head->root.bytes, sizeof head->root.bytes);
	json_key(json, "ledger");
	json_object(json);
	json_key(json, "origin");
	json_string(json, str_cut(&rest, '\n'));
	number(json, "size", head->size);
	json_key(json, "root");
	json_string(json, buf_view(&root));
	json_key(json, "state");
	json_text(json, ledger_state_name(head->state));
	ledger_keys_json(json, keys, count);
	json_object_end(json);
}

static void sums_json(struct ctx *cx, const struct tally *tally, struct json *json)
{
	static const enum entry_kind told[] = { ENTRY_charter, ENTRY_incident, ENTRY_takedown, ENTRY_opaque };
	number(json, "size", tally->size);
	json_key(json, "total");
	row_json(cx, &tally->total, json);
	json_key(json, "rows");
	json_array(json);
	for (size_t i = 0; i < tally->row_count; i++)
		row_json(cx, &tally->rows[i], json);
	json_array_end(json);
	json_key(json, "refused_by_rule");
	json_array(json);
	for (size_t i = 0; i < tally->rule_count; i++) {
		json_object(json);
		number(json, "rule", tally->rules[i].rule);
		number(json, "refused", tally->rules[i].refused);
		json_object_end(json);
	}
	json_array_end(json);
	json_key(json, "entries");
	json_object(json);
	for (size_t i = 0; i < sizeof told / sizeof told[0]; i++)
		number(json, entry_forms[told[i]].name, tally->kinds[told[i]]);
	json_object_end(json);
	json_key(json, "opaque");
	json_object(json);
	number(json, "shut", tally->opaque_shut);
	number(json, "opened_real", tally->opaque_real);
	number(json, "opened_dummy", tally->opaque_dummy);
	json_key(json, "next_opens");
	if (tally->opaque_next_us)
		json_time(json, tally->opaque_next_us);
	else
		json_null(json);
	json_object_end(json);
}

static enum err get_json(struct ctx *cx, const struct req *, struct resp *resp)
{
	struct note_key keys[LOG_KEYS_MAX];
	struct ledger_head head;
	struct tally tally;
	unsigned count;
	TRY(tally_read(cx, &tally));
	TRY(ledger_head(cx, &head));
	TRY(trust_keys(cx, keys, &count));
	struct buf body = buf_new(CSV_BYTES_MAX);
	struct json json = json_new(&body);
	json_object(&json);
	log_json(&head, keys, count, &json);
	sums_json(cx, &tally, &json);
	json_object_end(&json);
	resp_json(resp, &body);
	return OK;
}

/* --- Atom: what one wants to be told of --- */

static const enum entry_kind news[] = {
	ENTRY_demand_received, ENTRY_demand_authenticated, ENTRY_demand_decided, ENTRY_demand_gagged, ENTRY_demand_told, ENTRY_hold_placed,
	ENTRY_opaque_opened, ENTRY_charter, ENTRY_incident, ENTRY_takedown, ENTRY_succession, ENTRY_key_added, ENTRY_key_revoked,
};
#define NEWS (sizeof news / sizeof news[0])

static int newest_first(const void *a, const void *b)
{
	const struct ledger_item *const x = a, *const y = b;
	return (x->number < y->number) - (x->number > y->number);
}

static enum err read_news(struct ctx *cx, uint64_t size, struct ledger_item *items, size_t *count)
{
	size_t n = 0;
	for (size_t i = 0; size > 0 && i < NEWS; i++) {
		size_t found;
		TRY(ledger_newest(cx, news[i], size, ATOM_EACH, &items[n], &found));
		n += found;
	}
	if (n)
		qsort(items, n, sizeof *items, newest_first);
	*count = n < ATOM_SHOWN ? n : ATOM_SHOWN;
	return OK;
}

static void put_news(struct ctx *cx, const struct catalogue *language, struct str origin, const struct ledger_item *item, struct buf *out)
{
	const struct str address = arena_printf(&cx->mem, STR_FMT "/trust/entries?number=%" PRIu64, STR_ARG(origin), item->number);
	AUTO(buf_free) struct buf words = buf_new(8192);
	trust_say(cx, language, item, false, &words);
	buf_text(out, "<entry>\n");
	atom_element(out, "id", address);
	atom_element(out, "title", trust_kind(cx, language, item->entry.kind));
	atom_time(out, "published", item->entry.time_us);
	atom_time(out, "updated", item->entry.time_us);
	atom_link(out, "alternate", "text/html", address, STR(""));
	atom_element(out, "content", buf_view(&words));
	buf_text(out, "</entry>\n");
}

static enum err get_atom(struct ctx *cx, const struct req *req, struct resp *resp)
{
	const struct catalogue *const language = text_language(cx, req);
	const struct str origin = page_origin(cx, req);
	struct ledger_item *const items = arena_new(&cx->mem, struct ledger_item, NEWS * ATOM_EACH);
	AUTO(buf_free) struct buf body = buf_new(ATOM_BYTES_MAX);
	struct ledger_head head;
	size_t count;
	TRY(ledger_head(cx, &head));
	TRY(read_news(cx, head.size, items, &count));
	buf_printf(&body, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"%s\">\n", language->code);
	atom_element(&body, "id", arena_printf(&cx->mem, STR_FMT "/trust", STR_ARG(origin)));
	atom_element(&body, "title", arena_printf(&cx->mem, STR_FMT " · Amanat", STR_ARG(text(language, TEXT_trust_title))));
	atom_time(&body, "updated", count ? items[0].entry.time_us : head.shown_us);
	atom_link(&body, "alternate", "text/html", origin, STR("/trust"));
	atom_link(&body, "self", "application/atom+xml", origin, STR("/trust/atom.xml"));
	buf_text(&body, "<author>");
	atom_element(&body, "name", origin);
	buf_text(&body, "</author>\n");
	for (size_t i = 0; i < count; i++)
		put_news(cx, language, origin, &items[i], &body);
	buf_text(&body, "</feed>\n");
	answer(cx, resp, "application/atom+xml; charset=utf-8", &body);
	return OK;
}

const struct route trust_data_routes[] = {
	{ GET, "/trust/demands.csv", get_demands_csv, ANYONE, RATE_READ, SLOW, 0, "The table of demands as CSV.", NULL, NULL, NULL },
	{ GET, "/trust/entries.csv", get_entries_csv, ANYONE, RATE_READ, SLOW, 0, "The ledger's entries as CSV from ?from= on, a mebibyte at a time; a Link header names the next part.", NULL, NULL, NULL },
	{ GET, "/trust/atom.xml", get_atom, ANYONE, RATE_READ, SLOW, 0, "New entries that matter, as an Atom feed: demands, charter, incidents, takedowns, keys.",
	  NULL, NULL, NULL },
	{ GET, "/api/v1/trust", get_json, ANYONE, RATE_READ, SLOW, 0, "Demands by half-year and state, and what else the ledger's entries add up to.", NULL, "Trust", NULL },
	{},
};

#include "api/letter.h"

#include <inttypes.h>
#include <string.h>

#include "api/node.h"
#include "api/version.h"
#include "base/config.h"
#include "base/json.h"
#include "custody/custody.h"
#include "docket/charters.h"
#include "social/census.h"
#include "social/demo.h"
#include "store/field.h"

const char *letter_state_name(enum letter_state state)
{
	static const char *const names[] = {
		[LETTER_LIVE] = "live", [LETTER_NOT_YET] = "not-yet", [LETTER_OPEN_SEAL] = "open-seal",
		[LETTER_ONE_CUSTODIAN] = "one-custodian",
	};
	return names[state];
}

enum text_key letter_state_text(enum letter_state state)
{
	static const enum text_key keys[] = {
		[LETTER_LIVE] = TEXT_letter_state_live, [LETTER_NOT_YET] = TEXT_letter_state_not_yet,
		[LETTER_OPEN_SEAL] = TEXT_letter_state_open_seal, [LETTER_ONE_CUSTODIAN] = TEXT_letter_state_one_custodian,
	};
	return keys[state];
}

enum text_key letter_state_help(enum letter_state state)
{
	static const enum text_key keys[] = {
		[LETTER_LIVE] = TEXT_letter_state_live_help, [LETTER_NOT_YET] = TEXT_letter_state_not_yet_help,
		[LETTER_OPEN_SEAL] = TEXT_letter_state_open_seal_help,
		[LETTER_ONE_CUSTODIAN] = TEXT_letter_state_one_custodian_help,
	};
	return keys[state];
}

struct str letter_program(void)
{
	return STR(AMANAT_VERSION " (" AMANAT_COMMIT ")");
}

static struct str number(struct ctx *cx, int64_t value)
{
	return arena_printf(&cx->mem, "%" PRId64, value);
}

static struct str home(struct ctx *cx, const struct catalogue *language)
{
	struct str place = text_place(language, str_of(cx->config->region_place));
	return arena_printf(&cx->mem, STR_FMT " (%s)", STR_ARG(place), cx->config->region_jurisdiction);
}

static int64_t table_count(void)
{
	int64_t count = 0;
	for (const struct table_info *table = all_tables; table->name; table++)
		count++;
	return count;
}

/* A key file that the node reads by itself needs no keeper. */
static enum letter_state seal_state(struct ctx *cx)
{
	struct str seal = str_of(keyholder_seal_state(cx->keyholder));
	return str_eq(seal, STR("open")) ? LETTER_OPEN_SEAL : LETTER_ONE_CUSTODIAN;
}

#define RULES_TOLD 3                           /* apart; more of them, or none (0: no charter was in force), are told as one figure */

static void add_part(struct ctx *cx, const struct catalogue *language, enum text_key says, enum tally_figure figure, uint64_t count, uint32_t rule,
	struct letter *letter)
{
	const char *const word = tally_word(figure);
	letter->parts[letter->part_count++] = (struct letter_part){
		.says = text_counted(language, says, count), .count = count, .rule = rule,
		.opens = (rule ? arena_printf(&cx->mem, "/trust/entries?of=%s&rule=%" PRIu32, word, rule) : arena_printf(&cx->mem, "/trust/entries?of=%s", word)).p,
		.claim = (rule ? arena_printf(&cx->mem, "rule:%" PRIu32, rule) : arena_printf(&cx->mem, "%s", word)).p,
	};
}

static void add_parts(struct ctx *cx, const struct catalogue *language, struct letter *letter)
{
	const struct tally *const tally = &letter->tally;
	const uint64_t *const figures = tally->total.figures;
	static const struct {
		enum tally_figure figure;
		enum text_key says;
	} seldom[] = {
		{ TALLY_REFUSED, TEXT_letter_demands_refused }, { TALLY_OPEN, TEXT_letter_demands_open }, { TALLY_WITHDRAWN, TEXT_letter_demands_withdrawn },
	};
	if (figures[TALLY_ASKED] == 0)
		return;
	add_part(cx, language, TEXT_letter_demands_asked, TALLY_ASKED, figures[TALLY_ASKED], 0, letter);
	const bool together = tally->rule_count > RULES_TOLD || (tally->rule_count && tally->rules[0].rule == 0);
	if (together)
		add_part(cx, language, TEXT_letter_demands_by_rules, TALLY_BY_RULE, figures[TALLY_BY_RULE], 0, letter);
	for (size_t i = 0; i < tally->rule_count && !together; i++)
		add_part(cx, language, TEXT_letter_demands_by_rule, TALLY_BY_RULE, tally->rules[i].refused, tally->rules[i].rule, letter);
	for (size_t i = 0; i < sizeof seldom / sizeof seldom[0]; i++)
		if (figures[seldom[i].figure])
			add_part(cx, language, seldom[i].says, seldom[i].figure, figures[seldom[i].figure], 0, letter);
	add_part(cx, language, TEXT_letter_demands_disclosed, TALLY_DISCLOSED, figures[TALLY_DISCLOSED], 0, letter);
}

/* Charters that do not agree with the ledger are none. */
static enum err count_rules(struct ctx *cx, int64_t *out)
{
	struct charters charters;
	const enum err outcome = charters_read(cx, &charters);
	if (outcome != E_CORRUPT && outcome != E_INVALID && outcome != E_TOOLARGE)
		TRY(outcome);
	*out = outcome == OK && charters.count > 0 ? (int64_t)charters.items[charters.count - 1].charter.rule_count : 0;
	return OK;
}

bool letter_in_parts(const struct letter *letter, const struct letter_sentence *sentence)
{
	return letter->part_count > 0 && sentence->title == TEXT_letter_demands_title;
}

enum err letter_read(struct ctx *cx, const struct catalogue *language, struct letter *out)
{
	int64_t rules, videos;
	struct demo_accounts demo;
	struct letter letter = { .made_us = cx->now_us };
	TRY(demo_accounts(cx, &demo));
	TRY(tally_read(cx, &letter.tally));
	TRY(count_rules(cx, &rules));
	TRY(census_videos(cx, &videos));
	enum letter_state seal = seal_state(cx);
	const enum letter_state logged = letter.tally.size > 0 ? LETTER_LIVE : LETTER_NOT_YET;
	bool placed = cx->config->region_place[0] != '\0';
	letter.demo = demo.count;
	add_parts(cx, language, &letter);
#define SENTENCE(key) #key, TEXT_letter_##key##_title, TEXT_letter_##key##_said, TEXT_letter_##key##_statement, \
	TEXT_letter_##key##_check, TEXT_letter_##key##_notyet
	const struct letter_sentence sentences[LETTER_SENTENCES] = {
		{ SENTENCE(app), LETTER_LIVE, number(cx, videos), NULL, NULL },
		{ SENTENCE(home), placed ? LETTER_LIVE : LETTER_NOT_YET, home(cx, language), NULL, NULL },
		{ SENTENCE(demands), logged, number(cx, (int64_t)letter.tally.total.figures[TALLY_ASKED]), "/trust/entries?of=asked", "asked" },
		{ SENTENCE(refusal), rules ? LETTER_LIVE : LETTER_NOT_YET, number(cx, rules), "/trust/charter", NULL },
		{ SENTENCE(seal), seal, seal == LETTER_OPEN_SEAL ? STR("0") : STR("1"), NULL, NULL },
		{ SENTENCE(region), LETTER_NOT_YET, STR("0"), NULL, NULL },
		{ SENTENCE(border), LETTER_LIVE, number(cx, table_count()), NULL, NULL },
		{ SENTENCE(availability), LETTER_NOT_YET, STR("0"), NULL, NULL },
		{ SENTENCE(incidents), logged, number(cx, (int64_t)letter.tally.kinds[ENTRY_incident]), "/trust/entries?kind=incident", "kind:incident" },
	};
#undef SENTENCE
	memcpy(letter.sentences, sentences, sizeof sentences);
	*out = letter;
	return OK;
}

static void state_parts(struct ctx *cx, const struct letter *letter, const struct catalogue *language, struct buf *out)
{
	for (size_t i = 0; i < letter->part_count; i++) {
		const struct letter_part *const part = &letter->parts[i];
		AUTO(buf_free) struct buf half = buf_new(1024);
		if (i) {
			buf_str(out, text(language, TEXT_letter_list_comma));
			buf_char(out, ' ');
		}
		text_fill(&half, language, part->says, "count", number(cx, (int64_t)part->count));
		text_fill_in(out, buf_view(&half), "rule", number(cx, part->rule));
	}
	buf_str(out, text(language, TEXT_letter_list_end));
}

static void sentence_json(struct ctx *cx, struct json *json, const struct letter *letter, const struct letter_sentence *sentence,
	const struct catalogue *language)
{
	bool not_yet = sentence->state == LETTER_NOT_YET;
	AUTO(buf_free) struct buf statement = buf_new(4096);
	if (not_yet)
		buf_str(&statement, text(language, sentence->notyet));
	else if (letter_in_parts(letter, sentence))
		state_parts(cx, letter, language, &statement);
	else
		text_fill(&statement, language, sentence->statement, "figure", sentence->figure);
	json_object(json);
	json_key(json, "key");
	json_text(json, sentence->key);
	json_key(json, "said");
	json_string(json, text(language, sentence->said));
	json_key(json, "statement");
	json_string(json, buf_view(&statement));
	json_key(json, "figure");
	json_string(json, sentence->figure);
	json_key(json, "state");
	json_text(json, letter_state_name(sentence->state));
	json_key(json, "check");
	json_string(json, text(language, sentence->check));
	json_object_end(json);
}

static void table_json(struct json *json, const struct table_info *table)
{
	static const char *const stores[STORES] = { [PUBLIC_DB] = "public.db", [PERSONAL_DB] = "personal.db", [KEYS_DB] = "keys.db" };
	json_object(json);
	json_key(json, "name");
	json_text(json, table->name);
	json_key(json, "class");
	json_text(json, class_name(table->class));
	json_key(json, "store");
	json_text(json, stores[table->store]);
	json_key(json, "about");
	json_text(json, table->about);
	json_key(json, "columns");
	json_array(json);
	for (const struct field_info *field = table->fields; field->column; field++) {
		json_object(json);
		json_key(json, "name");
		json_text(json, field->column);
		json_key(json, "protection");
		json_text(json, field->protection == SEAL ? "seal" : "clear");
		json_object_end(json);
	}
	json_array_end(json);
	json_object_end(json);
}

void letter_json(struct ctx *cx, const struct letter *letter, const struct catalogue *language, struct buf *out)
{
	struct json json = json_new(out);
	json_object(&json);
	json_key(&json, "version");
	json_text(&json, AMANAT_VERSION);
	json_key(&json, "commit");
	json_text(&json, AMANAT_COMMIT);
	json_key(&json, "made");
	json_time(&json, letter->made_us);
	node_identity_json(cx, &json);
	json_key(&json, "owner_jurisdiction");
	json_text(&json, cx->config->region_owner_jurisdiction);
	json_key(&json, "sentences");
	json_array(&json);
	for (size_t i = 0; i < LETTER_SENTENCES; i++)
		sentence_json(cx, &json, letter, &letter->sentences[i], language);
	json_array_end(&json);
	json_key(&json, "tables");
	json_array(&json);
	for (const struct table_info *table = all_tables; table->name; table++)
		table_json(&json, table);
	json_array_end(&json);
	json_object_end(&json);
}

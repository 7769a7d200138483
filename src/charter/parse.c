/* charter.json, read strictly: what is signed means one thing only.  No error repeats what it read: a stranger may have written it. */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "charter/inside.h"
#include "ledger/note.h"

#define FORMAT "amanat-charter/v1"
#define WHERE_BYTES 48
#define COUNT(list) (sizeof(list) / sizeof(list)[0])

static void json_free(json_t **json)
{
	json_decref(*json);
}

#define REFUSE(cx, ...) fail_as((cx), E_INVALID, "charter-invalid", __VA_ARGS__)

/* --- values --- */

static struct str text_of(const json_t *value)
{
	return (struct str){ json_string_value(value), json_string_length(value) };
}

static enum err known_only(struct ctx *cx, json_t *object, const char *where, const char *const *names, size_t count)
{
	const char *name;
	json_t *value;
	if (!json_is_object(object))
		return REFUSE(cx, "%s must be an object, { ... }", where);
	json_object_foreach(object, name, value) {
		bool known = false;
		for (size_t i = 0; i < count; i++)
			known |= strcmp(name, names[i]) == 0;
		if (!known)
			return REFUSE(cx, "%s has a field that is not known here", where);
	}
	return OK;
}

static enum err read_whole(struct ctx *cx, json_t *object, const char *where, const char *name, int64_t low, int64_t high, int64_t *out)
{
	const json_t *const value = json_object_get(object, name);
	if (!json_is_integer(value) || json_integer_value(value) < low || json_integer_value(value) > high)
		return REFUSE(cx, "%s needs \"%s\", a whole number from %" PRId64 " to %" PRId64, where, name, low, high);
	*out = json_integer_value(value);
	return OK;
}

/* Neither a control character nor one that turns the direction of writing: a sentence reads as its bytes stand. */
static bool is_plain(struct str text)
{
	static const char *const turns[] = { "\xe2\x80\xaa", "\xe2\x80\xab", "\xe2\x80\xac", "\xe2\x80\xad", "\xe2\x80\xae",
	                                     "\xe2\x81\xa6", "\xe2\x81\xa7", "\xe2\x81\xa8", "\xe2\x81\xa9" };
	for (size_t i = 0; i < text.n; i++) {
		const unsigned char c = (unsigned char)text.p[i];
		if (c < ' ' || c == 0x7f || (c == 0xc2 && (unsigned char)text.p[i + 1] < 0xa0))
			return false;
	}
	for (size_t i = 0; i < COUNT(turns); i++)
		if (memmem(text.p, text.n, turns[i], 3))
			return false;
	return true;
}

static enum err read_text(struct ctx *cx, json_t *object, const char *where, const char *name, size_t points_max, struct str *out)
{
	const json_t *const value = json_object_get(object, name);
	const struct str text = text_of(value);
	if (!json_is_string(value) || text.n == 0 || str_code_points(text) > points_max)
		return REFUSE(cx, "%s needs \"%s\", a text of 1 to %zu characters", where, name, points_max);
	if (!is_plain(text))
		return REFUSE(cx, "\"%s\" of %s has a control character", name, where);
	*out = arena_copy(&cx->mem, text);
	return OK;
}

static enum err read_place(struct ctx *cx, const json_t *value, const char *where, struct place *out)
{
	if (!json_is_string(value) || !place_parse(text_of(value), out))
		return REFUSE(cx, "%s: a state is written as ISO 3166-1 does, in two capital letters", where);
	return OK;
}

/* --- places --- */

static enum err read_homes(struct ctx *cx, const json_t *list, struct charter *charter)
{
	static const char *const names[] = { "region", "state" };
	charter->home_count = json_array_size(list);
	if (!json_is_array(list) || charter->home_count == 0 || charter->home_count > CHARTER_PLACES_MAX)
		return REFUSE(cx, "places needs \"home\", a list of 1 to %d regions", CHARTER_PLACES_MAX);
	charter->homes = arena_new(&cx->mem, struct charter_home, charter->home_count);
	for (size_t i = 0; i < charter->home_count; i++) {
		struct charter_home *const home = &charter->homes[i];
		json_t *const object = json_array_get(list, i);
		TRY(known_only(cx, object, "a home", names, COUNT(names)));
		TRY(read_text(cx, object, "a home", "region", 16, &home->region));
		TRY(read_place(cx, json_object_get(object, "state"), "a home's \"state\"", &home->state));
		for (size_t j = 0; j < i; j++)
			if (str_eq(charter->homes[j].region, home->region))
				return REFUSE(cx, "home %zu has a region that stands before it already", i + 1);
	}
	return OK;
}

static enum err read_owners(struct ctx *cx, const json_t *list, struct charter *charter)
{
	if (json_is_null(list))
		return OK;
	charter->owner_stated = true;
	charter->owner_count = json_array_size(list);
	if (!json_is_array(list) || charter->owner_count > CHARTER_PLACES_MAX)
		return REFUSE(cx, "places needs \"owner\", a list of at most %d states, or null when it is not stated", CHARTER_PLACES_MAX);
	charter->owners = arena_new(&cx->mem, struct place, charter->owner_count + 1);
	for (size_t i = 0; i < charter->owner_count; i++) {
		TRY(read_place(cx, json_array_get(list, i), "places.owner", &charter->owners[i]));
		for (size_t j = 0; j < i; j++)
			if (place_eq(charter->owners[j], charter->owners[i]))
				return REFUSE(cx, "%s stands twice among the owner's states", charter->owners[i].code);
	}
	return OK;
}

static enum err read_places(struct ctx *cx, json_t *places, struct charter *charter)
{
	static const char *const names[] = { "home", "owner" };
	TRY(known_only(cx, places, "places", names, COUNT(names)));
	TRY(read_homes(cx, json_object_get(places, "home"), charter));
	return read_owners(cx, json_object_get(places, "owner"), charter);
}

/* --- rules --- */

/* A condition that is not there holds always. */
static enum err read_set(struct ctx *cx, json_t *object, const char *where, const char *name, enum charter_list list, uint32_t *out)
{
	const json_t *const values = json_object_get(object, name);
	uint32_t set = 0;
	*out = CHARTER_ANY;
	if (!values)
		return OK;
	if (!json_is_array(values) || json_array_size(values) == 0)
		return REFUSE(cx, "\"%s\" of %s must be a list of words, and not an empty one", name, where);
	for (size_t i = 0; i < json_array_size(values); i++) {
		const json_t *const word = json_array_get(values, i);
		unsigned value = 0;
		if (!json_is_string(word) || !charter_word_parse(list, text_of(word), &value))
			return REFUSE(cx, "\"%s\" of %s has a word that is not among the known ones", name, where);
		if (set & 1U << value)
			return REFUSE(cx, "\"%s\" of %s has \"%s\" twice", name, where, charter_word(list, value));
		set |= 1U << value;
	}
	*out = set;
	return OK;
}

static enum err read_authenticated(struct ctx *cx, json_t *object, const char *where, struct charter_rule *rule)
{
	const json_t *const value = json_object_get(object, "authenticated");
	if (value && !json_is_boolean(value))
		return REFUSE(cx, "\"authenticated\" of %s must be true or false", where);
	rule->if_authenticated = !value || json_is_true(value);
	rule->if_unauthenticated = !value || json_is_false(value);
	return OK;
}

/* A term that the outcome has is needed, one that it has not is refused. */
static enum err read_term(struct ctx *cx, json_t *object, const char *where, const char *name, bool due, int64_t low, int64_t high, int32_t *out)
{
	int64_t number = 0;
	if (!due && json_object_get(object, name))
		return REFUSE(cx, "%s has \"%s\", which such a rule does not take", where, name);
	if (due)
		TRY(read_whole(cx, object, where, name, low, high, &number));
	*out = (int32_t)number;
	return OK;
}

static enum err read_terms(struct ctx *cx, json_t *object, const char *where, struct charter_rule *rule)
{
	const bool decide = rule->outcome == CHARTER_DECIDE, holds = rule->kinds & 1U << CHARTER_PRESERVATION;
	struct charter_terms *const terms = &rule->terms;
	TRY(read_term(cx, object, where, "deadline_hours", rule->outcome != CHARTER_REFUSE, 1, CHARTER_DEADLINE_HOURS_MAX, &terms->deadline_hours));
	TRY(read_term(cx, object, where, "notice_hours", true, 0, CHARTER_DEADLINE_HOURS_MAX, &terms->notice_hours));
	TRY(read_term(cx, object, where, "gag_days", decide, 0, CHARTER_GAG_DAYS_MAX, &terms->gag_days));
	return read_term(cx, object, where, "hold_days", decide && holds, 1, CHARTER_HOLD_DAYS_MAX, &terms->hold_days);
}

static enum err read_rule(struct ctx *cx, json_t *object, size_t position, uint32_t above, struct charter_rule *out)
{
	static const char *const names[] = { "number", "says", "kinds", "bases", "asker", "authenticated", "then", "deadline_hours", "notice_hours",
	                                     "gag_days", "hold_days" };
	struct charter_rule rule = {};
	char where[WHERE_BYTES];
	int64_t number = 0;
	unsigned outcome = 0;
	snprintf(where, sizeof where, "rule %zu of the list", position + 1);
	TRY(known_only(cx, object, where, names, COUNT(names)));
	TRY(read_whole(cx, object, where, "number", 1, 9999, &number));
	rule.number = (uint32_t)number;
	if (rule.number <= above)
		return REFUSE(cx, "rule %" PRIu32 " stands behind rule %" PRIu32 ": numbers rise through the list", rule.number, above);
	snprintf(where, sizeof where, "rule %" PRIu32, rule.number);
	TRY(read_text(cx, object, where, "says", CHARTER_SENTENCE_MAX, &rule.says));
	TRY(read_set(cx, object, where, "kinds", CHARTER_LIST_KIND, &rule.kinds));
	TRY(read_set(cx, object, where, "bases", CHARTER_LIST_BASIS, &rule.bases));
	TRY(read_set(cx, object, where, "asker", CHARTER_LIST_RELATION, &rule.askers));
	TRY(read_authenticated(cx, object, where, &rule));
	const json_t *const then = json_object_get(object, "then");
	if (!json_is_string(then) || !charter_word_parse(CHARTER_LIST_OUTCOME, text_of(then), &outcome))
		return REFUSE(cx, "%s needs \"then\": refuse, authenticate or decide", where);
	rule.outcome = (enum charter_outcome)outcome;
	TRY(read_terms(cx, object, where, &rule));
	*out = rule;
	return OK;
}

static enum err read_rules(struct ctx *cx, const json_t *list, struct charter *charter)
{
	uint32_t above = 0;
	charter->rule_count = json_array_size(list);
	if (!json_is_array(list) || charter->rule_count == 0 || charter->rule_count > CHARTER_RULES_MAX)
		return REFUSE(cx, "the charter needs \"rules\", a list of 1 to %d", CHARTER_RULES_MAX);
	charter->rules = arena_new(&cx->mem, struct charter_rule, charter->rule_count);
	for (size_t i = 0; i < charter->rule_count; i++) {
		TRY(read_rule(cx, json_array_get(list, i), i, above, &charter->rules[i]));
		above = charter->rules[i].number;
	}
	const struct charter_rule *const last = &charter->rules[charter->rule_count - 1];
	if ((last->kinds & last->bases & last->askers) != CHARTER_ANY || !last->if_authenticated || !last->if_unauthenticated || last->outcome != CHARTER_REFUSE)
		return REFUSE(cx, "the last rule must refuse, without any condition: what no rule names is refused");
	return OK;
}

/* --- what no charter may say --- */

static enum err check_case(struct ctx *cx, const struct charter *charter, uint32_t askers, const struct charter_case *asked)
{
	struct charter_decision decision;
	charter_decide_as(charter, askers, asked, &decision);
	if (decision.outcome != CHARTER_REFUSE && charter_kind_effect(asked->kind) == CHARTER_EFFECT_NONE)
		return REFUSE(cx, "rule %" PRIu32 " does not refuse \"%s\": every charter has to", decision.rule, charter_word(CHARTER_LIST_KIND, asked->kind));
	if (decision.outcome == CHARTER_DECIDE && !asked->authenticated)
		return REFUSE(cx, "rule %" PRIu32 " lets somebody decide on a demand of whom nobody knows who it is", decision.rule);
	if (decision.outcome == CHARTER_DECIDE && asked->basis == CHARTER_BASIS_EMERGENCY && decision.terms.deadline_hours > CHARTER_EMERGENCY_HOURS_MAX)
		return REFUSE(cx, "rule %" PRIu32 " leaves an emergency open for more than %d hours", decision.rule, CHARTER_EMERGENCY_HOURS_MAX);
	return OK;
}

static enum err check_floor(struct ctx *cx, const struct charter *charter)
{
	for (unsigned relations = 0; relations < 8; relations++) {
		const uint32_t askers = charter_askers(relations & 1, relations & 2, relations & 4);
		for (unsigned kind = 0; kind < CHARTER_KINDS; kind++) {
			for (unsigned basis = 0; basis < CHARTER_BASES; basis++) {
				struct charter_case asked = { .kind = (enum charter_kind)kind, .basis = (enum charter_basis)basis };
				TRY(check_case(cx, charter, askers, &asked));
				asked.authenticated = true;
				TRY(check_case(cx, charter, askers, &asked));
			}
		}
	}
	return OK;
}

/* --- the whole --- */

static bool is_day(struct str text)
{
	static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	uint64_t year = 0, month = 0, day = 0;
	if (text.n != 10 || text.p[4] != '-' || text.p[7] != '-')
		return false;
	if (!str_u64((struct str){ text.p, 4 }, &year) || !str_u64((struct str){ text.p + 5, 2 }, &month) || !str_u64((struct str){ text.p + 8, 2 }, &day))
		return false;
	if (month < 1 || month > 12 || day < 1)
		return false;
	const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
	return day <= (uint64_t)lengths[month - 1] + (month == 2 && leap);
}

static enum err read_previous(struct ctx *cx, const json_t *value, struct charter *charter)
{
	charter->has_previous = charter->version > 1;
	if (!charter->has_previous && !json_is_null(value))
		return REFUSE(cx, "version 1 has null as \"previous\": there was none");
	if (charter->has_previous && (!json_is_string(value) || !hex_decode(text_of(value), charter->previous, SHA256_BYTES)))
		return REFUSE(cx, "the charter needs \"previous\", the SHA-256 of the version before in 64 hexadecimal digits");
	return OK;
}

static enum err read_head(struct ctx *cx, json_t *root, struct charter *charter)
{
	static const char *const names[] = { "format", "name", "version", "previous", "issued", "places", "rules" };
	int64_t version = 0;
	struct str issued = {};
	TRY(known_only(cx, root, "the charter", names, COUNT(names)));
	const json_t *const format = json_object_get(root, "format");
	if (!json_is_string(format) || !str_eq(text_of(format), STR(FORMAT)))
		return REFUSE(cx, "the charter needs \"format\": \"" FORMAT "\"");
	TRY(read_text(cx, root, "the charter", "name", NOTE_NAME_MAX, &charter->name));
	if (!note_name_valid(charter->name))
		return REFUSE(cx, "the charter's \"name\" is that of its key: without spaces and +");
	TRY(read_whole(cx, root, "the charter", "version", 1, 1000000, &version));
	charter->version = (uint32_t)version;
	TRY(read_previous(cx, json_object_get(root, "previous"), charter));
	TRY(read_text(cx, root, "the charter", "issued", 10, &issued));
	if (!is_day(issued))
		return REFUSE(cx, "the charter's \"issued\" is a day, such as 2026-11-22");
	memcpy(charter->issued, issued.p, issued.n);
	return OK;
}

enum err charter_parse(struct ctx *cx, struct str bytes, struct charter *out)
{
	struct charter charter = {};
	json_error_t error;
	if (bytes.n > CHARTER_BYTES_MAX)
		return REFUSE(cx, "a charter has at most %zu bytes", CHARTER_BYTES_MAX);
	AUTO(json_free) json_t *root = json_loadb(bytes.p ? bytes.p : "", bytes.n, JSON_REJECT_DUPLICATES, &error);
	if (!root)
		return REFUSE(cx, "the charter is not JSON: line %d, column %d", error.line, error.column);
	TRY(read_head(cx, root, &charter));
	TRY(read_places(cx, json_object_get(root, "places"), &charter));
	TRY(read_rules(cx, json_object_get(root, "rules"), &charter));
	TRY(check_floor(cx, &charter));
	sha256(bytes, charter.hash);
	*out = charter;
	return OK;
}

/* The charter: what its parser takes, what it decides, what is in force when, and what a decision permits. */
#include <stdlib.h>
#include <string.h>

#include "charter/signed.h"
#include "ledger/checkpoint.h"
#include "tap.h"

#define WITH_CONTEXT(cx) AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) }
#define NOW (INT64_C(2000) * DAY_US)

/* --- charters --- */

#define HEAD(version, previous, owner) \
	"{\"format\":\"amanat-charter/v1\",\"name\":\"example.org\",\"version\":" version ",\"previous\":" previous ",\"issued\":\"2026-11-22\"," \
	"\"places\":{\"home\":[{\"region\":\"sg\",\"state\":\"SG\"}],\"owner\":" owner "},\"rules\":["
#define NEVER "{\"number\":1,\"says\":\"Never.\",\"kinds\":[\"live\",\"bulk\",\"weaken\"],\"then\":\"refuse\",\"notice_hours\":0},"
#define HOME_DECIDES "{\"number\":2,\"says\":\"Home.\",\"kinds\":[\"data\"],\"asker\":[\"home\"],\"authenticated\":true,\"then\":\"decide\"," \
	"\"deadline_hours\":48,\"notice_hours\":1,\"gag_days\":10},"
#define REST "{\"number\":99,\"says\":\"The rest.\",\"then\":\"refuse\",\"notice_hours\":0}]}"
#define SMALL HEAD("1", "null", "[\"CN\"]") NEVER HOME_DECIDES REST

static const struct charter_places places = {
	.name = { "example.org", 11 }, .region = { "sg", 2 }, .home = { "SG", 2 }, .owners = (const struct str[]){ { "CN", 2 }, { "HK", 2 } },
	.owner_count = 2, .owner_stated = true,
};

static struct charter first_with(struct ctx *cx, struct charter_places with)
{
	AUTO(buf_free) struct buf text = buf_new(CHARTER_BYTES_MAX);
	struct charter charter = {};
	if (!EXPECT(charter_first(cx, &with, NOW, &text) == OK) || !EXPECT(charter_parse(cx, buf_view(&text), &charter) == OK))
		abort();
	return charter;
}

static struct place at(const char *code)
{
	struct place place = {};
	if (code && !EXPECT(place_parse(str_of(code), &place)))
		abort();
	return place;
}

/* A court's order for data, authenticated; residence IN, home SG. */
static struct charter_case asked_by(const char *asker)
{
	return (struct charter_case){ .residence = at("IN"), .home = at("SG"), .asker = at(asker), .kind = CHARTER_DATA, .basis = CHARTER_BASIS_COURT, .authenticated = true };
}

static bool is(const struct charter *charter, struct charter_case asked, enum charter_outcome outcome, uint32_t rule)
{
	struct charter_decision decision;
	charter_decide(charter, &asked, &decision);
	if (decision.outcome == outcome && decision.rule == rule)
		return true;
	printf("# %s by rule %u\n", charter_word(CHARTER_LIST_OUTCOME, decision.outcome), decision.rule);
	return false;
}

/* --- places --- */

TEST(a_state_has_one_name)
{
	static const char *const wrong[] = { "", "C", "cn", "Cn", "CHN", "UK", "EU", "AA", "ZZ", "QL", "CN ", "C\0", "12", "AB" };
	static const char *const right[] = { "CN", "HK", "GB", "IN", "SG", "XK", "XA", "QZ", "QM", "QA", "ZW", "AD", "SS" };
	struct place place;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (!EXPECT(!place_parse(str_of(wrong[i]), &place)))
			printf("# %s\n", wrong[i]);
	for (size_t i = 0; i < sizeof right / sizeof right[0]; i++)
		CHECK(place_parse(str_of(right[i]), &place) && strcmp(place.code, right[i]) == 0);
	CHECK(!place_eq(at(NULL), at(NULL)) && !place_eq(at("IN"), at(NULL)) && place_eq(at("IN"), at("IN")));
}

/* --- the first charter --- */

TEST(the_owners_state_is_refused_by_rule_2_whatever_it_is_and_wants)
{
	WITH_CONTEXT(cx);
	const struct charter first = first_with(&cx, places);
	struct charter_case asked = asked_by("CN");
	CHECK(is(&first, asked, CHARTER_REFUSE, 2) && is(&first, asked_by("HK"), CHARTER_REFUSE, 2));
	asked.residence = asked.home = at("CN");
	for (unsigned kind = 0; kind < CHARTER_KINDS; kind++) {
		asked.kind = (enum charter_kind)kind;
		CHECK(is(&first, asked, CHARTER_REFUSE, charter_kind_effect(asked.kind) == CHARTER_EFFECT_NONE ? 1 : 2));
	}
}

TEST(who_is_neither_residence_nor_home_is_refused_and_residence_and_home_need_a_decision)
{
	WITH_CONTEXT(cx);
	const struct charter first = first_with(&cx, places);
	CHECK(is(&first, asked_by("FR"), CHARTER_REFUSE, 3) && is(&first, asked_by(NULL), CHARTER_REFUSE, 2));
	CHECK(is(&first, asked_by("IN"), CHARTER_DECIDE, 10) && is(&first, asked_by("SG"), CHARTER_DECIDE, 10));
}

TEST(an_unknown_residence_is_read_strictly)
{
	WITH_CONTEXT(cx);
	const struct charter first = first_with(&cx, places);
	struct charter_case asked = asked_by("IN");
	asked.residence = at(NULL);
	CHECK(is(&first, asked, CHARTER_REFUSE, 3));
	asked.asker = at("SG");
	CHECK(is(&first, asked, CHARTER_DECIDE, 10));
}

TEST(an_owner_who_is_not_stated_may_be_any_state_and_one_who_is_nobody_is_none)
{
	WITH_CONTEXT(cx);
	struct charter_places with = places;
	with.owner_stated = false;
	with.owner_count = 0;
	const struct charter unstated = first_with(&cx, with);
	with.owner_stated = true;
	const struct charter nobody = first_with(&cx, with);
	CHECK(is(&unstated, asked_by("SG"), CHARTER_REFUSE, 2) && is(&unstated, asked_by("FR"), CHARTER_REFUSE, 2));
	CHECK(is(&nobody, asked_by("SG"), CHARTER_DECIDE, 10) && is(&nobody, asked_by("CN"), CHARTER_REFUSE, 3) && is(&nobody, asked_by(NULL), CHARTER_REFUSE, 3));
}

TEST(a_home_that_the_charter_does_not_list_is_nobodys)
{
	WITH_CONTEXT(cx);
	const struct charter first = first_with(&cx, places);
	struct charter_case asked = asked_by("FR");
	asked.home = at("FR");
	CHECK(is(&first, asked, CHARTER_REFUSE, 3));
}

TEST(places_that_are_no_states_make_no_charter)
{
	WITH_CONTEXT(cx);
	AUTO(buf_free) struct buf text = buf_new(CHARTER_BYTES_MAX);
	struct charter_places with = places;
	with.home = STR("UK");
	CHECK(charter_first(&cx, &with, NOW, &text) == E_INVALID && text.n == 0);
	with = places;
	with.name = STR("two words");
	CHECK(charter_first(&cx, &with, NOW, &text) == E_INVALID && text.n == 0);
}

/* --- what a decision permits --- */

static struct charter_decision decision_on(const struct charter *charter, struct charter_case asked)
{
	struct charter_decision decision;
	charter_decide(charter, &asked, &decision);
	return decision;
}

TEST(an_emergency_never_complies_by_itself)
{
	WITH_CONTEXT(cx);
	const struct charter first = first_with(&cx, places);
	struct charter_case asked = asked_by("SG");
	asked.basis = CHARTER_BASIS_EMERGENCY;
	const struct charter_decision known = decision_on(&first, asked);
	asked.authenticated = false;
	const struct charter_decision unknown = decision_on(&first, asked);
	CHECK(known.outcome == CHARTER_DECIDE && known.terms.deadline_hours == 24 && known.terms.gag_days == 0);
	CHECK(charter_permits(&known, CHARTER_UNANSWERED, NOW, NOW) == CHARTER_EFFECT_NONE);
	CHECK(charter_permits(&known, CHARTER_UNANSWERED, NOW, NOW + 24 * HOUR_US) == CHARTER_EFFECT_NONE);
	CHECK(charter_permits(&known, CHARTER_DECLINED, NOW, NOW) == CHARTER_EFFECT_NONE);
	CHECK(charter_permits(&known, CHARTER_COMPLIED, NOW, NOW + HOUR_US) == CHARTER_EFFECT_DISCLOSE);
	CHECK(unknown.outcome == CHARTER_AUTHENTICATE && charter_permits(&unknown, CHARTER_COMPLIED, NOW, NOW) == CHARTER_EFFECT_NONE);
}

TEST(a_refusal_permits_nothing_whoever_signs)
{
	WITH_CONTEXT(cx);
	const struct charter first = first_with(&cx, places);
	const struct charter_decision refused = decision_on(&first, asked_by("CN"));
	CHECK(refused.effect == CHARTER_EFFECT_NONE && charter_permits(&refused, CHARTER_COMPLIED, NOW, NOW) == CHARTER_EFFECT_NONE);
}

TEST(what_is_not_decided_by_the_deadline_is_refused)
{
	WITH_CONTEXT(cx);
	const struct charter first = first_with(&cx, places);
	const struct charter_decision decision = decision_on(&first, asked_by("SG"));
	const int64_t end_us = charter_deadline_us(&decision, NOW);
	CHECK(end_us == NOW + 14 * DAY_US);
	CHECK(charter_permits(&decision, CHARTER_COMPLIED, NOW, end_us) == CHARTER_EFFECT_DISCLOSE);
	CHECK(charter_permits(&decision, CHARTER_COMPLIED, NOW, end_us + 1) == CHARTER_EFFECT_NONE);
	CHECK(charter_permits(&decision, CHARTER_COMPLIED, NOW, NOW - 1) == CHARTER_EFFECT_NONE);
}

TEST(preservation_holds_for_a_term_and_never_discloses)
{
	WITH_CONTEXT(cx);
	const struct charter first = first_with(&cx, places);
	struct charter_case asked = asked_by("SG");
	asked.kind = CHARTER_PRESERVATION;
	const struct charter_decision decision = decision_on(&first, asked);
	CHECK(decision.outcome == CHARTER_DECIDE && decision.effect == CHARTER_EFFECT_HOLD && decision.terms.hold_days == 90);
	CHECK(charter_permits(&decision, CHARTER_COMPLIED, NOW, NOW) == CHARTER_EFFECT_HOLD);
}

/* --- what is in force --- */

/* Version after version, each owned by the fixture's context: owner CN, or nobody. */
struct history {
	struct charter charters[4];
	struct charter_version versions[4];
	size_t count;
};

static void publish(struct ctx *cx, struct history *history, const char *owner, const char *hours, int64_t entered_us)
{
	AUTO(buf_free) struct buf text = buf_new(CHARTER_BYTES_MAX);
	struct charter *const charter = &history->charters[history->count];
	buf_printf(&text, "{\"format\":\"amanat-charter/v1\",\"name\":\"example.org\",\"version\":%zu,\"previous\":", history->count + 1);
	if (history->count) {
		buf_char(&text, '"');
		buf_hex(&text, history->charters[history->count - 1].hash, SHA256_BYTES);
		buf_char(&text, '"');
	} else {
		buf_text(&text, "null");
	}
	buf_printf(&text, ",\"issued\":\"2026-11-22\",\"places\":{\"home\":[{\"region\":\"sg\",\"state\":\"SG\"}],\"owner\":[%s]},\"rules\":[", owner);
	buf_text(&text, NEVER "{\"number\":2,\"says\":\"Owner.\",\"asker\":[\"owner\"],\"then\":\"refuse\",\"notice_hours\":0},");
	buf_printf(&text, "{\"number\":3,\"says\":\"Home.\",\"kinds\":[\"data\"],\"asker\":[\"home\"],\"authenticated\":true,\"then\":\"decide\","
	           "\"deadline_hours\":%s,\"notice_hours\":1,\"gag_days\":10}," REST, hours);
	if (!EXPECT(charter_parse(cx, buf_view(&text), charter) == OK))
		abort();
	history->versions[history->count++] = (struct charter_version){ charter, entered_us };
}

static struct charter_decision in_force(struct ctx *cx, const struct charter_version *versions, size_t count, int64_t now_us)
{
	const struct charter_case asked = asked_by("SG");
	struct charter_force force;
	struct charter_decision decision = {};
	if (!EXPECT(charter_in_force(cx, versions, count, now_us, &force) == OK))
		abort();
	charter_decide_in_force(&force, &asked, &decision);
	return decision;
}

TEST(loosening_waits_30_days_from_its_entry)
{
	WITH_CONTEXT(cx);
	struct history history = {};
	publish(&cx, &history, "\"SG\"", "48", NOW - 100 * DAY_US);
	publish(&cx, &history, "", "48", NOW);
	CHECK(in_force(&cx, history.versions, 2, NOW).outcome == CHARTER_REFUSE);
	const struct charter_decision before = in_force(&cx, history.versions, 2, NOW + 30 * DAY_US - 1), after = in_force(&cx, history.versions, 2, NOW + 30 * DAY_US);
	CHECK(before.outcome == CHARTER_REFUSE && before.version == 1 && before.rule == 2);
	CHECK(after.outcome == CHARTER_DECIDE && after.version == 2 && after.rule == 3);
	CHECK(charter_settled_us(history.versions, 2) == NOW + 30 * DAY_US);
}

TEST(tightening_holds_at_once)
{
	WITH_CONTEXT(cx);
	struct history history = {};
	publish(&cx, &history, "", "48", NOW - 100 * DAY_US);
	publish(&cx, &history, "\"SG\"", "48", NOW);
	CHECK(in_force(&cx, history.versions, 1, NOW).outcome == CHARTER_DECIDE);
	CHECK(in_force(&cx, history.versions, 2, NOW).outcome == CHARTER_REFUSE);
	/* an entry from a clock that runs ahead binds, too */
	CHECK(in_force(&cx, history.versions, 2, NOW - DAY_US).outcome == CHARTER_REFUSE);
}

TEST(a_longer_deadline_is_a_loosening_and_a_shorter_one_is_none)
{
	WITH_CONTEXT(cx);
	struct history history = {};
	publish(&cx, &history, "", "48", NOW - 100 * DAY_US);
	publish(&cx, &history, "", "72", NOW);
	CHECK(in_force(&cx, history.versions, 2, NOW + DAY_US).terms.deadline_hours == 48 && in_force(&cx, history.versions, 2, NOW + 30 * DAY_US).terms.deadline_hours == 72);
	publish(&cx, &history, "", "24", NOW + 40 * DAY_US);
	CHECK(in_force(&cx, history.versions, 3, NOW + 40 * DAY_US).terms.deadline_hours == 24);
}

TEST(a_strict_version_in_between_is_not_got_around)
{
	WITH_CONTEXT(cx);
	struct history history = {};
	publish(&cx, &history, "", "48", NOW - 100 * DAY_US);
	publish(&cx, &history, "\"SG\"", "48", NOW);
	publish(&cx, &history, "", "48", NOW + DAY_US);
	CHECK(in_force(&cx, history.versions, 3, NOW + DAY_US).outcome == CHARTER_REFUSE);
	CHECK(in_force(&cx, history.versions, 3, NOW + 30 * DAY_US).outcome == CHARTER_REFUSE);
	CHECK(in_force(&cx, history.versions, 3, NOW + 31 * DAY_US).outcome == CHARTER_DECIDE);
}

TEST(the_first_version_waits_for_nothing_and_a_lost_past_for_30_days)
{
	WITH_CONTEXT(cx);
	struct history history = {};
	publish(&cx, &history, "\"SG\"", "48", NOW - DAY_US);
	publish(&cx, &history, "", "48", NOW);
	CHECK(in_force(&cx, history.versions, 1, NOW).rule == 2);
	const struct charter_decision lost = in_force(&cx, history.versions + 1, 1, NOW + 29 * DAY_US), none = in_force(&cx, history.versions, 0, NOW);
	CHECK(lost.outcome == CHARTER_REFUSE && lost.rule == 0 && in_force(&cx, history.versions + 1, 1, NOW + 30 * DAY_US).outcome == CHARTER_DECIDE);
	CHECK(none.outcome == CHARTER_REFUSE && none.rule == 0 && none.effect == CHARTER_EFFECT_NONE);
}

TEST(a_clock_set_back_makes_no_version_older)
{
	WITH_CONTEXT(cx);
	struct history history = {};
	publish(&cx, &history, "\"SG\"", "48", NOW);
	publish(&cx, &history, "", "48", NOW - 50 * DAY_US);
	CHECK(in_force(&cx, history.versions, 2, NOW + DAY_US).outcome == CHARTER_REFUSE);
}

TEST(versions_that_are_no_chain_are_refused)
{
	WITH_CONTEXT(cx);
	struct history history = {};
	struct charter_force force;
	publish(&cx, &history, "", "48", NOW);
	publish(&cx, &history, "", "48", NOW + 1);
	publish(&cx, &history, "", "48", NOW + 2);
	const struct charter_version gap[] = { history.versions[0], history.versions[2] }, twice[] = { history.versions[0], history.versions[0] };
	CHECK(charter_in_force(&cx, gap, 2, NOW, &force) == E_INVALID && strcmp(cx.failure.slug, "charter-chain") == 0);
	CHECK(charter_in_force(&cx, twice, 2, NOW, &force) == E_INVALID);
	history.charters[0].hash[0] ^= 1;
	CHECK(charter_in_force(&cx, history.versions, 2, NOW, &force) == E_INVALID);
}

/* --- the parser --- */

TEST(a_small_charter_is_taken_and_read_as_it_stands)
{
	WITH_CONTEXT(cx);
	struct charter charter;
	unsigned char hash[SHA256_BYTES];
	CHECK(charter_parse(&cx, STR(SMALL), &charter) == OK);
	sha256(STR(SMALL), hash);
	CHECK(memcmp(charter.hash, hash, sizeof hash) == 0 && charter.version == 1 && !charter.has_previous && charter.rule_count == 3);
	CHECK(charter.owner_stated && charter.owner_count == 1 && strcmp(charter.owners[0].code, "CN") == 0 && strcmp(charter.issued, "2026-11-22") == 0);
	CHECK(charter.rules[1].number == 2 && charter.rules[1].terms.deadline_hours == 48 && str_eq(charter.rules[1].says, STR("Home.")));
	CHECK(charter_rule_of(&charter, 99) == &charter.rules[2] && charter_rule_of(&charter, 3) == NULL);
}

/* SMALL with one thing changed. */
static struct str changed(struct ctx *cx, const char *from, const char *to)
{
	const char *const at_byte = strstr(SMALL, from);
	if (!EXPECT(at_byte != NULL))
		abort();
	return arena_printf(&cx->mem, "%.*s%s%s", (int)(at_byte - SMALL), SMALL, to, at_byte + strlen(from));
}

TEST(what_is_unknown_missing_twice_out_of_range_or_out_of_order_is_refused)
{
	static const struct {
		const char *from, *to, *told;
	} wrong[] = {
		{ "amanat-charter/v1", "amanat-charter/v2", "format" }, { "\"name\"", "\"nom\"", "not known" }, { "example.org", "example org", "name" },
		{ "\"version\":1,", "", "version" }, { "\"version\":1,", "\"version\":1,\"version\":1,", "not JSON" }, { "\"version\":1,", "\"version\":1.0,", "version" },
		{ "\"version\":1,", "\"version\":01,", "not JSON" }, { "\"version\":1,", "\"version\":0,", "version" }, { "\"version\":1,", "\"version\":\"1\",", "version" },
		{ "\"version\":1,", "\"version\":99999999999999999999,", "not JSON" }, { "\"version\":1,", "\"version\":2,", "previous" },
		{ "\"previous\":null", "\"previous\":\"ab\"", "null" }, { "2026-11-22", "2026-02-29", "day" }, { "2026-11-22", "22.11.2026", "day" },
		{ "\"SG\"", "\"UK\"", "ISO 3166" }, { "[\"CN\"]", "[\"CN\",\"CN\"]", "twice" }, { ",\"owner\":[\"CN\"]", "", "owner" }, { "[\"CN\"]", "\"CN\"", "owner" },
		{ "[{\"region\":\"sg\",\"state\":\"SG\"}]", "[]", "home" }, { "\"state\":\"SG\"}", "\"state\":\"SG\"},{\"region\":\"sg\",\"state\":\"IN\"}", "already" },
		{ "\"number\":2,", "\"number\":1,", "rise" }, { "\"number\":2,", "", "number" }, { "\"number\":2,", "\"number\":-2,", "number" },
		{ "\"says\":\"Home.\",", "", "says" }, { "Home.", "", "says" }, { "Home.", "a\\nb", "control" }, { "Home.", "a\\u0000b", "not JSON" },
		{ "Home.", "a\\u009bb", "control" }, { "Home.", "a\\u202eb", "control" }, { "Home.", "a\xe2\x81\xa6 b", "control" },
		{ "[\"data\"]", "[]", "kinds" }, { "[\"data\"]", "[\"Data\"]", "kinds" }, { "[\"data\"]", "[\"data\",\"data\"]", "twice" }, { "[\"data\"]", "\"data\"", "kinds" },
		{ "[\"home\"]", "[\"neighbour\"]", "asker" }, { "\"authenticated\":true", "\"authenticated\":1", "authenticated" },
		{ "\"then\":\"decide\"", "\"then\":\"comply\"", "then" }, { "\"deadline_hours\":48,", "", "deadline_hours" }, { "\"deadline_hours\":48", "\"deadline_hours\":0", "deadline_hours" },
		{ "\"deadline_hours\":48", "\"deadline_hours\":8761", "deadline_hours" }, { "\"notice_hours\":1,", "", "notice_hours" }, { ",\"gag_days\":10", "", "gag_days" },
		{ "\"gag_days\":10", "\"gag_days\":549", "gag_days" }, { "\"gag_days\":10", "\"gag_days\":10,\"hold_days\":9", "hold_days" },
		{ "\"gag_days\":10", "\"gag_days\":10,\"gag_hours\":9", "not known" }, { "[\"data\"]", "[\"data\",\"preservation\"]", "hold_days" },
		{ "\"number\":99,", "\"number\":99,\"bases\":[\"none\"],", "last rule" }, { "\"number\":99,", "\"number\":99,\"authenticated\":true,", "last rule" },
		{ "Never.\",\"kinds\":[\"live\",\"bulk\",\"weaken\"],\"then\":\"refuse\"", "Never.\",\"kinds\":[\"live\"],\"then\":\"authenticate\",\"deadline_hours\":1", "live" },
		{ ",\"authenticated\":true", "", "nobody knows" }, { "\"deadline_hours\":48", "\"deadline_hours\":73", "emergency" }, { "]}", "]}x", "not JSON" }, { "]}", "]", "not JSON" },
	};
	WITH_CONTEXT(cx);
	struct charter charter;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (!EXPECT(charter_parse(&cx, changed(&cx, wrong[i].from, wrong[i].to), &charter) == E_INVALID) || !EXPECT(strstr(cx.failure.text, wrong[i].told)))
			printf("# %s -> %s: %s\n", wrong[i].from, wrong[i].to, cx.failure.text);
}

TEST(bytes_that_are_no_charter_are_refused)
{
	static const char *const wrong[] = { "", "null", "[]", "{}", "7", "\"x\"", "{\"rules\":[]}", "\xef\xbb\xbf{}", "{\"format\":\"\xff\"}" };
	WITH_CONTEXT(cx);
	struct charter charter;
	AUTO(buf_free) struct buf large = buf_new(2 * CHARTER_BYTES_MAX), deep = buf_new(CHARTER_BYTES_MAX);
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		CHECK(charter_parse(&cx, str_of(wrong[i]), &charter) == E_INVALID);
	buf_text(&large, SMALL);
	while (large.n <= CHARTER_BYTES_MAX)
		buf_char(&large, ' ');
	CHECK(charter_parse(&cx, (struct str){ large.p, CHARTER_BYTES_MAX }, &charter) == OK);
	CHECK(charter_parse(&cx, buf_view(&large), &charter) == E_INVALID);
	while (deep.n < CHARTER_BYTES_MAX)
		buf_char(&deep, '[');
	CHECK(charter_parse(&cx, buf_view(&deep), &charter) == E_INVALID);
}

/* --- signatures --- */

TEST(a_signature_belongs_to_one_charter_and_one_key)
{
	WITH_CONTEXT(cx);
	struct charter charter, other;
	struct note note;
	struct checkpoint checkpoint;
	unsigned char seed[SIGN_SEED_BYTES] = { 7 }, public[SIGN_PUBLIC_BYTES];
	AUTO(buf_free) struct buf signed_note = buf_new(NOTE_BYTES_MAX);
	CHECK(charter_parse(&cx, STR(SMALL), &charter) == OK && charter_parse(&cx, changed(&cx, "48", "49"), &other) == OK);
	sign_public(seed, public);
	const struct note_key key = note_key_new(charter.name, NOTE_ED25519, public);
	charter_sign(&charter, &key, seed, &signed_note);
	CHECK(charter_signature_check(&cx, &charter, buf_view(&signed_note), &key) == OK);
	CHECK(charter_signature_check(&cx, &other, buf_view(&signed_note), &key) == E_INVALID);
	public[0] ^= 1;
	const struct note_key stranger = note_key_new(charter.name, NOTE_ED25519, public);
	CHECK(charter_signature_check(&cx, &charter, buf_view(&signed_note), &stranger) == E_INVALID);
	/* it never passes for a checkpoint of the same key */
	CHECK(note_parse(&cx, buf_view(&signed_note), &note) == OK && checkpoint_parse(&cx, note.text, &checkpoint) == E_INVALID);
}

int main(void)
{
	RUN(a_state_has_one_name);
	RUN(the_owners_state_is_refused_by_rule_2_whatever_it_is_and_wants);
	RUN(who_is_neither_residence_nor_home_is_refused_and_residence_and_home_need_a_decision);
	RUN(an_unknown_residence_is_read_strictly);
	RUN(an_owner_who_is_not_stated_may_be_any_state_and_one_who_is_nobody_is_none);
	RUN(a_home_that_the_charter_does_not_list_is_nobodys);
	RUN(places_that_are_no_states_make_no_charter);
	RUN(an_emergency_never_complies_by_itself);
	RUN(a_refusal_permits_nothing_whoever_signs);
	RUN(what_is_not_decided_by_the_deadline_is_refused);
	RUN(preservation_holds_for_a_term_and_never_discloses);
	RUN(loosening_waits_30_days_from_its_entry);
	RUN(tightening_holds_at_once);
	RUN(a_longer_deadline_is_a_loosening_and_a_shorter_one_is_none);
	RUN(a_strict_version_in_between_is_not_got_around);
	RUN(the_first_version_waits_for_nothing_and_a_lost_past_for_30_days);
	RUN(a_clock_set_back_makes_no_version_older);
	RUN(versions_that_are_no_chain_are_refused);
	RUN(a_small_charter_is_taken_and_read_as_it_stands);
	RUN(what_is_unknown_missing_twice_out_of_range_or_out_of_order_is_refused);
	RUN(bytes_that_are_no_charter_are_refused);
	RUN(a_signature_belongs_to_one_charter_and_one_key);
	return tap_end();
}

/* Demands, from receipt to outcome, held against the charter. */
#include <assert.h>
#include <inttypes.h>
#include <string.h>

#include "verify/inside.h"

enum outcome { BY_RULE, REFUSED, NARROWED, IN_PART, IN_WHOLE, WITHDRAWN };

static void breaks(struct story *story, const char *slug, const char *what)
{
	finding_add(story->findings, FINDING_PROMISE, slug, story->entries, "%s", what);
}

/* --- what the charter says --- */

/* What the charter's terms are counted from. */
static int64_t since_us(const struct story_demand *demand)
{
	return demand->authenticated_us ? demand->authenticated_us : demand->received_us;
}

static void judge(struct story *story, struct story_demand *demand, int64_t at_us)
{
	demand->asked.authenticated = demand->authenticated_us != 0;
	demand->judged = story_charter_decide(&story->charters, &demand->asked, at_us, &demand->decision);
	/* A step that shortens it cannot have been foreseen. */
	const int64_t counted_us = since_us(demand) + demand->decision.terms.notice_hours * HOUR_US;
	const int64_t notice_us = counted_us > at_us ? counted_us : at_us;
	if (demand->judged && notice_us < demand->notice_us)
		demand->notice_us = notice_us;
}

/* By when the next step is due. */
static int64_t due_us(const struct story_demand *demand)
{
	return charter_deadline_us(&demand->decision, since_us(demand));
}

static int64_t told_due_us(const struct story_demand *demand)
{
	return demand->notice_us > demand->gag_until_us ? demand->notice_us : demand->gag_until_us;
}

/* --- one entry each --- */

static struct place place_of(struct str code)
{
	struct place place = {};
	return place_parse(code, &place) ? place : (struct place){};
}

static void receive(struct story *story, const struct entry *entry, int64_t at_us)
{
	const uint64_t id = story_id(entry, ENTRY_demand_received_demand);
	unsigned kind = 0, basis = 0;
	if (story_demands_by_id(&story->demands, id)) {
		finding_add(story->findings, FINDING_LIE, "demand-twice", story->entries, "receives a demand that was received already");
		return;
	}
	if (story->demands.count == STORY_DEMANDS_MAX) {
		finding_add(story->findings, FINDING_UNCHECKED, "demands-many", story->entries, "is one demand more than this program keeps");
		return;
	}
	struct story_demand *const demand = story_demands_add(&story->demands, story->entries, id);
	demand->received_us = at_us;
	demand->accounts = entry_count(entry, ENTRY_demand_received_accounts);
	demand->row = (uint32_t)verify_tally_row(&story->tally, entry->values[ENTRY_demand_received_asker], entry->time_us);
	if (!charter_word_parse(CHARTER_LIST_KIND, entry->values[ENTRY_demand_received_kind], &kind) ||
	    !charter_word_parse(CHARTER_LIST_BASIS, entry->values[ENTRY_demand_received_basis], &basis))
		return;                        /* entry.def has words that no charter knows: nothing is judged */
	demand->asked = (struct charter_case){
		.residence = place_of(entry->values[ENTRY_demand_received_residence]), .home = place_of(entry->values[ENTRY_demand_received_home]),
		.asker = place_of(entry->values[ENTRY_demand_received_asker]), .kind = (enum charter_kind)kind, .basis = (enum charter_basis)basis,
	};
	story->tally.rows[demand->row].of[TALLY_received]++;
	judge(story, demand, at_us);
}

static void authenticate(struct story *story, struct story_demand *demand, int64_t at_us)
{
	if (demand->authenticated_us || demand->outcome != STORY_STILL_OPEN) {
		finding_add(story->findings, FINDING_LIE, "authenticated-twice", story->entries, "authenticates a demand that was authenticated, or decided, already");
		return;
	}
	if (demand->judged && demand->decision.outcome == CHARTER_AUTHENTICATE && at_us > due_us(demand))
		breaks(story, "authenticated-late", "authenticates after the charter's deadline: by then the demand was refused");
	demand->authenticated_us = at_us;
	story->tally.rows[demand->row].of[TALLY_authenticated]++;
	judge(story, demand, at_us);
}

static void by_rule(struct story *story, const struct story_demand *demand, const struct entry *entry, bool over)
{
	const struct str rule = entry->values[ENTRY_demand_decided_rule];
	if (rule.n == 0 || entry_count(entry, ENTRY_demand_decided_rule) != demand->decision.rule)
		finding_add(story->findings, FINDING_PROMISE, "rule-wrong", story->entries, "names rule " STR_FMT "; the charter's rule for this demand is %" PRIu32,
		            STR_ARG(rule.n ? rule : STR("-")), demand->decision.rule);
	else if (demand->decision.outcome != CHARTER_REFUSE && !over)
		finding_add(story->findings, FINDING_PROMISE, "rule-unfit", story->entries, "refuses by rule %" PRIu32 ", which does not refuse before its deadline", demand->decision.rule);
}

static void complied(struct story *story, struct story_demand *demand, const struct entry *entry, int64_t at_us)
{
	const bool gives = entry_count(entry, ENTRY_demand_decided_accounts) || entry->values[ENTRY_demand_decided_classes].n;
	demand->permitted = charter_permits(&demand->decision, CHARTER_COMPLIED, demand->authenticated_us, at_us);
	if (demand->permitted == CHARTER_EFFECT_NONE) {
		AUTO(buf_free) struct buf says = buf_new(FAILURE_TEXT_MAX);
		charter_decision_text(&demand->decision, &says);
		finding_add(story->findings, FINDING_PROMISE, "complied-refused", story->entries, "complied; the charter says: %s%s", buf_terminated(&says),
		            demand->decision.outcome == CHARTER_DECIDE ? ", and the deadline was over" : "");
	} else if (gives && demand->permitted != CHARTER_EFFECT_DISCLOSE) {
		breaks(story, "gave-data", "gave data on a demand that may not have any");
	}
	if (entry_count(entry, ENTRY_demand_decided_accounts) > demand->accounts)
		breaks(story, "gave-more", "gave data of more accounts than the demand names");
}

/* The entry may name the version whose rule decided, or the newest one. */
static bool names_version(const struct story *story, const struct story_demand *demand, const struct entry *entry)
{
	const uint64_t named = entry_count(entry, ENTRY_demand_decided_charter);
	const struct story_charters *const charters = &story->charters;
	return named == demand->decision.version || (charters->count && named == charters->versions[charters->count - 1].version);
}

static void decide(struct story *story, struct story_demand *demand, const struct entry *entry, int64_t at_us)
{
	static const enum tally_column columns[] = {
		[BY_RULE] = TALLY_refused_by_rule, [REFUSED] = TALLY_refused, [NARROWED] = TALLY_narrowed,
		[IN_PART] = TALLY_complied_in_part, [IN_WHOLE] = TALLY_complied, [WITHDRAWN] = TALLY_withdrawn,
	};
	const int outcome = story_word(entry, ENTRY_demand_decided_outcome);
	const bool judged_before = demand->judged;
	const int64_t due = due_us(demand);
	if (demand->outcome != STORY_STILL_OPEN) {
		finding_add(story->findings, FINDING_LIE, "decided-twice", story->entries, "decides a demand that was decided already");
		return;
	}
	demand->outcome = (int8_t)outcome;
	demand->decided_us = at_us;
	story->tally.rows[demand->row].of[columns[outcome]]++;
	judge(story, demand, at_us);
	if (outcome == NARROWED || outcome == IN_PART || outcome == IN_WHOLE) {
		if (demand->judged)
			complied(story, demand, entry, at_us);
	} else if (entry_count(entry, ENTRY_demand_decided_accounts) || entry->values[ENTRY_demand_decided_classes].n) {
		breaks(story, "refused-and-gave", "gave data although the demand was refused or withdrawn");
	}
	if (!demand->judged)
		return;
	if (outcome == BY_RULE || (outcome == REFUSED && entry->values[ENTRY_demand_decided_rule].n))
		by_rule(story, demand, entry, judged_before && at_us >= due);
	if (!names_version(story, demand, entry))
		finding_add(story->findings, FINDING_PROMISE, "version-wrong", story->entries, "names another version of the charter than was in force, %" PRIu32, demand->decision.version);
	if (judged_before && outcome != WITHDRAWN && at_us > due + STORY_DECIDE_GRACE_US)
		finding_add(story->findings, FINDING_PROMISE, "decided-late", story->entries, "decides %" PRId64 " hours after the deadline", (at_us - due) / HOUR_US);
	/* A refusal by the charter keeps no silence. */
	if (demand->decision.terms.gag_days == 0 && demand->gag_until_us > at_us)
		demand->gag_until_us = at_us;
}

static void gag(struct story *story, struct story_demand *demand, const struct entry *entry, int64_t at_us)
{
	const int64_t until_us = entry_date_us(entry, ENTRY_demand_gagged_until);
	struct story_demand now = *demand;
	judge(story, &now, at_us);
	story->tally.rows[demand->row].of[TALLY_gags]++;
	if (demand->told_us)
		finding_add(story->findings, FINDING_NOTE, "gag-late", story->entries, "forbids to tell a person who was told already");
	/* a day is named: the limit's own day is within it */
	if (now.judged && until_us >= since_us(demand) + (now.decision.terms.gag_days + 1) * DAY_US)
		finding_add(story->findings, FINDING_PROMISE, "gag-long", story->entries, "keeps silence until " STR_FMT "; the charter allows %d days",
		            STR_ARG(entry->values[ENTRY_demand_gagged_until]), now.decision.terms.gag_days);
	if (now.judged && now.decision.terms.gag_days == 0)
		finding_add(story->findings, FINDING_PROMISE, "gag-unlawful", story->entries, "keeps silence where the charter allows none");
	else if (until_us > demand->gag_until_us)
		demand->gag_until_us = until_us;
}

static void told(struct story *story, struct story_demand *demand, const struct entry *entry, int64_t at_us)
{
	if (entry_count(entry, ENTRY_demand_told_accounts) > demand->accounts)
		finding_add(story->findings, FINDING_LIE, "told-more", story->entries, "tells more persons than the demand names");
	if (!demand->told_us && demand->judged && at_us > told_due_us(demand) + STORY_TELL_GRACE_US)
		finding_add(story->findings, FINDING_PROMISE, "told-late", story->entries, "tells the person %" PRId64 " hours late", (at_us - told_due_us(demand)) / HOUR_US);
	demand->told_us = at_us;
}

void story_demand(struct story *story, const struct entry *entry, int64_t at_us)
{
	/* all of them have the demand first and then its receipt */
	static_assert(ENTRY_demand_authenticated_received == 1 && ENTRY_demand_decided_received == 1 && ENTRY_demand_gagged_received == 1 &&
	              ENTRY_demand_told_received == 1, "");
	if (entry->kind == ENTRY_demand_received) {
		receive(story, entry, at_us);
		return;
	}
	const uint64_t number = entry_count(entry, 1);
	struct story_demand *const demand = story_demands_by_number(&story->demands, number);
	if (!demand || demand->id != story_id(entry, 0)) {
		finding_add(story->findings, FINDING_LIE, "received-wrong", story->entries, "points at entry " STORY_NUMBER ", which is not the receipt of its demand", number);
		return;
	}
	if (entry->kind == ENTRY_demand_authenticated)
		authenticate(story, demand, at_us);
	else if (entry->kind == ENTRY_demand_decided)
		decide(story, demand, entry, at_us);
	else if (entry->kind == ENTRY_demand_gagged)
		gag(story, demand, entry, at_us);
	else
		told(story, demand, entry, at_us);
}

void story_takedown(struct story *story, const struct entry *entry)
{
	const struct str id = entry->values[ENTRY_takedown_demand];
	verify_tally_count(&story->tally, entry->values[ENTRY_takedown_country], entry->time_us, TALLY_takedowns);
	if (id.n == 0)
		return;
	const struct story_demand *const demand = story_demands_by_id(&story->demands, story_id(entry, ENTRY_takedown_demand));
	if (!demand)
		finding_add(story->findings, FINDING_LIE, "takedown-demand", story->entries, "follows a demand that is not in the log");
	else if (demand->judged && demand->permitted != CHARTER_EFFECT_REMOVE && demand->permitted != CHARTER_EFFECT_RESTRICT)
		finding_add(story->findings, FINDING_PROMISE, "takedown-refused", story->entries, "takes away on a demand (entry " STORY_NUMBER ") that may not have it", demand->number);
}

/* --- what is late now --- */

void story_close_demands(struct story *story, int64_t now_us, struct findings *out, struct story_open *open)
{
	for (size_t i = 0; i < story->demands.count; i++) {
		const struct story_demand *const demand = &story->demands.items[i];
		struct tally_row *const row = &story->tally.rows[demand->row];
		if (demand->outcome == STORY_STILL_OPEN) {
			open->demands++;
			row->of[TALLY_open]++;
			if (demand->judged && now_us > due_us(demand) + STORY_DECIDE_GRACE_US) {
				open->demands_overdue++;
				row->of[TALLY_overdue]++;
				finding_add(out, FINDING_PROMISE, "decision-overdue", demand->number, "has waited for its next step for %" PRId64 " hours beyond the charter's deadline",
				            (now_us - due_us(demand)) / HOUR_US);
			}
		}
		if (demand->judged && demand->accounts && !demand->told_us && now_us > told_due_us(demand) + STORY_TELL_GRACE_US)
			finding_add(out, FINDING_PROMISE, "notice-overdue", demand->number, "the person should have been told %" PRId64 " hours ago", (now_us - told_due_us(demand)) / HOUR_US);
	}
}

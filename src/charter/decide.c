#include <assert.h>

#include "charter/inside.h"

/* --- one reading of a case --- */

static bool fits(const struct charter_rule *rule, uint32_t askers, const struct charter_case *asked)
{
	return (rule->kinds & 1U << asked->kind) && (rule->bases & 1U << asked->basis) && (rule->askers & askers) &&
	       (asked->authenticated ? rule->if_authenticated : rule->if_unauthenticated);
}

void charter_decide_as(const struct charter *charter, uint32_t askers, const struct charter_case *asked, struct charter_decision *out)
{
	for (size_t i = 0; i < charter->rule_count; i++) {
		const struct charter_rule *const rule = &charter->rules[i];
		if (!fits(rule, askers, asked))
			continue;
		*out = (struct charter_decision){ .outcome = rule->outcome, .version = charter->version, .rule = rule->number, .terms = rule->terms };
		if (rule->outcome == CHARTER_DECIDE)
			out->effect = charter_kind_effect(asked->kind);
		if (asked->kind != CHARTER_PRESERVATION)
			out->terms.hold_days = 0;
		return;
	}
	assert(!"the last rule of a charter that was parsed fits always");
}

uint32_t charter_askers(bool owner, bool residence, bool home)
{
	return (owner ? 1U << CHARTER_ASKER_OWNER : 0) | (residence ? 1U << CHARTER_ASKER_RESIDENCE : 0) | (home ? 1U << CHARTER_ASKER_HOME : 0) |
	       (residence || home ? 0 : 1U << CHARTER_ASKER_THIRD);
}

/* --- every reading of what is not known --- */

static bool is_owner(const struct charter *charter, struct place asker)
{
	for (size_t i = 0; i < charter->owner_count; i++)
		if (place_eq(asker, charter->owners[i]))
			return true;
	return false;
}

static bool is_home(const struct charter *charter, struct place asker, struct place home)
{
	for (size_t i = 0; i < charter->home_count; i++)
		if (place_eq(home, charter->homes[i].state))
			return place_eq(asker, home);
	return false;
}

void charter_decide(const struct charter *charter, const struct charter_case *asked, struct charter_decision *out)
{
	const bool owner_known = charter->owner_stated && (place_known(asked->asker) || charter->owner_count == 0);
	const bool owner = is_owner(charter, asked->asker), home = is_home(charter, asked->asker, asked->home);
	const bool residence = place_eq(asked->asker, asked->residence);
	const bool residence_known = place_known(asked->residence) || !place_known(asked->asker);
	struct charter_decision strictest, reading;
	charter_decide_as(charter, charter_askers(owner || !owner_known, residence, home), asked, &strictest);
	for (unsigned other = 1; other < 4; other++) {
		if (((other & 1) && owner_known) || ((other & 2) && residence_known))
			continue;
		const bool as_owner = owner || (!owner_known && !(other & 1)), as_residence = residence || (other & 2) != 0;
		charter_decide_as(charter, charter_askers(as_owner, as_residence, home), asked, &reading);
		charter_strictest(&strictest, &reading, &strictest);
	}
	*out = strictest;
}

const struct charter_rule *charter_rule_of(const struct charter *charter, uint32_t number)
{
	for (size_t i = 0; i < charter->rule_count; i++)
		if (charter->rules[i].number == number)
			return &charter->rules[i];
	return NULL;
}

/* --- comparing --- */

static int32_t least(int32_t a, int32_t b)
{
	return a < b ? a : b;
}

void charter_strictest(const struct charter_decision *a, const struct charter_decision *b, struct charter_decision *out)
{
	struct charter_decision strictest = b->outcome < a->outcome ? *b : *a;
	if (a->outcome == b->outcome) {
		strictest.terms.deadline_hours = least(a->terms.deadline_hours, b->terms.deadline_hours);
		strictest.terms.hold_days = least(a->terms.hold_days, b->terms.hold_days);
	}
	strictest.terms.notice_hours = least(a->terms.notice_hours, b->terms.notice_hours);
	strictest.terms.gag_days = least(a->terms.gag_days, b->terms.gag_days);
	*out = strictest;
}

bool charter_within(const struct charter_decision *a, const struct charter_decision *b)
{
	const bool told_no_later = a->terms.notice_hours <= b->terms.notice_hours && a->terms.gag_days <= b->terms.gag_days;
	const bool no_longer = a->terms.deadline_hours <= b->terms.deadline_hours && a->terms.hold_days <= b->terms.hold_days;
	return told_no_later && (a->outcome < b->outcome || (a->outcome == b->outcome && no_longer));
}

/* --- what a decision permits --- */

int64_t charter_deadline_us(const struct charter_decision *decision, int64_t since_us)
{
	return since_us + decision->terms.deadline_hours * HOUR_US;
}

enum charter_effect charter_permits(const struct charter_decision *decision, enum charter_answer answer, int64_t authenticated_us, int64_t answered_us)
{
	if (decision->outcome != CHARTER_DECIDE || answer != CHARTER_COMPLIED)
		return CHARTER_EFFECT_NONE;
	if (answered_us < authenticated_us || answered_us > charter_deadline_us(decision, authenticated_us))
		return CHARTER_EFFECT_NONE;
	return decision->effect;
}

void charter_decision_text(const struct charter_decision *decision, struct buf *out)
{
	switch (decision->outcome) {
	case CHARTER_REFUSE:
		buf_printf(out, decision->rule ? "refused by rule %u" : "refused: no charter is in force (rule %u)", decision->rule);
		break;
	case CHARTER_AUTHENTICATE:
		buf_printf(out, "needs authentication within %d hours, else refused (rule %u)", decision->terms.deadline_hours, decision->rule);
		break;
	case CHARTER_DECIDE:
		buf_printf(out, "needs a person's decision within %d hours, else refused (rule %u)", decision->terms.deadline_hours, decision->rule);
		break;
	case CHARTER_OUTCOMES:
		assert(!"an outcome is one of the list");
	}
}

/* How a demand goes from step to step.  All on the writer. */
#include "docket/inside.h"
#include "social/account.h"
#include "social/inbox.h"

/* --- deciding --- */

static void read_case(const struct demand *demand, struct charter_case *out)
{
	struct charter_case asked = { .authenticated = demand->authenticated_us > 0 };
	unsigned kind = CHARTER_WEAKEN, basis = CHARTER_BASIS_NONE;
	/* What an older program wrote may be no word of the lists: then it is what every charter refuses. */
	if (!charter_word_parse(CHARTER_LIST_KIND, demand->kind, &kind) || !charter_word_parse(CHARTER_LIST_BASIS, demand->basis, &basis))
		kind = CHARTER_WEAKEN;
	asked.kind = (enum charter_kind)kind;
	asked.basis = (enum charter_basis)basis;
	/* A code that is no place's stays unknown: read every way, the strictest counts. */
	(void)place_parse(demand->residence, &asked.residence);
	(void)place_parse(demand->home, &asked.home);
	(void)place_parse(demand->asker, &asked.asker);
	*out = asked;
}

void demand_decide_by(const struct charter_force *force, const struct demand *demand, struct charter_decision *out)
{
	struct charter_case asked;
	read_case(demand, &asked);
	charter_decide_in_force(force, &asked, out);
}

enum err demand_decision(struct ctx *cx, const struct demand *demand, struct charter_decision *out)
{
	struct charter_force force;
	TRY(charters_in_force(cx, &force));
	demand_decide_by(&force, demand, out);
	return OK;
}

enum err demand_apply(struct ctx *cx, struct demand *demand, const struct charter_decision *decision, int64_t since_us)
{
	const int64_t limit_us = demand->received_us + decision->terms.gag_days * DAY_US;
	demand->rule = decision->rule;
	demand->charter = decision->version;
	demand->due_us = 0;
	if (decision->outcome == CHARTER_REFUSE) {
		demand->state = STATE_DECIDED;
		demand->outcome = STR("refused-by-rule");
		demand->decided_us = whole_second(cx->now_us);
		demand->gag_us = demand->gag_entered ? demand->gag_us : 0;
		return enter_decided(cx, demand, STR(""));
	}
	demand->due_us = charter_deadline_us(decision, since_us);
	if (decision->outcome != CHARTER_DECIDE || demand->gag_us == 0)
		return OK;
	/* Silence ends on a day that can be written down, and never later than the charter says. */
	demand->gag_us = whole_day(demand->gag_us < limit_us ? demand->gag_us : limit_us);
	if (demand->gag_us <= cx->now_us) {
		demand->gag_us = 0;
		return OK;
	}
	demand->gag_entered = 1;
	return enter_gagged(cx, demand);
}

/* --- telling --- */

/* "XA data refused-by-rule 2 0123456789abcdef 2026-11-22": asker, kind, outcome or "-", rule or 0, the demand, the hold's end or "-". */
static struct str notice_words(struct ctx *cx, const struct demand *demand)
{
	const struct str until = demand->hold_us ? entry_of_date(cx, demand->hold_us) : STR("-");
	return arena_printf(&cx->mem, STR_FMT " " STR_FMT " " STR_FMT " %lld " STR_FMT " " STR_FMT, STR_ARG(demand->asker), STR_ARG(demand->kind),
		STR_ARG(demand->outcome.n ? demand->outcome : STR("-")), (long long)demand->rule, STR_ARG(demand->demand), STR_ARG(until));
}

/* Who is gone cannot be told. */
static enum err leave_notices(struct ctx *cx, const struct demand *demand, int64_t *count)
{
	const struct str words = notice_words(cx, demand);
	struct demand_ids people;
	struct account row;
	demand_ids_read(demand->people, &people);
	for (size_t i = 0; i < people.count; i++) {
		const enum err outcome = account_by_id(cx, people.ids[i], &row);
		if (outcome == E_NOTFOUND)
			continue;
		TRY(outcome);
		TRY(inbox_demand(cx, people.ids[i], demand->id, words));
		++*count;
	}
	return OK;
}

/* When they are told at the latest: at once, unless silence is asked for. Until the asker has proved who it is, the charter says for
 * how long that may wait. */
static enum err put_off(struct ctx *cx, struct demand *demand, bool *put_off)
{
	struct charter_decision decision;
	*put_off = false;
	if (demand->gag_entered) {
		demand->notice_us = demand->gag_us;
	} else if (demand->gag_us && str_eq(demand->state, STATE_RECEIVED)) {
		TRY(demand_decision(cx, demand, &decision));
		demand->notice_us = demand->received_us + decision.terms.notice_hours * HOUR_US;
		demand->notice_us = demand->gag_us < demand->notice_us ? demand->gag_us : demand->notice_us;
	} else {
		return OK;
	}
	*put_off = demand->notice_us > cx->now_us;
	return OK;
}

enum err demand_tell(struct ctx *cx, struct demand *demand, bool decided)
{
	int64_t count = 0;
	bool later;
	if (demand->told_us)
		return decided ? leave_notices(cx, demand, &count) : OK;
	TRY(put_off(cx, demand, &later));
	if (later)
		return OK;
	demand->notice_us = 0;
	TRY(leave_notices(cx, demand, &count));
	if (count == 0)
		return OK;
	demand->told_us = whole_second(cx->now_us);
	return enter_told(cx, demand, count);
}

/* --- what follows the receipt --- */

enum err demand_settle(struct ctx *cx, const struct grant *desk, int64_t id)
{
	struct demand demand;
	struct charter_decision decision;
	TRY(demand_row(cx, desk, id, &demand));
	if (demand.settled || !str_eq(demand.state, STATE_RECEIVED))
		return OK;
	TRY(demand_decision(cx, &demand, &decision));
	TRY(demand_apply(cx, &demand, &decision, demand.received_us));
	TRY(demand_tell(cx, &demand, false));
	demand.settled = 1;
	return demand_row_set(cx, desk, &demand);
}

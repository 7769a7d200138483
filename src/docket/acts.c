/* What the desk does with a demand that is entered. */
#include <string.h>

#include "custody/custody.h"
#include "custody/disclosure.h"
#include "docket/inside.h"
#include "social/text.h"
#include "store/writer.h"

#define PATIENCE_US (5 * SECOND_US)
#define REASON_POINTS_MAX 20000

static const struct text_rule reason_rule = { "a reason", "demand-invalid", REASON_POINTS_MAX, true, false };

enum err included(struct ctx *cx, int64_t mark, bool *out)
{
	uint64_t number;
	*out = false;
	if (!cx->ledger)
		return OK;
	const enum err found = ledger_find(cx, mark, &number);
	if (found == E_NOTFOUND)
		return OK;                     /* public.db lags */
	TRY(found);
	const enum err waited = ledger_wait(cx, number, PATIENCE_US);
	*out = waited == OK;
	return waited == E_BUSY ? OK : waited;
}

static enum err wrong_state(struct ctx *cx, const struct demand *demand)
{
	return fail_as(cx, E_CONFLICT, "demand-state", "that cannot be done to a demand that is " STR_FMT "%s", STR_ARG(demand->state),
		!demand->settled && str_eq(demand->state, STATE_RECEIVED) ? " and not under a checkpoint yet" : "");
}

/* Reads the row, lets `act` change it, and stores it: one work. */
struct acting {
	struct str name;
	enum err (*act)(struct ctx *, const struct grant *desk, struct demand *, const void *argument);
	const void *argument;
	struct demand row;
};

static enum err act_work(struct ctx *cx, void *argument)
{
	struct acting *const acting = argument;
	AUTO(grant_wipe) struct grant desk = { .purpose = GRANT_NONE };
	struct demand row;
	TRY(custody_desk_grant(cx, &desk));
	TRY(demand_row_named(cx, &desk, acting->name, &row));
	TRY(acting->act(cx, &desk, &row, acting->argument));
	TRY(demand_row_set(cx, &desk, &row));
	TRY(docket_wake(cx));
	acting->row = row;
	return OK;
}

enum err all_included(struct ctx *cx, bool *included)
{
	uint64_t size;
	*included = false;
	if (!cx->ledger)
		return OK;
	TRY(ledger_size(cx, &size));
	const enum err waited = ledger_wait(cx, size - 1, PATIENCE_US);
	*included = waited == OK;
	return waited == E_BUSY ? OK : waited;
}

static enum err run(struct ctx *cx, struct acting *acting, struct demand_done *out)
{
	struct demand_done done = { .included = false };
	TRY(writer_run(cx, act_work, acting));
	memcpy(done.demand, acting->row.demand.p, DEMAND_NAME_CHARS);
	TRY(all_included(cx, &done.included));
	*out = done;
	return OK;
}

/* --- the asker is who it says it is --- */

static enum err authenticate(struct ctx *cx, const struct grant *, struct demand *demand, const void *argument)
{
	const struct str *const how = argument;
	struct charter_decision decision;
	if (!demand->settled || !str_eq(demand->state, STATE_RECEIVED))
		return wrong_state(cx, demand);
	demand->state = STATE_AUTHENTICATED;
	demand->authenticated_us = whole_second(cx->now_us);
	TRY(enter_authenticated(cx, demand, *how));
	TRY(demand_decision(cx, demand, &decision));
	TRY(demand_apply(cx, demand, &decision, demand->authenticated_us));
	return demand_tell(cx, demand, str_eq(demand->state, STATE_DECIDED));
}

enum err demand_authenticate(struct ctx *cx, struct str demand, struct str how, struct demand_done *out)
{
	struct acting acting = { .name = demand, .act = authenticate, .argument = &how };
	return run(cx, &acting, out);
}

/* --- a person decides --- */

static bool complies(struct str outcome)
{
	return str_eq(outcome, STR("complied")) || str_eq(outcome, STR("complied-in-part")) || str_eq(outcome, STR("narrowed"));
}

static enum err check_answer(struct ctx *cx, const struct demand *demand, const struct demand_answer *answer)
{
	const bool open = demand->settled && (str_eq(demand->state, STATE_RECEIVED) || str_eq(demand->state, STATE_AUTHENTICATED));
	const bool known = complies(answer->outcome) || str_eq(answer->outcome, STR("refused")) || str_eq(answer->outcome, STR("withdrawn"));
	if (!known)
		return fail_as(cx, E_INVALID, "demand-invalid", "an outcome is refused, narrowed, complied-in-part, complied or withdrawn");
	if (!open)
		return wrong_state(cx, demand);
	if (complies(answer->outcome) && !str_eq(demand->state, STATE_AUTHENTICATED))
		return fail_as(cx, E_DENIED, "demand-not-permitted", "the charter permits nothing before the asker has proved who it is");
	return OK;
}

/* What a decision to comply would permit now: by the charter, not by who decides. */
static enum err permitted(struct ctx *cx, const struct demand *demand, struct charter_decision *decision, enum charter_effect *out)
{
	TRY(demand_decision(cx, demand, decision));
	*out = charter_permits(decision, CHARTER_COMPLIED, demand->authenticated_us, whole_second(cx->now_us));
	return OK;
}

static enum err check_effect(struct ctx *cx, enum charter_effect effect)
{
	switch (effect) {
	case CHARTER_EFFECT_HOLD:
	case CHARTER_EFFECT_REMOVE:
		return OK;
	case CHARTER_EFFECT_RESTRICT:
		return fail_as(cx, E_DENIED, "not-yet-possible", "not yet possible: this node cannot block something in one country only");
	case CHARTER_EFFECT_DISCLOSE:
		return fail_as(cx, E_DENIED, "not-yet-possible", "not yet possible: custodians");
	case CHARTER_EFFECT_NONE:
	case CHARTER_EFFECTS:
		break;
	}
	return fail_as(cx, E_DENIED, "demand-not-permitted", "the charter does not permit it, whoever decides");
}

static enum err decide(struct ctx *cx, const struct grant *desk, struct demand *demand, const void *argument)
{
	const struct demand_answer *const answer = argument;
	struct charter_decision decision = { .terms = { .hold_days = 0 } };
	enum charter_effect effect = CHARTER_EFFECT_NONE;
	struct str reason, hash = STR("");
	TRY(check_answer(cx, demand, answer));
	TRY(text_clean(cx, &reason_rule, answer->reason, &reason));
	if (complies(answer->outcome)) {
		TRY(permitted(cx, demand, &decision, &effect));
		TRY(check_effect(cx, effect));
	}
	if (reason.n)
		TRY(demand_paper_add(cx, desk, demand->id, "reason", reason, reason, &hash));
	demand->state = STATE_DECIDED;
	demand->outcome = answer->outcome;
	demand->decided_us = whole_second(cx->now_us);
	demand->decided_by = cx->actor.account;
	demand->due_us = demand->rule = 0;
	demand->effect = effect == CHARTER_EFFECT_NONE ? EFFECT_NONE : EFFECT_DUE;
	if (effect == CHARTER_EFFECT_HOLD) {
		const int64_t most = decision.terms.hold_days, days = answer->hold_days > 0 && answer->hold_days < most ? answer->hold_days : most;
		demand->hold_us = whole_day(demand->decided_us + days * DAY_US);
	}
	TRY(enter_decided(cx, demand, hash));
	return demand_tell(cx, demand, true);
}

/* A disclosure is custody's: it looks at the proof and at the charter by itself, and alone can make what opens anything. */
static enum err disclose(struct ctx *cx, const struct demand *demand)
{
	AUTO(grant_wipe) struct grant grant = { .purpose = GRANT_NONE };
	AUTO(buf_free) struct buf proof = buf_new(DEMAND_RECEIPT_MAX);
	struct demand_shown shown;
	struct disclosure_asked asked = { .account = 0 };
	struct entry entry;
	TRY(docket_shown_one(cx, demand->demand, &shown));
	if (shown.authenticated < 0)
		return fail_as(cx, E_DENIED, "demand-not-permitted", "the charter permits nothing before the asker has proved who it is");
	if (!cx->ledger)
		return fail_as(cx, E_BUSY, "entry-pending", "the log is not there: nothing can be proved");
	TRY(ledger_read(cx, (uint64_t)shown.authenticated, &entry, &asked.entry));
	TRY(ledger_proof(cx, (uint64_t)shown.authenticated, STR(""), &proof));
	struct note_key keys[LOG_KEYS_MAX];
	const unsigned count = ledger_keys(cx->ledger, keys);
	if (count == 0)
		return fail_as(cx, E_BUSY, "entry-pending", "the log has no key: nothing can be proved");
	asked.proof = buf_view(&proof);
	asked.key = &keys[0];
	asked.authenticated_us = entry.time_us;
	TRY(demand_decision(cx, demand, &asked.decision));
	return custody_disclosure_grant(cx, &asked, &grant);
}

enum err demand_decide(struct ctx *cx, struct str name, const struct demand_answer *answer, struct demand_done *out)
{
	struct acting acting = { .name = name, .act = decide, .argument = answer };
	struct demand demand;
	unsigned kind = 0;
	TRY(demand_get(cx, name, &demand));
	TRY(check_answer(cx, &demand, answer));
	if (complies(answer->outcome) && charter_word_parse(CHARTER_LIST_KIND, demand.kind, &kind) &&
	    charter_kind_effect((enum charter_kind)kind) == CHARTER_EFFECT_DISCLOSE)
		TRY(disclose(cx, &demand));
	TRY(run(cx, &acting, out));
	if (out->included && acting.row.effect == EFFECT_DUE)
		return demand_carry_out(cx, acting.row.id);
	return OK;
}

/* --- silence --- */

static enum err gag(struct ctx *cx, const struct grant *, struct demand *demand, const void *argument)
{
	const int64_t *const until_us = argument;
	struct charter_decision decision;
	if (demand->told_us || str_eq(demand->state, STATE_HIDDEN) || !demand->settled)
		return demand->told_us ? fail_as(cx, E_CONFLICT, "demand-state", "the person was told already") : wrong_state(cx, demand);
	if (*until_us == 0) {
		demand->gag_us = demand->gag_entered = 0;
		return demand_tell(cx, demand, false);
	}
	TRY(demand_decision(cx, demand, &decision));
	const int64_t limit_us = demand->received_us + decision.terms.gag_days * DAY_US;
	if (decision.outcome != CHARTER_DECIDE || demand->authenticated_us == 0 || whole_day(*until_us) > limit_us || whole_day(*until_us) <= cx->now_us)
		return fail_as(cx, E_DENIED, "demand-not-permitted", "the charter does not allow silence until then");
	demand->gag_us = demand->notice_us = whole_day(*until_us);
	demand->gag_entered = 1;
	return enter_gagged(cx, demand);
}

enum err demand_gag(struct ctx *cx, struct str demand, int64_t until_us, struct demand_done *out)
{
	struct acting acting = { .name = demand, .act = gag, .argument = &until_us };
	return run(cx, &acting, out);
}

/* --- a hold ends before its term --- */

static enum err release(struct ctx *cx, const struct grant *, struct demand *demand, const void *)
{
	return hold_end_of(cx, demand);
}

enum err demand_release(struct ctx *cx, struct str demand, struct demand_done *out)
{
	struct acting acting = { .name = demand, .act = release };
	return run(cx, &acting, out);
}

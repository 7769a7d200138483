/* What stands in the ledger about a demand: each entry, and beside it what everyone sees.  Never about a person. */
#include <inttypes.h>

#include "docket/inside.h"
#include "docket/shown.sql.h"
#include "store/outbox.h"

enum err demand_number(struct ctx *cx, struct str demand, uint64_t *out)
{
	struct demand_shown shown;
	const enum err outcome = docket_shown_one(cx, demand, &shown);
	if (outcome == E_NOTFOUND)
		return fail_as(cx, E_BUSY, "entry-pending", "the demand's first entry is not in the ledger yet");
	TRY(outcome);
	*out = (uint64_t)shown.received;
	return OK;
}

static void describe_received(struct ctx *cx, const struct demand *demand, struct str papers_hash, struct entry *out)
{
	struct entry entry = { .kind = ENTRY_demand_received, .time_us = demand->received_us };
	entry.values[ENTRY_demand_received_demand] = demand->demand;
	entry.values[ENTRY_demand_received_asker] = demand->asker;
	entry.values[ENTRY_demand_received_kind] = demand->kind;
	entry.values[ENTRY_demand_received_basis] = demand->basis;
	entry.values[ENTRY_demand_received_residence] = demand->residence;
	entry.values[ENTRY_demand_received_home] = demand->home;
	entry.values[ENTRY_demand_received_accounts] = entry_of_count(cx, (uint64_t)demand->accounts);
	entry.values[ENTRY_demand_received_papers] = papers_hash;
	*out = entry;
}

enum err received_line(struct ctx *cx, const struct demand *demand, struct str papers_hash, struct str *line)
{
	AUTO(buf_free) struct buf text = buf_new(ENTRY_LINE_MAX);
	struct entry entry;
	describe_received(cx, demand, papers_hash, &entry);
	TRY(entry_write(cx, &entry, &text));
	*line = arena_copy(&cx->mem, buf_view(&text));
	return OK;
}

enum err enter_received(struct ctx *cx, const struct demand *demand, struct str papers_hash)
{
	struct entry entry;
	describe_received(cx, demand, papers_hash, &entry);
	TRY(ledger_append(cx, &entry, demand->id));
	return outbox_post(cx, "", 0, 'P', SQL_demand_shown_add, TEXT(demand->demand), I64(demand->id), I64(demand->received_us), TEXT(demand->asker),
		TEXT(demand->kind), TEXT(demand->basis), TEXT(demand->residence), TEXT(demand->home), I64(demand->accounts));
}

/* All other entries begin with the demand and the number of its first entry: their first two fields. */
static enum err follow(struct ctx *cx, const struct demand *demand, struct entry *entry, int64_t *mark)
{
	uint64_t received;
	TRY(demand_number(cx, demand->demand, &received));
	entry->time_us = whole_second(cx->now_us);
	entry->values[0] = demand->demand;
	entry->values[1] = entry_of_count(cx, received);
	*mark = *mark ? *mark : id_new(cx->ids, cx->now_us);
	return ledger_append(cx, entry, *mark);
}

enum err enter_authenticated(struct ctx *cx, const struct demand *demand, struct str how)
{
	struct entry entry = { .kind = ENTRY_demand_authenticated };
	int64_t mark = 0;
	entry.values[ENTRY_demand_authenticated_how] = how;
	TRY(follow(cx, demand, &entry, &mark));
	return outbox_post(cx, "", 0, 'P', SQL_demand_shown_authenticated, TEXT(demand->demand), I64(mark), I64(demand->authenticated_us));
}

enum err enter_decided(struct ctx *cx, const struct demand *demand, struct str reason_hash)
{
	struct entry entry = { .kind = ENTRY_demand_decided };
	int64_t mark = 0;
	entry.values[ENTRY_demand_decided_outcome] = demand->outcome;
	if (demand->rule || str_eq(demand->outcome, STR("refused-by-rule")))
		entry.values[ENTRY_demand_decided_rule] = entry_of_count(cx, (uint64_t)demand->rule);
	entry.values[ENTRY_demand_decided_charter] = entry_of_count(cx, (uint64_t)demand->charter);
	entry.values[ENTRY_demand_decided_accounts] = STR("0");        /* nothing here gives data: custody/ will */
	entry.values[ENTRY_demand_decided_reason] = reason_hash;
	TRY(follow(cx, demand, &entry, &mark));
	return outbox_post(cx, "", 0, 'P', SQL_demand_shown_decided, TEXT(demand->demand), I64(mark), I64(demand->decided_us), TEXT(demand->outcome),
		I64(demand->rule), I64(demand->charter), I64(0));
}

enum err enter_gagged(struct ctx *cx, const struct demand *demand)
{
	struct entry entry = { .kind = ENTRY_demand_gagged };
	int64_t mark = 0;
	entry.values[ENTRY_demand_gagged_until] = entry_of_date(cx, demand->gag_us);
	TRY(follow(cx, demand, &entry, &mark));
	return outbox_post(cx, "", 0, 'P', SQL_demand_shown_gagged, TEXT(demand->demand), I64(mark), I64(demand->gag_us));
}

enum err enter_told(struct ctx *cx, const struct demand *demand, int64_t accounts)
{
	struct entry entry = { .kind = ENTRY_demand_told };
	int64_t mark = 0;
	entry.values[ENTRY_demand_told_accounts] = entry_of_count(cx, (uint64_t)accounts);
	TRY(follow(cx, demand, &entry, &mark));
	return outbox_post(cx, "", 0, 'P', SQL_demand_shown_told, TEXT(demand->demand), I64(mark), I64(demand->told_us));
}

enum err enter_held(struct ctx *cx, const struct demand *demand, int64_t accounts, int64_t mark)
{
	struct entry entry = { .kind = ENTRY_hold_placed };
	entry.values[ENTRY_hold_placed_accounts] = entry_of_count(cx, (uint64_t)accounts);
	entry.values[ENTRY_hold_placed_until] = entry_of_date(cx, demand->hold_us);
	TRY(follow(cx, demand, &entry, &mark));
	return outbox_post(cx, "", 0, 'P', SQL_demand_shown_held, TEXT(demand->demand), I64(mark), I64(demand->hold_us));
}

/* The docket's job: what a crash left, and what a clock ends. */
#include "base/config.h"
#include "custody/custody.h"
#include "docket/demand.sql.h"
#include "docket/inside.h"
#include "store/writer.h"

#define LOOK_EVERY_US HOUR_US                  /* also: how much of the day's counts a crash may cost */
#define SOON_US (5 * SECOND_US)
#define HELD_LOOK_US MINUTE_US                 /* while nothing may be entered by the clock */

enum err docket_wake(struct ctx *cx)
{
	return job_add(cx, DOCKET_JOB, 0, cx->now_us);
}

/* --- one row each --- */

typedef enum err row_step(struct ctx *, const struct grant *desk, int64_t id);

struct stepping {
	row_step *step;
	int64_t id;
};

static enum err step_work(struct ctx *cx, void *argument)
{
	AUTO(grant_wipe) struct grant desk = { .purpose = GRANT_NONE };
	const struct stepping *const stepping = argument;
	TRY(custody_docket_grant(cx, &desk));
	return stepping->step(cx, &desk, stepping->id);
}

/* In memory of its own: there may be thousands of rows. */
static enum err step_once(struct ctx *cx, row_step *step, bool after_inclusion, int64_t mark, int64_t id, bool *done)
{
	AUTO(ctx_end) struct ctx own = *cx;
	struct stepping stepping = { step, id };
	own.mem = arena_new_capped(ARENA_REQUEST_BYTES);
	*done = true;
	enum err outcome = after_inclusion ? included(&own, mark, done) : OK;
	if (outcome == OK && *done)
		outcome = writer_run(&own, step_work, &stepping);
	/* One damaged row does not hold up the others. */
	if (outcome == E_CORRUPT || outcome == E_NOTFOUND) {
		log_line(cx->log, LOG_ERROR, "docket: demand=%lld is passed over: %s", (long long)id, own.failure.text);
		outcome = OK;
	}
	if (outcome == E_BUSY) {
		*done = false;
		outcome = OK;
	}
	if (outcome != OK)
		cx->failure = own.failure;
	return outcome;
}

/* Rows in the order of their ids; stops where the log does not follow. */
static enum err step_all(struct ctx *cx, const struct stmt *statement, row_step *step, bool after_inclusion)
{
	int64_t last = 0;
	bool done = true;
	for (struct demand_batch batch = { .count = DEMAND_BATCH }; done && batch.count == DEMAND_BATCH;) {
		const struct val vals[] = { I64(last), I64(DEMAND_BATCH) };
		TRY(demand_rows_in(cx, statement, vals, 2, &batch));
		for (size_t i = 0; done && i < batch.count; i++) {
			last = batch.ids[i];
			TRY(step_once(cx, step, after_inclusion, last, last, &done));
		}
	}
	return OK;
}

/* Rows that are due by a clock: each step takes its row off the list, and one that does not ends the round. */
static enum err step_due(struct ctx *cx, const struct stmt *statement, row_step *step)
{
	bool done = true;
	int64_t first = 0;
	for (struct demand_batch batch = { .count = DEMAND_BATCH }; done && batch.count == DEMAND_BATCH;) {
		const struct val vals[] = { I64(cx->now_us), I64(DEMAND_BATCH) };
		TRY(demand_rows_in(cx, statement, vals, 2, &batch));
		if (batch.count && batch.ids[0] == first)
			break;
		first = batch.count ? batch.ids[0] : 0;
		for (size_t i = 0; done && i < batch.count; i++)
			TRY(step_once(cx, step, false, 0, batch.ids[i], &done));
	}
	return OK;
}

/* --- the steps --- */

/* What was recorded before there was a ledger: it says little, and what it says is entered now. */
static enum err enter_legacy(struct ctx *cx, const struct grant *desk, int64_t id)
{
	struct demand demand;
	TRY(demand_row(cx, desk, id, &demand));
	if (!str_eq(demand.state, STATE_UNENTERED))
		return OK;
	demand.state = STATE_RECEIVED;
	demand.received_us = whole_second(cx->now_us);
	demand.home = str_of(cx->config->region_jurisdiction);
	TRY(enter_received(cx, &demand, STR("")));
	return demand_row_set(cx, desk, &demand);
}

/* Who has not decided by the deadline has refused; so has who was asked to prove who it is and did not. */
static enum err refuse_by_term(struct ctx *cx, const struct grant *desk, int64_t id)
{
	struct demand demand;
	TRY(demand_row(cx, desk, id, &demand));
	if (str_eq(demand.state, STATE_DECIDED) || demand.due_us == 0 || demand.due_us >= cx->now_us)
		return OK;
	demand.state = STATE_DECIDED;
	demand.outcome = STR("refused");
	demand.decided_us = whole_second(cx->now_us);
	demand.due_us = 0;
	TRY(enter_decided(cx, &demand, STR("")));
	TRY(demand_tell(cx, &demand, true));
	return demand_row_set(cx, desk, &demand);
}

static enum err tell_now(struct ctx *cx, const struct grant *desk, int64_t id)
{
	struct demand demand;
	TRY(demand_row(cx, desk, id, &demand));
	TRY(demand_tell(cx, &demand, false));
	return demand_row_set(cx, desk, &demand);
}

/* Once its decision is under a checkpoint. */
static enum err carry_out_all(struct ctx *cx)
{
	struct demand_batch batch;
	bool shown = true;
	const struct val vals[] = { I64(0), I64(DEMAND_BATCH) };
	TRY(demand_rows_in(cx, &SQL_demand_effect_due, vals, 2, &batch));
	if (batch.count)
		TRY(all_included(cx, &shown));
	for (size_t i = 0; shown && i < batch.count; i++)
		TRY(demand_carry_out(cx, batch.ids[i]));
	return OK;
}

/* --- what strangers count by the clock (verify/rhythm.c) --- */

/* Not while the log is halted: of what is entered then a log that was fetched has its own already, and one that succeeds it had none due.  Silent
 * witnesses are only waited for; but what they have seen has to be known, so at a start the first checkpoint comes before. */
static enum err is_going_on(struct ctx *cx, bool *out)
{
	struct ledger_head head;
	TRY(ledger_head(cx, &head));
	if (head.state == LEDGER_WHOLE)
		return all_included(cx, out);
	*out = head.state == LEDGER_UNWITNESSED || head.state == LEDGER_FAILING;
	return OK;
}

static enum err enter_by_clock(struct ctx *cx, bool *going_on)
{
	TRY(custody_note_unwraps(cx));
	TRY(is_going_on(cx, going_on));
	if (!*going_on)
		return OK;
	TRY(opaque_run(cx));
	return day_run(cx);
}

/* --- coming again --- */

static int64_t sooner(int64_t a, int64_t b)
{
	return b && b < a ? b : a;
}

/* In the write that queues it, so that nothing comes between the look and the queue. */
static enum err again(struct ctx *cx, void *argument)
{
	const bool *const going_on = argument;
	int64_t next_us = cx->now_us + (*going_on ? LOOK_EVERY_US : HELD_LOOK_US), clock_us = 0, opaque_us = 0, waits = 0;
	TRY(db_get_i64_0(cx, SQL_demand_next, &clock_us));
	TRY(db_get_i64_0(cx, SQL_demand_waits, &waits));
	if (*going_on)
		TRY(opaque_next(cx, &opaque_us));
	next_us = sooner(sooner(next_us, clock_us), opaque_us);
	next_us = sooner(next_us, whole_day(cx->now_us) + DAY_US);
	next_us = waits ? sooner(next_us, cx->now_us + SOON_US) : next_us;
	/* Something that is due and did not get done must not spin. */
	return job_add(cx, DOCKET_JOB, 0, next_us > cx->now_us + SECOND_US ? next_us : cx->now_us + SECOND_US);
}

static enum err leave_it(struct ctx *cx, void *)
{
	return job_add(cx, DOCKET_JOB, 0, cx->now_us + SOON_US);
}

enum err docket_run(struct ctx *cx, const struct job *)
{
	uint64_t size;
	bool going_on = false;
	/* A command that works through jobs: what a clock ends is the server's, whose starts are on record (verify/rhythm.c). */
	if (!cx->ledger)
		return writer_run(cx, leave_it, NULL);
	TRY(ledger_size(cx, &size));
	if (size == 0)                         /* a log without a key: nothing can be entered before its first entry */
		return writer_run(cx, again, &going_on);
	TRY(step_all(cx, &SQL_demand_unentered, enter_legacy, false));
	TRY(step_all(cx, &SQL_demand_unsettled, demand_settle, true));
	TRY(carry_out_all(cx));
	TRY(step_due(cx, &SQL_demand_overdue, refuse_by_term));
	TRY(step_due(cx, &SQL_demand_hidden_due, opaque_reveal));
	TRY(step_due(cx, &SQL_demand_notice_due, tell_now));
	TRY(hold_end_due(cx));
	TRY(enter_by_clock(cx, &going_on));
	return writer_run(cx, again, &going_on);
}

/* Opaque entries: one at each fixed time, real or a dummy, and each opened when its day comes. */
#include <string.h>

#include "base/config.h"
#include "custody/custody.h"
#include "docket/demand.sql.h"
#include "docket/inside.h"
#include "store/writer.h"

#define OPAQUE_DAYS 548                        /* eighteen months */

struct opaque {
#define EXPAND_STRUCT "docket/opaque.def"
#include "store/expand.h"
};
#define EXPAND_ROW "docket/opaque.def"
#define EXPAND_PERSON 0
#define EXPAND_ID row->id
#include "store/expand.h"

static enum err read_row(struct ctx *cx, const struct grant *desk, int64_t id, struct opaque *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_opaque_by_id, &rows, I64(id)));
	const bool found = rows_next(rows);
	TRY(rows_status(rows));
	return found ? opaque_read(cx, desk, rows, out) : fail(cx, E_NOTFOUND, "there is no such opaque entry");
}

enum err opaque_hidden(struct ctx *cx, const struct grant *desk, int64_t id, struct str *salt, struct str *hidden)
{
	struct opaque row;
	TRY(read_row(cx, desk, id, &row));
	*salt = row.salt;
	*hidden = row.hidden;
	return OK;
}

/* --- making one --- */

/* The same for every node and for ever, so that a stranger can hold a log against it (verify/rhythm.c): midnight, UTC. */
#define OPAQUE_EVERY_US DAY_US

static int64_t slot_of(int64_t us)
{
	return us - us % OPAQUE_EVERY_US;
}

/* The fixed time of the newest one.  After a restore the log, fetched from a mirror, may know of one that the desk's table does not. */
static enum err newest_slot(struct ctx *cx, int64_t *out)
{
	struct ledger_item newest;
	size_t count;
	int64_t slot_us = 0;
	TRY(db_get_i64_0(cx, SQL_opaque_newest_slot, &slot_us));
	TRY(ledger_newest(cx, ENTRY_opaque, 0, 1, &newest, &count));
	const int64_t entered_us = count ? slot_of(newest.entry.time_us) : 0;
	*out = entered_us > slot_us ? entered_us : slot_us;
	return OK;
}

/* The oldest hidden demand that waits; id 0: none. */
static enum err find_waiting(struct ctx *cx, const struct grant *desk, struct demand *out)
{
	int64_t id;
	const enum err outcome = db_get_i64_0(cx, SQL_demand_hidden_waiting, &id);
	*out = (struct demand){ .id = 0 };
	if (outcome == E_NOTFOUND)
		return OK;
	TRY(outcome);
	return demand_row(cx, desk, id, out);
}

static enum err enter(struct ctx *cx, const struct grant *desk, int64_t slot_us, struct str hidden, int64_t *id)
{
	unsigned char salt[SALT_BYTES], commitment[SHA256_BYTES];
	AUTO(buf_free) struct buf salted = buf_new(SALT_BYTES + ENTRY_LINE_MAX);
	struct entry entry = { .kind = ENTRY_opaque, .time_us = whole_second(cx->now_us) };
	struct val vals[opaque_columns];
	random_bytes(salt, sizeof salt);
	buf_bytes(&salted, salt, sizeof salt);
	buf_str(&salted, hidden);
	sha256(buf_view(&salted), commitment);
	const struct opaque row = {
		.id = id_new(cx->ids, cx->now_us), .slot_us = slot_us, .opens_us = whole_day(cx->now_us + OPAQUE_DAYS * DAY_US),
		.salt = { (const char *)salt, sizeof salt }, .hidden = hidden,
	};
	TRY(opaque_vals(cx, desk, &row, vals));
	TRY(db_run_(cx, &SQL_opaque_add, opaque_columns, vals));
	entry.values[ENTRY_opaque_commitment] = entry_of_hash(cx, commitment);
	entry.values[ENTRY_opaque_opens] = entry_of_date(cx, row.opens_us);
	*id = row.id;
	return ledger_append(cx, &entry, row.id);
}

static enum err slot_work(struct ctx *cx, void *)
{
	AUTO(grant_wipe) struct grant desk = { .purpose = GRANT_NONE };
	const int64_t slot_us = slot_of(cx->now_us);   /* of the time that the entry will bear */
	struct str hidden = STR(""), papers;
	struct demand demand;
	int64_t newest_us = 0;
	TRY(custody_docket_grant(cx, &desk));
	TRY(newest_slot(cx, &newest_us));
	if (newest_us >= slot_us)
		return OK;
	TRY(find_waiting(cx, &desk, &demand));
	if (demand.id) {
		TRY(demand_papers_hash(cx, &desk, &demand, &papers));
		TRY(received_line(cx, &demand, papers, &hidden));
	}
	TRY(enter(cx, &desk, slot_us, hidden, &demand.opaque));
	demand.settled = 1;
	return demand.id ? demand_row_set(cx, &desk, &demand) : OK;
}

/* A log begins to have them at the first fixed time after its first entry. */
static enum err began(struct ctx *cx, int64_t *out)
{
	struct entry origin;
	struct str line;
	TRY(ledger_read(cx, 0, &origin, &line));
	*out = origin.time_us;
	return OK;
}

/* --- opening --- */

static enum err open_row(struct ctx *cx, const struct grant *desk, int64_t id)
{
	struct entry entry = { .kind = ENTRY_opaque_opened, .time_us = whole_second(cx->now_us) };
	AUTO(buf_free) struct buf hidden = buf_new(2 * ENTRY_LINE_MAX);
	struct opaque row;
	uint64_t number;
	TRY(read_row(cx, desk, id, &row));
	TRY(ledger_find(cx, id, &number));
	TRY(db_run(cx, SQL_opaque_set_opened, I64(id)));
	if (db_changes(cx, PERSONAL_DB) == 0)
		return OK;                     /* it was opened already */
	if (row.hidden.n)
		buf_base64(&hidden, row.hidden.p, row.hidden.n);
	entry.values[ENTRY_opaque_opened_opaque] = entry_of_count(cx, number);
	entry.values[ENTRY_opaque_opened_salt] = entry_of_hash(cx, (const unsigned char *)row.salt.p);
	entry.values[ENTRY_opaque_opened_hidden] = buf_view(&hidden);
	return ledger_append(cx, &entry, 0);
}

enum err opaque_reveal(struct ctx *cx, const struct grant *desk, int64_t id)
{
	struct demand demand;
	struct str papers;
	TRY(demand_row(cx, desk, id, &demand));
	if (!str_eq(demand.state, STATE_HIDDEN))
		return OK;
	if (demand.opaque)
		TRY(open_row(cx, desk, demand.opaque));
	demand.state = STATE_RECEIVED;
	demand.received_us = whole_second(cx->now_us);
	demand.settled = demand.gag_us = 0;
	TRY(demand_papers_hash(cx, desk, &demand, &papers));
	TRY(enter_received(cx, &demand, papers));
	return demand_row_set(cx, desk, &demand);
}

static enum err open_work(struct ctx *cx, void *argument)
{
	AUTO(grant_wipe) struct grant desk = { .purpose = GRANT_NONE };
	TRY(custody_docket_grant(cx, &desk));
	return open_row(cx, &desk, *(const int64_t *)argument);
}

enum err opaque_run(struct ctx *cx)
{
	struct demand_batch due = { .count = DEMAND_BATCH };
	const int64_t slot_us = slot_of(cx->now_us);
	int64_t began_us = 0, newest_us = 0;
	TRY(began(cx, &began_us));
	TRY(newest_slot(cx, &newest_us));
	if (slot_us > newest_us && slot_us > began_us)
		TRY(writer_run(cx, slot_work, NULL));
	while (due.count == DEMAND_BATCH) {
		const struct val vals[] = { I64(cx->now_us), I64(DEMAND_BATCH) };
		TRY(demand_rows_in(cx, &SQL_opaque_due, vals, 2, &due));
		for (size_t i = 0; i < due.count; i++)
			TRY(writer_run(cx, open_work, &due.ids[i]));
	}
	return OK;
}

enum err opaque_next(struct ctx *cx, int64_t *next_us)
{
	int64_t opens_us = 0;
	const int64_t slot_us = slot_of(cx->now_us) + OPAQUE_EVERY_US;
	TRY(db_get_i64_0(cx, SQL_opaque_next, &opens_us));
	*next_us = opens_us && opens_us < slot_us ? opens_us : slot_us;
	return OK;
}

/* --- renewing --- */

struct renewal {
	uint64_t number;
	int64_t opens_us;
};

static enum err find_closed(struct ctx *cx, uint64_t number, int64_t *id)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query0(cx, SQL_opaque_closed, &rows));
	while (rows_next(rows)) {
		uint64_t found;
		const enum err outcome = ledger_find(cx, rows_i64(rows, 0), &found);
		if (outcome == OK && found == number) {
			*id = rows_i64(rows, 0);
			return OK;
		}
	}
	TRY(rows_status(rows));
	return fail(cx, E_NOTFOUND, "no opaque entry with this number is closed");
}

static enum err renew_work(struct ctx *cx, void *argument)
{
	const struct renewal *const renewal = argument;
	struct entry entry = { .kind = ENTRY_opaque_renewed, .time_us = whole_second(cx->now_us) };
	int64_t id;
	TRY(find_closed(cx, renewal->number, &id));
	if (renewal->opens_us <= cx->now_us || renewal->opens_us > cx->now_us + OPAQUE_DAYS * DAY_US)
		return fail(cx, E_INVALID, "an opaque entry opens %d days from now at most", OPAQUE_DAYS);
	TRY(db_run(cx, SQL_opaque_set_opens, I64(id), I64(renewal->opens_us)));
	entry.values[ENTRY_opaque_renewed_opaque] = entry_of_count(cx, renewal->number);
	entry.values[ENTRY_opaque_renewed_opens] = entry_of_date(cx, renewal->opens_us);
	return ledger_append(cx, &entry, 0);
}

enum err opaque_renew(struct ctx *cx, uint64_t number, int64_t opens_us)
{
	struct renewal renewal = { number, whole_day(opens_us) };
	return writer_run(cx, renew_work, &renewal);
}

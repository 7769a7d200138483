#include "demo/tamper.h"

#include <string.h>

#include "demo/tamper.sql.h"
#include "ledger/run.h"

#define TAMPERED_BYTES_MAX (RUN_BYTES_MAX + ENTRY_LINE_MAX)

enum err tamper_choose(struct ctx *cx, uint64_t size, uint64_t wanted, struct ledger_item *out)
{
	size_t count = 0;
	if (wanted == UINT64_MAX)
		TRY(ledger_oldest(cx, ENTRY_demand_received, 0, size, 1, out, &count));
	if (count)
		return OK;
	const uint64_t number = wanted == UINT64_MAX ? 1 : wanted;
	if (number >= size)
		return fail(cx, E_NOTFOUND, "the log has %llu signed entries; there is no entry %llu", (unsigned long long)size, (unsigned long long)number);
	out->number = number;
	return ledger_read(cx, number, &out->entry, &out->line);
}

enum err tamper_line(struct ctx *cx, const struct ledger_item *item, struct str *out)
{
	AUTO(buf_free) struct buf line = buf_new(ENTRY_LINE_MAX);
	struct entry entry = item->entry;
	if (entry.kind == ENTRY_demand_received)
		entry.values[ENTRY_demand_received_asker] = str_eq(entry.values[ENTRY_demand_received_asker], STR("XB")) ? STR("XC") : STR("XB");
	else
		entry.time_us += SECOND_US;
	TRY(entry_write(cx, &entry, &line));
	*out = arena_copy(&cx->mem, buf_view(&line));
	return OK;
}

static enum err put_line(struct ctx *cx, uint64_t number, struct str line)
{
	AUTO(buf_free) struct buf altered = buf_new(TAMPERED_BYTES_MAX);
	struct str lines;
	uint64_t first;
	TRY(run_of(cx, number, &first, &lines));
	for (uint64_t at = first; lines.n; at++) {
		const struct str kept = str_cut(&lines, '\n');
		buf_str(&altered, at == number ? line : kept);
		if (lines.n)
			buf_char(&altered, '\n');
	}
	return db_run(cx, SQL_tamper_line, I64((int64_t)first), TEXT(buf_view(&altered)), BLOB(STR("")));
}

enum err tamper_alter(struct ctx *cx, const struct db_config *config, uint64_t number, struct str line)
{
	AUTO(db_close) struct db *db = NULL;
	struct db *const kept = cx->db;
	TRY(db_open(cx, config, &db));
	cx->db = db;
	const enum err outcome = put_line(cx, number, line);
	cx->db = kept;
	return outcome;
}

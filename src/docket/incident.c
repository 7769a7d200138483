#include "docket/inside.h"
#include "store/writer.h"

struct entering {
	struct entry entry;
	int64_t mark;
};

static enum err enter(struct ctx *cx, void *argument)
{
	struct entering *const entering = argument;
	entering->mark = id_new(cx->ids, cx->now_us);
	return ledger_append(cx, &entering->entry, entering->mark);
}

enum err incident_add(struct ctx *cx, const struct incident_new *new, uint64_t *number)
{
	unsigned char hash[SHA256_BYTES];
	struct entering entering = { .entry = { .kind = ENTRY_incident } };
	struct str *const values = entering.entry.values;
	uint64_t id;
	if (new->happened_us > cx->now_us || new->told_us > cx->now_us || new->people < 0)
		return fail_as(cx, E_INVALID, "entry-invalid", "an incident has happened, and so has the telling");
	random_bytes(&id, sizeof id);
	sha256(new->report, hash);
	values[ENTRY_incident_incident] = entry_of_id(cx, id);
	values[ENTRY_incident_kind] = new->kind;
	values[ENTRY_incident_happened] = entry_of_date(cx, new->happened_us);
	values[ENTRY_incident_people] = entry_of_count(cx, (uint64_t)new->people);
	if (new->told_us)
		values[ENTRY_incident_told] = entry_of_date(cx, new->told_us);
	if (new->report.n)
		values[ENTRY_incident_report] = entry_of_hash(cx, hash);
	TRY(writer_run(cx, enter, &entering));
	return ledger_find(cx, entering.mark, number);
}

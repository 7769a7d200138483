/* Entries: what parses is written again as it was. */
#include "fuzz.h"
#include "ledger/entry.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	const struct str line = { (const char *)bytes, n };
	struct entry entry;
	if (entry_parse(&cx, line, &entry) != OK)
		return 0;
	AUTO(buf_free) struct buf again = buf_new(ENTRY_LINE_MAX);
	assert(entry_write(&cx, &entry, &again) == OK);
	assert(str_eq(buf_view(&again), line));
	for (unsigned field = 0; entry_forms[entry.kind].fields[field].name; field++) {
		const struct entry_field *const form = &entry_forms[entry.kind].fields[field];
		if (form->type == ENTRY_COUNT && entry.values[field].n)
			assert(entry_count(&entry, field) < UINT64_C(1) << 53);
		if (form->type == ENTRY_DATE && entry.values[field].n)
			assert(entry_date_us(&entry, field) % DAY_US == 0);
	}
	return 0;
}

/* Entries: one way to write each, and no room for anything else. */
#include <string.h>

#include "ledger/entry.h"
#include "tap.h"

#define WITH_CONTEXT(cx) AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) }
#define HEX64 "1ba43887696c93c5310009eedd6eb580a3aa874b9cb669ffe8dfa5e8f37d8a60"
#define STARTED "node-started 2026-11-22T06:47:43Z version=0.1.0 build=" HEX64
#define RECEIVED "demand-received 2026-11-22T06:47:43Z demand=00112233445566ff asker=XA kind=data basis=none residence=- home=SG accounts=1 papers=-"

static bool refused(const char *line)
{
	WITH_CONTEXT(cx);
	struct entry entry;
	return entry_parse(&cx, str_of(line), &entry) == E_INVALID && strcmp(cx.failure.slug, "entry-invalid") == 0;
}

static bool round_trips(const char *line)
{
	WITH_CONTEXT(cx);
	AUTO(buf_free) struct buf again = buf_new(ENTRY_LINE_MAX);
	struct entry entry;
	return entry_parse(&cx, str_of(line), &entry) == OK && entry_write(&cx, &entry, &again) == OK && str_eq(buf_view(&again), str_of(line));
}

TEST(what_is_written_is_read_and_written_alike)
{
	CHECK(round_trips(STARTED));
	CHECK(round_trips(RECEIVED));
	CHECK(round_trips("demand-decided 2026-11-22T06:47:43Z demand=00112233445566ff received=7 outcome=narrowed rule=- charter=1 accounts=0 classes=public,personal reason=-"));
	CHECK(round_trips("opaque-opened 2026-11-22T06:47:43Z opaque=3 salt=" HEX64 " hidden=-"));
}

TEST(another_way_to_write_the_same_is_refused)
{
	CHECK(refused(""));
	CHECK(refused(STARTED " "));
	CHECK(refused(STARTED "\n"));
	CHECK(refused("node-started  2026-11-22T06:47:43Z version=0.1.0 build=" HEX64));
	CHECK(refused("node-started 2026-11-22T06:47:43Z build=" HEX64 " version=0.1.0"));
	CHECK(refused("node-started 2026-11-22T06:47:43Z version=0.1.0"));
	CHECK(refused("node-started 2026-11-22T06:47:43Z version=0.1.0 build=" HEX64 " more=1"));
	CHECK(refused("node-started 2026-11-22T06:47:43Z version=- build=" HEX64));
	CHECK(refused("node-started 2026-11-22 06:47:43Z version=0.1.0 build=" HEX64));
	CHECK(refused("node-started 2026-02-30T06:47:43Z version=0.1.0 build=" HEX64));
	CHECK(refused("node-started 2026-11-22T06:47:43+00:00 version=0.1.0 build=" HEX64));
	CHECK(refused("Node-started 2026-11-22T06:47:43Z version=0.1.0 build=" HEX64));
	CHECK(refused("demand-decided 2026-11-22T06:47:43Z demand=00112233445566ff received=07 outcome=narrowed rule=- charter=1 accounts=0 classes=- reason=-"));
	CHECK(refused("demand-decided 2026-11-22T06:47:43Z demand=00112233445566ff received=7 outcome=narrowed rule=- charter=1 accounts=0 classes=personal,public reason=-"));
	CHECK(refused("demand-decided 2026-11-22T06:47:43Z demand=00112233445566ff received=7 outcome=narrowed rule=- charter=1 accounts=0 classes=public, reason=-"));
	CHECK(refused("demand-decided 2026-11-22T06:47:43Z demand=00112233445566ff received=7 outcome=maybe rule=- charter=1 accounts=0 classes=- reason=-"));
}

TEST(nothing_is_written_that_would_not_be_read)
{
	WITH_CONTEXT(cx);
	AUTO(buf_free) struct buf line = buf_new(ENTRY_LINE_MAX);
	struct entry entry;
	CHECK(entry_parse(&cx, STR(RECEIVED), &entry) == OK);
	entry.values[ENTRY_demand_received_asker] = STR("Asha");
	CHECK(entry_write(&cx, &entry, &line) == E_INVALID);
	entry.values[ENTRY_demand_received_asker] = STR("");
	CHECK(entry_write(&cx, &entry, &line) == E_INVALID);
}

TEST(numbers_and_days_come_out_of_values)
{
	WITH_CONTEXT(cx);
	struct entry entry;
	CHECK(entry_parse(&cx, STR("opaque 2026-11-22T06:47:43Z commitment=" HEX64 " opens=1970-01-02"), &entry) == OK);
	CHECK(entry_date_us(&entry, ENTRY_opaque_opens) == DAY_US);
	CHECK(entry_parse(&cx, STR(RECEIVED), &entry) == OK);
	CHECK(entry_count(&entry, ENTRY_demand_received_accounts) == 1 && entry.values[ENTRY_demand_received_residence].n == 0);
}

TEST(no_byte_but_0_to_9_and_a_to_f_passes_for_hexadecimal_wherever_it_stands)
{
	char line[] = STARTED;
	char *const hash = line + sizeof line - 1 - 64;
	for (size_t place = 0; place < 64; place++)
		for (unsigned byte = 0; byte < 256; byte++) {
			WITH_CONTEXT(cx);
			struct entry entry;
			const char before = hash[place];
			const bool right = (byte >= '0' && byte <= '9') || (byte >= 'a' && byte <= 'f');
			hash[place] = (char)byte;
			const bool taken = entry_parse(&cx, (struct str){ line, sizeof line - 1 }, &entry) == OK;
			hash[place] = before;
			CHECK(taken == right);
		}
}

int main(void)
{
	RUN(no_byte_but_0_to_9_and_a_to_f_passes_for_hexadecimal_wherever_it_stands);
	RUN(what_is_written_is_read_and_written_alike);
	RUN(another_way_to_write_the_same_is_refused);
	RUN(nothing_is_written_that_would_not_be_read);
	RUN(numbers_and_days_come_out_of_values);
	return tap_end();
}

/* What the ledger's entries add up to: the same however it is added up. */
#include "docket_fixture.h"

#include "docket/tally.h"

#define ASKER_LINE(n, asker, kind, basis) \
	"demand-received 2026-0" #n "-04T09:00:00Z demand=000000000000000" #n " asker=" asker " kind=" kind " basis=" basis " residence=IN home=SG accounts=" #n " papers=-"

struct lines {
	struct str lines[8];
	size_t count;
};

static enum err enter_work(struct ctx *cx, void *argument)
{
	const struct lines *const lines = argument;
	return ledger_append_lines(cx, lines->lines, lines->count);
}

static void enter(struct desk *d, const struct lines *lines)
{
	uint64_t size;
	must(&d->w, writer_run(fresh(&d->w), enter_work, (void *)(uintptr_t)lines));
	settle(&d->w);
	must(&d->w, ledger_size(fresh(&d->w), &size));
	must(&d->w, ledger_wait(fresh(&d->w), size - 1, 5 * SECOND_US));
}

static uint64_t first_free(struct desk *d)
{
	uint64_t size = 0;
	must(&d->w, ledger_size(fresh(&d->w), &size));
	return size;
}

static struct tally read_tally(struct desk *d)
{
	struct tally tally = {};
	must(&d->w, tally_read(fresh(&d->w), &tally));
	return tally;
}

/* Three demands: one refused by rule 2, one complied with in part, one open. */
static void enter_three(struct desk *d)
{
	char decided[2][300];
	const uint64_t at = first_free(d);
	snprintf(decided[0], sizeof decided[0], "demand-decided 2026-01-04T09:00:00Z demand=0000000000000001 received=%llu outcome=refused-by-rule rule=2 charter=1 "
	         "accounts=0 classes=- reason=-", (unsigned long long)at);
	snprintf(decided[1], sizeof decided[1], "demand-decided 2026-02-06T09:00:00Z demand=0000000000000002 received=%llu outcome=complied-in-part rule=- charter=1 "
	         "accounts=1 classes=public,personal reason=-", (unsigned long long)at + 1);
	const struct lines lines = { .count = 5, .lines = {
		STR(ASKER_LINE(1, "CN", "data", "court")), STR(ASKER_LINE(2, "IN", "metadata", "emergency")), STR(ASKER_LINE(8, "IN", "preservation", "court")),
		str_of(decided[0]), str_of(decided[1]),
	} };
	enter(d, &lines);
}

TEST(demands_are_counted_by_what_became_of_them)
{
	struct desk d;
	desk_open(&d, "CN");
	d.w.cx.tallies = tallies_new();
	CHECK(read_tally(&d).total.figures[TALLY_ASKED] == 0);
	enter_three(&d);
	const struct tally tally = read_tally(&d);
	const uint64_t *const figures = tally.total.figures;
	CHECK(figures[TALLY_ASKED] == 3 && figures[TALLY_LEGAL] == 1 && figures[TALLY_EMERGENCY] == 1 && figures[TALLY_PRESERVATION] == 1);
	CHECK(figures[TALLY_BY_RULE] == 1 && figures[TALLY_PARTIAL] == 1 && figures[TALLY_OPEN] == 1 && figures[TALLY_DISCLOSED] == 1);
	CHECK(tally.rule_count == 1 && tally.rules[0].rule == 2 && tally.rules[0].refused == 1);
	CHECK(tally.row_count == 3 && tally.rows[0].half == 2 * 2026 + 1 && strcmp(tally.rows[0].asker, "IN") == 0);
	CHECK(tally.total.classes == (1u << 0 | 1u << 3) && tally.total.accounts == 11 && tally.total.given == 1);
	CHECK(tally.total.decided == 2 && tally.total.median_us == DAY_US);
	tallies_free(&d.w.cx.tallies);
	desk_close(&d);
}

TEST(the_entries_behind_a_figure_are_found)
{
	struct desk d;
	struct tally_found found[4];
	uint64_t numbers[4];
	size_t count;
	desk_open(&d, "CN");
	d.w.cx.tallies = tallies_new();
	const uint64_t at = first_free(&d);
	enter_three(&d);
	const struct tally_search refused = { .figure = TALLY_BY_RULE, .rule = 2 };
	CHECK(tally_find(fresh(&d.w), &refused, 4, found, &count) == OK && count == 1 && found[0].number == at + 3 && found[0].received == at);
	const struct tally_search other = { .figure = TALLY_BY_RULE, .rule = 3 };
	CHECK(tally_find(fresh(&d.w), &other, 4, found, &count) == OK && count == 0);
	const struct tally_search india = { .figure = TALLY_ASKED, .asker = STR("IN"), .half = 2 * 2026 };
	CHECK(tally_find(fresh(&d.w), &india, 4, found, &count) == OK && count == 1 && found[0].number == at + 1);
	CHECK(tally_demand(fresh(&d.w), STR("0000000000000002"), 4, numbers, &count) == OK && count == 2 && numbers[0] == at + 1 && numbers[1] == at + 4);
	CHECK(tally_demand(fresh(&d.w), STR("00000000000000aa"), 4, numbers, &count) == E_NOTFOUND);
	tallies_free(&d.w.cx.tallies);
	desk_close(&d);
}

TEST(halves_of_a_year_are_written_one_way)
{
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(4096) };
	int half = 0;
	CHECK(tally_half(INT64_C(1782864000) * SECOND_US) == 2 * 2026 + 1);            /* 2026-07-01T00:00:00Z */
	CHECK(tally_half(INT64_C(1782863999) * SECOND_US) == 2 * 2026);
	CHECK(str_eq(tally_half_text(&cx, 2 * 2026 + 1), STR("2026-H2")));
	CHECK(tally_half_parse(STR("2026-H1"), &half) && half == 2 * 2026);
	CHECK(!tally_half_parse(STR("2026-H3"), &half) && !tally_half_parse(STR("26-H1"), &half) && !tally_half_parse(STR("20x6-H1"), &half));
}

/* A sum that was cut off in the middle begins anew: nothing is counted twice. */
TEST(sums_are_right_after_any_failure)
{
	struct desk d;
	unsigned nth, failed = 0;
	bool reached = true;
	desk_open(&d, "CN");
	enter_three(&d);
	for (nth = 1; reached && nth < 200; nth++) {
		struct tally tally = {};
		struct ctx *const cx = fresh(&d.w);
		cx->tallies = d.w.cx.tallies = tallies_new();
		fault_arm(&d.w.faults, nth);
		failed += tally_read(cx, &tally) != OK;
		reached = fault_reached(&d.w.faults);
		fault_arm(&d.w.faults, 0);
		tally = read_tally(&d);
		EXPECT(tally.total.figures[TALLY_ASKED] == 3 && tally.total.figures[TALLY_BY_RULE] == 1 && tally.row_count == 3 && tally.kinds[ENTRY_demand_decided] == 2);
		tallies_free(&d.w.cx.tallies);
	}
	printf("# %u fault points\n", nth - 2);
	CHECK(failed > 5 && !reached);
	desk_close(&d);
}

int main(void)
{
	RUN(demands_are_counted_by_what_became_of_them);
	RUN(the_entries_behind_a_figure_are_found);
	RUN(halves_of_a_year_are_written_one_way);
	RUN(sums_are_right_after_any_failure);
	return tap_end();
}

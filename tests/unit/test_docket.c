/* Demands: their papers are sealed, their number is public. */
#include "social_fixture.h"

#include "docket/demand.h"

static const struct stmt SQL_test_demands = { "test_demands", "SELECT count(*) FROM demand", PERSONAL_DB };
static const struct stmt SQL_test_sealed = { "test_sealed",
	"SELECT count(*) FROM demand WHERE instr(sealed, $1) > 0", PERSONAL_DB };

struct adding {
	struct demand_new new;
	int64_t id;
};

static enum err run_add(struct ctx *cx, void *argument)
{
	struct adding *call = argument;
	return demand_add(cx, &call->new, &call->id);
}

static struct adding some_demand(void)
{
	return (struct adding){ .new = {
		.asker = STR("IN"), .kind = STR("disclosure"), .authority = STR("A ministry"), .reference = STR("12/2026"),
		.text = STR("Give us\neverything."),
	} };
}

TEST(a_demand_is_counted_in_public_and_read_at_the_desk)
{
	struct world w;
	struct adding call = some_demand();
	struct demand_page page;
	int64_t count = -1;
	world_open(&w);
	CHECK(demand_count(fresh(&w), &count) == OK && count == 0);
	must(&w, writer_run(fresh(&w), run_add, &call));
	settle(&w);
	CHECK(demand_count(fresh(&w), &count) == OK && count == 1);
	CHECK(demand_count_in(&w.cx, STR("received"), &count) == OK && count == 1);
	CHECK(demand_count_in(&w.cx, STR("granted"), &count) == OK && count == 0);
	CHECK(demand_list(&w.cx, 0, &page) == OK && page.count == 1 && page.items[0].id == call.id);
	CHECK(str_eq(page.items[0].text, STR("Give us\neverything.")) && str_eq(page.items[0].asker, STR("IN")));
	CHECK(NUMBER(&w, SQL_test_sealed, BLOB(STR("ministry"))) == 0);
	world_close(&w);
}

TEST(a_demand_says_who_asks_and_for_what)
{
	struct world w;
	int64_t count = -1;
	world_open(&w);
	for (int i = 0; i < 5; i++) {
		struct adding call = some_demand();
		struct str *const texts[] = { &call.new.asker, &call.new.asker, &call.new.kind, &call.new.authority, &call.new.authority };
		*texts[i] = (const struct str[]){ STR(""), STR("India"), STR("everything"), STR(" "), STR("two\nlines") }[i];
		CHECK(writer_run(fresh(&w), run_add, &call) == E_INVALID);
	}
	CHECK(demand_count(fresh(&w), &count) == OK && count == 0);
	world_close(&w);
}

TEST(adding_a_demand_is_all_or_nothing_whatever_fails)
{
	struct world w;
	unsigned nth, clean = 0;
	int64_t expected = 0;
	world_open(&w);
	for (nth = 1; clean == 0 && nth < 200; nth++) {
		struct adding call = some_demand();
		int64_t count;
		struct ctx *cx = fresh(&w);
		fault_arm(&w.faults, nth);
		enum err outcome = writer_run(cx, run_add, &call);
		bool reached = fault_reached(&w.faults);
		fault_arm(&w.faults, 0);
		restart_writer(&w);
		settle(&w);
		expected += outcome == OK;
		EXPECT(number(&w, &SQL_test_demands, 0, NULL) == expected);
		EXPECT(demand_count(fresh(&w), &count) == OK && count == expected);
		clean += outcome == OK && !reached;
	}
	printf("# %u fault points\n", nth - 2);
	CHECK(clean == 1);
	world_close(&w);
}

int main(void)
{
	RUN(a_demand_is_counted_in_public_and_read_at_the_desk);
	RUN(a_demand_says_who_asks_and_for_what);
	RUN(adding_a_demand_is_all_or_nothing_whatever_fails);
	return tap_end();
}

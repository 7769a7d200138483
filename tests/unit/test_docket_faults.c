/* Between filing and receipt, decision and notice: whatever fails, and wherever a process ends, there is no effect without its entry,
 * and no entry twice. */
#include "docket_fixture.h"

static size_t count_of(struct desk *d, enum entry_kind kind)
{
	return desk_entries(d, kind, NULL);
}

/* What must hold at every moment at which somebody may look. */
static bool is_sound(struct desk *d)
{
	static const struct stmt entered = { "test_entered", "SELECT count(*) FROM demand WHERE state NOT IN ('unentered', 'hidden')", PERSONAL_DB };
	static const struct stmt decided = { "test_decided", "SELECT count(*) FROM demand WHERE state = 'decided'", PERSONAL_DB };
	static const struct stmt told = { "test_told", "SELECT count(*) FROM demand WHERE told_us > 0", PERSONAL_DB };
	static const struct stmt held = { "test_held", "SELECT count(*) FROM hold", PERSONAL_DB };
	static const struct stmt notices = { "test_notices", "SELECT count(*) FROM inbox WHERE kind = 8", PERSONAL_DB };
	static const struct stmt shown = { "test_shown", "SELECT count(*) FROM demand_shown", PUBLIC_DB };
	struct world *const w = &d->w;
	fresh(w);
	const int64_t demands = number(w, &entered, 0, NULL);
	return (int64_t)count_of(d, ENTRY_demand_received) == demands && number(w, &shown, 0, NULL) == demands &&
	       (int64_t)count_of(d, ENTRY_demand_decided) == number(w, &decided, 0, NULL) &&
	       (int64_t)count_of(d, ENTRY_demand_told) == number(w, &told, 0, NULL) &&
	       (number(w, &notices, 0, NULL) == 0) == (count_of(d, ENTRY_demand_told) == 0) &&
	       number(w, &held, 0, NULL) == (int64_t)count_of(d, ENTRY_hold_placed);
}

/* A round: one fault somewhere in `act`; then the process begins anew and the job does what is left. */
static bool round_of(struct desk *d, enum err (*act)(struct desk *), unsigned nth)
{
	fault_arm(&d->w.faults, nth);
	const enum err outcome = act(d);
	const bool reached = fault_reached(&d->w.faults);
	fault_arm(&d->w.faults, 0);
	(void)outcome;
	desk_restart(d);
	settle(&d->w);
	EXPECT(is_sound(d));
	desk_job(d);
	settle(&d->w);
	EXPECT(is_sound(d));
	return reached;
}

static enum err file_refused(struct desk *d)
{
	struct demand_new new = asks("XA", "data", "court");
	struct demand_done done;
	new.people[new.people_count++] = STR("asha");
	return demand_file(fresh(&d->w), &new, &done);
}

TEST(filing_and_refusing_is_once_and_whole_whatever_fails)
{
	struct desk d;
	unsigned nth;
	static const struct stmt open = { "test_open", "SELECT count(*) FROM demand WHERE state <> 'decided' OR told_us = 0", PERSONAL_DB };
	desk_open(&d, "XA");
	sign_up(&d.w, "asha");
	for (nth = 1; nth < 300; nth++) {
		const bool reached = round_of(&d, file_refused, nth);
		fresh(&d.w);
		EXPECT(number(&d.w, &open, 0, NULL) == 0);
		if (!reached)
			break;
	}
	printf("# %u fault points\n", nth - 1);
	CHECK(nth > 20 && nth < 300);
	desk_close(&d);
}

static enum err hold_it(struct desk *d)
{
	const struct demand_answer hold = { .outcome = STR("complied") };
	struct demand_done done;
	struct demand_new new = asks("SG", "preservation", "court");
	struct ctx *cx = fresh(&d->w);
	new.people[new.people_count++] = STR("asha");
	TRY(demand_file(cx, &new, &done));
	TRY(demand_authenticate(cx, str_of(done.demand), STR("in-person"), &done));
	return demand_decide(cx, str_of(done.demand), &hold, &done);
}

TEST(a_hold_is_placed_once_and_never_without_its_decision_whatever_fails)
{
	struct desk d;
	unsigned nth;
	desk_open(&d, "XA");
	sign_up(&d.w, "asha");
	for (nth = 1; nth < 600; nth += 7) {   /* every seventh: the loop is long, and its first steps are those of the test above */
		if (!round_of(&d, hold_it, nth))
			break;
	}
	printf("# %u fault points\n", nth - 1);
	CHECK(nth > 50 && nth < 600);
	desk_close(&d);
}

/* The job itself, at a moment at which everything is due. */
static enum err run_job(struct desk *d)
{
	return docket_run(fresh(&d->w), NULL);
}

TEST(what_a_clock_ends_ends_once_whatever_fails)
{
	struct desk d;
	unsigned nth;
	desk_open(&d, "XA");
	sign_up(&d.w, "asha");
	for (nth = 1; nth < 600; nth += 5) {
		const struct demand_answer hold = { .outcome = STR("complied") };
		struct demand_new new = asks("SG", "data", "court");
		struct demand_done done;
		new.gag_us = d.w.cx.now_us + 3 * DAY_US;
		done = desk_file(&d, new, "asha");
		must(&d.w, demand_authenticate(fresh(&d.w), str_of(done.demand), STR("call-back"), &done));
		done = desk_file(&d, asks("SG", "preservation", "court"), "asha");
		must(&d.w, demand_authenticate(fresh(&d.w), str_of(done.demand), STR("call-back"), &done));
		must(&d.w, demand_decide(fresh(&d.w), str_of(done.demand), &hold, &done));
		new.hidden = true;
		new.gag_us = d.w.cx.now_us + 3 * DAY_US;
		desk_file(&d, new, "asha");
		desk_later(&d, DAY_US + HOUR_US);
		desk_job(&d);
		desk_later(&d, 95 * DAY_US);
		fault_arm(&d.w.faults, nth);
		(void)(run_job(&d) == OK);
		const bool reached = fault_reached(&d.w.faults);
		fault_arm(&d.w.faults, 0);
		desk_restart(&d);
		settle(&d.w);
		desk_job(&d);
		desk_job(&d);
		settle(&d.w);
		EXPECT(count_of(&d, ENTRY_hold_placed) == count_of(&d, ENTRY_hold_ended));
		EXPECT(count_of(&d, ENTRY_demand_told) == count_of(&d, ENTRY_demand_received));
		if (!reached || nth > 150)
			break;
	}
	printf("# %u fault points\n", nth - 1);
	CHECK(nth > 30);
	desk_close(&d);
}

int main(void)
{
	RUN(filing_and_refusing_is_once_and_whole_whatever_fails);
	RUN(a_hold_is_placed_once_and_never_without_its_decision_whatever_fails);
	RUN(what_a_clock_ends_ends_once_whatever_fails);
	return tap_end();
}

/* Demands: what is entered, when, and what follows. */
#include "docket_fixture.h"

#include "base/file.h"
#include "custody/disclosure.h"

#define EXPAND_ROW "docket/demand.def"
#define EXPAND_PERSON 0
#define EXPAND_ID row->id
#include "store/expand.h"

static const struct stmt SQL_test_add = { "test_add", "INSERT INTO demand VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, "
	"$17, $18, $19, $20, $21, $22, $23, $24)", PERSONAL_DB };

TEST(what_the_owners_state_asks_is_refused_by_rule_2_and_the_person_is_told)
{
	struct desk d;
	struct str words = STR("");
	AUTO(buf_free) struct buf answer = buf_new(DEMAND_ANSWER_MAX);
	desk_open(&d, "XA");
	const struct actor asha = sign_up(&d.w, "asha");
	const struct demand_done done = desk_file(&d, asks("XA", "data", "court"), "asha");
	CHECK(done.included);
	const struct demand_shown shown = desk_shown(&d, done.demand);
	CHECK(str_eq(shown.outcome, STR("refused-by-rule")) && shown.rule == 2 && shown.charter == 1 && shown.decided > shown.received);
	CHECK(shown.told >= 0 && shown.accounts == 1 && shown.given == 0 && shown.residence.n == 0);
	CHECK(desk_notices(&d, &asha, &words) == 1);
	CHECK(str_starts(words, STR("XA data refused-by-rule 2 ")));
	const struct demand row = desk_row(&d, done.demand);
	CHECK(str_eq(row.state, STR("decided")) && str_eq(row.text, STR("Give us\neverything.")));
	CHECK(demand_answer_text(&d.w.cx, &row, &answer) == OK);
	CHECK(strstr(buf_terminated(&answer), "Whatever the state of the operator's owner asks is refused") != NULL);
	desk_close(&d);
}

TEST(a_receipt_proves_the_entry_to_who_has_only_the_logs_key)
{
	struct desk d;
	AUTO(buf_free) struct buf receipt = buf_new(DEMAND_RECEIPT_MAX);
	desk_open(&d, "XA");
	const struct demand_done done = desk_file(&d, asks("XA", "data", "court"), NULL);
	const struct demand row = desk_row(&d, done.demand);
	struct proof_file file;
	struct note_key keys[LOG_KEYS_MAX];
	struct entry entry;
	CHECK(demand_receipt(&d.w.cx, &row, &receipt) == OK);
	CHECK(proof_file_parse(&d.w.cx, buf_view(&receipt), &file) == OK);
	CHECK(ledger_keys(d.w.cx.ledger, keys) == 1);
	CHECK(proof_file_check(&d.w.cx, &file, file.extra, &keys[0]) == OK);
	CHECK(entry_parse(&d.w.cx, file.extra, &entry) == OK && entry.kind == ENTRY_demand_received);
	CHECK(str_eq(entry.values[ENTRY_demand_received_demand], str_of(done.demand)));
	desk_close(&d);
}

TEST(nothing_follows_before_a_checkpoint_covers_the_entry)
{
	struct desk d;
	desk_open(&d, "XA");
	const struct actor asha = sign_up(&d.w, "asha");
	struct ledger *ledger = d.w.cx.ledger;
	d.w.cx.ledger = NULL;                  /* a log that signs nothing */
	const struct demand_done done = desk_file(&d, asks("XA", "data", "court"), "asha");
	desk_job(&d);
	CHECK(!done.included && desk_shown(&d, done.demand).decided < 0 && desk_notices(&d, &asha, NULL) == 0);
	CHECK(desk_entries(&d, ENTRY_demand_decided, NULL) == 0);
	d.w.cx.ledger = ledger;
	desk_job(&d);
	CHECK(desk_shown(&d, done.demand).decided >= 0 && desk_notices(&d, &asha, NULL) == 1);
	desk_close(&d);
}

TEST(a_demand_says_who_asks_for_what_on_what_ground)
{
	struct desk d;
	int64_t count = -1;
	desk_open(&d, "XA");
	for (int i = 0; i < 6; i++) {
		struct demand_new new = asks("IN", "data", "court");
		struct demand_done done;
		struct str *const texts[] = { &new.asker, &new.asker, &new.kind, &new.basis, &new.authority, &new.people[0] };
		*texts[i] = (const struct str[]){ STR(""), STR("UK"), STR("everything"), STR("friendship"), STR("two\nlines"), STR("nobody") }[i];
		new.people_count = i == 5;
		CHECK(demand_file(fresh(&d.w), &new, &done) == E_INVALID);
	}
	CHECK(demand_count(fresh(&d.w), &count) == OK && count == 0);
	desk_close(&d);
}

TEST(who_does_not_prove_who_it_is_is_refused_when_the_term_is_over)
{
	struct desk d;
	desk_open(&d, "XA");
	const struct demand_done done = desk_file(&d, asks("SG", "metadata", "court"), NULL);
	CHECK(desk_shown(&d, done.demand).decided < 0 && desk_row(&d, done.demand).due_us > d.w.cx.now_us + 13 * DAY_US);
	desk_later(&d, 13 * DAY_US);
	desk_job(&d);
	CHECK(desk_shown(&d, done.demand).decided < 0);
	desk_later(&d, 2 * DAY_US);
	desk_job(&d);
	const struct demand_shown shown = desk_shown(&d, done.demand);
	CHECK(str_eq(shown.outcome, STR("refused")) && shown.rule == 7);
	desk_job(&d);
	CHECK(desk_entries(&d, ENTRY_demand_decided, NULL) == 1);
	desk_close(&d);
}

TEST(who_has_not_decided_by_the_deadline_has_refused)
{
	struct desk d;
	struct demand_done done;
	desk_open(&d, "XA");
	done = desk_file(&d, asks("SG", "data", "court"), NULL);
	CHECK(demand_authenticate(fresh(&d.w), str_of(done.demand), STR("call-back"), &done) == OK && done.included);
	CHECK(desk_shown(&d, done.demand).authenticated >= 0 && desk_shown(&d, done.demand).decided < 0);
	CHECK(demand_authenticate(fresh(&d.w), str_of(done.demand), STR("call-back"), &done) == E_CONFLICT);
	desk_later(&d, 14 * DAY_US + HOUR_US);
	desk_job(&d);
	CHECK(str_eq(desk_shown(&d, done.demand).outcome, STR("refused")) && desk_shown(&d, done.demand).rule == 10);
	desk_close(&d);
}

TEST(a_person_refuses_and_only_once)
{
	struct desk d;
	struct demand_done done;
	struct ledger_item decided;
	const struct demand_answer refused = { .outcome = STR("refused"), .reason = STR("The order names nobody.") };
	const struct demand_answer nonsense = { .outcome = STR("refused-by-rule") };
	desk_open(&d, "XA");
	done = desk_file(&d, asks("SG", "data", "court"), NULL);
	CHECK(demand_decide(fresh(&d.w), str_of(done.demand), &nonsense, &done) == E_INVALID);
	CHECK(demand_decide(fresh(&d.w), str_of(done.demand), &refused, &done) == OK);
	CHECK(demand_decide(fresh(&d.w), str_of(done.demand), &refused, &done) == E_CONFLICT);
	CHECK(desk_entries(&d, ENTRY_demand_decided, &decided) == 1);
	CHECK(decided.entry.values[ENTRY_demand_decided_reason].n == 64 && decided.entry.values[ENTRY_demand_decided_rule].n == 0);
	desk_close(&d);
}

TEST(nothing_is_disclosed_whoever_decides)
{
	struct desk d;
	struct demand_done done;
	const struct demand_answer complied = { .outcome = STR("complied") };
	desk_open(&d, "XA");
	const struct actor asha = sign_up(&d.w, "asha");
	done = desk_file(&d, asks("SG", "data", "court"), "asha");
	CHECK(demand_decide(fresh(&d.w), str_of(done.demand), &complied, &done) == E_DENIED);
	CHECK(strcmp(d.w.cx.failure.slug, "demand-not-permitted") == 0);
	must(&d.w, demand_authenticate(fresh(&d.w), str_of(done.demand), STR("in-person"), &done));
	CHECK(demand_decide(fresh(&d.w), str_of(done.demand), &complied, &done) == E_DENIED);
	CHECK(strcmp(d.w.cx.failure.slug, "not-yet-possible") == 0 && strstr(d.w.cx.failure.text, "custodians") != NULL);
	CHECK(desk_shown(&d, done.demand).decided < 0 && asha.account);
	/* and after the deadline not even that */
	desk_later(&d, 15 * DAY_US);
	CHECK(demand_decide(fresh(&d.w), str_of(done.demand), &complied, &done) == E_DENIED);
	CHECK(strcmp(d.w.cx.failure.slug, "demand-not-permitted") == 0);
	desk_close(&d);
}

TEST(the_door_to_a_disclosure_looks_at_proof_and_charter_by_itself)
{
	struct desk d;
	struct demand_done done;
	struct entry entry;
	struct note_key keys[LOG_KEYS_MAX];
	AUTO(grant_wipe) struct grant grant = { .purpose = GRANT_NONE };
	AUTO(buf_free) struct buf proof = buf_new(DEMAND_RECEIPT_MAX);
	struct disclosure_asked asked = { .account = 7 };
	desk_open(&d, "XA");
	done = desk_file(&d, asks("SG", "data", "court"), NULL);
	must(&d.w, demand_authenticate(fresh(&d.w), str_of(done.demand), STR("in-person"), &done));
	const uint64_t received = (uint64_t)desk_shown(&d, done.demand).received, number = (uint64_t)desk_shown(&d, done.demand).authenticated;
	struct ctx *const cx = fresh(&d.w);
	const struct charter_case court = { .home = { "SG" }, .asker = { "SG" }, .kind = CHARTER_DATA, .basis = CHARTER_BASIS_COURT, .authenticated = true };
	const struct charter_case owner = { .home = { "SG" }, .asker = { "XA" }, .kind = CHARTER_DATA, .basis = CHARTER_BASIS_COURT, .authenticated = true };
	must(&d.w, ledger_read(cx, number, &entry, &asked.entry));
	must(&d.w, ledger_proof(cx, number, STR(""), &proof));
	CHECK(ledger_keys(cx->ledger, keys) == 1);
	asked.proof = buf_view(&proof);
	asked.key = &keys[0];
	asked.authenticated_us = entry.time_us;
	must(&d.w, charters_decide(cx, &court, &asked.decision));
	CHECK(custody_disclosure_grant(cx, &asked, &grant) == E_DENIED && strcmp(cx->failure.slug, "not-yet-possible") == 0);
	must(&d.w, charters_decide(cx, &owner, &asked.decision));
	CHECK(custody_disclosure_grant(cx, &asked, &grant) == E_DENIED && strcmp(cx->failure.slug, "demand-not-permitted") == 0);
	must(&d.w, charters_decide(cx, &court, &asked.decision));
	asked.authenticated_us += SECOND_US;
	CHECK(custody_disclosure_grant(cx, &asked, &grant) == E_INVALID);
	asked.authenticated_us -= SECOND_US;
	must(&d.w, ledger_read(cx, received, &entry, &asked.entry));   /* another entry than the one that is proved */
	CHECK(custody_disclosure_grant(cx, &asked, &grant) == E_INVALID);
	proof.n = 0;
	must(&d.w, ledger_proof(cx, received, STR(""), &proof));        /* proved, but it authenticates nobody */
	asked.proof = buf_view(&proof);
	CHECK(custody_disclosure_grant(cx, &asked, &grant) == E_INVALID);
	CHECK(grant.purpose == GRANT_NONE);
	desk_close(&d);
}

/* As an older program left them, but for the columns that the migration adds. */
static enum err add_unentered(struct ctx *cx, void *)
{
	AUTO(grant_wipe) struct grant desk = { .purpose = GRANT_NONE };
	struct val vals[demand_columns];
	struct demand row = {
		.id = id_new(cx->ids, cx->now_us), .demand = STR("00112233445566ff"), .state = STR("unentered"), .asker = STR("IN"), .kind = STR("data"), .basis = STR("none"),
		.authority = STR("A ministry"),
	};
	TRY(custody_desk_grant(cx, &desk));
	TRY(demand_vals(cx, &desk, &row, vals));
	return db_run_(cx, &SQL_test_add, demand_columns, vals);
}

TEST(what_was_recorded_before_there_was_a_ledger_is_entered)
{
	struct desk d;
	int64_t count;
	desk_open(&d, "XA");
	must(&d.w, writer_run(fresh(&d.w), add_unentered, NULL));
	CHECK(demand_count(fresh(&d.w), &count) == OK && count == 0);
	desk_job(&d);
	desk_job(&d);
	CHECK(demand_count(fresh(&d.w), &count) == OK && count == 1);
	const struct demand_shown shown = desk_shown(&d, "00112233445566ff");
	CHECK(str_eq(shown.outcome, STR("refused-by-rule")) && str_eq(shown.home, STR("SG")));
	desk_close(&d);
}

TEST(where_somebody_lives_is_entered_only_for_the_state_in_which_they_live)
{
	struct desk d;
	desk_open(&d, "XA");
	sign_up(&d.w, "asha");                 /* of IN */
	struct demand_shown shown = desk_shown(&d, desk_file(&d, asks("IN", "data", "court"), "asha").demand);
	CHECK(str_eq(shown.residence, STR("IN")) && shown.decided < 0);
	shown = desk_shown(&d, desk_file(&d, asks("DE", "data", "court"), "asha").demand);
	CHECK(shown.residence.n == 0 && str_eq(shown.outcome, STR("refused-by-rule")) && shown.rule == 3);
	const uint64_t opened = keyholder_count(d.w.cx.keyholder, GRANT_RESIDENCE);
	shown = desk_shown(&d, desk_file(&d, asks("XA", "data", "court"), "asha").demand);
	CHECK(shown.residence.n == 0 && shown.rule == 2);
	shown = desk_shown(&d, desk_file(&d, asks("IN", "bulk", "court"), "asha").demand);
	CHECK(shown.residence.n == 0 && shown.rule == 1);
	CHECK(keyholder_count(d.w.cx.keyholder, GRANT_RESIDENCE) == opened);
	desk_close(&d);
}

TEST(a_lawful_silence_is_cut_to_the_charters_limit_and_the_person_is_told_when_it_ends)
{
	struct desk d;
	struct demand_done done;
	desk_open(&d, "XA");
	const struct actor asha = sign_up(&d.w, "asha");
	struct demand_new new = asks("SG", "data", "statute");         /* at most 90 days */
	new.gag_us = d.w.cx.now_us + 400 * DAY_US;
	done = desk_file(&d, new, "asha");
	CHECK(desk_notices(&d, &asha, NULL) == 0);
	must(&d.w, demand_authenticate(fresh(&d.w), str_of(done.demand), STR("in-person"), &done));
	const struct demand_shown shown = desk_shown(&d, done.demand);
	CHECK(shown.gagged >= 0 && shown.gag_us <= d.w.cx.now_us + 90 * DAY_US && shown.gag_us > d.w.cx.now_us + 88 * DAY_US);
	CHECK(demand_gag(fresh(&d.w), str_of(done.demand), d.w.cx.now_us + 200 * DAY_US, &done) == E_DENIED);
	desk_later(&d, 20 * DAY_US);
	desk_job(&d);                          /* refused by term meanwhile: silence still holds */
	CHECK(desk_notices(&d, &asha, NULL) == 0 && desk_shown(&d, done.demand).told < 0);
	desk_later(&d, 70 * DAY_US);
	desk_job(&d);
	CHECK(desk_notices(&d, &asha, NULL) == 1 && desk_shown(&d, done.demand).told >= 0);
	desk_job(&d);
	CHECK(desk_notices(&d, &asha, NULL) == 1 && desk_entries(&d, ENTRY_demand_told, NULL) == 1);
	desk_close(&d);
}

TEST(silence_that_nobody_proved_a_right_to_ends_with_the_charters_notice)
{
	struct desk d;
	desk_open(&d, "XA");
	const struct actor asha = sign_up(&d.w, "asha");
	struct demand_new new = asks("SG", "data", "emergency");       /* rule 6: told within 72 hours */
	new.gag_us = d.w.cx.now_us + 400 * DAY_US;
	const struct demand_done done = desk_file(&d, new, "asha");
	CHECK(desk_notices(&d, &asha, NULL) == 0);
	desk_later(&d, 25 * HOUR_US);
	desk_job(&d);                          /* not authenticated in time: refused, and told */
	CHECK(str_eq(desk_shown(&d, done.demand).outcome, STR("refused")) && desk_notices(&d, &asha, NULL) == 1);
	new = asks("XA", "data", "court");
	new.gag_us = d.w.cx.now_us + 400 * DAY_US;
	desk_file(&d, new, "asha");            /* refused by rule: no silence at all */
	CHECK(desk_notices(&d, &asha, NULL) == 2);
	desk_close(&d);
}

TEST(a_hold_is_entered_ends_by_itself_and_knows_whom_it_holds)
{
	struct desk d;
	struct demand_done done;
	const struct demand_answer hold = { .outcome = STR("narrowed"), .hold_days = 10 };
	int64_t until_us;
	bool told;
	desk_open(&d, "XA");
	const struct actor asha = sign_up(&d.w, "asha");
	done = desk_file(&d, asks("SG", "preservation", "court"), "asha");
	must(&d.w, demand_authenticate(fresh(&d.w), str_of(done.demand), STR("in-person"), &done));
	must(&d.w, hold_of(fresh(&d.w), asha.account, &until_us, &told));
	CHECK(until_us == 0);
	must(&d.w, demand_decide(fresh(&d.w), str_of(done.demand), &hold, &done));
	must(&d.w, hold_of(fresh(&d.w), asha.account, &until_us, &told));
	CHECK(until_us > d.w.cx.now_us + 8 * DAY_US && until_us <= d.w.cx.now_us + 10 * DAY_US && told);
	CHECK(desk_entries(&d, ENTRY_hold_placed, NULL) == 1 && desk_shown(&d, done.demand).held > desk_shown(&d, done.demand).decided);
	desk_later(&d, 11 * DAY_US);
	desk_job(&d);
	must(&d.w, hold_of(fresh(&d.w), asha.account, &until_us, &told));
	struct ledger_item ended;
	CHECK(until_us == 0 && desk_entries(&d, ENTRY_hold_ended, &ended) == 1);
	CHECK((int64_t)entry_count(&ended.entry, ENTRY_hold_ended_placed) == desk_shown(&d, done.demand).held);
	desk_close(&d);
}

TEST(a_removal_is_carried_out_after_its_entry_and_stands_as_a_takedown)
{
	struct desk d;
	struct demand_done done;
	struct ledger_item takedown, decided;
	const struct demand_answer complied = { .outcome = STR("complied") };
	desk_open(&d, "XA");
	const struct actor asha = sign_up(&d.w, "asha");
	const int64_t video = publish(&d.w, &asha, "one");
	struct demand_new new = asks("SG", "removal", "court");
	new.subjects[new.subject_count++] = video;
	done = desk_file(&d, new, NULL);
	CHECK(desk_notices(&d, &asha, NULL) == 1 && desk_shown(&d, done.demand).accounts == 1);
	must(&d.w, demand_authenticate(fresh(&d.w), str_of(done.demand), STR("in-person"), &done));
	must(&d.w, demand_decide(fresh(&d.w), str_of(done.demand), &complied, &done));
	settle(&d.w);
	struct video_view view;
	CHECK(video_get(fresh(&d.w), video, &view) == E_NOTFOUND);
	CHECK(desk_entries(&d, ENTRY_demand_decided, &decided) == 1 && desk_entries(&d, ENTRY_takedown, &takedown) == 1 && takedown.number > decided.number);
	CHECK(str_eq(takedown.entry.values[ENTRY_takedown_country], STR("SG")));
	desk_close(&d);
}

static const struct stmt SQL_test_forget_opaque = { "test_forget_opaque", "DELETE FROM opaque", PERSONAL_DB };

static enum err forget_opaque(struct ctx *cx, void *)
{
	return db_run0(cx, SQL_test_forget_opaque);
}

/* A restored personal.db, and a log that was fetched from its mirror. */
TEST(a_fixed_time_whose_opaque_entry_only_the_log_knows_gets_no_second_one)
{
	struct desk d;
	desk_open(&d, "XA");
	desk_later(&d, DAY_US);
	desk_job(&d);
	CHECK(desk_entries(&d, ENTRY_opaque, NULL) == 1);
	must(&d.w, writer_run(fresh(&d.w), forget_opaque, NULL));
	desk_job(&d);
	CHECK(desk_entries(&d, ENTRY_opaque, NULL) == 1);
	desk_later(&d, DAY_US);
	desk_job(&d);
	CHECK(desk_entries(&d, ENTRY_opaque, NULL) == 2);
	desk_close(&d);
}

static const struct stmt SQL_test_forget_jobs = { "test_forget_jobs", "DELETE FROM job", PERSONAL_DB };

static enum err forget_jobs(struct ctx *cx, void *)
{
	return db_run0(cx, SQL_test_forget_jobs);
}

/* Runs the job at a time of the caller's; in how many microseconds from the world's time it comes again. */
static int64_t run_at(struct desk *d, int64_t now_us)
{
	struct ctx *const cx = fresh(&d->w);
	int64_t next_us = 0;
	must(&d->w, writer_run(cx, forget_jobs, NULL));
	cx->now_us = now_us;
	must(&d->w, docket_run(cx, NULL));
	must(&d->w, job_next(fresh(&d->w), &(struct job_share){ .kind = DOCKET_JOB }, &next_us));
	return next_us;
}

static void leave_mark(struct desk *d)
{
	struct ctx *const cx = fresh(&d->w);
	must(&d->w, file_write(cx, arena_printf(&cx->mem, "%s/ledger/" LEDGER_RESTORED_FILE, d->w.folder).p, STR("restored from a backup\n")));
}

static void remove_mark(struct desk *d)
{
	CHECK(unlink(arena_printf(&fresh(&d->w)->mem, "%s/ledger/" LEDGER_RESTORED_FILE, d->w.folder).p) == 0);
}

static void hide_key(struct desk *d)
{
	CHECK(rename(d->log_key, arena_printf(&fresh(&d->w)->mem, "%s.away", d->log_key).p) == 0);
}

static void bring_key(struct desk *d)
{
	CHECK(rename(arena_printf(&fresh(&d->w)->mem, "%s.away", d->log_key).p, d->log_key) == 0);
}

/* Fetched or succeeded, the log would have them once too often. */
TEST(while_the_log_is_halted_nothing_is_entered_by_the_clock_and_all_of_it_afterwards)
{
	static const struct {
		void (*halt)(struct desk *), (*mend)(struct desk *);
		enum ledger_state state;
	} ways[] = { { leave_mark, remove_mark, LEDGER_BEHIND }, { hide_key, bring_key, LEDGER_NO_KEY } };
	for (size_t i = 0; i < sizeof ways / sizeof ways[0]; i++) {
		struct desk d;
		struct ledger_head head;
		desk_open(&d, "XA");
		desk_job(&d);
		desk_close_log(&d);
		ways[i].halt(&d);
		desk_open_log(&d);
		desk_later(&d, DAY_US);
		CHECK(run_at(&d, fresh(&d.w)->now_us) > 30 * SECOND_US);      /* it does not spin */
		must(&d.w, ledger_head(fresh(&d.w), &head));
		CHECK(head.state == ways[i].state && desk_entries(&d, ENTRY_opaque, NULL) == 0 && desk_entries(&d, ENTRY_day, NULL) == 0);
		desk_close_log(&d);
		ways[i].mend(&d);
		desk_open_log(&d);
		desk_job(&d);
		CHECK(desk_entries(&d, ENTRY_opaque, NULL) == 1 && desk_entries(&d, ENTRY_day, NULL) == 1);
		desk_close(&d);
	}
}

/* One witness, and nobody answers at its address. */
static void need_a_witness(struct desk *d)
{
	struct ctx *const cx = fresh(&d->w);
	AUTO(buf_free) struct buf text = buf_new(4096);
	AUTO(log_keys_wipe) struct log_keys keys = {};
	must(&d->w, log_keys_read(cx, d->log_key, &keys));
	const struct note_key witness = note_key_new(STR("w0"), NOTE_COSIGNATURE, keys.keys[0].key.public);
	buf_text(&text, "log ");
	note_key_write(&keys.keys[0].key, &text);
	buf_text(&text, "\nwitness w0 ");
	note_key_write(&witness, &text);
	buf_text(&text, " http://127.0.0.1:1/\nquorum w0\n");
	snprintf(d->policy, sizeof d->policy, "%s.policy", d->w.folder);
	must(&d->w, file_write(cx, d->policy, buf_view(&text)));
}

/* The node runs, and its midnights pass: later nobody could tell why there is nothing. */
TEST(while_the_log_waits_for_witnesses_opaque_entries_come_as_always)
{
	struct desk d;
	struct ledger_head head;
	desk_open(&d, "XA");
	desk_job(&d);
	desk_close_log(&d);
	need_a_witness(&d);
	desk_open_log(&d);
	desk_later(&d, DAY_US);
	do {
		struct timespec pause = { .tv_nsec = 10'000'000 };
		nanosleep(&pause, NULL);
		must(&d.w, ledger_head(fresh(&d.w), &head));
	} while (head.state == LEDGER_WHOLE);  /* it was not asked yet */
	desk_job(&d);
	CHECK(head.state == LEDGER_UNWITNESSED && desk_entries(&d, ENTRY_opaque, NULL) == 1 && desk_entries(&d, ENTRY_day, NULL) == 1);
	unlink(d.policy);
	desk_close(&d);
}

/* A job's time is that of its beginning, to its end: also the next one's is reckoned from it (store/writer.h gives a work its caller's context). */
TEST(a_midnight_that_comes_while_the_job_runs_is_not_left_for_an_hour)
{
	struct desk d;
	desk_open(&d, "XA");
	desk_job(&d);
	const int64_t now_us = fresh(&d.w)->now_us, midnight_us = now_us - now_us % DAY_US + DAY_US;
	desk_later(&d, midnight_us - now_us + SECOND_US / 10);
	CHECK(run_at(&d, midnight_us - SECOND_US / 10) <= SECOND_US && desk_entries(&d, ENTRY_opaque, NULL) == 0);
	desk_later(&d, SECOND_US);
	CHECK(run_at(&d, fresh(&d.w)->now_us) > MINUTE_US && desk_entries(&d, ENTRY_opaque, NULL) == 1);
	desk_close(&d);
}

/* Else a stranger who reads the log would take the node for running, and miss what a running node enters. */
TEST(a_command_that_works_through_jobs_leaves_the_dockets_to_the_server)
{
	struct desk d;
	desk_open(&d, "XA");
	desk_later(&d, DAY_US);
	struct ledger *const ledger = d.ledger;
	desk_set_ledger(&d, NULL);
	desk_job(&d);
	desk_set_ledger(&d, ledger);
	CHECK(desk_entries(&d, ENTRY_opaque, NULL) == 0);
	desk_job(&d);
	CHECK(desk_entries(&d, ENTRY_opaque, NULL) == 1);
	desk_close(&d);
}

TEST(opaque_entries_come_at_fixed_times_and_each_is_opened)
{
	struct desk d;
	struct ledger_item opaque, opened;
	desk_open(&d, "XA");
	desk_job(&d);
	CHECK(desk_entries(&d, ENTRY_opaque, NULL) == 0);      /* the first fixed time is still to come */
	desk_later(&d, DAY_US);
	desk_job(&d);
	desk_job(&d);
	CHECK(desk_entries(&d, ENTRY_opaque, &opaque) == 1);
	desk_later(&d, DAY_US);
	desk_job(&d);
	CHECK(desk_entries(&d, ENTRY_opaque, &opaque) == 2);
	CHECK(desk_entries(&d, ENTRY_opaque_opened, NULL) == 0);
	CHECK(opaque_renew(fresh(&d.w), opaque.number, d.w.cx.now_us + 600 * DAY_US) == E_INVALID);
	desk_later(&d, 547 * DAY_US);
	desk_job(&d);
	CHECK(desk_entries(&d, ENTRY_opaque_opened, &opened) == 1 && opened.entry.values[ENTRY_opaque_opened_hidden].n == 0);
	CHECK(entry_count(&opened.entry, ENTRY_opaque_opened_opaque) < opaque.number);
	must(&d.w, opaque_renew(fresh(&d.w), opaque.number, d.w.cx.now_us + 100 * DAY_US));
	CHECK(desk_entries(&d, ENTRY_opaque_renewed, NULL) == 1);
	desk_later(&d, 2 * DAY_US);
	desk_job(&d);
	CHECK(desk_entries(&d, ENTRY_opaque_opened, NULL) == 1);
	desk_close(&d);
}

TEST(a_demand_that_may_not_be_counted_is_hidden_and_comes_to_light_when_its_silence_ends)
{
	struct desk d;
	struct ledger_item opaque, opened;
	AUTO(buf_free) struct buf receipt = buf_new(DEMAND_RECEIPT_MAX);
	int64_t count;
	desk_open(&d, "XA");
	const struct actor asha = sign_up(&d.w, "asha");
	struct demand_new new = asks("SG", "data", "court");
	new.gag_us = d.w.cx.now_us + 30 * DAY_US;
	new.hidden = true;
	const struct demand_done done = desk_file(&d, new, "asha");
	CHECK(!done.included && str_eq(desk_row(&d, done.demand).state, STR("hidden")));
	desk_job(&d);
	CHECK(demand_count(fresh(&d.w), &count) == OK && count == 0 && desk_entries(&d, ENTRY_opaque, NULL) == 0);
	desk_later(&d, DAY_US);
	desk_job(&d);
	CHECK(desk_entries(&d, ENTRY_opaque, &opaque) == 1 && desk_notices(&d, &asha, NULL) == 0);
	must(&d.w, ledger_wait(fresh(&d.w), opaque.number, 5 * SECOND_US));
	const struct demand row = desk_row(&d, done.demand);
	CHECK(demand_receipt(&d.w.cx, &row, &receipt) == OK);
	struct proof_file file;
	struct note_key keys[LOG_KEYS_MAX];
	CHECK(proof_file_parse(&d.w.cx, buf_view(&receipt), &file) == OK && file.index == opaque.number);
	struct str extra = file.extra, line = str_cut(&extra, '\n');
	CHECK(ledger_keys(d.w.cx.ledger, keys) == 1 && proof_file_check(&d.w.cx, &file, line, &keys[0]) == OK);
	desk_later(&d, 30 * DAY_US);
	desk_job(&d);
	desk_job(&d);
	CHECK(demand_count(fresh(&d.w), &count) == OK && count == 1 && desk_notices(&d, &asha, NULL) == 1);
	CHECK(desk_entries(&d, ENTRY_opaque_opened, &opened) == 1 && entry_count(&opened.entry, ENTRY_opaque_opened_opaque) == opaque.number);
	/* salt and line are what was committed to */
	unsigned char salted[32 + ENTRY_LINE_MAX], hash[32];
	size_t n = 0;
	const struct str salt = opened.entry.values[ENTRY_opaque_opened_salt];
	CHECK(hex_decode(salt, salted, 32) && base64_decode(opened.entry.values[ENTRY_opaque_opened_hidden], salted + 32, sizeof salted - 32, &n));
	sha256((struct str){ (const char *)salted, 32 + n }, hash);
	AUTO(buf_free) struct buf commitment = buf_new(65);
	buf_hex(&commitment, hash, 32);
	struct entry entry;
	struct str committed;
	must(&d.w, ledger_read(fresh(&d.w), opaque.number, &entry, &committed));
	CHECK(str_eq(buf_view(&commitment), entry.values[ENTRY_opaque_commitment]));
	desk_close(&d);
}

TEST(what_the_charter_does_not_keep_quiet_is_not_hidden)
{
	struct desk d;
	int64_t count;
	desk_open(&d, "XA");
	struct demand_new new = asks("XA", "data", "court");
	new.gag_us = d.w.cx.now_us + 30 * DAY_US;
	new.hidden = true;
	const struct demand_done done = desk_file(&d, new, NULL);
	CHECK(done.included && demand_count(fresh(&d.w), &count) == OK && count == 1 && desk_shown(&d, done.demand).rule == 2);
	desk_close(&d);
}

TEST(each_day_is_told_once)
{
	struct desk d;
	struct ledger_item day;
	desk_open(&d, "XA");
	desk_job(&d);
	const struct actor asha = sign_up(&d.w, "asha");
	CHECK(asha.account && desk_entries(&d, ENTRY_day, NULL) == 0);
	desk_job(&d);
	desk_later(&d, DAY_US);
	desk_job(&d);
	desk_job(&d);
	CHECK(desk_entries(&d, ENTRY_day, &day) == 1 && entry_count(&day.entry, ENTRY_day_unwraps_session) >= 1);
	desk_later(&d, 3 * DAY_US);
	desk_job(&d);
	CHECK(desk_entries(&d, ENTRY_day, NULL) == 4);
	desk_close(&d);
}

TEST(loosening_waits_and_tightening_does_not)
{
	struct desk d;
	struct charters charters;
	uint64_t number;
	AUTO(buf_free) struct buf text = buf_new(CHARTER_BYTES_MAX);
	desk_open(&d, "XA");
	must(&d.w, charters_read(fresh(&d.w), &charters));
	CHECK(charters.count == 1 && charters.items[0].charter.owners[0].code[0] == 'X');
	/* version 2: the owner is another state */
	const struct str one = charters.items[0].bytes;
	AUTO(buf_free) struct buf hash = buf_new(65);
	buf_hex(&hash, charters.items[0].charter.hash, 32);
	struct str rest = one;
	while (rest.n) {
		const struct str line = str_cut(&rest, '\n');
		if (str_starts(line, STR("  \"version\"")))
			buf_text(&text, "  \"version\": 2,");
		else if (str_starts(line, STR("  \"previous\"")))
			buf_printf(&text, "  \"previous\": \"%s\",", buf_terminated(&hash));
		else if (str_starts(line, STR("    \"owner\"")))
			buf_text(&text, "    \"owner\": [\"XB\"]");
		else
			buf_str(&text, line);
		buf_char(&text, '\n');
	}
	must(&d.w, charters_publish(&d.w.cx, buf_view(&text), &number));
	CHECK(charters_publish(fresh(&d.w), buf_view(&text), &number) == E_CONFLICT);
	CHECK(desk_entries(&d, ENTRY_charter, NULL) == 2);
	CHECK(desk_shown(&d, desk_file(&d, asks("XB", "availability", "court"), NULL).demand).rule == 2);
	CHECK(desk_shown(&d, desk_file(&d, asks("XA", "availability", "court"), NULL).demand).rule == 2);
	desk_later(&d, 31 * DAY_US);
	CHECK(desk_shown(&d, desk_file(&d, asks("XA", "availability", "court"), NULL).demand).decided < 0);
	CHECK(desk_shown(&d, desk_file(&d, asks("XB", "availability", "court"), NULL).demand).rule == 2);
	desk_close(&d);
}

TEST(an_incident_is_an_entry)
{
	struct desk d;
	uint64_t number = 0;
	const struct incident_new new = { .kind = STR("outage"), .happened_us = clock_wall_us(NULL) - DAY_US, .people = 3, .report = STR("It was dark.") };
	const struct incident_new wrong = { .kind = STR("sadness"), .happened_us = 1 };
	desk_open(&d, "XA");
	CHECK(incident_add(fresh(&d.w), &new, &number) == OK && number > 0);
	CHECK(incident_add(fresh(&d.w), &wrong, &number) == E_INVALID);
	CHECK(desk_entries(&d, ENTRY_incident, NULL) == 1);
	desk_close(&d);
}

int main(void)
{
	RUN(what_the_owners_state_asks_is_refused_by_rule_2_and_the_person_is_told);
	RUN(a_receipt_proves_the_entry_to_who_has_only_the_logs_key);
	RUN(nothing_follows_before_a_checkpoint_covers_the_entry);
	RUN(a_demand_says_who_asks_for_what_on_what_ground);
	RUN(who_does_not_prove_who_it_is_is_refused_when_the_term_is_over);
	RUN(who_has_not_decided_by_the_deadline_has_refused);
	RUN(a_person_refuses_and_only_once);
	RUN(nothing_is_disclosed_whoever_decides);
	RUN(the_door_to_a_disclosure_looks_at_proof_and_charter_by_itself);
	RUN(what_was_recorded_before_there_was_a_ledger_is_entered);
	RUN(where_somebody_lives_is_entered_only_for_the_state_in_which_they_live);
	RUN(a_lawful_silence_is_cut_to_the_charters_limit_and_the_person_is_told_when_it_ends);
	RUN(silence_that_nobody_proved_a_right_to_ends_with_the_charters_notice);
	RUN(a_hold_is_entered_ends_by_itself_and_knows_whom_it_holds);
	RUN(a_removal_is_carried_out_after_its_entry_and_stands_as_a_takedown);
	RUN(a_fixed_time_whose_opaque_entry_only_the_log_knows_gets_no_second_one);
	RUN(while_the_log_is_halted_nothing_is_entered_by_the_clock_and_all_of_it_afterwards);
	RUN(while_the_log_waits_for_witnesses_opaque_entries_come_as_always);
	RUN(a_midnight_that_comes_while_the_job_runs_is_not_left_for_an_hour);
	RUN(a_command_that_works_through_jobs_leaves_the_dockets_to_the_server);
	RUN(opaque_entries_come_at_fixed_times_and_each_is_opened);
	RUN(a_demand_that_may_not_be_counted_is_hidden_and_comes_to_light_when_its_silence_ends);
	RUN(what_the_charter_does_not_keep_quiet_is_not_hidden);
	RUN(each_day_is_told_once);
	RUN(loosening_waits_and_tightening_does_not);
	RUN(an_incident_is_an_entry);
	return tap_end();
}

/* A log that asks witnesses: shown when enough have signed, waiting when not, silent when they know better; liars are not believed. */
#include <unistd.h>

#include "base/file.h"
#include "ledger/policy.h"
#include "log_fixture.h"
#include "witness_stub.h"

#define PATIENCE_US (20 * SECOND_US)
#define A_WHILE_US (400 * 1000)

struct scene {
	struct log_node log;
	struct stubs stubs;
};

static const char *const qualities[] = { "quorum none\n", "quorum w0\n", "group g any w0 w1\nquorum g\n", "group g all w0 w1\nquorum g\n" };
enum quality { NONE, ONE_ALONE, ONE_OF_TWO, TWO_OF_TWO };

static void write_policy(struct scene *scene, enum quality quality)
{
	AUTO(ctx_end) struct ctx cx = node_ctx(&scene->log.node);
	AUTO(buf_free) struct buf text = buf_new(POLICY_BYTES_MAX);
	AUTO(log_keys_wipe) struct log_keys keys;
	enum err e = log_keys_read(&cx, scene->log.key_file, &keys);
	assert(e == OK);
	buf_text(&text, "log ");
	note_key_write(&keys.keys[0].key, &text);
	for (unsigned i = 0; i < 2; i++) {
		buf_printf(&text, "\nwitness w%u ", i);
		note_key_write(&scene->stubs.stubs[i].key, &text);
		buf_printf(&text, " http://127.0.0.1:%u/%u", scene->stubs.port, i);
	}
	buf_printf(&text, "\n%s", qualities[quality]);
	snprintf(scene->log.policy_file, sizeof scene->log.policy_file, "%s.policy", scene->log.node.folder);
	e = file_write(&cx, scene->log.policy_file, buf_view(&text));
	assert(e == OK);
}

static void set(struct scene *scene, enum quality quality, enum manner first, enum manner second)
{
	memset(scene, 0, sizeof *scene);
	stubs_start(&scene->stubs);
	atomic_store(&scene->stubs.stubs[0].manner, first);
	atomic_store(&scene->stubs.stubs[1].manner, second);
	log_up(&scene->log);
	write_policy(scene, quality);
}

static void strike(struct scene *scene)
{
	unlink(scene->log.policy_file);
	log_end(&scene->log);
	stubs_stop(&scene->stubs);
}

static void behave(struct scene *scene, unsigned which, enum manner manner)
{
	atomic_store(&scene->stubs.stubs[which].manner, manner);
}

static bool shows(struct scene *scene, uint64_t size, int64_t patience_us)
{
	AUTO(ctx_end) struct ctx cx = node_ctx(&scene->log.node);
	return ledger_wait(&cx, size - 1, patience_us) == OK;
}

static bool comes_to(struct scene *scene, enum ledger_state state)
{
	for (unsigned i = 0; i < 1000; i++) {
		if (head_of(&scene->log).state == state)
			return true;
		usleep(20 * 1000);
	}
	printf("# state %s\n", ledger_state_name(head_of(&scene->log).state));
	return false;
}

/* The valid cosignatures on what is shown, as bits; forged ones would fail it. */
static unsigned cosigners(struct scene *scene)
{
	AUTO(ctx_end) struct ctx cx = node_ctx(&scene->log.node);
	struct ledger_head head;
	struct note note;
	unsigned who = 0;
	if (!EXPECT(ledger_head(&cx, &head) == OK) || !EXPECT(note_parse(&cx, head.note, &note) == OK))
		return 0;
	for (unsigned i = 0; i < STUBS; i++) {
		const enum note_verdict verdict = note_check(&note, &scene->stubs.stubs[i].key, NULL);
		EXPECT(verdict != NOTE_FORGED);
		who |= (verdict == NOTE_SIGNED ? 1U : 0U) << i;
	}
	EXPECT(note.count == 1 + (unsigned)__builtin_popcount(who));
	return who;
}

static const char *answer_of(struct scene *scene, unsigned which)
{
	struct ledger_witness witnesses[2];
	return EXPECT(ledger_witnesses(scene->log.ledger, 2, witnesses) == 2) ? witnesses[which].answer : "";
}

TEST(what_is_shown_bears_the_cosignatures_of_the_quorum)
{
	struct scene scene AUTO(strike);
	set(&scene, TWO_OF_TWO, HONEST, HONEST);
	CHECK(ledger_up(&scene.log) && shows(&scene, 1, PATIENCE_US) && cosigners(&scene) == 3);
	for (unsigned i = 0; i < 3; i++)
		CHECK(enter(&scene.log, 300 * i, 300) && shows(&scene, 301 + 300 * i, PATIENCE_US) && cosigners(&scene) == 3);
	CHECK(strcmp(answer_of(&scene, 0), "signed") == 0 && head_of(&scene.log).state == LEDGER_WHOLE);
}

TEST(one_witness_down_is_borne_by_one_of_two_and_by_none_of_none)
{
	struct scene scene AUTO(strike);
	set(&scene, ONE_OF_TWO, DOWN, HONEST);
	CHECK(ledger_up(&scene.log) && enter(&scene.log, 0, 5) && shows(&scene, 6, PATIENCE_US));
	CHECK(cosigners(&scene) == 2 && strcmp(answer_of(&scene, 0), "silent") == 0);
	CHECK(enter(&scene.log, 5, 5) && shows(&scene, 11, PATIENCE_US) && comes_to(&scene, LEDGER_WHOLE));
	const unsigned asked = atomic_load(&scene.stubs.stubs[0].asked);
	CHECK(enter(&scene.log, 10, 5) && shows(&scene, 16, PATIENCE_US));
	CHECK(atomic_load(&scene.stubs.stubs[0].asked) == asked);      /* it rests */
	ledger_down(&scene.log);
	write_policy(&scene, NONE);
	behave(&scene, 1, DOWN);
	CHECK(ledger_up(&scene.log) && enter(&scene.log, 15, 5) && shows(&scene, 21, PATIENCE_US) && cosigners(&scene) == 0);
}

TEST(without_the_quorum_entries_wait_and_what_was_shown_stays_until_the_witness_is_back)
{
	struct scene scene AUTO(strike);
	set(&scene, TWO_OF_TWO, HONEST, HONEST);
	CHECK(ledger_up(&scene.log) && shows(&scene, 1, PATIENCE_US));
	behave(&scene, 1, DOWN);
	CHECK(enter(&scene.log, 0, 9) && comes_to(&scene, LEDGER_UNWITNESSED) && !shows(&scene, 2, A_WHILE_US));
	CHECK(head_of(&scene.log).size == 1 && cosigners(&scene) == 3);
	behave(&scene, 1, HONEST);
	CHECK(shows(&scene, 10, PATIENCE_US) && cosigners(&scene) == 3 && comes_to(&scene, LEDGER_WHOLE));
}

TEST(a_liar_is_never_believed_and_stops_nothing_that_another_can_sign)
{
	for (enum manner manner = GARBAGE; manner < MANNERS; manner++) {
		struct scene scene AUTO(strike);
		set(&scene, ONE_OF_TWO, manner, HONEST);
		CHECK(ledger_up(&scene.log) && enter(&scene.log, 0, 300) && shows(&scene, 301, PATIENCE_US));
		EXPECT(cosigners(&scene) == 2 && head_of(&scene.log).state == LEDGER_WHOLE);
		EXPECT(strcmp(answer_of(&scene, 0), "signed") != 0);
		/* alone with it the log waits: what a liar says is no proof while the other is down */
		behave(&scene, 1, DOWN);
		EXPECT(enter(&scene.log, 300, 1) && comes_to(&scene, LEDGER_UNWITNESSED) && head_of(&scene.log).size == 301);
		if (tap.now_failed)
			printf("# manner %d\n", (int)manner);
	}
}

static struct str file_in(struct scene *scene, struct ctx *cx, const char *name)
{
	AUTO(buf_free) struct buf bytes = buf_new(NOTE_BYTES_MAX);
	return EXPECT(file_read(cx, arena_printf(&cx->mem, "%s/ledger/%s", scene->log.node.folder, name).p, &bytes) == OK) ? arena_copy(&cx->mem, buf_view(&bytes)) : STR("");
}

TEST(witnesses_that_know_better_silence_the_log_until_they_agree_and_nothing_is_signed_meanwhile)
{
	static const enum manner better[] = { SAYS_MORE, DISAGREES };
	for (unsigned i = 0; i < 2; i++) {
		struct scene scene AUTO(strike);
		AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
		set(&scene, TWO_OF_TWO, HONEST, HONEST);
		CHECK(ledger_up(&scene.log) && enter(&scene.log, 0, 9) && shows(&scene, 10, PATIENCE_US));
		ledger_down(&scene.log);
		const struct str before = file_in(&scene, &cx, "signed");
		behave(&scene, 1, better[i]);
		CHECK(enter(&scene.log, 9, 9) && ledger_up(&scene.log) && comes_to(&scene, LEDGER_BEHIND));
		CHECK(head_of(&scene.log).note.n == 0 && head_of(&scene.log).size == 0 && !shows(&scene, 1, A_WHILE_US));
		CHECK(str_eq(before, file_in(&scene, &cx, "signed")) && str_eq(file_in(&scene, &cx, "state"), STR("behind")));
		behave(&scene, 1, HONEST);
		CHECK(shows(&scene, 19, PATIENCE_US) && comes_to(&scene, LEDGER_WHOLE) && cosigners(&scene) == 3);
	}
}

TEST(silence_at_the_start_is_waited_out_before_anything_new_is_signed)
{
	struct scene scene AUTO(strike);
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	set(&scene, ONE_ALONE, HONEST, HONEST);
	CHECK(ledger_up(&scene.log) && enter(&scene.log, 0, 9) && shows(&scene, 10, PATIENCE_US));
	ledger_down(&scene.log);
	const struct str before = file_in(&scene, &cx, "signed");
	behave(&scene, 0, DOWN);
	CHECK(enter(&scene.log, 9, 9) && ledger_up(&scene.log) && comes_to(&scene, LEDGER_UNWITNESSED) && head_of(&scene.log).size == 10);
	CHECK(str_eq(before, file_in(&scene, &cx, "signed")));
	behave(&scene, 0, HONEST);
	CHECK(shows(&scene, 19, PATIENCE_US) && cosigners(&scene) & 1);
}

TEST(a_checkpoint_that_was_witnessed_and_not_shown_is_shown_at_the_next_start)
{
	struct scene scene AUTO(strike);
	set(&scene, TWO_OF_TWO, HONEST, HONEST);
	CHECK(ledger_up(&scene.log) && shows(&scene, 1, PATIENCE_US));
	/* the second signs nothing: so the first is ahead of what is shown, as after a crash between its answer and the showing */
	behave(&scene, 1, REFUSES);
	CHECK(enter(&scene.log, 0, 9) && comes_to(&scene, LEDGER_UNWITNESSED));
	ledger_down(&scene.log);
	CHECK(scene.stubs.stubs[0].size == 10);
	behave(&scene, 1, HONEST);
	CHECK(ledger_up(&scene.log) && shows(&scene, 10, PATIENCE_US) && comes_to(&scene, LEDGER_WHOLE) && cosigners(&scene) == 3);
}

TEST(a_policy_that_does_not_name_this_log_is_refused_at_the_opening)
{
	struct scene scene AUTO(strike);
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	set(&scene, NONE, HONEST, HONEST);
	ledger_up(&scene.log);
	ledger_down(&scene.log);
	CHECK(unlink(scene.log.key_file) == 0 && log_keys_init(&cx, scene.log.key_file, scene.log.node.folder, STR("example.org/other")) == OK);
	AUTO(ctx_end) struct ctx opening = node_ctx(&scene.log.node);
	const struct db_config config = node_db(&scene.log.node, false);
	struct ledger *ledger = NULL;
	CHECK(ledger_open(&opening, &(struct ledger_config){ &config, scene.log.key_file, scene.log.policy_file, "", 0 }, &ledger) == E_INVALID && !ledger);
	CHECK(unlink(scene.log.policy_file) == 0 &&
	      ledger_open(&opening, &(struct ledger_config){ &config, scene.log.key_file, scene.log.policy_file, "", 0 }, &ledger) == E_NOTFOUND);
}

/* With the log running: signing, noting, asking, showing fail in turn; the log goes on by itself, and never forks from what was witnessed. */
TEST(whatever_fails_between_signing_and_showing_the_log_goes_on)
{
	struct scene scene AUTO(strike);
	unsigned nth, reached = 1;
	uint64_t size = 1;
	set(&scene, TWO_OF_TWO, HONEST, HONEST);
	CHECK(ledger_up(&scene.log) && shows(&scene, 1, PATIENCE_US) && comes_to(&scene, LEDGER_WHOLE));
	for (nth = 1; reached && nth < 200; nth++) {
		struct many many = { nth, 1 };
		AUTO(ctx_end) struct ctx cx = node_ctx(&scene.log.node);
		fault_arm(&scene.log.node.faults, nth);
		size += writer_run(&cx, enter_many, &many) == OK;
		CHECK(shows(&scene, size, PATIENCE_US));
		reached = fault_reached(&scene.log.node.faults);
		fault_arm(&scene.log.node.faults, 0);
		CHECK(comes_to(&scene, LEDGER_WHOLE));
		CHECK(cosigners(&scene) == 3 && head_of(&scene.log).size == size);
	}
	printf("# %u calls failed in turn\n", nth - 1);
	CHECK(nth > 10 && !reached);
	ledger_down(&scene.log);
	CHECK(ledger_up(&scene.log) && comes_to(&scene, LEDGER_WHOLE) && head_of(&scene.log).size == size);
}

int main(void)
{
	RUN(what_is_shown_bears_the_cosignatures_of_the_quorum);
	RUN(one_witness_down_is_borne_by_one_of_two_and_by_none_of_none);
	RUN(without_the_quorum_entries_wait_and_what_was_shown_stays_until_the_witness_is_back);
	RUN(a_liar_is_never_believed_and_stops_nothing_that_another_can_sign);
	RUN(witnesses_that_know_better_silence_the_log_until_they_agree_and_nothing_is_signed_meanwhile);
	RUN(silence_at_the_start_is_waited_out_before_anything_new_is_signed);
	RUN(a_checkpoint_that_was_witnessed_and_not_shown_is_shown_at_the_next_start);
	RUN(a_policy_that_does_not_name_this_log_is_refused_at_the_opening);
	RUN(whatever_fails_between_signing_and_showing_the_log_goes_on);
	return tap_end();
}

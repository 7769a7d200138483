/* A log's mirror: whole at every moment, another log's never, and what tells a node that its database is an old one. */
#include "ledger/inside.h"
#include "log_scene.h"

/* An older data folder, put back by other means than a restore: nothing in it says so. */
static void put_yesterday_back(struct scene *scene)
{
	scene_begin(scene);
	scene_keep(scene);
	stores_up(&scene->log);
	EXPECT(ledger_up(&scene->log) && enter(&scene->log, 9000, 60) && ledger_wait(&scene->log.node.cx, SIGNED + 59, PATIENCE_US) == OK);
	ledger_down(&scene->log);
	node_shut(&scene->log.node);
	shell("rm -rf %s && cp -a %s %s", scene->log.node.folder, scene->model, scene->log.node.folder);
	shell("cp -a %s %s.kept", scene->mirror, scene->mirror);
}

static const char *fetched(struct scene *scene)
{
	AUTO(ctx_end) struct ctx cx = node_ctx(&scene->log.node);
	const enum err e = fetch_command(&cx, scene);
	return e == OK ? "fetched" : cx.failure.slug ? cx.failure.slug : err_name(e);
}

static bool is_behind(struct log_node *log)
{
	const struct ledger_head head = head_of(log);
	return head.state == LEDGER_BEHIND && head.note.n == 0;
}

TEST(a_mirror_that_has_more_than_the_database_stops_the_signing_and_is_not_written_to)
{
	struct scene scene;
	put_yesterday_back(&scene);
	stores_up(&scene.log);
	CHECK(ledger_up(&scene.log) && is_behind(&scene.log));
	CHECK(enter(&scene.log, 9500, 3) && ledger_wait(&scene.log.node.cx, SIGNED, 300 * 1000) == E_BUSY);
	ledger_down(&scene.log);
	/* also when more was entered here by then than it has */
	CHECK(enter(&scene.log, 9600, 100) && ledger_up(&scene.log) && is_behind(&scene.log));
	ledger_down(&scene.log);
	shell("diff -r %s %s.kept", scene.mirror, scene.mirror);
	CHECK(strcmp(fetched(&scene), "fetched") == 0 && ledger_up(&scene.log) && head_of(&scene.log).state == LEDGER_WHOLE);
	CHECK(head_of(&scene.log).size == SIGNED + 60 + 103);
	scene_end(&scene);
}

TEST(a_mirror_that_was_away_at_the_start_is_asked_before_it_is_written_to)
{
	struct scene scene;
	put_yesterday_back(&scene);
	stores_up(&scene.log);
	char away[128];
	snprintf(away, sizeof away, "%s.away", scene.mirror);
	shell("mv %s %s && touch %s", scene.mirror, away, scene.mirror);
	CHECK(ledger_up(&scene.log) && enter(&scene.log, 9500, 3));
	for (unsigned i = 0; i < 1000 && head_of(&scene.log).state != LEDGER_FAILING; i++)
		usleep(10 * 1000);
	CHECK(head_of(&scene.log).state == LEDGER_FAILING && head_of(&scene.log).size == SIGNED);
	CHECK(exchange(scene.mirror, away));
	for (unsigned i = 0; i < 2000 && head_of(&scene.log).state != LEDGER_BEHIND; i++)
		usleep(10 * 1000);
	CHECK(is_behind(&scene.log));
	ledger_down(&scene.log);
	shell("diff -r %s %s.kept", scene.mirror, scene.mirror);
	scene_end(&scene);
}

static bool becomes(struct log_node *log, enum ledger_state state)
{
	for (unsigned i = 0; i < 2000 && head_of(log).state != state; i++)
		usleep(10 * 1000);
	return head_of(log).state == state;
}

static bool is_empty(const char *folder)
{
	return rmdir(folder) == 0 && mkdir(folder, S_IRWXU) == 0;
}

static void beside(const struct scene *scene, const char *name, char out[128])
{
	snprintf(out, 128, "%s.%s", scene->mirror, name);
}

TEST(an_empty_folder_where_a_mirror_was_is_not_written_to_and_nothing_new_is_shown)
{
	struct scene scene;
	char disk[128];
	put_yesterday_back(&scene);
	beside(&scene, "disk", disk);
	EXPECT(mkdir(disk, S_IRWXU) == 0 && exchange(disk, scene.mirror));         /* a mount point without its disk */
	stores_up(&scene.log);
	CHECK(ledger_up(&scene.log) && enter(&scene.log, 9500, 3) && becomes(&scene.log, LEDGER_FAILING));
	CHECK(ledger_wait(&scene.log.node.cx, SIGNED, 600 * 1000) == E_BUSY && head_of(&scene.log).size == SIGNED);
	CHECK(is_empty(scene.mirror) && exchange(disk, scene.mirror));
	CHECK(becomes(&scene.log, LEDGER_BEHIND) && is_behind(&scene.log));
	ledger_down(&scene.log);
	shell("diff -r %s %s.kept", scene.mirror, scene.mirror);
	/* the operator's word: what was written there is gone */
	shell("rm -rf %s/* %s/ledger/mirror", scene.mirror, scene.log.node.folder);
	CHECK(ledger_up(&scene.log) && head_of(&scene.log).state == LEDGER_WHOLE && head_of(&scene.log).size == SIGNED + 3 && has(&scene.log, "mirror"));
	ledger_down(&scene.log);
	/* nor is a folder made for what may be mounted above it */
	snprintf(scene.log.mirror, sizeof scene.log.mirror, "%.80s/mirror", disk);
	EXPECT(rmdir(disk) == 0 && enter(&scene.log, 9600, 1));
	CHECK(ledger_up(&scene.log) && head_of(&scene.log).state == LEDGER_FAILING && access(disk, F_OK) != 0);
	scene_end(&scene);
}

static uint64_t signed_size(struct scene *scene)
{
	AUTO(ctx_end) struct ctx cx = node_ctx(&scene->log.node);
	struct checkpoint last = {};
	EXPECT(node_ok(&cx, signed_read(&cx, scene->log.node.folder, &last)));
	return last.size;
}

static void begin_policy(struct scene *scene)
{
	AUTO(log_keys_wipe) struct log_keys keys = {};
	AUTO(buf_free) struct buf vkey = buf_new(NOTE_VKEY_MAX + 1);
	EXPECT(log_keys_read(&scene->log.node.cx, scene->log.key_file, &keys) == OK);
	note_key_write(&keys.keys[0].key, &vkey);
	snprintf(scene->log.policy_file, sizeof scene->log.policy_file, "%.80s.policy", scene->log.node.folder);
	shell("printf 'log %s\\nquorum none\\n' > %s", buf_terminated(&vkey), scene->log.policy_file);
}

TEST(of_a_log_with_witnesses_too_nothing_new_is_signed_before_the_mirror_was_asked)
{
	struct scene scene;
	char disk[128];
	put_yesterday_back(&scene);
	beside(&scene, "disk", disk);
	EXPECT(mkdir(disk, S_IRWXU) == 0 && exchange(disk, scene.mirror));
	stores_up(&scene.log);
	begin_policy(&scene);
	CHECK(ledger_up(&scene.log) && enter(&scene.log, 9500, 3) && becomes(&scene.log, LEDGER_FAILING));
	/* the witnesses have said that what was signed is the newest: from then on only the mirror keeps it from signing */
	CHECK(ledger_wait(&scene.log.node.cx, SIGNED, SECOND_US) == E_BUSY && signed_size(&scene) == SIGNED);
	CHECK(exchange(disk, scene.mirror) && becomes(&scene.log, LEDGER_BEHIND) && is_behind(&scene.log));
	CHECK(ledger_wait(&scene.log.node.cx, SIGNED, SECOND_US) == E_BUSY && signed_size(&scene) == SIGNED);
	ledger_down(&scene.log);
	shell("diff -r %s %s.kept", scene.mirror, scene.mirror);
	CHECK(strcmp(fetched(&scene), "fetched") == 0 && ledger_up(&scene.log) && becomes(&scene.log, LEDGER_WHOLE));
	CHECK(ledger_wait(&scene.log.node.cx, SIGNED + 62, PATIENCE_US) == OK);
	scene_end(&scene);
}

TEST(a_mirror_whose_disk_goes_while_the_node_runs_is_whole_when_it_is_back)
{
	struct scene scene;
	char disk[128], older[128];
	scene_begin(&scene);
	beside(&scene, "disk", disk);
	beside(&scene, "older", older);
	shell("cp -a %s %s && mkdir %s", scene.mirror, older, disk);
	CHECK(ledger_up(&scene.log) && enter(&scene.log, 9000, 10) && ledger_wait(&scene.log.node.cx, SIGNED + 9, PATIENCE_US) == OK);
	CHECK(becomes(&scene.log, LEDGER_WHOLE) && exchange(disk, scene.mirror) && enter(&scene.log, 9100, 10) && becomes(&scene.log, LEDGER_FAILING));
	CHECK(head_of(&scene.log).size == SIGNED + 10 && is_empty(scene.mirror) && exchange(disk, scene.mirror));
	CHECK(ledger_wait(&scene.log.node.cx, SIGNED + 19, PATIENCE_US) == OK && becomes(&scene.log, LEDGER_WHOLE));
	/* another disk, with what the mirror had some time ago */
	CHECK(exchange(older, scene.mirror) && enter(&scene.log, 9200, 300) && ledger_wait(&scene.log.node.cx, SIGNED + 319, PATIENCE_US) == OK);
	const struct ledger_head head = head_of(&scene.log);
	const struct hash root = head.root;
	ledger_down(&scene.log);
	EXPECT(change(&scene.log, "DELETE FROM logged WHERE number >= 300"));
	CHECK(strcmp(fetched(&scene), "fetched") == 0 && as_signed(&scene.log, &root, SIGNED + 320));
	scene_end(&scene);
}

TEST(a_larger_mirror_that_comes_back_while_the_node_runs_is_not_written_over)
{
	struct scene scene;
	char older[128];
	put_yesterday_back(&scene);
	beside(&scene, "older", older);
	shell("cp -a %s.mirror %s", scene.model, older);
	CHECK(exchange(older, scene.mirror));
	stores_up(&scene.log);
	CHECK(ledger_up(&scene.log) && head_of(&scene.log).state == LEDGER_WHOLE && enter(&scene.log, 9500, 3) && ledger_wait(&scene.log.node.cx, SIGNED + 2, PATIENCE_US) == OK);
	CHECK(becomes(&scene.log, LEDGER_WHOLE) && exchange(older, scene.mirror) && enter(&scene.log, 9600, 3) && becomes(&scene.log, LEDGER_BEHIND));
	ledger_down(&scene.log);
	shell("diff -r %s %s.kept", scene.mirror, scene.mirror);
	scene_end(&scene);
}

TEST(a_mirror_with_a_damaged_checkpoint_is_left_as_it_is)
{
	struct scene scene;
	scene_begin(&scene);
	shell("head -c 40 %s/checkpoint > %s.cut && mv %s.cut %s/checkpoint && cp -a %s %s.kept", scene.mirror, scene.mirror, scene.mirror, scene.mirror, scene.mirror, scene.mirror);
	CHECK(enter(&scene.log, 9000, 3) && ledger_up(&scene.log) && head_of(&scene.log).state == LEDGER_FAILING && head_of(&scene.log).size == SIGNED);
	ledger_down(&scene.log);
	shell("diff -r %s %s.kept", scene.mirror, scene.mirror);
	scene_end(&scene);
}

/* From the armed call on all fail, but for the start of the thread. */
static void go_on_failing(struct faults *faults, const char *file, int)
{
	const unsigned armed = atomic_load(&faults->armed), next = atomic_load(&faults->calls) + 1;
	if (armed && next > armed && !strstr(file, "ledger/ledger.c"))
		atomic_store(&faults->armed, next);
}

/* A halt lasts until the next start: a disk that fails for a moment is no reason for it. */
TEST(whatever_fails_at_a_start_the_mirror_is_not_said_to_have_something_else)
{
	struct scene scene;
	bool reached = true;
	unsigned nth;
	scene_begin(&scene);
	scene.log.node.faults.reached = go_on_failing;
	for (nth = 1; reached; nth++) {
		fault_arm(&scene.log.node.faults, nth);
		const bool up = ledger_up(&scene.log);
		reached = fault_reached(&scene.log.node.faults);
		fault_arm(&scene.log.node.faults, 0);
		EXPECT(!up || head_of(&scene.log).state != LEDGER_BEHIND);
		ledger_down(&scene.log);
	}
	scene.log.node.faults.reached = NULL;
	printf("# failed from each of %u calls on\n", nth - 1);
	CHECK(nth > 10);
	scene_end(&scene);
}

static enum err grow_command(struct ctx *cx, const struct scene *scene)
{
	struct log_node log = scene->log;
	pthread_mutex_init(&log.lock, NULL);
	EXPECT(ledger_up(&log));
	uint64_t size = 0;
	TRY(ledger_size(cx, &size));
	EXPECT(enter(&log, 9000, 60));
	cx->ledger = log.ledger;
	const enum err e = ledger_wait(cx, size + 59, PATIENCE_US);
	ledger_down(&log);
	return e;
}

/* Whatever becomes of the node at that moment, its disk included. */
TEST(a_mirror_can_be_fetched_from_at_whatever_moment_the_node_dies)
{
	struct scene scene;
	unsigned nth = 1;
	scene_begin(&scene);
	scene_keep(&scene);
	for (scene_again(&scene); killed_at(&scene, grow_command, nth); nth++) {
		shell("rm -rf %s && cp -a %s %s", scene.log.node.folder, scene.model, scene.log.node.folder);
		stores_up(&scene.log);
		EXPECT(strcmp(fetched(&scene), "fetched") == 0);
		EXPECT(size_of(&scene.log) == SIGNED || size_of(&scene.log) == SIGNED + 60);
		EXPECT(as_signed(&scene.log, &scene.root, SIGNED));
		scene_again(&scene);
	}
	printf("# killed at each of %u seams\n", nth - 1);
	CHECK(nth > 20);
	stores_up(&scene.log);
	scene_end(&scene);
}

TEST(the_mirror_of_a_log_that_was_succeeded_is_kept_under_its_name_and_another_log_s_is_not_touched)
{
	struct scene scene;
	scene_begin(&scene);
	shell("cp -a %s %s.kept", scene.mirror, scene.mirror);
	AUTO(ctx_end) struct ctx cx = node_ctx(&scene.log.node);
	CHECK(node_ok(&cx, succeed_command(&cx, &scene)));
	/* moved in part, when it was killed: its checkpoint is the last to go */
	shell("mkdir %s/before-example.org-log-$(printf example.org/log | sha256sum | cut -c1-8)", scene.mirror);
	shell("mv %s/tile %s/before-*/", scene.mirror, scene.mirror);
	CHECK(ledger_up(&scene.log) && head_of(&scene.log).state == LEDGER_WHOLE && head_of(&scene.log).size == SIGNED);
	shell("diff -r %s/before-example.org-log-* %s.kept", scene.mirror, scene.mirror);
	ledger_down(&scene.log);
	/* the new log's, as it stands: a log whose predecessor it is not leaves it alone */
	shell("rm -rf %s.kept && cp -a %s %s.kept", scene.mirror, scene.mirror, scene.mirror);
	struct log_node other;
	log_up(&other);
	snprintf(other.key_file, sizeof other.key_file, "%s.other", other.node.folder);
	CHECK(log_keys_init(&other.node.cx, other.key_file, other.node.folder, STR("example.org/other")) == OK);
	snprintf(other.mirror, sizeof other.mirror, "%s", scene.mirror);
	CHECK(ledger_up(&other) && head_of(&other).state == LEDGER_FAILING && head_of(&other).note.n == 0);
	shell("diff -r %s %s.kept", scene.mirror, scene.mirror);
	shell("rm -f %s.ledger", other.node.folder);
	log_end(&other);
	scene_end(&scene);
}

TEST(a_tile_that_a_power_cut_spoiled_stops_nobody)
{
	struct scene scene;
	struct ledger *second = NULL;
	scene_begin(&scene);
	CHECK(ledger_up(&scene.log));
	const struct db_config config = node_db(&scene.log.node, false);
	AUTO(ctx_end) struct ctx cx = node_ctx(&scene.log.node);
	CHECK(node_ok(&cx, ledger_open(&cx, &(struct ledger_config){ .db = &config, .key_file = scene.log.key_file, .policy_file = "", .mirror = "" }, &second)));
	CHECK(enter(&scene.log, 9000, 60) && ledger_wait(&scene.log.node.cx, SIGNED + 59, PATIENCE_US) == OK);
	shell("dd if=/dev/zero of=%s/ledger/tile/0/001 bs=8192 count=1 conv=notrunc status=none", scene.log.node.folder);
	cx.ledger = second;
	CHECK(node_ok(&cx, ledger_wait(&cx, SIGNED + 59, PATIENCE_US)));
	ledger_close(&second);
	scene_end(&scene);
}

int main(void)
{
	RUN(a_mirror_that_has_more_than_the_database_stops_the_signing_and_is_not_written_to);
	RUN(a_mirror_that_was_away_at_the_start_is_asked_before_it_is_written_to);
	RUN(an_empty_folder_where_a_mirror_was_is_not_written_to_and_nothing_new_is_shown);
	RUN(of_a_log_with_witnesses_too_nothing_new_is_signed_before_the_mirror_was_asked);
	RUN(a_mirror_whose_disk_goes_while_the_node_runs_is_whole_when_it_is_back);
	RUN(a_larger_mirror_that_comes_back_while_the_node_runs_is_not_written_over);
	RUN(a_mirror_with_a_damaged_checkpoint_is_left_as_it_is);
	RUN(whatever_fails_at_a_start_the_mirror_is_not_said_to_have_something_else);
	RUN(a_mirror_can_be_fetched_from_at_whatever_moment_the_node_dies);
	RUN(the_mirror_of_a_log_that_was_succeeded_is_kept_under_its_name_and_another_log_s_is_not_touched);
	RUN(a_tile_that_a_power_cut_spoiled_stops_nobody);
	return tap_end();
}

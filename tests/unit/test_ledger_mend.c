/* Mending a log, by commands that are killed at every seam: run again they end, nothing is lost, nothing is there twice, and meanwhile nothing is signed. */
#include "log_scene.h"

/* A start in the middle: nothing is signed, or shown, before the command has ended. */
static void start_between(struct scene *scene, unsigned n)
{
	struct log_node *const log = &scene->log;
	stores_up(log);
	EXPECT(ledger_up(log));
	const struct ledger_head head = head_of(log);
	EXPECT(!has(log, "mending") || (head.state == LEDGER_BEHIND && head.note.n == 0));
	ledger_down(log);
	EXPECT(enter_one(log, n, 0));
	node_shut(&log->node);
}

static void check_fetched(struct scene *scene, const unsigned *own, size_t count)
{
	struct log_node *const log = &scene->log;
	uint64_t number = 0;
	stores_up(log);
	AUTO(ctx_end) struct ctx cx = node_ctx(&log->node);
	EXPECT(as_signed(log, &scene->root, SIGNED));
	EXPECT(size_of(log) == SIGNED + count);
	for (size_t i = 0; i < count; i++)
		EXPECT(is_own(&cx, SIGNED + i, own[i]));
	EXPECT(ledger_find(&cx, 4711, &number) == OK && number == 101);
	EXPECT(ledger_find(&cx, 222, &number) == OK && number == SIGNED + 2);
	EXPECT(!has(log, "mending") && !has(log, "tail"));
	EXPECT(ledger_up(log) && head_of(log).state == LEDGER_WHOLE && head_of(log).size == SIGNED + count);
	ledger_down(log);
	node_shut(&log->node);
}

TEST(a_fetch_killed_anywhere_and_again_after_a_start_ends_with_each_entry_once)
{
	static const unsigned own[] = { 0, 1, 2, 3, 4, 100, 101 };
	struct scene scene;
	unsigned nth = 1;
	scene_begin(&scene);
	scene_lose(&scene);
	for (scene_again(&scene); killed_at(&scene, fetch_command, nth); nth += 5) {
		/* most often run again at once; else started between, killed again anywhere, started */
		const bool often = nth % 3 == 1;
		if (often) {
			start_between(&scene, 100);
			killed_at(&scene, fetch_command, 1 + nth * 7 % 150);
			start_between(&scene, 101);
		}
		EXPECT(!killed_at(&scene, fetch_command, TO_ITS_END));
		check_fetched(&scene, own, often ? 7 : 5);
		scene_again(&scene);
	}
	check_fetched(&scene, own, 5);
	printf("# killed at every fifth of %u seams\n", nth - 1);
	CHECK(nth > 50);
	stores_up(&scene.log);
	scene_end(&scene);
}

/* --- a fetch that has to be refused, or to mend in place --- */

static const char *fetch_slug(struct scene *scene)
{
	AUTO(ctx_end) struct ctx cx = node_ctx(&scene->log.node);
	const enum err e = fetch_command(&cx, scene);
	printf("# %s\n", e == OK ? "fetched" : cx.failure.text);
	return e == OK ? "" : cx.failure.slug ? cx.failure.slug : err_name(e);
}

/* Two nodes have signed with one key: what the other one has shown may not take the place of what was shown here. */
TEST(a_mirror_of_another_history_under_the_same_key_is_refused_and_changes_nothing)
{
	struct scene scene;
	scene_begin(&scene);
	scene_keep(&scene);
	/* the other one: without our checkpoint, and with other entries at the end */
	shell("rm -rf %s/ledger/checkpoint %s/ledger/mirror %s && mkdir %s", scene.log.node.folder, scene.log.node.folder, scene.mirror, scene.mirror);
	EXPECT(change(&scene.log, "DELETE FROM logged WHERE number >= 300"));
	stores_up(&scene.log);
	EXPECT(enter(&scene.log, 5000, 300) && ledger_up(&scene.log) && ledger_wait(&scene.log.node.cx, 599, PATIENCE_US) == OK);
	ledger_down(&scene.log);
	node_shut(&scene.log.node);
	shell("mv %s %s.other && cp -a %s.mirror %s.kept", scene.mirror, scene.mirror, scene.model, scene.mirror);
	shell("rm -rf %s && cp -a %s %s && mv %s.other %s", scene.log.node.folder, scene.model, scene.log.node.folder, scene.mirror, scene.mirror);
	stores_up(&scene.log);
	CHECK(strcmp(fetch_slug(&scene), "mirror-untrusted") == 0);
	CHECK(!has(&scene.log, "mending") && size_of(&scene.log) == SIGNED && as_signed(&scene.log, &scene.root, SIGNED));
	shell("rm -rf %s && mv %s.kept %s", scene.mirror, scene.mirror, scene.mirror);
	CHECK(strcmp(fetch_slug(&scene), "") == 0);
	CHECK(ledger_up(&scene.log) && head_of(&scene.log).state == LEDGER_WHOLE && head_of(&scene.log).size == SIGNED);
	scene_end(&scene);
}

/* Half of it is the first mirror's by then, and would be taken for what was entered here. */
TEST(a_fetch_that_was_begun_is_not_ended_with_a_mirror_that_has_less)
{
	struct scene scene;
	unsigned nth = 1;
	scene_begin(&scene);
	shell("cp -a %s %s.short", scene.mirror, scene.mirror);
	EXPECT(ledger_up(&scene.log) && enter(&scene.log, 7000, 300) && ledger_wait(&scene.log.node.cx, SIGNED + 299, PATIENCE_US) == OK);
	const struct ledger_head head = head_of(&scene.log);
	const struct hash longer = head.root;
	ledger_down(&scene.log);
	EXPECT(change(&scene.log, "DELETE FROM logged WHERE number >= 300"));
	shell("rm -f %s/ledger/checkpoint", scene.log.node.folder);
	scene_keep(&scene);
	/* until some of what is missing is there */
	for (bool some = false; !some; nth++) {
		scene_again(&scene);
		EXPECT(killed_at(&scene, fetch_command, nth));
		stores_up(&scene.log);
		some = size_of(&scene.log) > SIGNED + 1;
		node_shut(&scene.log.node);
	}
	stores_up(&scene.log);
	shell("mv %s %s.long && mv %s.short %s", scene.mirror, scene.mirror, scene.mirror, scene.mirror);
	CHECK(strcmp(fetch_slug(&scene), "mirror-untrusted") == 0);
	shell("rm -rf %s && mv %s.long %s", scene.mirror, scene.mirror, scene.mirror);
	CHECK(strcmp(fetch_slug(&scene), "") == 0);
	CHECK(size_of(&scene.log) == SIGNED + 300 && as_signed(&scene.log, &longer, SIGNED + 300));
	scene_end(&scene);
}

static const struct stmt SQL_test_rows = { "test_rows", "SELECT count(*) FROM logged", PUBLIC_DB };

static int64_t rows_of(struct log_node *log)
{
	int64_t count = -1;
	EXPECT(db_get_i64_(&log->node.cx, &SQL_test_rows, &count, 0, NULL) == OK);
	return count;
}

TEST(rows_that_are_damaged_are_replaced_where_they_stand_and_no_entry_is_entered_twice)
{
	static const char *const damage[] = {
		"UPDATE logged SET packed = zeroblob(40) WHERE number = 102",
		"UPDATE logged SET packed = zeroblob(40) WHERE number = 300",                     /* the last one */
		"UPDATE logged SET packed = zeroblob(40) WHERE number IN (1, 102, 201, 300)",
		"UPDATE logged SET lines = 'what is this' WHERE number = 101",
		"UPDATE logged SET lines = replace(lines, '9.0.100', '9.0.101') WHERE number = 101",
		"UPDATE logged SET count = 7 WHERE number = 201",
		"UPDATE logged SET kind = 'day' WHERE number = 201",
		"DELETE FROM logged WHERE number = 201",
		"DELETE FROM logged WHERE number IN (102, 201)",
		"UPDATE logged SET lines = '' WHERE number = 0",
	};
	struct scene scene;
	scene_begin(&scene);
	const int64_t rows = rows_of(&scene.log);
	scene_keep(&scene);
	for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
		uint64_t number = 0;
		scene_again(&scene);
		EXPECT(change(&scene.log, damage[i]));
		stores_up(&scene.log);
		EXPECT(!as_signed(&scene.log, &scene.root, SIGNED) || i == 5 || i == 6);
		EXPECT(strcmp(fetch_slug(&scene), "") == 0);
		EXPECT(size_of(&scene.log) == SIGNED && as_signed(&scene.log, &scene.root, SIGNED));
		EXPECT(rows_of(&scene.log) >= rows - 1 && rows_of(&scene.log) <= rows + 4);
		EXPECT(ledger_find(&scene.log.node.cx, 4711, &number) == OK && number == 101);
		EXPECT(ledger_up(&scene.log) && head_of(&scene.log).state == LEDGER_WHOLE && head_of(&scene.log).size == SIGNED);
		struct ledger_item item;
		size_t count = 0;
		EXPECT(ledger_oldest(&scene.log.node.cx, ENTRY_node_started, 201, 202, 1, &item, &count) == OK && count == 1);
		ledger_down(&scene.log);
	}
	CHECK(true);
	scene_end(&scene);
}

/* What was entered here and not signed yet is nowhere else. */
TEST(damage_behind_what_the_mirror_has_is_told_and_nothing_is_cut)
{
	struct scene scene;
	scene_begin(&scene);
	EXPECT(enter(&scene.log, 8000, 100));
	EXPECT(change(&scene.log, "UPDATE logged SET packed = zeroblob(40) WHERE number = 520; UPDATE logged SET packed = zeroblob(40) WHERE number = 102"));
	EXPECT(enter_one(&scene.log, 1, 0) && change(&scene.log, "DELETE FROM logged WHERE number BETWEEN 300 AND 519"));
	const int64_t rows = rows_of(&scene.log);
	CHECK(strcmp(fetch_slug(&scene), "corrupt") == 0);
	CHECK(size_of(&scene.log) == SIGNED + 101 && rows_of(&scene.log) == rows && !has(&scene.log, "mending"));
	AUTO(ctx_end) struct ctx cx = node_ctx(&scene.log.node);
	CHECK(succeed_command(&cx, &scene) == E_CORRUPT && !has(&scene.log, "mending"));
	scene_end(&scene);
}

/* --- succession --- */

static void check_succeeded(struct scene *scene)
{
	struct log_node *const log = &scene->log;
	AUTO(log_keys_wipe) struct log_keys keys = {};
	struct entry first;
	struct str line;
	stores_up(log);
	AUTO(ctx_end) struct ctx cx = node_ctx(&log->node);
	EXPECT(node_ok(&cx, log_keys_read(&cx, log->key_file, &keys)) && strcmp(keys.keys[0].key.name, "example.org/next") == 0);
	EXPECT(node_ok(&cx, ledger_read(&cx, 0, &first, &line)) && first.kind == ENTRY_succession);
	EXPECT(str_eq(first.values[ENTRY_succession_old_origin], STR("example.org/log")) && str_eq(first.values[ENTRY_succession_old_size], STR("520")) &&
	       str_eq(first.values[ENTRY_succession_kept], STR("520")) && str_eq(first.values[ENTRY_succession_reason], STR("database-lost")));
	EXPECT(!has(log, "mending") && !has(log, "checkpoint"));
	/* one folder with all of the old log's, and its key as it was */
	shell("test $(ls -d %s/ledger/before-* | wc -l) = 1 && test -f %s/ledger/before-*/checkpoint && test -d %s/ledger/before-*/tile", log->node.folder, log->node.folder, log->node.folder);
	shell("cmp -s %s.before %s.ledger && test ! -e %s.next", log->key_file, scene->model, log->key_file);
	EXPECT(ledger_up(log) && head_of(log).state == LEDGER_WHOLE && head_of(log).size == size_of(log));
	ledger_down(log);
	node_shut(&log->node);
}

TEST(a_succession_killed_anywhere_ends_when_it_is_run_again_and_the_old_key_signs_none_of_it)
{
	struct scene scene;
	unsigned nth = 1;
	scene_begin(&scene);
	scene_keep(&scene);
	for (scene_again(&scene); killed_at(&scene, succeed_command, nth); nth++) {
		if (has(&scene.log, "mending"))
			start_between(&scene, 100);
		EXPECT(!killed_at(&scene, succeed_command, TO_ITS_END));
		check_succeeded(&scene);
		scene_again(&scene);
	}
	printf("# killed at each of %u seams\n", nth - 1);
	check_succeeded(&scene);
	CHECK(nth > 30);
	stores_up(&scene.log);
	scene_end(&scene);
}

static enum err succeed_as(struct ctx *cx, const struct scene *scene, const char *origin, const char *reason)
{
	const struct db_config db = node_db(&scene->log.node, false);
	const struct ledger_config config = config_of(scene, &db);
	return ledger_succeed(cx, &config, &(struct succession){ .origin = str_of(origin), .reason = str_of(reason), .old_root = STR("") });
}

/* And nothing is left of it. */
static enum err refused(struct scene *scene, const char *origin, const char *reason)
{
	char next[128];
	AUTO(ctx_end) struct ctx cx = node_ctx(&scene->log.node);
	const enum err e = succeed_as(&cx, scene, origin, reason);
	snprintf(next, sizeof next, "%.96s.next", scene->log.key_file);
	EXPECT(!has(&scene->log, "mending") && access(next, F_OK) != 0);
	return e;
}

TEST(a_key_that_waits_for_its_log_is_not_taken_for_one_of_another_name)
{
	struct scene scene;
	char next[128];
	scene_begin(&scene);
	AUTO(ctx_end) struct ctx cx = node_ctx(&scene.log.node);
	snprintf(next, sizeof next, "%.96s.next", scene.log.key_file);
	CHECK(log_keys_init(&cx, next, scene.log.node.folder, STR("example.org/next")) == OK);
	CHECK(succeed_as(&cx, &scene, "example.org/third", "database-lost") == E_INVALID && !has(&scene.log, "mending") && access(next, F_OK) == 0);
	CHECK(node_ok(&cx, succeed_as(&cx, &scene, "", "database-lost")));
	CHECK(ledger_up(&scene.log) && head_of(&scene.log).state == LEDGER_WHOLE);
	scene_end(&scene);
}

/* Included and mirrored by all keys that there are by now. */
static void sign_all(struct scene *scene)
{
	EXPECT(ledger_up(&scene->log) && ledger_wait(&scene->log.node.cx, size_of(&scene->log) - 1, PATIENCE_US) == OK);
	ledger_down(&scene->log);
}

/* Another key, and the first one, which the first entry names, signs no longer. */
static void change_key(struct scene *scene, struct ctx *cx, const struct ledger_config *config)
{
	AUTO(log_keys_wipe) struct log_keys keys = {};
	AUTO(buf_free) struct buf vkey = buf_new(NOTE_VKEY_MAX);
	struct note_key added;
	EXPECT(node_ok(cx, log_keys_read(cx, config->key_file, &keys)) && node_ok(cx, ledger_add_key(cx, config, &added)));
	sign_all(scene);
	note_key_write(&keys.keys[0].key, &vkey);
	EXPECT(node_ok(cx, ledger_revoke_key(cx, config, buf_view(&vkey), STR("rotated"))));
	sign_all(scene);
}

/* Restored, and the key is on no disk any more. */
TEST(without_its_key_too_a_log_admits_what_was_shown_or_is_not_succeeded)
{
	struct scene scene;
	scene_begin(&scene);
	AUTO(ctx_end) struct ctx cx = node_ctx(&scene.log.node);
	const struct db_config db = node_db(&scene.log.node, false);
	struct ledger_config config = config_of(&scene, &db);
	struct succession how = { .origin = STR("example.org/next"), .reason = STR("key-lost"), .old_root = STR("") };
	change_key(&scene, &cx, &config);
	shell("rm %s %s/ledger/checkpoint", scene.log.key_file, scene.log.node.folder);
	CHECK(ledger_succeed(&cx, &config, &how) == E_CONFLICT && strstr(cx.failure.text, "mirror has 522") && !has(&scene.log, "mending"));
	config.mirror = "";
	CHECK(ledger_succeed(&cx, &config, &how) == E_CONFLICT && strstr(cx.failure.text, "--old-size") && !has(&scene.log, "mending"));
	how.old_size = SIGNED + 2;
	how.old_root = STR("q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s=");
	CHECK(node_ok(&cx, ledger_succeed(&cx, &config, &how)));
	scene_end(&scene);
}

TEST(a_succession_that_admits_less_than_the_mirror_has_or_has_no_word_changes_nothing)
{
	struct scene scene;
	scene_begin(&scene);
	AUTO(ctx_end) struct ctx cx = node_ctx(&scene.log.node);
	const struct db_config db = node_db(&scene.log.node, false);
	const struct ledger_config config = config_of(&scene, &db);
	CHECK(refused(&scene, "example.org/next", "no such word") == E_INVALID);
	CHECK(refused(&scene, "example.org/log", "database-lost") == E_INVALID);
	CHECK(refused(&scene, "no name+", "database-lost") == E_INVALID);
	/* its disk is not mounted: nobody knows what it has */
	shell("mv %s %s.disk && mkdir %s", scene.mirror, scene.mirror, scene.mirror);
	CHECK(refused(&scene, "example.org/next", "database-lost") == E_IO);
	shell("rmdir %s && mv %s.disk %s", scene.mirror, scene.mirror, scene.mirror);
	/* yesterday's checkpoint, as in a restored folder */
	shell("rm %s/ledger/checkpoint", scene.log.node.folder);
	CHECK(succeed_command(&cx, &scene) == E_CONFLICT && !has(&scene.log, "mending"));
	uint64_t fetched = 0;
	CHECK(node_ok(&cx, ledger_fetch(&cx, &config, str_of(scene.mirror), &fetched)) && fetched == 0);
	/* what it brought is admitted then */
	struct entry first;
	struct str line;
	CHECK(node_ok(&cx, succeed_command(&cx, &scene)) && node_ok(&cx, ledger_read(&cx, 0, &first, &line)));
	CHECK(str_eq(first.values[ENTRY_succession_old_size], STR("520")) && str_eq(first.values[ENTRY_succession_kept], STR("520")));
	scene_end(&scene);
}

int main(void)
{
	RUN(a_fetch_killed_anywhere_and_again_after_a_start_ends_with_each_entry_once);
	RUN(a_mirror_of_another_history_under_the_same_key_is_refused_and_changes_nothing);
	RUN(a_fetch_that_was_begun_is_not_ended_with_a_mirror_that_has_less);
	RUN(rows_that_are_damaged_are_replaced_where_they_stand_and_no_entry_is_entered_twice);
	RUN(damage_behind_what_the_mirror_has_is_told_and_nothing_is_cut);
	RUN(a_succession_killed_anywhere_ends_when_it_is_run_again_and_the_old_key_signs_none_of_it);
	RUN(a_key_that_waits_for_its_log_is_not_taken_for_one_of_another_name);
	RUN(without_its_key_too_a_log_admits_what_was_shown_or_is_not_succeeded);
	RUN(a_succession_that_admits_less_than_the_mirror_has_or_has_no_word_changes_nothing);
	return tap_end();
}

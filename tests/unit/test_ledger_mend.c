/* Mending a log, by commands that are killed at every seam: run again they end, nothing is lost, nothing is there twice, and meanwhile nothing is signed. */
#include <sqlite3.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "ledger/mend.h"
#include "ledger/run.h"
#include "log_fixture.h"

#define PATIENCE_US (20 * SECOND_US)
#define SIGNED 520u                            /* entries that the mirror has */
#define OLD 300u                               /* of them the older database */
#define KILLED 9
#define BUNDLE_BYTES ((size_t)TILE_WIDTH * (ENTRY_LINE_MAX + 2))

__attribute__((format(printf, 1, 2))) static void shell(const char *format, ...)
{
	char text[600];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	const int status = system(text);
	assert(status == 0);
}

/* As somebody does who has the file. */
static bool change(const struct log_node *log, const char *sql)
{
	char path[96];
	sqlite3 *db = NULL;
	snprintf(path, sizeof path, "%s/public.db", log->node.folder);
	const bool done = sqlite3_open(path, &db) == SQLITE_OK && sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK;
	if (!done)
		printf("# %s\n", sqlite3_errmsg(db));
	sqlite3_close(db);
	return done;
}

static void path_in(const struct log_node *log, const char *name, char out[128])
{
	snprintf(out, 128, "%s/ledger/%s", log->node.folder, name);
}

static bool has(const struct log_node *log, const char *name)
{
	char path[128];
	path_in(log, name, path);
	return access(path, F_OK) == 0;
}

/* --- entries --- */

struct own {
	unsigned n;
	int64_t mark;
};

static enum err enter_own(struct ctx *cx, void *argument)
{
	const struct own *const own = argument;
	struct entry entry = { .kind = ENTRY_node_started, .time_us = INT64_C(1795330063000000) };
	entry.values[ENTRY_node_started_version] = arena_printf(&cx->mem, "9.0.%u", own->n);
	entry.values[ENTRY_node_started_build] = STR(HEX64);
	return ledger_append(cx, &entry, own->mark);
}

static bool enter_one(struct log_node *log, unsigned n, int64_t mark)
{
	AUTO(ctx_end) struct ctx cx = node_ctx(&log->node);
	struct own own = { n, mark };
	return node_ok(&cx, writer_run(&cx, enter_own, &own));
}

static bool is_own(struct ctx *cx, uint64_t number, unsigned n)
{
	AUTO(buf_free) struct buf version = buf_new(40);
	struct entry entry;
	struct str line;
	buf_printf(&version, "9.0.%u", n);
	return node_ok(cx, ledger_read(cx, number, &entry, &line)) && str_eq(entry.values[ENTRY_node_started_version], buf_view(&version));
}

/* The first `count` entries are those that were signed. */
static bool as_signed(struct log_node *log, const struct hash *root, uint64_t count)
{
	AUTO(ctx_end) struct ctx cx = node_ctx(&log->node);
	struct hash now;
	return node_ok(&cx, ledger_recount(&cx, count, &now)) && hash_eq(&now, root);
}

static uint64_t size_of(struct log_node *log)
{
	uint64_t size = 0;
	EXPECT(ledger_size(&log->node.cx, &size) == OK);
	return size;
}

/* --- a log whose newest entries are lost --- */

struct scene {
	struct log_node log;
	char model[96], mirror[96];
	struct hash root;                      /* of what was signed */
};

static struct ledger_config config_of(const struct scene *scene, const struct db_config *db)
{
	return (struct ledger_config){ db, scene->log.key_file, "", scene->mirror };
}

/* Signed and mirrored; then nobody runs. */
static void scene_begin(struct scene *scene)
{
	struct log_node *const log = &scene->log;
	log_up(log);
	snprintf(scene->mirror, sizeof scene->mirror, "%s.mirror", log->node.folder);
	snprintf(scene->model, sizeof scene->model, "%s.model", log->node.folder);
	snprintf(log->mirror, sizeof log->mirror, "%s", scene->mirror);
	EXPECT(mkdir(scene->mirror, S_IRWXU) == 0 && ledger_up(log));
	EXPECT(enter(log, 0, 100) && enter_one(log, 100, 4711) && enter(log, 101, 99) && enter(log, 200, 99) && enter(log, 299, 220));
	EXPECT(ledger_wait(&log->node.cx, SIGNED - 1, PATIENCE_US) == OK);
	const struct ledger_head head = head_of(log);
	EXPECT(head.size == SIGNED && size_of(log) == SIGNED);
	scene->root = head.root;
	ledger_down(log);
}

/* As it stands now, it can be had again. */
static void scene_keep(struct scene *scene)
{
	node_shut(&scene->log.node);
	shell("cp -a %s %s && cp -a %s %s.ledger && cp -a %s %s.mirror", scene->log.node.folder, scene->model, scene->log.key_file, scene->model, scene->mirror, scene->model);
}

static void scene_again(struct scene *scene)
{
	const char *const key = scene->log.key_file;
	node_shut(&scene->log.node);
	shell("rm -rf %s %s %s.next %s.before", scene->log.node.folder, scene->mirror, key, key);
	shell("cp -a %s %s && cp -a %s.ledger %s && cp -a %s.mirror %s", scene->model, scene->log.node.folder, scene->model, key, scene->model, scene->mirror);
}

static void scene_end(struct scene *scene)
{
	char folder[64];
	snprintf(folder, sizeof folder, "%s", scene->log.node.folder);
	log_end(&scene->log);
	shell("rm -rf %s.*", folder);
}

/* An older database in the place of the newest, started and entered into since; two of its rows damaged, one of them beyond opening. */
static void scene_lose(struct scene *scene)
{
	struct log_node *const log = &scene->log;
	EXPECT(change(log, "DELETE FROM logged WHERE number >= 300"));
	EXPECT(change(log, "UPDATE logged SET packed = zeroblob(40) WHERE number = 1 AND length(packed) > 0"));
	EXPECT(change(log, "UPDATE logged SET lines = replace(lines, 'version=9', 'version=8') WHERE number = 101"));
	EXPECT(size_of(log) == OLD);
	for (unsigned n = 0; n < 5; n++)
		EXPECT(enter_one(log, n, n == 2 ? 222 : 0));
	scene_keep(scene);
}

/* --- commands, and their end --- */

typedef enum err command(struct ctx *, const struct scene *);

static enum err fetch_command(struct ctx *cx, const struct scene *scene)
{
	const struct db_config db = node_db(&scene->log.node, false);
	const struct ledger_config config = config_of(scene, &db);
	uint64_t fetched;
	return ledger_fetch(cx, &config, str_of(scene->mirror), &fetched);
}

static enum err succeed_command(struct ctx *cx, const struct scene *scene)
{
	const struct db_config db = node_db(&scene->log.node, false);
	const struct ledger_config config = config_of(scene, &db);
	return ledger_succeed(cx, &config, &(struct succession){ .origin = STR("example.org/next"), .reason = STR("database-lost"), .old_root = STR("") });
}

static void die(struct faults *faults, const char *, int)
{
	if (atomic_load(&faults->calls) + 1 == atomic_load(&faults->armed))
		_exit(KILLED);
}

static _Noreturn void run_until(struct scene *scene, command *run, unsigned nth)
{
	stores_up(&scene->log);
	struct ctx cx = node_ctx(&scene->log.node);
	scene->log.node.faults.reached = die;
	fault_arm(&scene->log.node.faults, nth);
	const enum err e = run(&cx, scene);
	_exit(node_ok(&cx, e) ? EXIT_SUCCESS : EXIT_FAILURE);
}

#define TO_ITS_END 1'000'000u
/* In a process of its own; false: it came to its end before that seam. */
static bool killed_at(struct scene *scene, command *run, unsigned nth)
{
	int status = 0;
	fflush(stdout);
	const pid_t child = fork();
	if (child == 0)
		run_until(scene, run, nth);
	assert(child > 0 && waitpid(child, &status, 0) == child);
	const bool killed = WIFEXITED(status) && WEXITSTATUS(status) == KILLED;
	EXPECT(killed || (WIFEXITED(status) && WEXITSTATUS(status) == EXIT_SUCCESS));
	return killed;
}

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
	for (scene_again(&scene); killed_at(&scene, fetch_command, nth); nth += 2) {
		/* most often run again at once; else started between, killed again anywhere, started */
		const bool often = nth % 8 == 1;
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
	printf("# killed at each second one of %u seams\n", nth - 1);
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
	shell("rm -rf %s/ledger/checkpoint %s && mkdir %s", scene.log.node.folder, scene.mirror, scene.mirror);
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

int main(void)
{
	RUN(a_fetch_killed_anywhere_and_again_after_a_start_ends_with_each_entry_once);
	RUN(a_mirror_of_another_history_under_the_same_key_is_refused_and_changes_nothing);
	RUN(a_fetch_that_was_begun_is_not_ended_with_a_mirror_that_has_less);
	RUN(rows_that_are_damaged_are_replaced_where_they_stand_and_no_entry_is_entered_twice);
	RUN(damage_behind_what_the_mirror_has_is_told_and_nothing_is_cut);
	RUN(a_succession_killed_anywhere_ends_when_it_is_run_again_and_the_old_key_signs_none_of_it);
	return tap_end();
}

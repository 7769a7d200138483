/* tests/unit/log_scene.h - a log with a mirror that can be put back as it was, and commands on it that are killed at a seam. */
#ifndef TESTS_LOG_SCENE_H
#define TESTS_LOG_SCENE_H
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

__attribute__((format(printf, 1, 2))) static inline void shell(const char *format, ...)
{
	char text[600];
	va_list arguments;
	va_start(arguments, format);
	vsnprintf(text, sizeof text, format, arguments);
	va_end(arguments);
	const int status = system(text);
	if (status != 0)
		printf("# %s\n", text);
	fflush(stdout);
	assert(status == 0);
}

/* As somebody does who has the file. */
static inline bool change(const struct log_node *log, const char *sql)
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

static inline void path_in(const struct log_node *log, const char *name, char out[128])
{
	snprintf(out, 128, "%s/ledger/%s", log->node.folder, name);
}

static inline bool has(const struct log_node *log, const char *name)
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

static inline enum err enter_own(struct ctx *cx, void *argument)
{
	const struct own *const own = argument;
	struct entry entry = { .kind = ENTRY_node_started, .time_us = INT64_C(1795330063000000) };
	entry.values[ENTRY_node_started_version] = arena_printf(&cx->mem, "9.0.%u", own->n);
	entry.values[ENTRY_node_started_build] = STR(HEX64);
	return ledger_append(cx, &entry, own->mark);
}

static inline bool enter_one(struct log_node *log, unsigned n, int64_t mark)
{
	AUTO(ctx_end) struct ctx cx = node_ctx(&log->node);
	struct own own = { n, mark };
	return node_ok(&cx, writer_run(&cx, enter_own, &own));
}

static inline bool is_own(struct ctx *cx, uint64_t number, unsigned n)
{
	AUTO(buf_free) struct buf version = buf_new(40);
	struct entry entry;
	struct str line;
	buf_printf(&version, "9.0.%u", n);
	return node_ok(cx, ledger_read(cx, number, &entry, &line)) && str_eq(entry.values[ENTRY_node_started_version], buf_view(&version));
}

/* The first `count` entries are those that were signed. */
static inline bool as_signed(struct log_node *log, const struct hash *root, uint64_t count)
{
	AUTO(ctx_end) struct ctx cx = node_ctx(&log->node);
	struct hash now;
	return node_ok(&cx, ledger_recount(&cx, count, &now)) && hash_eq(&now, root);
}

static inline uint64_t size_of(struct log_node *log)
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

static inline struct ledger_config config_of(const struct scene *scene, const struct db_config *db)
{
	return (struct ledger_config){ .db = db, .key_file = scene->log.key_file, .policy_file = "", .mirror = scene->mirror };
}

/* Signed and mirrored; then nobody runs. */
static inline void scene_begin(struct scene *scene)
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
static inline void scene_keep(struct scene *scene)
{
	node_shut(&scene->log.node);
	shell("cp -a %s %s && cp -a %s %s.ledger && cp -a %s %s.mirror", scene->log.node.folder, scene->model, scene->log.key_file, scene->model, scene->mirror, scene->model);
}

static inline void scene_again(struct scene *scene)
{
	const char *const key = scene->log.key_file;
	node_shut(&scene->log.node);
	shell("rm -rf %s %s %s.next %s.before", scene->log.node.folder, scene->mirror, key, key);
	shell("cp -a %s %s && cp -a %s.ledger %s && cp -a %s.mirror %s", scene->model, scene->log.node.folder, scene->model, key, scene->model, scene->mirror);
}

static inline void scene_end(struct scene *scene)
{
	char folder[64];
	snprintf(folder, sizeof folder, "%s", scene->log.node.folder);
	log_end(&scene->log);
	shell("rm -rf %s.*", folder);
}

/* An older database in the place of the newest, started and entered into since; two of its rows damaged, one of them beyond opening. */
static inline void scene_lose(struct scene *scene)
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

static inline enum err fetch_command(struct ctx *cx, const struct scene *scene)
{
	const struct db_config db = node_db(&scene->log.node, false);
	const struct ledger_config config = config_of(scene, &db);
	uint64_t fetched;
	return ledger_fetch(cx, &config, str_of(scene->mirror), &fetched);
}

static inline enum err succeed_command(struct ctx *cx, const struct scene *scene)
{
	const struct db_config db = node_db(&scene->log.node, false);
	const struct ledger_config config = config_of(scene, &db);
	return ledger_succeed(cx, &config, &(struct succession){ .origin = STR("example.org/next"), .reason = STR("database-lost"), .old_root = STR("") });
}

static inline void die(struct faults *faults, const char *, int)
{
	const unsigned armed = atomic_load(&faults->armed);
	/* or behind it: two threads may count past it at once */
	if (armed && atomic_load(&faults->calls) + 1 >= armed)
		_exit(KILLED);
}

static inline _Noreturn void run_until(struct scene *scene, command *run, unsigned nth)
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
static inline bool killed_at(struct scene *scene, command *run, unsigned nth)
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
#endif

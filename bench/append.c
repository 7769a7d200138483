/* append FOLDER append GROUPS SIZE | bare GROUPS SIZE | wait COUNT - what it costs to enter into the log, in a folder of its own.
 *
 *   append   groups of entries through the writer, one after the other: each durable, and in the log's table, before the next.  Prints the
 *            seconds, after as many groups that are not measured: until then the stores' logs still grow to the size that they keep.
 *   bare     the same lines appended to a file, fsync after each group.  Prints the seconds.
 *   wait     single entries, each from its append to its inclusion in a checkpoint.  Prints milliseconds, a line each. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keys/keys.h"
#include "ledger/ledger.h"
#include "store/migrate.h"
#include "store/writer.h"

#define LINE "demand-authenticated 2026-11-22T06:47:43Z demand=%08x%08x received=%u how=call-back"

struct bench {
	struct log log;
	struct ids ids;
	unsigned char key[KEY_BYTES];
	struct ctx cx;
	_Atomic(struct ledger *) ledger;
};

static void die(const struct ctx *cx, const char *what)
{
	fprintf(stderr, "append: %s: %s\n", what, cx->failure.text);
	exit(1);
}

static void must(const struct ctx *cx, enum err e, const char *what)
{
	if (e != OK)
		die(cx, what);
}

static void committed(void *self)
{
	struct bench *const bench = self;
	struct ledger *const ledger = atomic_load(&bench->ledger);
	if (ledger)
		ledger_committed(ledger);
}

static void set_up(struct bench *bench, const char *folder)
{
	const char *const key_file = "bench.ledger";
	bench->log = (struct log){ .level = LOG_ERROR, .fd = 2 };
	ids_init(&bench->ids, 1, 0, LANE_SERVING);
	bench->cx = (struct ctx){ .mem = arena_new_capped(ARENA_REQUEST_BYTES), .now_us = clock_wall_us(NULL), .ids = &bench->ids, .log = &bench->log };
	struct ctx *const cx = &bench->cx;
	must(cx, keys_init(cx), "keys");
	random_bytes(bench->key, sizeof bench->key);
	if (chdir(folder) != 0 || mkdir("data", S_IRWXU) != 0)
		die(cx, "FOLDER has to be an empty one");
	struct db_config config = { .folder = "data", .store_key = bench->key, .write = true, .cache_kib = 8192 };
	struct db *db = NULL;
	must(cx, db_open(cx, &config, &db), "stores");
	cx->db = db;
	must(cx, migrate(cx, NULL, NULL), "migrations");
	must(cx, writer_start(cx, db, all_statements, &cx->writer), "writer");
	writer_after(cx->writer, committed, bench);
	config.write = false;
	must(cx, db_open(cx, &config, &cx->db), "reader");
	must(cx, log_keys_init(cx, key_file, "data", STR("example.org/bench")), "key");
	must(cx, ledger_open(cx, &(struct ledger_config){ &config, key_file, "", "", 0 }, &cx->ledger), "ledger");
	atomic_store(&bench->ledger, cx->ledger);
}

static void take_down(struct bench *bench)
{
	writer_stop(&bench->cx.writer);
	atomic_store(&bench->ledger, NULL);
	ledger_close(&bench->cx.ledger);
	db_close(&bench->cx.db);
	ctx_end(&bench->cx);
}

struct group {
	struct str *lines;
	size_t count;
};

static struct group group_new(struct ctx *cx, size_t count)
{
	struct group group = { arena_new(&cx->mem, struct str, count), count };
	for (size_t i = 0; i < count; i++)
		group.lines[i] = arena_printf(&cx->mem, LINE, random_below(UINT32_MAX), random_below(UINT32_MAX), random_below(1'000'000));
	return group;
}

static enum err enter(struct ctx *cx, void *argument)
{
	const struct group *const group = argument;
	return ledger_append_lines(cx, group->lines, group->count);
}

static double seconds_since(int64_t began_us)
{
	return (double)(clock_boot_us(NULL) - began_us) / SECOND_US;
}

static double append_groups(struct bench *bench, unsigned groups, size_t size)
{
	struct group group = group_new(&bench->cx, size);
	uint64_t before;
	must(&bench->cx, ledger_size(&bench->cx, &before), "size");
	const int64_t began_us = clock_boot_us(NULL);
	for (unsigned i = 0; i < groups; i++) {
		struct ctx cx = bench->cx;
		cx.mem = arena_new_capped(ARENA_REQUEST_BYTES);
		must(&cx, writer_run(&cx, enter, &group), "append");
		arena_free(&cx.mem);
	}
	uint64_t entered;                      /* by then: nothing of it is left to be done */
	must(&bench->cx, ledger_size(&bench->cx, &entered), "size");
	const double seconds = seconds_since(began_us);
	if (entered != before + (uint64_t)groups * size)
		die(&bench->cx, "not all of it was entered");
	return seconds;
}

static double bare_groups(struct bench *bench, unsigned groups, size_t size)
{
	const struct group group = group_new(&bench->cx, size);
	const int fd = open("bare", O_WRONLY | O_CREAT | O_APPEND | O_TRUNC | O_CLOEXEC, S_IRUSR | S_IWUSR);
	AUTO(buf_free) struct buf bytes = buf_new((size_t)16 << 20);
	const int64_t began_us = clock_boot_us(NULL);
	for (unsigned i = 0; i < groups; i++) {
		bytes.n = 0;
		for (size_t at = 0; at < group.count; at++) {
			buf_str(&bytes, group.lines[at]);
			buf_char(&bytes, '\n');
		}
		if (write(fd, bytes.p, bytes.n) != (ssize_t)bytes.n || fsync(fd) != 0)
			die(&bench->cx, "writing");
	}
	const double seconds = seconds_since(began_us);
	close(fd);
	return seconds;
}

static void wait_for_each(struct bench *bench, unsigned count)
{
	struct ctx *const cx = &bench->cx;
	for (unsigned i = 0; i < count; i++) {
		struct group group = group_new(cx, 1);
		uint64_t size;
		usleep(random_below(60'000));
		const int64_t began_us = clock_boot_us(NULL);
		must(cx, writer_run(cx, enter, &group), "append");
		must(cx, ledger_size(cx, &size), "size");
		must(cx, ledger_wait(cx, size - 1, 10 * SECOND_US), "wait");
		printf("%.3f\n", seconds_since(began_us) * 1000);
	}
}

int main(int argc, char **argv)
{
	struct bench bench = {};
	const char *const what = argc > 3 ? argv[2] : "";
	const unsigned count = argc > 3 ? (unsigned)strtoul(argv[3], NULL, 10) : 0, size = argc > 4 ? (unsigned)strtoul(argv[4], NULL, 10) : 1;
	if (count == 0 || size == 0 || size > LEDGER_APPEND_MAX)
		return fprintf(stderr, "append FOLDER append GROUPS SIZE | bare GROUPS SIZE | wait COUNT\n"), 2;
	set_up(&bench, argv[1]);
	if (strcmp(what, "append") == 0) {
		append_groups(&bench, count, size);
		printf("%.6f\n", append_groups(&bench, count, size));
	} else if (strcmp(what, "bare") == 0) {
		printf("%.6f\n", bare_groups(&bench, count, size));
	} else {
		wait_for_each(&bench, count);
	}
	take_down(&bench);
	return 0;
}

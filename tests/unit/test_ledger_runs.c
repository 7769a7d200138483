/* Entries that were entered at once share a row: they read as if each had its own, whatever is asked; a row is cut where a log is mended;
 * rows of before that are carried over. */
#include <sqlite3.h>
#include <sys/stat.h>

#include "demo/tamper.h"
#include "ledger/mend.h"
#include "ledger/run.h"
#include "log_fixture.h"

#define PATIENCE_US (20 * SECOND_US)
#define TIME "2026-11-22T06:47:43Z"
#define ENTERED_MAX 700

static const struct stmt SQL_test_rows = { "test_rows", "SELECT count(*) FROM logged", PUBLIC_DB };
static const struct stmt SQL_test_mixed = { "test_mixed", "SELECT count(*) FROM logged_mixed", PUBLIC_DB };

static int64_t counted(struct log_node *log, const struct stmt *q)
{
	int64_t count = -1;
	EXPECT(db_get_i64_(&log->node.cx, q, &count, 0, NULL) == OK);
	return count;
}

/* --- lines, and what was read of them --- */

struct work {
	struct str *lines;
	size_t count;
	bool one_by_one;
};

static enum err enter_lines(struct ctx *cx, void *argument)
{
	const struct work *const work = argument;
	if (!work->one_by_one)
		return ledger_append_lines(cx, work->lines, work->count);
	for (size_t i = 0; i < work->count; i++)
		TRY(ledger_append_lines(cx, &work->lines[i], 1));
	return OK;
}

static struct str line_of(struct ctx *cx, unsigned n)
{
	switch (n % 4) {
	case 0:
		return arena_printf(&cx->mem, "node-started " TIME " version=0.0.%u build=" HEX64, n);
	case 1:
		return arena_printf(&cx->mem, "takedown " TIME " what=video basis=law country=SG demand=%016x", n);
	case 2:
		return arena_printf(&cx->mem, "incident " TIME " incident=%016x kind=outage happened=2026-01-01 people=%u told=- report=-", n, n);
	default:
		return arena_printf(&cx->mem, "hold-ended " TIME " demand=%016x placed=%u", n, n);
	}
}

static struct str read_line(struct ctx *cx, uint64_t number)
{
	struct entry entry;
	struct str line = STR("");
	EXPECT(node_ok(cx, ledger_read(cx, number, &entry, &line)));
	return line;
}

/* A run of many kinds, one of one kind that is longer than a row may be, an origin among others. */
static struct work some_lines(struct ctx *cx)
{
	struct work work = { .lines = arena_new(&cx->mem, struct str, ENTERED_MAX) };
	for (unsigned n = 0; n < 90; n++)
		work.lines[work.count++] = line_of(cx, n);
	for (unsigned n = 0; n < 300; n++)
		work.lines[work.count++] = line_of(cx, 4 * n);
	work.lines[work.count++] = read_line(cx, 0);
	for (unsigned n = 90; n < 240; n++)
		work.lines[work.count++] = line_of(cx, n / 40);
	return work;
}

/* By kind, in either direction, from anywhere: held against what is read one by one. */
static bool found_alike(struct ctx *cx, const struct str *lines, uint64_t size, enum entry_kind kind, uint64_t from, uint64_t below, size_t max)
{
	struct ledger_item *const items = arena_new(&cx->mem, struct ledger_item, max);
	size_t count = 0, wanted = 0;
	bool alike = node_ok(cx, ledger_oldest(cx, kind, from, below, max, items, &count));
	for (uint64_t at = from; alike && at < below && at < size && wanted < max; at++)
		if (line_is(lines[at], kind)) {
			alike = wanted < count && items[wanted].number == at && str_eq(items[wanted].line, lines[at]) && items[wanted].entry.kind == kind;
			wanted++;
		}
	alike = alike && wanted == count && node_ok(cx, ledger_newest(cx, kind, below, max, items, &count));
	wanted = 0;
	for (uint64_t at = below && below < size ? below : size; alike && at-- > 0 && wanted < max;)
		if (line_is(lines[at], kind)) {
			alike = wanted < count && items[wanted].number == at && str_eq(items[wanted].line, lines[at]);
			wanted++;
		}
	return alike && wanted == count;
}

static bool all_found_alike(struct ctx *cx, uint64_t size)
{
	static const enum entry_kind kinds[] = { ENTRY_node_started, ENTRY_takedown, ENTRY_incident, ENTRY_hold_ended, ENTRY_origin, ENTRY_charter };
	static const uint64_t from[] = { 0, 1, 50, 91, 200, 347, 500 }, below[] = { 1, 60, 91, 240, 392, 520, 5000 };
	struct str *const lines = arena_new(&cx->mem, struct str, size);
	bool alike = true;
	for (uint64_t i = 0; i < size; i++)
		lines[i] = read_line(cx, i);
	for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
		for (size_t f = 0; f < sizeof from / sizeof *from; f++)
			for (size_t b = 0; b < sizeof below / sizeof *below; b++)
				for (size_t max = 1; max <= 200 && alike; max *= 14)
					alike = found_alike(cx, lines, size, kinds[k], from[f], below[b], max);
	return alike;
}

static bool bundle_alike(struct log_node *log, const struct work *work)
{
	AUTO(ctx_end) struct ctx cx = node_ctx(&log->node);
	AUTO(buf_free) struct buf bytes = buf_new((size_t)TILE_WIDTH * (ENTRY_LINE_MAX + 2));
	struct str line;
	uint64_t number = TILE_WIDTH;
	bool alike = node_ok(&cx, ledger_tile(&cx, &(struct tile){ .level = TILE_BUNDLE, .index = 1, .width = TILE_WIDTH }, &bytes));
	struct str rest = buf_view(&bytes);
	for (; alike && bundle_next(&rest, &line); number++)
		alike = str_eq(line, work->lines[number - 1]);
	return alike && number == 2 * TILE_WIDTH;
}

static void enter_and_look(bool one_by_one, int64_t *rows, int64_t *mixed)
{
	struct log_node log;
	log_up(&log);
	CHECK(ledger_up(&log));
	AUTO(ctx_end) struct ctx cx = node_ctx(&log.node);
	struct work work = some_lines(&cx);
	work.one_by_one = one_by_one;
	uint64_t size = 0;
	CHECK(node_ok(&cx, writer_run(&cx, enter_lines, &work)) && ledger_size(&cx, &size) == OK && size == work.count + 1);
	CHECK(node_ok(&cx, ledger_wait(&cx, size - 1, PATIENCE_US)));
	for (uint64_t i = 1; i < size; i++)
		EXPECT(str_eq(read_line(&cx, i), work.lines[i - 1]));
	CHECK(all_found_alike(&cx, size) && bundle_alike(&log, &work));
	struct entry entry;
	struct str line;
	CHECK(ledger_read(&cx, size, &entry, &line) == E_NOTFOUND);
	*rows = counted(&log, &SQL_test_rows);
	*mixed = counted(&log, &SQL_test_mixed);
	log_end(&log);
}

TEST(entries_entered_at_once_read_as_if_each_had_a_row)
{
	int64_t rows, mixed;
	enter_and_look(true, &rows, &mixed);
	CHECK(rows == 542 && mixed == 0);
	enter_and_look(false, &rows, &mixed);
	printf("# 541 entries in %d rows, of several kinds %d times\n", (int)rows, (int)mixed);
	CHECK(rows == 5 && mixed == 8);
}

static enum err enter_with_a_malformed_one(struct ctx *cx, void *argument)
{
	const struct work *const work = argument;
	TRY(ledger_append_lines(cx, work->lines, 300));
	return ledger_append_lines(cx, (struct str[]){ work->lines[0], STR("no entry") }, 2);
}

TEST(entries_of_a_work_that_fails_are_not_entered_whatever_row_they_were_for)
{
	struct log_node log;
	uint64_t size = 0;
	log_up(&log);
	CHECK(ledger_up(&log));
	AUTO(ctx_end) struct ctx cx = node_ctx(&log.node);
	struct work work = some_lines(&cx);
	CHECK(writer_run(&cx, enter_with_a_malformed_one, &work) == E_INVALID);
	CHECK(ledger_size(&cx, &size) == OK && size == 1 && counted(&log, &SQL_test_mixed) == 0);
	log_end(&log);
}

/* --- by the file --- */

static bool changed(const struct log_node *log, const char *sql)
{
	char path[96];
	sqlite3 *db = NULL;
	char *why = NULL;
	snprintf(path, sizeof path, "%s/public.db", log->node.folder);
	const bool done = sqlite3_open(path, &db) == SQLITE_OK && sqlite3_exec(db, sql, NULL, NULL, &why) == SQLITE_OK;
	if (why)
		printf("# %s\n", why);
	sqlite3_free(why);
	sqlite3_close(db);
	return done;
}

/* As migration 0050 made it. */
#define OLD_SHAPE \
	"DROP TABLE logged_mixed; DROP INDEX logged_by_kind; ALTER TABLE logged DROP COLUMN count; ALTER TABLE logged DROP COLUMN packed;" \
	"ALTER TABLE logged RENAME COLUMN lines TO line; CREATE INDEX logged_by_kind ON logged (kind, number); PRAGMA user_version = 55"

static enum err enter_marked(struct ctx *cx, void *argument)
{
	const int64_t *const mark = argument;
	struct entry entry = { .kind = ENTRY_hold_ended };
	entry.values[ENTRY_hold_ended_demand] = STR("00000000000000ff");
	entry.values[ENTRY_hold_ended_placed] = STR("7");
	return ledger_append(cx, &entry, *mark);
}

TEST(rows_of_before_are_carried_over_and_go_on)
{
	struct log_node log;
	int64_t mark = 77;
	uint64_t number = 0;
	log_up(&log);
	CHECK(ledger_up(&log));
	AUTO(ctx_end) struct ctx cx = node_ctx(&log.node);
	struct work work = some_lines(&cx);
	work.one_by_one = true;
	CHECK(node_ok(&cx, writer_run(&cx, enter_lines, &work)) && node_ok(&cx, writer_run(&cx, enter_marked, &mark)));
	CHECK(node_ok(&cx, ledger_wait(&cx, 542, PATIENCE_US)));
	const struct hash before = head_of(&log).root;
	ledger_down(&log);
	node_shut(&log.node);
	CHECK(changed(&log, OLD_SHAPE));
	stores_up(&log);
	CHECK(ledger_up(&log) && head_of(&log).state == LEDGER_WHOLE);
	const struct hash after = head_of(&log).root;
	AUTO(ctx_end) struct ctx now = node_ctx(&log.node);
	CHECK(head_of(&log).size == 543 && hash_eq(&before, &after));
	CHECK(ledger_find(&now, mark, &number) == OK && number == 542);
	for (uint64_t i = 1; i < 542; i++)
		EXPECT(str_eq(read_line(&now, i), work.lines[i - 1]));
	CHECK(all_found_alike(&now, 543));
	work.one_by_one = false;
	CHECK(node_ok(&now, writer_run(&now, enter_lines, &work)) && node_ok(&now, ledger_wait(&now, 543 + 540, PATIENCE_US)));
	CHECK(all_found_alike(&now, 543 + 541));
	log_end(&log);
}

/* What a program of before has posted and not applied: its statement is known, and means what it meant. */
TEST(a_post_of_before_is_applied_after_the_migration)
{
	struct log_node log;
	log_up(&log);
	CHECK(ledger_up(&log));
	AUTO(ctx_end) struct ctx cx = node_ctx(&log.node);
	struct work work = some_lines(&cx);
	CHECK(node_ok(&cx, writer_run(&cx, enter_lines, &work)));
	ledger_down(&log);
	node_shut(&log.node);
	CHECK(node_open(&log.node));
	static const struct stmt post = { "test_post",
		"INSERT INTO outbox (statement, vals, kind, subject, op) VALUES ('logged_add', $1, '', 0, 'P')", PERSONAL_DB };
	AUTO(buf_free) struct buf vals = buf_new(1000);
	const struct str line = line_of(&cx, 3);
	buf_bytes(&vals, "\1\2\0\0\0\12hold-ended\1\0\0\0\0\0\0\0\11\2\0\0\0", 29);
	buf_char(&vals, (char)line.n);
	buf_str(&vals, line);
	CHECK(node_ok(&log.node.cx, db_run_(&log.node.cx, &post, 1, (struct val[]){ BLOB(buf_view(&vals)) })));
	db_close(&log.node.cx.db);
	stores_up(&log);
	uint64_t number = 0;
	struct ledger_item item;
	size_t count = 0;
	CHECK(ledger_find(&log.node.cx, 9, &number) == OK && number == 542 && str_eq(read_line(&log.node.cx, number), line));
	CHECK(ledger_newest(&log.node.cx, ENTRY_hold_ended, 0, 1, &item, &count) == OK && count == 1 && item.number == 542);
	log_end(&log);
}

/* The mirror's entries and ours part inside a row: what is alike stays, the rest is the mirror's, ours stands behind. */
TEST(a_log_that_parts_from_its_mirror_inside_a_row_is_mended)
{
	struct log_node log;
	uint64_t fetched = 0, size = 0;
	log_up(&log);
	snprintf(log.mirror, sizeof log.mirror, "%s.mirror", log.node.folder);
	CHECK(mkdir(log.mirror, S_IRWXU) == 0 && ledger_up(&log));
	AUTO(ctx_end) struct ctx cx = node_ctx(&log.node);
	struct work work = some_lines(&cx);
	CHECK(node_ok(&cx, writer_run(&cx, enter_lines, &work)) && node_ok(&cx, ledger_wait(&cx, work.count, PATIENCE_US)));
	ledger_down(&log);
	cx.ledger = NULL;
	struct work others = { .lines = arena_new(&cx.mem, struct str, 60), .count = 60 };
	for (unsigned n = 0; n < others.count; n++)
		others.lines[n] = n < 40 ? work.lines[n] : line_of(&cx, 1000 + n);
	CHECK(changed(&log, "DELETE FROM logged WHERE number > 0; DELETE FROM logged_mixed"));
	CHECK(node_ok(&cx, writer_run(&cx, enter_lines, &others)));
	const struct db_config config = node_db(&log.node, false);
	CHECK(node_ok(&cx, ledger_fetch(&cx, &(struct ledger_config){ &config, log.key_file, "", log.mirror, 0 }, str_of(log.mirror), &fetched)));
	CHECK(fetched == work.count - 40 && ledger_size(&cx, &size) == OK && size == work.count + 1 + 20);
	for (uint64_t i = 1; i < size; i++)
		EXPECT(str_eq(read_line(&cx, i), i <= work.count ? work.lines[i - 1] : others.lines[40 + i - 1 - work.count]));
	CHECK(all_found_alike(&cx, size) && ledger_up(&log) && head_of(&log).state == LEDGER_WHOLE);
	nftw(log.mirror, node_remove, 16, FTW_DEPTH | FTW_PHYS);
	log_end(&log);
}

static enum err read_all(struct ctx *cx)
{
	AUTO(lines_close) struct lines lines = {};
	TRY(lines_open(cx, 0, UINT64_MAX, &lines));
	while (lines_next(&lines))
		;
	return lines_status(&lines);
}

/* Longer by what others hold already, or with a gap: neither is read as if it were a log. */
TEST(rows_that_do_not_follow_each_other_are_damage)
{
	static const char *const damage[] = {
		"UPDATE logged SET number = number - 100 WHERE number > 250 AND count > 50",
		"DELETE FROM logged WHERE number = (SELECT min(number) FROM logged WHERE number > 200)",
	};
	for (size_t i = 0; i < sizeof damage / sizeof *damage; i++) {
		struct log_node log;
		log_up(&log);
		CHECK(ledger_up(&log));
		AUTO(ctx_end) struct ctx cx = node_ctx(&log.node);
		struct work work = some_lines(&cx);
		CHECK(node_ok(&cx, writer_run(&cx, enter_lines, &work)) && node_ok(&cx, ledger_wait(&cx, work.count, PATIENCE_US)));
		ledger_down(&log);
		CHECK(read_all(&cx) == OK);
		CHECK(changed(&log, damage[i]));
		CHECK(read_all(&cx) == E_CORRUPT);
		log_end(&log);
	}
}

TEST(an_entry_is_tampered_with_in_its_row_and_no_other_is_touched)
{
	struct log_node log;
	struct ledger_item item = { .number = 0 };
	struct str altered = STR("");
	log_up(&log);
	CHECK(ledger_up(&log));
	AUTO(ctx_end) struct ctx cx = node_ctx(&log.node);
	struct work work = some_lines(&cx);
	CHECK(node_ok(&cx, writer_run(&cx, enter_lines, &work)) && node_ok(&cx, ledger_wait(&cx, work.count, PATIENCE_US)));
	ledger_down(&log);
	const struct db_config config = node_db(&log.node, true);
	CHECK(node_ok(&cx, tamper_choose(&cx, work.count, 150, &item)) && node_ok(&cx, tamper_line(&cx, &item, &altered)));
	CHECK(!str_eq(altered, work.lines[149]) && node_ok(&cx, tamper_alter(&cx, &config, 150, altered)));
	for (uint64_t i = 1; i <= work.count; i++)
		EXPECT(str_eq(read_line(&cx, i), i == 150 ? altered : work.lines[i - 1]));
	log_end(&log);
}

int main(void)
{
	RUN(entries_entered_at_once_read_as_if_each_had_a_row);
	RUN(entries_of_a_work_that_fails_are_not_entered_whatever_row_they_were_for);
	RUN(rows_of_before_are_carried_over_and_go_on);
	RUN(a_post_of_before_is_applied_after_the_migration);
	RUN(rows_that_do_not_follow_each_other_are_damage);
	RUN(an_entry_is_tampered_with_in_its_row_and_no_other_is_touched);
	RUN(a_log_that_parts_from_its_mirror_inside_a_row_is_mended);
	return tap_end();
}

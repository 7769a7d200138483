/* The log of a node: entered, included, proved; opened again, found damaged, found older than what was signed. */
#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "log_fixture.h"

#define PATIENCE_US (20 * SECOND_US)

#define CUT "DELETE FROM logged WHERE number >= 500"
/* one that lies on the edge, which is read from the table; behind full tiles it is found when its tile is made again */
#define ALTER "UPDATE logged SET lines = replace(lines, '0.0.', '9.9.') WHERE number = 550"
static const struct stmt SQL_test_marked = { "test_marked", "SELECT count(*) FROM logged WHERE mark = $1", PUBLIC_DB };
static enum err enter_marked(struct ctx *cx, void *argument)
{
	const int64_t *const mark = argument;
	struct entry entry = { .kind = ENTRY_node_started };
	entry.values[ENTRY_node_started_version] = STR("0.0.1");
	entry.values[ENTRY_node_started_build] = STR(HEX64);
	return ledger_append(cx, &entry, *mark);
}

static bool proves(struct log_node *log, uint64_t number)
{
	AUTO(ctx_end) struct ctx cx = node_ctx(&log->node);
	AUTO(buf_free) struct buf bytes = buf_new(2 * NOTE_BYTES_MAX);
	struct note_key keys[LOG_KEYS_MAX];
	struct proof_file file;
	struct entry entry;
	struct str line;
	return ledger_keys(log->ledger, keys) == 1 && node_ok(&cx, ledger_read(&cx, number, &entry, &line)) &&
	       node_ok(&cx, ledger_proof(&cx, number, STR(""), &bytes)) && node_ok(&cx, proof_file_parse(&cx, buf_view(&bytes), &file)) &&
	       file.index == number && node_ok(&cx, proof_file_check(&cx, &file, line, &keys[0]));
}

/* The root straight from the definition, over all lines. */
static struct hash root_over(const struct hash *leaves, uint64_t n)
{
	if (n == 0)
		return tree_empty();
	if (n == 1)
		return leaves[0];
	uint64_t k = 1;
	while (2 * k < n)
		k *= 2;
	const struct hash left = root_over(leaves, k), right = root_over(leaves + k, n - k);
	return tree_node(&left, &right);
}

static struct hash root_of_table(struct log_node *log, uint64_t size)
{
	struct hash *const leaves = calloc(size, sizeof *leaves);
	assert(leaves);
	for (uint64_t i = 0; i < size; i++) {
		AUTO(ctx_end) struct ctx cx = node_ctx(&log->node);
		struct entry entry;
		struct str line = STR("");
		EXPECT(ledger_read(&cx, i, &entry, &line) == OK);
		leaves[i] = tree_leaf(line);
	}
	const struct hash root = root_over(leaves, size);
	free(leaves);
	return root;
}

static bool root_right(struct log_node *log)
{
	const struct ledger_head head = head_of(log);
	const struct hash root = root_of_table(log, head.size);
	return hash_eq(&root, &head.root);
}

TEST(what_is_entered_is_included_and_proved)
{
	struct log_node log;
	int64_t mark = 4711;
	uint64_t number = 0;
	log_up(&log);
	CHECK(ledger_up(&log));
	CHECK(head_of(&log).size == 1 && head_of(&log).state == LEDGER_WHOLE && proves(&log, 0));
	CHECK(writer_run(&log.node.cx, enter_marked, &mark) == OK);
	CHECK(ledger_find(&log.node.cx, mark, &number) == OK && number == 1);
	CHECK(node_ok(&log.node.cx, ledger_wait(&log.node.cx, number, PATIENCE_US)) && proves(&log, number));
	CHECK(ledger_find(&log.node.cx, 4712, &number) == E_NOTFOUND);
	CHECK(ledger_wait(&log.node.cx, 7, 1000) == E_BUSY);
	CHECK(root_right(&log));
	log_end(&log);
}

static enum err enter_and_fail(struct ctx *cx, void *argument)
{
	TRY(enter_marked(cx, argument));
	return fail(cx, E_CONFLICT, "it may not be");
}

static enum err enter_malformed(struct ctx *cx, void *)
{
	return ledger_append_lines(cx, &STR("node-started 2026-11-22T06:47:43Z version=0.0.1"), 1);
}

TEST(a_work_that_fails_enters_nothing)
{
	struct log_node log;
	int64_t mark = 5;
	uint64_t size = 0;
	log_up(&log);
	CHECK(ledger_up(&log));
	CHECK(writer_run(&log.node.cx, enter_and_fail, &mark) == E_CONFLICT && writer_run(&log.node.cx, enter_malformed, NULL) == E_INVALID);
	CHECK(ledger_size(&log.node.cx, &size) == OK && size == 1);
	CHECK(enter(&log, 0, 1) && ledger_wait(&log.node.cx, 1, PATIENCE_US) == OK && proves(&log, 1));
	log_end(&log);
}

#define LARGE 66'300u

TEST(tiles_of_three_levels_are_right_and_mend_themselves)
{
	struct log_node log;
	log_up(&log);
	CHECK(ledger_up(&log) && enter(&log, 0, LARGE));
	CHECK(node_ok(&log.node.cx, ledger_wait(&log.node.cx, LARGE, PATIENCE_US)));
	CHECK(head_of(&log).size == LARGE + 1 && root_right(&log));
	char path[160];
	snprintf(path, sizeof path, "%s/ledger/tile/0/003", log.node.folder);
	CHECK(unlink(path) == 0);
	snprintf(path, sizeof path, "%s/ledger/tile/0/004", log.node.folder);
	int fd = open(path, O_WRONLY);
	CHECK(fd >= 0 && pwrite(fd, "x", 1, 40) == 1 && close(fd) == 0);
	snprintf(path, sizeof path, "%s/ledger/tile/1/000", log.node.folder);
	CHECK(truncate(path, 100) == 0);
	for (uint64_t number = 0; number < LARGE; number += 1009)
		EXPECT(proves(&log, number));
	CHECK(proves(&log, 3 * 256 + 5) && proves(&log, 4 * 256 + 1) && proves(&log, LARGE));
	ledger_down(&log);
	CHECK(truncate(path, 0) == 0 && ledger_up(&log) && head_of(&log).state == LEDGER_WHOLE && proves(&log, 65'600));
	log_end(&log);
}

TEST(what_was_entered_while_nobody_signed_is_included_at_the_next_start)
{
	struct log_node log;
	log_up(&log);
	CHECK(ledger_up(&log) && enter(&log, 0, 700) && ledger_wait(&log.node.cx, 700, PATIENCE_US) == OK);
	ledger_down(&log);
	CHECK(enter(&log, 700, 300) && ledger_up(&log));
	CHECK(head_of(&log).size == 1001 && proves(&log, 3) && proves(&log, 1000) && root_right(&log));
	log_end(&log);
}

/* As somebody does who has the file: the program itself has no statement for this. */
static bool damage(const struct log_node *log, const char *sql)
{
	char path[96];
	sqlite3 *db = NULL;
	snprintf(path, sizeof path, "%s/public.db", log->node.folder);
	const bool done = sqlite3_open(path, &db) == SQLITE_OK && sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK && sqlite3_changes(db) > 0;
	sqlite3_close(db);
	return done;
}

static enum ledger_state state_after(const char *sql, bool lose_key)
{
	struct log_node log;
	uint64_t before;
	log_up(&log);
	/* in rows of several, but for one */
	EXPECT(ledger_up(&log) && enter(&log, 0, 549) && enter(&log, 549, 1) && enter(&log, 550, 50) && ledger_wait(&log.node.cx, 600, PATIENCE_US) == OK);
	before = head_of(&log).size;
	ledger_down(&log);
	if (sql)
		EXPECT(damage(&log, sql));
	if (lose_key)
		EXPECT(unlink(log.key_file) == 0);
	EXPECT(ledger_up(&log));
	EXPECT(enter(&log, 5000, 3));
	/* A log that is whole signs them however busy the machine is, another never does. */
	bool waits = ledger_wait(&log.node.cx, before + 2, 300 * 1000) == E_BUSY;
	const enum ledger_state state = head_of(&log).state;
	if (waits && state == LEDGER_WHOLE)
		waits = ledger_wait(&log.node.cx, before + 2, PATIENCE_US) == E_BUSY;
	EXPECT(waits == (state != LEDGER_WHOLE));
	log_end(&log);
	return state;
}

TEST(an_older_database_or_another_one_is_noticed_and_nothing_is_signed)
{
	CHECK(state_after(NULL, false) == LEDGER_WHOLE);
	CHECK(state_after(CUT, false) == LEDGER_BEHIND);
	CHECK(state_after(NULL, true) == LEDGER_NO_KEY);
	CHECK(state_after(ALTER, false) == LEDGER_FORKED);
}

TEST(a_process_without_the_lock_follows_the_one_that_has_it)
{
	struct log_node log;
	log_up(&log);
	CHECK(ledger_up(&log));
	const struct db_config config = node_db(&log.node, false);
	struct ledger *second = NULL;
	AUTO(ctx_end) struct ctx cx = node_ctx(&log.node);
	CHECK(node_ok(&cx, ledger_open(&cx, &(struct ledger_config){ &config, log.key_file, "", "", 0 }, &second)));
	cx.ledger = second;
	CHECK(enter(&log, 0, 300));
	CHECK(node_ok(&cx, ledger_wait(&cx, 300, PATIENCE_US)));
	AUTO(buf_free) struct buf proof = buf_new(2 * NOTE_BYTES_MAX);
	CHECK(node_ok(&cx, ledger_proof(&cx, 299, STR(""), &proof)));
	ledger_close(&second);
	log_end(&log);
}

TEST(whatever_fails_an_entry_is_there_once_or_not_at_all)
{
	unsigned nth, reached = 1;
	for (nth = 1; reached && nth < 400; nth++) {
		struct log_node log;
		int64_t mark = 99, count = -1;
		log_up(&log);
		fault_arm(&log.node.faults, nth);
		enum err e = OK;
		if (!ledger_up(&log))
			e = E_IO;
		if (e == OK)
			e = writer_run(&log.node.cx, enter_marked, &mark);
		uint64_t number;
		if (e == OK && ledger_find(&log.node.cx, mark, &number) == OK)
			e = ledger_wait(&log.node.cx, number, 5 * SECOND_US);
		reached = fault_reached(&log.node.faults);
		fault_arm(&log.node.faults, 0);
		const bool acknowledged = e == OK;
		if (log.ledger)
			ledger_down(&log);
		node_shut(&log.node);
		stores_up(&log);
		CHECK(ledger_up(&log));
		EXPECT(db_get_i64(&log.node.cx, SQL_test_marked, &count, I64(mark)) == OK);
		EXPECT(acknowledged ? count == 1 : count <= 1);
		EXPECT(head_of(&log).state == LEDGER_WHOLE && root_right(&log));
		log_end(&log);
	}
	printf("# %u calls failed in turn\n", nth - 1);
	CHECK(nth > 10 && !reached);
}

TEST(a_mirror_that_fails_holds_back_what_is_shown_and_not_the_node_until_it_is_there)
{
	struct log_node log;
	uint64_t mirrored = 7;
	log_up(&log);
	snprintf(log.mirror, sizeof log.mirror, "%s.mirror", log.node.folder);
	const int fd = open(log.mirror, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
	CHECK(fd >= 0 && close(fd) == 0);
	CHECK(ledger_up(&log) && head_of(&log).state == LEDGER_FAILING && head_of(&log).note.n == 0);
	CHECK(enter(&log, 0, 5) && ledger_wait(&log.node.cx, 0, 300 * 1000) == E_BUSY);
	CHECK(ledger_mirror(log.ledger, &mirrored) && mirrored == 0);
	char folder[128];
	snprintf(folder, sizeof folder, "%s.new", log.mirror);
	CHECK(mkdir(folder, S_IRWXU) == 0 && exchange(folder, log.mirror) && unlink(folder) == 0);
	CHECK(ledger_wait(&log.node.cx, 5, PATIENCE_US) == OK);
	for (unsigned i = 0; i < 1000 && head_of(&log).state != LEDGER_WHOLE; i++)
		usleep(10 * 1000);
	CHECK(head_of(&log).state == LEDGER_WHOLE && ledger_mirror(log.ledger, &mirrored) && mirrored == 6);
	nftw(log.mirror, node_remove, 16, FTW_DEPTH | FTW_PHYS);
	log_end(&log);
}

int main(void)
{
	RUN(what_is_entered_is_included_and_proved);
	RUN(a_work_that_fails_enters_nothing);
	RUN(tiles_of_three_levels_are_right_and_mend_themselves);
	RUN(what_was_entered_while_nobody_signed_is_included_at_the_next_start);
	RUN(an_older_database_or_another_one_is_noticed_and_nothing_is_signed);
	RUN(a_process_without_the_lock_follows_the_one_that_has_it);
	RUN(a_mirror_that_fails_holds_back_what_is_shown_and_not_the_node_until_it_is_there);
	RUN(whatever_fails_an_entry_is_there_once_or_not_at_all);
	return tap_end();
}

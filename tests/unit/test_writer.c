/* Groups, the outbox and totals: all or nothing, told truthfully, applied once. */
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/wait.h>

#include "store/connection.h"
#include "store/outbox.h"
#include "store_fixture.h"

/* --- a small application of two tables --- */

static const struct stmt make_note = { "make_note", "CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT", PERSONAL_DB };
static const struct stmt make_shown = { "make_shown", "CREATE TABLE shown (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT", PUBLIC_DB };
static const struct stmt make_secret = { "make_secret", "CREATE TABLE secret (id INTEGER PRIMARY KEY) STRICT", KEYS_DB };
static const struct stmt note_add = { "note_add", "INSERT INTO note (id, text) VALUES ($1, $2)", PERSONAL_DB };
static const struct stmt note_count = { "note_count", "SELECT count(*) FROM note", PERSONAL_DB };
static const struct stmt note_has = { "note_has", "SELECT id FROM note WHERE id = $1", PERSONAL_DB };
static const struct stmt shown_put = { "shown_put",
	"INSERT INTO shown (id, text) VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET text = shown.text || excluded.text", PUBLIC_DB };
static const struct stmt shown_bad = { "shown_bad", "INSERT INTO shown (id, text) VALUES ($1, NULL)", PUBLIC_DB };
static const struct stmt shown_count = { "shown_count", "SELECT count(*) FROM shown", PUBLIC_DB };
static const struct stmt shown_twice = { "shown_twice", "SELECT count(*) FROM shown WHERE text <> 'x'", PUBLIC_DB };
static const struct stmt secret_add = { "secret_add", "INSERT INTO secret (id) VALUES ($1)", KEYS_DB };
static const struct stmt secret_count = { "secret_count", "SELECT count(*) FROM secret", KEYS_DB };
static const struct stmt secret_forget = { "secret_forget", "DELETE FROM secret WHERE id = (SELECT max(id) FROM secret)", KEYS_DB };
static const struct stmt outbox_count = { "outbox_count", "SELECT count(*) FROM outbox", PERSONAL_DB };
static const struct stmt publications = { "publications", "SELECT count(*) FROM publication", PUBLIC_DB };
static const struct stmt total_of = { "total_of", "SELECT total FROM total WHERE subject = $1 AND kind = 'likes'", PUBLIC_DB };

static const struct stmt **statements_of_test(void)
{
	size_t n = 0;
	while (all_statements[n])
		n++;
	const struct stmt **list = calloc(n + 3, sizeof *list);
	assert(list);
	for (size_t i = 0; i < n; i++)
		list[i] = all_statements[i];
	list[n] = &shown_put;
	list[n + 1] = &shown_bad;
	return list;
}

static bool start(struct node *node)
{
	const struct stmt **statements = statements_of_test();
	bool good = node_start(node, statements);
	free(statements);
	return good;
}

static bool open_app_at(struct node *node, const char *parent)
{
	node_init_at(node, parent);
	return node_open(node) && node_ok(&node->cx, db_run0(&node->cx, make_note)) &&
	       node_ok(&node->cx, db_run0(&node->cx, make_shown)) && node_ok(&node->cx, db_run0(&node->cx, make_secret)) &&
	       start(node);
}

static bool open_app(struct node *node)
{
	return open_app_at(node, scratch_root());
}

static bool reopen(struct node *node)
{
	node_shut(node);
	return node_open(node) && start(node);
}

static int64_t number(struct node *node, const struct stmt *q)
{
	int64_t n = -1;
	enum err e = db_get_i64_(&node->cx, q, &n, 0, NULL);
	return node_ok(&node->cx, e) ? n : -1;
}

/* Totals and a cleaned outbox come by themselves, soon. */
static bool soon(struct node *node, const struct stmt *q, int64_t want)
{
	for (int i = 0; i < 300; i++) {
		if (number(node, q) == want)
			return true;
		usleep(10'000);
	}
	return false;
}

static int64_t total_likes(struct node *node, int64_t subject)
{
	int64_t n = -1;
	return db_get_i64(&node->cx, total_of, &n, I64(subject)) == OK ? n : -1;
}

static enum err add_note(struct ctx *cx, void *argument)
{
	const int64_t *id = argument;
	return db_run(cx, note_add, I64(*id), TEXT(STR("a note")));
}

static enum err add_secret_too(struct ctx *cx, void *argument)
{
	const int64_t *id = argument;
	TRY(db_run(cx, secret_add, I64(*id)));
	return add_note(cx, argument);
}

static enum err forget_last_secret(struct ctx *cx, void *)
{
	return db_run0(cx, secret_forget);
}

static enum err add_and_refuse(struct ctx *cx, void *argument)
{
	TRY(add_secret_too(cx, argument));
	return fail(cx, E_DENIED, "changed its mind");
}

static enum err add_and_publish(struct ctx *cx, void *argument)
{
	const int64_t *id = argument;
	TRY(add_secret_too(cx, argument));
	TRY(outbox_total(cx, 7, "likes", 1));
	return outbox_post(cx, "note", *id, 'P', shown_put, I64(*id), TEXT(STR("x")));
}

/* --- many at once --- */

struct ticket {
	struct ctx cx;
	int64_t id;
	enum err outcome;
	atomic_bool told;
	atomic_uint *pending;
};

static void tell(void *argument, enum err outcome)
{
	struct ticket *ticket = argument;
	ticket->outcome = outcome;
	atomic_store(&ticket->told, true);
	atomic_fetch_sub(ticket->pending, 1);
}


static enum err run_ticket_publish(struct ctx *cx, void *argument)
{
	struct ticket *ticket = argument;
	return add_and_publish(cx, &ticket->id);
}

static enum err run_ticket_odd_refused(struct ctx *cx, void *argument)
{
	struct ticket *ticket = argument;
	return ticket->id % 2 ? add_and_refuse(cx, &ticket->id) : add_and_publish(cx, &ticket->id);
}

static void submit_all(struct node *node, struct ticket *tickets, unsigned n, int64_t first_id, write_work *work)
{
	atomic_uint pending = n;
	for (unsigned i = 0; i < n; i++) {
		tickets[i] = (struct ticket){ .cx = node_ctx(node), .id = first_id + i, .pending = &pending };
		writer_submit(node->cx.writer, &tickets[i].cx, work, &tickets[i], tell);
	}
	while (atomic_load(&pending))
		usleep(200);
}

static void end_tickets(struct ticket *tickets, unsigned n)
{
	for (unsigned i = 0; i < n; i++)
		ctx_end(&tickets[i].cx);
}

TEST(a_work_that_succeeds_is_kept_and_one_that_fails_leaves_nothing)
{
	struct node node;
	int64_t one = 1, two = 2;
	CHECK(open_app(&node));
	CHECK(node_ok(&node.cx, writer_run(&node.cx, add_secret_too, &one)));
	CHECK(writer_run(&node.cx, add_and_refuse, &two) == E_DENIED);
	CHECK(!strcmp(node.cx.failure.text, "changed its mind"));
	CHECK(writer_run(&node.cx, add_note, &one) == E_CONFLICT);
	CHECK(number(&node, &note_count) == 1 && number(&node, &secret_count) == 1);
	node_end(&node);
}

TEST(in_one_group_refused_works_do_not_touch_the_others)
{
	struct node node;
	static struct ticket tickets[64];
	CHECK(open_app(&node));
	submit_all(&node, tickets, 64, 100, run_ticket_odd_refused);
	for (unsigned i = 0; i < 64; i++)
		CHECK(tickets[i].outcome == (tickets[i].id % 2 ? E_DENIED : OK));
	CHECK(number(&node, &note_count) == 32 && number(&node, &secret_count) == 32 && number(&node, &shown_count) == 32);
	end_tickets(tickets, 64);
	node_end(&node);
}

TEST(a_post_is_public_when_its_author_is_told)
{
	struct node node;
	CHECK(open_app(&node));
	for (int64_t id = 1; id <= 20; id++) {
		CHECK(node_ok(&node.cx, writer_run(&node.cx, add_and_publish, &id)));
		CHECK(number(&node, &shown_count) == id && number(&node, &publications) == id);
	}
	node_end(&node);
}

TEST(a_total_reaches_public_db_by_itself)
{
	struct node node;
	CHECK(open_app(&node));
	for (int64_t id = 1; id <= 5; id++)
		CHECK(node_ok(&node.cx, writer_run(&node.cx, add_and_publish, &id)));
	for (int i = 0; i < 200 && total_likes(&node, 7) != 5; i++)
		usleep(10'000);
	CHECK(total_likes(&node, 7) == 5);
	node_end(&node);
}

/* More than are sorted in at once. */
#define CHANGES 2500
static enum err count_much(struct ctx *cx, void *)
{
	for (int64_t i = 0; i < CHANGES; i++)
		TRY(outbox_total(cx, 100 + i % 700, "likes", i < CHANGES - 100 ? 1 : -1));
	return OK;
}

TEST(changes_of_many_totals_add_up_whatever_goes_at_once)
{
	struct node node;
	static const struct stmt sum = { "sum", "SELECT sum(total) FROM total WHERE kind = 'likes' AND subject >= 100", PUBLIC_DB };
	static const struct stmt waiting = { "waiting", "SELECT count(*) FROM tally_fresh", PERSONAL_DB };
	int64_t now = 0;
	CHECK(open_app(&node));
	CHECK(node_ok(&node.cx, writer_run(&node.cx, count_much, NULL)));
	CHECK(node_ok(&node.cx, outbox_total_now(&node.cx, 100, "likes", &now)) && now == 4);
	CHECK(soon(&node, &sum, CHANGES - 200) && soon(&node, &waiting, 0));
	CHECK(node_ok(&node.cx, outbox_total_now(&node.cx, 100, "likes", &now)) && now == 4 && total_likes(&node, 100) == 4);
	CHECK(node_ok(&node.cx, outbox_total_now(&node.cx, 99, "likes", &now)) && now == 0);
	node_end(&node);
}

TEST(what_an_older_program_had_counted_and_not_sent_is_sent)
{
	struct node node;
	static const struct stmt as_before[] = {
		{ "t1", "DROP TABLE tally_fresh", PERSONAL_DB }, { "t2", "ALTER TABLE tally ADD COLUMN dirty INTEGER NOT NULL DEFAULT 1", PERSONAL_DB },
		{ "t3", "CREATE INDEX tally_dirty ON tally (subject, kind) WHERE dirty = 1", PERSONAL_DB },
		{ "t4", "INSERT INTO tally (subject, kind, total) VALUES (7, 'likes', 5)", PERSONAL_DB },
		{ "t5", "ALTER TABLE watched DROP COLUMN seen", PERSONAL_DB }, { "t6", "PRAGMA user_version = 62", PERSONAL_DB },
	};
	node_init(&node);
	CHECK(node_open(&node));
	for (size_t i = 0; i < sizeof as_before / sizeof as_before[0]; i++)
		CHECK(node_ok(&node.cx, db_run0(&node.cx, as_before[i])));
	CHECK(reopen(&node));
	for (int i = 0; i < 200 && total_likes(&node, 7) != 5; i++)
		usleep(10'000);
	CHECK(total_likes(&node, 7) == 5);
	node_end(&node);
}

TEST(the_outbox_is_emptied_when_public_db_is_on_the_disk)
{
	struct node node;
	int64_t id = 1;
	CHECK(open_app(&node));
	CHECK(node_ok(&node.cx, writer_run(&node.cx, add_and_publish, &id)));
	CHECK(number(&node, &outbox_count) >= 1);
	CHECK(soon(&node, &outbox_count, 0));
	CHECK(number(&node, &shown_count) == 1);
	node_end(&node);
}

TEST(a_row_that_public_db_refuses_does_not_hold_up_the_rest)
{
	struct node node;
	int64_t id = 1;
	CHECK(open_app(&node));
	CHECK(node_ok(&node.cx, writer_run(&node.cx, add_and_publish, &id)));
	node_shut(&node);
	CHECK(node_open(&node));
	sqlite3_exec(node.cx.db->stores[PERSONAL_DB].handle,
		"INSERT INTO outbox (statement, vals, kind, subject, op) VALUES ('shown_bad', x'01010000000000000009', 'note', 9, 'P')", NULL,
		NULL, NULL);
	CHECK(start(&node));
	id = 2;
	CHECK(node_ok(&node.cx, writer_run(&node.cx, add_and_publish, &id)));
	CHECK(number(&node, &shown_count) == 2);
	node_end(&node);
}

/* The acknowledged ones are all there, nothing else is, each once in public.db: after the nth failure, and after a restart. */
static bool told_the_truth(struct node *node, const struct ticket *tickets, unsigned n)
{
	int64_t kept = 0;
	bool good = true;
	for (unsigned i = 0; i < n; i++) {
		int64_t found = 0;
		enum err e = db_get_i64(&node->cx, note_has, &found, I64(tickets[i].id));
		kept += e == OK;
		good = EXPECT((e == OK) == (tickets[i].outcome == OK)) && good;
	}
	good = EXPECT(number(node, &note_count) == kept) && good;
	good = EXPECT(number(node, &shown_count) == kept) && good;
	good = EXPECT(number(node, &shown_twice) == 0) && good;
	good = EXPECT(number(node, &publications) == kept) && good;
	return good;
}

TEST(whatever_fails_is_all_or_nothing_and_the_writer_goes_on)
{
	static struct ticket tickets[8], after[1];
	unsigned nth = 1;
	for (bool reached = true; reached; nth++) {
		struct node node;
		CHECK(open_app(&node));
		node_fault(&node, nth);
		submit_all(&node, tickets, 8, 100, run_ticket_publish);
		reached = fault_reached(&node.faults);
		node_fault(&node, 0);
		submit_all(&node, after, 1, 500, run_ticket_publish);
		if (after[0].outcome != OK)
			printf("# after call %u: %s\n", nth, after[0].cx.failure.text);
		CHECK(after[0].outcome == OK);
		CHECK(reopen(&node));
		int64_t found = 0;
		CHECK(db_get_i64(&node.cx, note_has, &found, I64(500)) == OK);
		struct ticket all[9];
		for (unsigned i = 0; i < 8; i++)
			all[i] = tickets[i];
		all[8] = after[0];
		bool good = told_the_truth(&node, all, 9);
		end_tickets(tickets, 8);
		end_tickets(after, 1);
		node_end(&node);
		if (!good)
			printf("# at the failure of call %u\n", nth);
		CHECK(good);
	}
	printf("# %u calls failed in turn\n", nth - 2);
}

TEST(a_full_disk_of_public_db_delays_posts_and_loses_none)
{
	struct node node;
	int64_t id = 1;
	CHECK(open_app(&node));
	/* What a full disk looks like to SQLite: no page more. */
	CHECK(node_ok(&node.cx, writer_run(&node.cx, add_and_publish, &id)));
	node_shut(&node);
	CHECK(node_open(&node));
	sqlite3_exec(node.cx.db->stores[PUBLIC_DB].handle, "PRAGMA max_page_count = 1", NULL, NULL, NULL);
	CHECK(start(&node));
	for (id = 2; id <= 2000; id++)
		CHECK(node_ok(&node.cx, writer_run(&node.cx, add_and_publish, &id)));
	CHECK(number(&node, &note_count) == 2000 && number(&node, &shown_count) < 2000);
	CHECK(reopen(&node));
	CHECK(number(&node, &shown_count) == 2000 && number(&node, &shown_twice) == 0);
	node_end(&node);
}

struct other {
	struct node *node;
	bool good;
};

static void *write_as_another(void *argument)
{
	struct other *other = argument;
	struct node second = { .log = other->node->log };
	memcpy(second.folder, other->node->folder, sizeof second.folder);
	memcpy(second.key, other->node->key, sizeof second.key);
	second.cx = (struct ctx){ .mem = arena_new_capped((size_t)64 << 20), .now_us = clock_wall_us(NULL), .log = &second.log };
	other->good = node_open(&second) && start(&second);
	for (int64_t id = 10'000; other->good && id < 10'200; id++)
		other->good = node_ok(&second.cx, writer_run(&second.cx, add_and_publish, &id));
	node_shut(&second);
	ctx_end(&second.cx);
	return NULL;
}

TEST(two_writers_on_one_folder_publish_each_row_once)
{
	struct node node;
	pthread_t thread;
	CHECK(open_app(&node));
	struct other other = { .node = &node };
	pthread_create(&thread, NULL, write_as_another, &other);
	bool good = true;
	for (int64_t id = 1; good && id <= 200; id++)
		good = node_ok(&node.cx, writer_run(&node.cx, add_and_publish, &id));
	pthread_join(thread, NULL);
	CHECK(good && other.good);
	CHECK(number(&node, &shown_count) == 400 && number(&node, &shown_twice) == 0 && number(&node, &publications) == 400);
	for (int i = 0; i < 200 && total_likes(&node, 7) != 400; i++)
		usleep(10'000);
	CHECK(total_likes(&node, 7) == 400);
	node_end(&node);
}

/* --- deaths --- */

_Noreturn static void publish_until_killed(struct node *node, int pipe_fd, int64_t first)
{
	if (!node_open(node) || !start(node))
		_exit(2);
	for (int64_t id = first;; id++) {
		if (writer_run(&node->cx, add_and_publish, &id) != OK)
			_exit(3);
		if (write(pipe_fd, &id, sizeof id) != sizeof id)
			_exit(4);
	}
}

/* One life of a child that writes; the last row it told of. */
static int64_t live_and_die(struct node *node, int64_t first)
{
	int ends[2], status;
	int64_t id, last = first - 1;
	int rc = pipe(ends);
	assert(rc == 0);
	pid_t child = fork();
	if (child == 0)
		publish_until_killed(node, ends[1], first);
	close(ends[1]);
	usleep(5'000 + random_below(40'000));
	kill(child, SIGKILL);
	while (read(ends[0], &id, sizeof id) == sizeof id)
		last = id;
	close(ends[0]);
	waitpid(child, &status, 0);
	assert(WIFSIGNALED(status));
	return last;
}

TEST(killed_at_any_time_each_acknowledged_post_is_public_once)
{
	struct node node;
	CHECK(open_app(&node));
	node_shut(&node);
	int64_t last = 0;
	for (unsigned life = 0; life < 15; life++) {
		int64_t told = live_and_die(&node, last + 1);
		CHECK(node_open(&node) && start(&node));
		last = number(&node, &note_count);
		CHECK(last == told || last == told + 1);
		CHECK(number(&node, &shown_count) == last && number(&node, &shown_twice) == 0);
		CHECK(number(&node, &secret_count) >= last && number(&node, &publications) == last);
		/* a key that was committed just before the death may be nobody's; its number is not used again here */
		CHECK(number(&node, &secret_count) <= last + 1);
		if (number(&node, &secret_count) > last)
			CHECK(node_ok(&node.cx, writer_run(&node.cx, forget_last_secret, NULL)));
		node_shut(&node);
	}
	printf("# %lld posts in 15 lives\n", (long long)last);
	node_end(&node);
}

static void copy_file(const struct node *from, const struct node *to, const char *name)
{
	char command[600];
	snprintf(command, sizeof command, "rm -f %s/%s; [ ! -e %s/%s ] || cp %s/%s %s/", to->folder, name, from->folder, name,
		from->folder, name, to->folder);
	int rc = system(command);
	assert(rc == 0);
}

/* The power fails: public.db, which is not synced at each commit, is as it was some while ago. */
TEST(what_a_power_failure_takes_from_public_db_comes_back_from_the_outbox)
{
	struct node node, after;
	CHECK(open_app(&node));
	node_init(&after);
	memcpy(after.key, node.key, sizeof after.key);
	for (int64_t id = 1; id <= 5; id++)
		CHECK(node_ok(&node.cx, writer_run(&node.cx, add_and_publish, &id)));
	int64_t last = 5;
	do {                                   /* until the machine was quick enough for nothing to be synced in between */
		CHECK(soon(&node, &outbox_count, 0));
		copy_file(&node, &after, "public.db");
		copy_file(&node, &after, "public.db-wal");
		for (int64_t i = 0; i < 5; i++) {
			last++;
			CHECK(node_ok(&node.cx, writer_run(&node.cx, add_and_publish, &last)));
		}
		copy_file(&node, &after, "personal.db");
		copy_file(&node, &after, "personal.db-wal");
		copy_file(&node, &after, "keys.db");
		copy_file(&node, &after, "keys.db-wal");
	} while (number(&node, &outbox_count) < 5);
	CHECK(node_open(&after) && start(&after));
	CHECK(number(&after, &note_count) == last && number(&after, &shown_count) == last);
	CHECK(number(&after, &shown_twice) == 0 && number(&after, &publications) == last);
	node_end(&after);
	node_end(&node);
}

/* A personal.db from a backup has used fewer outbox numbers than public.db has seen: new posts appear all the same. */
TEST(posts_appear_after_an_older_personal_db_was_restored)
{
	struct node node, after;
	CHECK(open_app(&node));
	node_init(&after);
	memcpy(after.key, node.key, sizeof after.key);
	node_shut(&node);
	copy_file(&node, &after, "personal.db");
	copy_file(&node, &after, "keys.db");
	CHECK(node_open(&node) && start(&node));
	for (int64_t id = 1; id <= 5; id++)
		CHECK(node_ok(&node.cx, writer_run(&node.cx, add_and_publish, &id)));
	node_shut(&node);
	copy_file(&node, &after, "public.db");
	CHECK(node_open(&after) && start(&after));
	int64_t id = 6;
	CHECK(node_ok(&after.cx, writer_run(&after.cx, add_and_publish, &id)));
	CHECK(number(&after, &shown_count) == 6);
	node_end(&after);
	node_end(&node);
}

/* --- figures --- */

struct stream {
	struct node *node;
	atomic_uint pending;
	atomic_llong next;
	int64_t end;
};
struct runner {
	struct ctx cx;
	struct stream *stream;
	int64_t id;
};

static enum err run_stream(struct ctx *cx, void *argument)
{
	struct runner *runner = argument;
	return add_note(cx, &runner->id);
}

static void next_of_stream(void *argument, enum err outcome)
{
	struct runner *runner = argument;
	assert(outcome == OK);
	runner->id = atomic_fetch_add(&runner->stream->next, 1);
	if (runner->id > runner->stream->end) {
		atomic_fetch_sub(&runner->stream->pending, 1);
		return;
	}
	arena_free(&runner->cx.mem);
	writer_submit(runner->stream->node->cx.writer, &runner->cx, run_stream, runner, next_of_stream);
}

TEST(sixty_four_at_once_share_an_fsync)
{
	struct node node;
	static struct runner runners[64];
	CHECK(open_app_at(&node, "/tmp"));     /* a real disk, if there is one */
	struct stream stream = { .node = &node, .pending = 64, .next = 65, .end = 20'000 };
	uint64_t fsyncs = db_fsyncs();
	int64_t from = clock_boot_us(NULL);
	for (unsigned i = 0; i < 64; i++) {
		runners[i] = (struct runner){ .cx = node_ctx(&node), .stream = &stream, .id = i + 1 };
		writer_submit(node.cx.writer, &runners[i].cx, run_stream, &runners[i], next_of_stream);
	}
	while (atomic_load(&stream.pending))
		usleep(500);
	int64_t took = clock_boot_us(NULL) - from;
	fsyncs = db_fsyncs() - fsyncs;
	printf("# %lld rows, %lld rows/s, %llu fsyncs, %.1f rows a fsync\n", (long long)stream.end,
		(long long)(stream.end * SECOND_US / took), (unsigned long long)fsyncs, (double)stream.end / (double)fsyncs);
	CHECK(number(&node, &note_count) == stream.end);
	CHECK((uint64_t)stream.end / fsyncs >= 12);
	for (unsigned i = 0; i < 64; i++)
		ctx_end(&runners[i].cx);
	node_end(&node);
}

int main(void)
{
	RUN(a_work_that_succeeds_is_kept_and_one_that_fails_leaves_nothing);
	RUN(in_one_group_refused_works_do_not_touch_the_others);
	RUN(a_post_is_public_when_its_author_is_told);
	RUN(a_total_reaches_public_db_by_itself);
	RUN(changes_of_many_totals_add_up_whatever_goes_at_once);
	RUN(what_an_older_program_had_counted_and_not_sent_is_sent);
	RUN(the_outbox_is_emptied_when_public_db_is_on_the_disk);
	RUN(a_row_that_public_db_refuses_does_not_hold_up_the_rest);
	RUN(whatever_fails_is_all_or_nothing_and_the_writer_goes_on);
	RUN(a_full_disk_of_public_db_delays_posts_and_loses_none);
	RUN(two_writers_on_one_folder_publish_each_row_once);
	RUN(killed_at_any_time_each_acknowledged_post_is_public_once);
	RUN(what_a_power_failure_takes_from_public_db_comes_back_from_the_outbox);
	RUN(posts_appear_after_an_older_personal_db_was_restored);
	RUN(sixty_four_at_once_share_an_fsync);
	return tap_end();
}

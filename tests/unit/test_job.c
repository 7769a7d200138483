/* Jobs: one holder at a time, over boots and deaths. */
#include <stdatomic.h>

#include "store/job.h"
#include "store_fixture.h"

struct wall {
	int64_t wall_us, boot_us;
};

static int64_t wall_of(void *self)
{
	return ((struct wall *)self)->wall_us;
}

static int64_t boot_of(void *self)
{
	return ((struct wall *)self)->boot_us;
}

static struct wall now;                        /* what the tests' clock shows */
static const struct clock set_clock = { .wall_us = wall_of, .boot_us = boot_of, .self = &now };

static bool open_jobs(struct node *node)
{
	now = (struct wall){ .wall_us = HOUR_US, .boot_us = MINUTE_US };
	node_init(node);
	node->cx.clock = &set_clock;
	return node_open(node) && node_start(node, all_statements);
}

struct addition {
	const char *kind;
	int64_t account, run_after_us;
};

static enum err add_in_work(struct ctx *cx, void *argument)
{
	const struct addition *a = argument;
	return job_add(cx, a->kind, a->account, a->run_after_us);
}

static bool add(struct node *node, const char *kind, int64_t account, int64_t run_after_us)
{
	struct addition a = { kind, account, run_after_us };
	return node_ok(&node->cx, writer_run(&node->cx, add_in_work, &a));
}

TEST(the_same_job_twice_is_one_and_runs_at_the_earlier_time)
{
	struct node node;
	struct job job;
	CHECK(open_jobs(&node));
	CHECK(add(&node, "process", 7, now.wall_us + HOUR_US) && add(&node, "process", 7, now.wall_us) && add(&node, "process", 7, DAY_US));
	CHECK(node_ok(&node.cx, job_claim(&node.cx, NULL, SECOND_US, &job)));
	CHECK(job.account == 7 && str_eq(job.kind, STR("process")) && job.attempts == 1);
	CHECK(job_claim(&node.cx, NULL, SECOND_US, &job) == E_NOTFOUND);
	node_end(&node);
}

TEST(a_job_waits_for_its_time)
{
	struct node node;
	struct job job;
	int64_t us;
	CHECK(open_jobs(&node));
	CHECK(node_ok(&node.cx, job_next(&node.cx, NULL, &us)) && us == INT64_MAX);
	CHECK(add(&node, "later", 0, now.wall_us + MINUTE_US));
	CHECK(job_claim(&node.cx, NULL, SECOND_US, &job) == E_NOTFOUND);
	CHECK(node_ok(&node.cx, job_next(&node.cx, NULL, &us)) && us == MINUTE_US);
	now.wall_us += MINUTE_US;
	CHECK(node_ok(&node.cx, job_claim(&node.cx, NULL, SECOND_US, &job)));
	node_end(&node);
}

TEST(a_lease_that_ran_out_is_anothers_and_the_first_holder_is_told)
{
	struct node node;
	struct job first, second;
	bool again;
	CHECK(open_jobs(&node));
	CHECK(add(&node, "process", 1, 0));
	CHECK(node_ok(&node.cx, job_claim(&node.cx, NULL, 10 * SECOND_US, &first)));
	now.boot_us += 9 * SECOND_US;
	CHECK(node_ok(&node.cx, job_renew(&node.cx, &first, 10 * SECOND_US)));
	now.boot_us += 9 * SECOND_US;
	CHECK(job_claim(&node.cx, NULL, SECOND_US, &second) == E_NOTFOUND);
	now.boot_us += 2 * SECOND_US;
	CHECK(node_ok(&node.cx, job_claim(&node.cx, NULL, 10 * SECOND_US, &second)));
	CHECK(second.attempts == 1);           /* the holder died, or was slow: the job did not fail */
	CHECK(job_renew(&node.cx, &first, SECOND_US) == E_CONFLICT);
	CHECK(job_done(&node.cx, &first) == E_CONFLICT);
	CHECK(job_failed(&node.cx, &first, 9, &again) == E_CONFLICT);
	CHECK(node_ok(&node.cx, job_done(&node.cx, &second)));
	node_end(&node);
}

TEST(a_wall_clock_that_jumps_ends_no_lease)
{
	struct node node;
	struct job first, second;
	CHECK(open_jobs(&node));
	CHECK(add(&node, "process", 1, 0));
	CHECK(node_ok(&node.cx, job_claim(&node.cx, NULL, 10 * SECOND_US, &first)));
	now.wall_us += 365 * DAY_US;
	CHECK(job_claim(&node.cx, NULL, SECOND_US, &second) == E_NOTFOUND);
	node_end(&node);
}

TEST(a_wall_clock_that_was_set_back_puts_no_job_off)
{
	struct node node;
	struct job job;
	CHECK(open_jobs(&node));
	CHECK(add(&node, "soon", 1, now.wall_us + MINUTE_US) && add(&node, "another clock", 2, now.wall_us + 3 * DAY_US));
	now.wall_us -= DAY_US;
	CHECK(node_ok(&node.cx, job_bring_forward(&node.cx, DAY_US)));
	CHECK(node_ok(&node.cx, job_claim(&node.cx, NULL, HOUR_US, &job)) && job.account == 2);
	CHECK(job_claim(&node.cx, NULL, HOUR_US, &job) == E_NOTFOUND);
	now.wall_us += MINUTE_US;
	CHECK(node_ok(&node.cx, job_claim(&node.cx, NULL, HOUR_US, &job)) && job.account == 1);
	node_end(&node);
}

TEST(a_successor_takes_over_at_once_and_counts_no_attempt)
{
	struct node node;
	struct job first, second;
	struct ids commands;
	CHECK(open_jobs(&node));
	CHECK(add(&node, "process", 1, 0));
	CHECK(node_ok(&node.cx, job_claim(&node.cx, NULL, HOUR_US, &first)));
	AUTO(ctx_end) struct ctx command = node.cx;
	command.mem = arena_new_capped(ARENA_REQUEST_BYTES);
	ids_init(&commands, 0, 0, LANE_COMMANDS);
	command.ids = &commands;
	CHECK(node_ok(&node.cx, job_take_back(&command)));     /* a server's are not a command's */
	CHECK(job_claim(&node.cx, NULL, HOUR_US, &second) == E_NOTFOUND);
	CHECK(node_ok(&node.cx, job_take_back(&node.cx)));
	CHECK(node_ok(&node.cx, job_claim(&node.cx, NULL, HOUR_US, &second)) && second.id == first.id && second.attempts == 1);
	CHECK(job_done(&node.cx, &first) == E_CONFLICT);
	node_end(&node);
}

static const struct stmt other_boot = { "other_boot", "UPDATE job SET boot = 'another', lease_us = 9000000000000000", PERSONAL_DB };

static enum err set_other_boot(struct ctx *cx, void *)
{
	return db_run0(cx, other_boot);
}

TEST(a_lease_of_an_earlier_boot_has_ended)
{
	struct node node;
	struct job first, second;
	CHECK(open_jobs(&node));
	CHECK(add(&node, "process", 1, 0));
	CHECK(node_ok(&node.cx, job_claim(&node.cx, NULL, HOUR_US, &first)));
	CHECK(node_ok(&node.cx, writer_run(&node.cx, set_other_boot, NULL)));
	int64_t us;
	CHECK(node_ok(&node.cx, job_next(&node.cx, NULL, &us)) && us == 0);
	CHECK(node_ok(&node.cx, job_claim(&node.cx, NULL, HOUR_US, &second)) && second.id == first.id);
	CHECK(job_done(&node.cx, &first) == E_CONFLICT);
	node_end(&node);
}

TEST(a_job_added_while_it_runs_runs_once_more)
{
	struct node node;
	struct job job;
	CHECK(open_jobs(&node));
	CHECK(add(&node, "process", 1, 0));
	CHECK(node_ok(&node.cx, job_claim(&node.cx, NULL, HOUR_US, &job)));
	CHECK(add(&node, "process", 1, 0));
	CHECK(node_ok(&node.cx, job_done(&node.cx, &job)));
	CHECK(node_ok(&node.cx, job_claim(&node.cx, NULL, HOUR_US, &job)) && job.attempts == 1);
	CHECK(node_ok(&node.cx, job_done(&node.cx, &job)));
	CHECK(job_claim(&node.cx, NULL, HOUR_US, &job) == E_NOTFOUND);
	node_end(&node);
}

TEST(who_was_served_waits_behind_all_who_wait)
{
	struct node node;
	struct job job;
	static const int64_t turns[] = { 1, 2, 1, 3, 1, 1 };
	CHECK(open_jobs(&node));
	CHECK(add(&node, "process", 1, now.wall_us) && add(&node, "process", 2, now.wall_us + 1));
	for (size_t i = 0; i < sizeof turns / sizeof *turns; i++) {
		now.wall_us += SECOND_US;
		CHECK(node_ok(&node.cx, job_claim(&node.cx, NULL, HOUR_US, &job)) && job.account == turns[i]);
		/* added at once, as early as an upload that ends while the first runs */
		if (job.account == 1)
			CHECK(add(&node, "process", 1, now.wall_us));
		if (i == 1)
			CHECK(add(&node, "process", 3, now.wall_us));
		now.wall_us += SECOND_US;
		CHECK(node_ok(&node.cx, job_done(&node.cx, &job)));
		if (i == 0)
			now.wall_us -= SECOND_US;
	}
	node_end(&node);
}

TEST(a_failing_job_backs_off_and_is_given_up)
{
	struct node node;
	struct job job;
	bool again = false;
	int64_t us, last = 0;
	CHECK(open_jobs(&node));
	CHECK(add(&node, "process", 1, 0));
	for (int attempt = 1; attempt <= 4; attempt++) {
		CHECK(node_ok(&node.cx, job_claim(&node.cx, NULL, HOUR_US, &job)) && job.attempts == attempt);
		CHECK(node_ok(&node.cx, job_failed(&node.cx, &job, 4, &again)));
		CHECK(again == (attempt < 4));
		CHECK(node_ok(&node.cx, job_next(&node.cx, NULL, &us)));
		CHECK(us > last);
		last = us;
		now.wall_us += us == INT64_MAX ? 0 : us;
	}
	CHECK(us == INT64_MAX);
	node_end(&node);
}

/* --- threads --- */

struct crew {
	struct node *node;
	atomic_int running, most, done;
};

static void ctx_open(void *self, struct ctx *cx)
{
	struct crew *crew = self;
	struct db_config config = node_db(crew->node, false);
	enum err e = db_open(cx, &config, &cx->db);
	assert(e == OK);
}

static void ctx_close(void *, struct ctx *cx)
{
	db_close(&cx->db);
}

static struct crew *crew_of_test;              /* job functions get no argument */

static enum err count_run(struct ctx *cx, const struct job *job)
{
	struct crew *crew = crew_of_test;
	int running = atomic_fetch_add(&crew->running, 1) + 1;
	if (running > atomic_load(&crew->most))
		atomic_store(&crew->most, running);
	usleep(20'000);
	atomic_fetch_sub(&crew->running, 1);
	if (job->account % 5 == 0 && job->attempts == 1)
		return fail(cx, E_IO, "once");
	atomic_fetch_add(&crew->done, 1);
	return OK;
}

TEST(threads_run_each_job_once_and_two_at_a_time)
{
	struct node node;
	static const struct job_kind kinds[] = { { "count", count_run, 1, false }, {} };
	node_init(&node);
	CHECK(node_open(&node) && node_start(&node, all_statements));
	struct crew crew = { .node = &node };
	crew_of_test = &crew;
	const struct jobs_hooks hooks = { .self = &crew, .ctx_open = ctx_open, .ctx_close = ctx_close };
	struct jobs *jobs = NULL;
	CHECK(node_ok(&node.cx, jobs_start(&node.cx, 2, kinds, &hooks, &jobs)));
	node.cx.jobs = jobs;
	for (int64_t account = 1; account <= 20; account++)
		CHECK(add(&node, "count", account, 0));
	for (int i = 0; i < 3000 && atomic_load(&crew.done) < 16; i++)
		usleep(10'000);
	usleep(100'000);
	jobs_stop(&jobs);
	node.cx.jobs = NULL;
	CHECK(atomic_load(&crew.done) == 16 && atomic_load(&crew.most) == 2);      /* four failed and had one attempt */
	node_end(&node);
}

/* Ends when everything else has been done. */
static enum err long_run(struct ctx *, const struct job *)
{
	struct crew *crew = crew_of_test;
	for (int i = 0; i < 3000 && atomic_load(&crew->done) < 4; i++)
		usleep(10'000);
	atomic_fetch_add(&crew->most, atomic_load(&crew->done) == 4);
	return OK;
}

static enum err short_run(struct ctx *, const struct job *)
{
	atomic_fetch_add(&crew_of_test->done, 1);
	return OK;
}

TEST(short_jobs_do_not_wait_behind_long_ones)
{
	struct node node;
	static const struct job_kind kinds[] = { { "short", short_run, 1, false }, { "long", long_run, 1, true }, {} };
	node_init(&node);
	CHECK(node_open(&node) && node_start(&node, all_statements));
	struct crew crew = { .node = &node };
	crew_of_test = &crew;
	const struct jobs_hooks hooks = { .self = &crew, .ctx_open = ctx_open, .ctx_close = ctx_close };
	struct jobs *jobs = NULL;
	for (int64_t account = 1; account <= 2; account++)
		CHECK(add(&node, "long", account, 0));
	for (int64_t account = 1; account <= 4; account++)
		CHECK(add(&node, "short", account, 0));
	CHECK(node_ok(&node.cx, jobs_start(&node.cx, 2, kinds, &hooks, &jobs)));
	for (int i = 0; i < 3000 && atomic_load(&crew.most) < 2; i++)
		usleep(10'000);
	jobs_stop(&jobs);
	CHECK(atomic_load(&crew.done) == 4 && atomic_load(&crew.most) == 2);
	node_end(&node);
}

TEST(a_share_is_a_kind_or_all_others)
{
	struct node node;
	struct job job;
	int64_t us;
	const struct job_share clips = { .kind = "clip" }, others = { .kind = "clip", .others = true };
	CHECK(open_jobs(&node));
	CHECK(add(&node, "clip", 1, 0));
	CHECK(node_ok(&node.cx, job_next(&node.cx, &others, &us)) && us == INT64_MAX);
	CHECK(job_claim(&node.cx, &others, SECOND_US, &job) == E_NOTFOUND);
	CHECK(add(&node, "erase", 1, 0));
	CHECK(node_ok(&node.cx, job_claim(&node.cx, &others, SECOND_US, &job)) && str_eq(job.kind, STR("erase")));
	CHECK(node_ok(&node.cx, job_next(&node.cx, &clips, &us)) && us == 0);
	CHECK(node_ok(&node.cx, job_claim(&node.cx, &clips, SECOND_US, &job)) && str_eq(job.kind, STR("clip")));
	node_end(&node);
}

int main(void)
{
	RUN(the_same_job_twice_is_one_and_runs_at_the_earlier_time);
	RUN(a_job_waits_for_its_time);
	RUN(a_lease_that_ran_out_is_anothers_and_the_first_holder_is_told);
	RUN(a_wall_clock_that_jumps_ends_no_lease);
	RUN(a_wall_clock_that_was_set_back_puts_no_job_off);
	RUN(a_successor_takes_over_at_once_and_counts_no_attempt);
	RUN(a_lease_of_an_earlier_boot_has_ended);
	RUN(a_job_added_while_it_runs_runs_once_more);
	RUN(who_was_served_waits_behind_all_who_wait);
	RUN(a_failing_job_backs_off_and_is_given_up);
	RUN(a_share_is_a_kind_or_all_others);
	RUN(threads_run_each_job_once_and_two_at_a_time);
	RUN(short_jobs_do_not_wait_behind_long_ones);
	return tap_end();
}

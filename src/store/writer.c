#include "store/writer.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/config.h"
#include "store/connection.h"
#include "store/writer_group.h"

#define GROUP_STANDARD 256                     /* without settings */

/* --- the queue --- */

void writer_submit(struct writer *writer, struct ctx *cx, write_work *work, void *argument, write_done *done)
{
	pthread_mutex_lock(&writer->lock);
	bool full = writer->queued == QUEUE_MAX;
	if (!full) {
		writer->queue[(writer->first + writer->queued++) % QUEUE_MAX] =
			(struct write){ .cx = cx, .work = work, .argument = argument, .done = done, .since_us = clock_boot_us(NULL) };
		if (writer->waiting)
			pthread_cond_signal(&writer->arrived);
	}
	pthread_mutex_unlock(&writer->lock);
	if (full)
		done(argument, fail(cx, E_BUSY, "too many writes wait; try again in a moment"));
}

struct awaited {
	struct ctx *cx;
	write_work *work;
	void *argument;
	pthread_mutex_t lock;
	pthread_cond_t told;
	bool done;                             /* this and outcome: under lock */
	enum err outcome;
};

static enum err run_awaited(struct ctx *cx, void *argument)
{
	struct awaited *awaited = argument;
	return awaited->work(cx, awaited->argument);
}

static void tell_awaited(void *argument, enum err outcome)
{
	struct awaited *awaited = argument;
	pthread_mutex_lock(&awaited->lock);
	awaited->outcome = outcome;
	awaited->done = true;
	pthread_cond_signal(&awaited->told);
	pthread_mutex_unlock(&awaited->lock);
}

enum err writer_run(struct ctx *cx, write_work *work, void *argument)
{
	struct awaited awaited = { .cx = cx, .work = work, .argument = argument };
	assert(!writer_here(cx));
	pthread_mutex_init(&awaited.lock, NULL);
	pthread_cond_init(&awaited.told, NULL);
	writer_submit(cx->writer, cx, run_awaited, &awaited, tell_awaited);
	pthread_mutex_lock(&awaited.lock);
	while (!awaited.done)
		pthread_cond_wait(&awaited.told, &awaited.lock);
	pthread_mutex_unlock(&awaited.lock);
	pthread_cond_destroy(&awaited.told);
	pthread_mutex_destroy(&awaited.lock);
	return awaited.outcome;
}

bool writer_here(const struct ctx *cx)
{
	return cx->writer && cx->db && cx->db == cx->writer->db;
}

enum err writer_run_here(struct ctx *cx, write_work *work, void *argument)
{
	return writer_here(cx) ? work(cx, argument) : writer_run(cx, work, argument);
}

void writer_scrub(struct ctx *cx, enum store store)
{
	assert(writer_here(cx));
	cx->writer->scrub[store] = true;
	cx->writer->retry_due_us = 0;
}

bool writer_scrubbed(const struct ctx *cx)
{
	assert(writer_here(cx));
	const bool *waits = cx->writer->scrub;
	return !waits[PUBLIC_DB] && !waits[PERSONAL_DB] && !waits[KEYS_DB];
}

/* --- the thread --- */

static void wait_until(struct writer *writer, int64_t due_us)
{
	int64_t left = due_us - clock_boot_us(NULL);
	struct timespec until;
	if (left <= 0)
		return;
	writer->waiting = true;
	if (due_us == INT64_MAX) {
		pthread_cond_wait(&writer->arrived, &writer->lock);
	} else {
		clock_gettime(CLOCK_MONOTONIC, &until);
		int64_t at_ns = (int64_t)until.tv_sec * 1'000'000'000 + until.tv_nsec + left * 1000;
		until = (struct timespec){ .tv_sec = at_ns / 1'000'000'000, .tv_nsec = at_ns % 1'000'000'000 };
		pthread_cond_timedwait(&writer->arrived, &writer->lock, &until);
	}
	writer->waiting = false;
}

/* False: stopping, and nothing is queued.  A count of 0: something is due by itself. */
static bool take_group(struct writer *writer, unsigned *count)
{
	pthread_mutex_lock(&writer->lock);
	if (writer->queued == 0 && !writer->stopping)
		wait_until(writer, group_due_us(writer));
	unsigned n = writer->queued < writer->group_max ? writer->queued : writer->group_max;
	for (unsigned i = 0; i < n; i++)
		writer->group[i] = writer->queue[(writer->first + i) % QUEUE_MAX];
	writer->first = (writer->first + n) % QUEUE_MAX;
	writer->queued -= n;
	bool end = writer->stopping && n == 0;
	pthread_mutex_unlock(&writer->lock);
	*count = n;
	return !end;
}

static void *write_groups(void *self)
{
	struct writer *writer = self;
	unsigned count;
	while (take_group(writer, &count)) {
		if (count > 0 || group_due_us(writer) <= clock_boot_us(NULL))
			group_run(writer, count);
		group_settle(writer, count == 0);
	}
	writer->totals_due_us = 0;
	group_run(writer, 0);
	return NULL;
}

/* --- start and stop --- */

static int by_name(const void *a, const void *b)
{
	return strcmp((*(const struct stmt *const *)a)->name, (*(const struct stmt *const *)b)->name);
}

static void sort_statements(struct writer *writer, const struct stmt *const *statements)
{
	while (statements[writer->statement_count])
		writer->statement_count++;
	writer->statements = calloc(writer->statement_count + 1, sizeof *writer->statements);
	if (!writer->statements)
		abort();
	for (size_t i = 0; i < writer->statement_count; i++)
		writer->statements[i] = statements[i];
	qsort(writer->statements, writer->statement_count, sizeof *writer->statements, by_name);
}

static void writer_free(struct writer **writer)
{
	if (!*writer)
		return;
	db_close(&(*writer)->db);
	ctx_end(&(*writer)->own);
	pthread_cond_destroy(&(*writer)->arrived);
	pthread_mutex_destroy(&(*writer)->lock);
	free((*writer)->queue);
	free((*writer)->group);
	free((*writer)->statements);
	weights_free(&(*writer)->weights);
	free(*writer);
	*writer = NULL;
}

static void init_lock(struct writer *writer)
{
	pthread_condattr_t monotonic;
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&writer->arrived, &monotonic);
	pthread_condattr_destroy(&monotonic);
	pthread_mutex_init(&writer->lock, NULL);
}

enum err writer_start(struct ctx *template, struct db *db, const struct stmt *const *statements, struct writer **out)
{
	AUTO(writer_free) struct writer *writer = calloc(1, sizeof *writer);
	if (!writer)
		abort();
	init_lock(writer);
	writer->db = db;
	writer->weights = weights_new();
	writer->own = (struct ctx){ .mem = arena_new_capped((size_t)64 << 20), .now_us = clock_wall_us(template->clock),
		.clock = template->clock, .ids = template->ids, .log = template->log, .config = template->config,
		.faults = template->faults, .db = db };
	writer->group_max = template->config ? (unsigned)template->config->store_group_max : GROUP_STANDARD;
	writer->queue = calloc(QUEUE_MAX, sizeof *writer->queue);
	writer->group = calloc(writer->group_max, sizeof *writer->group);
	if (!writer->queue || !writer->group)
		abort();
	sort_statements(writer, statements);
	enum err e = outbox_resume(writer);
	if (e != OK) {
		template->failure = writer->own.failure;
		return e;
	}
	arena_free(&writer->own.mem);
	if (pthread_create(&writer->thread, NULL, write_groups, writer) != 0)
		return fail(template, E_IO, "the writer's thread cannot start");
	*out = writer;
	writer = NULL;
	return OK;
}

void writer_guard(struct writer *writer, enum err (*may_write)(struct ctx *))
{
	writer->may_write = may_write;
}

void writer_after(struct writer *writer, void (*committed)(void *), void *self)
{
	/* The thread runs already: whoever sees the function sees whose it is. */
	writer->committed_self = self;
	atomic_store(&writer->committed, committed);
}

uint64_t writer_group(const struct ctx *cx)
{
	assert(writer_here(cx));
	return atomic_load(&cx->writer->groups);
}

void writer_stop(struct writer **writer)
{
	if (!writer || !*writer)
		return;
	pthread_mutex_lock(&(*writer)->lock);
	(*writer)->stopping = true;
	pthread_cond_signal(&(*writer)->arrived);
	pthread_mutex_unlock(&(*writer)->lock);
	pthread_join((*writer)->thread, NULL);
	writer_free(writer);
}

uint64_t writer_public_changes(const struct writer *writer)
{
	return atomic_load(&writer->public_changes);
}

int64_t writer_wait_us(struct writer *writer)
{
	pthread_mutex_lock(&writer->lock);
	int64_t since_us = writer->queued ? writer->queue[writer->first].since_us : INT64_MAX;
	pthread_mutex_unlock(&writer->lock);
	return since_us == INT64_MAX ? 0 : clock_boot_us(NULL) - since_us;
}

void writer_read_stats(struct writer *writer, struct writer_stats *out)
{
	pthread_mutex_lock(&writer->lock);
	unsigned queued = writer->queued;
	pthread_mutex_unlock(&writer->lock);
	*out = (struct writer_stats){
		.groups = atomic_load(&writer->groups), .works = atomic_load(&writer->works), .failed = atomic_load(&writer->failed),
		.queued = queued, .largest_group = atomic_load(&writer->largest_group),
	};
}

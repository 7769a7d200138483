#include "media/spare.h"

#include <pthread.h>
#include <stdlib.h>
#include <time.h>

struct spare {
	const char *program;
	const struct log *log;
	int64_t patience_us;
	pthread_t thread;
	pthread_mutex_t lock;                  /* of all that follows */
	pthread_cond_t changed;
	bool wanted, stop;
	int64_t until_us;                      /* boot clock */
	struct worker_process ready;
};

static void start_one(struct spare *spare)
{
	AUTO(ctx_end) struct ctx cx = {
		.mem = arena_new_capped(ARENA_REQUEST_BYTES), .log = spare->log,
	};
	struct worker_process process = WORKER_PROCESS_NONE;
	spare->wanted = false;
	pthread_mutex_unlock(&spare->lock);
	const enum err outcome = worker_process_start(&cx, spare->program, &process);
	if (outcome != OK)
		log_line(cx.log, LOG_WARN, "no spare worker: %s", cx.failure.text);
	pthread_mutex_lock(&spare->lock);
	spare->ready = process;
}

static void end_one(struct spare *spare)
{
	struct worker_process process = spare->ready;
	spare->ready = WORKER_PROCESS_NONE;
	pthread_mutex_unlock(&spare->lock);
	worker_process_end(&process);
	pthread_mutex_lock(&spare->lock);
}

/* CLOCK_MONOTONIC, which pthread_cond_clockwait() knows, stands still where the boot clock does not: it waits longer then. */
static void wait_until(struct spare *spare, int64_t us)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	const int64_t ns = until.tv_nsec + us % SECOND_US * 1000;
	until.tv_sec += us / SECOND_US + ns / 1000000000;
	until.tv_nsec = ns % 1000000000;
	pthread_cond_clockwait(&spare->changed, &spare->lock, CLOCK_MONOTONIC, &until);
}

static void *keep(void *self)
{
	struct spare *const spare = self;
	pthread_mutex_lock(&spare->lock);
	while (!spare->stop) {
		const bool waits = spare->ready.pid != 0;
		const int64_t left_us = spare->until_us - clock_boot_us(NULL);
		if (!waits && spare->wanted)
			start_one(spare);
		else if (waits && left_us <= 0)
			end_one(spare);
		else if (waits)
			wait_until(spare, left_us);
		else
			pthread_cond_wait(&spare->changed, &spare->lock);
	}
	pthread_mutex_unlock(&spare->lock);
	return NULL;
}

enum err spare_open(struct ctx *cx, const char *program, int64_t patience_us, struct spare **out)
{
	struct spare *spare = calloc(1, sizeof *spare);
	if (!spare)
		return fail(cx, E_IO, "no memory");
	*spare = (struct spare){
		.program = program, .log = cx->log, .patience_us = patience_us, .ready = WORKER_PROCESS_NONE,
	};
	pthread_mutex_init(&spare->lock, NULL);
	pthread_cond_init(&spare->changed, NULL);
	if (fault_hit(cx) || pthread_create(&spare->thread, NULL, keep, spare) != 0) {
		pthread_cond_destroy(&spare->changed);
		pthread_mutex_destroy(&spare->lock);
		free(spare);
		return fail(cx, E_IO, "cannot start a thread");
	}
	*out = spare;
	return OK;
}

void spare_close(struct spare **spare)
{
	if (!*spare)
		return;
	pthread_mutex_lock(&(*spare)->lock);
	(*spare)->stop = true;
	pthread_cond_signal(&(*spare)->changed);
	pthread_mutex_unlock(&(*spare)->lock);
	pthread_join((*spare)->thread, NULL);
	worker_process_end(&(*spare)->ready);
	pthread_cond_destroy(&(*spare)->changed);
	pthread_mutex_destroy(&(*spare)->lock);
	free(*spare);
	*spare = NULL;
}

void spare_want(struct spare *spare)
{
	pthread_mutex_lock(&spare->lock);
	spare->until_us = clock_boot_us(NULL) + spare->patience_us;
	spare->wanted = spare->ready.pid == 0;
	if (spare->wanted)
		pthread_cond_signal(&spare->changed);
	pthread_mutex_unlock(&spare->lock);
}

struct worker_process spare_take(struct spare *spare)
{
	pthread_mutex_lock(&spare->lock);
	const struct worker_process process = spare->ready;
	spare->ready = WORKER_PROCESS_NONE;
	pthread_cond_signal(&spare->changed);
	pthread_mutex_unlock(&spare->lock);
	return process;
}

#include "http/slow.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

struct task {
	void (*work)(void *argument);
	void *argument;
	int64_t since_us;                      /* boot time */
};

/* A ring. */
struct line {
	unsigned first, queued;
	struct task *tasks;
};

struct slow_pool {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stopping;                         /* under lock, as are the two below */
	enum slow_line turn;
	struct line lines[SLOW_LINES];
	unsigned started;
	unsigned queue_max;                    /* fixed */
	pthread_t threads[];
};

/* Under the lock. */
static bool nobody_waits(const struct slow_pool *pool)
{
	return pool->lines[SLOW_ASKING].queued == 0 && pool->lines[SLOW_BROUGHT].queued == 0;
}

static struct task take_next(struct slow_pool *pool)
{
	enum slow_line other = pool->turn == SLOW_ASKING ? SLOW_BROUGHT : SLOW_ASKING;
	enum slow_line from = pool->lines[pool->turn].queued ? pool->turn : other;
	struct line *line = &pool->lines[from];
	struct task task = line->tasks[line->first];
	line->first = (line->first + 1) % pool->queue_max;
	line->queued--;
	pool->turn = from == SLOW_ASKING ? SLOW_BROUGHT : SLOW_ASKING;
	return task;
}

static void *serve(void *argument)
{
	struct slow_pool *pool = argument;
	pthread_mutex_lock(&pool->lock);
	for (;;) {
		while (nobody_waits(pool) && !pool->stopping)
			pthread_cond_wait(&pool->wake, &pool->lock);
		if (nobody_waits(pool))
			break;
		struct task task = take_next(pool);
		pthread_mutex_unlock(&pool->lock);
		task.work(task.argument);
		pthread_mutex_lock(&pool->lock);
	}
	pthread_mutex_unlock(&pool->lock);
	return NULL;
}

enum err slow_start(struct ctx *cx, unsigned threads, unsigned queue_max, struct slow_pool **out)
{
	struct slow_pool *pool AUTO(slow_stop) = calloc(1, sizeof *pool + threads * sizeof(pthread_t));
	if (!pool)
		abort();
	for (enum slow_line line = SLOW_ASKING; line < SLOW_LINES; line++) {
		pool->lines[line].tasks = calloc(queue_max, sizeof *pool->lines[line].tasks);
		if (!pool->lines[line].tasks)
			abort();
	}
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->wake, NULL);
	pool->queue_max = queue_max;
	while (pool->started < threads) {
		if (fault_hit(cx) || pthread_create(&pool->threads[pool->started], NULL, serve, pool) != 0)
			return fail(cx, E_IO, "No thread could be started for slow work.");
		pool->started++;
	}
	*out = pool;
	pool = NULL;
	return OK;
}

void slow_submit(struct slow_pool *pool, enum slow_line which, void (*work)(void *argument), void *argument)
{
	pthread_mutex_lock(&pool->lock);
	struct line *line = &pool->lines[which];
	assert(line->queued < pool->queue_max);
	line->tasks[(line->first + line->queued) % pool->queue_max] =
		(struct task){ .work = work, .argument = argument, .since_us = clock_boot_us(NULL) };
	line->queued++;
	pthread_cond_signal(&pool->wake);
	pthread_mutex_unlock(&pool->lock);
}

int64_t slow_wait_us(struct slow_pool *pool)
{
	int64_t oldest_us = INT64_MAX;
	pthread_mutex_lock(&pool->lock);
	for (enum slow_line i = SLOW_ASKING; i < SLOW_LINES; i++) {
		const struct line *line = &pool->lines[i];
		if (line->queued && line->tasks[line->first].since_us < oldest_us)
			oldest_us = line->tasks[line->first].since_us;
	}
	pthread_mutex_unlock(&pool->lock);
	return oldest_us == INT64_MAX ? 0 : clock_boot_us(NULL) - oldest_us;
}

void slow_stop(struct slow_pool **pool)
{
	if (!pool || !*pool)
		return;
	pthread_mutex_lock(&(*pool)->lock);
	(*pool)->stopping = true;
	pthread_cond_broadcast(&(*pool)->wake);
	pthread_mutex_unlock(&(*pool)->lock);
	for (unsigned i = 0; i < (*pool)->started; i++)
		pthread_join((*pool)->threads[i], NULL);
	pthread_cond_destroy(&(*pool)->wake);
	pthread_mutex_destroy(&(*pool)->lock);
	for (enum slow_line line = SLOW_ASKING; line < SLOW_LINES; line++)
		free((*pool)->lines[line].tasks);
	free(*pool);
	*pool = NULL;
}

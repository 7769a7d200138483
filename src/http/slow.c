#include "http/slow.h"

#include <pthread.h>
#include <stdlib.h>

struct task {
	void (*work)(void *argument);
	void *argument;
};

struct slow_pool {
	pthread_mutex_t lock;
	pthread_cond_t wake;
	bool stopping;                         /* under lock, as are the three below */
	unsigned first, queued;
	unsigned started;
	unsigned queue_max;                    /* fixed */
	struct task *queue;                    /* a ring, under lock */
	pthread_t threads[];
};

static void *serve(void *argument)
{
	struct slow_pool *pool = argument;
	pthread_mutex_lock(&pool->lock);
	for (;;) {
		while (pool->queued == 0 && !pool->stopping)
			pthread_cond_wait(&pool->wake, &pool->lock);
		if (pool->queued == 0)
			break;
		struct task task = pool->queue[pool->first];
		pool->first = (pool->first + 1) % pool->queue_max;
		pool->queued--;
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
	struct task *queue = calloc(queue_max, sizeof *queue);
	if (!pool || !queue)
		abort();
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->wake, NULL);
	pool->queue = queue;
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

bool slow_submit(struct slow_pool *pool, void (*work)(void *argument), void *argument)
{
	pthread_mutex_lock(&pool->lock);
	bool room = pool->queued < pool->queue_max;
	if (room) {
		pool->queue[(pool->first + pool->queued) % pool->queue_max] = (struct task){ .work = work, .argument = argument };
		pool->queued++;
		pthread_cond_signal(&pool->wake);
	}
	pthread_mutex_unlock(&pool->lock);
	return room;
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
	free((*pool)->queue);
	free(*pool);
	*pool = NULL;
}

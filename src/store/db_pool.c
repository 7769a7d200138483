#include <pthread.h>
#include <stdlib.h>

#include "store/db.h"

struct db_pool {
	pthread_mutex_t lock;
	pthread_cond_t given;
	unsigned free_count, count;            /* free_count and free: under lock */
	struct db **free, **all;
};

enum err db_pool_open(struct ctx *cx, const struct db_config *config, unsigned connections, struct db_pool **out)
{
	AUTO(db_pool_close) struct db_pool *pool = calloc(1, sizeof *pool);
	if (!pool)
		abort();
	pthread_mutex_init(&pool->lock, NULL);
	pthread_cond_init(&pool->given, NULL);
	pool->free = calloc(connections, sizeof(struct db *));
	pool->all = calloc(connections, sizeof(struct db *));
	if (!pool->free || !pool->all)
		abort();
	struct db_config reading = *config;
	reading.write = false;
	for (; pool->count < connections; pool->count++) {
		TRY(db_open(cx, &reading, &pool->all[pool->count]));
		pool->free[pool->free_count++] = pool->all[pool->count];
	}
	*out = pool;
	pool = NULL;
	return OK;
}

struct db *db_pool_take(struct db_pool *pool)
{
	pthread_mutex_lock(&pool->lock);
	while (pool->free_count == 0)
		pthread_cond_wait(&pool->given, &pool->lock);
	struct db *db = pool->free[--pool->free_count];
	pthread_mutex_unlock(&pool->lock);
	return db;
}

void db_pool_give(struct db_pool *pool, struct db *db)
{
	pthread_mutex_lock(&pool->lock);
	pool->free[pool->free_count++] = db;
	pthread_cond_signal(&pool->given);
	pthread_mutex_unlock(&pool->lock);
}

void db_pool_close(struct db_pool **pool)
{
	if (!pool || !*pool)
		return;
	for (unsigned i = 0; i < (*pool)->count; i++)
		db_close(&(*pool)->all[i]);
	pthread_cond_destroy(&(*pool)->given);
	pthread_mutex_destroy(&(*pool)->lock);
	free((*pool)->all);
	free((*pool)->free);
	free(*pool);
	*pool = NULL;
}

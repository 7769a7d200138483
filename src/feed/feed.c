#include <pthread.h>
#include <stdlib.h>
#include <time.h>

#include "feed/pool.h"

/* How often public.db is asked whether it has changed, and how long a pool stands at least. */
#define LOOK_MS 250
#define STAND_US SECOND_US

struct feed {
	struct ctx cx;                         /* the thread's own */
	unsigned fresh_max, liked_max;
	pthread_t thread;
	bool running;
	pthread_mutex_t lock;                  /* of all that follows */
	pthread_cond_t wake;
	bool stop;
	struct pool *pool;
	struct feed_stats stats;
};

struct pool *feed_pool(struct feed *feed)
{
	pthread_mutex_lock(&feed->lock);
	struct pool *const pool = feed->pool;
	atomic_fetch_add(&pool->refs, 1);
	pthread_mutex_unlock(&feed->lock);
	return pool;
}

static void replace_pool(struct feed *feed, struct pool *pool, int64_t took_us)
{
	pthread_mutex_lock(&feed->lock);
	struct pool *old = feed->pool;
	feed->pool = pool;
	feed->stats.builds++;
	feed->stats.build_us += (uint64_t)took_us;
	feed->stats.candidates = pool->fresh_count + pool->liked_count;
	pthread_mutex_unlock(&feed->lock);
	pool_give(&old);
}

enum err feed_refresh(struct ctx *cx, struct feed *feed)
{
	struct pool *pool = NULL;
	const int64_t from_us = clock_boot_us(NULL);
	TRY(pool_build(cx, feed->fresh_max, feed->liked_max, &pool));
	replace_pool(feed, pool, clock_boot_us(NULL) - from_us);
	return OK;
}

static enum err follow_database(struct feed *feed, int64_t *seen)
{
	struct ctx *const cx = &feed->cx;
	int64_t version;
	cx->now_us = clock_wall_us(cx->clock);
	TRY(db_version(cx, PUBLIC_DB, &version));
	if (version == *seen)
		return OK;
	TRY(feed_refresh(cx, feed));
	*seen = version;
	return OK;
}

/* Under the lock.  False: the end. */
static bool wait_ms(struct feed *feed, int64_t ms)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	const int64_t ns = until.tv_nsec + ms * 1'000'000;
	until.tv_sec += ns / 1'000'000'000;
	until.tv_nsec = ns % 1'000'000'000;
	while (!feed->stop && pthread_cond_timedwait(&feed->wake, &feed->lock, &until) == 0)
		;
	return !feed->stop;
}

static void *run(void *argument)
{
	struct feed *const feed = argument;
	int64_t seen = -1, built_us = clock_boot_us(NULL);
	pthread_mutex_lock(&feed->lock);
	while (wait_ms(feed, LOOK_MS)) {
		pthread_mutex_unlock(&feed->lock);
		if (clock_boot_us(NULL) - built_us >= STAND_US) {
			const int64_t before = seen;
			if (follow_database(feed, &seen) != OK)
				log_line(feed->cx.log, LOG_WARN, "feed not refreshed error=%s text=\"%s\"",
					err_name(feed->cx.failure.code), feed->cx.failure.text);
			if (before != seen)
				built_us = clock_boot_us(NULL);
			arena_free(&feed->cx.mem);
		}
		pthread_mutex_lock(&feed->lock);
	}
	pthread_mutex_unlock(&feed->lock);
	return NULL;
}

static struct feed *feed_new(const struct ctx *template)
{
	struct feed *const feed = calloc(1, sizeof *feed);
	pthread_condattr_t monotonic;
	if (!feed)
		return NULL;
	feed->cx = (struct ctx){
		.mem = arena_new_capped(ARENA_REQUEST_BYTES), .clock = template->clock, .log = template->log,
		.config = template->config, .faults = template->faults, .ids = template->ids,
		.now_us = clock_wall_us(template->clock),
	};
	pthread_mutex_init(&feed->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&feed->wake, &monotonic);
	pthread_condattr_destroy(&monotonic);
	return feed;
}

static enum err start(struct feed *feed, const struct db_config *config)
{
	struct ctx *const cx = &feed->cx;
	TRY(db_open(cx, config, &cx->db));
	TRY(feed_refresh(cx, feed));
	if (fault_hit(cx) || pthread_create(&feed->thread, NULL, run, feed) != 0)
		return fail(cx, E_IO, "cannot start the feed's thread");
	feed->running = true;
	return OK;
}

enum err feed_open_sized(struct ctx *cx, const struct db_config *config, unsigned fresh_max, unsigned liked_max, struct feed **out)
{
	AUTO(feed_close) struct feed *feed = feed_new(cx);
	if (!feed)
		return fail(cx, E_IO, "no memory");
	feed->fresh_max = fresh_max;
	feed->liked_max = liked_max;
	const enum err outcome = start(feed, config);
	if (outcome != OK) {
		cx->failure = feed->cx.failure;
		return outcome;
	}
	*out = feed;
	feed = NULL;
	return OK;
}

enum err feed_open(struct ctx *cx, const struct db_config *config, struct feed **out)
{
	return feed_open_sized(cx, config, FEED_FRESH_MAX, FEED_LIKED_MAX, out);
}

void feed_close(struct feed **feed)
{
	struct feed *const gone = *feed;
	if (!gone)
		return;
	if (gone->running) {
		pthread_mutex_lock(&gone->lock);
		gone->stop = true;
		pthread_cond_signal(&gone->wake);
		pthread_mutex_unlock(&gone->lock);
		pthread_join(gone->thread, NULL);
	}
	db_close(&gone->cx.db);
	pool_give(&gone->pool);
	ctx_end(&gone->cx);
	pthread_cond_destroy(&gone->wake);
	pthread_mutex_destroy(&gone->lock);
	free(gone);
	*feed = NULL;
}

void feed_read_stats(struct feed *feed, struct feed_stats *out)
{
	pthread_mutex_lock(&feed->lock);
	*out = feed->stats;
	pthread_mutex_unlock(&feed->lock);
}

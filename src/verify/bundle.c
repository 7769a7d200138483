#include "verify/bundle.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define THREADS_MAX 4

void bundle_read(struct bundle *bundle)
{
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	struct str rest = buf_view(&bundle->bytes), line;
	bundle->count = 0;
	while (bundle->count < bundle->width && bundle_next(&rest, &line)) {
		const unsigned i = bundle->count++;
		bundle->lines[i] = line;
		bundle->leaves[i] = tree_leaf(line);
		bundle->valid[i] = entry_parse(&cx, line, &bundle->entries[i]) == OK;
		if (!bundle->valid[i]) {
			memcpy(bundle->why[i], cx.failure.text, sizeof bundle->why[i]);
			bundle->why[i][sizeof bundle->why[i] - 1] = '\0';
		}
	}
	/* bytes behind the last entry were hashed by nobody */
	if (bundle->width == TILE_WIDTH && rest.n)
		bundle->count = 0;
	if (bundle->count == TILE_WIDTH)
		bundle->root = tile_subtree(bundle->leaves, TILE_HEIGHT);
}

/* --- the threads --- */

struct crew {
	pthread_mutex_t lock;                  /* of all below but the bundles that are being read */
	pthread_cond_t work, ready;
	bool ending;
	uint64_t submitted, begun, taken, finished;    /* counts; a bundle's place is its number modulo CREW_BUNDLES */
	bool is_read[CREW_BUNDLES];
	unsigned thread_count;
	pthread_t threads[THREADS_MAX];
	struct bundle bundles[CREW_BUNDLES];
};

/* The oldest that nobody reads yet; under the lock, which is given back meanwhile. */
static void read_one(struct crew *crew)
{
	const unsigned place = (unsigned)(crew->begun++ % CREW_BUNDLES);
	pthread_mutex_unlock(&crew->lock);
	bundle_read(&crew->bundles[place]);
	pthread_mutex_lock(&crew->lock);
	crew->is_read[place] = true;
	pthread_cond_signal(&crew->ready);
}

static void *read_bundles(void *argument)
{
	struct crew *const crew = argument;
	pthread_mutex_lock(&crew->lock);
	while (!crew->ending) {
		if (crew->begun < crew->submitted)
			read_one(crew);
		else
			pthread_cond_wait(&crew->work, &crew->lock);
	}
	pthread_mutex_unlock(&crew->lock);
	return NULL;
}

struct crew *crew_new(void)
{
	struct crew *const crew = calloc(1, sizeof *crew);
	const long cores = sysconf(_SC_NPROCESSORS_ONLN);
	if (!crew)
		abort();
	pthread_mutex_init(&crew->lock, NULL);
	pthread_cond_init(&crew->work, NULL);
	pthread_cond_init(&crew->ready, NULL);
	/* who takes them reads, too, instead of waiting */
	const unsigned wanted = cores < 2 ? 0 : cores > THREADS_MAX ? THREADS_MAX : (unsigned)cores - 1;
	while (crew->thread_count < wanted && pthread_create(&crew->threads[crew->thread_count], NULL, read_bundles, crew) == 0)
		crew->thread_count++;
	return crew;
}

void crew_free(struct crew **held)
{
	struct crew *const crew = *held;
	if (!crew)
		return;
	pthread_mutex_lock(&crew->lock);
	crew->ending = true;
	pthread_cond_broadcast(&crew->work);
	pthread_mutex_unlock(&crew->lock);
	for (unsigned i = 0; i < crew->thread_count; i++)
		pthread_join(crew->threads[i], NULL);
	for (unsigned i = 0; i < CREW_BUNDLES; i++)
		buf_free(&crew->bundles[i].bytes);
	pthread_cond_destroy(&crew->work);
	pthread_cond_destroy(&crew->ready);
	pthread_mutex_destroy(&crew->lock);
	free(crew);
	*held = NULL;
}

struct bundle *crew_spare(struct crew *crew)
{
	/* only the caller moves these two */
	return crew->submitted - crew->finished < CREW_BUNDLES ? &crew->bundles[crew->submitted % CREW_BUNDLES] : NULL;
}

void crew_submit(struct crew *crew, struct bundle *bundle)
{
	pthread_mutex_lock(&crew->lock);
	assert(bundle == &crew->bundles[crew->submitted % CREW_BUNDLES]);
	crew->is_read[crew->submitted % CREW_BUNDLES] = false;
	crew->submitted++;
	pthread_cond_signal(&crew->work);
	pthread_mutex_unlock(&crew->lock);
}

struct bundle *crew_take(struct crew *crew)
{
	struct bundle *out = NULL;
	pthread_mutex_lock(&crew->lock);
	if (crew->taken < crew->submitted) {
		const unsigned place = (unsigned)(crew->taken++ % CREW_BUNDLES);
		while (!crew->is_read[place]) {
			if (crew->begun < crew->submitted)
				read_one(crew);
			else
				pthread_cond_wait(&crew->ready, &crew->lock);
		}
		out = &crew->bundles[place];
	}
	pthread_mutex_unlock(&crew->lock);
	return out;
}

void crew_done(struct crew *crew, struct bundle *bundle)
{
	assert(bundle == &crew->bundles[crew->finished % CREW_BUNDLES]);
	buf_free(&bundle->bytes);
	crew->finished++;
}

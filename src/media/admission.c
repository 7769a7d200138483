#include "media/admission.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "keys/keys.h"

#define RETRY_MOST_SECONDS 30
#define MEMORY 8                               /* of the mean: a new figure counts for one in so many */

struct holder {
	int64_t person;
	unsigned count;                        /* 0: free */
};

struct admission {
	pthread_mutex_t lock;
	unsigned most;                         /* fixed */
	unsigned used, holder_count;           /* under lock, as is all that follows; holders are in front, without gaps */
	int64_t mean_us;                       /* that one has held its place */
	uint64_t turned_away;
	struct holder holders[];
};

struct admission *admission_new(unsigned most)
{
	struct admission *admission = calloc(1, sizeof *admission + most * sizeof *admission->holders);
	if (!admission)
		abort();
	pthread_mutex_init(&admission->lock, NULL);
	admission->most = most;
	return admission;
}

void admission_free(struct admission **admission)
{
	if (!admission || !*admission)
		return;
	pthread_mutex_destroy(&(*admission)->lock);
	free(*admission);
	*admission = NULL;
}

/* Under the lock: the person's, or the place where a new one goes. */
static struct holder *holder_of(struct admission *admission, int64_t person)
{
	struct holder *holder = admission->holders;
	while (holder < admission->holders + admission->holder_count && holder->person != person)
		holder++;
	return holder;
}

static bool take_place(struct admission *admission, int64_t person)
{
	unsigned free_places = admission->most - admission->used;
	struct holder *holder = holder_of(admission, person);
	bool known = holder < admission->holders + admission->holder_count;
	if (free_places == 0 || (known && holder->count >= free_places))
		return false;
	if (!known) {
		*holder = (struct holder){ .person = person };
		admission->holder_count++;
	}
	holder->count++;
	admission->used++;
	return true;
}

/* Not all at the same moment again. */
static int64_t seconds_from(int64_t mean_us)
{
	unsigned char random;
	random_bytes(&random, sizeof random);
	int64_t seconds = mean_us / SECOND_US + 1;
	seconds += seconds * random / 256;
	return seconds < RETRY_MOST_SECONDS ? seconds : RETRY_MOST_SECONDS;
}

enum err admission_enter(struct ctx *cx, struct admission *admission, int64_t person)
{
	pthread_mutex_lock(&admission->lock);
	bool taken = take_place(admission, person);
	int64_t mean_us = admission->mean_us;
	admission->turned_away += !taken;
	pthread_mutex_unlock(&admission->lock);
	if (taken)
		return OK;
	int64_t seconds = seconds_from(mean_us);
	enum err outcome = fail(cx, E_BUSY, "too many uploads arrive at once: this one can go on in %lld seconds", (long long)seconds);
	cx->failure.retry_seconds = seconds;
	return outcome;
}

void admission_leave(struct admission *admission, int64_t person, int64_t since_us)
{
	int64_t held_us = clock_boot_us(NULL) - since_us;
	pthread_mutex_lock(&admission->lock);
	struct holder *holder = holder_of(admission, person);
	assert(holder < admission->holders + admission->holder_count && holder->count > 0);
	if (--holder->count == 0)
		*holder = admission->holders[--admission->holder_count];
	admission->used--;
	admission->mean_us += (held_us - admission->mean_us) / MEMORY;
	pthread_mutex_unlock(&admission->lock);
}

void admission_read_stats(struct admission *admission, struct admission_stats *out)
{
	pthread_mutex_lock(&admission->lock);
	*out = (struct admission_stats){ .arriving = admission->used, .turned_away = admission->turned_away };
	pthread_mutex_unlock(&admission->lock);
}

#include "upkeep/abreast.h"

#include <pthread.h>

struct team {
	const struct ctx *from;
	abreast_work *work;
	void *self;
	pthread_mutex_t lock;                  /* of what follows */
	size_t next, end;                      /* end: behind the last that is to be begun */
	size_t failed_at;
	enum err status;
	struct failure failure;
};

struct hand {
	struct team *team;
	unsigned thread;
	pthread_t id;
};

static bool take_next(struct team *team, size_t *index)
{
	pthread_mutex_lock(&team->lock);
	const bool more = team->next < team->end;
	*index = team->next;
	team->next += more;
	pthread_mutex_unlock(&team->lock);
	return more;
}

/* They are begun in their order, so all before this one are begun, and may fail yet. */
static void note_failure(struct team *team, size_t index, enum err status, const struct failure *failure)
{
	pthread_mutex_lock(&team->lock);
	team->end = team->next;
	if (team->status == OK || index < team->failed_at) {
		team->failed_at = index;
		team->status = status;
		team->failure = *failure;
	}
	pthread_mutex_unlock(&team->lock);
}

static void work_on(struct team *team, unsigned thread)
{
	AUTO(ctx_end) struct ctx cx = *team->from;
	cx.mem = arena_new_capped(ARENA_REQUEST_BYTES);
	cx.actor = (struct actor){};
	cx.db = NULL;
	for (size_t index; take_next(team, &index);) {
		enum err e = team->work(team->self, &cx, index, thread);
		if (e != OK)
			note_failure(team, index, e, &cx.failure);
	}
}

static void *lend(void *argument)
{
	const struct hand *hand = argument;
	work_on(hand->team, hand->thread);
	return NULL;
}

enum err abreast(struct ctx *cx, size_t count, abreast_work *work, void *self)
{
	struct team team = { .from = cx, .work = work, .self = self, .lock = PTHREAD_MUTEX_INITIALIZER, .end = count };
	struct hand hands[ABREAST_THREADS];
	unsigned started = 1;
	for (; started < ABREAST_THREADS && started < count; started++) {
		hands[started] = (struct hand){ .team = &team, .thread = started };
		if (fault_hit(cx) || pthread_create(&hands[started].id, NULL, lend, &hands[started]) != 0)
			break;                 /* fewer do it, too */
	}
	work_on(&team, 0);
	for (unsigned i = 1; i < started; i++)
		pthread_join(hands[i].id, NULL);
	if (team.status != OK)
		cx->failure = team.failure;
	return team.status;
}

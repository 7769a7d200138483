#include "base/events.h"

#include <pthread.h>
#include <stdlib.h>

#define TOPICS_MAX 256

struct events {
	int64_t topics[TOPICS_MAX];            /* the writer's thread's, as is the count */
	size_t count;                          /* TOPICS_MAX + 1: too many */
	pthread_mutex_t lock;                  /* of the listener */
	events_tell *tell;
	void *self;
};

struct events *events_new(void)
{
	struct events *events = calloc(1, sizeof *events);
	if (!events)
		abort();
	pthread_mutex_init(&events->lock, NULL);
	return events;
}

void events_free(struct events **events)
{
	if (!events || !*events)
		return;
	pthread_mutex_destroy(&(*events)->lock);
	free(*events);
	*events = NULL;
}

void events_listen(struct events *events, events_tell *tell, void *self)
{
	pthread_mutex_lock(&events->lock);
	events->tell = tell;
	events->self = self;
	pthread_mutex_unlock(&events->lock);
}

void events_note(struct ctx *cx, int64_t topic)
{
	struct events *const events = cx->events;
	if (!events || events->count > TOPICS_MAX)
		return;
	for (size_t i = 0; i < events->count; i++)
		if (events->topics[i] == topic)
			return;
	if (events->count < TOPICS_MAX)
		events->topics[events->count] = topic;
	events->count++;
}

void events_flush(struct events *events)
{
	if (events->count == 0)
		return;
	const bool named = events->count <= TOPICS_MAX;
	pthread_mutex_lock(&events->lock);
	if (events->tell)
		events->tell(events->self, named ? events->topics : NULL, named ? events->count : 0);
	pthread_mutex_unlock(&events->lock);
	events->count = 0;
}

#include "http/stream.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "http/wire.h"

#define LOOK_US (SECOND_US / 4)
#define BLOCK_BYTES 1024
#define ONCE_BYTES_MAX ((size_t)256 << 10)     /* that a source may say at once */
#define BUCKETS 1024

struct stream {
	struct stream *next, *previous;        /* in its bucket, the newest first; under lock, as is all down to `beat_us` */
	bool asleep, due, ending;
	int64_t wake_us, beat_us;              /* boot time: not told again before; must say something then */
	struct streams *streams;
	struct exchange *x;
	int64_t position;                      /* the event thread's, as is the rest */
	struct buf out;
	size_t sent;
};

struct streams {
	pthread_mutex_t lock;
	pthread_cond_t bell;
	struct stream *buckets[BUCKETS];       /* under lock, as are count, ending and stopping */
	unsigned count, max;
	bool ending, stopping, running;
	pthread_t thread;
};

static size_t bucket_of(int64_t topic)
{
	return (size_t)((uint64_t)topic * UINT64_C(0x9E3779B97F4A7C15) >> 54) % BUCKETS;
}

/* --- waking; under the lock --- */

static void wake(struct stream *stream)
{
	if (!stream->asleep)
		return;
	stream->asleep = false;
	MHD_resume_connection(stream->x->wire);
}

static void tell(struct stream *stream, int64_t now_us)
{
	stream->due = true;
	if (now_us >= stream->wake_us)
		wake(stream);
}

static void end(struct stream *stream)
{
	stream->ending = true;
	wake(stream);
}

/* Those that were told of during their pause, and those whose heartbeat is due. */
static void wake_the_due(struct streams *streams, int64_t now_us)
{
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct stream *stream = streams->buckets[i]; stream; stream = stream->next)
			if (now_us >= stream->beat_us || (stream->due && now_us >= stream->wake_us))
				wake(stream);
}

static void *watch(void *argument)
{
	struct streams *const streams = argument;
	pthread_mutex_lock(&streams->lock);
	while (!streams->stopping) {
		struct timespec until;
		clock_gettime(CLOCK_MONOTONIC, &until);
		const int64_t at_ns = until.tv_nsec + LOOK_US * 1000;
		until = (struct timespec){ .tv_sec = until.tv_sec + at_ns / 1'000'000'000, .tv_nsec = at_ns % 1'000'000'000 };
		if (streams->count)
			pthread_cond_timedwait(&streams->bell, &streams->lock, &until);
		else
			pthread_cond_wait(&streams->bell, &streams->lock);
		wake_the_due(streams, clock_boot_us(NULL));
	}
	pthread_mutex_unlock(&streams->lock);
	return NULL;
}

void streams_tell(struct streams *streams, const int64_t *topics, size_t count)
{
	const int64_t now_us = clock_boot_us(NULL);
	pthread_mutex_lock(&streams->lock);
	for (size_t i = 0; topics && streams->count && i < count; i++)
		for (struct stream *stream = streams->buckets[bucket_of(topics[i])]; stream; stream = stream->next)
			if (stream->x->resp.stream.topic == topics[i])
				tell(stream, now_us);
	for (size_t i = 0; !topics && i < BUCKETS; i++)
		for (struct stream *stream = streams->buckets[i]; stream; stream = stream->next)
			tell(stream, now_us);
	pthread_mutex_unlock(&streams->lock);
}

/* --- saying --- */

/* The gate is asked again each time: a session that has ended meanwhile ends its streams. */
static enum err ask_source(struct stream *stream)
{
	struct exchange *const x = stream->x;
	const struct http_hooks *const hooks = &x->http->hooks;
	struct ctx cx;
	hooks->ctx_open(hooks->self, READ, &cx);
	hooks->db_lend(hooks->self, &cx);
	enum err outcome = hooks->gate(hooks->self, &cx, &x->req);
	if (outcome == OK)
		outcome = x->resp.stream.next(&cx, &x->req, &stream->position, &stream->out);
	hooks->db_return(hooks->self, &cx);
	hooks->ctx_close(hooks->self, &cx);
	return outcome == OK && stream->out.failed ? E_TOOLARGE : outcome;
}

/* Whether there is something to ask or to say; if not, the connection sleeps until there is. */
static bool is_due(struct stream *stream, bool *ending)
{
	const int64_t now_us = clock_boot_us(NULL);
	pthread_mutex_lock(&stream->streams->lock);
	*ending = stream->ending;
	const bool due = stream->due || now_us >= stream->beat_us;
	if (due) {
		stream->due = false;
		stream->wake_us = now_us + STREAM_PAUSE_US;
		stream->beat_us = now_us + STREAM_BEAT_US;
	} else if (!stream->ending) {
		stream->asleep = true;
		MHD_suspend_connection(stream->x->wire);
	}
	pthread_mutex_unlock(&stream->streams->lock);
	return due;
}

static ssize_t say(void *argument, uint64_t, char *out, size_t max)
{
	struct stream *const stream = argument;
	if (stream->sent == stream->out.n) {
		bool ending;
		const bool due = is_due(stream, &ending);
		if (ending)
			return MHD_CONTENT_READER_END_OF_STREAM;
		if (!due)
			return 0;
		buf_free(&stream->out);
		stream->out = buf_new(ONCE_BYTES_MAX);
		stream->sent = 0;
		if (ask_source(stream) != OK)
			return MHD_CONTENT_READER_END_OF_STREAM;
		if (stream->out.n == 0)
			buf_text(&stream->out, ":\n\n");     /* a comment: keeps proxies from thinking that nobody is there */
	}
	const size_t left = stream->out.n - stream->sent, n = left < max ? left : max;
	memcpy(out, stream->out.p + stream->sent, n);
	stream->sent += n;
	return (ssize_t)n;
}

/* --- coming and going --- */

/* Under the lock. */
static void end_the_oldest(struct streams *streams, int64_t topic)
{
	struct stream *oldest = NULL;
	unsigned count = 0;
	for (struct stream *stream = streams->buckets[bucket_of(topic)]; stream; stream = stream->next)
		if (stream->x->resp.stream.topic == topic && !stream->ending) {
			oldest = stream;
			count++;
		}
	if (count >= STREAMS_OF_TOPIC)
		end(oldest);
}

static bool add(struct streams *streams, struct stream *stream)
{
	const int64_t topic = stream->x->resp.stream.topic;
	struct stream **const bucket = &streams->buckets[bucket_of(topic)];
	pthread_mutex_lock(&streams->lock);
	const bool room = !streams->ending && streams->count < streams->max;
	if (room) {
		end_the_oldest(streams, topic);
		stream->next = *bucket;
		if (stream->next)
			stream->next->previous = stream;
		*bucket = stream;
		if (streams->count++ == 0)
			pthread_cond_signal(&streams->bell);
	}
	pthread_mutex_unlock(&streams->lock);
	return room;
}

struct MHD_Response *stream_open(struct exchange *x)
{
	struct stream *stream = calloc(1, sizeof *stream);
	if (!stream)
		abort();
	*stream = (struct stream){ .streams = x->http->streams, .x = x, .position = x->resp.stream.position, .due = true,
		.out = buf_new(ONCE_BYTES_MAX) };
	if (!add(x->http->streams, stream)) {
		free(stream);
		return NULL;
	}
	x->stream = stream;
	grant_wipe(&x->cx.actor.grant);        /* a key is not kept for hours: each look brings its own */
	return MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK_BYTES, say, stream, NULL);
}

void stream_close(struct stream *stream)
{
	if (!stream)
		return;
	struct streams *const streams = stream->streams;
	pthread_mutex_lock(&streams->lock);
	if (stream->previous)
		stream->previous->next = stream->next;
	else
		streams->buckets[bucket_of(stream->x->resp.stream.topic)] = stream->next;
	if (stream->next)
		stream->next->previous = stream->previous;
	streams->count--;
	pthread_mutex_unlock(&streams->lock);
	buf_free(&stream->out);
	free(stream);
}

unsigned streams_count(struct streams *streams)
{
	pthread_mutex_lock(&streams->lock);
	const unsigned count = streams->count;
	pthread_mutex_unlock(&streams->lock);
	return count;
}

/* --- starting, ending --- */

enum err streams_start(struct ctx *cx, unsigned max, struct streams **out)
{
	struct streams *streams AUTO(streams_stop) = calloc(1, sizeof *streams);
	pthread_condattr_t monotonic;
	if (!streams)
		abort();
	streams->max = max;
	pthread_mutex_init(&streams->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&streams->bell, &monotonic);
	pthread_condattr_destroy(&monotonic);
	if (fault_hit(cx) || pthread_create(&streams->thread, NULL, watch, streams) != 0)
		return fail(cx, E_IO, "No thread could be started to wake streams.");
	streams->running = true;
	*out = streams;
	streams = NULL;
	return OK;
}

void streams_end(struct streams *streams)
{
	pthread_mutex_lock(&streams->lock);
	streams->ending = true;
	for (size_t i = 0; i < BUCKETS; i++)
		for (struct stream *stream = streams->buckets[i]; stream; stream = stream->next)
			end(stream);
	pthread_mutex_unlock(&streams->lock);
}

void streams_stop(struct streams **streams)
{
	if (!streams || !*streams)
		return;
	pthread_mutex_lock(&(*streams)->lock);
	(*streams)->stopping = true;
	pthread_cond_signal(&(*streams)->bell);
	pthread_mutex_unlock(&(*streams)->lock);
	if ((*streams)->running)
		pthread_join((*streams)->thread, NULL);
	assert((*streams)->count == 0);
	pthread_cond_destroy(&(*streams)->bell);
	pthread_mutex_destroy(&(*streams)->lock);
	free(*streams);
	*streams = NULL;
}

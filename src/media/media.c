#include "media/media.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/config.h"
#include "media/admission.h"
#include "media/spare.h"

#define LOCK_ID_BYTES 32
#define SLOW_THREADS_MAX 64                    /* server.slow_threads: HEAD and DELETE lock, too */
#define SPARE_PATIENCE_US (30 * SECOND_US)

struct write_slot {
	int64_t lock;                          /* 0: free */
	char id[LOCK_ID_BYTES];
	struct media_holder holder;
	int64_t last_us;                       /* boot clock */
	bool busy;                             /* between enter and leave */
};
struct run_slot {
	int64_t draft;                         /* 0: free */
	unsigned permille;
};

struct media {
	char *worker;
	struct spare *spare;
	struct admission *admission;
	size_t write_count;                    /* of writes; fixed */
	int64_t upload_bytes_max;
	media_failed *on_failure;
	atomic_bool stop;
	pthread_mutex_t lock;                  /* of all that follows */
	int64_t last_lock, staged;
	struct run_slot runs[MEDIA_RUNS_MAX];
	struct write_slot writes[];
};

/* amanat and amanat-media are installed into one folder. */
static enum err worker_beside(struct ctx *cx, char **out)
{
	char path[4096];
	const ssize_t n = readlink("/proc/self/exe", path, sizeof path - 1);
	if (n <= 0)
		return fail(cx, E_IO, "cannot tell where this program lies: set media.worker to the path of amanat-media");
	path[n] = 0;
	char *const slash = strrchr(path, '/');
	struct buf beside = buf_new(sizeof path + 16);
	buf_bytes(&beside, path, slash ? (size_t)(slash - path) : 0);
	buf_text(&beside, "/amanat-media");
	*out = strdup(buf_terminated(&beside));
	buf_free(&beside);
	return *out ? OK : fail(cx, E_IO, "no memory");
}

enum err media_open(struct ctx *cx, const char *worker, struct media **out)
{
	const size_t at_once = (size_t)cx->config->media_uploads_at_once, slots = at_once + SLOW_THREADS_MAX;
	AUTO(media_close) struct media *media = calloc(1, sizeof *media + slots * sizeof *media->writes);
	if (!media)
		return fail(cx, E_IO, "no memory");
	pthread_mutex_init(&media->lock, NULL);
	media->write_count = slots;
	media->admission = admission_new((unsigned)at_once);
	media->upload_bytes_max = cx->config->media_upload_mib << 20;
	if (*worker)
		media->worker = strdup(worker);
	else
		TRY(worker_beside(cx, &media->worker));
	TRY(spare_open(cx, media->worker, SPARE_PATIENCE_US, &media->spare));
	*out = media;
	media = NULL;
	return OK;
}

void media_close(struct media **media)
{
	if (!*media)
		return;
	spare_close(&(*media)->spare);
	admission_free(&(*media)->admission);
	pthread_mutex_destroy(&(*media)->lock);
	free((*media)->worker);
	free(*media);
	*media = NULL;
}

void media_stop(struct media *media)
{
	atomic_store(&media->stop, true);
}

const atomic_bool *media_stop_flag(const struct media *media)
{
	return &media->stop;
}

void media_on_failure(struct media *media, media_failed *work)
{
	media->on_failure = work;
}

media_failed *media_failure_work(const struct media *media)
{
	return media->on_failure;
}

const char *media_worker(const struct media *media)
{
	return media->worker;
}

struct spare *media_spare(const struct media *media)
{
	return media->spare;
}

int64_t media_upload_bytes_max(const struct media *media)
{
	return media->upload_bytes_max;
}

struct admission *media_admission(const struct media *media)
{
	return media->admission;
}

static enum err refuse_locked(struct ctx *cx)
{
	return fail_as(cx, E_BUSY, "upload-locked", "this upload is being written at the moment: try again in a few seconds");
}

static struct write_slot *slot_of(struct media *media, int64_t lock)
{
	for (size_t i = 0; i < media->write_count; i++)
		if (media->writes[i].lock == lock)
			return &media->writes[i];
	return NULL;
}

/* Under the mutex. */
static enum err take_slot(struct ctx *cx, struct str upload, int64_t now_us, const struct media_holder *holder, int64_t *lock)
{
	struct media *const media = cx->media;
	struct write_slot *chosen = NULL;
	for (size_t i = 0; i < media->write_count; i++) {
		struct write_slot *const slot = &media->writes[i];
		if (slot->lock && str_eq(str_of(slot->id), upload)) {
			if (slot->busy || now_us - slot->last_us < MEDIA_SILENCE_US)
				return refuse_locked(cx);
			chosen = slot;
			break;
		}
		if (!slot->lock && !chosen)
			chosen = slot;
	}
	if (!chosen)
		return fail(cx, E_BUSY, "too many uploads at once: try again in a few seconds");
	if (chosen->lock && chosen->holder.let_go)
		chosen->holder.let_go(chosen->holder.self);
	*chosen = (struct write_slot){ .lock = ++media->last_lock, .last_us = now_us, .holder = *holder };
	memcpy(chosen->id, upload.p, upload.n);
	*lock = chosen->lock;
	return OK;
}

enum err media_lock(struct ctx *cx, struct str upload, const struct media_holder *holder, int64_t *lock)
{
	if (upload.n >= LOCK_ID_BYTES)
		return fail(cx, E_NOTFOUND, "no such upload");
	const int64_t now_us = clock_boot_us(cx->clock);
	pthread_mutex_lock(&cx->media->lock);
	const enum err outcome = take_slot(cx, upload, now_us, holder, lock);
	pthread_mutex_unlock(&cx->media->lock);
	return outcome;
}

enum err media_lock_enter(struct ctx *cx, int64_t lock)
{
	pthread_mutex_lock(&cx->media->lock);
	struct write_slot *const slot = slot_of(cx->media, lock);
	if (slot)
		slot->busy = true;
	pthread_mutex_unlock(&cx->media->lock);
	return slot ? OK : refuse_locked(cx);
}

void media_lock_leave(struct ctx *cx, int64_t lock)
{
	const int64_t now_us = clock_boot_us(cx->clock);
	pthread_mutex_lock(&cx->media->lock);
	struct write_slot *const slot = slot_of(cx->media, lock);
	if (slot) {
		slot->busy = false;
		slot->last_us = now_us;
	}
	pthread_mutex_unlock(&cx->media->lock);
}

void media_unlock(struct ctx *cx, int64_t lock)
{
	pthread_mutex_lock(&cx->media->lock);
	struct write_slot *const slot = lock ? slot_of(cx->media, lock) : NULL;
	if (slot)
		*slot = (struct write_slot){};
	pthread_mutex_unlock(&cx->media->lock);
}

enum err media_stage(struct ctx *cx, int64_t bytes)
{
	pthread_mutex_lock(&cx->media->lock);
	const bool fits = cx->media->staged + bytes <= MEDIA_STAGED_BYTES_TOTAL;
	if (fits)
		cx->media->staged += bytes;
	pthread_mutex_unlock(&cx->media->lock);
	return fits ? OK : fail(cx, E_BUSY, "too many uploads with a checksum at once: try again in a few seconds");
}

void media_unstage(struct ctx *cx, int64_t bytes)
{
	pthread_mutex_lock(&cx->media->lock);
	cx->media->staged -= bytes;
	pthread_mutex_unlock(&cx->media->lock);
}

/* Under the mutex; draft 0 finds a free one. */
static struct run_slot *run_of(struct media *media, int64_t draft)
{
	for (size_t i = 0; i < MEDIA_RUNS_MAX; i++)
		if (media->runs[i].draft == draft)
			return &media->runs[i];
	return NULL;
}

bool media_run_begin(struct media *media, int64_t draft)
{
	pthread_mutex_lock(&media->lock);
	struct run_slot *const slot = run_of(media, draft) ? NULL : run_of(media, 0);
	if (slot)
		*slot = (struct run_slot){ .draft = draft };
	pthread_mutex_unlock(&media->lock);
	return slot != NULL;
}

void media_run_progress(struct media *media, int64_t draft, unsigned permille)
{
	pthread_mutex_lock(&media->lock);
	struct run_slot *const slot = run_of(media, draft);
	if (slot)
		slot->permille = permille;
	pthread_mutex_unlock(&media->lock);
}

void media_run_end(struct media *media, int64_t draft)
{
	pthread_mutex_lock(&media->lock);
	struct run_slot *const slot = run_of(media, draft);
	if (slot)
		*slot = (struct run_slot){};
	pthread_mutex_unlock(&media->lock);
}

bool media_run_read(struct media *media, int64_t draft, unsigned *permille)
{
	pthread_mutex_lock(&media->lock);
	const struct run_slot *const slot = run_of(media, draft);
	if (slot)
		*permille = slot->permille;
	pthread_mutex_unlock(&media->lock);
	return slot != NULL;
}

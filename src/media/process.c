#include "media/process.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/config.h"
#include "media/media.h"
#include "media/output.h"
#include "media/spare.h"
#include "media/worker.h"
#include "store/blob_arriving.h"
#include "store/writer.h"

#define COPY_BYTES ((size_t)256 * 1024)

/* --- copies between the clear and personal blobs --- */

static struct blob_key key_of(struct str bytes)
{
	struct blob_key key = {};
	if (bytes.n == KEY_BYTES)
		memcpy(key.bytes, bytes.p, KEY_BYTES);
	return key;
}

/* A row that names a file that is not there is our fault, not a draft that was deleted. */
static enum err open_blob(struct ctx *cx, struct str name, struct str key_bytes, struct personal_blob **out)
{
	const struct blob_key key = key_of(key_bytes);
	const enum err outcome = personal_blob_read(cx, arena_text(&cx->mem, name), &key, out);
	return outcome == E_NOTFOUND ? fail(cx, E_CORRUPT, "a draft's file is missing") : outcome;
}

static void free_bytes(char **bytes)
{
	free(*bytes);
}

static enum err write_all(struct ctx *cx, int fd, const char *bytes, size_t n)
{
	while (n) {
		if (fault_hit(cx))
			return fail(cx, E_IO, "write: a test let it fail");
		const ssize_t written = write(fd, bytes, n);
		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return fail_errno(cx, errno, "write");
		bytes += written;
		n -= (size_t)written;
	}
	return OK;
}

static enum err blob_to_file(struct ctx *cx, struct str name, struct str key_bytes, int fd, int64_t *length)
{
	AUTO(personal_blob_close) struct personal_blob *blob = NULL;
	TRY(open_blob(cx, name, key_bytes, &blob));
	AUTO(free_bytes) char *bytes = malloc(COPY_BYTES);
	if (!bytes)
		return fail(cx, E_IO, "no memory");
	const int64_t end = personal_blob_length(blob);
	for (int64_t at = 0; at < end;) {
		size_t got = 0;
		TRY(personal_blob_read_at(blob, at, bytes, COPY_BYTES, &got));
		if (got == 0)
			return fail(cx, E_CORRUPT, "a draft's file ends too early");
		TRY(write_all(cx, fd, bytes, got));
		at += (int64_t)got;
	}
	*length = end;
	return OK;
}

/* The blob is the caller's, open, until its row is there (store/blob_arriving.h). */
static enum err file_to_blob(struct ctx *cx, int fd, struct str *name, struct str *key_bytes, int64_t *length, struct personal_blob **blob)
{
	char fresh[BLOB_NAME_BYTES];
	struct blob_key key;
	personal_blob_name(fresh, &key);
	/* Named first: whatever goes wrong from here on, the caller discards it. */
	*name = arena_copy(&cx->mem, str_of(fresh));
	*key_bytes = arena_copy(&cx->mem, (struct str){ .p = (const char *)key.bytes, .n = KEY_BYTES });
	TRY(personal_blob_append(cx, fresh, &key, 0, blob));
	AUTO(free_bytes) char *bytes = malloc(COPY_BYTES);
	if (!bytes)
		return fail(cx, E_IO, "no memory");
	int64_t at = 0;
	for (;;) {
		const ssize_t got = pread(fd, bytes, COPY_BYTES, at);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return fail(cx, E_IO, "read: %s", strerror(errno));
		if (got == 0)
			break;
		TRY(personal_blob_write(*blob, bytes, (size_t)got));
		at += got;
	}
	TRY(personal_blob_sync(*blob));
	*length = at;
	return OK;
}

/* --- the worker --- */

static enum err read_original(struct ctx *, void *self, int64_t offset, void *out, size_t n, size_t *got)
{
	return personal_blob_read_at(self, offset, out, n, got);
}

struct watch {
	struct ctx *cx;
	int64_t draft;
};

static void watch_progress(void *self, enum worker_stage, unsigned permille)
{
	const struct watch *const watch = self;
	media_run_progress(watch->cx->media, watch->draft, permille);
}

static void watch_note(void *self, const char *line)
{
	const struct watch *const watch = self;
	log_line(watch->cx->log, LOG_WARN, "amanat-media note=\"%s\"", line);
}

static struct worker_limits limits_of(const struct ctx *cx)
{
	struct worker_limits limits = worker_limits_default();
	limits.clip_seconds = (uint32_t)cx->config->media_clip_seconds;
	limits.memory_bytes = (uint64_t)cx->config->media_worker_mib << 20;
	/* A repacked clip is hardly larger than what was sent; this bounds the memory that a kept draft takes. */
	const uint64_t largest = (uint64_t)media_upload_bytes_max(cx->media) + (UINT64_C(64) << 20);
	if (limits.out_bytes > largest)
		limits.out_bytes = largest;
	return limits;
}

static enum err run_worker(struct ctx *cx, const struct draft *draft, const struct output *video, const struct output *poster,
	struct worker_done *out)
{
	AUTO(personal_blob_close) struct personal_blob *original = NULL;
	TRY(open_blob(cx, draft->original, draft->original_key, &original));
	struct watch watch = { .cx = cx, .draft = draft->id };
	struct worker_job job = worker_job_new(WORKER_VIDEO, media_worker(cx->media));
	job.input = (struct worker_input){
		.read_at = read_original, .self = original, .bytes = personal_blob_length(original),
	};
	job.video_fd = video->fd;
	job.image_fd = poster->fd;
	const struct trim trim = draft_trim(draft);
	job.limits = limits_of(cx);
	job.trim = trim_for_worker(&trim);
	job.wall_seconds = (unsigned)cx->config->media_worker_seconds;
	job.stop = media_stop_flag(cx->media);
	job.watch = (struct worker_watch){ .progress = watch_progress, .note = watch_note, .self = &watch };
	job.spare = spare_take(media_spare(cx->media));
	struct worker_result result;
	TRY(worker_run(cx, &job, &result));
	*out = result.done;
	return OK;
}

/* --- writing down what came of it.  The row is read again: its author may have changed or deleted it meanwhile. --- */

struct result {
	const struct grant *grant;
	int64_t id;
	const struct draft *draft;             /* of a kept one: with its new blobs */
	const struct worker_done *done;
	struct str reason;
};

static void describe(struct draft *draft, const struct worker_done *done)
{
	draft->duration_ms = done->duration_ms;
	draft->width = done->width;
	draft->height = done->height;
	draft->color = done->colour;
	draft->has_audio = done->has_sound;
	draft->repacked = done->repacked;
}

static enum err still_queued(struct ctx *cx, const struct grant *grant, int64_t id, struct draft *out)
{
	TRY(draft_get(cx, grant, id, out));
	if (!str_eq(out->state, DRAFT_QUEUED))
		return fail(cx, E_CONFLICT, "the draft does not wait for processing any more");
	return OK;
}

static enum err store_failure(struct ctx *cx, void *argument)
{
	struct result *const result = argument;
	struct draft draft;
	TRY(still_queued(cx, result->grant, result->id, &draft));
	TRY(draft_drop_blobs(cx, &draft));
	draft.state = DRAFT_FAILED;
	draft.reason = result->reason;
	TRY(draft_set(cx, result->grant, &draft, DRAFT_QUEUED));
	media_failed *const also = cx->media ? media_failure_work(cx->media) : NULL;
	return also ? also(cx, result->grant, result->id, result->reason) : OK;
}

/* What is left to do for one that has its rendition. */
static struct str settled(const struct draft *draft)
{
	return draft->publish || draft_cover_is_stale(draft) ? DRAFT_QUEUED : DRAFT_READY;
}

/* Its poster is another, or the one that it has must do. */
static enum err store_cover(struct ctx *cx, void *argument)
{
	struct result *const result = argument;
	const struct draft *const made = result->draft;
	struct draft draft;
	TRY(still_queued(cx, result->grant, result->id, &draft));
	if (made->poster.n) {
		TRY(draft_drop_poster(cx, &draft));
		TRY(personal_blob_keep(cx, arena_text(&cx->mem, made->poster)));
		draft.poster = made->poster;
		draft.poster_key = made->poster_key;
		draft.bytes = made->bytes;
		draft.color = result->done->colour;
	}
	draft.poster_cover = made->poster_cover;
	draft.state = settled(&draft);
	return draft_set(cx, result->grant, &draft, DRAFT_QUEUED);
}

/* The author may have said "publish" while it was processed: then it stays queued, and is published from its rendition. */
static enum err store_rendition(struct ctx *cx, void *argument)
{
	struct result *const result = argument;
	const struct draft *const made = result->draft;
	struct draft draft;
	TRY(still_queued(cx, result->grant, result->id, &draft));
	TRY(draft_drop_blobs(cx, &draft));
	TRY(personal_blob_keep(cx, arena_text(&cx->mem, made->rendition)));
	TRY(personal_blob_keep(cx, arena_text(&cx->mem, made->poster)));
	describe(&draft, result->done);
	draft.poster_cover = made->poster_cover;
	draft.state = settled(&draft);
	draft.rendition = made->rendition;
	draft.rendition_key = made->rendition_key;
	draft.poster = made->poster;
	draft.poster_key = made->poster_key;
	draft.bytes = made->bytes;
	return draft_set(cx, result->grant, &draft, DRAFT_QUEUED);
}

enum err draft_give_up(struct ctx *cx, const struct grant *grant, int64_t id, const char *reason)
{
	struct result result = { .grant = grant, .id = id, .reason = str_of(reason) };
	return writer_run(cx, store_failure, &result);
}

/* --- the three ways --- */

static enum err publish_outputs(struct ctx *cx, struct output *video, struct output *poster, int64_t video_bytes, struct media_files *out)
{
	struct media_files files = { .video_bytes = video_bytes };
	TRY(output_publish(cx, video, "video/mp4", files.video));
	const enum err outcome = output_publish(cx, poster, "image/jpeg", files.poster);
	if (outcome == OK)
		*out = files;
	else
		blob_public_discard(cx, str_of(files.video));
	return outcome;
}

static enum err publish_rendition(struct ctx *cx, const struct draft *draft, struct media_files *out)
{
	AUTO(output_close) struct output video = { .fd = -1 };
	AUTO(output_close) struct output poster = { .fd = -1 };
	TRY(output_open(cx, true, &video));
	TRY(output_open(cx, true, &poster));
	int64_t video_bytes, poster_bytes;
	TRY(blob_to_file(cx, draft->rendition, draft->rendition_key, video.fd, &video_bytes));
	TRY(blob_to_file(cx, draft->poster, draft->poster_key, poster.fd, &poster_bytes));
	return publish_outputs(cx, &video, &poster, video_bytes, out);
}

static void discard(struct ctx *cx, struct str name)
{
	if (name.n)
		personal_blob_discard(cx, arena_text(&cx->mem, name));
}

static enum err keep_outputs(struct ctx *cx, const struct grant *grant, const struct draft *draft, const struct worker_done *done,
	const struct output *video, const struct output *poster)
{
	struct draft made = { .id = draft->id, .poster_cover = draft->cover };
	struct result result = { .grant = grant, .id = draft->id, .draft = &made, .done = done };
	int64_t video_bytes = 0, poster_bytes = 0;
	AUTO(personal_blob_close) struct personal_blob *rendition = NULL;
	AUTO(personal_blob_close) struct personal_blob *picture = NULL;
	enum err outcome = file_to_blob(cx, video->fd, &made.rendition, &made.rendition_key, &video_bytes, &rendition);
	if (outcome == OK)
		outcome = file_to_blob(cx, poster->fd, &made.poster, &made.poster_key, &poster_bytes, &picture);
	made.bytes = video_bytes + poster_bytes;
	if (outcome == OK)
		outcome = writer_run(cx, store_rendition, &result);
	if (outcome != OK) {
		discard(cx, made.rendition);
		discard(cx, made.poster);
	}
	return outcome;
}

static enum err cover_worker(struct ctx *cx, const struct draft *draft, const struct output *poster, struct worker_done *out,
	int64_t *rendition_bytes)
{
	AUTO(personal_blob_close) struct personal_blob *rendition = NULL;
	TRY(open_blob(cx, draft->rendition, draft->rendition_key, &rendition));
	struct worker_job job = worker_job_new(WORKER_COVER, media_worker(cx->media));
	job.input = (struct worker_input){
		.read_at = read_original, .self = rendition, .bytes = personal_blob_length(rendition),
	};
	job.image_fd = poster->fd;
	job.limits = limits_of(cx);
	job.trim.cover = (uint32_t)draft->cover;
	job.wall_seconds = (unsigned)cx->config->media_worker_seconds;
	job.stop = media_stop_flag(cx->media);
	struct worker_result result;
	TRY(worker_run(cx, &job, &result));
	*out = result.done;
	*rendition_bytes = job.input.bytes;
	return OK;
}

/* A kept draft gets the cover that its author chose meanwhile.  One that cannot be made leaves the old one. */
static enum err remake_cover(struct ctx *cx, const struct grant *grant, const struct draft *draft)
{
	AUTO(output_close) struct output poster = { .fd = -1 };
	struct worker_done done = {};
	struct draft made = { .id = draft->id, .poster_cover = draft->cover };
	struct result result = { .grant = grant, .id = draft->id, .draft = &made, .done = &done };
	int64_t video_bytes = 0, poster_bytes = 0;
	AUTO(personal_blob_close) struct personal_blob *picture = NULL;
	TRY(output_open(cx, false, &poster));
	enum err outcome = cover_worker(cx, draft, &poster, &done, &video_bytes);
	if (outcome == OK)
		outcome = file_to_blob(cx, poster.fd, &made.poster, &made.poster_key, &poster_bytes, &picture);
	made.bytes = video_bytes + poster_bytes;
	if (outcome == OK || outcome == E_INVALID)
		outcome = writer_run(cx, store_cover, &result);
	if (outcome != OK)
		discard(cx, made.poster);
	return outcome;
}

static enum err process(struct ctx *cx, const struct grant *grant, struct draft *draft, struct media_files *out)
{
	/* queued again without being published: for its cover */
	if (draft->rendition.n && (draft_cover_is_stale(draft) || !draft->publish))
		return remake_cover(cx, grant, draft);
	if (draft->rendition.n)
		return publish_rendition(cx, draft, out);
	AUTO(output_close) struct output video = { .fd = -1 };
	AUTO(output_close) struct output poster = { .fd = -1 };
	TRY(output_open(cx, draft->publish != 0, &video));
	TRY(output_open(cx, draft->publish != 0, &poster));
	struct worker_done done;
	TRY(run_worker(cx, draft, &video, &poster, &done));
	if (!draft->publish)
		return keep_outputs(cx, grant, draft, &done, &video, &poster);
	describe(draft, &done);
	return publish_outputs(cx, &video, &poster, (int64_t)done.video_bytes, out);
}

enum err media_process(struct ctx *cx, const struct grant *grant, struct draft *draft, struct media_files *out)
{
	struct media_files files = {};
	const int64_t id = draft->id;
	if (!media_run_begin(cx->media, id))
		return fail(cx, E_BUSY, "the draft is being processed already");
	enum err outcome = process(cx, grant, draft, &files);
	media_run_end(cx->media, id);
	if (outcome == E_INVALID) {
		const struct failure why = cx->failure;
		TRY(draft_give_up(cx, grant, id, why.slug ? why.slug : media_reason_slug(REASON_WORKER_FAILED)));
		cx->failure = why;
	}
	if (outcome == OK)
		*out = files;
	return outcome;
}

enum err draft_published(struct ctx *cx, const struct grant *grant, int64_t id, int64_t video)
{
	struct draft draft;
	TRY(still_queued(cx, grant, id, &draft));
	TRY(draft_drop_blobs(cx, &draft));
	draft.state = DRAFT_PUBLISHED;
	draft.video = video;
	return draft_set(cx, grant, &draft, DRAFT_QUEUED);
}

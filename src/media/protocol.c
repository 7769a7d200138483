#include "media/protocol.h"

#include <string.h>

#define HEAD_BYTES offsetof(struct worker_message, started)
#define IMAGE_SIDE_MAX 4096

_Static_assert(sizeof(struct worker_limits) == 48, "no padding in what goes over the wire");
_Static_assert(sizeof(struct worker_trim) == 16, "no padding in what goes over the wire");
_Static_assert(sizeof(struct worker_job_message) == 80, "no padding in what goes over the wire");
_Static_assert(sizeof(struct worker_read) == 16, "no padding in what goes over the wire");
_Static_assert(sizeof(struct worker_done) == 48, "no padding in what goes over the wire");
_Static_assert(sizeof(struct worker_message) <= WORKER_MESSAGE_MAX, "a message fits a packet");

static const struct { const char *slug, *sentence; } reasons[] = {
	[REASON_NONE] = { "", "" },
#define REASON(name, slug, sentence) [REASON_##name] = { slug, sentence },
#include "media/reason.def"
#undef REASON
};

const char *media_reason_slug(enum media_reason reason)
{
	return reasons[reason < REASON_END ? reason : REASON_WORKER_FAILED].slug;
}

const char *media_reason_sentence(enum media_reason reason)
{
	return reasons[reason < REASON_END ? reason : REASON_WORKER_FAILED].sentence;
}

struct worker_limits worker_limits_default(void)
{
	return (struct worker_limits){
		.memory_bytes = UINT64_C(1536) << 20,
		.out_bytes = UINT64_C(600) << 20,
		.cpu_seconds = 1200,
		.threads = 2,
		.clip_seconds = 180,
		.pixels = 8192 * 4320,
		.side = 8192,
		.tracks = 16,
		.frame_rate = 60,
	};
}

bool worker_kind_is_image(uint32_t kind)
{
	return kind == WORKER_IMAGE || kind == WORKER_TYPED_IMAGE || kind == WORKER_COVER;
}

size_t worker_message_bytes(uint32_t answer)
{
	switch (answer) {
	case WORKER_STARTED:
	case WORKER_PROGRESS:
	case WORKER_REFUSED:
		return HEAD_BYTES + 2 * sizeof(uint32_t);
	case WORKER_DONE:
		return HEAD_BYTES + sizeof(struct worker_done);
	default:
		return 0;
	}
}

static bool done_valid(const struct worker_job_message *job, const struct worker_done *done)
{
	if (done->colour > 0xffffff || done->has_sound > 1 || done->repacked > 1)
		return false;
	if (done->image_bytes == 0 || done->image_bytes > job->limits.out_bytes || done->video_bytes > job->limits.out_bytes)
		return false;
	if (done->image_width == 0 || done->image_width > IMAGE_SIDE_MAX || done->image_height == 0
		|| done->image_height > IMAGE_SIDE_MAX)
		return false;
	if (worker_kind_is_image(job->kind))
		return done->video_bytes == 0 && done->duration_ms == 0 && done->width == 0 && done->height == 0
			&& done->has_sound == 0 && done->repacked == 0;
	/* a second more than the limit: a clip ends with its last frame, not at its last frame's start */
	return done->video_bytes > 0 && done->width > 0 && done->width <= job->limits.side && done->height > 0
		&& done->height <= job->limits.side
		&& done->duration_ms <= ((uint64_t)job->limits.clip_seconds + 1) * 1000;
}

bool worker_message_parse(const struct worker_job_message *job, const void *bytes, size_t n, struct worker_message *out)
{
	struct worker_message message = {};
	if (n < HEAD_BYTES || n > sizeof message)
		return false;
	memcpy(&message, bytes, n);
	if (message.zero != 0 || n != worker_message_bytes(message.answer))
		return false;

	bool valid = false;
	switch (message.answer) {
	case WORKER_STARTED:
		valid = message.started.zero == 0 && (message.started.missing & ~(uint32_t)SANDBOX_MISSING_ALL) == 0;
		break;
	case WORKER_PROGRESS:
		valid = message.progress.stage < STAGE_END && message.progress.permille <= 1000;
		break;
	case WORKER_REFUSED:
		valid = message.refused.zero == 0 && message.refused.reason > REASON_NONE && message.refused.reason < REASON_END;
		break;
	case WORKER_DONE:
		valid = done_valid(job, &message.done);
		break;
	}
	if (valid)
		*out = message;
	return valid;
}

bool worker_read_valid(const struct worker_job_message *job, const struct worker_read *request)
{
	return request->zero == 0 && request->bytes > 0 && request->bytes <= WORKER_READ_MAX && request->offset >= 0
		&& request->offset < job->input_bytes;
}

static bool trim_valid(uint32_t kind, const struct worker_trim *trim)
{
	if (trim->zero != 0 || (trim->end_ms != 0 && trim->end_ms <= trim->start_ms))
		return false;
	switch (kind) {
	case WORKER_VIDEO:
		return true;
	case WORKER_COVER:
		return trim->start_ms == 0 && trim->end_ms == 0 && trim->cover > 0;
	default:
		return trim->start_ms == 0 && trim->end_ms == 0 && trim->cover == 0;
	}
}

bool worker_job_parse(const void *bytes, size_t n, struct worker_job_message *out)
{
	struct worker_job_message job;
	if (n != sizeof job)
		return false;
	memcpy(&job, bytes, sizeof job);
	if (job.version != WORKER_VERSION || job.input_bytes < 0 || job.limits.zero != 0 || job.limits.frame_rate == 0)
		return false;
	if (job.kind < WORKER_VIDEO || job.kind > WORKER_COVER || !trim_valid(job.kind, &job.trim))
		return false;
	*out = job;
	return true;
}

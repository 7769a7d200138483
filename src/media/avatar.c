#include "media/avatar.h"

#include "media/media.h"
#include "media/output.h"
#include "media/worker.h"

#define AVATAR_SECONDS 20

enum err avatar_make(struct ctx *cx, struct str image, char hash[BLOB_NAME_BYTES])
{
	if (image.n > AVATAR_BYTES_MAX)
		return fail(cx, E_TOOLARGE, "a picture may have %zu MiB at most", AVATAR_BYTES_MAX >> 20);
	if (image.n == 0)
		return fail_as(cx, E_INVALID, media_reason_slug(REASON_EMPTY), "%s", media_reason_sentence(REASON_EMPTY));
	AUTO(output_close) struct output output = { .fd = -1 };
	TRY(output_open(cx, true, &output));
	struct worker_job job = worker_job_new(WORKER_IMAGE, media_worker(cx->media));
	job.input = worker_input_of(&image);
	job.video_fd = -1;
	job.image_fd = output.fd;
	job.wall_seconds = AVATAR_SECONDS;
	job.stop = media_stop_flag(cx->media);
	struct worker_result result;
	TRY(worker_run(cx, &job, &result));
	return output_publish(cx, &output, "image/jpeg", hash);
}

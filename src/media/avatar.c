#include "media/avatar.h"

#include <string.h>
#include <unistd.h>

#include "media/media.h"
#include "media/worker.h"

#define AVATAR_SECONDS 20

static enum err read_image(struct ctx *, void *self, int64_t offset, void *out, size_t n, size_t *got)
{
	const struct str *const image = self;
	const struct str rest = str_from(*image, (size_t)offset);
	*got = n < rest.n ? n : rest.n;
	memcpy(out, rest.p, *got);
	return OK;
}

struct tmp {
	struct ctx *cx;
	int fd;
	char name[BLOB_NAME_BYTES];
};

static void tmp_close(struct tmp *tmp)
{
	if (tmp->fd >= 0)
		close(tmp->fd);
	if (tmp->name[0])
		blob_tmp_drop(tmp->cx, tmp->name);
}

enum err avatar_make(struct ctx *cx, struct str image, char hash[BLOB_NAME_BYTES])
{
	if (image.n > AVATAR_BYTES_MAX)
		return fail(cx, E_TOOLARGE, "a picture may have %zu MiB at most", AVATAR_BYTES_MAX >> 20);
	if (image.n == 0)
		return fail_as(cx, E_INVALID, media_reason_slug(REASON_EMPTY), "%s", media_reason_sentence(REASON_EMPTY));
	AUTO(tmp_close) struct tmp tmp = { .cx = cx, .fd = -1 };
	TRY(blob_tmp(cx, &tmp.fd, tmp.name));
	struct worker_job job = worker_job_new(WORKER_IMAGE, media_worker(cx->media));
	job.input = (struct worker_input){ .read_at = read_image, .self = &image, .bytes = (int64_t)image.n };
	job.video_fd = -1;
	job.image_fd = tmp.fd;
	job.wall_seconds = AVATAR_SECONDS;
	job.stop = media_stop_flag(cx->media);
	struct worker_result result;
	TRY(worker_run(cx, &job, &result));
	TRY(blob_publish(cx, tmp.fd, tmp.name, "image/jpeg", hash));
	tmp.name[0] = 0;
	return OK;
}

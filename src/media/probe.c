#include "media/probe.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "media/media.h"
#include "media/worker.h"

#define PROBE_SECONDS 20

static void close_file(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static void log_note(void *self, const char *line)
{
	const struct ctx *cx = self;
	log_line(cx->log, LOG_WARN, "amanat-media note=\"%s\"", line);
}

enum err media_probe(struct ctx *cx)
{
	struct str byte = STR("x");
	struct worker_result result;
	AUTO(close_file) int output = memfd_create("probe", MFD_CLOEXEC);
	if (output < 0)
		return fail(cx, E_IO, "no file in memory: %s", strerror(errno));
	struct worker_job job = worker_job_new(WORKER_IMAGE, media_worker(cx->media));
	job.input = worker_input_of(&byte);
	job.video_fd = -1;
	job.image_fd = output;
	job.wall_seconds = PROBE_SECONDS;
	job.stop = media_stop_flag(cx->media);
	job.watch = (struct worker_watch){ .note = log_note, .self = cx };
	enum err status = worker_run(cx, &job, &result);
	return status == E_INVALID ? OK : status;
}

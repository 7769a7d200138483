/* amanat-media - makes one upload fit to be published, in a sandbox, and exits.
 *
 * Not for people: the server starts it (src/media/worker.h) and speaks to it as src/media/protocol.h
 * says.  It is a program of its own because it runs on bytes from anywhere, and because loading libav
 * costs 40 MB that the server shall not carry. */
#include <libavutil/log.h>
#include <libavutil/mem.h>
#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "avatar.h"
#include "clip.h"
#include "output.h"
#include "repack.h"
#include "sandbox.h"
#include "transcode.h"
#include "typed.h"

enum { EXIT_DONE = 0, EXIT_NO_JOB = 2, EXIT_NO_SANDBOX = 3 };

static enum media_reason try_repack(struct input *input, const struct worker_limits *limits, struct worker_done *done, bool *fits)
{
	AUTO(clip_close) struct clip clip = {};
	WORKER_TRY(clip_open(&clip, input, limits));
	*fits = repack_fits(&clip);
	return *fits ? repack(&clip, WORKER_FD_VIDEO, WORKER_FD_IMAGE, done, fits) : REASON_NONE;
}

static enum media_reason try_transcode(struct input *input, const struct worker_limits *limits, bool with_sound,
	struct worker_done *done, bool *silent)
{
	AUTO(clip_close) struct clip clip = {};
	WORKER_TRY(clip_open(&clip, input, limits));
	if (!with_sound)
		clip.sound = -1;
	return transcode(&clip, WORKER_FD_VIDEO, WORKER_FD_IMAGE, done, silent);
}

static enum media_reason video(struct input *input, const struct worker_limits *limits, struct worker_done *done)
{
	bool fits = false, silent = false;
	report_progress(STAGE_PROBE, 0);
	WORKER_TRY(try_repack(input, limits, done, &fits));
	if (fits)
		return REASON_NONE;
	report_progress(STAGE_TRANSCODE, 0);
	WORKER_TRY(try_transcode(input, limits, true, done, &silent));
	if (silent)
		WORKER_TRY(try_transcode(input, limits, false, done, &silent));
	return REASON_NONE;
}

static enum media_reason work(const struct worker_job_message *job, struct worker_done *done)
{
	if (job->input_bytes == 0)
		return REASON_EMPTY;
	struct input input;
	input_init(&input, job->input_bytes);
	enum media_reason reason = REASON_WORKER_FAILED;
	switch ((enum worker_kind)job->kind) {
	case WORKER_VIDEO:
		reason = video(&input, &job->limits, done);
		break;
	case WORKER_IMAGE:
		reason = avatar(&input, WORKER_FD_IMAGE, done);
		break;
	case WORKER_TYPED:
		reason = typed(&input, &job->limits, WORKER_FD_VIDEO, WORKER_FD_IMAGE, done);
		break;
	case WORKER_TYPED_IMAGE:
		reason = typed_avatar(&input, WORKER_FD_IMAGE, done);
		break;
	}
	input_free(&input);
	return reason;
}

int main(void)
{
	struct worker_job_message job;
	if (!worker_job_take(&job)) {
		dprintf(STDERR_FILENO, "amanat-media: the server starts this program; it does nothing by itself\n");
		return EXIT_NO_JOB;
	}
	av_log_set_level(AV_LOG_QUIET);
	av_max_alloc(job.limits.memory_bytes / 2);
	tzset();                        /* reads a file, which a demuxer that meets a date could not */
	uint32_t missing = 0;
	if (!sandbox_enter(&job.limits, &missing))
		return EXIT_NO_SANDBOX;
	report_started(missing);

	struct worker_done done;
	enum media_reason reason = work(&job, &done);
	if (reason == REASON_NONE)
		report_done(&done);
	else
		report_refused(reason);
	/* the libraries' own clean-up has nothing to save, and is only more code on hostile data */
	_exit(EXIT_DONE);
}

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
#include "cover.h"
#include "output.h"
#include "repack.h"
#include "sandbox.h"
#include "transcode.h"
#include "typed.h"

enum { EXIT_DONE = 0, EXIT_NO_JOB = 2, EXIT_NO_SANDBOX = 3 };

static enum media_reason try_repack(struct input *input, const struct worker_job_message *job, struct worker_done *done, bool *fits)
{
	AUTO(clip_close) struct clip clip = {};
	WORKER_TRY(clip_open(&clip, input, &job->limits, &job->trim));
	*fits = repack_fits(&clip);
	return *fits ? repack(&clip, WORKER_FD_VIDEO, WORKER_FD_IMAGE, done, fits) : REASON_NONE;
}

static enum media_reason try_transcode(struct input *input, const struct worker_job_message *job, bool with_sound,
	struct worker_done *done, bool *silent)
{
	AUTO(clip_close) struct clip clip = {};
	WORKER_TRY(clip_open(&clip, input, &job->limits, &job->trim));
	if (!with_sound)
		clip.sound = -1;
	return transcode(&clip, WORKER_FD_VIDEO, WORKER_FD_IMAGE, done, silent);
}

static void describe_image(const struct jpeg *image, struct worker_done *done)
{
	done->image_width = image->width;
	done->image_height = image->height;
	done->image_bytes = image->bytes;
	done->colour = image->colour;
}

/* The cover that was asked for, instead of the one that is there.  Without it the clip is as good. */
static void choose_cover(const struct worker_job_message *job, struct worker_done *done)
{
	struct input rendition;
	struct jpeg image;
	input_init_file(&rendition, WORKER_FD_VIDEO, (int64_t)done->video_bytes);
	if (cover_write(&rendition, &job->limits, job->trim.cover - 1, WORKER_FD_IMAGE, &image) == REASON_NONE)
		describe_image(&image, done);
	input_free(&rendition);
}

static enum media_reason video(struct input *input, const struct worker_job_message *job, struct worker_done *done)
{
	bool fits = false, silent = false;
	report_progress(STAGE_PROBE, 0);
	WORKER_TRY(try_repack(input, job, done, &fits));
	if (!fits) {
		report_progress(STAGE_TRANSCODE, 0);
		WORKER_TRY(try_transcode(input, job, true, done, &silent));
		if (silent)
			WORKER_TRY(try_transcode(input, job, false, done, &silent));
	}
	if (job->trim.cover > 0)
		choose_cover(job, done);
	return REASON_NONE;
}

static enum media_reason cover(struct input *input, const struct worker_job_message *job, struct worker_done *done)
{
	struct jpeg image;
	WORKER_TRY(cover_write(input, &job->limits, job->trim.cover - 1, WORKER_FD_IMAGE, &image));
	*done = (struct worker_done){};
	describe_image(&image, done);
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
		reason = video(&input, job, done);
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
	case WORKER_COVER:
		reason = cover(&input, job, done);
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

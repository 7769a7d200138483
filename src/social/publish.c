#include "social/publish.h"

#include "media/process.h"
#include "media/protocol.h"
#include "social/account.h"
#include "social/inbox.h"
#include "social/video.h"
#include "store/blob.h"
#include "store/writer.h"


struct publication {
	const struct grant *grant;
	const struct draft *draft;
	const struct media_files *files;
};

static enum err store_video(struct ctx *cx, void *argument)
{
	struct publication *const publication = argument;
	const struct draft *const made = publication->draft;
	/* The words may have been changed while the picture was processed. */
	struct draft fresh;
	TRY(draft_get(cx, publication->grant, made->id, &fresh));
	const struct video_new new = {
		.account = publication->grant->account,
		.caption = fresh.caption, .language = fresh.language,
		.duration_ms = made->duration_ms, .width = made->width, .height = made->height,
		.bytes = publication->files->video_bytes,
		.src = str_of(publication->files->video), .poster = str_of(publication->files->poster),
		.color = arena_printf(&cx->mem, "#%06x", (unsigned)made->color & 0xffffff),
		.has_audio = made->has_audio != 0,
	};
	int64_t video;
	TRY(video_publish(cx, &new, &video));
	TRY(inbox_published(cx, publication->grant, video, new.caption));
	return draft_published(cx, publication->grant, made->id, video);
}

/* The draft is gone, or its author may not publish. */
static enum err refuse(struct ctx *cx, const struct grant *grant, const struct draft *draft)
{
	const char *const reason = cx->failure.slug ? cx->failure.slug : media_reason_slug(REASON_WORKER_FAILED);
	const enum err outcome = draft_give_up(cx, grant, draft->id, reason);
	return outcome == E_NOTFOUND || outcome == E_CONFLICT ? OK : outcome;
}

static enum err publish(struct ctx *cx, const struct grant *grant, const struct draft *draft, struct media_files *files)
{
	struct publication publication = { .grant = grant, .draft = draft, .files = files };
	/* Published now, however long the picture took. */
	cx->now_us = clock_wall_us(cx->clock);
	const enum err outcome = writer_run(cx, store_video, &publication);
	if (outcome != OK) {
		blob_public_discard(cx, str_of(files->video));
		blob_public_discard(cx, str_of(files->poster));
	}
	switch (outcome) {
	case E_INVALID:
	case E_DENIED:
	case E_NOTFOUND:
		return refuse(cx, grant, draft);
	default:
		return outcome;
	}
}

static enum err publish_draft(struct ctx *cx, const struct job *job, const struct grant *grant, struct draft *draft)
{
	struct media_files files;
	enum err outcome = media_process(cx, grant, draft, &files);
	if (outcome == OK && files.video[0])
		outcome = publish(cx, grant, draft, &files);
	switch (outcome) {
	case OK:
	case E_INVALID:                                /* its author has been told why */
	case E_NOTFOUND:                               /* deleted meanwhile */
		return OK;
	case E_BUSY:
	case E_FULL:
		return outcome;
	default:
		break;
	}
	if (job->attempts < PUBLISH_ATTEMPTS)
		return outcome;
	return draft_give_up(cx, grant, draft->id, media_reason_slug(REASON_WORKER_FAILED));
}

static enum err queue_again(struct ctx *cx, void *argument)
{
	const struct job *const job = argument;
	return job_add(cx, DRAFT_PROCESS_JOB, job->account, cx->now_us);
}

/* The rest waits until everybody else who waits now has had a turn. */
static enum err give_way(struct ctx *cx, const struct job *job, const struct grant *grant)
{
	struct job again = *job;
	int64_t queued;
	TRY(draft_count_queued(cx, grant->person, &queued));
	return queued > 0 ? writer_run(cx, queue_again, &again) : OK;
}

enum err publish_run(struct ctx *cx, const struct job *job)
{
	AUTO(grant_wipe) struct grant grant = {};
	const enum err known = account_grant(cx, GRANT_PUBLISH, job->account, &grant);
	if (known == E_NOTFOUND)
		return OK;                             /* the account is closed, and its drafts go with it */
	TRY(known);
	struct draft draft;
	const enum err found = draft_next_queued(cx, &grant, &draft);
	if (found != OK)
		return found == E_NOTFOUND ? OK : found;
	TRY(publish_draft(cx, job, &grant, &draft));
	return give_way(cx, job, &grant);
}

enum err publish_failed(struct ctx *cx, const struct grant *grant, int64_t draft, struct str reason)
{
	return inbox_failed(cx, grant->account, draft, reason);
}

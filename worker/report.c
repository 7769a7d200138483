#include "report.h"

#include <libavutil/error.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

static void say(const struct worker_message *message)
{
	/* a server that is gone cannot be told so; the next read finds out */
	(void)!send(WORKER_FD_CONTROL, message, worker_message_bytes(message->answer), MSG_NOSIGNAL);
}

void report_started(uint32_t missing)
{
	struct worker_message message = { .answer = WORKER_STARTED };
	message.started.missing = missing;
	say(&message);
}

void report_progress(enum worker_stage stage, unsigned permille)
{
	struct worker_message message = { .answer = WORKER_PROGRESS };
	message.progress.stage = stage;
	message.progress.permille = permille < 1000 ? permille : 1000;
	say(&message);
}

void report_done(const struct worker_done *done)
{
	struct worker_message message = { .answer = WORKER_DONE };
	message.done = *done;
	say(&message);
}

void report_refused(enum media_reason reason)
{
	struct worker_message message = { .answer = WORKER_REFUSED };
	message.refused.reason = reason;
	say(&message);
}

void report_trouble(const char *where, int averror)
{
	char words[AV_ERROR_MAX_STRING_SIZE] = "";
	av_strerror(averror, words, sizeof words);
	dprintf(STDERR_FILENO, "%s: %s; ", where, words);
}

enum media_reason reason_of(int averror, enum media_reason otherwise)
{
	if (averror == AVERROR(ENOMEM))
		return REASON_MEMORY_LIMIT;
	if (averror == AVERROR(EFBIG))
		return REASON_TOO_LARGE;
	if (averror == AVERROR(ENOSPC) || averror == AVERROR(EPIPE))
		return REASON_WORKER_FAILED;
	return otherwise;
}

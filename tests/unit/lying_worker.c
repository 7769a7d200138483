/* lying_worker - stands in for amanat-media and breaks the protocol; see lying_worker.h. */
#include "lying_worker.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "media/protocol.h"

#define DESCRIPTORS_LOOKED_AT 4096

static void say(const void *bytes, size_t n)
{
	(void)!send(WORKER_FD_CONTROL, bytes, n, MSG_NOSIGNAL);
}

static void started(void)
{
	struct worker_message message = { .answer = WORKER_STARTED };
	say(&message, worker_message_bytes(WORKER_STARTED));
}

static void done(uint64_t bytes)
{
	(void)!pwrite(WORKER_FD_VIDEO, ANSWER, strlen(ANSWER), 0);
	(void)!pwrite(WORKER_FD_IMAGE, ANSWER, strlen(ANSWER), 0);
	struct worker_message message = { .answer = WORKER_DONE };
	message.done = (struct worker_done){ .width = 720, .height = 1280, .duration_ms = 1000, .image_width = 720,
		.image_height = 1280, .video_bytes = bytes, .image_bytes = strlen(ANSWER) };
	say(&message, worker_message_bytes(WORKER_DONE));
}

static void ask(int64_t offset, uint32_t bytes)
{
	struct worker_read request = { .offset = offset, .bytes = bytes };
	(void)!send(WORKER_FD_INPUT, &request, sizeof request, MSG_NOSIGNAL);
}

static _Noreturn void stay(void)
{
	for (;;)
		pause();
}

static void lie_after_start(enum lie lie)
{
	unsigned char garbage[WORKER_MESSAGE_MAX];
	memset(garbage, 0xa5, sizeof garbage);
	struct worker_message message = { .answer = WORKER_PROGRESS };
	switch (lie) {
	case LIE_GARBAGE:
		say(garbage, 16);
		stay();
	case LIE_LONG_MESSAGE:
		say(garbage, sizeof garbage);
		stay();
	case LIE_TWO_STARTS:
		started();
		stay();
	case LIE_READ_BEYOND:
		ask(INT64_MAX - 1, 1024);
		stay();
	case LIE_READ_TOO_MUCH:
		ask(0, WORKER_READ_MAX + 1);
		stay();
	case LIE_NEVER_LISTENS:
		for (;;)
			ask(0, WORKER_READ_MAX);
	case LIE_ENDLESS_PROGRESS:
		for (;;)
			say(&message, worker_message_bytes(WORKER_PROGRESS));
	case LIE_UNKNOWN_REASON:
		message.answer = WORKER_REFUSED;
		message.refused.reason = REASON_END;
		say(&message, worker_message_bytes(WORKER_REFUSED));
		stay();
	default:
		stay();
	}
}

static bool has_only_its_descriptors(void)
{
	for (int fd = 0; fd < DESCRIPTORS_LOOKED_AT; fd++)
		if ((fcntl(fd, F_GETFD) >= 0) != (fd < WORKER_FD_END))
			return false;
	return true;
}

int main(void)
{
	struct worker_job_message job;
	if (!worker_job_take(&job))
		return 2;
	enum lie lie = (enum lie)job.input_bytes;
	if (lie == LIE_GARBAGE_FIRST)
		say("nonsense", 8);
	if (lie == LIE_DEATH_FIRST)
		return 3;
	started();
	if (lie == LIE_DEATH)
		raise(SIGSEGV);
	if (lie == LIE_DEATH_BY_TIME)
		raise(SIGXCPU);
	if (lie == LIE_DEATH_BY_OTHERS)
		raise(SIGKILL);
	if (lie == LIE_CLOSE_AND_STAY) {
		close(WORKER_FD_CONTROL);
		stay();
	}
	for (int i = 0; lie == LIE_TALKATIVE && i < 1024; i++) {
		char text[1024];
		memset(text, i % 2 == 0 ? 'x' : '\x1b', sizeof text);
		(void)!write(STDERR_FILENO, text, sizeof text);
	}
	if (lie == LIE_COUNTS_DESCRIPTORS && !has_only_its_descriptors())
		return 4;
	if (lie == LIE_NONE || lie == LIE_TALKATIVE || lie == LIE_STAYS || lie == LIE_COUNTS_DESCRIPTORS)
		done(strlen(ANSWER));
	else if (lie == LIE_WRONG_SIZE)
		done(strlen(ANSWER) + 1);
	else
		lie_after_start(lie);
	if (lie == LIE_STAYS)
		stay();
	return 0;
}

#include "media/worker.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#define TICK_MS 200              /* how soon a stop or the wall-clock limit is noticed */
#define SAID_MAX 600
#define COUNT_BYTES sizeof(uint32_t)

struct session {
	struct ctx *cx;
	const struct worker_job *job;
	struct worker_job_message message;
	struct worker_process process;
	struct worker_read request;
	size_t request_have;
	unsigned char *reply;                   /* count, then bytes; NULL: nothing to send */
	size_t reply_bytes, reply_sent;
	char said[SAID_MAX];
	size_t said_bytes;
	struct worker_message verdict;          /* answer 0: none yet */
	bool started;
	int64_t deadline_us;
};

static enum err read_memory(struct ctx *, void *self, int64_t offset, void *out, size_t n, size_t *got)
{
	const struct str *const bytes = self;
	const struct str rest = str_from(*bytes, (size_t)offset);
	*got = n < rest.n ? n : rest.n;
	memcpy(out, rest.p, *got);
	return OK;
}

struct worker_input worker_input_of(struct str *bytes)
{
	return (struct worker_input){ .read_at = read_memory, .self = bytes, .bytes = (int64_t)bytes->n };
}

struct worker_job worker_job_new(enum worker_kind kind, const char *program)
{
	return (struct worker_job){
		.program = program,
		.kind = kind,
		.video_fd = -1,
		.image_fd = -1,
		.spare = WORKER_PROCESS_NONE,
		.limits = worker_limits_default(),
		.wall_seconds = 1800,
	};
}

static void fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

static void note(const struct session *session, const char *line)
{
	const struct worker_watch *watch = &session->job->watch;
	if (watch->note != NULL)
		watch->note(watch->self, line);
}

static void session_end(struct session *session)
{
	worker_process_end(&session->process);
	free(session->reply);
}

static enum err refuse(const struct session *session, enum media_reason reason)
{
	return fail_as(session->cx, E_INVALID, media_reason_slug(reason), "%s", media_reason_sentence(reason));
}

/* It went away without a verdict. */
static enum err explain_death(struct session *session)
{
	int status = worker_process_reap(&session->process, false);
	if (!session->started)
		return fail(session->cx, E_IO, "the media worker ended before it began (status %d)", status);
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGXCPU)
		return refuse(session, REASON_TIME_LIMIT);
	/* No limit of its sandbox ends it so, and nothing that it reads can: the machine was short of memory, or somebody did it. */
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL)
		return fail(session->cx, E_IO, "the media worker was killed");
	char line[64];
	snprintf(line, sizeof line, "the media worker died (status %#x)", (unsigned)status);
	note(session, line);
	return refuse(session, REASON_WORKER_FAILED);
}

/* One that has waited may be gone by now. */
static bool spare_takes_it(struct session *session)
{
	const struct worker_job *job = session->job;
	if (session->process.pid == 0)
		return false;
	if (worker_job_give(session->process.control, &session->message, job->video_fd, job->image_fd))
		return true;
	worker_process_end(&session->process);
	return false;
}

static bool is_gone(int why)
{
	return why == EPIPE || why == ECONNRESET;
}

static enum err session_start(struct session *session)
{
	struct ctx *cx = session->cx;
	const struct worker_job *job = session->job;
	if (spare_takes_it(session))
		return OK;
	TRY(worker_process_start(cx, job->program, &session->process));
	if (!worker_job_give(session->process.control, &session->message, job->video_fd, job->image_fd))
		return is_gone(errno) ? explain_death(session) : fail(cx, E_IO, "the media worker took no job: %s", strerror(errno));
	return OK;
}

/* Before its sandbox is up no byte of the upload can have misled it: what goes wrong then is ours. */
static enum err refuse_nonsense(const struct session *session)
{
	note(session, "the media worker broke the protocol");
	if (!session->started)
		return fail(session->cx, E_IO, "the media worker broke the protocol");
	return refuse(session, REASON_WORKER_FAILED);
}

static void note_sandbox(const struct session *session, uint32_t missing)
{
	if (missing & SANDBOX_NO_NAMESPACES)
		note(session, "degraded sandbox: no namespaces on this machine");
	if (missing & SANDBOX_NO_LANDLOCK)
		note(session, "degraded sandbox: no Landlock on this machine");
}

static enum err take_message(struct session *session)
{
	unsigned char bytes[sizeof(struct worker_message) + 1];  /* one more: a longer packet does not parse */
	ssize_t n = recv(session->process.control, bytes, sizeof bytes, 0);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return OK;
	if (n <= 0) {
		fd_close(&session->process.control);
		return OK;
	}
	struct worker_message message;
	if (!worker_message_parse(&session->message, bytes, (size_t)n, &message))
		return refuse_nonsense(session);
	if (session->started == (message.answer == WORKER_STARTED))
		return refuse_nonsense(session);

	const struct worker_watch *watch = &session->job->watch;
	switch (message.answer) {
	case WORKER_STARTED:
		session->started = true;
		note_sandbox(session, message.started.missing);
		break;
	case WORKER_PROGRESS:
		if (watch->progress != NULL)
			watch->progress(watch->self, (enum worker_stage)message.progress.stage, message.progress.permille);
		break;
	default:
		session->verdict = message;
	}
	return OK;
}

static enum err take_request(struct session *session)
{
	unsigned char *into = (unsigned char *)&session->request + session->request_have;
	ssize_t n = recv(session->process.input, into, sizeof session->request - session->request_have, 0);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return OK;
	if (n <= 0) {
		fd_close(&session->process.input);
		return OK;
	}
	session->request_have += (size_t)n;
	if (session->request_have < sizeof session->request)
		return OK;
	session->request_have = 0;
	if (!session->started || !worker_read_valid(&session->message, &session->request))
		return refuse_nonsense(session);

	int64_t left = session->message.input_bytes - session->request.offset;
	size_t want = left < session->request.bytes ? (size_t)left : session->request.bytes, got = 0;
	const struct worker_input *input = &session->job->input;
	TRY(input->read_at(session->cx, input->self, session->request.offset, session->reply + COUNT_BYTES, want, &got));
	if (got > want)
		return fail(session->cx, E_IO, "a read of the upload gave more than was asked");
	uint32_t count = (uint32_t)got;
	memcpy(session->reply, &count, COUNT_BYTES);
	session->reply_bytes = COUNT_BYTES + got;
	session->reply_sent = 0;
	return OK;
}

static void send_reply(struct session *session)
{
	ssize_t n = send(session->process.input, session->reply + session->reply_sent, session->reply_bytes - session->reply_sent,
		MSG_NOSIGNAL);
	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		fd_close(&session->process.input);
		session->reply_bytes = session->reply_sent = 0;
	}
	if (n > 0)
		session->reply_sent += (size_t)n;
}

static void take_said(struct session *session)
{
	char bytes[1024];
	ssize_t n = read(session->process.errors, bytes, sizeof bytes);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		fd_close(&session->process.errors);
		return;
	}
	for (ssize_t i = 0; i < n && session->said_bytes + 1 < sizeof session->said; i++)
		session->said[session->said_bytes++] = bytes[i] >= ' ' && bytes[i] < 127 ? bytes[i] : ' ';
}

static enum err session_step(struct session *session)
{
	bool replying = session->reply_sent < session->reply_bytes;
	struct pollfd fds[] = {
		{ .fd = session->process.control, .events = POLLIN },
		{ .fd = session->process.input, .events = replying ? POLLOUT : POLLIN },
		{ .fd = session->process.errors, .events = POLLIN },
	};
	int ready = poll(fds, 3, TICK_MS);
	if (ready < 0 && errno != EINTR)
		return fail(session->cx, E_IO, "waiting for the media worker: %s", strerror(errno));
	if (session->job->stop != NULL && atomic_load(session->job->stop))
		return fail(session->cx, E_BUSY, "the server is stopping; the video will be processed later");
	if (clock_boot_us(session->cx->clock) >= session->deadline_us)
		return refuse(session, REASON_TIME_LIMIT);
	if (ready <= 0)
		return OK;
	if (fds[2].revents != 0)
		take_said(session);
	if (fds[0].revents != 0)
		TRY(take_message(session));
	if (fds[1].revents != 0 && replying)
		send_reply(session);
	else if (fds[1].revents != 0)
		TRY(take_request(session));
	return OK;
}

static bool size_is(int fd, uint64_t bytes)
{
	struct stat status;
	return fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_size >= 0 && (uint64_t)status.st_size == bytes;
}

static enum err session_run(struct session *session)
{
	TRY(session_start(session));
	while (session->verdict.answer == 0 && session->process.control >= 0)
		TRY(session_step(session));
	if (session->verdict.answer == 0)
		return explain_death(session);
	if (session->verdict.answer == WORKER_REFUSED)
		return refuse(session, (enum media_reason)session->verdict.refused.reason);
	/* a process that is still there could still write */
	(void)worker_process_reap(&session->process, true);
	const struct worker_done *done = &session->verdict.done;
	bool video_right = worker_kind_is_image(session->job->kind) || size_is(session->job->video_fd, done->video_bytes);
	if (!video_right || !size_is(session->job->image_fd, done->image_bytes))
		return refuse_nonsense(session);
	return OK;
}

enum err worker_run(struct ctx *cx, const struct worker_job *job, struct worker_result *result)
{
	AUTO(session_end) struct session session = {
		.cx = cx,
		.job = job,
		.message = { .version = WORKER_VERSION, .kind = job->kind, .input_bytes = job->input.bytes, .limits = job->limits,
			.trim = job->trim },
		.process = job->spare,
		.deadline_us = clock_boot_us(cx->clock) + (int64_t)job->wall_seconds * SECOND_US,
	};
	if (job->input.bytes == 0)
		return refuse(&session, REASON_EMPTY);
	session.reply = malloc(COUNT_BYTES + WORKER_READ_MAX);
	if (session.reply == NULL)
		return fail(cx, E_IO, "no memory for the media worker");
	enum err ended = session_run(&session);
	if (session.process.errors >= 0)
		take_said(&session);
	if (session.said_bytes > 0)
		note(&session, session.said);
	if (ended != OK)
		return ended;
	result->done = session.verdict.done;
	return OK;
}

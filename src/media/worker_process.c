#include "media/worker_process.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define EXIT_GRACE_MS 1000       /* between closing its control socket and being gone */

/* Above all descriptors of the protocol: the numbers below are given away one by one in the child,
 * and a source among them would be overwritten before its turn. */
#define FD_LOW 16

static void fd_close(int *fd)
{
	if (*fd >= 0)
		close(*fd);
	*fd = -1;
}

int worker_process_reap(struct worker_process *process, bool at_once)
{
	int status = 0;
	for (int waited_ms = 0; !at_once && waited_ms < EXIT_GRACE_MS; waited_ms += 5) {
		if (waitpid(process->pid, &status, WNOHANG) == process->pid) {
			process->pid = 0;
			return status;
		}
		nanosleep(&(struct timespec){ .tv_nsec = 5'000'000 }, NULL);
	}
	kill(process->pid, SIGKILL);
	while (waitpid(process->pid, &status, 0) < 0 && errno == EINTR)
		;
	process->pid = 0;
	return 0;
}

void worker_process_end(struct worker_process *process)
{
	if (process->pid > 0)
		(void)worker_process_reap(process, true);
	fd_close(&process->control);
	fd_close(&process->input);
	fd_close(&process->errors);
}

struct spawn_fds {
	int control, input, errors, null;
};

static void spawn_fds_close(struct spawn_fds *fds)
{
	fd_close(&fds->control);
	fd_close(&fds->input);
	fd_close(&fds->errors);
	fd_close(&fds->null);
}

/* Moves a descriptor above FD_LOW; the old one is closed. */
static int fd_lift(int fd)
{
	int lifted = fcntl(fd, F_DUPFD_CLOEXEC, FD_LOW);
	close(fd);
	return lifted;
}

static enum err spawn_fds_open(struct ctx *cx, struct worker_process *process, struct spawn_fds *fds)
{
	int pair[2], flags = SOCK_CLOEXEC;
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | flags, 0, pair) < 0)
		return fail_errno(cx, errno, "the worker's sockets");
	process->control = pair[0];
	fds->control = fd_lift(pair[1]);
	if (socketpair(AF_UNIX, SOCK_STREAM | flags, 0, pair) < 0)
		return fail_errno(cx, errno, "the worker's sockets");
	process->input = pair[0];
	fds->input = fd_lift(pair[1]);
	if (pipe2(pair, O_CLOEXEC) < 0)
		return fail_errno(cx, errno, "the worker's pipe");
	process->errors = pair[0];
	fds->errors = fd_lift(pair[1]);
	fds->null = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (fds->null >= 0)
		fds->null = fd_lift(fds->null);
	if (fds->control < 0 || fds->input < 0 || fds->errors < 0 || fds->null < 0)
		return fail_errno(cx, errno, "the worker's descriptors");
	/* ours never block: a worker that stops reading must not stop this thread */
	if (fcntl(process->control, F_SETFL, O_NONBLOCK) < 0 || fcntl(process->input, F_SETFL, O_NONBLOCK) < 0
		|| fcntl(process->errors, F_SETFL, O_NONBLOCK) < 0)
		return fail_errno(cx, errno, "the worker's sockets");
	return OK;
}

static int spawn_program(const char *program, const struct spawn_fds *fds, pid_t *pid)
{
	posix_spawn_file_actions_t actions;
	posix_spawnattr_t attributes;
	sigset_t none, every;
	sigemptyset(&none);
	sigfillset(&every);
	posix_spawn_file_actions_init(&actions);
	posix_spawnattr_init(&attributes);
	/* the server ignores SIGPIPE and blocks others: the program starts as from a shell */
	posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
	posix_spawnattr_setsigmask(&attributes, &none);
	posix_spawnattr_setsigdefault(&attributes, &every);

	const int order[WORKER_FD_VIDEO] = { fds->null, fds->null, fds->errors, fds->control, fds->input };
	int failed = 0;
	for (int fd = 0; fd < WORKER_FD_VIDEO && failed == 0; fd++)
		failed = posix_spawn_file_actions_adddup2(&actions, order[fd], fd);
	if (failed == 0)
		failed = posix_spawn_file_actions_addclosefrom_np(&actions, WORKER_FD_VIDEO);

	char name[] = "amanat-media", locale[] = "LC_ALL=C";
	char *arguments[] = { name, NULL }, *environment[] = { locale, NULL };
	if (failed == 0)
		failed = posix_spawn(pid, program, &actions, &attributes, arguments, environment);
	posix_spawn_file_actions_destroy(&actions);
	posix_spawnattr_destroy(&attributes);
	if (failed != 0)
		*pid = 0;
	return failed;
}

enum err worker_process_start(struct ctx *cx, const char *program, struct worker_process *out)
{
	if (fault_hit(cx))
		return fail(cx, E_IO, "the media worker was not started");
	AUTO(worker_process_end) struct worker_process process = WORKER_PROCESS_NONE;
	AUTO(spawn_fds_close) struct spawn_fds fds = { -1, -1, -1, -1 };
	TRY(spawn_fds_open(cx, &process, &fds));
	int failed = spawn_program(program, &fds, &process.pid);
	if (failed != 0)
		return fail(cx, E_IO, "the media worker cannot be started: %s", strerror(failed));
	*out = process;
	process = WORKER_PROCESS_NONE;
	return OK;
}

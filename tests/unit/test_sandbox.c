/* What amanat-media could still do once a decoder has been taken over: each attempt from inside. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "media/protocol.h"
#include "sandbox.h"
#include "sanitized.h"
#include "tap.h"

enum { HELD = 40, ESCAPED, NO_SANDBOX };
#define MEMORY_BYTES ((uint64_t)256 << 20)
#define OUT_BYTES ((uint64_t)1 << 20)
#define SOMEBODY 12345
#define MEBIBYTE ((size_t)1 << 20)

static const struct worker_limits limits = { .memory_bytes = MEMORY_BYTES, .out_bytes = OUT_BYTES, .cpu_seconds = 1 };

/* Runs the attempt in a sandboxed process and returns how that ended, as waitpid() says. */
static int attempt_as(int (*what)(void), uid_t user)
{
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		uint32_t missing = 0;
		if (user != 0 && (setgid(user) != 0 || setuid(user) != 0))
			_exit(NO_SANDBOX);
		_exit(sandbox_enter(&limits, &missing) ? what() : NO_SANDBOX);
	}
	int status = 0;
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}
static int attempt(int (*what)(void)) { return attempt_as(what, 0); }
static bool held(int status) { return WIFEXITED(status) && WEXITSTATUS(status) == HELD; }
static bool killed_by(int status, int signal) { return WIFSIGNALED(status) && WTERMSIG(status) == signal; }

static int nothing(void) { return HELD; }
static int make_socket(void) { return socket(AF_INET, SOCK_STREAM, 0) < 0 ? HELD : ESCAPED; }
static int make_local_socket(void) { return socket(AF_UNIX, SOCK_STREAM, 0) < 0 ? HELD : ESCAPED; }
static int open_file(void) { return open("/etc/passwd", O_RDONLY) < 0 && errno == EPERM ? HELD : ESCAPED; }
static int make_file(void) { return open("/tmp/escaped", O_CREAT | O_WRONLY, 0600) < 0 && errno == EPERM ? HELD : ESCAPED; }
static int look_at_file(void)
{
	struct stat status;
	return stat("/etc/passwd", &status) < 0 && errno == EPERM ? HELD : ESCAPED;
}
static int run_program(void)
{
	char name[] = "/bin/true";
	char *arguments[] = { name, NULL };
	execve(name, arguments, NULL);
	return HELD;
}
static int trace_parent(void) { return ptrace(PTRACE_ATTACH, getppid(), 0, 0) < 0 ? HELD : ESCAPED; }
static int kill_parent(void) { return kill(getppid(), 0) < 0 ? HELD : ESCAPED; }
static int signal_parent_thread(void) { return syscall(SYS_tgkill, getppid(), getppid(), 0) < 0 ? HELD : ESCAPED; }
static int fork_once(void) { return syscall(SYS_fork) < 0 ? HELD : ESCAPED; }
static int fork_by_clone(void) { return syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0) < 0 ? HELD : ESCAPED; }
static int fork_by_clone3(void)
{
	return syscall(SYS_clone3, NULL, 0) < 0 && errno == ENOSYS ? HELD : ESCAPED;
}
static int new_namespace(void) { return syscall(SYS_unshare, 0x10000000) < 0 ? HELD : ESCAPED; }
static int raise_limit(void)
{
	/* prlimit64 is refused with EPERM, whatever it asks */
	return syscall(SYS_prlimit64, 0, 7, NULL, NULL) < 0 && errno == EPERM ? HELD : ESCAPED;
}
static int map_executable(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? HELD : ESCAPED;
}
static int make_executable(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return mprotect(page, 4096, PROT_READ | PROT_EXEC) < 0 ? HELD : ESCAPED;
}
static int share_memory(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? HELD : ESCAPED;
}
static int allocate_at_once(void)
{
	void *volatile memory = malloc((size_t)4 << 30);
	return memory == NULL ? HELD : ESCAPED;
}
static int allocate_bit_by_bit(void)
{
	for (size_t total = 0; total <= MEMORY_BYTES; total += MEBIBYTE) {
		char *memory = mmap(NULL, MEBIBYTE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (memory == MAP_FAILED)
			return HELD;
		memset(memory, 1, MEBIBYTE);
	}
	return ESCAPED;
}
static int loop(void)
{
	for (volatile unsigned turns = 0;; turns++)
		;
	return ESCAPED;
}
static int write_endlessly(void)
{
	char bytes[4096] = "";
	for (uint64_t total = 0; total <= OUT_BYTES; total += sizeof bytes) {
		ssize_t n = write(WORKER_FD_VIDEO, bytes, sizeof bytes);
		if (n < 0)
			return errno == EFBIG ? HELD : ESCAPED;
	}
	return ESCAPED;
}
static int use_inherited(void) { return write(50, "x", 1) < 0 && errno == EBADF ? HELD : ESCAPED; }
static void *in_thread(void *value)
{
	*(int *)value = HELD;
	return NULL;
}
static int make_thread(void)
{
	pthread_t thread;
	int value = ESCAPED;
	return pthread_create(&thread, NULL, in_thread, &value) == 0 && pthread_join(thread, NULL) == 0 ? value : ESCAPED;
}

TEST(ordinary_work_goes_on_inside) { CHECK(held(attempt(nothing))); }
TEST(threads_go_on_inside) { CHECK(held(attempt(make_thread))); }
TEST(an_ordinary_user_gets_a_sandbox_too)
{
	if (geteuid() != 0)
		SKIP("this is an ordinary user: the other tests say so");
	CHECK(held(attempt_as(nothing, SOMEBODY)));
	CHECK(held(attempt_as(make_thread, SOMEBODY)));
	CHECK(killed_by(attempt_as(make_socket, SOMEBODY), SIGSYS));
	CHECK(held(attempt_as(open_file, SOMEBODY)));
}
TEST(no_socket_is_made)
{
	CHECK(killed_by(attempt(make_socket), SIGSYS));
	CHECK(killed_by(attempt(make_local_socket), SIGSYS));
}
TEST(no_file_is_opened_made_or_looked_at)
{
	CHECK(held(attempt(open_file)));
	CHECK(held(attempt(make_file)));
	CHECK(held(attempt(look_at_file)));
}
TEST(no_program_is_run) { CHECK(killed_by(attempt(run_program), SIGSYS)); }
TEST(no_process_is_made)
{
	CHECK(killed_by(attempt(fork_once), SIGSYS));
	CHECK(killed_by(attempt(fork_by_clone), SIGSYS));
	CHECK(held(attempt(fork_by_clone3)));
}
TEST(no_other_process_is_reached)
{
	CHECK(killed_by(attempt(trace_parent), SIGSYS));
	CHECK(killed_by(attempt(kill_parent), SIGSYS));
	CHECK(killed_by(attempt(signal_parent_thread), SIGSYS));
}
TEST(no_namespace_and_no_limit_is_changed)
{
	CHECK(killed_by(attempt(new_namespace), SIGSYS));
	CHECK(held(attempt(raise_limit)));
}
TEST(no_memory_becomes_code)
{
	CHECK(killed_by(attempt(map_executable), SIGSYS));
	CHECK(killed_by(attempt(make_executable), SIGSYS));
}
TEST(no_memory_is_shared) { CHECK(killed_by(attempt(share_memory), SIGSYS)); }
TEST(memory_ends_at_its_limit)
{
	if (SANITIZED)
		return;                         /* the sanitizer's shadow is terabytes: there is no limit in such a build */
	CHECK(held(attempt(allocate_at_once)));
	CHECK(held(attempt(allocate_bit_by_bit)));
}
TEST(an_endless_loop_is_ended) { CHECK(killed_by(attempt(loop), SIGXCPU) || killed_by(attempt(loop), SIGKILL)); }
TEST(endless_output_ends_at_its_limit)
{
	char path[] = "/tmp/amanat-test-XXXXXX";
	int fd = mkstemp(path);
	unlink(path);
	CHECK(dup2(fd, WORKER_FD_VIDEO) == WORKER_FD_VIDEO);
	int status = attempt(write_endlessly);
	struct stat file;
	CHECK(fstat(WORKER_FD_VIDEO, &file) == 0);
	close(WORKER_FD_VIDEO);
	CHECK(held(status) && (uint64_t)file.st_size == OUT_BYTES);
}
TEST(inherited_descriptors_are_closed)
{
	CHECK(dup2(1, 50) == 50);
	int status = attempt(use_inherited);
	close(50);
	CHECK(held(status));
}

/* The line of /proc/PID/status that begins so, without its name. */
static bool status_line(pid_t child, const char *name, char *out, size_t n)
{
	char path[64], line[256];
	snprintf(path, sizeof path, "/proc/%d/status", child);
	FILE *file = fopen(path, "r");
	bool found = false;
	while (file != NULL && !found && fgets(line, sizeof line, file) != NULL) {
		found = strncmp(line, name, strlen(name)) == 0;
		if (found)
			snprintf(out, n, "%s", line + strlen(name));
	}
	if (file != NULL)
		fclose(file);
	return found;
}
static void look_inside(pid_t child)
{
	char line[128] = "";
	CHECK(status_line(child, "NoNewPrivs:", line, sizeof line) && strcmp(line, "\t1\n") == 0);
	CHECK(status_line(child, "Seccomp:", line, sizeof line) && strcmp(line, "\t2\n") == 0);
	CHECK(status_line(child, "CapEff:", line, sizeof line) && strcmp(line, "\t0000000000000000\n") == 0);
	CHECK(status_line(child, "CapPrm:", line, sizeof line) && strcmp(line, "\t0000000000000000\n") == 0);
	CHECK(status_line(child, "Uid:", line, sizeof line) && strncmp(line, "\t0\t", 3) != 0);
}
TEST(it_has_no_privilege_left)
{
	int pair[2], hold[2];
	CHECK(pipe(pair) == 0 && pipe(hold) == 0);
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		uint32_t missing = 0;
		dup2(pair[1], WORKER_FD_CONTROL);
		dup2(hold[0], WORKER_FD_INPUT);
		char byte = sandbox_enter(&limits, &missing) ? (char)('0' + missing) : 'x';
		(void)!write(WORKER_FD_CONTROL, &byte, 1);
		(void)!read(WORKER_FD_INPUT, &byte, 1);
		_exit(0);
	}
	char byte = 0;
	(void)!read(pair[0], &byte, 1);
	printf("# missing on this machine: %c\n", byte);
	look_inside(child);
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	for (int i = 0; i < 2; i++) {
		close(pair[i]);
		close(hold[i]);
	}
}

int main(void)
{
	RUN(ordinary_work_goes_on_inside);
	RUN(threads_go_on_inside);
	RUN(an_ordinary_user_gets_a_sandbox_too);
	RUN(no_socket_is_made);
	RUN(no_file_is_opened_made_or_looked_at);
	RUN(no_program_is_run);
	RUN(no_process_is_made);
	RUN(no_other_process_is_reached);
	RUN(no_namespace_and_no_limit_is_changed);
	RUN(no_memory_becomes_code);
	RUN(no_memory_is_shared);
	RUN(memory_ends_at_its_limit);
	RUN(an_endless_loop_is_ended);
	RUN(endless_output_ends_at_its_limit);
	RUN(inherited_descriptors_are_closed);
	RUN(it_has_no_privilege_left);
	return tap_end();
}

/* Attempts to get out of amanat-media's sandbox, each made twice by a process of its own: without the confinement, where it must get through (or
 * at least reach the kernel), and within it, where it must not.  So no point passes because its attempt could not have succeeded anyway. */
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "media/protocol.h"
#include "sandbox.h"
#include "sanitized.h"
#include "tap.h"

enum { HELD = 40, ESCAPED, NO_SANDBOX, UNFIT };
#define MEMORY_BYTES ((uint64_t)256 << 20)
#define OUT_BYTES ((uint64_t)1 << 20)
#define MEBIBYTE ((size_t)1 << 20)
#define BOMB 100

static const struct worker_limits limits = { .memory_bytes = MEMORY_BYTES, .out_bytes = OUT_BYTES, .cpu_seconds = 1 };

/* --- attempts: ESCAPED when it did what it wanted --- */

static int outcome(long result) { return result < 0 ? HELD : ESCAPED; }
static int socket_unix(void) { return outcome(socket(AF_UNIX, SOCK_STREAM, 0)); }
static int socket_inet(void) { return outcome(socket(AF_INET, SOCK_STREAM, 0)); }
static int socket_inet6(void) { return outcome(socket(AF_INET6, SOCK_DGRAM, 0)); }
static int socket_netlink(void) { return outcome(socket(AF_NETLINK, SOCK_RAW, 0)); }
static int socket_pair(void)
{
	int pair[2];
	return outcome(socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
}
/* WORKER_FD_INPUT is a socket here that somebody forgot to connect. */
static int connect_out(void)
{
	struct sockaddr_in where = { .sin_family = AF_INET, .sin_port = htons(9), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	return outcome(connect(WORKER_FD_INPUT, (struct sockaddr *)&where, sizeof where));
}
static int listen_in(void)
{
	struct sockaddr_in where = { .sin_family = AF_INET };
	return outcome(bind(WORKER_FD_INPUT, (struct sockaddr *)&where, sizeof where));
}
static int send_descriptor(void)
{
	struct msghdr message = { .msg_iov = &(struct iovec){ .iov_base = &message, .iov_len = 1 }, .msg_iovlen = 1 };
	return outcome(sendmsg(WORKER_FD_CONTROL, &message, MSG_NOSIGNAL));
}

static int open_at(const char *path, int flags)
{
	return outcome(openat(AT_FDCWD, path, flags | O_CLOEXEC, 0600));
}
static int open_passwords(void) { return open_at("/etc/passwd", O_RDONLY); }
static int open_folder(void) { return open_at("/", O_RDONLY | O_DIRECTORY); }
static int open_relative(void) { return open_at(".", O_PATH); }
static int open_memory(void) { return open_at("/proc/self/mem", O_RDWR); }
static int open_program(void) { return open_at("/proc/self/exe", O_RDONLY); }
static int open_maps(void) { return open_at("/proc/self/maps", O_RDONLY); }
static int open_own_output(void) { return open_at("/proc/self/fd/5", O_RDWR); }
static int open_null(void) { return open_at("/dev/null", O_RDWR); }
static int open_in_the_old_way(void) { return outcome(syscall(SYS_open, "/etc/passwd", O_RDONLY)); }
static int open_in_the_new_way(void)
{
	const uint64_t how[3] = { O_RDONLY };   /* struct open_how */
	return outcome(syscall(SYS_openat2, AT_FDCWD, "/etc/passwd", how, sizeof how));
}
static int make_file(void)
{
	char path[64];
	snprintf(path, sizeof path, "/tmp/amanat-escape-%d", getpid());
	int made = (int)syscall(SYS_openat, AT_FDCWD, path, O_CREAT | O_WRONLY | O_EXCL, 0600);
	if (made >= 0)
		unlink(path);
	return outcome(made);
}
static int look_at_file(void)
{
	struct stat status;
	return outcome(stat("/etc/passwd", &status));
}
static int read_link(void)
{
	char target[256];
	return outcome(readlink("/proc/self/exe", target, sizeof target));
}
static int remove_file(void)
{
	return unlink("/nonexistent/amanat-escape") < 0 && errno == ENOENT ? ESCAPED : HELD;
}
static int hidden_file(void) { return outcome(syscall(SYS_memfd_create, "x", 0)); }

static int run_program(void)
{
	char name[] = "/bin/true";
	char *arguments[] = { name, NULL };
	execve(name, arguments, NULL);
	return HELD;                            /* else it has exited with 0 */
}
static int run_by_descriptor(void)
{
	char name[] = "true";
	char *arguments[] = { name, NULL };
	syscall(SYS_execveat, AT_FDCWD, "/bin/true", arguments, NULL, 0);
	return HELD;
}

static int end_child(long child)
{
	if (child == 0)
		_exit(0);
	if (child > 0)
		waitpid((pid_t)child, NULL, 0);
	return outcome(child);
}
static int fork_once(void) { return end_child(syscall(SYS_fork)); }
static int fork_by_clone(void) { return end_child(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)); }
static int fork_by_clone3(void)
{
	const uint64_t how[8] = { [4] = SIGCHLD };      /* struct clone_args: exit_signal */
	return end_child(syscall(SYS_clone3, how, sizeof how));
}
static int bomb(void)
{
	unsigned made = 0;
	for (unsigned i = 0; i < BOMB; i++) {
		long child = syscall(SYS_fork);
		if (child == 0)
			_exit(0);
		made += child > 0;
	}
	while (wait(NULL) > 0)
		;
	return made == BOMB ? ESCAPED : HELD;
}
static void *wait_for_ever(void *)
{
	for (;;)
		nanosleep(&(struct timespec){ .tv_sec = 1000 }, NULL);
	return NULL;
}
static int bomb_of_threads(void)
{
	pthread_attr_t small;
	pthread_t thread;
	pthread_attr_init(&small);
	pthread_attr_setstacksize(&small, (size_t)64 << 10);
	for (unsigned i = 0; i < BOMB; i++)
		if (pthread_create(&thread, &small, wait_for_ever, NULL) != 0)
			return HELD;
	return ESCAPED;
}

static int trace_parent(void) { return ptrace(PTRACE_SEIZE, getppid(), 0, 0) < 0 && errno != EPERM ? HELD : ESCAPED; }
static int be_traced(void) { return outcome(ptrace(PTRACE_TRACEME, 0, 0, 0)); }
static int read_parent(void)
{
	char byte;
	struct iovec here = { &byte, 1 }, there = { (void *)(uintptr_t)&limits, 1 };
	return outcome(process_vm_readv(getppid(), &here, 1, &there, 1, 0));
}
static int kill_parent(void) { return outcome(kill(getppid(), 0)); }
static int kill_everybody(void) { return outcome(kill(0, 0)); }
static int signal_parent(void) { return outcome(syscall(SYS_tgkill, getppid(), getppid(), 0)); }
static int signal_by_number(void) { return outcome(syscall(SYS_tkill, getppid(), 0)); }
static int queue_signal(void)
{
	siginfo_t info = { .si_code = SI_QUEUE };
	return outcome(syscall(SYS_rt_sigqueueinfo, getppid(), 0, &info));
}
static int hold_parent(void) { return outcome(syscall(SYS_pidfd_open, getppid(), 0)); }
static int outlive_parent(void) { return outcome(prctl(PR_SET_PDEATHSIG, 0, 0, 0, 0)); }
static int be_dumpable(void) { return outcome(prctl(PR_SET_DUMPABLE, 1, 0, 0, 0)); }

static int run_anonymous(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? HELD : ESCAPED;
}
static int run_what_was_written(void)
{
	void *page = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return outcome(mprotect(page, 4096, PROT_READ | PROT_EXEC));
}
static int share_memory(void)
{
	return mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0) == MAP_FAILED ? HELD : ESCAPED;
}
static int fill(size_t step)
{
	for (size_t total = 0; total <= 2 * MEMORY_BYTES; total += step) {
		char *memory = mmap(NULL, step, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		if (memory == MAP_FAILED)
			return HELD;
		memory[0] = 1;
	}
	return ESCAPED;
}
static int memory_at_once(void) { return fill(2 * MEMORY_BYTES + MEBIBYTE); }
static int memory_bit_by_bit(void) { return fill(MEBIBYTE); }
static int memory_reserved_first(void)
{
	void *memory = mmap(NULL, 2 * MEMORY_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return memory == MAP_FAILED ? HELD : outcome(mprotect(memory, 2 * MEMORY_BYTES, PROT_READ | PROT_WRITE));
}
static int memory_grown(void)
{
	void *memory = mmap(NULL, MEBIBYTE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return memory == MAP_FAILED || mremap(memory, MEBIBYTE, 2 * MEMORY_BYTES, MREMAP_MAYMOVE) == MAP_FAILED ? HELD : ESCAPED;
}
static int memory_of_the_heap(void) { return sbrk((intptr_t)(2 * MEMORY_BYTES)) == (void *)-1 ? HELD : ESCAPED; }
static int raise_a_limit(void)
{
	struct rlimit more = { RLIM_INFINITY, RLIM_INFINITY };
	return outcome(syscall(SYS_prlimit64, 0, RLIMIT_FSIZE, &more, NULL));
}

/* Until so much processor time has passed that a limit of a second would have ended it. */
static int work_on(void)
{
	struct timespec used;
	do
		clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
	while (used.tv_sec < 3);
	return ESCAPED;
}
static int work_on_deafly(void)
{
	signal(SIGXCPU, SIG_IGN);
	return work_on();
}

static int write_on(void)
{
	static const char bytes[4096];
	for (uint64_t total = 0; total <= OUT_BYTES; total += sizeof bytes)
		if (write(WORKER_FD_VIDEO, bytes, sizeof bytes) < 0)
			return HELD;
	return ESCAPED;
}
static int write_far_out(void) { return outcome(pwrite(WORKER_FD_VIDEO, "x", 1, (off_t)OUT_BYTES)); }
static int stretch_output(void) { return outcome(ftruncate(WORKER_FD_VIDEO, (off_t)OUT_BYTES + 1)); }
static int use_inherited(void) { return outcome(write(50, "x", 1)); }
static int use_far_descriptor(void) { return outcome(write(900, "x", 1)); }
static int double_descriptor(void) { return outcome(dup(WORKER_FD_VIDEO)); }
/* The call itself: what the C library makes of fstat() is another one, which is refused whatever is open. */
static int count_descriptors(void)
{
	struct stat status;
	for (int fd = WORKER_FD_END; fd < 1024; fd++)
		if (syscall(SYS_fstat, fd, &status) == 0)
			return ESCAPED;
	for (int fd = WORKER_FD_CONTROL; fd < WORKER_FD_END; fd++)
		if (syscall(SYS_fstat, fd, &status) != 0)
			return UNFIT;
	return HELD;
}

static int leave_for_a_namespace(void) { return outcome(unshare(CLONE_NEWUSER)); }
static int mount_something(void) { return mount("none", "/nonexistent", "tmpfs", 0, NULL) < 0 && errno != ENOENT && errno != EPERM ? HELD : ESCAPED; }
static int change_root(void) { return chroot("/nonexistent") < 0 && errno != ENOENT && errno != EPERM ? HELD : ESCAPED; }
static int ring(void)
{
	struct io_uring_params parameters = {};
	return outcome(syscall(SYS_io_uring_setup, 1, &parameters));
}

#if defined(__x86_64__)
/* The same kernel, asked in the words of another processor: getpid is 20 there, and 39 in x32. */
static int ask_as_32_bits(void)
{
	long result = 20;
	__asm__ volatile("int $0x80" : "+a"(result) : : "memory", "r8", "r9", "r10", "r11");
	return result > 0 ? ESCAPED : HELD;
}
#endif

/* --- making them --- */

/* What must happen to it: without confinement it gets through; or it is enough that it reaches the kernel, which may have reasons of its own to refuse. */
enum control { GETS_THROUGH, REACHES_KERNEL };
struct attempt {
	const char *name;
	int (*make)(void);
	enum control control;
	bool needs_limits;                     /* of memory, which a build with sanitizers lacks */
};

/* The descriptors that the protocol gives, the input unconnected; one more near, and one far. */
static void lay_out(void)
{
	char path[] = "/tmp/amanat-escape-XXXXXX";
	int output = mkstemp(path), pair[2];
	unlink(path);
	if (output < 0 || socketpair(AF_UNIX, SOCK_SEQPACKET, 0, pair) != 0)
		_exit(UNFIT);
	int input = socket(AF_INET, SOCK_DGRAM, 0);
	/* away from where they shall lie; the control socket's other end too, which stays open */
	const int from[] = { fcntl(pair[0], F_DUPFD, 60), fcntl(input, F_DUPFD, 60), fcntl(output, F_DUPFD, 60), fcntl(output, F_DUPFD, 60),
		fcntl(pair[1], F_DUPFD, 60) };
	for (int i = 0; i < 4; i++)
		if (from[i] < 0 || dup2(from[i], WORKER_FD_CONTROL + i) < 0)
			_exit(UNFIT);
	if (from[4] < 0 || dup2(from[2], 50) < 0 || dup2(from[2], 900) < 0)
		_exit(UNFIT);
}

/* How it ended, as waitpid() says. */
static int ends_as(int (*make)(long), long number, bool confined)
{
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		uint32_t missing = 0;
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		lay_out();
		_exit(!confined || sandbox_enter(&limits, &missing) ? make(number) : NO_SANDBOX);
	}
	int status = 0;
	while (waitpid(child, &status, 0) < 0 && errno == EINTR)
		;
	return status;
}

static bool by_signal(int status)
{
	return WIFSIGNALED(status) && (WTERMSIG(status) == SIGSYS || WTERMSIG(status) == SIGXCPU || WTERMSIG(status) == SIGKILL);
}
static bool stopped(int status) { return by_signal(status) || (WIFEXITED(status) && WEXITSTATUS(status) == HELD); }
/* A program that it became has exited with 0. */
static bool got_through(int status) { return WIFEXITED(status) && (WEXITSTATUS(status) == ESCAPED || WEXITSTATUS(status) == 0); }
static bool reached_kernel(int status) { return WIFEXITED(status) && (WEXITSTATUS(status) == ESCAPED || WEXITSTATUS(status) == HELD); }

static void point(bool ok, const char *name)
{
	tap.points++;
	tap.failed += !ok;
	printf("%s %u - %s is stopped\n", ok ? "ok" : "not ok", tap.points, name);
	fflush(stdout);
}

static const struct attempt attempts[] = {
	{ "a local socket", socket_unix, GETS_THROUGH, false },
	{ "an IPv4 socket", socket_inet, GETS_THROUGH, false },
	{ "an IPv6 socket", socket_inet6, REACHES_KERNEL, false },
	{ "a netlink socket", socket_netlink, REACHES_KERNEL, false },
	{ "a pair of sockets", socket_pair, GETS_THROUGH, false },
	{ "connecting a socket that is there", connect_out, GETS_THROUGH, false },
	{ "binding a socket that is there", listen_in, GETS_THROUGH, false },
	{ "a message with room for descriptors", send_descriptor, GETS_THROUGH, false },
	{ "opening /etc/passwd", open_passwords, GETS_THROUGH, false },
	{ "opening the root folder", open_folder, GETS_THROUGH, false },
	{ "opening where it stands", open_relative, GETS_THROUGH, false },
	{ "opening /proc/self/mem", open_memory, GETS_THROUGH, false },
	{ "opening /proc/self/exe", open_program, GETS_THROUGH, false },
	{ "opening /proc/self/maps", open_maps, GETS_THROUGH, false },
	{ "opening its own output anew", open_own_output, GETS_THROUGH, false },
	{ "opening /dev/null", open_null, GETS_THROUGH, false },
	{ "open, not openat", open_in_the_old_way, GETS_THROUGH, false },
	{ "openat2", open_in_the_new_way, REACHES_KERNEL, false },
	{ "making a file", make_file, GETS_THROUGH, false },
	{ "looking whether a file is there", look_at_file, GETS_THROUGH, false },
	{ "reading a link", read_link, GETS_THROUGH, false },
	{ "removing a file", remove_file, GETS_THROUGH, false },
	{ "a file in memory", hidden_file, GETS_THROUGH, false },
	{ "running a program", run_program, GETS_THROUGH, false },
	{ "running a program by execveat", run_by_descriptor, GETS_THROUGH, false },
	{ "fork", fork_once, GETS_THROUGH, false },
	{ "a process by clone", fork_by_clone, GETS_THROUGH, false },
	{ "a process by clone3", fork_by_clone3, GETS_THROUGH, false },
	{ "a fork bomb", bomb, GETS_THROUGH, false },
	{ "tracing the server", trace_parent, REACHES_KERNEL, false },
	{ "asking to be traced", be_traced, REACHES_KERNEL, false },
	{ "reading the server's memory", read_parent, REACHES_KERNEL, false },
	{ "killing the server", kill_parent, GETS_THROUGH, false },
	{ "killing its group", kill_everybody, GETS_THROUGH, false },
	{ "a signal to the server's thread", signal_parent, GETS_THROUGH, false },
	{ "a signal by tkill", signal_by_number, GETS_THROUGH, false },
	{ "a queued signal", queue_signal, REACHES_KERNEL, false },
	{ "a descriptor of the server's process", hold_parent, GETS_THROUGH, false },
	{ "outliving the server", outlive_parent, GETS_THROUGH, false },
	{ "becoming dumpable", be_dumpable, GETS_THROUGH, false },
	{ "memory that can be run", run_anonymous, GETS_THROUGH, false },
	{ "running what was written", run_what_was_written, GETS_THROUGH, false },
	{ "shared memory", share_memory, GETS_THROUGH, false },
	{ "memory beyond the limit, at once", memory_at_once, GETS_THROUGH, true },
	{ "memory beyond the limit, bit by bit", memory_bit_by_bit, GETS_THROUGH, true },
	{ "memory beyond the limit, reserved before", memory_reserved_first, GETS_THROUGH, true },
	{ "memory beyond the limit, grown", memory_grown, GETS_THROUGH, true },
	{ "memory beyond the limit, of the heap", memory_of_the_heap, GETS_THROUGH, true },
	{ "raising a limit", raise_a_limit, GETS_THROUGH, false },
	{ "processor time beyond the limit", work_on, GETS_THROUGH, false },
	{ "processor time with the warning ignored", work_on_deafly, GETS_THROUGH, false },
	{ "output beyond the limit", write_on, GETS_THROUGH, false },
	{ "output far beyond the limit", write_far_out, GETS_THROUGH, false },
	{ "stretching the output", stretch_output, GETS_THROUGH, false },
	{ "an inherited descriptor", use_inherited, GETS_THROUGH, false },
	{ "an inherited descriptor far out", use_far_descriptor, GETS_THROUGH, false },
	{ "one more descriptor", double_descriptor, GETS_THROUGH, false },
	{ "any descriptor but the protocol's", count_descriptors, GETS_THROUGH, false },
	{ "a namespace of its own", leave_for_a_namespace, REACHES_KERNEL, false },
	{ "mounting", mount_something, REACHES_KERNEL, false },
	{ "another root", change_root, REACHES_KERNEL, false },
	{ "io_uring", ring, REACHES_KERNEL, false },
#if defined(__x86_64__)
	{ "a call in the words of a 32-bit processor", ask_as_32_bits, REACHES_KERNEL, false },
#endif
};

static int made(long number) { return attempts[number].make(); }

static void try_both(const struct attempt *attempt)
{
	int control = ends_as(made, (long)(attempt - attempts), false);
	bool could = attempt->control == GETS_THROUGH ? got_through(control) : reached_kernel(control);
	int confined = ends_as(made, (long)(attempt - attempts), true);
	/* where the kernel itself may refuse, nothing less than the filter's signal tells that it was not asked */
	bool held = attempt->control == REACHES_KERNEL ? by_signal(confined) : stopped(confined);
	if (attempt->needs_limits && SANITIZED)
		held = !got_through(confined) || reached_kernel(confined);
	if (!could)
		printf("# without the sandbox it ended with 0x%x: it cannot show anything\n", (unsigned)control);
	if (!held)
		printf("# in the sandbox it ended with 0x%x\n", (unsigned)confined);
	point(could && held, attempt->name);
}

/* --- every family, every call --- */

#define FAMILIES 46
#define CALLS 470

static int family(long number) { return outcome(syscall(SYS_socket, number, SOCK_DGRAM, 0)); }
TEST(a_socket_of_any_family_is_stopped)
{
	for (long number = 0; number < FAMILIES; number++)
		if (!EXPECT(by_signal(ends_as(family, number, true))) || !EXPECT(reached_kernel(ends_as(family, number, false))))
			printf("# family %ld\n", number);
}

/* With arguments that no call can use: what matters is whether the kernel is asked. */
static int call(long number)
{
	errno = 0;
	return syscall((int)number, -1L, -1L, -1L, -1L, -1L, -1L) < 0 && (errno == EPERM || errno == ENOSYS) ? HELD : ESCAPED;
}

/* What a decoder needs, and all that it has: worker/filter.c with its reasons.  mmap, mprotect, clone, tgkill and prctl depend on their arguments, and
 * these are none that they take. */
static const int needed[] = {
	SYS_read, SYS_write, SYS_readv, SYS_writev, SYS_pread64, SYS_pwrite64, SYS_lseek, SYS_ftruncate, SYS_fstat, SYS_close, SYS_recvfrom, SYS_sendto,
	SYS_ppoll, SYS_brk, SYS_munmap, SYS_mremap, SYS_madvise, SYS_futex, SYS_set_robust_list, SYS_rseq, SYS_sched_yield, SYS_sched_getaffinity, SYS_gettid,
	SYS_getpid, SYS_exit, SYS_exit_group, SYS_restart_syscall, SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn, SYS_sigaltstack, SYS_clock_gettime,
	SYS_clock_getres, SYS_clock_nanosleep, SYS_nanosleep, SYS_gettimeofday, SYS_getrusage, SYS_getrandom,
#if defined(__x86_64__)
	SYS_poll, SYS_time,
#endif
};

static bool is_needed(long number)
{
	for (size_t i = 0; i < sizeof needed / sizeof *needed; i++)
		if (needed[i] == number)
			return true;
	return false;
}

/* x86's uretprobe and uprobe: the kernel lets them past every filter, and does nothing for who is not in a probe of its own making. */
static bool is_past_filters(long number)
{
#if defined(__x86_64__)
	return number == 335 || number == 336;
#else
	return number < 0;
#endif
}

TEST(every_call_that_a_decoder_does_not_need_is_stopped)
{
	unsigned stopped_calls = 0;
	for (long number = 0; number < CALLS; number++) {
		if (is_needed(number) || is_past_filters(number))
			continue;
		bool held = stopped(ends_as(call, number, true));
		stopped_calls += held;
		if (!EXPECT(held))
			printf("# system call %ld\n", number);
	}
	printf("# %u calls are stopped, %zu are not\n", stopped_calls, sizeof needed / sizeof *needed);
}

static int many_threads(long) { return bomb_of_threads(); }
TEST(threads_beyond_the_limit_are_stopped_where_namespaces_are)
{
	uint32_t missing = 0;
	int pair[2], status = 0;
	CHECK(pipe(pair) == 0);
	fflush(stdout);
	pid_t child = fork();
	if (child == 0) {
		dup2(pair[1], WORKER_FD_CONTROL);
		_exit(sandbox_enter(&limits, &missing) && write(WORKER_FD_CONTROL, &missing, sizeof missing) == sizeof missing ? bomb_of_threads() : NO_SANDBOX);
	}
	close(pair[1]);
	CHECK(read(pair[0], &missing, sizeof missing) == sizeof missing);
	close(pair[0]);
	CHECK(waitpid(child, &status, 0) == child);
	printf("# missing on this machine: %u\n", missing);
	CHECK(got_through(ends_as(many_threads, 0, false)));
	CHECK((missing & SANDBOX_NO_NAMESPACES) ? reached_kernel(status) : stopped(status));
}

int main(void)
{
	for (size_t i = 0; i < sizeof attempts / sizeof *attempts; i++)
		try_both(&attempts[i]);
	RUN(a_socket_of_any_family_is_stopped);
	RUN(every_call_that_a_decoder_does_not_need_is_stopped);
	RUN(threads_beyond_the_limit_are_stopped_where_namespaces_are);
	return tap_end();
}

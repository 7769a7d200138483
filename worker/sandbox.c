#include "sandbox.h"

#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "filter.h"
#include "media/protocol.h"

#define NOBODY 65534
#define THREADS_MAX 64
/* Libraries, and what malloc reserves without using; the data limit is the one that bites. */
#define ADDRESS_SPACE_EXTRA (UINT64_C(3) << 30)

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SHADOW_MEMORY 1          /* terabytes of address space, all "data" */
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define SHADOW_MEMORY 1
#endif
#endif
#ifndef SHADOW_MEMORY
#define SHADOW_MEMORY 0
#endif

static bool complain(const char *what)
{
	dprintf(STDERR_FILENO, "sandbox: %s: %s\n", what, strerror(errno));
	return false;
}

static bool limit(int resource, uint64_t value)
{
	struct rlimit limits = { .rlim_cur = value, .rlim_max = value };
	return setrlimit((__rlimit_resource_t)resource, &limits) == 0;
}

/* A second between the signal that tells why and the one that cannot be handled. */
static bool limit_processor(uint32_t seconds)
{
	struct rlimit limits = { .rlim_cur = seconds, .rlim_max = (rlim_t)seconds + 1 };
	return setrlimit(RLIMIT_CPU, &limits) == 0;
}

static bool limits_set(const struct worker_limits *limits)
{
	/* a write past the limit shall be an error that can be told, not a death */
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	if (!limit(RLIMIT_CORE, 0) || !limit_processor(limits->cpu_seconds) || !limit(RLIMIT_FSIZE, limits->out_bytes)
		|| !limit(RLIMIT_NOFILE, WORKER_FD_END) || !limit(RLIMIT_MEMLOCK, 0) || !limit(RLIMIT_MSGQUEUE, 0))
		return complain("limits");
	if (SHADOW_MEMORY)
		return true;
	if (!limit(RLIMIT_DATA, limits->memory_bytes) || !limit(RLIMIT_AS, limits->memory_bytes + ADDRESS_SPACE_EXTRA))
		return complain("memory limits");
	return true;
}

/* A network namespace of its own, and so on; true when all are there. */
static bool namespaces_leave(void)
{
	int spaces = CLONE_NEWNET | CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWUTS;
	bool apart = false;
	if (geteuid() == 0) {
		/* root needs no user namespace for it, and some machines forbid those */
		apart = unshare(spaces) == 0;
		gid_t group = NOBODY;
		/* fails in a container that knows no user but root; without capabilities that one is nobody much */
		if (setgroups(1, &group) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0 || setresuid(NOBODY, NOBODY, NOBODY) != 0)
			apart = false;
	}
	bool own_user = unshare(CLONE_NEWUSER | (apart ? 0 : spaces)) == 0;
	/* processes are counted per user and user namespace: outside one of our own, the limit would
	 * count the machine's other processes */
	if (own_user)
		limit(RLIMIT_NPROC, THREADS_MAX);
	return apart || own_user;
}

static bool capabilities_drop(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = {};
	if (syscall(SYS_capset, &head, none) != 0)
		return complain("capabilities");
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
		return complain("no_new_privs");
	/* changes of user and namespace undo both of these: so here, behind them */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0 || prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0) != 0)
		return complain("prctl");
	return true;
}

/* Everything that this kernel's Landlock can forbid, with no exception. */
static bool landlock_close(void)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	if (version < 1)
		return false;
	/* after handled_access_fs the structure grew with the versions; the header here knows the first only */
	struct { uint64_t files, network; } rules = { .files = (UINT64_C(1) << 13) - 1 };
	if (version >= 2)
		rules.files |= UINT64_C(1) << 13;       /* LANDLOCK_ACCESS_FS_REFER */
	if (version >= 3)
		rules.files |= UINT64_C(1) << 14;       /* ..._TRUNCATE: opening, not ftruncate of what is open before */
	if (version >= 4)
		rules.network = 3;                      /* LANDLOCK_ACCESS_NET_BIND_TCP, ..._CONNECT_TCP */
	size_t bytes = version >= 4 ? sizeof rules : sizeof rules.files;
	int ruleset = (int)syscall(SYS_landlock_create_ruleset, &rules, bytes, 0);
	if (ruleset < 0)
		return false;
	bool closed = syscall(SYS_landlock_restrict_self, ruleset, 0) == 0;
	close(ruleset);
	return closed;
}

bool sandbox_enter(const struct worker_limits *limits, uint32_t *missing)
{
	uint32_t lacking = 0;
	if (close_range(WORKER_FD_END, ~0U, 0) != 0)
		return complain("close_range");
	if (!namespaces_leave())
		lacking |= SANDBOX_NO_NAMESPACES;
	if (!capabilities_drop())
		return false;
	if (!landlock_close())
		lacking |= SANDBOX_NO_LANDLOCK;
	if (!limits_set(limits))
		return false;
	if (!filter_load())
		return complain("seccomp");
	*missing = lacking;
	return true;
}

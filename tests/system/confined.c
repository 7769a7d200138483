/* confined - runs a program under the restrictions of packaging/systemd/amanat.service that need no service manager: no new
 * privileges, no capability, the kinds of namespaces, the address families, no page written and run.
 * usage: confined PROGRAM ARGUMENTS...         (as root it becomes nobody first) */
#include <errno.h>
#include <grp.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#define NOBODY 65534

static int leave_root(void)
{
	gid_t group = NOBODY;
	if (geteuid() != 0)
		return 0;
	for (int capability = 0; prctl(PR_CAPBSET_READ, capability, 0, 0, 0) >= 0; capability++)
		if (prctl(PR_CAPBSET_DROP, capability, 0, 0, 0) != 0)
			return -1;
	return setgroups(1, &group) != 0 || setresgid(NOBODY, NOBODY, NOBODY) != 0 || setresuid(NOBODY, NOBODY, NOBODY) != 0 ? -1 : 0;
}

/* RestrictNamespaces= leaves user, net, mnt, ipc, uts. */
static int forbid_namespaces(scmp_filter_ctx filter)
{
	static const unsigned kinds[] = { CLONE_NEWPID, CLONE_NEWCGROUP };
	int failed = 0;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(unshare), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, kinds[i], kinds[i]));
		failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1, SCMP_A0(SCMP_CMP_MASKED_EQ, kinds[i], kinds[i]));
	}
	failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(setns), 0);
	return failed | seccomp_rule_add(filter, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
}

/* RestrictAddressFamilies=, MemoryDenyWriteExecute=, RestrictSUIDSGID=, and groups that SystemCallFilter= takes away. */
static int forbid_calls(scmp_filter_ctx filter)
{
	static const int calls[] = {
		SCMP_SYS(mount), SCMP_SYS(umount2), SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(ptrace), SCMP_SYS(process_vm_readv),
		SCMP_SYS(process_vm_writev), SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(reboot), SCMP_SYS(swapon), SCMP_SYS(settimeofday),
		SCMP_SYS(clock_settime), SCMP_SYS(adjtimex), SCMP_SYS(iopl), SCMP_SYS(ioperm), SCMP_SYS(bpf), SCMP_SYS(perf_event_open),
	};
	const unsigned both = PROT_WRITE | PROT_EXEC;
	int failed = 0;
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
		failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), calls[i], 0);
	failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1, SCMP_A0(SCMP_CMP_GT, AF_INET6, 0));
	failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(mmap), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, both, both));
	failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, PROT_EXEC));
	failed |= seccomp_rule_add(filter, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(fchmod), 1, SCMP_A1(SCMP_CMP_MASKED_EQ, S_ISUID, S_ISUID));
	return failed;
}

int main(int argc, char **argv)
{
	if (argc < 2)
		return 2;
	umask(0077);
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);
	if (!filter || forbid_namespaces(filter) != 0 || forbid_calls(filter) != 0) {
		fputs("confined: no filter\n", stderr);
		return 1;
	}
	if (leave_root() != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || seccomp_load(filter) != 0) {
		perror("confined");
		return 1;
	}
	seccomp_release(filter);
	execv(argv[1], argv + 1);
	perror(argv[1]);
	return 1;
}

/* worker/sandbox.h - takes everything away from this process that decoding a file does not need.
 *
 * Called once, with one thread, after the libraries are loaded and before the first byte of input:
 *
 *   limits        data, address space, processor time, file size, no core, no new descriptors
 *   descriptors   all above the protocol's are closed
 *   user          root becomes nobody; every capability is dropped; no_new_privs; not dumpable;
 *                 killed when the thread of the server that waits for it ends
 *   namespaces    user, network, mounts, IPC, host name: each empty and its own.  No PID namespace: a
 *                 process that has unshared one may make no threads, and signals are filtered below
 *   Landlock      no file may be opened, made or run, no TCP port used
 *   seccomp       an allow-list: memory, threads of this process, reads and writes on what is open.
 *                 What libraries ask for out of habit (open, stat, ioctl) fails with EPERM; what only
 *                 an attacker wants (socket, exec, fork, ptrace, kill) ends the process
 *
 * Namespaces and Landlock may be missing on a machine: then that is told.  The rest is everywhere,
 * and without it there is no work. */
#ifndef WORKER_SANDBOX_H
#define WORKER_SANDBOX_H
#include <stdbool.h>
#include <stdint.h>

struct worker_limits;

/* False when an indispensable part failed; says which on standard error.  Else `missing` gets
 * SANDBOX_NO_... bits of media/protocol.h. */
bool sandbox_enter(const struct worker_limits *, uint32_t *missing);
#endif

/* weather - a library for LD_PRELOAD: what befalls a program while a test looks on, as a shared file says.
 *
 * WEATHER names the file: two 64-bit numbers in the machine's order, read anew at each call.
 *     0   seconds that the wall clock is ahead (CLOCK_REALTIME alone: the others are the machine's)
 *     8   errno with which every change of a file below WEATHER_FOLDER fails; 0: none */
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

struct weather {
	volatile int64_t ahead_seconds, failure;
};

static struct weather fair;
static struct weather *weather = &fair;

__attribute__((constructor)) static void look_out(void)
{
	const char *path = getenv("WEATHER");
	int fd = path ? open(path, O_RDONLY | O_CLOEXEC) : -1;
	void *mapped = fd >= 0 ? mmap(NULL, sizeof *weather, PROT_READ, MAP_SHARED, fd, 0) : MAP_FAILED;
	if (mapped != MAP_FAILED)
		weather = mapped;
	if (fd >= 0)
		close(fd);
}

#define REAL(name) ((typeof(&name))dlsym(RTLD_NEXT, #name))

__attribute__((visibility("default"))) int clock_gettime(clockid_t which, struct timespec *out)
{
	int outcome = REAL(clock_gettime)(which, out);
	if (outcome == 0 && which == CLOCK_REALTIME)
		out->tv_sec += weather->ahead_seconds;
	return outcome;
}

static int is_ours(int fd)
{
	char link[64], path[4096];
	const char *folder = getenv("WEATHER_FOLDER");
	snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
	ssize_t n = readlink(link, path, sizeof path - 1);
	if (n <= 0 || !folder)
		return 0;
	path[n] = 0;
	return strncmp(path, folder, strlen(folder)) == 0;
}

static int fails(int fd)
{
	int failure = (int)weather->failure;
	if (failure == 0 || !is_ours(fd))
		return 0;
	errno = failure;
	return 1;
}

__attribute__((visibility("default"))) ssize_t pwrite64(int fd, const void *bytes, size_t n, off64_t at)
{
	return fails(fd) ? -1 : REAL(pwrite64)(fd, bytes, n, at);
}

__attribute__((visibility("default"))) ssize_t write(int fd, const void *bytes, size_t n)
{
	return fails(fd) ? -1 : REAL(write)(fd, bytes, n);
}

__attribute__((visibility("default"))) int ftruncate64(int fd, off64_t length)
{
	return fails(fd) ? -1 : REAL(ftruncate64)(fd, length);
}

__attribute__((visibility("default"))) int renameat(int from, const char *old, int to, const char *new)
{
	return fails(from) ? -1 : REAL(renameat)(from, old, to, new);
}

__attribute__((visibility("default"))) int unlinkat(int fd, const char *name, int flags)
{
	return fails(fd) ? -1 : REAL(unlinkat)(fd, name, flags);
}

__attribute__((visibility("default"))) int openat64(int fd, const char *name, int flags, ...)
{
	va_list arguments;
	va_start(arguments, flags);
	mode_t mode = flags & O_CREAT ? va_arg(arguments, mode_t) : 0;
	va_end(arguments);
	return flags & (O_CREAT | O_WRONLY | O_RDWR) && fails(fd) ? -1 : REAL(openat64)(fd, name, flags, mode);
}

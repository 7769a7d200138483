/* tests/unit/scratch.h - where a test puts its files: below TMPDIR where there is one, as the runner gives it, which takes all of it away whatever
 * became of the test; else in memory where that is possible, for the loops over failures make hundreds of folders. */
#ifndef TESTS_SCRATCH_H
#define TESTS_SCRATCH_H
#include <stdlib.h>
#include <unistd.h>

static inline const char *scratch_root(void)
{
	const char *given = getenv("TMPDIR");
	return given && given[0] ? given : access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
}
#endif

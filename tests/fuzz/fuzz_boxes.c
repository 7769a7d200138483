/* The outermost boxes of an upload, read in the worker before libav sees it. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "boxes.h"
#include "fuzz.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct input input;
	int fd = memfd_create("upload", MFD_CLOEXEC);
	if (fd < 0 || write(fd, bytes, n) != (ssize_t)n)
		__builtin_trap();
	input_init_file(&input, fd, (int64_t)n);
	if (boxes_have(&input, "moov"))
		assert(memmem(bytes, n, "moov", 4));
	input_free(&input);
	close(fd);
	return 0;
}

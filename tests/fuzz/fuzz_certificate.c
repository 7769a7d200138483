/* The two files of our own TLS, a zero byte between them: taken, or refused with a reason, in either case without a leak. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "fuzz.h"
#include "http/tls.h"

static int file_of(struct str content, char path[32])
{
	int fd = memfd_create("pem", MFD_CLOEXEC);
	if (fd < 0 || write(fd, content.p, content.n) != (ssize_t)content.n || fchmod(fd, 0600) != 0)
		__builtin_trap();
	snprintf(path, 32, "/proc/self/fd/%d", fd);
	return fd;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	struct str key = { (const char *)bytes, n }, certificate = str_cut(&key, 0);
	char certificate_path[32], key_path[32];
	int certificate_fd = file_of(certificate, certificate_path), key_fd = file_of(key, key_path);
	const struct tls_files files = { .certificate = certificate_path, .key = key_path };
	int64_t until_us = -1;
	if (tls_check(&cx, &files, &until_us) == OK)
		assert(until_us >= 0);
	else
		assert(cx.failure.code == E_INVALID && cx.failure.text[0] && until_us == -1);
	close(certificate_fd);
	close(key_fd);
	return 0;
}

/* A settings file, and an override: read whole, or refused with a line's number and what is allowed; never half. */
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/config.h"
#include "fuzz.h"

#define OVERRIDE_MAX 4096

static void check(struct ctx *cx, const char *file, const char *const *overrides)
{
	struct config *config = NULL;
	if (config_load(cx, file, overrides, &config) == OK)
		assert(config && config->server_port >= 0 && config->server_port <= 65535 && config->server_address[0]);
	else
		assert(!config && cx->failure.text[0]);
	config_free(&config);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	char path[32], override[OVERRIDE_MAX];
	int fd = memfd_create("settings", MFD_CLOEXEC);
	if (fd < 0 || write(fd, bytes, n) != (ssize_t)n)
		__builtin_trap();
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	check(&cx, path, NULL);
	close(fd);
	if (n >= sizeof override)
		return 0;
	memcpy(override, bytes, n);
	override[n] = 0;
	check(&cx, NULL, (const char *const[]){ override, NULL });
	return 0;
}

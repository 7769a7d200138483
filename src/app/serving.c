#include "app/serving.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "api/version.h"
#include "base/config.h"

#define NOTE_BYTES_MAX 256

enum err serving_note(struct ctx *cx, int lock, int64_t port)
{
	struct str note = arena_printf(&cx->mem, "%d %" PRId64 " %" PRId64 " " AMANAT_VERSION "\n", (int)getpid(), port, clock_wall_us(cx->clock));
	if (ftruncate(lock, 0) != 0 || pwrite(lock, note.p, note.n, 0) != (ssize_t)note.n)
		return fail(cx, E_IO, "cannot write the lock file: %s", strerror(errno));
	return OK;
}

/* Numbers are given again after a crash: so its name is looked at, too. */
static bool is_ours(struct ctx *cx, int64_t pid)
{
	char name[32] = "";
	FILE *file = fopen(arena_printf(&cx->mem, "/proc/%" PRId64 "/comm", pid).p, "re");
	if (!file)
		return false;
	bool read = fgets(name, sizeof name, file) != NULL;
	fclose(file);
	return read && strcmp(name, "amanat\n") == 0;
}

enum err serving_read(struct ctx *cx, struct serving *out)
{
	char text[NOTE_BYTES_MAX];
	struct serving serving = {};
	int fd = open(arena_printf(&cx->mem, "%s/serving.lock", cx->config->store_folder).p, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? 0 : pread(fd, text, sizeof text, 0);
	if (fd >= 0)
		close(fd);
	struct str rest = { text, n > 0 ? (size_t)n : 0 };
	bool read = str_i64(str_cut(&rest, ' '), &serving.pid) && str_i64(str_cut(&rest, ' '), &serving.port) && str_i64(str_cut(&rest, ' '), &serving.started_us);
	serving.version = arena_copy(&cx->mem, str_trim(rest));
	*out = read && is_ours(cx, serving.pid) ? serving : (struct serving){};
	return OK;
}

#include "verify/source.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define PATIENCE_US (60 * SECOND_US)
#define PATH_BYTES_MAX 256
#define NAME_BYTES_MAX FETCH_URL_MAX

/* Of a folder: what was asked for, until it is taken. */
struct wanted {
	char path[PATH_BYTES_MAX];
	size_t bytes_max;
};
struct source {
	char name[NAME_BYTES_MAX];             /* without a slash at its end */
	int folder;                            /* -1: the web */
	struct fetch *fetch;
	struct wanted wanted[SOURCE_AT_ONCE];
};

static enum err open_folder(struct ctx *cx, struct source *source)
{
	source->folder = open(source->name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return source->folder >= 0 ? OK : fail(cx, E_NOTFOUND, "%.150s: %s", source->name, strerror(errno));
}

static enum err open_web(struct ctx *cx, struct source *source)
{
	const struct str name = str_of(source->name);
	if (!str_ends(name, STR("/ledger")))
		memcpy(source->name + name.n, "/ledger", sizeof "/ledger");
	return fetch_open(cx, &source->fetch);
}

enum err source_open(struct ctx *cx, struct str where, bool is_folder, struct source **out)
{
	while (where.n > 1 && where.p[where.n - 1] == '/')
		where.n--;
	if (where.n + sizeof "/ledger" > NAME_BYTES_MAX - PATH_BYTES_MAX || memchr(where.p, '\0', where.n))
		return fail(cx, E_INVALID, "this address is too long");
	AUTO(source_close) struct source *source = calloc(1, sizeof *source);
	if (!source)
		abort();
	source->folder = -1;
	memcpy(source->name, where.p, where.n);
	TRY(is_folder ? open_folder(cx, source) : open_web(cx, source));
	*out = source;
	source = NULL;
	return OK;
}

void source_close(struct source **source)
{
	if (!*source)
		return;
	fetch_close(&(*source)->fetch);
	if ((*source)->folder >= 0)
		close((*source)->folder);
	free(*source);
	*source = NULL;
}

struct str source_name(const struct source *source)
{
	return str_of(source->name);
}

/* --- a folder --- */

static void close_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* "charter/2" and "charter/2/note" in another form: "charter/2.json" and ".note", "charter.json?version=2" and "charter.json.note?...".
 * False: the path is another one's. */
static bool other_name(struct str path, bool of_folder, struct buf *out)
{
	struct str version = str_from(path, sizeof "charter/" - 1);
	const bool is_note = str_ends(version, STR("/note"));
	if (!str_starts(path, STR("charter/")))
		return false;
	if (is_note)
		version.n -= sizeof "/note" - 1;
	if (of_folder)
		buf_printf(out, "charter/" STR_FMT ".%s", STR_ARG(version), is_note ? "note" : "json");
	else
		buf_printf(out, "charter.json%s?version=" STR_FMT, is_note ? ".note" : "", STR_ARG(version));
	return true;
}

static enum err read_all(struct ctx *cx, const char *path, int fd, struct buf *out)
{
	struct stat about;
	if (fstat(fd, &about) != 0 || !S_ISREG(about.st_mode))
		return fail(cx, E_IO, "%.150s is no file", path);
	if ((uint64_t)about.st_size > out->max)
		return fail(cx, E_TOOLARGE, "%.150s has more than %zu bytes", path, out->max);
	char *const bytes = malloc((size_t)about.st_size + 1);
	size_t n = 0;
	if (!bytes)
		abort();
	for (ssize_t got = 1; got != 0 && n < (size_t)about.st_size;) {
		got = read(fd, bytes + n, (size_t)about.st_size - n);
		if (got < 0 && errno != EINTR) {
			free(bytes);
			return fail(cx, E_IO, "reading %.150s: %s", path, strerror(errno));
		}
		n += got > 0 ? (size_t)got : 0;
	}
	buf_free(out);
	*out = (struct buf){ .p = bytes, .n = n, .cap = (size_t)about.st_size + 1, .max = (size_t)about.st_size + 1 };
	return OK;
}

static enum err read_file(struct ctx *cx, const struct source *source, const struct wanted *wanted, struct buf *out)
{
	AUTO(buf_free) struct buf body = buf_new(wanted->bytes_max);
	AUTO(close_fd) const int fd = openat(source->folder, wanted->path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return fail(cx, errno == ENOENT || errno == ENOTDIR ? E_NOTFOUND : E_IO, "%.150s: %s", wanted->path, strerror(errno));
	TRY(read_all(cx, wanted->path, fd, &body));
	*out = body;
	body = buf_new(0);
	return OK;
}

/* --- either --- */

enum err source_begin(struct ctx *cx, struct source *source, unsigned slot, struct str path, size_t bytes_max)
{
	assert(slot < SOURCE_AT_ONCE);
	struct wanted *const wanted = &source->wanted[slot];
	AUTO(buf_free) struct buf name = buf_new(PATH_BYTES_MAX - 1);
	if (source->folder < 0 || !other_name(path, true, &name))
		buf_str(&name, path);
	if (name.failed)
		return fail(cx, E_INVALID, "this path is too long");
	memcpy(wanted->path, buf_terminated(&name), name.n + 1);
	wanted->bytes_max = bytes_max;
	if (source->folder >= 0)
		return OK;
	AUTO(buf_free) struct buf url = buf_new(NAME_BYTES_MAX);
	buf_printf(&url, "%s/%s", source->name, wanted->path);
	const struct fetch_request request = { .url = buf_view(&url), .bytes_max = bytes_max, .patience_us = PATIENCE_US };
	return fetch_begin(cx, source->fetch, slot, &request);
}

enum err source_take(struct ctx *cx, struct source *source, unsigned slot, struct buf *out)
{
	const struct wanted *const wanted = &source->wanted[slot];
	if (source->folder >= 0)
		return read_file(cx, source, wanted, out);
	AUTO(fetch_answer_free) struct fetch_answer answer = {};
	TRY(fetch_take(cx, source->fetch, slot, &answer));
	if (answer.status == 404 || answer.status == 410)
		return fail(cx, E_NOTFOUND, "%.100s/%.100s: there is no such thing (status %d)", source->name, wanted->path, answer.status);
	if (answer.status != 200)
		return fail(cx, E_BUSY, "%.100s/%.100s answers with status %d", source->name, wanted->path, answer.status);
	*out = answer.body;
	answer.body = buf_new(0);
	return OK;
}

/* Of the node, beside its ledger. */
static enum err get_beside(struct ctx *cx, struct source *source, struct str name, size_t bytes_max, struct buf *out)
{
	AUTO(buf_free) struct buf url = buf_new(NAME_BYTES_MAX);
	AUTO(fetch_answer_free) struct fetch_answer answer = {};
	buf_str(&url, (struct str){ source->name, strlen(source->name) - (sizeof "ledger" - 1) });
	buf_str(&url, name);
	const struct fetch_request request = { .url = buf_view(&url), .bytes_max = bytes_max, .patience_us = PATIENCE_US };
	TRY(fetch_ask(cx, source->fetch, &request, &answer));
	if (answer.status != 200)
		return fail(cx, answer.status == 404 || answer.status == 410 ? E_NOTFOUND : E_BUSY, STR_FMT " answers with status %d", STR_ARG(buf_view(&url)), answer.status);
	*out = answer.body;
	answer.body = buf_new(0);
	return OK;
}

enum err source_get(struct ctx *cx, struct source *source, struct str path, size_t bytes_max, struct buf *out)
{
	const unsigned slot = SOURCE_AT_ONCE - 1;
	AUTO(buf_free) struct buf other = buf_new(PATH_BYTES_MAX);
	TRY(source_begin(cx, source, slot, path, bytes_max));
	const enum err got = source_take(cx, source, slot, out);
	if (got != E_NOTFOUND || source->folder >= 0 || !other_name(path, false, &other))
		return got;
	return get_beside(cx, source, buf_view(&other), bytes_max, out);
}

/* Copying on two threads: each file once and whole, and the failure that one thread alone would have met. */
#include <dirent.h>
#include <fcntl.h>
#include <nettle/sha2.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "scratch.h"
#include "tap.h"
#include "upkeep/abreast.h"
#include "upkeep/files.h"

#define FILES 40
#define FILE_BYTES 300'000

struct world {
	char folder[64];
	struct faults faults;
	struct ctx cx;
	atomic_uint calls[FILES];
	atomic_uint busy[ABREAST_THREADS];
	struct sums sums[FILES];
};

static void world_end(struct world *w)
{
	w->cx.faults = NULL;
	EXPECT(folder_remove(&w->cx, w->folder) == OK);
	ctx_end(&w->cx);
}

static void path_of(const struct world *w, const char *kind, size_t index, char out[96])
{
	snprintf(out, 96, "%s/%s-%zu", w->folder, kind, index);
}

static void fill(unsigned char *bytes, size_t index)
{
	for (size_t i = 0; i < FILE_BYTES; i++)
		bytes[i] = (unsigned char)(i * 31 + index * 7 + (i >> 8));
}

static void world_begin(struct world *w)
{
	memset(w, 0, sizeof *w);
	snprintf(w->folder, sizeof w->folder, "%s/amanat-abreast-XXXXXX", scratch_root());
	EXPECT(mkdtemp(w->folder));
	w->cx = (struct ctx){ .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	unsigned char *bytes = malloc(FILE_BYTES);
	for (size_t i = 0; bytes && i < FILES; i++) {
		char path[96];
		path_of(w, "from", i, path);
		int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		fill(bytes, i);
		EXPECT(fd >= 0 && write(fd, bytes, FILE_BYTES) == FILE_BYTES);
		close(fd);
	}
	free(bytes);
}

static enum err copy_one(void *self, struct ctx *cx, size_t index, unsigned thread)
{
	struct world *w = self;
	char from[96], tmp[96], to[96];
	atomic_fetch_add(&w->calls[index], 1);
	EXPECT(thread < ABREAST_THREADS && atomic_fetch_add(&w->busy[thread], 1) == 0);
	path_of(w, "from", index, from);
	path_of(w, "tmp", thread, tmp);
	path_of(w, "to", index, to);
	enum err e = file_copy(cx, FILE_AS_IT_IS, from, tmp, to, NULL, &w->sums[index]);
	atomic_fetch_sub(&w->busy[thread], 1);
	return e;
}

static bool copy_is_whole(const struct world *w, size_t index)
{
	unsigned char want[SHA256_DIGEST_SIZE], *bytes = malloc(FILE_BYTES);
	char text[HASH_TEXT_BYTES], path[96], hash[HASH_TEXT_BYTES];
	struct sha256_ctx state;
	int64_t size;
	if (!bytes)
		abort();
	fill(bytes, index);
	sha256_init(&state);
	sha256_update(&state, FILE_BYTES, bytes);
	sha256_digest(&state, sizeof want, want);
	free(bytes);
	for (size_t i = 0; i < sizeof want; i++)
		snprintf(text + 2 * i, 3, "%02x", want[i]);
	path_of(w, "to", index, path);
	struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	bool whole = file_hash(&cx, path, &size, hash) == OK && size == FILE_BYTES && strcmp(hash, text) == 0;
	ctx_end(&cx);
	return whole;
}

static size_t left(const struct world *w, const char *kind, bool whole)
{
	size_t count = 0;
	DIR *dir = opendir(w->folder);
	for (struct dirent *found = dir ? readdir(dir) : NULL; found; found = readdir(dir))
		if (strncmp(found->d_name, kind, strlen(kind)) == 0)
			count += !whole || copy_is_whole(w, (size_t)atoi(found->d_name + strlen(kind)));
	closedir(dir);
	return count;
}

TEST(each_file_is_copied_once_and_whole_with_its_sum)
{
	AUTO(world_end) struct world w;
	world_begin(&w);
	CHECK(abreast(&w.cx, FILES, copy_one, &w) == OK);
	for (size_t i = 0; i < FILES; i++) {
		CHECK(w.calls[i] == 1 && w.sums[i].bytes == FILE_BYTES);
		CHECK(copy_is_whole(&w, i));
	}
	CHECK(left(&w, "tmp-", false) == 0);
	CHECK(abreast(&w.cx, 0, copy_one, &w) == OK);
}

TEST(of_several_failures_the_first_in_order_is_told_and_nothing_begins_behind_it)
{
	AUTO(world_end) struct world w;
	char path[96];
	world_begin(&w);
	for (size_t i = 7; i < FILES; i += 3) {
		path_of(&w, "from", i, path);
		CHECK(unlink(path) == 0);
	}
	CHECK(abreast(&w.cx, FILES, copy_one, &w) == E_NOTFOUND);
	path_of(&w, "from", 7, path);
	CHECK(strstr(w.cx.failure.text, path));
	for (size_t i = 0; i < 7; i++)
		CHECK(copy_is_whole(&w, i));
	for (size_t i = 7 + 3 * (ABREAST_THREADS - 1) + 1; i < FILES; i++)     /* each thread meets its own at the third, at the latest */
		CHECK(w.calls[i] == 0);
}

/* A kill at any moment finds the name as it was: it is not given before the copy was compared. */
TEST(what_is_not_wanted_never_stands_under_the_name)
{
	AUTO(world_end) struct world w;
	char from[96], tmp[96], to[96], other[HASH_TEXT_BYTES];
	struct sums sums = { .bytes = -7 }, first;
	world_begin(&w);
	path_of(&w, "from", 0, from);
	path_of(&w, "tmp", 0, tmp);
	path_of(&w, "to", 0, to);
	CHECK(file_copy(&w.cx, FILE_AS_IT_IS, from, tmp, to, NULL, &first) == OK);
	memcpy(other, first.hash, sizeof other);
	other[5] ^= 1;
	path_of(&w, "from", 1, from);
	const struct file_wanted wanted[] = { { -1, other }, { FILE_BYTES - 1, NULL }, { FILE_BYTES, first.hash } };
	for (size_t i = 0; i < sizeof wanted / sizeof *wanted; i++) {
		CHECK(file_copy(&w.cx, FILE_AS_IT_IS, from, tmp, to, &wanted[i], &sums) == E_CONFLICT);
		CHECK(sums.bytes == -7 && copy_is_whole(&w, 0) && left(&w, "tmp-", false) == 0);
	}
	path_of(&w, "to", 1, to);
	CHECK(file_copy(&w.cx, FILE_AS_IT_IS, from, tmp, to, &wanted[0], &sums) == E_CONFLICT && left(&w, "to-", false) == 1);
	path_of(&w, "from", 0, from);
	CHECK(file_copy(&w.cx, FILE_AS_IT_IS, from, tmp, to, &(struct file_wanted){ FILE_BYTES, first.hash }, &sums) == OK);
}

TEST(whatever_call_fails_no_part_of_a_file_stands_under_its_name)
{
	AUTO(world_end) struct world w;
	world_begin(&w);
	w.cx.faults = &w.faults;
	for (unsigned nth = 1;; nth += 7) {
		fault_arm(&w.faults, nth);
		enum err e = abreast(&w.cx, FILES, copy_one, &w);
		if (!fault_reached(&w.faults))
			break;
		CHECK(nth == 1 ? e == OK : e == E_IO); /* the first seam is the second thread's start: without it one does it all */
		CHECK(left(&w, "tmp-", false) == 0);
		CHECK(left(&w, "to-", false) == left(&w, "to-", true));
		for (size_t i = 0; i < FILES; i++) {
			char path[96];
			path_of(&w, "to", i, path);
			unlink(path);
		}
	}
}

int main(void)
{
	RUN(each_file_is_copied_once_and_whole_with_its_sum);
	RUN(of_several_failures_the_first_in_order_is_told_and_nothing_begins_behind_it);
	RUN(what_is_not_wanted_never_stands_under_the_name);
	RUN(whatever_call_fails_no_part_of_a_file_stands_under_its_name);
	return tap_end();
}

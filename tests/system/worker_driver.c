/* worker_driver - runs one file through worker_run() and prints what came of it as one line of JSON.
 *
 *   worker_driver PROGRAM video|image|cover INPUT VIDEO_OUT IMAGE_OUT [KEY=NUMBER...]
 *
 * The keys set limits: clip_seconds, cpu_seconds, wall_seconds, memory_mib, out_kib; and the part: start_ms, end_ms, cover_ms. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/json.h"
#include "media/worker.h"

struct source {
	int fd;
	uint64_t bytes, calls;
};

static enum err read_at(struct ctx *cx, void *self, int64_t offset, void *out, size_t n, size_t *got)
{
	struct source *source = self;
	ssize_t count = pread(source->fd, out, n, offset);
	if (count < 0)
		return fail(cx, E_IO, "%s", strerror(errno));
	source->bytes += (uint64_t)count;
	source->calls++;
	*got = (size_t)count;
	return OK;
}

static void note(void *self, const char *line)
{
	(void)self;
	fprintf(stderr, "%s\n", line);
}

static void set_limit(struct worker_job *job, const char *argument)
{
	struct str value = str_of(argument), key = str_cut(&value, '=');
	uint64_t number = 0;
	if (!str_u64(value, &number)) {
		fprintf(stderr, "not a number: %s\n", argument);
		exit(2);
	}
	if (str_eq(key, STR("clip_seconds")))
		job->limits.clip_seconds = (uint32_t)number;
	else if (str_eq(key, STR("cpu_seconds")))
		job->limits.cpu_seconds = (uint32_t)number;
	else if (str_eq(key, STR("wall_seconds")))
		job->wall_seconds = (unsigned)number;
	else if (str_eq(key, STR("memory_mib")))
		job->limits.memory_bytes = number << 20;
	else if (str_eq(key, STR("out_kib")))
		job->limits.out_bytes = number << 10;
	else if (str_eq(key, STR("start_ms")))
		job->trim.start_ms = (uint32_t)number;
	else if (str_eq(key, STR("end_ms")))
		job->trim.end_ms = (uint32_t)number;
	else if (str_eq(key, STR("cover_ms")))
		job->trim.cover = (uint32_t)number + 1;
	else {
		fprintf(stderr, "no such limit: %s\n", argument);
		exit(2);
	}
}

static void print_done(struct json *json, const struct worker_done *done)
{
	char colour[8];
	snprintf(colour, sizeof colour, "#%06x", done->colour);
	json_key(json, "width");
	json_i64(json, done->width);
	json_key(json, "height");
	json_i64(json, done->height);
	json_key(json, "duration_ms");
	json_i64(json, done->duration_ms);
	json_key(json, "has_sound");
	json_bool(json, done->has_sound != 0);
	json_key(json, "repacked");
	json_bool(json, done->repacked != 0);
	json_key(json, "colour");
	json_text(json, colour);
	json_key(json, "image_width");
	json_i64(json, done->image_width);
	json_key(json, "image_height");
	json_i64(json, done->image_height);
	json_key(json, "video_bytes");
	json_i64(json, (int64_t)done->video_bytes);
	json_key(json, "image_bytes");
	json_i64(json, (int64_t)done->image_bytes);
}

static enum worker_kind kind_of(const char *word)
{
	return strcmp(word, "image") == 0 ? WORKER_IMAGE : strcmp(word, "cover") == 0 ? WORKER_COVER : WORKER_VIDEO;
}

int main(int count, char **arguments)
{
	if (count < 6) {
		fprintf(stderr, "usage: worker_driver PROGRAM video|image|cover INPUT VIDEO_OUT IMAGE_OUT [KEY=NUMBER...]\n");
		return 2;
	}
	struct worker_job job = worker_job_new(kind_of(arguments[2]), arguments[1]);
	struct source source = { .fd = open(arguments[3], O_RDONLY | O_CLOEXEC) };
	struct stat status;
	if (source.fd < 0 || fstat(source.fd, &status) < 0) {
		perror(arguments[3]);
		return 2;
	}
	job.input = (struct worker_input){ .read_at = read_at, .self = &source, .bytes = status.st_size };
	job.video_fd = open(arguments[4], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	job.image_fd = open(arguments[5], O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	job.watch.note = note;
	for (int i = 6; i < count; i++)
		set_limit(&job, arguments[i]);

	struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	struct worker_result result;
	int64_t begin_us = clock_boot_us(NULL);
	enum err ended = worker_run(&cx, &job, &result);
	int64_t took_us = clock_boot_us(NULL) - begin_us;
	struct rusage used;
	getrusage(RUSAGE_CHILDREN, &used);

	AUTO(buf_free) struct buf out = buf_new(4096);
	struct json json = json_new(&out);
	json_object(&json);
	json_key(&json, "outcome");
	json_text(&json, err_name(ended));
	json_key(&json, "reason");
	json_text(&json, ended != OK && cx.failure.slug != NULL ? cx.failure.slug : "");
	json_key(&json, "text");
	json_text(&json, cx.failure.text);
	if (ended == OK)
		print_done(&json, &result.done);
	json_key(&json, "took_ms");
	json_i64(&json, took_us / 1000);
	json_key(&json, "cpu_ms");
	json_i64(&json, (used.ru_utime.tv_sec + used.ru_stime.tv_sec) * 1000 + (used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1000);
	json_key(&json, "rss_kib");
	json_i64(&json, used.ru_maxrss);
	json_key(&json, "read_bytes");
	json_i64(&json, (int64_t)source.bytes);
	json_key(&json, "reads");
	json_i64(&json, (int64_t)source.calls);
	json_object_end(&json);
	puts(buf_terminated(&out));
	ctx_end(&cx);
	return 0;
}

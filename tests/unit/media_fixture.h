/* tests/unit/media_fixture.h - a small node with uploads: sends files in pieces, runs the jobs by hand, looks into the folder. */
#ifndef TESTS_MEDIA_FIXTURE_H
#define TESTS_MEDIA_FIXTURE_H
#include "media/media.h"
#include "media/process.h"
#include "media/upload.h"
#include "social/publish.h"
#include "social_fixture.h"

#define CLIP "../shared/media/media__sample_12_5fps_720p_1s.mp4"
#define MARKER_BYTES 48

FIXTURE void media_world(struct world *w)
{
	static const char *const settings[] = { "accounts.password_mib=8", "accounts.password_passes=1", "media.upload_mib=8",
		"media.person_mib=16", NULL };
	world_open_with(w, settings);
	must(w, media_open(&w->cx, AMANAT_MEDIA, &w->cx.media));
}

FIXTURE void media_world_close(struct world *w)
{
	media_close(&w->cx.media);
	world_close(w);
}

struct file {
	char *bytes;
	size_t n;
};

FIXTURE struct file file_read(const char *path)
{
	struct file file = {};
	FILE *in = fopen(path, "rb");
	if (!in)
		return file;
	fseek(in, 0, SEEK_END);
	const long n = ftell(in);
	rewind(in);
	file.bytes = malloc((size_t)n);
	if (file.bytes && n > 0)
		file.n = fread(file.bytes, 1, (size_t)n, in);
	fclose(in);
	return file;
}

static const struct tus_checksum no_checksum;

/* A creation whose body is the first `n` of `length` bytes. */
FIXTURE enum err create(struct ctx *cx, int64_t length, const void *bytes, size_t n, bool publish, struct upload *out)
{
	const struct tus_metadata metadata = { .raw = STR("filename Y2xpcC5tcDQ="), .caption = STR("A clip"), .language = STR("en"),
		.publish = publish };
	struct upload_write *write = NULL;
	TRY(upload_create_open(cx, length, &metadata, &no_checksum, (int64_t)n, &write));
	enum err outcome = upload_write(write, bytes, n);
	if (outcome == OK)
		outcome = upload_write_finish(cx, write, out);
	upload_write_close(write);
	return outcome;
}

FIXTURE enum err append_with(struct ctx *cx, const struct tus_checksum *checksum, struct str id, int64_t offset, const void *bytes,
	size_t n, struct upload *out)
{
	struct upload_write *write = NULL;
	TRY(upload_append_open(cx, id, offset, checksum, (int64_t)n, &write));
	enum err outcome = upload_write(write, bytes, n);
	if (outcome == OK)
		outcome = upload_write_finish(cx, write, out);
	upload_write_close(write);
	return outcome;
}

FIXTURE enum err append(struct ctx *cx, struct str id, int64_t offset, const void *bytes, size_t n, struct upload *out)
{
	return append_with(cx, &no_checksum, id, offset, bytes, n, out);
}

/* The connection went away in the middle. */
FIXTURE enum err append_cut(struct ctx *cx, struct str id, int64_t offset, const void *bytes, size_t n)
{
	struct upload_write *write = NULL;
	TRY(upload_append_open(cx, id, offset, &no_checksum, -1, &write));
	const enum err outcome = upload_write(write, bytes, n);
	upload_write_close(write);
	return outcome;
}

/* Outlives the next request. */
FIXTURE struct str remember_id(const struct upload *upload, char out[UPLOAD_ID_CHARACTERS + 1])
{
	memcpy(out, upload->id.p, UPLOAD_ID_CHARACTERS);
	out[UPLOAD_ID_CHARACTERS] = 0;
	return str_of(out);
}

FIXTURE enum err run_process(struct ctx *cx, int64_t account, int64_t attempts)
{
	const struct job job = { .id = 1, .account = account, .kind = STR(DRAFT_PROCESS_JOB), .attempts = attempts };
	return publish_run(cx, &job);
}

FIXTURE enum err erase_blobs(struct ctx *cx)
{
	return blobs_erase(cx, NULL);
}

/* --- the folder --- */

struct search {
	const char *marker;
	unsigned files, hits;
};
static struct search searching;                /* nftw() takes no argument */

FIXTURE int search_one(const char *path, const struct stat *info, int, struct FTW *)
{
	if (!S_ISREG(info->st_mode))
		return 0;
	struct file file = file_read(path);
	searching.files++;
	searching.hits += file.n >= MARKER_BYTES && memmem(file.bytes, file.n, searching.marker, MARKER_BYTES) != NULL;
	free(file.bytes);
	return 0;
}

/* Files below the data folder that hold this piece of the clip. */
FIXTURE unsigned files_with(struct world *w, const char *marker)
{
	searching = (struct search){ .marker = marker };
	nftw(w->folder, search_one, 16, FTW_PHYS);
	return searching.hits;
}

FIXTURE int count_one(const char *path, const struct stat *info, int, struct FTW *)
{
	if (S_ISREG(info->st_mode) && strstr(path, searching.marker))
		searching.files++;
	return 0;
}

FIXTURE unsigned files_below(struct world *w, const char *part)
{
	searching = (struct search){ .marker = part };
	nftw(w->folder, count_one, 16, FTW_PHYS);
	return searching.files;
}

static const struct stmt SQL_test_videos = { "test_videos", "SELECT count(*) FROM video WHERE account = $1", PUBLIC_DB };
static const struct stmt SQL_test_drafts = { "test_drafts", "SELECT count(*) FROM draft WHERE person = $1", PERSONAL_DB };
static const struct stmt SQL_test_uploads = { "test_uploads", "SELECT count(*) FROM upload WHERE person = $1", PERSONAL_DB };
static const struct stmt SQL_test_jobs = { "test_jobs", "SELECT count(*) FROM job WHERE kind = $1", PERSONAL_DB };
#endif

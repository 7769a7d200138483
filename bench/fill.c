/* fill FOLDER HANDLE VIDEOS CREATORS - gives a node many videos: so many by HANDLE, then as many again by so many new creators
 * in turn.  They all show the files of HANDLE's newest video.  Prints the ids of the latter half, a line each.
 *
 * Uses the rooms' own rules and the writer, a hundred videos a group; a server may be running on the folder. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "app/app.h"
#include "social/account.h"
#include "social/video.h"
#include "store/writer.h"

#define BATCH 100

struct batch {
	const struct video *model;
	const int64_t *authors;
	size_t author_count, from, count;
	int64_t ids[BATCH];
};

static enum err publish_batch(struct ctx *cx, void *argument)
{
	struct batch *batch = argument;
	const struct video *model = batch->model;
	for (size_t i = 0; i < batch->count; i++) {
		struct video_new video = {
			.account = batch->authors[(batch->from + i) % batch->author_count],
			.caption = arena_printf(&cx->mem, "Clip %zu of the bench", batch->from + i),
			.language = STR("en"), .duration_ms = model->duration_ms, .width = model->width, .height = model->height,
			.bytes = model->bytes, .src = model->src, .poster = model->poster, .color = model->color,
			.has_audio = model->has_audio != 0,
		};
		TRY(video_publish(cx, &video, &batch->ids[i]));
	}
	return OK;
}

static enum err publish(struct app *app, const struct video *model, const int64_t *authors, size_t author_count, size_t videos, bool tell)
{
	for (size_t from = 0; from < videos; from += BATCH) {
		struct ctx cx;
		app_ctx(app, &cx);
		struct batch batch = { .model = model, .authors = authors, .author_count = author_count, .from = from };
		batch.count = videos - from < BATCH ? videos - from : BATCH;
		enum err status = writer_run(&cx, publish_batch, &batch);
		if (status != OK)
			fprintf(stderr, "fill: %s\n", cx.failure.text);
		app_ctx_end(app, &cx);
		TRY(status);
		for (size_t i = 0; tell && i < batch.count; i++)
			printf("%" PRId64 "\n", batch.ids[i]);
	}
	return OK;
}

static enum err fill(struct ctx *cx, struct app *app, const char *handle, size_t videos, size_t creators)
{
	struct account account;
	struct video_page page;
	TRY(account_by_handle(cx, str_of(handle), &account));
	TRY(video_list_by_account(cx, account.id, 0, &page));
	if (page.count == 0)
		return fail(cx, E_INVALID, "%s has no video to take the files from", handle);
	int64_t *authors = arena_new(&cx->mem, int64_t, creators);
	for (size_t i = 0; i < creators; i++) {
		struct sign_up person = { .handle = arena_printf(&cx->mem, "creator%zu", i), .password = STR("a password for benches") };
		TRY(account_add(cx, &person, &authors[i]));
	}
	TRY(publish(app, &page.items[0].video, &account.id, 1, videos, false));
	return publish(app, &page.items[0].video, authors, creators, videos, true);
}

int main(int argc, char **argv)
{
	uint64_t videos, creators;
	if (argc != 5 || !str_u64(str_of(argv[3]), &videos) || !str_u64(str_of(argv[4]), &creators) || creators == 0) {
		fputs("usage: fill FOLDER HANDLE VIDEOS CREATORS\n", stderr);
		return 2;
	}
	struct log log = { .level = LOG_ERROR, .fd = STDERR_FILENO };
	struct clock clock = {};
	struct config *config = NULL;
	struct app *app = NULL;
	struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES), .clock = &clock, .log = &log };
	char folder[512];
	snprintf(folder, sizeof folder, "store.folder=%s", argv[1]);
	const char *overrides[] = { folder, "accounts.password_mib=8", "accounts.password_passes=1", NULL };
	enum err status = config_load(&cx, NULL, overrides, &config);
	cx.config = config;
	if (status == OK)
		status = app_open(&cx, APP_STORES, &app);
	if (status == OK) {
		ctx_end(&cx);
		app_ctx(app, &cx);
		status = fill(&cx, app, argv[2], (size_t)videos, (size_t)creators);
		app_ctx_end(app, &cx);
	}
	if (status != OK)
		fprintf(stderr, "fill: %s\n", cx.failure.text);
	app_close(&app);
	config_free(&config);
	return status == OK ? EXIT_SUCCESS : EXIT_FAILURE;
}

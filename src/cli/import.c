/* Publishing clips from files, the way of every upload: stored as a draft, processed, published. */
#include <dirent.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "media/draft.h"
#include "media/protocol.h"
#include "media/upload.h"
#include "social/account.h"
#include "store/job.h"
#include "store/writer.h"

#define PIECE_BYTES ((size_t)256 << 10)
#define LOOK_US (20 * 1000)

static void close_file(int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static void close_write(struct upload_write **write)
{
	if (*write)
		upload_write_close(*write);
}

static enum err send_bytes(struct cli *cli, int fd, struct upload_write *write)
{
	char *piece = arena_alloc(&cli->cx.mem, PIECE_BYTES, 1);
	for (;;) {
		ssize_t n = read(fd, piece, PIECE_BYTES);
		if (n < 0)
			return fail(&cli->cx, E_IO, "the file cannot be read");
		if (n == 0)
			return OK;
		TRY(upload_write(write, piece, (size_t)n));
	}
}

static enum err send_file(struct cli *cli, const char *path, int64_t *draft)
{
	const char *slash = strrchr(path, '/');
	AUTO(close_file) int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	if (fd < 0 || fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
		return fail(&cli->cx, E_INVALID, "this is no file that can be read");
	struct tus_metadata metadata = {
		.filename = str_of(slash ? slash + 1 : path), .filetype = STR(""), .raw = STR(""), .publish = true,
		.caption = str_of(cli_option(cli, "caption")), .language = str_of(cli_option(cli, "language")),
	};
	const struct tus_checksum checksum = { .algorithm = TUS_NO_CHECKSUM };
	AUTO(close_write) struct upload_write *write = NULL;
	struct upload upload;
	TRY(upload_create_open(&cli->cx, status.st_size, &metadata, &checksum, status.st_size, &write));
	TRY(send_bytes(cli, fd, write));
	TRY(upload_write_finish(&cli->cx, write, &upload));
	*draft = upload.draft;
	return OK;
}

static enum err refusal(struct cli *cli, struct str slug)
{
	for (int reason = REASON_NONE + 1; reason < REASON_END; reason++)
		if (str_eq(slug, str_of(media_reason_slug((enum media_reason)reason))))
			return fail(&cli->cx, E_INVALID, "%s", media_reason_sentence((enum media_reason)reason));
	return fail(&cli->cx, E_INVALID, "it could not be published");
}

/* E_BUSY while it is in work. */
static enum err look_at(struct cli *cli, int64_t id, int64_t *video)
{
	struct draft draft;
	TRY(draft_get(&cli->cx, &cli->cx.actor.grant, id, &draft));
	if (str_eq(draft.state, DRAFT_FAILED))
		return refusal(cli, draft.reason);
	if (!str_eq(draft.state, DRAFT_PUBLISHED))
		return fail(&cli->cx, E_BUSY, "it is still being processed");
	*video = draft.video;
	return OK;
}

/* A job thread of this process works on it, or one of a running server.  A look must not fill the arena. */
static enum err wait_for(struct cli *cli, int64_t id, int64_t *video)
{
	const struct timespec moment = { .tv_nsec = LOOK_US * 1000 };
	for (;;) {
		struct arena kept = cli->cx.mem;
		cli->cx.mem = arena_new_capped(ARENA_REQUEST_BYTES);
		enum err status = look_at(cli, id, video);
		arena_free(&cli->cx.mem);
		cli->cx.mem = kept;
		if (status != E_BUSY)
			return status;
		nanosleep(&moment, NULL);
	}
}

static enum err drop_draft(struct ctx *cx, void *argument)
{
	const int64_t *id = argument;
	return draft_delete(cx, cx->actor.grant.person, *id);
}

/* Each file has an arena of its own, so that a folder of many does not fill one. */
static enum err publish(struct cli *cli, const char *path)
{
	struct ctx outer = cli->cx;
	int64_t draft = 0, video = 0;
	cli->cx.mem = arena_new_capped(ARENA_REQUEST_BYTES);
	cli->cx.now_us = clock_wall_us(cli->cx.clock);
	enum err status = send_file(cli, path, &draft);
	if (status == OK) {
		jobs_wake(cli->cx.jobs);
		status = wait_for(cli, draft, &video);
	}
	if (status == OK)
		printf("published %s as %" PRId64 "\n", path, video);
	else
		printf("refused %s: %s\n", path, cli->cx.failure.text);
	fflush(stdout);
	if (draft != 0 && (status == OK || status == E_INVALID) && writer_run(&cli->cx, drop_draft, &draft) != OK)
		fprintf(stderr, "amanat: the draft of %s was left behind\n", path);
	arena_free(&cli->cx.mem);
	outer.failure = cli->cx.failure;
	cli->cx = outer;
	return status;
}

static enum err begin(struct cli *cli)
{
	const char *handle = cli_option(cli, "as");
	struct account account;
	if (!handle)
		return fail_as(&cli->cx, E_INVALID, "usage", "--as HANDLE is needed: whose clips are they?");
	TRY(cli_account(cli, handle, &account));
	return cli_act_as(cli, account.id);
}

enum err run_video_import(struct cli *cli)
{
	TRY(begin(cli));
	return publish(cli, cli->arguments[0]);
}

enum err run_import(struct cli *cli)
{
	const char *folder = cli->arguments[0];
	struct dirent **entries = NULL;
	int published = 0, failed = 0;
	TRY(begin(cli));
	int count = scandir(folder, &entries, NULL, alphasort);
	if (count < 0)
		return fail(&cli->cx, E_INVALID, "the folder \"%.100s\" cannot be read", folder);
	for (int i = 0; i < count; i++) {
		const char *path = arena_printf(&cli->cx.mem, "%s/%s", folder, entries[i]->d_name).p;
		struct stat status;
		bool file = entries[i]->d_name[0] != '.' && stat(path, &status) == 0 && S_ISREG(status.st_mode);
		free(entries[i]);
		if (!file)
			continue;
		if (publish(cli, path) == OK)
			published++;
		else
			failed++;
	}
	free(entries);
	printf("%d published, %d refused\n", published, failed);
	if (failed > 0)
		return fail(&cli->cx, E_INVALID, "%d of %d files were not published; the lines above say why", failed, published + failed);
	return OK;
}

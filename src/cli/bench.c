/* amanat bench fill: a node to measure and to rehearse on. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "demo/fill.h"

#define NOTE "bench-fill"                      /* in a folder that was made here: which numbers it was made with */
#define NOTE_BYTES 128
#define NOTE_DONE "done\n"                      /* its second line, once all of it is there */
#define CACHE_MIB 256                          /* one writer: it may have more than a server's many connections */
#define TELL_US SECOND_US

struct told {
	const char *step;
	int64_t from, began_us, told_us;
};

static void tell(void *self, const char *step, int64_t done, int64_t of)
{
	struct told *const told = self;
	const int64_t now_us = clock_boot_us(NULL);
	if (told->step != step)
		*told = (struct told){ .step = step, .from = done, .began_us = now_us, .told_us = now_us };
	else if (done != of && now_us - told->told_us < TELL_US)
		return;
	told->told_us = now_us;
	const double seconds = (double)(now_us - told->began_us) / SECOND_US, rate = seconds > 0 ? (double)(done - told->from) / seconds : 0;
	fprintf(stderr, "bench fill: %s %" PRId64 " of %" PRId64, step, done, of);
	if (rate > 0 && done == of)
		fprintf(stderr, ", %.0f/s, %.1f s\n", rate, seconds);
	else if (rate > 0)
		fprintf(stderr, ", %.0f/s, %.0f s left\n", rate, (double)(of - done) / rate);
	else
		fputc('\n', stderr);
}

static const char *note_path(struct cli *cli)
{
	return arena_printf(&cli->cx.mem, "%s/" NOTE, cli->config->store_folder).p;
}

static struct str note_of(struct cli *cli, const struct fill_options *options)
{
	return arena_printf(&cli->cx.mem, "videos %" PRId64 " accounts %" PRId64 " likes %" PRId64 " seed %" PRId64 "\n", options->videos,
		options->accounts, options->likes, options->seed);
}

static enum err make(struct cli *cli, const struct fill_options *options)
{
	TRY(app_init(&cli->cx));
	FILE *file = fopen(note_path(cli), "wxe");
	bool written = file && fputs(note_of(cli, options).p, file) >= 0;
	if (file && fclose(file) != 0)
		written = false;
	return written ? OK : fail(&cli->cx, E_IO, "the data folder: %s", strerror(errno));
}

/* A node that is here already must be this same fill. */
static enum err go_on(struct cli *cli, const struct fill_options *options, bool *done)
{
	char words[NOTE_BYTES] = "", end[NOTE_BYTES] = "";
	FILE *file = fopen(note_path(cli), "re");
	if (file && fgets(words, sizeof words, file) && !fgets(end, sizeof end, file))
		end[0] = 0;
	if (file)
		fclose(file);
	*done = strcmp(end, NOTE_DONE) == 0;
	if (!words[0])
		return fail(&cli->cx, E_CONFLICT, "the folder \"%.100s\" holds a node that bench fill did not make; choose another with --folder",
		            cli->config->store_folder);
	if (!str_eq(str_of(words), note_of(cli, options)))
		return fail(&cli->cx, E_CONFLICT, "the folder \"%.100s\" is being filled with other numbers: %.100s", cli->config->store_folder,
		            arena_text(&cli->cx.mem, str_trim(str_of(words))));
	return OK;
}

static enum err note_done(struct cli *cli)
{
	FILE *file = fopen(note_path(cli), "ae");
	bool written = file && fputs(NOTE_DONE, file) >= 0;
	if (file && fclose(file) != 0)
		written = false;
	return written ? OK : fail(&cli->cx, E_IO, "the data folder: %s", strerror(errno));
}

static enum err run_fill(struct cli *cli, const struct fill_options *options)
{
	struct app *app = NULL;
	struct ctx cx;
	if (cli->log.level > LOG_WARN)
		cli->log.level = LOG_WARN;
	if (cli->config->store_cache_mib < CACHE_MIB)
		cli->config->store_cache_mib = CACHE_MIB;
	TRY(app_open(&cli->cx, APP_WORK, &app));
	app_ctx(app, &cx);
	const enum err status = fill_run(&cx, options);
	cli->cx.failure = cx.failure;
	app_ctx_end(app, &cx);
	app_close(&app);
	TRY(status);
	return note_done(cli);
}

static enum err read_options(struct cli *cli, struct fill_options *out)
{
	TRY(cli_number(cli, "videos", 1, FILL_VIDEOS_MAX, 10'000, &out->videos));
	TRY(cli_number(cli, "accounts", 1, FILL_ACCOUNTS_MAX, 1'000, &out->accounts));
	TRY(cli_number(cli, "likes", 0, FILL_LIKES_MAX, 200'000, &out->likes));
	TRY(cli_number(cli, "seed", 0, INT64_MAX, 1, &out->seed));
	return fill_check(&cli->cx, out);
}

enum err run_bench_fill(struct cli *cli)
{
	struct told told = { .step = NULL };
	struct fill_options options = { .progress = tell, .self = &told };
	bool done = false;
	TRY(read_options(cli, &options));
	TRY(app_exists(cli->config) ? go_on(cli, &options, &done) : make(cli, &options));
	if (!done)
		TRY(run_fill(cli, &options));
	printf("The network is there: %" PRId64 " videos, %" PRId64 " accounts, %" PRId64 " likes.\nEach account's password: " FILL_PASSWORD "\n",
		options.videos, options.accounts, options.likes);
	return OK;
}

#include <stdio.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "demo/demo.h"

#define LOOK_US (200 * 1000)

static const char *note_path(struct cli *cli, struct ctx *cx)
{
	return arena_printf(&cx->mem, "%s/demo-sign-in", cli->config->store_folder).p;
}

/* The password of an account that anyone may use; kept in the clear so that the next start can tell it again. */
static enum err keep_sign_in(struct cli *cli, struct ctx *cx, const struct demo_begun *begun)
{
	if (!begun->guest_made)
		return OK;
	FILE *file = fopen(note_path(cli, cx), "we");
	bool written = file && fprintf(file, DEMO_GUEST " %s\n", begun->password) > 0;
	if (file && fclose(file) != 0)
		written = false;
	return written ? OK : fail(cx, E_IO, "the demo's sign-in cannot be written into the data folder");
}

void demo_tell_sign_in(struct cli *cli, struct ctx *cx)
{
	char password[DEMO_PASSWORD_BYTES] = "";
	FILE *file = fopen(note_path(cli, cx), "re");
	if (file && fscanf(file, DEMO_GUEST " %19s", password) == 1)
		printf("Demo sign-in: name " DEMO_GUEST ", password %s\n", password);
	if (file)
		fclose(file);
}

static enum err start(struct cli *cli, struct ctx *cx)
{
	struct demo_begun begun;
	TRY(demo_begin(cx, &begun));
	return keep_sign_in(cli, cx, &begun);
}

static enum err tell_progress(struct ctx *cx)
{
	struct demo_progress progress;
	TRY(demo_progress(cx, &progress));
	if (progress.making)
		printf("Demo: %u of %u clips are there; the others are being made while you look.\n", progress.made, progress.wanted);
	else
		printf("Demo: %u clips.\n", progress.made);
	return OK;
}

enum err demo_serve(struct cli *cli, struct ctx *cx, bool fresh)
{
	bool exists = false;
	TRY(demo_exists(cx, &exists));
	enum err alone = demo_alone(cx);
	if (alone != OK && alone != E_CONFLICT)
		return alone;
	if (!exists && alone == E_CONFLICT)
		puts("Demo: none, since people have accounts here.");
	else if (!exists && !fresh)
		printf("Demo: none. Into this folder, which is empty, it comes by: amanat demo --folder %s\n", cli->config->store_folder);
	else if (alone == OK)                  /* else people have joined it: it stays as it is */
		TRY(start(cli, cx));
	return exists || fresh ? tell_progress(cx) : OK;
}

/* A look must not fill the arena. */
static enum err look(struct cli *cli, struct demo_progress *progress)
{
	struct ctx *cx = &cli->cx;
	struct arena kept = cx->mem;
	cx->mem = arena_new_capped(ARENA_REQUEST_BYTES);
	enum err status = demo_progress(cx, progress);
	arena_free(&cx->mem);
	cx->mem = kept;
	return status;
}

static enum err wait_for_clips(struct cli *cli)
{
	const struct timespec moment = { .tv_nsec = LOOK_US * 1000 };
	struct demo_progress progress = { .made = 0 };
	bool terminal = isatty(STDOUT_FILENO);
	for (;;) {
		unsigned told = progress.made;
		TRY(look(cli, &progress));
		if (terminal && progress.made != told)
			printf("\r%u of %u clips", progress.made, progress.wanted);
		fflush(stdout);
		if (!progress.making)
			break;
		nanosleep(&moment, NULL);
	}
	if (progress.made < progress.wanted)
		return fail(&cli->cx, E_IO, "only %u of %u clips could be made; what failed is in the log, and running this again goes on", progress.made,
		            progress.wanted);
	printf("%sThe demo is there: %u clips.\n", terminal ? "\r" : "", progress.made);
	return OK;
}

static enum err take_away(struct cli *cli)
{
	unsigned removed;
	TRY(demo_remove(&cli->cx, &removed));
	(void)unlink(note_path(cli, &cli->cx));
	printf("Removed %u demo accounts; the running server erases what they published, or its next start does.\n", removed);
	return OK;
}

enum err run_demo(struct cli *cli)
{
	if (cli_option(cli, "remove"))
		return take_away(cli);
	TRY(start(cli, &cli->cx));
	demo_tell_sign_in(cli, &cli->cx);
	return wait_for_clips(cli);
}

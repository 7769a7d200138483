/* enter FOLDER KEYFILE - enters the lines of its standard input into a node's ledger, as it runs or not: what a test of pages about
 * the ledger tells them.  Prints how many. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "app/app.h"
#include "ledger/ledger.h"
#include "store/writer.h"

struct lines {
	struct str lines[LEDGER_APPEND_MAX];
	size_t count;
};

static enum err enter(struct ctx *cx, void *argument)
{
	const struct lines *const lines = argument;
	return ledger_append_lines(cx, lines->lines, lines->count);
}

static enum err run(struct ctx *cx, char **argv, struct lines *lines)
{
	struct app *app = NULL;
	struct ctx inside;
	struct config *config = NULL;
	const char *overrides[] = { arena_printf(&cx->mem, "store.folder=%s", argv[1]).p, arena_printf(&cx->mem, "store.key_file=%s", argv[2]).p, NULL };
	TRY(config_load(cx, NULL, overrides, &config));
	cx->config = config;
	if (app_open(cx, APP_STORES, &app) != OK) {
		config_free(&config);
		return cx->failure.code;
	}
	app_ctx(app, &inside);
	const enum err outcome = writer_run(&inside, enter, lines);
	cx->failure = inside.failure;
	app_ctx_end(app, &inside);
	app_close(&app);
	config_free(&config);
	return outcome;
}

int main(int argc, char **argv)
{
	static char text[LEDGER_APPEND_MAX * 1024];
	struct clock clock = {};
	struct log log = { .fd = 2 };
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES), .clock = &clock, .log = &log };
	struct lines *const lines = arena_new(&cx.mem, struct lines, 1);
	struct str rest = { text, fread(text, 1, sizeof text, stdin) };
	if (argc != 3)
		return EXIT_FAILURE;
	while (rest.n && lines->count < LEDGER_APPEND_MAX)
		lines->lines[lines->count++] = str_cut(&rest, '\n');
	if (run(&cx, argv, lines) != OK) {
		fprintf(stderr, "enter: %s\n", cx.failure.text);
		return EXIT_FAILURE;
	}
	printf("%zu\n", lines->count);
	return EXIT_SUCCESS;
}

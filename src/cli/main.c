/* amanat - one program: the server and the commands on its data folder. */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

static int usage_mistake(struct cli *cli)
{
	fprintf(stderr, "amanat: %s\n", cli->cx.failure.text);
	if (cli->command)
		fprintf(stderr, "See: amanat %s --help\n", cli->command->name);
	else
		fputs("See: amanat --help\n", stderr);
	return EXIT_USAGE;
}

/* What people can do about it stands in the text already, but for these. */
static void explain(struct cli *cli, enum err status)
{
	fprintf(stderr, "amanat %s: %s\n", cli->command->name, cli->cx.failure.text);
	if (status == E_BUSY)
		fputs("Try again in a moment.\n", stderr);
	if (status == E_CORRUPT)
		fputs("Is the key file the one that this folder was made with?\n", stderr);
}

static enum log_level level_of(const char *word)
{
	static const char *const words[] = { [LOG_ERROR] = "error", [LOG_WARN] = "warn", [LOG_INFO] = "info", [LOG_DEBUG] = "debug" };
	for (int level = LOG_ERROR; level <= LOG_DEBUG; level++)
		if (strcmp(word, words[level]) == 0)
			return (enum log_level)level;
	return LOG_INFO;
}

enum err cli_settings(struct cli *cli)
{
	TRY(config_load(&cli->cx, cli->config_file, cli->overrides, &cli->config));
	cli->cx.config = cli->config;
	cli->log.level = level_of(cli->config->server_log);
	return OK;
}

static enum err open_node(struct cli *cli)
{
	static const enum app_extent extents[] = { [NEEDS_LOOK] = APP_LOOK, [NEEDS_NODE] = APP_STORES, [NEEDS_LOG] = APP_LOG, [NEEDS_WORK] = APP_WORK };
	if (!app_exists(cli->config))
		return fail(&cli->cx, E_NOTFOUND, "there is no node in the folder \"%.100s\"; make one: amanat init --folder %.100s",
		            cli->config->store_folder, cli->config->store_folder);
	if (cli->log.level > LOG_WARN)
		cli->log.level = LOG_WARN;     /* a command's own words are enough */
	TRY(app_open(&cli->cx, extents[cli->command->needs], &cli->app));
	ctx_end(&cli->cx);
	app_ctx(cli->app, &cli->cx);
	return OK;
}

static enum err run(struct cli *cli)
{
	if (cli->command->needs >= NEEDS_SETTINGS)
		TRY(cli_settings(cli));
	if (cli->command->needs < NEEDS_LOOK)
		return cli->command->run(cli);
	TRY(open_node(cli));
	enum err status = cli->command->run(cli);
	struct failure failure = cli->cx.failure;
	app_ctx_end(cli->app, &cli->cx);
	app_close(&cli->app);
	cli->cx.failure = failure;
	return status;
}

int main(int argc, char **argv)
{
	struct cli cli = { .log = { .level = LOG_INFO, .fd = STDERR_FILENO } };
	cli.cx = (struct ctx){ .mem = arena_new_capped(ARENA_REQUEST_BYTES), .clock = &cli.clock, .log = &cli.log };
	cli.cx.now_us = clock_wall_us(cli.cx.clock);
	int code = EXIT_DONE;
	if (argc < 2) {
		help_overview();
		return EXIT_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 || strcmp(argv[1], "help") == 0) {
		help_overview();
		return EXIT_DONE;
	}
	if (cli_read(&cli, argc, argv) != OK) {
		code = usage_mistake(&cli);
	} else if (cli.help) {
		help_command(cli.command);
	} else {
		enum err status = run(&cli);
		if (status != OK) {
			explain(&cli, status);
			code = cli.cx.failure.slug && strcmp(cli.cx.failure.slug, "usage") == 0 ? EXIT_USAGE : EXIT_FAILED;
		}
		if (cli.code)
			code = cli.code;
	}
	config_free(&cli.config);
	ctx_end(&cli.cx);
	return code;
}

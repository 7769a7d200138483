#include <stdio.h>

#include "api/version.h"
#include "app/supervisor.h"
#include "cli/cli.h"

static void announce(struct cli *cli, bool made)
{
	const struct config *config = cli->config;
	bool six = false;
	for (const char *p = config->server_address; *p; p++)
		six |= *p == ':';
	printf("Amanat is ready: http%s://%s%s%s:%u/\n", app_is_tls(cli->app) ? "s" : "", six ? "[" : "", config->server_address, six ? "]" : "", app_port(cli->app));
	demo_tell_sign_in(cli, &cli->cx);
	printf("Data: %s, in %s (%s). Key: %s%s\n", config->store_folder, config->region_place, config->region_jurisdiction,
	       app_key_file(&cli->cx), made ? ", made just now: keep a copy of it elsewhere." : ".");
	printf("Next: open the address and %s. The letter about this node is at /letter. Ctrl+C stops it.\n",
	       made ? "sign up, then publish a clip" : "sign in");
	fflush(stdout);
}

/* A demo that cannot be is no reason not to serve. */
static void show_demo(struct cli *cli, bool made)
{
	struct ctx cx;
	app_ctx(cli->app, &cx);
	if (demo_serve(cli, &cx, made) != OK)
		printf("The demo is left as it is: %s.\n", cx.failure.text);
	fflush(stdout);
	app_ctx_end(cli->app, &cx);
}

/* With a watchdog: a sign of life twice as often as it wants one.  With TLS of our own: a look at the certificate's files, now and then and when
 * asked for. */
static void wait_for_end(struct cli *cli, const struct supervisor *supervisor)
{
	int64_t turn_us = supervisor->watchdog_us / 2;
	if (app_is_tls(cli->app) && (turn_us == 0 || turn_us > MINUTE_US))
		turn_us = MINUTE_US;
	for (;;) {
		enum app_signal signal = app_signals_wait(turn_us);
		if (signal == APP_END)
			return;
		app_renew_certificate(cli->app, signal == APP_RENEW);
		if (supervisor->watchdog_us == 0)
			continue;
		app_prove_life(cli->app);
		supervisor_tell(supervisor, "WATCHDOG=1");
	}
}

enum err run_serve(struct cli *cli)
{
	struct ctx *cx = &cli->cx;
	bool made = false;
	if (!app_exists(cli->config)) {
		if (!cli_option(cli, "init"))
			return fail(cx, E_NOTFOUND, "there is no node in the folder \"%.80s\"; make one: amanat init --folder %.80s",
			            cli->config->store_folder, cli->config->store_folder);
		TRY(app_init(cx));
		made = true;
	}
	app_signals_block();
	AUTO(supervisor_close) struct supervisor supervisor = supervisor_open();
	TRY(app_open(cx, APP_SERVE, &cli->app));
	log_line(&cli->log, LOG_INFO, "started version=%s commit=%s", AMANAT_VERSION, AMANAT_COMMIT);
	if (cli_option(cli, "demo"))
		show_demo(cli, made);          /* first: a page must know whom it shows as demo */
	announce(cli, made);
	supervisor_tell(&supervisor, "READY=1\nSTATUS=Serving.");
	app_probe_worker(cli->app);
	wait_for_end(cli, &supervisor);
	supervisor_tell(&supervisor, "STOPPING=1\nSTATUS=Letting running requests end.");
	log_line(&cli->log, LOG_INFO, "stopping");
	app_close(&cli->app);
	log_line(&cli->log, LOG_INFO, "stopped");
	return OK;
}

enum err run_init(struct cli *cli)
{
	TRY(app_init(&cli->cx));
	printf("Made the data folder %s and the key file %s.\n"
	       "Keep a copy of the key file, apart from copies of the folder: without it personal data cannot be read.\n"
	       "Next: amanat serve --folder %s\n", cli->config->store_folder, app_key_file(&cli->cx), cli->config->store_folder);
	return OK;
}

#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/json.h"
#include "cli/cli.h"
#include "cli/upkeep.h"
#include "custody/custody.h"
#include "keys/keys.h"

#define JSON_BYTES_MAX ((size_t)1 << 20)

bool cli_is_served(struct cli *cli, const char *folder)
{
	const char *path = arena_printf(&cli->cx.mem, "%s/serving.lock", folder).p;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	bool served = fd >= 0 && flock(fd, LOCK_SH | LOCK_NB) != 0;
	if (fd >= 0)
		close(fd);
	return served;
}

#define LONG_US (2 * SECOND_US)

static void progress(void *, unsigned at, unsigned of, const char *name, int64_t took_us)
{
	if (took_us < 0)
		fprintf(stderr, "fsck: %u/%u %s\n", at, of, name);
	else if (took_us > LONG_US)
		fprintf(stderr, "fsck: %u/%u %s took %" PRId64 " s\n", at, of, name, took_us / SECOND_US);
}

static const char *weight(const struct fsck_finding *finding)
{
	return finding->invariant.residue ? "note" : "fault";
}

static void tell_text(const struct fsck_report *report)
{
	for (size_t i = 0; i < report->count; i++) {
		const struct fsck_finding *finding = &report->findings[i];
		printf("%s %s: %" PRId64, weight(finding), finding->invariant.name, finding->count);
		if (finding->repaired)
			printf(", repaired %" PRId64, finding->repaired);
		printf("\n  What must hold: %s\n  Repair: %s\n  Such as:", finding->invariant.holds, finding->invariant.mended);
		for (size_t j = 0; j < finding->example_count; j++)
			printf(" %s", finding->examples[j]);
		puts("");
	}
	printf("%s: %u invariants hold or were looked at, %" PRId64 " rows, pages and files; %u could not be looked at.\n",
	       report->faults ? "Faults were found" : report->count ? "Clean, with notes" : "Clean", report->checked, report->looked, report->unchecked);
}

void fsck_json(struct json *json, const struct fsck_report *report)
{
	json_object(json);
	json_key(json, "clean"), json_bool(json, report->faults == 0);
	json_key(json, "checked"), json_i64(json, report->checked);
	json_key(json, "unchecked"), json_i64(json, report->unchecked);
	json_key(json, "looked"), json_i64(json, report->looked);
	json_key(json, "findings"), json_array(json);
	for (size_t i = 0; i < report->count; i++) {
		const struct fsck_finding *finding = &report->findings[i];
		json_object(json);
		json_key(json, "name"), json_text(json, finding->invariant.name);
		json_key(json, "weight"), json_text(json, weight(finding));
		json_key(json, "count"), json_i64(json, finding->count);
		json_key(json, "repaired"), json_i64(json, finding->repaired);
		json_key(json, "holds"), json_text(json, finding->invariant.holds);
		json_key(json, "repair"), json_text(json, finding->invariant.mended);
		json_key(json, "examples"), json_array(json);
		for (size_t j = 0; j < finding->example_count; j++)
			json_string(json, str_of(finding->examples[j]));
		json_array_end(json);
		json_object_end(json);
	}
	json_array_end(json);
	json_object_end(json);
}

static enum err tell(struct cli *cli, const struct fsck_report *report)
{
	AUTO(buf_free) struct buf text = buf_new(JSON_BYTES_MAX);
	if (!cli_option(cli, "json")) {
		tell_text(report);
		return OK;
	}
	struct json json = json_new(&text);
	fsck_json(&json, report);
	printf("%s\n", buf_terminated(&text));
	return OK;
}

static enum err list_invariants(void)
{
	struct invariant_words words;
	puts("| name | what must hold | what `--repair` does |\n|---|---|---|");
	for (size_t i = 0; fsck_invariant(i, &words); i++)
		printf("| `%s`%s | %s | %s |\n", words.name, words.residue ? " (note)" : "", words.holds, words.mended);
	return OK;
}

static enum err preflight(struct cli *cli, struct fsck_options *options, struct fsck_report *report, bool *sound)
{
	struct ctx *cx = &cli->cx;
	AUTO(keyholder_close) struct keyholder *keyholder = NULL;
	TRY(keys_init(cx));
	TRY(keyholder_open(cx, app_key_file(cx), &keyholder));
	options->store_key = keyholder_store_key(keyholder);
	return fsck_preflight(cx, options, report, sound);
}

/* Opening applies what a crash left in the outbox, as every command does. */
static enum err rest(struct cli *cli, struct fsck_options *options, struct fsck_report *report)
{
	struct app *app = NULL;
	struct ctx cx;
	TRY(app_open(&cli->cx, options->repair ? APP_STORES : APP_LOOK, &app));
	app_ctx(app, &cx);
	options->store_key = keyholder_store_key(cx.keyholder);
	enum err status = fsck_rest(&cx, options, report);
	cli->cx.failure = cx.failure;
	app_ctx_end(app, &cx);
	app_close(&app);
	return status;
}

enum err cli_fsck(struct cli *cli, bool repair, bool deep, struct fsck_report *report)
{
	bool sound = false;
	struct fsck_options options = { .folder = cli->config->store_folder, .cache_kib = cli->config->store_cache_mib * 1024, .repair = repair,
		.deep = deep, .serving = cli_is_served(cli, cli->config->store_folder), .progress = progress };
	TRY(preflight(cli, &options, report, &sound));
	return sound ? rest(cli, &options, report) : OK;
}

enum err run_fsck(struct cli *cli)
{
	static const int could_not = 2, found = 1;
	struct fsck_report report = {};
	cli->code = could_not;
	if (cli_option(cli, "list")) {
		cli->code = EXIT_DONE;
		return list_invariants();
	}
	TRY(cli_settings(cli));
	if (!app_exists(cli->config) && cli_is_empty(cli->config->store_folder))
		return fail(&cli->cx, E_NOTFOUND, "there is no node in the folder \"%.100s\"", cli->config->store_folder);
	if (cli->log.level > LOG_WARN)
		cli->log.level = LOG_WARN;
	TRY(cli_fsck(cli, cli_option(cli, "repair"), cli_option(cli, "deep"), &report));
	TRY(tell(cli, &report));
	cli->code = report.faults ? found : EXIT_DONE;
	return OK;
}

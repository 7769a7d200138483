/* amanat verify: a node's log, checked by who runs no node. */
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "cli/cli.h"
#include "verify/verify.h"

#define REPORT_BYTES_MAX ((size_t)16 << 20)
#define WATCH_SECONDS_MAX (7 * 86400)

static enum err read_key(struct cli *cli, const char *name, const char *vkey, struct note_key *out)
{
	if (note_key_parse(&cli->cx, str_of(vkey), out) != OK || out->type != NOTE_ED25519)
		return fail_as(&cli->cx, E_INVALID, "usage", "--%s takes a verifier key, NAME+ID+BASE64, as the log shows it under /ledger/key", name);
	return OK;
}

static enum err read_policy(struct cli *cli, const char *path, struct policy *out)
{
	AUTO(buf_free) struct buf bytes = buf_new(POLICY_BYTES_MAX);
	TRY(file_read(&cli->cx, path, &bytes));
	return policy_parse(&cli->cx, arena_copy(&cli->cx.mem, buf_view(&bytes)), out);
}

static enum err read_options(struct cli *cli, struct policy *policy, struct verify_options *out)
{
	const char *const key = cli_option(cli, "key"), *const charter_key = cli_option(cli, "charter-key"), *const file = cli_option(cli, "policy");
	const char *const files = cli_option(cli, "from-files");
	if ((files != NULL) == (cli->count == 1))
		return fail_as(&cli->cx, E_INVALID, "usage", "give the address of a node, or --from-files with a folder");
	struct verify_options options = {
		.where = str_of(files ? files : cli->arguments[0]), .from_files = files, .state_file = cli_option(cli, "state"),
		.has_charter_key = charter_key,
	};
	if (key) {
		TRY(read_key(cli, "key", key, &options.keys[0]));
		options.key_count = 1;
	}
	if (charter_key)
		TRY(read_key(cli, "charter-key", charter_key, &options.charter_key));
	if (file) {
		TRY(read_policy(cli, file, policy));
		options.policy = policy;
	}
	*out = options;
	return OK;
}

static void tell(struct cli *cli, const struct verify_report *report)
{
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	AUTO(buf_free) struct buf text = buf_new(REPORT_BYTES_MAX);
	if (cli_option(cli, "json"))
		verify_report_json(&cx, report, &text);
	else
		verify_report_text(&cx, report, &text);
	fputs(buf_terminated(&text), stdout);
	fflush(stdout);
}

/* Each further look is a line, unless it found something else than the one before. */
static void tell_again(struct cli *cli, const struct verify_report *report, enum verify_verdict before)
{
	char now[RFC3339_BYTES];
	if (cli_option(cli, "json") || report->verdict != before) {
		tell(cli, report);
		return;
	}
	time_rfc3339(report->now_us, now);
	printf("%s: %ju entries. %s\n", now, (uintmax_t)report->checkpoint.size, verify_verdict_text(report->verdict));
	fflush(stdout);
}

enum err run_verify(struct cli *cli)
{
	AUTO(verify_close) struct verify *verify = NULL;
	struct policy policy;
	struct verify_options options;
	struct verify_report report;
	int64_t seconds;
	cli->code = VERIFY_UNCHECKED;
	TRY(keys_init(&cli->cx));
	TRY(cli_number(cli, "watch", 1, WATCH_SECONDS_MAX, 0, &seconds));
	TRY(read_options(cli, &policy, &options));
	TRY(verify_open(&cli->cx, &options, &verify));
	verify_look(&cli->cx, verify, &report);
	tell(cli, &report);
	while (seconds && report.verdict != VERIFY_LIE) {
		const enum verify_verdict before = report.verdict;
		sleep((unsigned)seconds);
		verify_look(&cli->cx, verify, &report);
		tell_again(cli, &report, before);
	}
	cli->code = (int)report.verdict;
	return OK;
}

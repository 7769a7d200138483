/* One screen: how the node is, and what to do where it is not well. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "api/version.h"
#include "app/serving.h"
#include "base/json.h"
#include "cli/cli.h"
#include "docket/demand.h"
#include "http/tls.h"
#include "ledger/cosigner.h"
#include "ledger/ledger.h"
#include "social/census.h"
#include "store/stock.h"

#define STATUS_BYTES_MAX ((size_t)64 << 10)
#define WARNINGS_MAX 20
#define GIB ((int64_t)1 << 30)
#define DISK_LEAST_BYTES (2 * GIB)
#define LATE_US (15 * MINUTE_US)
#define CERTIFICATE_LATE_US (14 * DAY_US)
#define BACKUP_OLD_US (36 * HOUR_US)            /* a daily one, and half a day for it to be late */

struct warning {
	const char *code, *what, *remedy;
};

struct status {
	struct serving serving;
	struct stock stock;
	bool tls;
	int64_t certificate_until_us;          /* 0: the files cannot be used */
	const char *certificate_fault;
	int64_t accounts, videos, demands;
	struct ledger_look ledger;
	bool witness_stopped;
	struct warning warnings[WARNINGS_MAX];
	unsigned warning_count;
};

static void warn_if(struct status *status, bool so, const char *code, const char *what, const char *remedy)
{
	if (so)
		status->warnings[status->warning_count++] = (struct warning){ code, what, remedy };
}

static void judge(struct cli *cli, struct status *status)
{
	const struct config *config = cli->config;
	const struct stock *stock = &status->stock;
	int64_t least = stock->disk_bytes / 10 < DISK_LEAST_BYTES ? stock->disk_bytes / 10 : DISK_LEAST_BYTES;
	warn_if(status, status->serving.pid == 0, "not-running", "No server runs on this folder.", "Start it (systemctl start amanat); its log says why it ended.");
	warn_if(status, stock->disk_free_bytes < least, "disk-low", "The disk is nearly full: writes will be refused.",
	        "Make room, or move the data folder to a larger disk; nothing that was acknowledged is lost.");
	warn_if(status, stock->jobs_retrying > 0, "jobs-failing", "Work was tried in vain and is tried again.", "The log has a line \"job: ... failed\" for each attempt, with the reason.");
	warn_if(status, stock->oldest_due_us > LATE_US, "jobs-late", "Work has waited for more than a quarter of an hour.",
	        "More clips arrive than are processed: raise media.workers if there are processors for it.");
	const struct stock_backup *backup = &stock->backups[0];
	warn_if(status, status->accounts > 0 && backup->at_us == 0, "backup-none", "What people gave is nowhere else: there is no backup.",
	        "amanat backup DIR --keys OTHER, daily (docs/backup.md).");
	warn_if(status, backup->at_us && cli->cx.now_us - backup->at_us > BACKUP_OLD_US, "backup-old", "The last backup is older than a day and a half.",
	        "See why the daily one did not run; amanat backup DIR makes one now.");
	warn_if(status, stock->outbox_rows > 0 && status->serving.pid == 0, "outbox", "Something published waits to be shown.", "The next start shows it.");
	const enum ledger_state state = status->ledger.state;
	warn_if(status, state == LEDGER_BEHIND || state == LEDGER_FORKED || state == LEDGER_NO_KEY, "ledger-stopped", "Nothing is signed in the ledger: what is here is not what was signed, or the key is missing.",
	        "The log has a line \"ledger: state=\" with the reason and the way out; entries are kept meanwhile.");
	warn_if(status, state == LEDGER_UNWITNESSED, "ledger-unwitnessed", "Too few witnesses sign the ledger's checkpoints: entries wait.", "The log has a line \"ledger: witness=\" for each that does not sign.");
	warn_if(status, state == LEDGER_FAILING, "ledger-failing", "No new checkpoint can be made: entries wait.", "The log has a line \"ledger: no new checkpoint\" with the reason: a full disk, a mirror that is gone.");
	warn_if(status, status->witness_stopped, "witness-stopped", "As a witness of others' logs this node signs nothing: it was restored.", "amanat witness renew, and tell the new key to those whose logs you witness.");
	warn_if(status, !config->region_operator_name[0], "operator-unstated", "The letter does not say who runs this node.", "Set region.operator_name and region.owner_jurisdiction.");
	warn_if(status, config->server_trusted_proxies[0] && !config->server_url[0], "url-unset", "Links and previews name whatever host a request names.", "Set server.url to the address that people see.");
	warn_if(status, status->serving.pid && !str_eq(status->serving.version, STR(AMANAT_VERSION)), "other-version", "The running server is another version than this program.",
	        "Restart it (systemctl restart amanat).");
}

/* What lies in the files: what a running server shows is that, or what lay there before it went bad. */
static void look_at_certificate(struct cli *cli, struct status *status)
{
	const struct tls_files files = { .certificate = cli->config->tls_certificate, .key = cli->config->tls_key };
	struct ctx *cx = &cli->cx;
	status->tls = tls_wanted(&files);
	if (!status->tls)
		return;
	if (tls_check(cx, &files, &status->certificate_until_us) != OK)
		status->certificate_fault = arena_printf(&cx->mem, "%s", cx->failure.text).p;
	bool ends = !status->certificate_fault && status->certificate_until_us < cx->now_us + CERTIFICATE_LATE_US;
	warn_if(status, status->certificate_fault, "certificate-bad", status->certificate_fault,
	        "Mend it, then systemctl reload amanat. A running server shows the certificate that it had; it does not start with this one.");
	warn_if(status, ends, "certificate-ends", "The certificate has ended, or ends within 14 days.", "Renew it; a running server takes the new files within a minute.");
}

static enum err look(struct cli *cli, struct status *status)
{
	struct ctx *cx = &cli->cx;
	TRY(serving_read(cx, &status->serving));
	TRY(stock_read(cx, cli->config->store_folder, &status->stock));
	TRY(census_accounts(cx, &status->accounts));
	TRY(census_videos(cx, &status->videos));
	TRY(demand_count(cx, &status->demands));
	TRY(ledger_look(cx, cli->config->store_folder, &status->ledger));
	if (cli->config->ledger_witness_name[0])
		TRY(cosigner_is_stopped(cx, cli->config->store_folder, &status->witness_stopped));
	judge(cli, status);
	look_at_certificate(cli, status);
	return OK;
}

/* --- as JSON --- */

static void number(struct json *json, const char *name, int64_t value)
{
	json_key(json, name);
	json_i64(json, value);
}

static void text(struct json *json, const char *name, const char *value)
{
	json_key(json, name);
	json_text(json, value);
}

static void serving_json(struct cli *cli, const struct serving *serving, struct json *json)
{
	json_key(json, "server");
	if (serving->pid == 0) {
		json_null(json);
		return;
	}
	json_object(json);
	number(json, "pid", serving->pid);
	text(json, "address", cli->config->server_address);
	number(json, "port", serving->port);
	json_key(json, "version");
	json_string(json, serving->version);
	json_key(json, "started");
	json_time(json, serving->started_us);
	number(json, "uptime_seconds", (cli->cx.now_us - serving->started_us) / SECOND_US);
	json_object_end(json);
}

static void backup_json(const struct stock_backup *backup, struct json *json)
{
	json_key(json, backup->what);
	if (backup->at_us == 0) {
		json_null(json);
		return;
	}
	json_object(json);
	json_key(json, "at");
	json_time(json, backup->at_us);
	json_key(json, "generation");
	json_string(json, backup->generation);
	number(json, "files", backup->files);
	number(json, "bytes", backup->bytes);
	json_object_end(json);
}

static void stock_json(const struct stock *stock, struct json *json)
{
	json_key(json, "jobs");
	json_object(json);
	number(json, "due", stock->jobs_due);
	number(json, "running", stock->jobs_running);
	number(json, "retrying", stock->jobs_retrying);
	number(json, "oldest_due_seconds", stock->oldest_due_us / SECOND_US);
	json_object_end(json);
	number(json, "outbox_rows", stock->outbox_rows);
	json_key(json, "backups");
	json_object(json);
	for (int i = 0; i < STOCK_BACKUPS; i++)
		backup_json(&stock->backups[i], json);
	json_object_end(json);
	json_key(json, "stores");
	json_object(json);
	for (int i = 0; i < STOCK_FILES; i++)
		number(json, stock->files[i].name, stock->files[i].bytes + stock->files[i].log_bytes);
	json_object_end(json);
	json_key(json, "disk");
	json_object(json);
	number(json, "bytes", stock->disk_bytes);
	number(json, "free_bytes", stock->disk_free_bytes);
	json_object_end(json);
}

static void ledger_json(const struct ledger_look *ledger, struct json *json)
{
	json_key(json, "ledger");
	json_object(json);
	json_key(json, "origin");
	json_string(json, ledger->origin);
	text(json, "state", ledger_state_name(ledger->state));
	number(json, "size", (int64_t)ledger->size);
	number(json, "entries", (int64_t)ledger->entries);
	json_object_end(json);
}

static void as_json(struct cli *cli, const struct status *status)
{
	AUTO(buf_free) struct buf body = buf_new(STATUS_BYTES_MAX);
	struct json json = json_new(&body);
	json_object(&json);
	text(&json, "version", AMANAT_VERSION);
	text(&json, "commit", AMANAT_COMMIT);
	text(&json, "folder", cli->config->store_folder);
	text(&json, "url", cli->config->server_url);
	text(&json, "seal", "open");
	serving_json(cli, &status->serving, &json);
	json_key(&json, "certificate_until");
	if (status->certificate_until_us)
		json_time(&json, status->certificate_until_us);
	else
		json_null(&json);
	number(&json, "accounts", status->accounts);
	number(&json, "videos", status->videos);
	number(&json, "demands", status->demands);
	ledger_json(&status->ledger, &json);
	stock_json(&status->stock, &json);
	json_key(&json, "warnings");
	json_array(&json);
	for (unsigned i = 0; i < status->warning_count; i++) {
		json_object(&json);
		text(&json, "code", status->warnings[i].code);
		text(&json, "what", status->warnings[i].what);
		text(&json, "remedy", status->warnings[i].remedy);
		json_object_end(&json);
	}
	json_array_end(&json);
	json_object_end(&json);
	printf("%s\n", buf_terminated(&body));
}

/* --- as a screen --- */

static void print_bytes(int64_t bytes)
{
	static const char *const units[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	double size = (double)bytes;
	unsigned unit = 0;
	for (; size >= 1024 && unit + 1 < sizeof units / sizeof *units; unit++)
		size /= 1024;
	printf(unit ? "%.1f %s" : "%.0f %s", size, units[unit]);
}

static void print_server(struct cli *cli, const struct serving *serving)
{
	if (serving->pid == 0) {
		puts("Server    does not run");
		return;
	}
	int64_t up = (cli->cx.now_us - serving->started_us) / SECOND_US;
	printf("Server    runs: process %" PRId64 ", %s port %" PRId64 ", up %" PRId64 " d %02" PRId64 ":%02" PRId64 ":%02" PRId64 "\n", serving->pid,
	       cli->config->server_address, serving->port, up / 86400, up / 3600 % 24, up / 60 % 60, up % 60);
}

static void print_tls(const struct status *status)
{
	char until[RFC3339_BYTES] = "";
	if (status->certificate_until_us)
		time_rfc3339(status->certificate_until_us, until);
	if (status->tls)
		printf("TLS       its own, %s%s\n", until[0] ? "certificate until " : "and its certificate cannot be used", until);
}

static void print_backups(const struct stock *stock)
{
	char when[RFC3339_BYTES];
	printf("Backup    ");
	for (int i = 0; i < STOCK_BACKUPS; i++) {
		const struct stock_backup *backup = &stock->backups[i];
		printf("%s%s ", i ? ", " : "", backup->what);
		if (backup->at_us == 0) {
			printf("never");
			continue;
		}
		time_rfc3339(backup->at_us, when);
		printf("%s", when);
		printf(" (");
		print_bytes(backup->bytes);
		printf(")");
	}
	puts("");
}

static void as_screen(struct cli *cli, const struct status *status)
{
	const struct config *config = cli->config;
	const struct stock *stock = &status->stock;
	printf("Amanat    %s (%s)\n", AMANAT_VERSION, AMANAT_COMMIT);
	print_server(cli, &status->serving);
	printf("Address   %s\n", config->server_url[0] ? config->server_url : "server.url is not set");
	print_tls(status);
	printf("Place     %s (%s), region %s\n", config->region_place, config->region_jurisdiction, config->region_name);
	printf("Seal      open: the key is in %s\n", app_key_file(&cli->cx));
	printf("Holds     accounts %" PRId64 ", videos %" PRId64 ", demands %" PRId64 "\n", status->accounts, status->videos, status->demands);
	printf("Ledger    %s: %ju entries under a checkpoint, %ju wait\n", ledger_state_name(status->ledger.state), (uintmax_t)status->ledger.size,
	       (uintmax_t)(status->ledger.entries - (status->ledger.size < status->ledger.entries ? status->ledger.size : status->ledger.entries)));
	printf("Jobs      due %" PRId64 ", running %" PRId64 ", tried in vain %" PRId64 "\n", stock->jobs_due, stock->jobs_running, stock->jobs_retrying);
	printf("Stores   ");
	for (int i = 0; i < STOCK_FILES; i++) {
		printf("%s%s ", i ? ", " : " ", stock->files[i].name);
		print_bytes(stock->files[i].bytes + stock->files[i].log_bytes);
	}
	puts("");
	print_backups(stock);
	printf("Disk      ");
	print_bytes(stock->disk_free_bytes);
	printf(" free of ");
	print_bytes(stock->disk_bytes);
	printf(" in %s\n\n", config->store_folder);
	for (unsigned i = 0; i < status->warning_count; i++)
		printf("! %s\n  %s\n", status->warnings[i].what, status->warnings[i].remedy);
	if (status->warning_count == 0)
		puts("All is well.");
}

enum err run_status(struct cli *cli)
{
	struct status status = {};
	TRY(look(cli, &status));
	if (cli_option(cli, "json"))
		as_json(cli, &status);
	else
		as_screen(cli, &status);
	return OK;
}

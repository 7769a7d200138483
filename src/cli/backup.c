#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/upkeep.h"
#include "custody/custody.h"
#include "upkeep/backup.h"
#include "upkeep/files.h"
#include "upkeep/restore.h"

#define KEEP_DAYS 35
#define FOR_EVER_US INT64_C(253402300799000000)

static void progress(void *, const char *what, int64_t done)
{
	fprintf(stderr, "%s: %" PRId64 "\n", what, done);
}

static void tell_backup(const char *dir, enum backup_what what, const struct backup_report *report)
{
	if (what == BACKUP_DELETED)
		printf("%s knows of %" PRId64 " deletions.\n", dir, report->deleted);
	else if (what == BACKUP_KEYS)
		printf("Keys %s in %s. They are wrapped under the region key alone: there are no epoch keys yet. Keep this folder apart from the data's.\n",
		       report->generation, dir);
	else
		printf("Generation %s in %s: %" PRId64 " files, %" PRId64 " MB; new %" PRId64 ", %" PRId64 " MB. Deletions known: %" PRId64
		       ". Gone: %" PRId64 " generations, %" PRId64 " files.\n", report->generation, dir, report->files,
		       report->bytes / 1'000'000, report->copied, report->copied_bytes / 1'000'000, report->deleted, report->pruned_generations,
		       report->pruned_files);
}

enum err cli_backup(struct cli *cli, struct ctx *cx, const char *dir, enum backup_what what, int64_t days, struct backup_report *report)
{
	const struct backup_options options = { .dir = dir, .folder = cli->config->store_folder, .what = what, .keep_us = days * DAY_US,
		.store_key = keyholder_store_key(cx->keyholder), .cache_kib = cli->config->store_cache_mib * 1024, .progress = progress };
	TRY(backup_run(cx, &options, report));
	if (what == BACKUP_DELETED || backup_note(cx, what, report) == OK)
		return OK;
	fprintf(stderr, "The backup is whole, but the node could not note it (%s): amanat status does not know of it.\n", cx->failure.text);
	return OK;
}

/* The data first: keys that are newer than the data open all of it. */
enum err run_backup(struct cli *cli)
{
	struct backup_report report = {};
	const char *keys = cli_option(cli, "keys");
	int64_t days;
	TRY(cli_number(cli, "days", 1, 36500, KEEP_DAYS, &days));
	if (cli->count == 0 && !keys)
		return fail_as(&cli->cx, E_INVALID, "usage", "say where to: amanat backup DIR, amanat backup --keys DIR, or both");
	const enum backup_what what = cli_option(cli, "deletions") ? BACKUP_DELETED : BACKUP_DATA;
	if (cli->count > 0) {
		TRY(cli_backup(cli, &cli->cx, cli->arguments[0], what, days, &report));
		tell_backup(cli->arguments[0], what, &report);
	}
	if (report.missing)
		printf("%" PRId64 " files are known but were not there, or damaged: amanat fsck --deep says which.\n", report.missing);
	int64_t missing = report.missing;
	if (keys) {
		TRY(cli_backup(cli, &cli->cx, keys, BACKUP_KEYS, days, &report));
		tell_backup(keys, BACKUP_KEYS, &report);
	}
	cli->code = missing ? EXIT_FAILED : EXIT_DONE;
	return OK;
}

/* --- restoring --- */

static enum err parse_time(struct cli *cli, int64_t *out)
{
	const char *text = cli_option(cli, "at");
	struct tm when = {};
	*out = FOR_EVER_US;
	if (!text)
		return OK;
	const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &when);
	if (!rest || strcmp(rest, "Z") != 0)
		return fail_as(&cli->cx, E_INVALID, "usage", "--at is \"%.40s\"; write it as 2026-11-22T04:16:25Z", text);
	*out = (int64_t)timegm(&when) * SECOND_US + SECOND_US - 1;
	return OK;
}

enum err cli_work_on(struct cli *cli, const char *folder, const char *key_file, const char *setting)
{
	const char *const texts[] = { arena_printf(&cli->cx.mem, "store.folder=%s", folder).p,
		arena_printf(&cli->cx.mem, "store.key_file=%s", key_file).p, setting };
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		if (!texts[i])
			continue;
		if (cli->override_count == OVERRIDES_MAX)
			return fail(&cli->cx, E_INVALID, "too many settings on the command line");
		cli->overrides[cli->override_count++] = texts[i];
	}
	cli->cx.config = NULL;
	config_free(&cli->config);
	return cli_settings(cli);
}

static enum err replay(struct cli *cli, const char *dir, struct restore_report *report)
{
	struct app *app = NULL;
	struct ctx cx;
	cli->log.level = LOG_WARN;
	TRY(app_open(&cli->cx, APP_WORK, &app));
	app_ctx(app, &cx);
	enum err status = restore_replay(&cx, dir, report);
	cli->cx.failure = cx.failure;
	app_ctx_end(app, &cx);
	app_close(&app);
	return status;
}

static const char *first_fault(const struct fsck_report *report)
{
	for (size_t i = 0; i < report->count; i++)
		if (!report->findings[i].invariant.residue)
			return report->findings[i].invariant.name;
	return "";
}

/* Beside where it will be, so that nothing can be served before all of it is done; a run that was cut off begins anew. */
enum err cli_restore(struct cli *cli, const char *dir, const char *keys, const char *folder, int64_t until_us, struct restore_report *report,
	struct fsck_report *checked)
{
	struct ctx *cx = &cli->cx;
	const char *key_file = arena_text(&cx->mem, str_of(app_key_file(cx)));
	char *making = arena_text(&cx->mem, arena_printf(&cx->mem, "%s.restoring", folder));
	const char *lock_path = arena_printf(&cx->mem, "%s.restoring.lock", folder).p;
	const struct restore_options options = { .dir = dir, .keys = keys, .folder = making, .until_us = until_us, .progress = progress };
	if (!cli_is_empty(folder))
		return fail(cx, E_CONFLICT, "the folder %.100s is not empty; nothing is restored over what is there", folder);
	int lock = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (lock < 0 || flock(lock, LOCK_EX | LOCK_NB) != 0) {
		if (lock >= 0)
			close(lock);
		return fail(cx, E_BUSY, "another restore into %.100s runs, or its place cannot be written to", folder);
	}
	enum err status = folder_remove(cx, making);
	if (status == OK)
		status = restore_files(cx, &options, report);
	if (status == OK)
		status = cli_work_on(cli, making, key_file, NULL);
	if (status == OK)
		status = replay(cli, dir, report);
	if (status == OK)
		status = cli_fsck(cli, false, false, checked);
	if (status == OK && checked->faults)
		status = fail(cx, E_CONFLICT, "fsck finds faults in what was restored (%s first); it lies in %.100s", first_fault(checked), making);
	if (status == OK && ((rmdir(folder) != 0 && errno != ENOENT) || rename(making, folder) != 0))
		status = fail(cx, E_IO, "naming %.100s: %s", folder, strerror(errno));
	if (status == OK)
		unlink(lock_path);
	close(lock);
	return status;
}

enum err run_restore(struct cli *cli)
{
	struct restore_report report = {};
	struct fsck_report checked = {};
	const char *keys = cli_option(cli, "keys");
	const char *folder = arena_text(&cli->cx.mem, str_of(cli->config->store_folder));
	int64_t until_us;
	TRY(parse_time(cli, &until_us));
	if (!keys)
		return fail_as(&cli->cx, E_INVALID, "usage", "--keys is needed: without the keys' backup nothing personal can be read");
	TRY(cli_restore(cli, cli->arguments[0], keys, folder, until_us, &report, &checked));
	printf("Restored %s with the keys of %s into %s: %" PRId64 " files, %" PRId64 " MB. Taken away again: %" PRId64 " deleted since, %" PRId64
	       " accounts whose keys are gone. All sessions have ended. fsck: %u invariants hold.\nNext: amanat serve --folder %s\n",
	       report.generation, report.keys_generation, folder, report.files, report.bytes / 1'000'000, report.replayed, report.keyless,
	       checked.checked, folder);
	return OK;
}

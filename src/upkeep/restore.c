#include "upkeep/restore.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "social/account.h"
#include "social/comment.h"
#include "social/erase.h"
#include "social/inbox.h"
#include "social/profile.sql.h"
#include "social/published.h"
#include "social/session.sql.h"
#include "social/video.h"
#include "store/blob.h"
#include "store/job.h"
#include "store/outbox.h"
#include "store/search.h"
#include "store/writer.h"
#include "upkeep/backup.sql.h"
#include "ledger/cosigner.h"
#include "ledger/mend.h"
#include "upkeep/abreast.h"
#include "upkeep/backup_dir.h"
#include "upkeep/fsck.sql.h"
#include "upkeep/inside.h"
#include "base/config.h"

#define BATCH 100
#define WAIT_US (10 * MINUTE_US)
#define LOOK_NS 20'000'000

/* --- files --- */

struct chosen {
	struct buf text, keys_text;
	struct manifest manifest, keys;
};

static void chosen_end(struct chosen *chosen)
{
	buf_free(&chosen->text);
	buf_free(&chosen->keys_text);
}

static enum err choose(struct ctx *cx, const struct restore_options *options, struct chosen *chosen, struct restore_report *report)
{
	TRY(backup_find(cx, options->dir, BACKUP_DATA, options->until_us, report->generation, &chosen->text, &chosen->manifest));
	/* The newest keys, whatever time is asked for: a key that was destroyed since stays destroyed. */
	TRY(backup_find(cx, options->keys, BACKUP_KEYS, INT64_C(253402300799000000), report->keys_generation, &chosen->keys_text, &chosen->keys));
	report->at_us = chosen->manifest.at_us;
	report->keys_at_us = chosen->keys.at_us;
	if (!str_eq(chosen->manifest.region, str_of(cx->config->region_name)))
		return fail(cx, E_INVALID, "the backup is of region " STR_FMT "; set region.name to it", STR_ARG(chosen->manifest.region));
	if (chosen->keys.at_us < chosen->manifest.at_us)
		return fail(cx, E_INVALID, "the keys' backup (%.20s) is older than the data (%.20s): who signed up in between would be lost. "
			"Choose older data with --at", report->keys_generation, report->generation);
	return OK;
}

static void packed_path(const char *dir, const char *generation, const char *name, char path[FILE_PATH_BYTES])
{
	snprintf(path, FILE_PATH_BYTES, "%s/generations/%s/%s.zst", dir, generation, name);
}

static enum err check_there(struct ctx *cx, const char *dir, const char *generation, struct manifest manifest)
{
	struct manifest_file file;
	char path[FILE_PATH_BYTES];
	struct stat info;
	while (manifest_next(&manifest, &file)) {
		if (file.kind == FILE_STORE)
			packed_path(dir, generation, file.name, path);
		else
			backup_path(dir, &file, path);
		if (stat(path, &info) != 0 || info.st_size != (file.kind == FILE_STORE ? file.packed : file.bytes))
			return fail(cx, E_CORRUPT, "%.150s is not there, or has another size than the manifest says", path);
	}
	return OK;
}

struct batch {
	const struct restore_options *options;
	const char *dir, *generation;
	struct manifest_file files[BATCH];
	size_t count;
};

/* On several threads. */
static enum err restore_file(void *self, struct ctx *cx, size_t index, unsigned thread)
{
	const struct batch *batch = self;
	const struct manifest_file *file = &batch->files[index];
	const char *folder = batch->options->folder;
	char from[FILE_PATH_BYTES], tmp[FILE_PATH_BYTES], to[FILE_PATH_BYTES];
	struct sums sums;
	snprintf(tmp, sizeof tmp, "%s/blobs/tmp/file-%u", folder, thread);
	if (file->kind == FILE_STORE) {
		packed_path(batch->dir, batch->generation, file->name, from);
		snprintf(to, sizeof to, "%s/%s", folder, file->name);
	} else {
		backup_path(batch->dir, file, from);
		snprintf(to, sizeof to, "%s/blobs/%s/%.2s/%s", folder, file->kind == FILE_PUBLIC ? "public" : "personal", file->name, file->name);
	}
	enum err e = file_copy(cx, file->kind == FILE_STORE ? FILE_UNPACK : FILE_AS_IT_IS, from, tmp, to, &(struct file_wanted){ file->bytes, file->hash }, &sums);
	return e == E_CONFLICT ? fail(cx, E_CORRUPT, "%.150s is not what the manifest says: the backup is damaged there", from) : e;
}

static enum err restore_all(struct ctx *cx, const struct restore_options *options, const char *dir, const char *generation,
	struct manifest manifest, struct restore_report *report)
{
	struct batch batch = { .options = options, .dir = dir, .generation = generation, .count = BATCH };
	while (batch.count == BATCH) {
		if (options->progress)
			options->progress(options->self, "files", report->files);
		batch.count = 0;
		while (batch.count < BATCH && manifest_next(&manifest, &batch.files[batch.count]))
			batch.count++;
		TRY(abreast(cx, batch.count, restore_file, &batch));
		for (size_t i = 0; i < batch.count; i++)
			report->bytes += batch.files[i].bytes;
		report->files += (int64_t)batch.count;
	}
	return OK;
}

/* Checkpoints that were shown after the backup are not known here, nor those of others that this node has signed as a witness: a log that
 * went on from it might fork, and so might those. */
static enum err forget_checkpoints(struct ctx *cx, const char *folder)
{
	TRY(folder_make(cx, arena_printf(&cx->mem, "%s/ledger", folder).p));
	TRY(ledger_mark_restored(cx, folder, -1));
	return cosigner_forget_key(cx, folder);
}

enum err restore_files(struct ctx *cx, const struct restore_options *options, struct restore_report *out)
{
	AUTO(chosen_end) struct chosen chosen = { .text = buf_new(MANIFEST_BYTES_MAX), .keys_text = buf_new(MANIFEST_BYTES_MAX) };
	struct restore_report report = {};
	struct blobs *blobs = NULL;
	TRY(choose(cx, options, &chosen, &report));
	TRY(check_there(cx, options->dir, report.generation, chosen.manifest));
	TRY(check_there(cx, options->keys, report.keys_generation, chosen.keys));
	TRY(folder_make(cx, options->folder));
	TRY(blobs_open(cx, options->folder, &blobs));
	blobs_close(&blobs);
	TRY(restore_all(cx, options, options->dir, report.generation, chosen.manifest, &report));
	TRY(restore_all(cx, options, options->keys, report.keys_generation, chosen.keys, &report));
	TRY(forget_checkpoints(cx, options->folder));
	TRY(folder_sync_all(cx, options->folder));
	*out = report;
	return OK;
}

/* --- what happened since --- */

static enum err end_sessions(struct ctx *cx, void *more)
{
	TRY(db_run(cx, SQL_restore_end_sessions, I64(1000)));
	*(bool *)more = db_changes(cx, PERSONAL_DB) == 1000;
	return db_run0(cx, SQL_session_changed);
}

struct gone {
	struct str kind;
	int64_t id;
	bool keyless;
	bool more;
};

static enum err some_published(struct ctx *cx, int64_t account, bool *more)
{
	struct published_list list;
	TRY(published_of_account(cx, account, BATCH, &list));
	for (size_t i = 0; i < list.count; i++) {
		int64_t id = list.items[i].id;
		enum err e = list.items[i].video ? comment_take_away(cx, id) : video_take_away(cx, id);
		if (e != E_NOTFOUND)
			TRY(e);
	}
	*more = list.count == BATCH;
	return OK;
}

/* Without its key nobody knows its person: what is public goes, rows of that person belong to nobody. */
static enum err close_keyless(struct ctx *cx, struct gone *gone)
{
	const struct grant whose = { .purpose = GRANT_ERASE, .account = gone->id };    /* no key in it: opens nothing */
	TRY(some_published(cx, gone->id, &gone->more));
	if (!gone->more)
		TRY(inbox_erase_some(cx, &whose, &gone->more));
	if (gone->more)
		return OK;
	TRY(db_run(cx, SQL_restore_account_closed, I64(gone->id)));
	TRY(outbox_post(cx, "profile", gone->id, 'D', SQL_profile_remove, I64(gone->id)));
	TRY(search_drop(cx, gone->id));
	return job_add(cx, ERASE_JOB, gone->id, cx->now_us);
}

static enum err take_away(struct ctx *cx, void *argument)
{
	struct gone *gone = argument;
	gone->more = false;
	if (gone->keyless)
		return close_keyless(cx, gone);
	if (str_eq(gone->kind, STR("video")))
		return video_take_away(cx, gone->id);
	if (str_eq(gone->kind, STR("comment")))
		return comment_take_away(cx, gone->id);
	if (str_eq(gone->kind, STR("profile")))
		return account_close_by_operator(cx, gone->id);
	return fail(cx, E_CORRUPT, "the list of what was deleted is not well formed");
}

static enum err run_gone(struct ctx *from, struct gone *gone, int64_t *count)
{
	AUTO(ctx_end) struct ctx cx;
	fsck_batch_ctx(from, &cx);
	enum err e = OK;
	do
		e = writer_run(&cx, take_away, gone);
	while (e == OK && gone->more);
	from->failure = cx.failure;
	cx.db = NULL;
	*count += e == OK;
	return e == E_NOTFOUND ? OK : e;
}

static enum err replay_deleted(struct ctx *cx, const char *dir, struct restore_report *report)
{
	AUTO(buf_free) struct buf text = buf_new(MANIFEST_BYTES_MAX);
	struct str lines;
	TRY(file_read(cx, arena_printf(&cx->mem, "%s/deleted", dir).p, &text));
	TRY(manifest_lines(cx, buf_view(&text), &lines));
	while (lines.n) {
		struct str words = str_cut(&lines, '\n');
		struct gone gone = { .kind = str_cut(&words, ' ') };
		if (!str_i64(str_cut(&words, ' '), &gone.id))
			return fail(cx, E_CORRUPT, "the list of what was deleted is not well formed");
		TRY(run_gone(cx, &gone, &report->replayed));
	}
	return OK;
}

static enum err has_key(struct ctx *cx, int64_t account, bool *out)
{
	int64_t count;
	TRY(db_get_i64(cx, SQL_restore_key_count, &count, I64(account)));
	*out = count > 0;
	return OK;
}

static enum err some_accounts(struct ctx *cx, int64_t after, int64_t *ids, size_t *count)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_fsck_account_some, &rows, I64(after), I64(BATCH)));
	for (*count = 0; *count < BATCH && rows_next(rows); ++*count)
		ids[*count] = rows_i64(rows, 0);
	return rows_status(rows);
}

static enum err replay_keyless(struct ctx *cx, struct restore_report *report)
{
	int64_t ids[BATCH], after = INT64_MIN;
	size_t count = BATCH;
	while (count == BATCH) {
		TRY(some_accounts(cx, after, ids, &count));
		for (size_t i = 0; i < count; i++) {
			struct gone gone = { .id = ids[i], .keyless = true };
			bool has = true;
			TRY(has_key(cx, ids[i], &has));
			if (!has)
				TRY(run_gone(cx, &gone, &report->keyless));
			after = ids[i];
		}
	}
	return OK;
}

static enum err wait_for_jobs(struct ctx *cx)
{
	static const char *const kinds[] = { ERASE_JOB, DROP_JOB, BLOB_ERASE_JOB };
	const struct timespec moment = { .tv_nsec = LOOK_NS };
	const int64_t until_us = clock_boot_us(cx->clock) + WAIT_US;
	for (;;) {
		int64_t all = 0;
		for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
			int64_t count;
			TRY(job_count(cx, kinds[i], &count));
			all += count;
		}
		if (all == 0)
			return OK;
		if (clock_boot_us(cx->clock) > until_us)
			return fail(cx, E_BUSY, "what was deleted is not erased yet: %" PRId64 " jobs are left", all);
		nanosleep(&moment, NULL);
	}
}

enum err restore_replay(struct ctx *cx, const char *dir, struct restore_report *report)
{
	bool more = true;
	uint64_t entries;
	TRY(ledger_size(cx, &entries));
	TRY(ledger_mark_restored(cx, cx->config->store_folder, (int64_t)entries));
	while (more)
		TRY(writer_run(cx, end_sessions, &more));
	TRY(replay_deleted(cx, dir, report));
	TRY(replay_keyless(cx, report));
	return wait_for_jobs(cx);
}

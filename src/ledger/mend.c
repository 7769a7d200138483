#include "ledger/mend.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "ledger/logged.sql.h"
#include "ledger/mending.h"
#include "ledger/run.h"
#include "store/outbox.h"
#include "store/writer.h"

/* --- the lock, and the mark that nothing may be signed --- */

void mending_unlock(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

const char *mending_path(struct ctx *cx, const struct ledger_config *config, const char *name)
{
	return arena_printf(&cx->mem, "%s/ledger/%s", config->db->folder, name).p;
}

enum err mending_lock(struct ctx *cx, const struct ledger_config *config, int *out)
{
	const char *const folder = arena_printf(&cx->mem, "%s/ledger", config->db->folder).p;
	if (mkdir(folder, S_IRWXU | S_IRGRP | S_IXGRP) != 0 && errno != EEXIST)
		return fail(cx, E_IO, "making %.150s: %s", folder, strerror(errno));
	const int fd = open(mending_path(cx, config, "lock"), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) != 0) {
		mending_unlock(&fd);
		return fail(cx, E_CONFLICT, "the log is in use: stop the server first");
	}
	*out = fd;
	return OK;
}

enum err mending_read(struct ctx *cx, const struct ledger_config *config, struct mending *out)
{
	AUTO(buf_free) struct buf text = buf_new(100);
	struct mending begun = {};
	const enum err e = file_read(cx, mending_path(cx, config, LEDGER_MENDING_FILE), &text);
	if (e != E_NOTFOUND)
		TRY(e);
	struct str rest = arena_copy(&cx->mem, str_trim(buf_view(&text)));
	begun.command = str_cut(&rest, ' ');
	if (rest.n && !str_u64(rest, &begun.size))
		return fail(cx, E_CORRUPT, "ledger/" LEDGER_MENDING_FILE " is damaged");
	*out = begun;
	return OK;
}

/* The mark says which command it is that has to end: the other one would take a half-mended table for a whole one. */
enum err mending_begin(struct ctx *cx, const struct ledger_config *config, const struct mending *mending)
{
	struct mending begun;
	TRY(mending_read(cx, config, &begun));
	if (begun.command.n && !str_eq(begun.command, mending->command))
		return fail(cx, E_CONFLICT, "`amanat ledger " STR_FMT "` was begun here and did not end: run that again first, or restore the newest backup once more", STR_ARG(begun.command));
	return file_write(cx, mending_path(cx, config, LEDGER_MENDING_FILE),
		arena_printf(&cx->mem, STR_FMT " %llu\n", STR_ARG(mending->command), (unsigned long long)mending->size));
}

static enum err remove_mark(struct ctx *cx, const struct ledger_config *config, const char *name)
{
	return !fault_hit(cx) && (unlink(mending_path(cx, config, name)) == 0 || errno == ENOENT) ? OK : fail(cx, E_IO, "removing ledger/%s: %s", name, strerror(errno));
}

enum err mending_end(struct ctx *cx, const struct ledger_config *config)
{
	TRY(remove_mark(cx, config, LEDGER_RESTORED_FILE));
	return remove_mark(cx, config, LEDGER_MENDING_FILE);
}

#define RESTORED_HEAD "restored from a backup"
#define RESTORED_COUNT " with entries: "

enum err ledger_mark_restored(struct ctx *cx, const char *data_folder, int64_t entries)
{
	AUTO(buf_free) struct buf text = buf_new(100);
	buf_text(&text, RESTORED_HEAD);
	if (entries >= 0)
		buf_printf(&text, RESTORED_COUNT "%lld", (long long)entries);
	buf_char(&text, '\n');
	return file_write(cx, arena_printf(&cx->mem, "%s/ledger/" LEDGER_RESTORED_FILE, data_folder).p, buf_view(&text));
}

enum err ledger_restored_count(struct ctx *cx, const char *data_folder, uint64_t *out)
{
	AUTO(buf_free) struct buf mark = buf_new(100);
	uint64_t restored = 0;
	const enum err e = file_read(cx, arena_printf(&cx->mem, "%s/ledger/" LEDGER_RESTORED_FILE, data_folder).p, &mark);
	const struct str text = buf_view(&mark);
	if (e != E_NOTFOUND)
		TRY(e);
	if (str_starts(text, STR(RESTORED_HEAD RESTORED_COUNT)) && !str_u64(str_trim(str_from(text, sizeof RESTORED_HEAD RESTORED_COUNT - 1)), &restored))
		return fail(cx, E_CORRUPT, "ledger/" LEDGER_RESTORED_FILE " is damaged");
	*out = restored;
	return OK;
}

/* So many entries of the table are the old log's: those that were signed here, or that a restore brought; all, where nothing is known. */
static enum err count_signed(struct ctx *cx, const struct ledger_config *config, uint64_t size, uint64_t *out)
{
	struct checkpoint last;
	uint64_t restored = 0;
	TRY(signed_read(cx, config->db->folder, &last));
	TRY(ledger_restored_count(cx, config->db->folder, &restored));
	const uint64_t known = last.size > restored ? last.size : restored;
	*out = known && known < size ? known : size;
	return OK;
}

enum err ledger_continue(struct ctx *cx, const struct ledger_config *config)
{
	AUTO(mending_unlock) int lock = -1;
	TRY(mending_lock(cx, config, &lock));
	if (access(mending_path(cx, config, LEDGER_MENDING_FILE), F_OK) == 0)
		return fail(cx, E_CONFLICT, "the log was being mended and that did not end: run the same command again (`amanat ledger fetch` or `amanat ledger succeed`)");
	return mending_end(cx, config);
}

/* --- succession --- */

/* The old log's name and key, as its first entry has them, or its key's file where that is newer. */
static enum err old_log(struct ctx *cx, const struct ledger_config *config, struct str *origin, struct str *key)
{
	AUTO(log_keys_wipe) struct log_keys keys = {};
	AUTO(buf_free) struct buf vkey = buf_new(NOTE_VKEY_MAX);
	struct entry first;
	struct str line;
	const enum err e = log_keys_read(cx, config->key_file, &keys);
	if (e == OK) {
		note_key_write(&keys.keys[keys.count - 1].key, &vkey);
		*origin = arena_copy(&cx->mem, str_of(keys.keys[0].key.name));
		*key = arena_copy(&cx->mem, buf_view(&vkey));
		return OK;
	}
	if (e != E_NOTFOUND)
		return e;
	TRY(ledger_read(cx, 0, &first, &line));
	static_assert((int)ENTRY_origin_origin == (int)ENTRY_succession_origin && (int)ENTRY_origin_key == (int)ENTRY_succession_key, "they begin alike");
	*origin = first.values[ENTRY_origin_origin];
	*key = first.values[ENTRY_origin_key];
	return OK;
}

static const char *next_key_file(struct ctx *cx, const struct ledger_config *config)
{
	return arena_printf(&cx->mem, "%s.next", config->key_file).p;
}

/* The new key waits beside the old one until the entry is there: killed between, the next run takes the same, and no other name than its. */
static enum err next_key(struct ctx *cx, const char *path, const struct ledger_config *config, struct str origin, struct log_keys *out)
{
	AUTO(log_keys_wipe) struct log_keys keys = {};
	const enum err e = log_keys_init(cx, path, config->db->folder, origin);
	if (e != E_CONFLICT)
		TRY(e);
	TRY(log_keys_read(cx, path, &keys));
	if (origin.n && !str_eq(origin, str_of(keys.keys[0].key.name)))
		return fail(cx, E_INVALID, "%.120s, which another run has made, is the key of %.60s: name that with --origin, or none", path, keys.keys[0].key.name);
	*out = keys;
	return OK;
}

static enum err enter_first(struct ctx *cx, void *argument)
{
	const struct entry *const entry = argument;
	AUTO(buf_free) struct buf line = buf_new(ENTRY_LINE_MAX);
	struct entry timed = *entry;
	struct str lines;
	uint64_t first;
	const enum err found = run_of(cx, 0, &first, &lines);
	if (found != E_NOTFOUND)
		TRY(found);
	if (found == OK && run_split(lines, 0, NULL) > 1)
		return fail(cx, E_CORRUPT, "the ledger does not begin as a log does: with an entry of its own");
	timed.time_us = cx->now_us;
	TRY(entry_write(cx, &timed, &line));
	return outbox_post(cx, "", 0, 'P', SQL_logged_first, TEXT(str_of(entry_forms[entry->kind].name)), TEXT(buf_view(&line)));
}

static enum err sync_folder_of(struct ctx *cx, const char *path)
{
	const char *const slash = strrchr(path, '/');
	const char *const folder = slash ? arena_printf(&cx->mem, "%.*s/", (int)(slash - path), path).p : ".";
	AUTO(mending_unlock) const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return !fault_hit(cx) && fd >= 0 && fsync(fd) == 0 ? OK : fail(cx, E_IO, "syncing %.150s: %s", folder, strerror(errno));
}

/* What was made from the old log stays to be looked at, under its key's id. */
static enum err put_away(struct ctx *cx, const struct ledger_config *config, struct str old_key)
{
	unsigned char hash[SHA256_BYTES];
	static const char *const names[] = { "checkpoint", "signed", "tile" };
	sha256(old_key, hash);
	const char *const folder = mending_path(cx, config, arena_printf(&cx->mem, "before-%02x%02x%02x%02x", hash[0], hash[1], hash[2], hash[3]).p);
	if (mkdir(folder, S_IRWXU | S_IRGRP | S_IXGRP) != 0 && errno != EEXIST)
		return fail(cx, E_IO, "making %.150s: %s", folder, strerror(errno));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *const from = mending_path(cx, config, names[i]), *const to = arena_printf(&cx->mem, "%s/%s", folder, names[i]).p;
		if (fault_hit(cx) || (rename(from, to) != 0 && errno != ENOENT))
			return fail(cx, E_IO, "moving %.150s: %s", from, strerror(errno));
	}
	return sync_folder_of(cx, arena_printf(&cx->mem, "%s/", folder).p);
}

static enum err old_head(struct ctx *cx, const struct ledger_config *config, const struct succession *how, struct entry *entry)
{
	AUTO(buf_free) struct buf root = buf_new(64);
	struct checkpoint last;
	uint64_t size, kept;
	TRY(signed_read(cx, config->db->folder, &last));       /* a fetch, too, has left here what it brought */
	buf_base64(&root, last.root.bytes, TREE_HASH_BYTES);
	TRY(ledger_size(cx, &size));
	TRY(count_signed(cx, config, size, &kept));
	const bool told = how->old_size > 0;
	const uint64_t old_size = told ? how->old_size : last.size;
	entry->values[ENTRY_succession_old_size] = entry_of_count(cx, old_size);
	entry->values[ENTRY_succession_old_root] = told ? how->old_root : arena_copy(&cx->mem, buf_view(&root));
	entry->values[ENTRY_succession_kept] = entry_of_count(cx, kept < old_size ? kept : old_size);
	entry->values[ENTRY_succession_reason] = how->reason;
	return OK;
}

/* A run that was killed behind its entry: the old log's checkpoints may be put away already, and its key, so what the entry says of it holds. */
static bool is_entered(struct ctx *cx, struct str new_key, struct str *old_key)
{
	struct entry first;
	struct str line;
	if (ledger_read(cx, 0, &first, &line) != OK || first.kind != ENTRY_succession || !str_eq(first.values[ENTRY_succession_key], new_key))
		return false;
	*old_key = first.values[ENTRY_succession_old_key];
	return true;
}

/* Those that the log has ever named, where their file is gone. */
static enum err known_keys(struct ctx *cx, const struct ledger_config *config, struct str old_key, struct log_keys *out)
{
	struct ledger_item *const items = arena_new(&cx->mem, struct ledger_item, LOG_KEYS_MAX - 1);
	struct log_keys keys = { .count = 1 };
	size_t count;
	const enum err e = log_keys_read(cx, config->key_file, out);
	if (e != E_NOTFOUND)
		return e;
	TRY(note_key_parse(cx, old_key, &keys.keys[0].key));
	TRY(ledger_newest(cx, ENTRY_key_added, 0, LOG_KEYS_MAX - 1, items, &count));
	for (size_t i = 0; i < count; i++)
		TRY(note_key_parse(cx, items[i].entry.values[ENTRY_key_added_key], &keys.keys[keys.count++].key));
	*out = keys;
	return OK;
}

/* What the mirror has was shown: a succession that does not admit it is a lie to whoever saw it. */
static enum err check_mirror(struct ctx *cx, const struct ledger_config *config, struct str old_key, const struct checkpoint *last)
{
	AUTO(log_keys_wipe) struct log_keys keys = {};
	struct checkpoint mirrored;
	if (!config->mirror[0])
		return OK;
	TRY(mirror_missed(cx, &(struct mirror_place){ config->mirror, config->db->folder }));
	TRY(known_keys(cx, config, old_key, &keys));
	if (!mirror_has(cx, config->mirror, &keys, &mirrored) || mirrored.size <= last->size)
		return OK;
	return fail(cx, E_CONFLICT, "the mirror has %llu entries of this log, and %llu are known here to have been signed: bring them back with `amanat ledger fetch`, or name the old head with "
		"--old-size and --old-root", (unsigned long long)mirrored.size, (unsigned long long)last->size);
}

/* Before anything is changed. */
static enum err check_succession(struct ctx *cx, const struct ledger_config *config, const struct succession *how, struct str old_origin, struct str old_key)
{
	struct checkpoint last;
	uint64_t size, entries;
	/* two logs of one name: whoever knows the old one takes the new one for its fork */
	if (str_eq(how->origin, old_origin))
		return fail(cx, E_INVALID, "the new log needs another name than the old one, " STR_FMT, STR_ARG(old_origin));
	if (how->old_size > 0)
		return OK;
	TRY(signed_read(cx, config->db->folder, &last));
	TRY(check_mirror(cx, config, old_key, &last));
	TRY(ledger_size(cx, &size));
	TRY(count_signed(cx, config, size, &entries));
	return last.size || !entries ? OK : fail(cx, E_CONFLICT, "it is not known here how much of the old log was shown (a restore does not bring that): ask its mirror, a witness or a reader for the "
		"newest checkpoint, and name that with --old-size and --old-root");
}

/* A word that no entry may have, a name that no log may have: nothing was changed, and another command, or another name, may be the right one. */
static enum err take_back(struct ctx *cx, const struct ledger_config *config, const char *next)
{
	if (next && unlink(next) != 0 && errno != ENOENT)
		return fail(cx, E_IO, "removing %.150s: %s", next, strerror(errno));
	return remove_mark(cx, config, LEDGER_MENDING_FILE);
}

/* A log that takes over what nobody can read would never be signed. */
static enum err check_readable(struct ctx *cx)
{
	struct hash root;
	uint64_t size;
	TRY(ledger_size(cx, &size));
	const enum err e = ledger_recount(cx, size, &root);
	return e == E_CORRUPT ? fail(cx, E_CORRUPT, "entries are damaged (`amanat fsck` tells which): bring them back with `amanat ledger fetch`, or restore a backup, and begin the new log then") : e;
}

static enum err sync_folders(struct ctx *cx, const struct ledger_config *config)
{
	TRY(sync_folder_of(cx, config->key_file));
	return sync_folder_of(cx, mending_path(cx, config, LEDGER_MENDING_FILE));
}

static enum err change_keys(struct ctx *cx, const struct ledger_config *config, const char *next)
{
	const char *const old = arena_printf(&cx->mem, "%s.before", config->key_file).p;
	if (fault_hit(cx) || (rename(config->key_file, old) != 0 && errno != ENOENT) || fault_hit(cx) || rename(next, config->key_file) != 0)
		return fail(cx, E_IO, "putting the new key in its place: %s", strerror(errno));
	/* the key may lie on another disk than the mark: it has to be there before the mark is gone */
	return sync_folders(cx, config);
}

/* The new key, and the entry that says so: each once, however often this is run.  The entry's old key is the one that it names. */
static enum err enter_succession(struct ctx *cx, const struct ledger_config *config, const struct succession *how, struct entry *entry)
{
	AUTO(log_keys_wipe) struct log_keys keys = {};
	AUTO(buf_free) struct buf vkey = buf_new(NOTE_VKEY_MAX);
	TRY(next_key(cx, next_key_file(cx, config), config, how->origin, &keys));
	note_key_write(&keys.keys[0].key, &vkey);
	entry->values[ENTRY_succession_origin] = arena_copy(&cx->mem, str_of(keys.keys[0].key.name));
	entry->values[ENTRY_succession_key] = arena_copy(&cx->mem, buf_view(&vkey));
	if (is_entered(cx, buf_view(&vkey), &entry->values[ENTRY_succession_old_key]))
		return OK;
	TRY(old_head(cx, config, how, entry));
	return writer_run(cx, enter_first, entry);
}

enum err ledger_succeed(struct ctx *cx, const struct ledger_config *config, const struct succession *how)
{
	AUTO(mending_unlock) int lock = -1;
	struct entry entry = { .kind = ENTRY_succession };
	struct mending begun;
	const char *const next = next_key_file(cx, config);
	struct str *const old_origin = &entry.values[ENTRY_succession_old_origin], *const old_key = &entry.values[ENTRY_succession_old_key];
	TRY(mending_lock(cx, config, &lock));
	TRY(mending_read(cx, config, &begun));
	TRY(old_log(cx, config, old_origin, old_key));
	/* killed behind the last rename: the key in the file is the new log's, and only the marks are left to go */
	if (str_eq(begun.command, STR("succeed")) && access(next, F_OK) != 0 && is_entered(cx, *old_key, old_key)) {
		TRY(sync_folders(cx, config));
		return mending_end(cx, config);
	}
	TRY(check_readable(cx));
	const bool anew = access(mending_path(cx, config, LEDGER_MENDING_FILE), F_OK) != 0;
	const bool made = access(next, F_OK) != 0;
	if (anew)
		TRY(check_succession(cx, config, how, *old_origin, *old_key));
	TRY(mending_begin(cx, config, &(struct mending){ STR("succeed"), 0 }));
	const enum err e = enter_succession(cx, config, how, &entry);
	if (e == E_INVALID && anew)
		return take_back(cx, config, made ? next : NULL) == OK ? e : E_IO;
	TRY(e);
	TRY(put_away(cx, config, *old_key));
	TRY(change_keys(cx, config, next));
	return mending_end(cx, config);
}

/* --- keys --- */

#define REVOKED_MAX 64

static enum err enter_key(struct ctx *cx, void *argument)
{
	const struct entry *const entry = argument;
	return ledger_append(cx, entry, 0);
}

enum err ledger_add_key(struct ctx *cx, const struct ledger_config *config, struct note_key *out)
{
	AUTO(mending_unlock) int lock = -1;
	AUTO(log_keys_wipe) struct log_keys keys = {};
	AUTO(buf_free) struct buf vkey = buf_new(NOTE_VKEY_MAX);
	struct entry entry = { .kind = ENTRY_key_added };
	TRY(mending_lock(cx, config, &lock));
	TRY(log_keys_read(cx, config->key_file, &keys));
	if (keys.count == LOG_KEYS_MAX)
		return fail(cx, E_CONFLICT, "the log has %d keys already: revoke one first", LOG_KEYS_MAX);
	keys.keys[keys.count] = log_key_new(str_of(keys.keys[0].key.name));
	note_key_write(&keys.keys[keys.count].key, &vkey);
	entry.values[ENTRY_key_added_key] = buf_view(&vkey);
	*out = keys.keys[keys.count++].key;
	TRY(writer_run(cx, enter_key, &entry));
	return log_keys_write(cx, config->key_file, &keys);
}

/* A run that was killed between its entry and the keys' file: said twice it would revoke a key that the log no longer has. */
static enum err is_revoked(struct ctx *cx, struct str vkey, bool *out)
{
	struct ledger_item *const items = arena_new(&cx->mem, struct ledger_item, REVOKED_MAX);
	size_t count;
	TRY(ledger_newest(cx, ENTRY_key_revoked, 0, REVOKED_MAX, items, &count));
	*out = false;
	for (size_t i = 0; i < count; i++)
		*out |= str_eq(items[i].entry.values[ENTRY_key_revoked_key], vkey);
	return OK;
}

enum err ledger_revoke_key(struct ctx *cx, const struct ledger_config *config, struct str vkey, struct str reason)
{
	AUTO(mending_unlock) int lock = -1;
	AUTO(log_keys_wipe) struct log_keys keys = {};
	AUTO(log_keys_wipe) struct log_keys left = {};
	struct note_key revoked;
	bool entered;
	struct entry entry = { .kind = ENTRY_key_revoked };
	TRY(mending_lock(cx, config, &lock));
	TRY(note_key_parse(cx, vkey, &revoked));
	TRY(log_keys_read(cx, config->key_file, &keys));
	for (unsigned i = 0; i < keys.count; i++)
		if (memcmp(keys.keys[i].key.public, revoked.public, SIGN_PUBLIC_BYTES) != 0)
			left.keys[left.count++] = keys.keys[i];
	if (left.count == keys.count)
		return fail(cx, E_NOTFOUND, "this is none of the log's keys");
	if (left.count == 0)
		return fail(cx, E_CONFLICT, "this is the log's only key: add another first");
	entry.values[ENTRY_key_revoked_key] = vkey;
	entry.values[ENTRY_key_revoked_reason] = reason;
	TRY(is_revoked(cx, vkey, &entered));
	if (!entered)
		TRY(writer_run(cx, enter_key, &entry));
	return log_keys_write(cx, config->key_file, &left);
}

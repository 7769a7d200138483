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
#include "ledger/fetch.h"
#include "ledger/inside.h"
#include "ledger/logged.sql.h"
#include "ledger/run.h"
#include "store/outbox.h"
#include "store/writer.h"

#define BUNDLE_BYTES_MAX ((size_t)TILE_WIDTH * (ENTRY_LINE_MAX + 2))
#define TAIL_BYTES_MAX ((size_t)64 << 20)
#define PATIENCE_US (60 * SECOND_US)

/* --- the lock, and the mark that nothing may be signed --- */

static void close_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static const char *in_folder(struct ctx *cx, const struct ledger_config *config, const char *name)
{
	return arena_printf(&cx->mem, "%s/ledger/%s", config->db->folder, name).p;
}

static enum err take_lock(struct ctx *cx, const struct ledger_config *config, int *out)
{
	const char *const folder = arena_printf(&cx->mem, "%s/ledger", config->db->folder).p;
	if (mkdir(folder, S_IRWXU | S_IRGRP | S_IXGRP) != 0 && errno != EEXIST)
		return fail(cx, E_IO, "making %.150s: %s", folder, strerror(errno));
	const int fd = open(in_folder(cx, config, "lock"), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
	if (fd < 0 || flock(fd, LOCK_EX | LOCK_NB) != 0) {
		close_fd(&fd);
		return fail(cx, E_CONFLICT, "the log is in use: stop the server first");
	}
	*out = fd;
	return OK;
}

/* The mark says which command it is that has to end: the other one would take a half-mended table for a whole one. */
static enum err read_mending(struct ctx *cx, const struct ledger_config *config, struct str *out)
{
	AUTO(buf_free) struct buf text = buf_new(100);
	const enum err e = file_read(cx, in_folder(cx, config, LEDGER_MENDING_FILE), &text);
	if (e != E_NOTFOUND)
		TRY(e);
	*out = arena_copy(&cx->mem, str_trim(buf_view(&text)));
	return OK;
}

static enum err forbid_signing(struct ctx *cx, const struct ledger_config *config, const char *command)
{
	struct str begun;
	TRY(read_mending(cx, config, &begun));
	if (begun.n && !str_eq(begun, str_of(command)))
		return fail(cx, E_CONFLICT, "`amanat ledger " STR_FMT "` was begun here and did not end: run that again first", STR_ARG(begun));
	return file_write(cx, in_folder(cx, config, LEDGER_MENDING_FILE), arena_printf(&cx->mem, "%s\n", command));
}

static enum err remove_mark(struct ctx *cx, const struct ledger_config *config, const char *name)
{
	return unlink(in_folder(cx, config, name)) == 0 || errno == ENOENT ? OK : fail(cx, E_IO, "removing ledger/%s: %s", name, strerror(errno));
}

static enum err allow_signing(struct ctx *cx, const struct ledger_config *config)
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
	AUTO(close_fd) int lock = -1;
	TRY(take_lock(cx, config, &lock));
	if (access(in_folder(cx, config, LEDGER_MENDING_FILE), F_OK) == 0)
		return fail(cx, E_CONFLICT, "the log was being mended and that did not end: run the same command again (`amanat ledger fetch` or `amanat ledger succeed`)");
	return allow_signing(cx, config);
}

/* --- a mirror --- */

struct mirror {
	struct str place;
	struct fetch *fetch;                   /* NULL: a folder */
	uint64_t size;
	struct hash root;
	struct str note;                       /* its checkpoint, signed; in the context's memory */
};

static void mirror_end(struct mirror *mirror)
{
	fetch_close(&mirror->fetch);
}

static enum err mirror_get(struct ctx *cx, struct mirror *mirror, const char *path, size_t max, struct buf *out)
{
	AUTO(fetch_answer_free) struct fetch_answer answer = {};
	const struct str where = arena_printf(&cx->mem, STR_FMT "/%s", STR_ARG(mirror->place), path);
	if (!mirror->fetch)
		return file_read(cx, where.p, out);
	TRY(fetch_ask(cx, mirror->fetch, &(struct fetch_request){ .url = where, .bytes_max = max, .patience_us = PATIENCE_US }, &answer));
	if (answer.status != 200)
		return fail(cx, E_NOTFOUND, "the mirror answers %d for %.60s", answer.status, path);
	buf_str(out, buf_view(&answer.body));
	return OK;
}

static enum err untrusted(struct ctx *cx, const char *why)
{
	return fail_as(cx, E_INVALID, "mirror-untrusted", "%s", why);
}

static enum err mirror_open(struct ctx *cx, struct str place, const struct log_keys *keys, struct mirror *out)
{
	AUTO(buf_free) struct buf bytes = buf_new(NOTE_BYTES_MAX);
	struct checkpoint checkpoint;
	struct note note;
	bool is_signed = false;
	while (place.n > 1 && str_ends(place, STR("/")))
		place.n--;
	out->place = place;
	if (str_starts(place, STR("http://")) || str_starts(place, STR("https://")))
		TRY(fetch_open(cx, &out->fetch));
	TRY(mirror_get(cx, out, "checkpoint", NOTE_BYTES_MAX, &bytes));
	out->note = arena_copy(&cx->mem, buf_view(&bytes));
	TRY(note_parse(cx, out->note, &note));
	TRY(checkpoint_parse(cx, note.text, &checkpoint));
	for (unsigned i = 0; i < keys->count; i++)
		is_signed |= note_check(&note, &keys->keys[i].key, NULL) == NOTE_SIGNED;
	if (!is_signed || !str_eq(checkpoint.origin, str_of(keys->keys[0].key.name)))
		return untrusted(cx, "the mirror's checkpoint does not bear this log's key");
	out->size = checkpoint.size;
	out->root = checkpoint.root;
	return OK;
}

/* All entries of one bundle, each handed on with its number. */
struct bundles {
	struct mirror *mirror;
	enum err (*take)(struct ctx *, struct bundles *, uint64_t number, struct str line);
	struct edge edge;                      /* pass 1: what they hash to, and how many of ours are alike */
	uint64_t alike;
	struct str lines[TILE_WIDTH];          /* pass 2: what is missing here */
	unsigned count;
};

static enum err each_bundle(struct ctx *cx, struct bundles *bundles, uint64_t index)
{
	AUTO(buf_free) struct buf path = buf_new(200);
	AUTO(buf_free) struct buf bytes = buf_new(BUNDLE_BYTES_MAX);
	const unsigned width = tile_width(TILE_BUNDLE, index, bundles->mirror->size);
	struct str line;
	tile_path(&(struct tile){ .level = TILE_BUNDLE, .index = index, .width = width }, &path);
	TRY(mirror_get(cx, bundles->mirror, buf_terminated(&path), BUNDLE_BYTES_MAX, &bytes));
	struct str rest = arena_copy(&cx->mem, buf_view(&bytes));
	unsigned count = 0;
	for (; bundle_next(&rest, &line); count++)
		TRY(bundles->take(cx, bundles, index * TILE_WIDTH + count, line));
	return rest.n || count != width ? untrusted(cx, "a bundle of the mirror is malformed") : OK;
}

/* A bundle's memory is its own: a mirror may be large. */
static enum err one_bundle(struct ctx *cx, struct bundles *bundles, uint64_t index, enum err (*act)(struct ctx *, struct bundles *, uint64_t))
{
	struct ctx own = *cx;
	own.mem = arena_new_capped(ARENA_REQUEST_BYTES);
	const enum err e = act(&own, bundles, index);
	cx->failure = own.failure;
	arena_free(&own.mem);
	return e;
}

static enum err not_kept(struct ctx *, void *, int, uint64_t, const struct hash[TILE_WIDTH])
{
	return OK;
}

static enum err compare_line(struct ctx *cx, struct bundles *bundles, uint64_t number, struct str line)
{
	struct entry entry;
	struct str ours;
	const struct hash leaf = tree_leaf(line);
	if (bundles->alike == number) {
		const enum err e = ledger_read(cx, number, &entry, &ours);
		if (e != E_NOTFOUND)
			TRY(e);
		bundles->alike += e == OK && str_eq(ours, line);
	}
	TRY(entry_parse(cx, line, &entry));
	return edge_add(cx, &bundles->edge, &leaf, not_kept, NULL);
}

static enum err compare(struct ctx *cx, struct bundles *bundles)
{
	struct hash root;
	bundles->take = compare_line;
	for (uint64_t i = 0; i * TILE_WIDTH < bundles->mirror->size; i++)
		TRY(one_bundle(cx, bundles, i, each_bundle));
	TRY(edge_root(cx, &bundles->edge, &root));
	return hash_eq(&root, &bundles->mirror->root) ? OK : untrusted(cx, "the mirror's entries are not those of its checkpoint");
}

/* --- what was entered here and never signed --- */

#define TAIL_FILE "tail"

static enum err read_tail(struct ctx *cx, uint64_t from, struct buf *out)
{
	AUTO(lines_close) struct lines lines = {};
	TRY(lines_open(cx, from, UINT64_MAX, &lines));
	while (lines_next(&lines)) {
		buf_i64(out, lines.mark);
		buf_char(out, ' ');
		buf_str(out, lines.line);
		buf_char(out, '\n');
	}
	TRY(lines_status(&lines));
	return out->failed ? fail(cx, E_TOOLARGE, "more than %zu bytes of entries were never signed", TAIL_BYTES_MAX) : OK;
}

/* A run that was killed left the file.  What stands in the table is the same, and perhaps more; or it was cut already, and is what has been
 * entered since. */
static enum err keep_tail(struct ctx *cx, const struct ledger_config *config, uint64_t from)
{
	AUTO(buf_free) struct buf tail = buf_new(TAIL_BYTES_MAX);
	AUTO(buf_free) struct buf kept = buf_new(TAIL_BYTES_MAX);
	const char *const path = in_folder(cx, config, TAIL_FILE);
	TRY(read_tail(cx, from, &tail));
	const enum err e = file_read(cx, path, &kept);
	if (e != E_NOTFOUND)
		TRY(e);
	if (str_starts(buf_view(&tail), buf_view(&kept)))
		return file_write(cx, path, buf_view(&tail));
	buf_str(&kept, buf_view(&tail));
	return kept.failed ? fail(cx, E_TOOLARGE, "more than %zu bytes of entries were never signed", TAIL_BYTES_MAX) : file_write(cx, path, buf_view(&kept));
}

/* A row that begins before it is cut with it, and what stands before it in that row is entered again. */
static enum err cut(struct ctx *cx, void *argument)
{
	const uint64_t *const from = argument;
	uint64_t first = *from;
	struct str kept = STR(""), lines[RUN_ENTRIES_MAX];
	const enum err found = run_of(cx, *from, &first, &kept);
	if (found != E_NOTFOUND)
		TRY(found);
	const uint64_t before = *from - first;
	if (run_split(kept, RUN_ENTRIES_MAX, lines) < before || before > RUN_ENTRIES_MAX)
		return fail(cx, E_CORRUPT, "the row of the ledger's entry %llu is not of this program", (unsigned long long)first);
	TRY(outbox_post(cx, "", 0, 'D', SQL_logged_cut, I64((int64_t)first)));
	TRY(outbox_post(cx, "", 0, 'D', SQL_logged_mixed_cut, I64((int64_t)first)));
	return ledger_append_lines(cx, lines, before);
}

static enum err put_back(struct ctx *cx, void *argument)
{
	const struct str *const tail = argument;
	struct str rest = *tail, line;
	while (rest.n) {
		int64_t mark = 0;
		struct entry entry;
		line = str_cut(&rest, '\n');
		if (!str_i64(str_cut(&line, ' '), &mark))
			return fail(cx, E_CORRUPT, "ledger/" TAIL_FILE " is damaged");
		TRY(entry_parse(cx, line, &entry));
		TRY(ledger_append(cx, &entry, mark));
	}
	return OK;
}

static enum err append_tail(struct ctx *cx, const struct ledger_config *config)
{
	AUTO(buf_free) struct buf bytes = buf_new(TAIL_BYTES_MAX);
	const char *const path = in_folder(cx, config, TAIL_FILE);
	const enum err e = file_read(cx, path, &bytes);
	struct str tail = buf_view(&bytes);
	TRY(e);
	TRY(writer_run(cx, put_back, &tail));
	return unlink(path) == 0 ? OK : fail(cx, E_IO, "removing %.150s: %s", path, strerror(errno));
}

/* --- fetching --- */

static enum err note_line(struct ctx *, struct bundles *bundles, uint64_t number, struct str line)
{
	if (number >= bundles->alike)
		bundles->lines[bundles->count++] = line;
	return OK;
}

static enum err append_lines(struct ctx *cx, void *argument)
{
	const struct bundles *const bundles = argument;
	return ledger_append_lines(cx, bundles->lines, bundles->count);
}

static enum err append_bundle(struct ctx *cx, struct bundles *bundles, uint64_t index)
{
	bundles->count = 0;
	TRY(each_bundle(cx, bundles, index));
	return bundles->count ? writer_run(cx, append_lines, bundles) : OK;
}

static enum err append_missing(struct ctx *cx, struct bundles *bundles)
{
	bundles->take = note_line;
	for (uint64_t i = bundles->alike / TILE_WIDTH; i * TILE_WIDTH < bundles->mirror->size; i++)
		TRY(one_bundle(cx, bundles, i, append_bundle));
	return OK;
}

static enum err fetch_from(struct ctx *cx, const struct ledger_config *config, struct mirror *mirror, uint64_t *fetched)
{
	struct bundles *const bundles = arena_new(&cx->mem, struct bundles, 1);
	struct checkpoint shown, last;
	struct str note;
	bundles->mirror = mirror;
	TRY(compare(cx, bundles));
	TRY(ledger_shown(cx, config->db->folder, &note, &shown));
	TRY(signed_read(cx, config->db->folder, &last));
	if (mirror->size < shown.size)
		return untrusted(cx, "the mirror has less than was signed here");
	TRY(forbid_signing(cx, config, "fetch"));
	TRY(keep_tail(cx, config, bundles->alike));
	TRY(writer_run(cx, cut, &bundles->alike));
	TRY(append_missing(cx, bundles));
	TRY(append_tail(cx, config));
	if (mirror->size > last.size)          /* what it shows is what was signed and witnessed */
		TRY(signed_write(cx, config->db->folder, mirror->note));
	*fetched = mirror->size - bundles->alike;
	return allow_signing(cx, config);
}

enum err ledger_fetch(struct ctx *cx, const struct ledger_config *config, struct str place, uint64_t *fetched)
{
	AUTO(close_fd) int lock = -1;
	AUTO(log_keys_wipe) struct log_keys keys = {};
	AUTO(mirror_end) struct mirror mirror = {};
	TRY(take_lock(cx, config, &lock));
	TRY(log_keys_read(cx, config->key_file, &keys));
	TRY(mirror_open(cx, place, &keys, &mirror));
	return fetch_from(cx, config, &mirror, fetched);
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

/* The new key waits beside the old one until the entry is there: killed between, the next run takes the same. */
static enum err next_key(struct ctx *cx, const char *path, const struct ledger_config *config, struct str origin, struct log_keys *out)
{
	const enum err e = log_keys_init(cx, path, config->db->folder, origin);
	if (e != E_CONFLICT)
		TRY(e);
	return log_keys_read(cx, path, out);
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
	AUTO(close_fd) const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return fd >= 0 && fsync(fd) == 0 ? OK : fail(cx, E_IO, "syncing %.150s: %s", folder, strerror(errno));
}

/* What was made from the old log stays to be looked at, under its key's id. */
static enum err put_away(struct ctx *cx, const struct ledger_config *config, struct str old_key)
{
	unsigned char hash[SHA256_BYTES];
	static const char *const names[] = { "checkpoint", "signed", "tile" };
	sha256(old_key, hash);
	const char *const folder = in_folder(cx, config, arena_printf(&cx->mem, "before-%02x%02x%02x%02x", hash[0], hash[1], hash[2], hash[3]).p);
	if (mkdir(folder, S_IRWXU | S_IRGRP | S_IXGRP) != 0 && errno != EEXIST)
		return fail(cx, E_IO, "making %.150s: %s", folder, strerror(errno));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const char *const from = in_folder(cx, config, names[i]), *const to = arena_printf(&cx->mem, "%s/%s", folder, names[i]).p;
		if (rename(from, to) != 0 && errno != ENOENT)
			return fail(cx, E_IO, "moving %.150s: %s", from, strerror(errno));
	}
	return OK;
}

static enum err old_head(struct ctx *cx, const struct ledger_config *config, const struct succession *how, struct entry *entry)
{
	AUTO(buf_free) struct buf root = buf_new(64);
	struct checkpoint shown;
	struct str note;
	uint64_t size, kept;
	TRY(ledger_shown(cx, config->db->folder, &note, &shown));
	buf_base64(&root, shown.root.bytes, TREE_HASH_BYTES);
	TRY(ledger_size(cx, &size));
	TRY(count_signed(cx, config, size, &kept));
	const bool told = how->old_size > 0;
	const uint64_t old_size = told ? how->old_size : shown.size;
	entry->values[ENTRY_succession_old_size] = entry_of_count(cx, old_size);
	entry->values[ENTRY_succession_old_root] = told ? how->old_root : arena_copy(&cx->mem, buf_view(&root));
	entry->values[ENTRY_succession_kept] = entry_of_count(cx, kept < old_size ? kept : old_size);
	entry->values[ENTRY_succession_reason] = how->reason;
	return OK;
}

/* A run that was killed behind its entry: the old log's checkpoints may be put away already, so nothing is told of it a second time. */
static bool is_entered(struct ctx *cx, struct str new_key)
{
	struct entry first;
	struct str line;
	return ledger_read(cx, 0, &first, &line) == OK && first.kind == ENTRY_succession && str_eq(first.values[ENTRY_succession_key], new_key);
}

enum err ledger_succeed(struct ctx *cx, const struct ledger_config *config, const struct succession *how)
{
	AUTO(close_fd) int lock = -1;
	AUTO(log_keys_wipe) struct log_keys keys = {};
	AUTO(buf_free) struct buf vkey = buf_new(NOTE_VKEY_MAX);
	struct entry entry = { .kind = ENTRY_succession };
	struct str begun;
	const char *const next = arena_printf(&cx->mem, "%s.next", config->key_file).p;
	TRY(take_lock(cx, config, &lock));
	TRY(read_mending(cx, config, &begun));
	TRY(old_log(cx, config, &entry.values[ENTRY_succession_old_origin], &entry.values[ENTRY_succession_old_key]));
	/* killed behind the last rename: the key in the file is the new log's, and only the marks are left to go */
	if (str_eq(begun, STR("succeed")) && access(next, F_OK) != 0 && is_entered(cx, entry.values[ENTRY_succession_old_key]))
		return allow_signing(cx, config);
	TRY(forbid_signing(cx, config, "succeed"));
	TRY(next_key(cx, next, config, how->origin, &keys));
	note_key_write(&keys.keys[0].key, &vkey);
	entry.values[ENTRY_succession_origin] = str_of(keys.keys[0].key.name);
	entry.values[ENTRY_succession_key] = buf_view(&vkey);
	if (!is_entered(cx, buf_view(&vkey))) {
		TRY(old_head(cx, config, how, &entry));
		TRY(writer_run(cx, enter_first, &entry));
	}
	TRY(put_away(cx, config, entry.values[ENTRY_succession_old_key]));
	const char *const old = arena_printf(&cx->mem, "%s.before", config->key_file).p;
	if ((rename(config->key_file, old) != 0 && errno != ENOENT) || rename(next, config->key_file) != 0)
		return fail(cx, E_IO, "putting the new key in its place: %s", strerror(errno));
	/* the key may lie on another disk than the mark: it has to be there before the mark is gone */
	TRY(sync_folder_of(cx, config->key_file));
	TRY(sync_folder_of(cx, in_folder(cx, config, LEDGER_MENDING_FILE)));
	return allow_signing(cx, config);
}

/* --- keys --- */

static enum err enter_key(struct ctx *cx, void *argument)
{
	const struct entry *const entry = argument;
	return ledger_append(cx, entry, 0);
}

enum err ledger_add_key(struct ctx *cx, const struct ledger_config *config, struct note_key *out)
{
	AUTO(close_fd) int lock = -1;
	AUTO(log_keys_wipe) struct log_keys keys = {};
	AUTO(buf_free) struct buf vkey = buf_new(NOTE_VKEY_MAX);
	struct entry entry = { .kind = ENTRY_key_added };
	TRY(take_lock(cx, config, &lock));
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

enum err ledger_revoke_key(struct ctx *cx, const struct ledger_config *config, struct str vkey, struct str reason)
{
	AUTO(close_fd) int lock = -1;
	AUTO(log_keys_wipe) struct log_keys keys = {};
	AUTO(log_keys_wipe) struct log_keys left = {};
	struct note_key revoked;
	struct entry entry = { .kind = ENTRY_key_revoked };
	TRY(take_lock(cx, config, &lock));
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
	TRY(writer_run(cx, enter_key, &entry));
	return log_keys_write(cx, config->key_file, &left);
}

/* The sequencer: from entered to included. */
#include "ledger/ledger.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "ledger/inside.h"
#include "store/writer.h"

#define CHECKPOINT_FILE "checkpoint"
#define LOOK_MS 100                            /* for what another process entered */
#define BATCH_MS 20                            /* between two signatures at least */
#define RETRY_MS 1000
#define FOLLOW_MS 20

/* --- the folder --- */

static void close_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

static enum err open_folder(struct ctx *cx, struct ledger *ledger)
{
	const char *const path = arena_printf(&cx->mem, "%s/ledger", ledger->data_folder).p;
	if (mkdir(path, S_IRWXU | S_IRGRP | S_IXGRP) != 0 && errno != EEXIST)
		return fail(cx, E_IO, "making the folder %.150s: %s", path, strerror(errno));
	ledger->folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	const int guard = openat(ledger->folder, "lock", O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
	if (ledger->folder < 0 || guard < 0) {
		close_fd(&guard);
		return fail(cx, E_IO, "opening the folder %.150s: %s", path, strerror(errno));
	}
	if (flock(guard, LOCK_EX | LOCK_NB) == 0)
		ledger->guard = guard;
	else
		close(guard);
	return OK;
}

static const char *checkpoint_path(struct ctx *cx, const char *data_folder)
{
	return arena_printf(&cx->mem, "%s/ledger/" CHECKPOINT_FILE, data_folder).p;
}

enum err ledger_shown(struct ctx *cx, const char *data_folder, struct str *note, struct checkpoint *out)
{
	AUTO(buf_free) struct buf bytes = buf_new(NOTE_BYTES_MAX);
	struct note parsed;
	const enum err e = file_read(cx, checkpoint_path(cx, data_folder), &bytes);
	*note = STR("");
	*out = (struct checkpoint){ .origin = STR(""), .root = tree_empty() };
	if (e == E_NOTFOUND)
		return OK;
	TRY(e);
	const struct str kept = arena_copy(&cx->mem, buf_view(&bytes));
	TRY(note_parse(cx, kept, &parsed));
	TRY(checkpoint_parse(cx, parsed.text, out));
	*note = kept;
	return OK;
}

/* --- durable before signed --- */

/* public.db is committed without being synced (store/writer.h).  The folder, too: its log's name was made at some start. */
static enum err sync_entries(struct ctx *cx, const char *folder)
{
	AUTO(close_fd) const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	TRY(db_sync(cx, PUBLIC_DB));
	if (fault_hit(cx) || fd < 0 || fsync(fd) != 0)
		return fail(cx, E_IO, "syncing the data folder: %s", strerror(errno));
	return OK;
}

/* --- showing --- */

static void sign(const struct ledger *ledger, const struct checkpoint *checkpoint, struct buf *out)
{
	AUTO(buf_free) struct buf text = buf_new(NOTE_BYTES_MAX);
	checkpoint_write(checkpoint, &text);
	buf_str(out, buf_view(&text));
	buf_char(out, '\n');
	for (unsigned i = 0; i < ledger->keys.count; i++)
		note_sign(&ledger->keys.keys[i].key, ledger->keys.keys[i].seed, buf_view(&text), out);
}

static void note_answers(struct ledger *ledger)
{
	pthread_mutex_lock(&ledger->lock);
	for (unsigned i = 0; i < witnesses_count(ledger->witnesses); i++)
		witnesses_read(ledger->witnesses, i, &ledger->answers[i]);
	pthread_mutex_unlock(&ledger->lock);
}

static void set_state(struct ledger *ledger, enum ledger_state state)
{
	pthread_mutex_lock(&ledger->lock);
	ledger->state = state;
	pthread_mutex_unlock(&ledger->lock);
}

/* Too few, and some have seen more or something else: then it is we who are wrong, or they; nothing is signed until a person has looked. */
static enum err ask_witnesses(struct ctx *cx, struct ledger *ledger, const struct checkpoint *checkpoint, struct buf *note)
{
	const struct tiles tiles = { .folder = ledger->folder, .edge = &ledger->edge };
	const struct tree_source source = tiles_source(&tiles);
	const enum err e = witnesses_ask(cx, ledger->witnesses, &source, checkpoint, note);
	note_answers(ledger);
	if (e == E_BUSY && witnesses_know_better(ledger->witnesses))
		set_state(ledger, LEDGER_BEHIND);
	return e;
}

static enum err publish(struct ctx *cx, struct ledger *ledger)
{
	AUTO(buf_free) struct buf note = buf_new(NOTE_BYTES_MAX);
	struct checkpoint checkpoint = { .origin = str_of(ledger->keys.keys[0].key.name), .size = ledger->edge.size };
	TRY(edge_root(cx, &ledger->edge, &checkpoint.root));
	TRY(sync_entries(cx, ledger->data_folder));
	sign(ledger, &checkpoint, &note);
	if (ledger->witnesses)
		TRY(ask_witnesses(cx, ledger, &checkpoint, &note));
	if (ledger->mirror) {
		TRY(mirror_write(cx, ledger->mirror, ledger->mirrored, checkpoint.size, buf_view(&note)));
		ledger->mirrored = checkpoint.size;
	}
	TRY(file_write(cx, checkpoint_path(cx, ledger->data_folder), buf_view(&note)));
	ledger_show(ledger, view_new(&ledger->edge, &checkpoint.root, buf_view(&note), clock_wall_us(cx->clock)));
	return OK;
}

static enum err follow_table(struct ctx *cx, struct ledger *ledger)
{
	uint64_t size;
	if (ledger->state != LEDGER_WHOLE)
		return OK;
	TRY(ledger_size(cx, &size));
	TRY(edge_grow(cx, ledger->folder, size, &ledger->edge));
	return ledger->edge.size > ledger->view->size ? publish(cx, ledger) : OK;
}

/* --- the thread --- */

/* Until something was entered here, or it is time to look for what others entered.  Under the lock. */
static bool wait_for_work(struct ledger *ledger, int64_t ms)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	const int64_t ns = until.tv_nsec + ms * 1'000'000;
	until.tv_sec += ns / 1'000'000'000;
	until.tv_nsec = ns % 1'000'000'000;
	while (!ledger->stop && !ledger->due && pthread_cond_timedwait(&ledger->wake, &ledger->lock, &until) == 0)
		;
	ledger->due = false;
	return !ledger->stop;
}

static void pause_ms(int64_t ms)
{
	const struct timespec pause = { .tv_nsec = ms * 1'000'000 };
	nanosleep(&pause, NULL);
}

/* What was there at the start goes to the witnesses before anything new is signed: a database that was restored is a beginning of what
 * they have seen, no fork of it, and they say so.  Without witnesses nobody can. */
static enum err first_checkpoint(struct ctx *cx, struct ledger *ledger)
{
	AUTO(buf_free) struct buf note = buf_new(NOTE_BYTES_MAX);
	const struct view *const view = ledger->view;
	if (!ledger->witnesses || ledger->state != LEDGER_WHOLE)
		return OK;
	TRY(edge_grow(cx, ledger->folder, ledger->size_at_start, &ledger->edge));
	if (ledger->edge.size > view->size)
		return publish(cx, ledger);
	buf_str(&note, (struct str){ view->note, view->note_bytes });
	return ask_witnesses(cx, ledger, &(struct checkpoint){ str_of(ledger->keys.keys[0].key.name), view->size, view->root }, &note);
}

/* Again until they have answered. */
static bool settle_with_witnesses(struct ctx *cx, struct ledger *ledger, bool *told)
{
	const enum err e = first_checkpoint(cx, ledger);
	if (e == OK) {
		if (unlinkat(ledger->folder, LEDGER_RESTORED_FILE, 0) != 0 && errno != ENOENT)
			log_line(cx->log, LOG_WARN, "ledger: removing " LEDGER_RESTORED_FILE ": %s", strerror(errno));
		return true;
	}
	if (!*told || ledger->state != LEDGER_WHOLE)
		log_line(cx->log, LOG_ERROR, "ledger: nothing is signed: %s", cx->failure.text);
	*told = true;
	return ledger->state != LEDGER_WHOLE;
}

static void *run(void *argument)
{
	struct ledger *const ledger = argument;
	struct ctx *const cx = &ledger->cx;
	int64_t seen = -1;
	int64_t wait_ms = LOOK_MS;
	bool failing = false, settled = false, told = false;
	settled = settle_with_witnesses(cx, ledger, &told);
	arena_free(&cx->mem);
	pthread_mutex_lock(&ledger->lock);
	while (wait_for_work(ledger, settled ? wait_ms : RETRY_MS)) {
		pthread_mutex_unlock(&ledger->lock);
		settled = settled || settle_with_witnesses(cx, ledger, &told);
		int64_t version = seen;
		enum err e = settled ? db_version(cx, PUBLIC_DB, &version) : OK;
		if (e == OK && version != seen)
			e = follow_table(cx, ledger);
		if (e == OK)
			seen = version;
		else if (!failing)
			log_line(cx->log, LOG_ERROR, "ledger: no new checkpoint: %s", cx->failure.text);
		failing = e != OK;
		wait_ms = failing ? RETRY_MS : LOOK_MS;
		arena_free(&cx->mem);
		pause_ms(BATCH_MS);
		pthread_mutex_lock(&ledger->lock);
	}
	pthread_mutex_unlock(&ledger->lock);
	return NULL;
}

void ledger_expect(struct ledger *ledger)
{
	atomic_store(&ledger->expected, true);
}

void ledger_committed(struct ledger *ledger)
{
	if (!atomic_load_explicit(&ledger->expected, memory_order_relaxed) || !atomic_exchange(&ledger->expected, false))
		return;
	pthread_mutex_lock(&ledger->lock);
	ledger->due = true;
	pthread_cond_signal(&ledger->wake);
	pthread_mutex_unlock(&ledger->lock);
}

/* --- opening --- */

static enum ledger_state judge(struct ctx *cx, struct ledger *ledger, const struct checkpoint *shown, uint64_t size)
{
	struct hash root;
	const enum ledger_state whole = ledger->keys.count ? LEDGER_WHOLE : LEDGER_NO_KEY;
	if (size < shown->size)
		return LEDGER_BEHIND;
	if (edge_load(cx, ledger->folder, shown->size, &ledger->edge) == OK && edge_root(cx, &ledger->edge, &root) == OK && hash_eq(&root, &shown->root))
		return whole;
	if (edge_regrow(cx, ledger->folder, shown->size, &ledger->edge) == OK && edge_root(cx, &ledger->edge, &root) == OK && hash_eq(&root, &shown->root))
		return whole;
	return LEDGER_FORKED;
}

static void tell_state(const struct ctx *cx, const struct ledger *ledger, const struct checkpoint *shown, uint64_t size)
{
	static const char *const advice[] = {
		[LEDGER_WHOLE] = "",
		[LEDGER_NO_KEY] = "its key's file is missing: put it back, or begin a new log with `amanat ledger succeed`",
		[LEDGER_BEHIND] = "an older database was put in its place: fetch what is missing with `amanat ledger fetch`, or begin a new log with `amanat ledger succeed`",
		[LEDGER_FORKED] = "its entries are not those that were signed: restore the database, or begin a new log with `amanat ledger succeed`",
	};
	if (ledger->state != LEDGER_WHOLE)
		log_line(cx->log, LOG_ERROR, "ledger: state=%s entries=%llu signed=%llu: %s; until then nothing is signed", ledger_state_name(ledger->state),
		         (unsigned long long)size, (unsigned long long)shown->size, advice[ledger->state]);
}

/* The view before anything new is signed: what was shown last, where the entries bear it out. */
static enum err first_view(struct ctx *cx, struct ledger *ledger)
{
	struct checkpoint shown;
	struct str note;
	uint64_t size;
	TRY(ledger_shown(cx, ledger->data_folder, &note, &shown));
	TRY(ledger_size(cx, &size));
	ledger->state = judge(cx, ledger, &shown, size);
	ledger->size_at_start = size;
	tell_state(cx, ledger, &shown, size);
	if (ledger->state == LEDGER_BEHIND || ledger->state == LEDGER_FORKED) {
		ledger->edge.size = 0;
		note = STR("");
		shown.root = tree_empty();
	}
	ledger->view = view_new(&ledger->edge, &shown.root, note, clock_wall_us(cx->clock));
	return OK;
}

static enum err enter_origin(struct ctx *cx, void *argument)
{
	const struct log_key *const key = argument;
	AUTO(buf_free) struct buf vkey = buf_new(NOTE_VKEY_MAX);
	uint64_t size;
	TRY(ledger_size(cx, &size));
	if (size > 0)
		return OK;
	note_key_write(&key->key, &vkey);
	struct entry entry = { .kind = ENTRY_origin };
	entry.values[ENTRY_origin_origin] = str_of(key->key.name);
	entry.values[ENTRY_origin_key] = buf_view(&vkey);
	return ledger_append(cx, &entry, 0);
}

static char *copy_text(const char *text)
{
	char *const copy = strdup(text);
	if (!copy)
		abort();
	return copy;
}

static struct ledger *ledger_new(const struct ctx *template, const struct ledger_config *config)
{
	struct ledger *const ledger = calloc(1, sizeof *ledger);
	pthread_condattr_t monotonic;
	if (!ledger)
		abort();
	ledger->cx = (struct ctx){
		.mem = arena_new_capped(ARENA_REQUEST_BYTES), .clock = template->clock, .log = template->log, .config = template->config,
		.faults = template->faults, .ids = template->ids,
	};
	ledger->folder = ledger->guard = -1;
	ledger->data_folder = copy_text(config->db->folder);
	ledger->mirror = config->mirror[0] ? copy_text(config->mirror) : NULL;
	pthread_mutex_init(&ledger->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&ledger->wake, &monotonic);
	pthread_cond_init(&ledger->shown, &monotonic);
	pthread_condattr_destroy(&monotonic);
	return ledger;
}

/* The sequencer's: who follows asks nobody. */
static enum err start_thread(struct ctx *cx, const struct ledger_config *config, struct ledger *ledger)
{
	if (ledger->mirror)
		ledger->mirrored = mirror_has(cx, ledger->mirror, ledger->size_at_start);
	if (config->policy_file[0] && ledger->keys.count) {
		TRY(witnesses_open(cx, config->policy_file, &ledger->keys.keys[ledger->keys.count - 1].key, &ledger->witnesses));
		note_answers(ledger);
	} else if (faccessat(ledger->folder, LEDGER_RESTORED_FILE, F_OK, 0) == 0) {
		set_state(ledger, LEDGER_BEHIND);
		log_line(cx->log, LOG_ERROR, "ledger: this folder was restored, and no witness can say what was shown since the backup: fetch it from a mirror with "
			"`amanat ledger fetch`, begin a new log with `amanat ledger succeed`, or say that nothing was shown with `amanat ledger continue`; until then nothing is signed");
	} else {
		TRY(follow_table(&ledger->cx, ledger));
	}
	if (fault_hit(cx) || pthread_create(&ledger->thread, NULL, run, ledger) != 0)
		return fail(cx, E_IO, "cannot start the ledger's thread");
	ledger->running = true;
	return OK;
}

static enum err start(struct ctx *cx, const struct ledger_config *config, struct ledger *ledger)
{
	const enum err keys = log_keys_read(cx, config->key_file, &ledger->keys);
	if (keys != E_NOTFOUND)
		TRY(keys);
	TRY(open_folder(cx, ledger));
	if (ledger->keys.count)
		TRY(writer_run(cx, enter_origin, &ledger->keys.keys[0]));
	TRY(db_open_one(&ledger->cx, config->db, PUBLIC_DB, &ledger->cx.db));
	TRY(first_view(&ledger->cx, ledger));
	arena_free(&ledger->cx.mem);
	return ledger->guard < 0 ? OK : start_thread(cx, config, ledger);
}

enum err ledger_open(struct ctx *cx, const struct ledger_config *config, struct ledger **out)
{
	AUTO(ledger_close) struct ledger *ledger = ledger_new(cx, config);
	const enum err e = start(cx, config, ledger);
	if (e != OK && cx->failure.code != e)
		cx->failure = ledger->cx.failure;
	TRY(e);
	*out = ledger;
	ledger = NULL;
	return OK;
}

void ledger_close(struct ledger **ledger)
{
	struct ledger *const gone = *ledger;
	if (!gone)
		return;
	if (gone->running) {
		pthread_mutex_lock(&gone->lock);
		gone->stop = true;
		pthread_cond_signal(&gone->wake);
		pthread_mutex_unlock(&gone->lock);
		pthread_join(gone->thread, NULL);
	}
	db_close(&gone->cx.db);
	ctx_end(&gone->cx);
	view_give(&gone->view);
	witnesses_close(&gone->witnesses);
	free(gone->data_folder);
	free(gone->mirror);
	close_fd(&gone->guard);
	close_fd(&gone->folder);
	log_keys_wipe(&gone->keys);
	pthread_cond_destroy(&gone->wake);
	pthread_cond_destroy(&gone->shown);
	pthread_mutex_destroy(&gone->lock);
	free(gone);
	*ledger = NULL;
}

/* --- waiting --- */

enum err ledger_follow(struct ctx *cx, struct ledger *ledger)
{
	struct checkpoint shown;
	struct str note;
	struct hash root;
	TRY(ledger_shown(cx, ledger->data_folder, &note, &shown));
	if (shown.size <= ledger->view->size)
		return OK;
	TRY(edge_load(cx, ledger->folder, shown.size, &ledger->edge));
	TRY(edge_root(cx, &ledger->edge, &root));
	if (!hash_eq(&root, &shown.root))
		return fail(cx, E_CORRUPT, "the ledger's entries are not those that were signed");
	ledger_show(ledger, view_new(&ledger->edge, &root, note, clock_wall_us(cx->clock)));
	return OK;
}

static enum err wait_as_follower(struct ctx *cx, uint64_t number, int64_t until_us)
{
	while (cx->ledger->view->size <= number && clock_boot_us(NULL) < until_us) {
		TRY(ledger_follow(cx, cx->ledger));
		if (cx->ledger->view->size <= number)
			pause_ms(FOLLOW_MS);
	}
	return OK;
}

enum err ledger_wait(struct ctx *cx, uint64_t number, int64_t patience_us)
{
	struct ledger *const ledger = cx->ledger;
	const int64_t until_us = clock_boot_us(NULL) + patience_us;
	struct timespec until;
	if (ledger->guard < 0)
		TRY(wait_as_follower(cx, number, until_us));
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += patience_us / SECOND_US;
	until.tv_nsec += patience_us % SECOND_US * 1000;
	if (until.tv_nsec >= 1'000'000'000) {
		until.tv_sec++;
		until.tv_nsec -= 1'000'000'000;
	}
	pthread_mutex_lock(&ledger->lock);
	while (ledger->guard >= 0 && ledger->view->size <= number && pthread_cond_timedwait(&ledger->shown, &ledger->lock, &until) == 0)
		;
	const bool included = ledger->view->size > number;
	pthread_mutex_unlock(&ledger->lock);
	return included ? OK : fail_as(cx, E_BUSY, "entry-pending", "entry %llu is not under a checkpoint yet", (unsigned long long)number);
}

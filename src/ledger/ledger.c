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

#define LOOK_MS 100                            /* for what another process entered */
#define BATCH_MS 20                            /* between two signatures at least */
#define WITNESSED_BATCH_MS 100                 /* each costs others something, too */
#define RETRY_MS 250                           /* at first; doubled from turn to turn */
#define RETRY_MS_MAX 15000
#define FOLLOW_MS 20

/* --- the folder --- */

static void close_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* A command may have it for as long as it waits for its entry: a server that followed it would follow nobody when it has ended. */
static enum err take_guard(struct ctx *cx, struct ledger *ledger, int guard, int64_t patience_us)
{
	const int64_t until_us = clock_boot_us(NULL) + patience_us;
	const struct timespec moment = { .tv_nsec = FOLLOW_MS * 1'000'000 };
	bool taken = flock(guard, LOCK_EX | LOCK_NB) == 0;
	while (!taken && clock_boot_us(NULL) < until_us) {
		nanosleep(&moment, NULL);
		taken = flock(guard, LOCK_EX | LOCK_NB) == 0;
	}
	if (taken)
		ledger->guard = guard;
	else
		close(guard);
	return taken || patience_us == 0 ? OK : fail(cx, E_BUSY, "a command is writing the ledger of %.120s; wait until it is done", ledger->data_folder);
}

static enum err open_folder(struct ctx *cx, struct ledger *ledger, int64_t patience_us)
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
	return take_guard(cx, ledger, guard, patience_us);
}

/* --- one turn --- */

static enum err follow_table(struct ctx *cx, struct ledger *ledger)
{
	uint64_t size;
	if (ledger->halted)
		return OK;
	TRY(ledger_make_sure(cx, ledger));
	TRY(ledger_size(cx, &size));
	TRY(edge_grow(cx, ledger->folder, size, &ledger->edge));
	if (ledger->edge.size > ledger->view->size)
		TRY(ledger_publish(cx, ledger));
	ledger_set_state(cx, ledger, LEDGER_WHOLE);
	return OK;
}

/* --- the thread --- */

/* Until something was entered here, or it is time to look for what others entered.  After a failure the time alone counts.  Under the lock. */
static bool wait_for_work(struct ledger *ledger, int64_t ms)
{
	struct timespec until;
	clock_gettime(CLOCK_MONOTONIC, &until);
	const int64_t ns = until.tv_nsec + ms * 1'000'000;
	until.tv_sec += ns / 1'000'000'000;
	until.tv_nsec = ns % 1'000'000'000;
	while (!ledger->stop && (!ledger->due || ms >= RETRY_MS) && pthread_cond_timedwait(&ledger->wake, &ledger->lock, &until) == 0)
		;
	ledger->due = false;
	return !ledger->stop;
}

static void pause_ms(int64_t ms)
{
	const struct timespec pause = { .tv_nsec = ms * 1'000'000 };
	nanosleep(&pause, NULL);
}

/* What the outcome of a turn means: until when the next one waits.  Told once, and again when it is something else. */
static int64_t take_stock(struct ctx *cx, struct ledger *ledger, enum err e, int64_t waited_ms)
{
	if (e == OK)
		return LOOK_MS;
	if (ledger->state == LEDGER_WHOLE)             /* not the witnesses: the disk, the mirror */
		ledger_set_state(cx, ledger, LEDGER_FAILING);
	if (waited_ms < RETRY_MS)
		log_line(cx->log, LOG_ERROR, "ledger: no new checkpoint: %s", cx->failure.text);
	return waited_ms < RETRY_MS ? RETRY_MS : waited_ms * 2 < RETRY_MS_MAX ? waited_ms * 2 : RETRY_MS_MAX;
}

static void *run(void *argument)
{
	struct ledger *const ledger = argument;
	struct ctx *const cx = &ledger->cx;
	int64_t seen = -1;
	int64_t wait_ms = 0;
	pthread_mutex_lock(&ledger->lock);
	while (wait_for_work(ledger, wait_ms)) {
		pthread_mutex_unlock(&ledger->lock);
		int64_t version = seen;
		enum err e = db_version(cx, PUBLIC_DB, &version);
		if (e == OK && version != seen)
			e = follow_table(cx, ledger);
		if (e == OK)
			seen = version;
		wait_ms = take_stock(cx, ledger, e, wait_ms);
		arena_free(&cx->mem);
		pause_ms(ledger->witnesses ? WITNESSED_BATCH_MS : BATCH_MS);
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
	if (size < shown->size)
		return LEDGER_BEHIND;
	if (edge_under(cx, ledger->folder, shown, &ledger->edge) == OK)
		return ledger->keys.count ? LEDGER_WHOLE : LEDGER_NO_KEY;
	return LEDGER_FORKED;
}

static void tell_state(const struct ctx *cx, enum ledger_state state, const struct checkpoint *shown, uint64_t size)
{
	static const char *const advice[] = {
		[LEDGER_WHOLE] = "",
		[LEDGER_NO_KEY] = "its key's file is missing: put it back, or begin a new log with `amanat ledger succeed`",
		[LEDGER_BEHIND] = "an older database was put in its place: fetch what is missing with `amanat ledger fetch`, or begin a new log with `amanat ledger succeed`",
		[LEDGER_FORKED] = "its entries are not those that were signed: bring those back from a mirror with `amanat ledger fetch`, restore the database, or begin a new log with `amanat ledger succeed`",
	};
	if (state != LEDGER_WHOLE)
		log_line(cx->log, LOG_ERROR, "ledger: state=%s entries=%llu signed=%llu: %s; until then nothing is signed", ledger_state_name(state),
		         (unsigned long long)size, (unsigned long long)shown->size, advice[state]);
}

/* The view before anything new is signed: what was shown last, where the entries bear out what was signed. */
static enum err first_view(struct ctx *cx, struct ledger *ledger)
{
	struct checkpoint shown, last;
	struct str note;
	uint64_t size;
	struct edge *const edge = arena_new(&cx->mem, struct edge, 1);
	TRY(ledger_shown(cx, ledger->data_folder, &note, &shown));
	TRY(signed_read(cx, ledger->data_folder, &last));
	TRY(ledger_size(cx, &size));
	const enum ledger_state state = judge(cx, ledger, &last, size);
	tell_state(cx, state, &last, size);
	if (state != LEDGER_BEHIND && state != LEDGER_FORKED) {
		TRY(edge_under(cx, ledger->folder, &shown, edge));
	} else {
		note = STR("");
		shown.root = tree_empty();
	}
	ledger->halted = state != LEDGER_WHOLE;
	ledger->size_at_start = size;
	ledger->view = view_new(edge, &shown.root, note, clock_wall_us(cx->clock));
	ledger_set_state(cx, ledger, state);
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

enum err ledger_begin(struct ctx *cx, const char *key_file)
{
	AUTO(log_keys_wipe) struct log_keys keys = {};
	TRY(log_keys_read(cx, key_file, &keys));
	return enter_origin(cx, &keys.keys[0]);
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
	ledger->state = LEDGER_STATES;
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

static bool has_file(const struct ledger *ledger, const char *name)
{
	return faccessat(ledger->folder, name, F_OK, 0) == 0;
}

static void halt(struct ctx *cx, struct ledger *ledger, const char *why)
{
	ledger->halted = true;
	ledger_hide(cx, ledger);
	ledger_set_state(cx, ledger, LEDGER_BEHIND);
	log_line(cx->log, LOG_ERROR, "ledger: %s; until then nothing is signed", why);
}

/* A log whose first entry does not say which it is has no other. */
static bool is_own_key(struct ledger *ledger)
{
	struct entry first;
	struct str line;
	const bool said = ledger_read(&ledger->cx, 0, &first, &line) == OK && (first.kind == ENTRY_origin || first.kind == ENTRY_succession);
	static_assert((int)ENTRY_origin_origin == (int)ENTRY_succession_origin, "they begin alike");
	return !said || ledger->keys.count == 0 || str_eq(first.values[ENTRY_origin_origin], str_of(ledger->keys.keys[0].key.name));
}

/* A mirror gets each entry before it is shown: so one that has more of this log, or something else, knows that a database was put back. */
static bool mirror_agrees(struct ledger *ledger)
{
	struct ctx *const cx = &ledger->cx;
	struct checkpoint mirrored;
	if (!ledger->mirror || !mirror_has(cx, ledger->mirror, &ledger->keys, &mirrored))
		return true;                   /* or it is away, and will be asked when it is written to */
	const enum err e = mirrored.size > ledger->size_at_start ? E_CORRUPT : edge_under(cx, ledger->folder, &mirrored, arena_new(&cx->mem, struct edge, 1));
	if (e == OK)
		ledger->mirrored = mirrored.size;
	return e != E_CORRUPT;                 /* a table that could not be read now says nothing of it: it is asked again, likewise */
}

/* The sequencer's: who follows asks nobody. */
static enum err start_thread(struct ctx *cx, const struct ledger_config *config, struct ledger *ledger)
{
	if (config->policy_file[0] && ledger->keys.count)
		TRY(witnesses_open(cx, config->policy_file, &ledger->keys.keys[ledger->keys.count - 1].key, &ledger->witnesses));
	const bool mirrored = has_file(ledger, LEDGER_MENDING_FILE) || mirror_agrees(ledger);  /* half mended, it is no log to ask about */
	if (has_file(ledger, LEDGER_MENDING_FILE)) {
		/* the entries may be the new log's already and the key the old one's, which must never sign them */
		halt(cx, ledger, "it was being mended and that did not end: run the same command again (`amanat ledger fetch` or `amanat ledger succeed`)");
	} else if (!is_own_key(ledger)) {
		halt(cx, ledger, "the key in ledger.key_file is another log's than the one that lies here: put its own there");
	} else if (!mirrored && !ledger->halted && !witnesses_needed(ledger->witnesses)) {
		/* witnesses are asked first, and the mirror again before it is written to */
		halt(cx, ledger, "the mirror has more of it than is here, or something else: an older database was put in its place, or a copy of this node signs elsewhere; "
			"fetch it with `amanat ledger fetch`, or begin a new log with `amanat ledger succeed`");
	} else if (has_file(ledger, LEDGER_RESTORED_FILE) && !witnesses_needed(ledger->witnesses)) {
		halt(cx, ledger, "this folder was restored, and no witness has to say what was shown since the backup: fetch it from a mirror with `amanat ledger fetch`, "
			"begin a new log with `amanat ledger succeed`, or say that nothing was shown with `amanat ledger continue`");
	} else if (ledger->witnesses) {
		ledger_note_answers(cx, ledger);
	} else {
		/* a mirror that is away, a full disk: the node serves, and the thread tries again */
		take_stock(&ledger->cx, ledger, follow_table(&ledger->cx, ledger), 0);
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
	TRY(open_folder(cx, ledger, config->lock_patience_us));
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
	AUTO(view_give) struct view *view = view_take(ledger);
	struct edge *const edge = arena_new(&cx->mem, struct edge, 1);
	TRY(ledger_shown(cx, ledger->data_folder, &note, &shown));
	if (shown.size <= view->size)
		return OK;
	TRY(edge_under(cx, ledger->folder, &shown, edge));
	ledger_show(ledger, view_new(edge, &shown.root, note, clock_wall_us(cx->clock)));
	return OK;
}

static uint64_t shown_size(struct ledger *ledger)
{
	AUTO(view_give) struct view *view = view_take(ledger);
	return view->size;
}

/* In memory of its own: who waits looks many times. */
static enum err look_again(struct ctx *cx)
{
	const struct arena outer = cx->mem;
	cx->mem = arena_new_capped(ARENA_REQUEST_BYTES);
	const enum err outcome = ledger_follow(cx, cx->ledger);
	arena_free(&cx->mem);
	cx->mem = outer;
	return outcome;
}

static enum err wait_as_follower(struct ctx *cx, uint64_t number, int64_t until_us)
{
	while (shown_size(cx->ledger) <= number && clock_boot_us(NULL) < until_us) {
		TRY(look_again(cx));
		if (shown_size(cx->ledger) <= number)
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

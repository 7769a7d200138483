/* From a tree to a checkpoint that is shown: signed, witnessed, mirrored, kept. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "ledger/inside.h"

/* In FOLDER/ledger.  Before a checkpoint goes to the witnesses, its text with the log's signatures is in SIGNED_FILE: so at each start it
 * is known what was signed at most, whatever became of it, and a witness that has seen more has seen another history of this log. */
#define SHOWN_FILE "checkpoint"
#define SIGNED_FILE "signed"
#define STATE_FILE "state"

static const char *path_of(struct ctx *cx, const char *data_folder, const char *name)
{
	return arena_printf(&cx->mem, "%s/ledger/%s", data_folder, name).p;
}

/* --- what was shown, what was signed --- */

static enum err read_note(struct ctx *cx, const char *path, struct str *bytes, struct checkpoint *out)
{
	AUTO(buf_free) struct buf read = buf_new(NOTE_BYTES_MAX);
	struct note parsed;
	const enum err e = file_read(cx, path, &read);
	*bytes = STR("");
	*out = (struct checkpoint){ .origin = STR(""), .root = tree_empty() };
	if (e == E_NOTFOUND)
		return OK;
	TRY(e);
	const struct str kept = arena_copy(&cx->mem, buf_view(&read));
	if (note_parse(cx, kept, &parsed) != OK || checkpoint_parse(cx, parsed.text, out) != OK)
		return fail(cx, E_INVALID, "%.150s is damaged: put a copy in its place (the mirror's checkpoint is the same one, or newer)", path);
	*bytes = kept;
	return OK;
}

enum err ledger_shown(struct ctx *cx, const char *data_folder, struct str *note, struct checkpoint *out)
{
	return read_note(cx, path_of(cx, data_folder, SHOWN_FILE), note, out);
}

/* A log that had no witnesses until now has signed what it has shown. */
enum err signed_read(struct ctx *cx, const char *data_folder, struct checkpoint *out)
{
	struct checkpoint shown, recorded;
	struct str note;
	TRY(read_note(cx, path_of(cx, data_folder, SHOWN_FILE), &note, &shown));
	TRY(read_note(cx, path_of(cx, data_folder, SIGNED_FILE), &note, &recorded));
	*out = recorded.size > shown.size ? recorded : shown;
	return OK;
}

enum err signed_write(struct ctx *cx, const char *data_folder, struct str note)
{
	return file_write(cx, path_of(cx, data_folder, SIGNED_FILE), note);
}

/* --- the state --- */

/* Its failure is not the caller's: the state itself holds. */
static void keep_state(struct ctx *cx, const struct ledger *ledger, enum ledger_state state)
{
	if (ledger->guard >= 0 && file_write(cx, path_of(cx, ledger->data_folder, STATE_FILE), str_of(ledger_state_name(state))) != OK)
		log_line(cx->log, LOG_WARN, "ledger: its state was not noted for `amanat status`: %s", cx->failure.text);
}

void ledger_set_state(struct ctx *cx, struct ledger *ledger, enum ledger_state state)
{
	pthread_mutex_lock(&ledger->lock);
	const enum ledger_state before = ledger->state;
	ledger->state = state;
	pthread_mutex_unlock(&ledger->lock);
	if (before == state)
		return;
	if (before != LEDGER_STATES)
		log_line(cx->log, state == LEDGER_WHOLE ? LOG_INFO : LOG_ERROR, "ledger: state=%s, was %s", ledger_state_name(state), ledger_state_name(before));
	keep_state(cx, ledger, state);
}

enum err ledger_look(struct ctx *cx, const char *data_folder, struct ledger_look *out)
{
	AUTO(buf_free) struct buf text = buf_new(40);
	struct ledger_look look = { .state = LEDGER_WHOLE };
	struct checkpoint shown;
	struct str note;
	TRY(ledger_shown(cx, data_folder, &note, &shown));
	TRY(ledger_size(cx, &look.entries));
	look.origin = shown.origin;
	look.size = shown.size;
	const enum err e = file_read(cx, path_of(cx, data_folder, STATE_FILE), &text);
	if (e != E_NOTFOUND)
		TRY(e);
	for (enum ledger_state state = LEDGER_WHOLE; state < LEDGER_STATES; state++)
		if (str_eq(buf_view(&text), str_of(ledger_state_name(state))))
			look.state = state;
	*out = look;
	return OK;
}

/* --- durable before signed --- */

static void close_fd(const int *fd)
{
	if (*fd >= 0)
		close(*fd);
}

/* public.db is committed without being synced (store/writer.h).  The folder, too: its log's name was made at some start. */
static enum err sync_entries(struct ctx *cx, const char *folder)
{
	AUTO(close_fd) const int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	TRY(db_sync(cx, PUBLIC_DB));
	if (fault_hit(cx) || fd < 0 || fsync(fd) != 0)
		return fail(cx, E_IO, "syncing the data folder: %s", strerror(errno));
	return OK;
}

static void sign(const struct ledger *ledger, const struct checkpoint *checkpoint, struct buf *out)
{
	AUTO(buf_free) struct buf text = buf_new(NOTE_BYTES_MAX);
	checkpoint_write(checkpoint, &text);
	buf_str(out, buf_view(&text));
	buf_char(out, '\n');
	for (unsigned i = 0; i < ledger->keys.count; i++)
		note_sign(&ledger->keys.keys[i].key, ledger->keys.keys[i].seed, buf_view(&text), out);
}

/* --- witnesses --- */

void ledger_note_answers(struct ctx *cx, struct ledger *ledger)
{
	for (unsigned i = 0; i < witnesses_count(ledger->witnesses); i++) {
		struct witness_status now;
		witnesses_read(ledger->witnesses, i, &now);
		pthread_mutex_lock(&ledger->lock);
		const struct witness_status before = ledger->answers[i];
		ledger->answers[i] = now;
		pthread_mutex_unlock(&ledger->lock);
		if (before.name.n && before.answer != now.answer)
			log_line(cx->log, now.answer == WITNESS_SIGNED ? LOG_INFO : LOG_WARN, "ledger: witness=" STR_FMT " answer=%s, was %s", STR_ARG(now.name),
			         witness_answer_name(now.answer), witness_answer_name(before.answer));
	}
}

void ledger_hide(struct ctx *cx, struct ledger *ledger)
{
	struct edge *const nothing = arena_new(&cx->mem, struct edge, 1);
	const struct hash root = tree_empty();
	if (ledger->view->note)
		ledger_show(ledger, view_new(nothing, &root, STR(""), clock_wall_us(cx->clock)));
}

/* The quorum has signed, or it is known why not: silence is waited for; who has seen more or something else, and cannot be outvoted, is
 * asked again about what was signed already, and nothing else is signed until the quorum agrees. */
static enum err ask(struct ctx *cx, struct ledger *ledger, const struct checkpoint *checkpoint, struct buf *note)
{
	const struct tiles tiles = { .folder = ledger->folder, .edge = &ledger->edge };
	const struct tree_source source = tiles_source(&tiles);
	const enum err e = witnesses_ask(cx, ledger->witnesses, &source, checkpoint, note);
	const bool better = e == E_BUSY && witnesses_know_better(ledger->witnesses);
	ledger_note_answers(cx, ledger);
	if (e == OK) {
		ledger->sure = true;
	} else if (better) {
		ledger->sure = false;
		ledger_hide(cx, ledger);
		if (ledger->state != LEDGER_BEHIND)
			log_line(cx->log, LOG_ERROR, "ledger: witnesses have seen more of this log than is here, or something else: an older database was put in its "
			         "place, or a copy of this node signs elsewhere, or they lie; nothing is signed or shown until they agree with size %llu",
			         (unsigned long long)checkpoint->size);
		ledger_set_state(cx, ledger, LEDGER_BEHIND);
	} else if (e == E_BUSY && ledger->state != LEDGER_BEHIND) {
		ledger_set_state(cx, ledger, LEDGER_UNWITNESSED);
	}
	return e;
}

/* --- the mirror --- */

static void set_mirrored(struct ledger *ledger, uint64_t entries)
{
	pthread_mutex_lock(&ledger->lock);
	ledger->mirrored = entries;
	pthread_mutex_unlock(&ledger->lock);
}

static enum err heed(struct ctx *cx, struct ledger *ledger, enum err e)
{
	if (e == E_CORRUPT && cx->failure.slug && strcmp(cx->failure.slug, MIRROR_AHEAD) == 0) {
		ledger_hide(cx, ledger);
		ledger_set_state(cx, ledger, LEDGER_BEHIND);
	}
	return e;
}

/* One that this process has not heard of yet: away or ahead, it is a reason to sign nothing new.  Asked behind the witnesses, it would refuse
 * what they have as a fork by then. */
static enum err ask_mirror(struct ctx *cx, struct ledger *ledger, const struct checkpoint *checkpoint)
{
	uint64_t has;
	if (!ledger->mirror || ledger->mirrored > 0)
		return OK;
	TRY(heed(cx, ledger, mirror_ask(cx, &(struct mirror_place){ ledger->mirror, ledger->data_folder }, checkpoint, &has)));
	set_mirrored(ledger, has);
	return OK;
}

static enum err to_mirror(struct ctx *cx, struct ledger *ledger, const struct checkpoint *checkpoint, struct str note)
{
	/* of what was signed before, it may have more, which was looked at by then */
	if (!ledger->mirror || ledger->mirrored > checkpoint->size)
		return OK;
	TRY(heed(cx, ledger, mirror_write(cx, &(struct mirror_place){ ledger->mirror, ledger->data_folder }, ledger->mirrored, checkpoint, note)));
	set_mirrored(ledger, checkpoint->size);
	return OK;
}

/* --- from signed to shown --- */

static enum err show(struct ctx *cx, struct ledger *ledger, const struct checkpoint *checkpoint, const struct edge *edge, struct str note)
{
	TRY(to_mirror(cx, ledger, checkpoint, note));
	TRY(file_write(cx, path_of(cx, ledger->data_folder, SHOWN_FILE), note));
	ledger_show(ledger, view_new(edge, &checkpoint->root, note, clock_wall_us(cx->clock)));
	return OK;
}

enum err ledger_publish(struct ctx *cx, struct ledger *ledger)
{
	AUTO(buf_free) struct buf note = buf_new(NOTE_BYTES_MAX);
	struct checkpoint checkpoint = { .origin = str_of(ledger->keys.keys[0].key.name), .size = ledger->edge.size };
	TRY(edge_root(cx, &ledger->edge, &checkpoint.root));
	TRY(ask_mirror(cx, ledger, &checkpoint));
	TRY(sync_entries(cx, ledger->data_folder));
	sign(ledger, &checkpoint, &note);
	if (ledger->witnesses) {
		TRY(signed_write(cx, ledger->data_folder, buf_view(&note)));
		TRY(ask(cx, ledger, &checkpoint, &note));
	}
	return show(cx, ledger, &checkpoint, &ledger->edge, buf_view(&note));
}

/* Without a note of what was signed (a restore has none) what was restored is signed and asked about: of a log that went on it is a
 * beginning, no fork.  What has been entered here since then is none of it: an earlier start may have done so. */
static enum err confirm_beginning(struct ctx *cx, struct ledger *ledger)
{
	uint64_t size = ledger->size_at_start, restored = 0;
	TRY(ledger_restored_count(cx, ledger->data_folder, &restored));
	if (restored && restored < size)
		size = restored;
	TRY(edge_grow(cx, ledger->folder, size, &ledger->edge));
	ledger->sure = ledger->edge.size == 0;
	return ledger->sure ? OK : ledger_publish(cx, ledger);
}

static enum err confirm_signed(struct ctx *cx, struct ledger *ledger, const struct checkpoint *last)
{
	AUTO(buf_free) struct buf note = buf_new(NOTE_BYTES_MAX);
	struct edge *const edge = arena_new(&cx->mem, struct edge, 1);
	TRY(edge_under(cx, ledger->folder, last, edge));
	sign(ledger, last, &note);
	TRY(ask(cx, ledger, last, &note));
	return show(cx, ledger, last, edge, buf_view(&note));
}

enum err ledger_make_sure(struct ctx *cx, struct ledger *ledger)
{
	struct checkpoint last;
	if (!ledger->witnesses || ledger->sure)
		return OK;
	TRY(signed_read(cx, ledger->data_folder, &last));
	TRY(last.size ? confirm_signed(cx, ledger, &last) : confirm_beginning(cx, ledger));
	if (unlinkat(ledger->folder, LEDGER_RESTORED_FILE, 0) != 0 && errno != ENOENT)
		return fail(cx, E_IO, "removing ledger/" LEDGER_RESTORED_FILE ": %s", strerror(errno));
	return OK;
}

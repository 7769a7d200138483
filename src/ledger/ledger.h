/* ledger/ledger.h - this node's own log: what is entered, when it is included, what anybody may fetch.  Owns tables logged and logged_mixed
 * (their rows: ledger/run.h).
 *
 * An entry goes through the outbox in the transaction of what it tells, so there is no effect without its entry and no entry without
 * its effect; public.db's table is the durable truth.  One process is the sequencer (who holds ledger/lock in the data folder: the
 * server, or a command while none runs): its thread takes new entries into the tree, makes sure that they are synced, signs one
 * checkpoint for all of them and shows it.  Tiles and checkpoints are derived. */
#ifndef LEDGER_LEDGER_H
#define LEDGER_LEDGER_H
#include "ledger/checkpoint.h"
#include "ledger/entry.h"
#include "ledger/log_key.h"
#include "ledger/tile.h"
#include "store/db.h"

struct ledger;

/* --- entering: WRITE, inside a work on the writer's thread --- */

/* `time_us` 0: now.  `mark` is a number by which ledger_find() finds the entry, once; 0: nobody looks.  E_INVALID "entry-invalid". */
enum err ledger_append(struct ctx *, const struct entry *, int64_t mark);
/* Many at once, which is much cheaper: lines as entry_write() writes them. At most LEDGER_APPEND_MAX.  Nobody finds them by a mark. */
#define LEDGER_APPEND_MAX 1000
enum err ledger_append_lines(struct ctx *, const struct str *lines, size_t count);

/* --- reading what was entered; needs cx->db only --- */

enum err ledger_size(struct ctx *, uint64_t *out);     /* of the table: included or not yet */
enum err ledger_find(struct ctx *, int64_t mark, uint64_t *number);    /* E_NOTFOUND */
/* E_NOTFOUND.  The entry views a line in cx->mem. */
enum err ledger_read(struct ctx *, uint64_t number, struct entry *out, struct str *line);
/* The newest of a kind, below `before` (0: from the end); `count` is how many there are, at most `max`. */
struct ledger_item {
	uint64_t number;
	struct str line;
	struct entry entry;
};
enum err ledger_newest(struct ctx *, enum entry_kind, uint64_t before, size_t max, struct ledger_item *out, size_t *count);
/* The oldest of a kind, from number `from` up to below `below`. */
enum err ledger_oldest(struct ctx *, enum entry_kind, uint64_t from, uint64_t below, size_t max, struct ledger_item *out, size_t *count);

/* What was shown last, out of the data folder: an empty note, and size 0, when nothing was. */
enum err ledger_shown(struct ctx *, const char *data_folder, struct str *note, struct checkpoint *out);

/* The root over the first `size` entries of the table, from the entries alone.  E_CORRUPT: one is missing. */
enum err ledger_recount(struct ctx *, uint64_t size, struct hash *out);

/* A file of FOLDER/ledger that a restore leaves: what was shown is not known here, so nothing is signed until witnesses or a person have
 * said that it may be. */
#define LEDGER_RESTORED_FILE "restored"

/* --- the log --- */

enum ledger_state {
	LEDGER_WHOLE,
	LEDGER_NO_KEY,          /* nothing is signed; entries wait */
	LEDGER_BEHIND,          /* more was signed, or witnessed, than the table has: an old database was restored.  Nothing is signed, and
	                           nothing is shown: what is known not to be the newest is no answer */
	LEDGER_FORKED,          /* its entries are not those that were signed.  Nothing is signed. */
	LEDGER_UNWITNESSED,     /* too few witnesses have signed: what was shown last stays shown, and entries wait */
	LEDGER_FAILING,         /* the disk or the mirror fails: as before; the log says what */
	LEDGER_STATES           /* not judged yet */
};
const char *ledger_state_name(enum ledger_state);

struct ledger_config {
	const struct db_config *db;
	const char *key_file;
	const char *policy_file;               /* witnesses and their quorum; "": none.  Nothing is shown that the quorum has not signed. */
	const char *mirror;                    /* a folder elsewhere that has each entry before it is shown; "": none */
	int64_t lock_patience_us;              /* above 0: it must have the lock, and waits so long for it; who stays needs that */
};
/* Opens the log of the data folder: takes the lock and starts the thread, or, where another process has the lock, follows what that
 * one shows.  E_BUSY: patience was over.  Enters the log's first entry when there is none.  cx->writer must be open.  States other than WHOLE are no error: they
 * are logged, and the node serves.  E_INVALID, E_NOTFOUND: the policy. */
enum err ledger_open(struct ctx *, const struct ledger_config *, struct ledger **out);
/* WRITE, at init: the log's first entry, where there is none, so that nothing else can be first.  ledger_open() does the same for older nodes. */
enum err ledger_begin(struct ctx *, const char *key_file);
void ledger_close(struct ledger **);           /* takes NULL */
/* After each of the writer's groups, on its thread; costs nothing when nothing was entered. */
void ledger_committed(struct ledger *);

/* What is shown now.  Size 0 and an empty note before the first checkpoint. */
struct ledger_head {
	enum ledger_state state;
	uint64_t size;
	struct hash root;
	struct str note;                       /* the signed checkpoint; in cx->mem */
	int64_t shown_us;                      /* wall time */
};
enum err ledger_head(struct ctx *, struct ledger_head *out);
/* Waits until entry `number` is in what is shown.  Not on an event thread, not on the writer's.  E_BUSY "entry-pending": it took longer. */
enum err ledger_wait(struct ctx *, uint64_t number, int64_t patience_us);
/* A proof file (ledger/checkpoint.h) of an entry in what is shown.  E_BUSY "entry-pending": not yet; E_NOTFOUND. */
enum err ledger_proof(struct ctx *, uint64_t number, struct str extra, struct buf *out);
/* A tile's bytes, as they are served.  E_NOTFOUND: not in what is shown. */
enum err ledger_tile(struct ctx *, const struct tile *, struct buf *out);
/* Public halves, the newest last; views of the ledger. */
unsigned ledger_keys(const struct ledger *, struct note_key out[LOG_KEYS_MAX]);
/* The newest key with its seed, for what else is signed in the log's name (charters); the caller wipes it.  False: there is none. */
bool ledger_signer(const struct ledger *, struct log_key *out);

/* How each of the policy's witnesses answered last; `max` at most.  Names and addresses are views of the ledger. */
struct ledger_witness {
	struct str name, url;
	const char *answer;                    /* "signed", "silent", "refuses", "ahead", "disagrees", "not-asked" */
};
unsigned ledger_witnesses(struct ledger *, unsigned max, struct ledger_witness *out);
/* "signed" and so on, by number; NULL behind the last. */
const char *ledger_answer_name(unsigned);
/* Whether entries go into a mirror before they are shown, and how many are there. */
bool ledger_mirror(struct ledger *, uint64_t *entries);

/* From outside, without opening the log: what a command tells.  Needs cx->db. */
struct ledger_look {
	enum ledger_state state;               /* as the sequencer noted it last */
	struct str origin;                     /* "" before the first checkpoint */
	uint64_t size, entries;                /* shown; entered */
};
enum err ledger_look(struct ctx *, const char *data_folder, struct ledger_look *out);
#endif

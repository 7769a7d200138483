/* ledger/inside.h - what the files of this room share. */
#ifndef LEDGER_INSIDE_H
#define LEDGER_INSIDE_H
#include <pthread.h>
#include <stdatomic.h>

#include "ledger/edge.h"
#include "ledger/ledger.h"
#include "ledger/witnesses.h"

/* What is shown at one moment: readers hold it while the next one is made. */
struct view {
	atomic_uint holders;
	uint64_t size;
	struct hash root;
	struct edge edge;
	char *note;                            /* NULL: nothing is shown yet */
	size_t note_bytes;
	int64_t shown_us;
};

struct ledger {
	struct ctx cx;                         /* the thread's; a follower's, under `lock` */
	struct log_keys keys;
	int folder, guard;                     /* FOLDER/ledger; its lock, -1: another process has it */
	char *data_folder, *mirror;            /* mirror: NULL for none */
	struct witnesses *witnesses;           /* the thread's; NULL: nobody is asked */
	uint64_t size_at_start;                /* of the table, before this process entered anything */
	struct edge edge;                      /* the sequencer's: with what is not shown yet */
	pthread_t thread;
	bool running;
	bool halted;                           /* found at the opening: what was signed is not what is there, or there is no key */
	bool sure;                             /* the quorum has confirmed what was signed last */
	atomic_bool expected;                  /* something was entered by the group that runs */
	pthread_mutex_t lock;                  /* of all below; what the thread alone writes it reads without */
	pthread_cond_t wake, shown;
	bool due, stop;
	enum ledger_state state;
	struct view *view;
	uint64_t mirrored;                     /* entries that the mirror has, as far as this process knows */
	struct witness_status answers[POLICY_PARTIES_MAX];
};
/* A file of FOLDER/ledger while it is being mended: whoever finds it at a start signs nothing, whatever witnesses say. */
#define LEDGER_MENDING_FILE "mending"
/* How many entries a restore brought, by its mark; 0: there is none, or it does not say.  (mend.c) */
enum err ledger_restored_count(struct ctx *, const char *data_folder, uint64_t *out);

/* WRITE, while a log is mended: rows from that number on, in the place of those that begin there (whose marks stay), or in a gap.  What stands behind has to
 * begin where they end.  (ledger/append.c) */
enum err ledger_put_lines(struct ctx *, uint64_t number, const struct str *lines, size_t count);

/* On the writer's thread, inside a work: its group enters something. */
void ledger_expect(struct ledger *);
/* The current view, held: never NULL. */
struct view *view_take(struct ledger *);
void view_give(struct view **);                /* for AUTO() */
struct view *view_new(const struct edge *, const struct hash *root, struct str note, int64_t shown_us);
void ledger_show(struct ledger *, struct view *);
/* ledger/signing.c.  The largest that was signed: of size 0 when nothing was. */
enum err signed_read(struct ctx *, const char *data_folder, struct checkpoint *out);
enum err signed_write(struct ctx *, const char *data_folder, struct str note);
/* By the thread, or before it runs: told in the log when it changes, and noted for ledger_look(). */
void ledger_set_state(struct ctx *, struct ledger *, enum ledger_state);
/* What is known not to be the newest is not shown as if it were. */
void ledger_hide(struct ctx *, struct ledger *);
void ledger_note_answers(struct ctx *, struct ledger *);
/* Until the quorum has confirmed what was signed last, nothing new is signed: a database that was restored together with its checkpoints
 * looks whole from inside.  E_BUSY. */
enum err ledger_make_sure(struct ctx *, struct ledger *);
/* Signs the sequencer's tree, and shows that once it is durable, witnessed and mirrored. */
enum err ledger_publish(struct ctx *, struct ledger *);
/* A follower looks what the sequencer shows by now. */
enum err ledger_follow(struct ctx *, struct ledger *);
/* ledger/mirror.c: puts the entries up to the checkpoint's size into the folder, then the checkpoint itself, `note`; synced.  `from`: so many this process
 * has put there; of 0, or where it is not as it was left, the mirror is asked first, and the log that this one succeeds is put aside there, in a folder before-NAME.
 * E_CONFLICT: it is another log's; E_CORRUPT MIRROR_AHEAD: it has more of this one than is here, or something else; E_INVALID: its checkpoint is damaged;
 * E_IO: also where it is empty and once had something, as FOLDER/ledger/mirror tells: its disk is not mounted. */
#define MIRROR_AHEAD "mirror-ahead"
struct mirror_place {
	const char *folder, *data_folder;
};
/* Before the checkpoint is signed: as mirror_write() with `from` 0 would ask, and nothing is changed.  `has`: so many entries of this log. */
enum err mirror_ask(struct ctx *, const struct mirror_place *, const struct checkpoint *, uint64_t *has);
enum err mirror_write(struct ctx *, const struct mirror_place *, uint64_t from, const struct checkpoint *, struct str note);
/* E_IO: it is empty, or not there, and once had something. */
enum err mirror_missed(struct ctx *, const struct mirror_place *);
/* Its checkpoint, where that is of this log. */
bool mirror_has(struct ctx *, const char *folder, const struct log_keys *, struct checkpoint *out);
#endif

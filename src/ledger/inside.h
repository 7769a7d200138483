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
	uint64_t mirrored;                     /* entries that the mirror has */
	struct edge edge;                      /* the sequencer's: with what is not shown yet */
	pthread_t thread;
	bool running;
	atomic_bool expected;                  /* something was entered by the group that runs */
	pthread_mutex_t lock;                  /* of all below */
	pthread_cond_t wake, shown;
	bool due, stop;
	enum ledger_state state;
	struct view *view;
	struct witness_status answers[POLICY_PARTIES_MAX];
};
/* On the writer's thread, inside a work: its group enters something. */
void ledger_expect(struct ledger *);
/* The current view, held: never NULL. */
struct view *view_take(struct ledger *);
void view_give(struct view **);                /* for AUTO() */
struct view *view_new(const struct edge *, const struct hash *root, struct str note, int64_t shown_us);
void ledger_show(struct ledger *, struct view *);
/* A follower looks what the sequencer shows by now. */
enum err ledger_follow(struct ctx *, struct ledger *);
/* ledger/mirror.c: puts the entries up to the checkpoint's size into the folder, then the checkpoint itself; synced.  `from`: so many it
 * has already. */
enum err mirror_write(struct ctx *, const char *folder, uint64_t from, uint64_t size, struct str note);
/* How many of `size` entries it has, by its checkpoint: 0 where that is not of such a log. */
uint64_t mirror_has(struct ctx *, const char *folder, uint64_t size);
#endif

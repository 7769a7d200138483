/* store/writer_group.h - inside the store room: the writer's parts.
 *
 * writer.c owns the queue and the thread, writer_group.c what happens in and between groups, outbox.c and totals.c what
 * reaches public.db.  All but the queue belongs to the writer thread alone. */
#ifndef STORE_WRITER_GROUP_H
#define STORE_WRITER_GROUP_H
#include <pthread.h>
#include <stdatomic.h>

#include "store/weights.h"
#include "store/writer.h"

#define QUEUE_MAX 16384                        /* a power of two; more than there can be connections */
#define TOTALS_US (150 * 1000)                 /* at most so long after its change is a total in public.db */
#define RETRY_US SECOND_US                     /* what failed, and what can wait until nobody else wants to write */

struct write {
	struct ctx *cx;
	write_work *work;
	void *argument;
	write_done *done;
	int64_t since_us;                      /* boot time at which it was queued */
	enum err outcome;
};

struct writer {
	pthread_mutex_t lock;
	pthread_cond_t arrived;
	struct write *queue;                   /* these four under lock: a ring of QUEUE_MAX */
	unsigned first, queued;
	bool waiting, stopping;

	pthread_t thread;
	struct ctx own;
	struct db *db;
	const struct stmt **statements;        /* sorted by name */
	size_t statement_count;
	enum err (*may_write)(struct ctx *);   /* NULL: everybody may */
	void (*_Atomic committed)(void *self); /* NULL: nobody asks */
	void *committed_self;
	struct write *group;
	unsigned group_max;

	bool posts_waiting;                    /* outbox rows that public.db may not have yet */
	bool lagging;                          /* they could not be applied when last tried */
	bool totals_waiting;                   /* tallies that the outbox may not have yet */
	bool scrub[STORES];
	int64_t totals_due_us, retry_due_us;   /* boot time */
	int64_t tell_due_us;                   /* boot time of the next line about failed groups */
	unsigned untold;                       /* failed since the last one */
	int64_t applied;                       /* outbox row that public.db has followed to, */
	int64_t synced, deleted;               /* ... that is on its disk, ... that was deleted */

	struct weights *weights;               /* what public.db's totals are in a search; owned */

	atomic_uint_fast64_t groups, works, failed, public_changes;
	atomic_uint largest_group;
};

/* Runs them in one transaction and tells each; count may be 0: then only what is due by itself. */
void group_run(struct writer *, unsigned count);
/* Between groups: checkpoints.  `idle`: nobody waits. */
void group_settle(struct writer *, bool idle);
/* Boot time at which there is something to do though nobody writes; INT64_MAX: never. */
int64_t group_due_us(const struct writer *);

/* --- outbox.c --- */
/* Brings public.db up to the outbox.  A row that public.db refuses (E_CONFLICT) is logged and passed over. */
enum err outbox_apply(struct writer *);
/* Inside a group: deletes rows that are on public.db's disk. */
enum err outbox_clean(struct writer *);
/* At start: reads where public.db stands, and sees to it that no outbox number is used twice. */
enum err outbox_resume(struct writer *);

/* --- totals.c --- */
/* Inside a group: puts changed tallies into the outbox, many in one row. */
enum err totals_flush(struct writer *);
#endif

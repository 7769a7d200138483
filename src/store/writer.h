/* store/writer.h - the one thread that writes, in groups.
 *
 * A group is whatever waits when the last one is done, at most store.group_max.  BEGIN on personal.db (keys.db joins when it
 * is used); each piece of work in a savepoint; commit keys.db, then personal.db (one fsync for all); then the group's posts
 * are applied to public.db; then each caller is told.
 * Acknowledged means durable, and, for posts, visible to readers of public.db: unless public.db could not be written just
 * then (its disk is full), which is logged and made good as soon as it can.  Totals follow within some 100 ms. */
#ifndef STORE_WRITER_H
#define STORE_WRITER_H
#include "base/ctx.h"
#include "store/db.h"

typedef enum err write_work(struct ctx *, void *argument);
typedef void write_done(void *argument, enum err outcome);

/* `db` must be a writing one; it is the writer's from now on, also when this fails.  `statements` (NULL-terminated,
 * all_statements) is where outbox rows find theirs by name.  Applies what a crash left in the outbox before it returns.
 * Of `template` the clock, log, config, faults and ids are used. */
enum err writer_start(struct ctx *template, struct db *db, const struct stmt *const *statements, struct writer **out);
/* Before anything is submitted.  Asked on the writer's thread before each work, with the work's context: what is not OK is the
 * work's outcome, and nothing is run. */
void writer_guard(struct writer *, enum err (*may_write)(struct ctx *));
/* Before anything is submitted.  Called on the writer's thread after each group, before its callers are told. */
void writer_after(struct writer *, void (*committed)(void *self), void *self);
/* Asynchronous: returns at once; `work` runs on the writer thread with cx->db set to the writer's, `done` there after the
 * commit.  When work fails its savepoint is rolled back and done gets its error; when the group's commit fails every work of
 * the group gets that error, and nothing of it is kept.  Full queue: done(E_BUSY) at once, on the caller's thread.
 * Until `done` the context is the writer's. */
void writer_submit(struct writer *, struct ctx *, write_work *, void *argument, write_done *);
/* The same, waiting: for the SLOW pool, jobs and commands.  Never from the writer thread itself. */
enum err writer_run(struct ctx *, write_work *, void *argument);
/* Runs `work` as writer_run() does, or directly when this already is the writer's thread inside a group. */
enum err writer_run_here(struct ctx *, write_work *, void *argument);
/* Whether cx is inside a work now. */
bool writer_here(const struct ctx *);
/* Inside a work: the number of the group that it belongs to. */
uint64_t writer_group(const struct ctx *);
/* Inside a work: after this group, what was deleted from that store goes out of its log, too (tried again until it has). */
void writer_scrub(struct ctx *, enum store);
/* Inside a work: whether what earlier groups asked for has gone. */
bool writer_scrubbed(const struct ctx *);
/* Runs what is queued, then ends; closes the db. */
void writer_stop(struct writer **);

/* Rises after each change of public.db, before the callers whose posts made it are told. */
uint64_t writer_public_changes(const struct writer *);

/* How long the write that has waited longest for a group has waited; 0: none waits. */
int64_t writer_wait_us(struct writer *);

struct writer_stats {
	uint64_t groups, works, failed;
	unsigned queued, largest_group;
};
void writer_read_stats(struct writer *, struct writer_stats *out);
#endif

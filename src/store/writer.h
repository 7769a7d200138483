/* store/writer.h - the one thread that writes, in groups.
 *
 * A group: BEGIN on personal.db (keys.db joins when used); each piece of work in a savepoint; commit keys.db, then
 * personal.db (one fsync for all); then the group's outbox rows are applied to public.db; then each caller is told.
 * Acknowledged means durable, and visible to readers of public.db. */
#ifndef STORE_WRITER_H
#define STORE_WRITER_H
#include "base/ctx.h"

typedef enum err write_work(struct ctx *, void *argument);
typedef void write_done(void *argument, enum err outcome);

struct stmt;
/* `db` must be a writing one; it is the writer's from now on.  `statements` (NULL-terminated, generated from all .sql files)
 * is where outbox rows find theirs by name.  Applies what a crash left in the outbox before it returns. */
enum err writer_start(struct ctx *template, struct db *db, const struct stmt *const *statements, struct writer **out);
/* Asynchronous: returns at once; `work` runs on the writer thread with cx->db set to the writer's, `done` there after the
 * commit.  When work fails its savepoint is rolled back and done gets its error.  Full queue: done(E_BUSY) at once. */
void writer_submit(struct writer *, struct ctx *, write_work *, void *argument, write_done *);
/* The same, waiting: for the SLOW pool, jobs and commands.  Never from the writer thread itself. */
enum err writer_run(struct ctx *, write_work *, void *argument);
/* Runs what is queued, then ends. */
void writer_stop(struct writer **);

struct writer_stats {
	uint64_t groups, works, failed;
	unsigned queued, largest_group;
};
void writer_read_stats(const struct writer *, struct writer_stats *out);
#endif

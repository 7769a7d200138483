#include "store/writer_group.h"

#include <assert.h>

#include "store/connection.h"

#define FLUSHES_MAX 4                          /* of totals in a group */
#define CHECKPOINT_FRAMES 4000                 /* 16 MiB of log, one block of its index: move it into the database file */
#define LOG_FRAMES_MAX 16'000                  /* readers have kept it from being begun anew: wait for them */

/* --- one group --- */

static enum err each_savepoint(struct ctx *cx, enum err (*act)(struct ctx *, enum store))
{
	TRY(act(cx, PERSONAL_DB));
	return cx->db->keys_joined ? act(cx, KEYS_DB) : OK;
}

/* An error is the group's: the work's own goes into its outcome. */
static enum err run_work(struct writer *writer, struct write *write)
{
	struct ctx *cx = write->cx, *own = &writer->own;
	struct db *lent = cx->db;
	struct writer *known = cx->writer;
	TRY(each_savepoint(own, db_savepoint));
	cx->db = writer->db;
	cx->writer = writer;
	writer->db->in_group = true;
	write->outcome = writer->may_write ? writer->may_write(cx) : OK;
	if (write->outcome == OK)
		write->outcome = write->work(cx, write->argument);
	writer->db->in_group = false;
	cx->db = lent;
	cx->writer = known;
	if (!db_in_transaction(own, PERSONAL_DB) || (writer->db->keys_joined && !db_in_transaction(own, KEYS_DB)))
		return fail(own, write->outcome == OK ? E_IO : write->outcome, "the commit group was lost: %s", cx->failure.text);
	return each_savepoint(own, write->outcome == OK ? db_release : db_undo);
}

static enum err run_all(struct writer *writer, unsigned count)
{
	struct ctx *own = &writer->own;
	TRY(db_begin(own, PERSONAL_DB));
	for (unsigned i = 0; i < count; i++)
		TRY(run_work(writer, &writer->group[i]));
	TRY(outbox_clean(writer));
	for (unsigned i = 0; i < FLUSHES_MAX && writer->totals_waiting && clock_boot_us(NULL) >= writer->totals_due_us; i++)
		TRY(totals_flush(writer));
	if (writer->db->keys_joined)
		TRY(db_commit(own, KEYS_DB));
	return db_commit(own, PERSONAL_DB);
}

/* A line a second: the log may lie on the disk that is full. */
static void tell_failed(struct writer *writer, unsigned count)
{
	int64_t now_us = clock_boot_us(NULL);
	if (now_us < writer->tell_due_us) {
		writer->untold++;
		return;
	}
	log_line(writer->own.log, LOG_ERROR, "writer: a group of %u failed: %s (and %u groups since the last such line)", count,
		writer->own.failure.text, writer->untold);
	writer->untold = 0;
	writer->tell_due_us = now_us + SECOND_US;
}

/* Nothing of the group was kept: whoever thought otherwise is told. */
static void fail_all(struct writer *writer, unsigned count, enum err e)
{
	db_rollback(&writer->own, KEYS_DB);
	db_rollback(&writer->own, PERSONAL_DB);
	writer->totals_waiting = true;         /* what was taken into the outbox is not there */
	writer->totals_due_us = writer->retry_due_us = clock_boot_us(NULL) + RETRY_US;
	for (unsigned i = 0; i < count; i++) {
		struct write *write = &writer->group[i];
		if (write->outcome != OK)
			continue;
		write->outcome = e;
		write->cx->failure = writer->own.failure;
	}
	tell_failed(writer, count);
}

/* After a failure not at once again: what holds public.db up (a full disk) would cost every group as much. */
static void apply_posts(struct writer *writer)
{
	if (!writer->posts_waiting || (writer->lagging && clock_boot_us(NULL) < writer->retry_due_us))
		return;
	writer->lagging = outbox_apply(writer) != OK;
	atomic_fetch_add(&writer->public_changes, 1);
	if (!writer->lagging)
		return;
	writer->retry_due_us = clock_boot_us(NULL) + RETRY_US;
	log_line(writer->own.log, LOG_ERROR, "writer: public.db lags behind: %s", writer->own.failure.text);
}

static void tell_committed(struct writer *writer)
{
	void (*committed)(void *) = atomic_load(&writer->committed);
	if (committed)
		committed(writer->committed_self);
}

void group_run(struct writer *writer, unsigned count)
{
	writer->own.now_us = clock_wall_us(writer->own.clock);
	for (unsigned i = 0; i < count; i++)
		writer->group[i].outcome = OK;
	enum err e = run_all(writer, count);
	writer->db->keys_joined = false;
	if (e != OK)
		fail_all(writer, count, e);
	else
		apply_posts(writer);
	tell_committed(writer);
	atomic_fetch_add(&writer->groups, count > 0);
	atomic_fetch_add(&writer->works, count);
	if (count > atomic_load(&writer->largest_group))
		atomic_store(&writer->largest_group, count);
	for (unsigned i = 0; i < count; i++) {
		struct write *write = &writer->group[i];
		atomic_fetch_add(&writer->failed, write->outcome != OK);
		write->done(write->argument, write->outcome);
	}
	arena_free(&writer->own.mem);
}

/* --- between groups --- */

static void checkpoint(struct writer *writer, enum store store, bool empty_log)
{
	bool complete;
	int64_t applied = writer->applied;
	if (db_checkpoint(&writer->own, store, empty_log, &complete) != OK) {
		log_line(writer->own.log, LOG_WARN, "writer: %s", writer->own.failure.text);
		return;
	}
	if (complete && store == PUBLIC_DB)
		writer->synced = applied;
	if (complete && empty_log)
		writer->scrub[store] = false;
}

static bool something_to_scrub(const struct writer *writer)
{
	return writer->scrub[PUBLIC_DB] || writer->scrub[PERSONAL_DB] || writer->scrub[KEYS_DB];
}

void group_settle(struct writer *writer, bool idle)
{
	bool retry = clock_boot_us(NULL) >= writer->retry_due_us;
	for (enum store store = PUBLIC_DB; store < STORES; store++) {
		int frames = writer->db->stores[store].log_frames;
		bool lagging = idle && store == PUBLIC_DB && writer->applied > writer->synced;
		if (writer->scrub[store] && retry)
			checkpoint(writer, store, true);
		else if (frames >= CHECKPOINT_FRAMES || lagging)
			checkpoint(writer, store, frames >= LOG_FRAMES_MAX);
	}
	if (retry && (something_to_scrub(writer) || writer->posts_waiting || writer->applied > writer->deleted))
		writer->retry_due_us = clock_boot_us(NULL) + RETRY_US;
	arena_free(&writer->own.mem);
}

int64_t group_due_us(const struct writer *writer)
{
	int64_t due = INT64_MAX;
	if (writer->totals_waiting)
		due = writer->totals_due_us;
	bool retry = something_to_scrub(writer) || writer->posts_waiting || writer->applied > writer->deleted;
	return retry && writer->retry_due_us < due ? writer->retry_due_us : due;
}

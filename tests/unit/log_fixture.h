/* tests/unit/log_fixture.h - a data folder with a writer and a log, in this process. */
#ifndef TESTS_LOG_FIXTURE_H
#define TESTS_LOG_FIXTURE_H
#include <fcntl.h>
#include <pthread.h>

#include "ledger/ledger.h"
#include "store_fixture.h"

#define HEX64 "1ba43887696c93c5310009eedd6eb580a3aa874b9cb669ffe8dfa5e8f37d8a60"
extern const struct stmt *const all_statements[];

struct log_node {
	struct node node;
	pthread_mutex_t lock;                  /* of `ledger`, which the writer's thread looks at */
	struct ledger *ledger;
	char key_file[96], policy_file[96], mirror[96];
};

static inline void log_committed(void *self)
{
	struct log_node *const log = self;
	pthread_mutex_lock(&log->lock);
	if (log->ledger)
		ledger_committed(log->ledger);
	pthread_mutex_unlock(&log->lock);
}

static inline bool ledger_up(struct log_node *log)
{
	const struct db_config config = node_db(&log->node, false);
	struct ledger *ledger = NULL;
	const bool opened = node_ok(&log->node.cx, ledger_open(&log->node.cx, &(struct ledger_config){ &config, log->key_file, log->policy_file, log->mirror, 0 }, &ledger));
	pthread_mutex_lock(&log->lock);
	log->node.cx.ledger = log->ledger = ledger;
	pthread_mutex_unlock(&log->lock);
	return opened;
}

static inline void ledger_down(struct log_node *log)
{
	pthread_mutex_lock(&log->lock);
	struct ledger *gone = log->ledger;
	log->node.cx.ledger = log->ledger = NULL;
	pthread_mutex_unlock(&log->lock);
	ledger_close(&gone);
}

static inline void stores_up(struct log_node *log)
{
	assert(node_open(&log->node) && node_start(&log->node, all_statements));
	writer_after(log->node.cx.writer, log_committed, log);
}

static inline void log_up(struct log_node *log)
{
	node_init(&log->node);
	pthread_mutex_init(&log->lock, NULL);
	snprintf(log->key_file, sizeof log->key_file, "%s.ledger", log->node.folder);
	log->policy_file[0] = log->mirror[0] = '\0';
	log->ledger = NULL;
	enum err e = log_keys_init(&log->node.cx, log->key_file, log->node.folder, STR("example.org/log"));
	assert(e == OK);
	stores_up(log);
}

static inline void log_end(struct log_node *log)
{
	node_fault(&log->node, 0);
	writer_stop(&log->node.cx.writer);
	ledger_down(log);
	unlink(log->key_file);
	node_end(&log->node);
}

/* In one step: the log's thread may look, or write, at any moment between two. */
static inline bool exchange(const char *one, const char *other)
{
	return renameat2(AT_FDCWD, one, AT_FDCWD, other, RENAME_EXCHANGE) == 0;
}

/* The test waits for the writer, so nothing of it is read by another thread meanwhile. */
struct many {
	unsigned first, count;
};

static inline enum err enter_many(struct ctx *cx, void *argument)
{
	const struct many *const many = argument;
	struct str *const lines = arena_new(&cx->mem, struct str, many->count);
	for (unsigned i = 0; i < many->count; i++)
		lines[i] = arena_printf(&cx->mem, "node-started 2026-11-22T06:47:43Z version=0.0.%u build=" HEX64, many->first + i);
	return ledger_append_lines(cx, lines, many->count);
}

static inline bool enter(struct log_node *log, unsigned first, unsigned count)
{
	bool entered = true;
	for (unsigned at = 0; entered && at < count; at += LEDGER_APPEND_MAX) {
		struct many many = { first + at, count - at < LEDGER_APPEND_MAX ? count - at : LEDGER_APPEND_MAX };
		AUTO(ctx_end) struct ctx cx = node_ctx(&log->node);
		entered = node_ok(&cx, writer_run(&cx, enter_many, &many));
	}
	return entered;
}

static inline struct ledger_head head_of(struct log_node *log)
{
	struct ledger_head head = {};
	EXPECT(ledger_head(&log->node.cx, &head) == OK);
	return head;
}
#endif

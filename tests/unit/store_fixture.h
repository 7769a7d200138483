/* tests/unit/store_fixture.h - a data folder of its own, migrated, with a writer; gone afterwards. */
#ifndef TESTS_STORE_FIXTURE_H
#define TESTS_STORE_FIXTURE_H
#include <assert.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "keys/keys.h"
#include "scratch.h"
#include "store/migrate.h"
#include "store/writer.h"
#include "tap.h"

struct node {
	char folder[64];
	unsigned char key[KEY_BYTES];
	struct log log;
	struct faults faults;
	struct ids ids;
	struct ctx cx;
};

static inline struct ctx node_ctx(struct node *node)
{
	struct ctx cx = node->cx;
	cx.mem = arena_new_capped((size_t)64 << 20);
	return cx;
}

static inline struct db_config node_db(const struct node *node, bool write)
{
	return (struct db_config){ .folder = node->folder, .store_key = node->key, .write = write, .cache_kib = 1024 };
}

/* An empty folder below `parent` and a context; no database yet. */
static inline void node_init_at(struct node *node, const char *parent)
{
	memset(node, 0, sizeof *node);
	snprintf(node->folder, sizeof node->folder, "%s/amanat-test-XXXXXX", parent);
	char *made = mkdtemp(node->folder);
	assert(made);
	node->log = (struct log){ .level = getenv("AMANAT_TEST_LOG") ? LOG_DEBUG : LOG_ERROR, .fd = getenv("AMANAT_TEST_LOG") ? 2 : -1 };
	ids_init(&node->ids, 1, 0, LANE_SERVING);
	node->cx = (struct ctx){ .mem = arena_new_capped((size_t)64 << 20), .now_us = clock_wall_us(NULL), .ids = &node->ids,
		.log = &node->log, .faults = &node->faults };
	enum err e = keys_init(&node->cx);
	assert(e == OK);
	random_bytes(node->key, sizeof node->key);
}

static inline void node_fault(struct node *node, unsigned nth)
{
	fault_arm(&node->faults, nth);
}

static inline void node_init(struct node *node)
{
	node_init_at(node, scratch_root());
}

/* What failed, for the reader of the test's output. */
static inline bool node_ok(struct ctx *cx, enum err e)
{
	if (e != OK)
		printf("# %s: %s (%s:%d)\n", err_name(e), cx->failure.text, cx->failure.file ? cx->failure.file : "-", cx->failure.line);
	return e == OK;
}

/* Opens and migrates; cx.db writes, nobody else does. */
static inline bool node_open(struct node *node)
{
	struct db_config config = node_db(node, true);
	return node_ok(&node->cx, db_open(&node->cx, &config, &node->cx.db)) && node_ok(&node->cx, migrate(&node->cx, NULL, NULL));
}

/* cx.db is the writer's from here on; cx itself becomes a reader's. */
static inline bool node_start(struct node *node, const struct stmt *const *statements)
{
	struct db *db = node->cx.db;
	struct db_config config = node_db(node, false);
	node->cx.db = NULL;
	return node_ok(&node->cx, writer_start(&node->cx, db, statements, &node->cx.writer)) &&
	       node_ok(&node->cx, db_open(&node->cx, &config, &node->cx.db));
}

static inline void node_shut(struct node *node)
{
	writer_stop(&node->cx.writer);
	db_close(&node->cx.db);
}

static inline int node_remove(const char *path, const struct stat *, int, struct FTW *)
{
	return remove(path);
}

static inline void node_end(struct node *node)
{
	node_fault(node, 0);
	node_shut(node);
	ctx_end(&node->cx);
	nftw(node->folder, node_remove, 16, FTW_DEPTH | FTW_PHYS);
}
#endif

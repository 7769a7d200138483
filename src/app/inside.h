/* app/inside.h - what the files of this room share. */
#ifndef APP_INSIDE_H
#define APP_INSIDE_H
#include <pthread.h>
#include <stdatomic.h>

#include "api/metrics.h"
#include "app/app.h"
#include "base/clock.h"
#include "base/id.h"
#include "store/db.h"

/* What is public, as READ_KEPT answers have it (watch.c). */
struct watch {
	pthread_mutex_t lock;                  /* of db and seen */
	struct db *db;                         /* public.db alone */
	int64_t seen;                          /* db_version() */
	atomic_int_fast64_t due_us;            /* boot time of the next look */
	atomic_uint_fast64_t changes;          /* found so far */
};

struct app {
	enum app_extent extent;
	int lock;                              /* that one server, or one command that writes, holds; -1: none */
	pthread_mutex_t opening;               /* held by app_open() */
	struct clock clock;
	struct ids ids;
	struct ctx template;                   /* what every context starts from; its arena stays empty */
	struct ctx writer_cx;                  /* the writer's own */
	struct db_config db_config;
	struct db_pool *readers;
	struct watch watch;
	struct writer *writer;
	struct blobs *blobs;
	struct keyholder *keyholder;
	struct sessions *sessions;
	struct mailboxes *mailboxes;
	struct events *events;
	struct media *media;
	struct jobs *jobs;
	struct limits *limits;
	struct feed *feed;
	struct tallies *tallies;
	_Atomic(struct ledger *) ledger;       /* the writer's thread looks for it while it is opened */
	struct cosigner *cosigner;
	struct parsed_charters *charters;
	struct http *http;
	struct metrics metrics;
};

/* app/hooks.c */
struct http_hooks app_hooks(struct app *);
/* app/watch.c */
enum err app_watch_open(struct app *, struct ctx *cx);
void app_watch_close(struct app *);
/* Another number whenever public.db has changed: by the writer, before its callers are told; by another process (a command),
 * within WATCH_US. */
#define WATCH_US (100 * 1000)
uint64_t app_public_version(struct app *);
/* app/work.c: job threads with the kinds of all rooms */
enum err app_start_jobs(struct app *, struct ctx *cx);
/* Once at start: queues the jobs that clear away what has expired, and files that a crash left without a row, and that see after the docket. */
enum err app_tidy_begin(struct ctx *);
/* app/logbook.c: the node's log and its charter; a server enters that it was started */
enum err app_ledger_open(struct app *, struct ctx *cx);
/* Nothing where the settings do not make this node a witness. */
enum err app_cosigner_open(struct app *, struct ctx *cx);
void app_ledger_close(struct app *);
/* A context without a database connection, and its end. */
void app_ctx_bare(struct app *, struct ctx *out);
#endif

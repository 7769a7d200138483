/* app/inside.h - what the files of this room share. */
#ifndef APP_INSIDE_H
#define APP_INSIDE_H
#include <pthread.h>

#include "api/metrics.h"
#include "app/app.h"
#include "base/clock.h"
#include "base/id.h"
#include "store/db.h"

struct app {
	enum app_extent extent;
	int serving;                           /* the lock that one server holds; -1: none */
	pthread_mutex_t opening;               /* held by app_open() */
	struct clock clock;
	struct ids ids;
	struct ctx template;                   /* what every context starts from; its arena stays empty */
	struct ctx writer_cx;                  /* the writer's own */
	struct db_config db_config;
	struct db_pool *readers;
	struct writer *writer;
	struct blobs *blobs;
	struct keyholder *keyholder;
	struct sessions *sessions;
	struct media *media;
	struct jobs *jobs;
	struct limits *limits;
	struct feed *feed;
	struct http *http;
	struct metrics metrics;
};

/* app/hooks.c */
struct http_hooks app_hooks(struct app *);
/* app/work.c: job threads with the kinds of all rooms */
enum err app_start_jobs(struct app *, struct ctx *cx);
/* Once at start: queues the job that clears away what has expired. */
enum err app_tidy_begin(struct ctx *);
/* A context without a database connection, and its end. */
void app_ctx_bare(struct app *, struct ctx *out);
#endif

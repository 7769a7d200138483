/* app/app.h - puts the rooms together: a serving node, or as much of one as a command needs.
 *
 * The one place where the process's single things (writer, pools, keyholder, ...) are made and ended. */
#ifndef APP_APP_H
#define APP_APP_H
#include "base/config.h"
#include "http/http.h"

/* How much is opened; each includes those before. */
enum app_extent {
	APP_LOOK,               /* keys, databases, blobs, the writer: a command that changes nothing */
	APP_STORES,             /* the lock that commands which write hold among themselves */
	APP_LOG,                /* the node's log: a command that enters something and waits for it */
	APP_WORK,               /* media and the job threads: a command that processes clips */
	APP_SERVE,              /* limits, feed, the listener */
};

struct app;
/* `cx` carries clock, log and config, and failures.  E_NOTFOUND: the data folder is not there: app_init() makes it.
 * E_CONFLICT: the port is taken, or another server runs on the folder.  E_BUSY: another command
 * that writes runs on the folder, for seconds by now.  E_INVALID, E_CORRUPT, E_BUSY: as keyholder_open(), db_open() and migrate()
 * say. */
enum err app_open(struct ctx *cx, enum app_extent, struct app **out);
/* In reverse order; a serving node first lets running requests end (server.drain_seconds).  Takes NULL. */
void app_close(struct app **);
/* Fills a context with all that is open, a read connection included; app_ctx_end() takes it back. */
void app_ctx(struct app *, struct ctx *out);
void app_ctx_end(struct app *, struct ctx *);

/* Makes data folder, key file and empty databases.  E_CONFLICT: they are there already; E_INVALID: the folder holds
 * something else, or the key file would lie inside it. */
enum err app_init(struct ctx *cx);
/* Is there a node in the data folder? */
bool app_exists(const struct config *);
/* The settings' paths, defaults worked out; in cx->mem. */
const char *app_key_file(struct ctx *cx);
const char *app_ledger_key_file(struct ctx *cx);

unsigned app_port(const struct app *);
/* Whether the writer answers: waits for it, however long that takes. */
void app_prove_life(struct app *);
/* Blocks SIGTERM and SIGINT, for this thread and those that it starts: before app_open(). */
void app_signals_block(void);
/* Waits for one of them, for so long at most (0: for ever).  False: none came. */
bool app_signals_wait(int64_t us);
#endif

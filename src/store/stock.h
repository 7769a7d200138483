/* store/stock.h - how full the store is and what waits in it: for who runs the node.  Refers to nobody. */
#ifndef STORE_STOCK_H
#define STORE_STOCK_H
#include "base/ctx.h"
#include "store/db.h"

struct stock_file {
	const char *name;                      /* "public", "personal", "keys" */
	int64_t bytes, log_bytes;              /* the file and its write-ahead log */
};
#define STOCK_FILES 3

/* The last backup of a kind that was made to its end. */
struct stock_backup {
	const char *what;                      /* "data" or "keys" */
	int64_t at_us;                         /* wall time; 0: never */
	struct str generation;                 /* in cx->mem */
	int64_t files, bytes;
};
#define STOCK_BACKUPS 2

struct stock {
	struct stock_backup backups[STOCK_BACKUPS];
	int64_t jobs_due, jobs_running, jobs_retrying;
	int64_t oldest_due_us;                 /* how long the oldest job has been due; 0: none is */
	int64_t outbox_rows;                   /* published, not yet safe in public.db */
	struct stock_file files[STOCK_FILES];
	int64_t disk_bytes, disk_free_bytes;   /* of the data folder's file system; free: to us */
};
/* On any read connection with personal.db; under a millisecond.  `folder`: the data folder. */
enum err stock_read(struct ctx *, const char *folder, struct stock *out);
#endif

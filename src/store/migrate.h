/* store/migrate.h - numbered, frozen schema changes.
 *
 * src/store/migrations/NNNN-name.STORE.sql (README.md there has the rules), embedded at build; applied in order, each in a
 * transaction of its own with its number: a node that dies in the midst has the old schema or the new one. */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H
#include "store/db.h"

struct migration {
	int number;
	enum store store;
	const char *name, *sql;
};
extern const struct migration all_migrations[];        /* generated; by number; ends with number 0 */

/* What runs on a node that had a schema before, each before (took_us is -1) and after: `at` counts from 1. */
struct migrate_progress {
	void (*tell)(void *self, const struct migration *, unsigned at, unsigned of, int64_t took_us);
	void *self;
};

/* cx->db must be a writing one, before writer_start() takes it.  `progress` and `applied` may be NULL; `applied` tells how many ran.
 * E_INVALID: the data folder has been used by a newer program; the text says which schema it needs.  Nothing is changed then. */
enum err migrate(struct ctx *, const struct migrate_progress *, int *applied);
#endif

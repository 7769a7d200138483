/* store/migrate.h - numbered, frozen schema changes.
 *
 * src/store/migrations/NNNN-name.STORE.sql, embedded at build; applied in order, each in a transaction of its own with its
 * number.  A schema newer than this program knows is refused: E_INVALID says which version is needed. */
#ifndef STORE_MIGRATE_H
#define STORE_MIGRATE_H
#include "store/db.h"

struct migration {
	int number;
	enum store store;
	const char *name, *sql;
};
extern const struct migration all_migrations[];        /* generated; by store and number; ends with number 0 */

/* cx->db must be a writing one.  `applied` (may be NULL) tells how many ran. */
enum err migrate(struct ctx *, int *applied);
#endif

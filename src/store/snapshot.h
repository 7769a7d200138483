/* store/snapshot.h - one moment of the stores, held while it is looked at or copied.
 *
 * The three files commit one after the other, so three snapshots agree only in the right order: public.db first, then
 * personal.db, then keys.db.  While public.db's moment is held no checkpoint can move past it, hence no outbox row behind it is
 * deleted (docs/decisions/two-stores-and-the-outbox.md): personal.db's later moment has every post that public.db's lacks, and
 * the next start applies them.  keys.db commits before personal.db: taken last, it has the key of every account there.
 *
 * A held moment keeps the logs from being cut: hold it for seconds. */
#ifndef STORE_SNAPSHOT_H
#define STORE_SNAPSHOT_H
#include "store/db.h"

/* On a reading db that is `patient`.  E_BUSY. */
enum err snapshot_hold(struct ctx *, enum store);
void snapshot_let_go(struct ctx *);            /* all three; takes a db that holds none */
/* Both below, public.db first.  `settled`: public.db's moment has applied exactly what personal.db's outbox has posted, so that rows
 * of the two can be compared; waited for, at most `wait_us`.  False then: the outbox lags. */
enum err snapshot_hold_all(struct ctx *, int64_t wait_us, bool *settled);

/* The number of the last post that personal.db ever took. */
enum err snapshot_posted(struct ctx *, int64_t *out);

/* SQLite's integrity_check of a store, each fault by `tell`, at most 100. */
typedef void snapshot_fault(void *self, struct str what);
enum err snapshot_integrity(struct ctx *, enum store, snapshot_fault *tell, void *self);

/* The held moment as a new file of its own, whole and synced; personal.db's pages sealed under `store_key`, each anew.
 * E_FULL, E_IO. */
enum err snapshot_copy(struct ctx *, enum store, const char *path, const unsigned char *store_key);

/* Each page of a sealed file as it lies on the disk; `tell` gets the numbers of those that do not open.  On a live file a page that
 * is being written is read again.  E_IO, E_NOTFOUND. */
typedef void snapshot_page(void *self, uint32_t page);
enum err snapshot_pages(struct ctx *, const char *path, const unsigned char *store_key, snapshot_page *tell, void *self, int64_t *pages);
#endif

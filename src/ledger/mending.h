/* ledger/mending.h - inside the ledger room: what the commands of ledger/mend.h share.
 *
 * While a log is being mended there is a mark, FOLDER/ledger/mending: the command, and of `fetch` how many entries the mirror had with which it
 * was begun.  Whoever finds it at a start signs nothing. */
#ifndef LEDGER_MENDING_H
#define LEDGER_MENDING_H
#include "ledger/inside.h"
#include "ledger/mend.h"

const char *mending_path(struct ctx *, const struct ledger_config *, const char *name);
/* The log's lock.  E_CONFLICT: the server runs. */
enum err mending_lock(struct ctx *, const struct ledger_config *, int *out);
void mending_unlock(const int *);              /* for AUTO(); -1: nothing */
struct mending {
	struct str command;                    /* "": nothing was begun */
	uint64_t size;
};
enum err mending_read(struct ctx *, const struct ledger_config *, struct mending *out);
/* E_CONFLICT: another command was begun and has to end first. */
enum err mending_begin(struct ctx *, const struct ledger_config *, const struct mending *);
/* Takes the marks away: this one, and that of a restore. */
enum err mending_end(struct ctx *, const struct ledger_config *);
#endif

/* ledger/mend.h - what an operator does about a log that cannot go on: an older database in its place, a lost key, damaged entries.
 *
 * All take the log's lock: the server has to be stopped (E_CONFLICT).  Killed in the middle, they go on when they are run again; until
 * they are done nothing is signed. */
#ifndef LEDGER_MEND_H
#define LEDGER_MEND_H
#include "ledger/ledger.h"

/* What a restore leaves: until witnesses or a person have said that it may be, nothing is signed.  `entries` of the old log are there; -1:
 * not known. */
enum err ledger_mark_restored(struct ctx *, const char *data_folder, int64_t entries);

/* Fetches what is missing or damaged from a mirror: a folder, or an address, in the layout of tlog-tiles, whose checkpoint bears this log's key.
 * What was entered here since, and never signed, stands behind it afterwards.  E_INVALID "mirror-untrusted": signature or hashes are
 * wrong, or it has less than is here, or than the one with which it was begun, or another history.  E_CORRUPT: damaged is what the mirror does not have.  `fetched` counts
 * entries.  (ledger/mend_fetch.c) */
enum err ledger_fetch(struct ctx *, const struct ledger_config *, struct str mirror, uint64_t *fetched);

/* Begins a new log with a new key, which takes over the entries that are there, under the same numbers; its first entry names the old
 * log's head and the gap: those that are known to be the old log's, for what was entered here since and never signed is not.  E_CORRUPT: entries cannot be read.  E_CONFLICT: the
 * mirror has more than is admitted, or it is not known what was shown, and `old_size` does not say.  E_INVALID: a word, a name that may not be; the old log's own name; a
 * key that waits in KEY.next has another. */
struct succession {
	struct str origin;                     /* "": a random one */
	struct str reason;                     /* as the entry's word */
	uint64_t old_size;                     /* of the newest checkpoint that anybody is known to have; 0: what was signed here last */
	struct str old_root;                   /* base64; "": likewise */
};
enum err ledger_succeed(struct ctx *, const struct ledger_config *, const struct succession *);

/* After a restore, on the operator's word that nothing was shown since the backup. */
enum err ledger_continue(struct ctx *, const struct ledger_config *);

/* Another key that signs, too, from the server's next start on; an entry says so. */
enum err ledger_add_key(struct ctx *, const struct ledger_config *, struct note_key *out);
/* Its signatures count no longer, and it makes none.  E_NOTFOUND: not among this log's keys; E_CONFLICT: it is the only one. */
enum err ledger_revoke_key(struct ctx *, const struct ledger_config *, struct str vkey, struct str reason);
#endif

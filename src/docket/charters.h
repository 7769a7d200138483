/* docket/charters.h - this node's own charters: every version with its signature and its entry, and what is in force.  Owns table
 * charter_text.
 *
 * What counts, and from when, is read from the ledger's entries alone: a version is one because a `charter` entry names the hash of its
 * bytes, and it is as old as that entry says.  A table that does not bear the entries out means that everything is refused. */
#ifndef DOCKET_CHARTERS_H
#define DOCKET_CHARTERS_H
#include "charter/charter.h"
#include "ledger/ledger.h"

/* --- READ; public.db only, so a sealed node has them too --- */

/* In cx->mem, or kept by cx->charters for as long as the process runs. */
struct charter_item {
	struct charter charter;                /* charter.hash is the hash of `bytes` */
	struct str bytes;                      /* charter.json, as it was signed */
	struct str note;                       /* the signature on it (charter/signed.h) */
	uint64_t number;                       /* of its entry */
	int64_t entered_us;                    /* by the entry */
};
#define CHARTERS_MAX 1000
struct charters {
	struct charter_item *items;            /* oldest first */
	size_t count;
	struct charter_force force;            /* now: by cx->now_us */
	int64_t settled_us;                    /* when the newest is all that counts */
};
/* No charter at all is no error: count 0, and everything is refused.  E_CORRUPT: the table and the entries do not agree. */
enum err charters_read(struct ctx *, struct charters *out);
/* The same for deciding: where the charters do not agree with the ledger, a force that refuses everything. */
enum err charters_in_force(struct ctx *, struct charter_force *out);
/* What is in force now decides.  Never fails towards permitting: charters that do not agree with the ledger refuse everything. */
enum err charters_decide(struct ctx *, const struct charter_case *, struct charter_decision *out);
/* The sentence of a rule; "" when there is none (rule 0). */
struct str charters_sentence(const struct charters *, uint32_t version, uint32_t rule);

/* What was parsed once, by the hash of its bytes: which versions there are, and since when, is still read each time.  Made by app/; NULL in
 * the context means that each reading parses anew. */
struct parsed_charters;
struct parsed_charters *parsed_charters_new(const struct ctx *);
void parsed_charters_free(struct parsed_charters **);  /* takes NULL; when nothing that was read is in use any more */

/* --- publishing: not on the writer's thread; waits for it --- */

/* The first charter, made of the settings' places and signed with the log's key, if there is no charter yet.  Needs cx->ledger with a
 * key, else nothing is done: without a charter everything is refused. */
enum err charters_begin(struct ctx *);
/* Signs these bytes and enters them as the next version.  E_INVALID charter-invalid, charter-chain (number, hash of the version before,
 * or a name that is not the log's); E_CONFLICT: somebody was first; E_DENIED: the log has no key. */
enum err charters_publish(struct ctx *, struct str bytes, uint64_t *number);
#endif

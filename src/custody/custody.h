/* custody/custody.h - the keyholder's client: the only maker of grants.
 *
 * For now the keyholder lives inside the server (src/custody/keyholder.c); it becomes a process of its own behind this same
 * header.  region key (a file outside the data folder: "open seal") -> store key, desk key, HMAC key; user keys wrapped in keys.db. */
#ifndef CUSTODY_CUSTODY_H
#define CUSTODY_CUSTODY_H
#include "base/ctx.h"
#include "keys/keys.h"

/* Reads the region key's file (64 hex digits; mode 0600 or stricter, else E_INVALID tells how to mend it).  E_NOTFOUND: there
 * is none.  The keys lie in one locked piece of memory; E_IO when the machine refuses that. */
enum err keyholder_open(struct ctx *, const char *key_file, struct keyholder **out);
/* Makes a new key file; E_CONFLICT when there is one.  Never inside the data folder (E_INVALID). */
enum err keyholder_init(struct ctx *, const char *key_file, const char *data_folder);
void keyholder_close(struct keyholder **);     /* wipes */
const unsigned char *keyholder_store_key(const struct keyholder *);
/* Keyed look-ups that only this region can make; `purpose` separates them: "session", "address", "invite" (at most 16). */
void keyholder_mac(const struct keyholder *, const char *purpose, struct str data, unsigned char out[MAC_BYTES]);

/* --- user keys; on the writer --- */
/* A new person: random key, wrapped into keys.db with the current transaction.  E_CONFLICT: the account has one. */
enum err custody_create(struct ctx *, int64_t account, struct grant *out);
/* Destroys the key: what is sealed under it is noise from the commit on, and the writer then clears keys.db's log of it.
 * E_NOTFOUND: there is none. */
enum err custody_destroy(struct ctx *, int64_t account);

/* --- grants --- */
/* Unwraps for `purpose`; counted. `person` is still 0: account_open() in social/ fills it.
 * E_NOTFOUND: no such key, it was destroyed.  E_CORRUPT: it does not open under this region's key. */
enum err custody_grant(struct ctx *, enum grant_purpose purpose, int64_t account, struct grant *out);
/* For rows of class DESK; counted as GRANT_DESK. */
enum err custody_desk_grant(struct ctx *, struct grant *out);
/* The same for the docket's own steps, in which nobody reads; counted as GRANT_DOCKET. */
enum err custody_docket_grant(struct ctx *, struct grant *out);

/* Adds what was unwrapped since the last call to the day's counts (store/daily.h), as "unwrap-" and the purpose; custody_destroy() counts
 * "accounts-erased" there.  Not on the writer's thread; one caller at a time. */
enum err custody_note_unwraps(struct ctx *);
const char *grant_purpose_name(enum grant_purpose);    /* "block-check" */

/* Unwraps since start, by purpose. */
uint64_t keyholder_count(const struct keyholder *, enum grant_purpose);
/* "open": a key file that the node reads by itself. */
const char *keyholder_seal_state(const struct keyholder *);
#endif

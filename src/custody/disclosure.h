/* custody/disclosure.h - the one door to a disclosure: a grant for it is made here or nowhere.
 *
 * Who asks brings the proof that the demand stands in the ledger as authenticated, and what the charter says of it; both are looked at
 * here, whoever asks and whatever was decided.  The grant itself needs k custodians' signatures, which come with their issue: until
 * then what passes both checks fails with E_DENIED "not-yet-possible". */
#ifndef CUSTODY_DISCLOSURE_H
#define CUSTODY_DISCLOSURE_H
#include "charter/charter.h"
#include "ledger/checkpoint.h"

struct disclosure_asked {
	int64_t account;
	struct str entry;                      /* the line of the demand's demand-authenticated */
	struct str proof;                      /* its proof file (ledger/checkpoint.h) */
	const struct note_key *key;            /* of the log */
	struct charter_decision decision;      /* what is in force says now */
	int64_t authenticated_us;              /* by the entry */
};
/* E_INVALID proof-invalid: the entry is not in the log.  E_DENIED demand-not-permitted: the charter does not permit it; E_DENIED
 * not-yet-possible. */
enum err custody_disclosure_grant(struct ctx *, const struct disclosure_asked *, struct grant *out);
#endif

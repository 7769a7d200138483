/* charter/signed.h - the signature on a charter: a signed note (ledger/note.h) of four lines,
 *
 *   amanat charter
 *   NAME
 *   VERSION
 *   base64(SHA-256 of charter.json's bytes)
 *
 * whose first line has a space, so that it is no origin and the note no checkpoint, whichever key signs it. */
#ifndef CHARTER_SIGNED_H
#define CHARTER_SIGNED_H
#include "charter/charter.h"
#include "ledger/note.h"

/* The whole note. `key` is of type NOTE_ED25519 and has the charter's name. */
void charter_sign(const struct charter *, const struct note_key *key, const unsigned char seed[SIGN_SEED_BYTES], struct buf *out);
/* E_INVALID "charter-signature": another charter, another key, or a forged note; the text says which. */
enum err charter_signature_check(struct ctx *, const struct charter *, struct str note, const struct note_key *key);
#endif

/* custody/keyholder.h - inside the custody room: what the keyholder does with keys.  It will be what crosses a socket. */
#ifndef CUSTODY_KEYHOLDER_H
#define CUSTODY_KEYHOLDER_H
#include "custody/custody.h"

#define WRAPPED_BYTES (KEY_BYTES + SEAL_OVERHEAD)

void keyholder_wrap(struct ctx *, int64_t account, const unsigned char key[KEY_BYTES], unsigned char out[WRAPPED_BYTES]);
/* Counts; the grant is made only here. */
enum err keyholder_unwrap(struct ctx *, enum grant_purpose, int64_t account, struct str wrapped, struct grant *out);
void keyholder_desk(struct ctx *, struct grant *out);
#endif

/* custody/keyholder.h - inside the custody room: what the keyholder does with keys.  It will be what crosses a socket. */
#ifndef CUSTODY_KEYHOLDER_H
#define CUSTODY_KEYHOLDER_H
#include "custody/custody.h"

#define WRAPPED_BYTES (KEY_BYTES + SEAL_OVERHEAD)

void keyholder_wrap(struct ctx *, int64_t account, const unsigned char key[KEY_BYTES], unsigned char out[WRAPPED_BYTES]);
/* Counts; the grant is made only here. */
enum err keyholder_unwrap(struct ctx *, enum grant_purpose, int64_t account, struct str wrapped, struct grant *out);
void keyholder_desk(struct ctx *, enum grant_purpose, struct grant *out);
/* How much of a count is in the day's counts. */
uint64_t keyholder_noted(const struct keyholder *, enum grant_purpose);
void keyholder_set_noted(struct keyholder *, enum grant_purpose, uint64_t);
#endif

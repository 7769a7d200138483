/* store/values.h - values as bytes: what an outbox row and the sealed columns of a row are made of.
 *
 *     version  1 byte, 1
 *     value    tag 0: NULL
 *              tag 1: a number, 8 bytes, big-endian, two's complement
 *              tag 2, 3: text, blob: length in 4 bytes, big-endian, then as many bytes
 *     ... to the end
 *
 * A list of values has one form, and whatever is not of that form is refused. */
#ifndef STORE_VALUES_H
#define STORE_VALUES_H
#include "base/ctx.h"
#include "store/db.h"

#define VALUES_VERSION 1
#define VALUES_MAX 4096                        /* values in one list */

void value_put(struct buf *, const struct val *);
/* Cuts one value off; its text or blob borrows from `rest`.  False: malformed; `rest` is then as it was. */
bool value_cut(struct str *rest, struct val *out);

void values_put(struct buf *, size_t n, const struct val *);
/* The list is in cx->mem, its texts borrow from `bytes`.  E_CORRUPT: malformed, another version, more than VALUES_MAX. */
enum err values_read(struct ctx *, struct str bytes, size_t *n, struct val **out);
#endif

/* store/packed.h - bytes kept small: a zstd frame (RFC 8878) that names its content's size. */
#ifndef STORE_PACKED_H
#define STORE_PACKED_H
#include "base/ctx.h"

/* Memory for it, which a connection keeps. */
struct packer;
void packer_free(struct packer **);

/* Into `out`, which is emptied first.  False: that would not save a quarter; `out` is then empty. */
bool pack(struct ctx *, struct str plain, struct buf *out);
/* Likewise.  E_CORRUPT: malformed, or more than `out` may hold. */
enum err unpack(struct ctx *, struct str frame, struct buf *out);
#endif

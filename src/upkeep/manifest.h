/* upkeep/manifest.h - what one generation of a backup consists of, as text; pure functions.
 *
 *     amanat-backup 1
 *     at MICROSECONDS                      when its moment was taken, UTC
 *     region NAME
 *     store NAME BYTES SHA256 PACKED SHA256        public.db, personal.db or keys.db: as it was, and the packed file (zstd)
 *     public NAME BYTES                    a file; its name is the SHA-256 of its bytes
 *     personal NAME BYTES MTIME SHA256     a file; encrypted, as it lies in the node
 *     end SHA256                           of every byte before this line
 *
 * Single blanks, a line feed behind each line, hashes in lower-case hexadecimal, the lines in this order.  What is not of this
 * form, or does not end with its right sum, is no manifest. */
#ifndef UPKEEP_MANIFEST_H
#define UPKEEP_MANIFEST_H
#include "base/ctx.h"
#include "keys/keys.h"

#define MANIFEST_BYTES_MAX ((size_t)1 << 30)   /* some five million files */
#define HASH_TEXT_BYTES (2 * SHA256_BYTES + 1)

struct manifest_file {
	enum { FILE_STORE, FILE_PUBLIC, FILE_PERSONAL } kind;
	char name[HASH_TEXT_BYTES];            /* of a store: "public.db" */
	int64_t bytes, packed, mtime_us;       /* packed: of a store; mtime_us: of a personal file */
	char hash[HASH_TEXT_BYTES];
	char packed_hash[HASH_TEXT_BYTES];     /* of a store */
};
void manifest_begin(struct buf *, int64_t at_us, const char *region);
void manifest_add(struct buf *, const struct manifest_file *);
void manifest_end(struct buf *);

/* What stands before the sum of such a text; borrowed.  E_CORRUPT: cut off, or changed. */
enum err manifest_lines(struct ctx *, struct str text, struct str *out);
/* Reads one that is whole.  E_CORRUPT. */
struct manifest {
	int64_t at_us;
	struct str region, files;              /* files: the lines; borrowed */
};
enum err manifest_read(struct ctx *, struct str text, struct manifest *out);
/* Cuts the next file off; false at the end.  Of a manifest that manifest_read() took. */
bool manifest_next(struct manifest *, struct manifest_file *out);
#endif

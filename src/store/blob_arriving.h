/* store/blob_arriving.h - personal blobs whose bytes arrive before their owner's row is written.
 *
 * The name and the key are made first, the bytes are appended, and the row comes with the owner's transaction.  Until then the
 * file is nobody's, so it stays open for appending until that transaction is over: a file that is open so is not lost, to
 * blobs_sweep_files() in whatever process.  The arriver discards it, or after a crash the sweep does. */
#ifndef STORE_BLOB_ARRIVING_H
#define STORE_BLOB_ARRIVING_H
#include "store/blob.h"

/* For personal_blob_append() from 0 on; any thread. */
void personal_blob_name(char name[BLOB_NAME_BYTES], struct blob_key *);
/* In the caller's transaction. */
enum err personal_blob_keep(struct ctx *, const char *name);
/* The file of a name that was not kept; no error when there is none. */
void personal_blob_discard(struct ctx *, const char *name);
#endif

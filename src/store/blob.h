/* store/blob.h - bytes too large for a row.
 *
 * Public blobs: content-addressed (SHA-256), in the clear, served by sendfile: FOLDER/blobs/public/ab/abcdef....
 * Personal blobs: random names, encrypted in chunks of 64 KiB under a key of their own (kept in the owner's sealed columns),
 * readable at any offset, grown by appending: FOLDER/blobs/personal/ab/abcdef....
 * Order of a new public blob: pending row, write to FOLDER/blobs/tmp, fsync, rename, fsync of the folder, row ready.
 * A pending row or a file without a row is removed by blobs_sweep() at start. */
#ifndef STORE_BLOB_H
#define STORE_BLOB_H
#include "base/ctx.h"
#include "store/db.h"

enum err blobs_open(struct ctx *, const char *folder, struct blobs **out);
void blobs_close(struct blobs **);
/* Finishes or removes what a crash left half done; run on a writing db before serving. */
enum err blobs_sweep(struct ctx *, int64_t *removed);

/* --- public --- */
#define BLOB_NAME_BYTES 65                     /* 64 hex digits and NUL */
/* An open file in blobs/tmp for a writer to fill (the media worker's output). */
enum err blob_tmp(struct ctx *, int *fd, char name[BLOB_NAME_BYTES]);
void blob_tmp_drop(struct ctx *, const char *name);
/* Hashes, fsyncs and moves the tmp file into place; runs its two small writes through writer_run() unless it already runs
 * on the writer.  Idempotent: the same bytes are one blob.  `hash` is what names it from now on. */
enum err blob_publish(struct ctx *, int fd, const char *tmp_name, const char *content_type, char hash[BLOB_NAME_BYTES]);
/* The caller closes fd.  E_NOTFOUND when there is none; `hash` must be 64 hex digits or E_NOTFOUND. */
enum err blob_public_open(struct ctx *, struct str hash, int *fd, int64_t *bytes);
/* Takes a public blob away; the last reference must be gone (the caller knows). */
enum err blob_public_remove(struct ctx *, struct str hash);

/* --- personal --- */
struct blob_key {
	unsigned char bytes[KEY_BYTES];
};
#define BLOB_CHUNK_BYTES (64 * 1024)
struct personal_blob;
/* Makes an empty one; name and key are the caller's to keep. */
enum err personal_blob_create(struct ctx *, char name[BLOB_NAME_BYTES], struct blob_key *key);
/* Opens for appending at `length` plain bytes; anything behind (a torn write) is cut off. */
enum err personal_blob_append(struct ctx *, const char *name, const struct blob_key *, int64_t length, struct personal_blob **out);
enum err personal_blob_read(struct ctx *, const char *name, const struct blob_key *, struct personal_blob **out);
/* Neither fsyncs.  A last chunk that is not full is rewritten under a new nonce by the next write. */
enum err personal_blob_write(struct personal_blob *, const void *bytes, size_t n);
enum err personal_blob_read_at(struct personal_blob *, int64_t offset, void *out, size_t n, size_t *got);
int64_t personal_blob_length(const struct personal_blob *);
/* Makes what was written durable; on the SLOW pool or a job thread, never on an event thread. */
enum err personal_blob_sync(struct personal_blob *);
void personal_blob_close(struct personal_blob **);
enum err personal_blob_remove(struct ctx *, const char *name);
#endif

/* store/blob.h - bytes too large for a row.
 *
 * Public blobs: content-addressed (SHA-256), in the clear, served as they are: FOLDER/blobs/public/ab/abcdef....
 * Personal blobs: random names, encrypted in pieces of at most 64 KiB under a key of their own (kept in the owner's sealed
 * columns), readable at any offset, grown by appending: FOLDER/blobs/personal/ab/abcdef....
 * Order of a new public blob: pending row, write to FOLDER/blobs/tmp, fsync, rename, fsync of the folder; the row becomes ready
 * in the transaction that first shows it, so that no crash leaves a file in the clear that nothing shows.
 * Taking away: row removed (in the caller's transaction, with a job BLOB_ERASE_JOB), then the file, then the row.
 * A pending or removed row is cleared away by blobs_sweep() at start, a file without a row by a job that begins then.  A file that
 * is just being made is none of them: a public one gets its name after its row, a personal one that has no row yet is open for
 * appending (blob_arriving.h). */
#ifndef STORE_BLOB_H
#define STORE_BLOB_H
#include "base/ctx.h"
#include "store/db.h"

enum err blobs_open(struct ctx *, const char *folder, struct blobs **out);
void blobs_close(struct blobs **);
/* The group of the process may read public blobs from now on, and pass through the folders above them; nothing else. */
enum err blobs_let_group_read(struct ctx *, const char *folder);
struct job;
/* Finishes or removes what a crash left half done, but for lost files: looking at each takes too long for a start.  Before
 * serving, with a writer or on a writing db. */
enum err blobs_sweep(struct ctx *, int64_t *removed);
/* The job that takes away files without rows. */
#define BLOB_SWEEP_JOB "blob-sweep"
enum err blobs_sweep_files(struct ctx *, const struct job *);
/* The job that unlinks what was removed; app/ lists it among its kinds. */
#define BLOB_ERASE_JOB "blob-erase"
enum err blobs_erase(struct ctx *, const struct job *);

/* --- public --- */
#define BLOB_NAME_BYTES 65                     /* 64 hex digits and NUL */
/* An open file in blobs/tmp for a writer to fill (the media worker's output). */
enum err blob_tmp(struct ctx *, int *fd, char name[BLOB_NAME_BYTES]);
void blob_tmp_drop(struct ctx *, const char *name);
/* Hashes, fsyncs and moves the tmp file into place; runs its small write through writer_run() unless it already runs
 * on the writer.  Idempotent: the same bytes are one blob.  `hash` is what names it from now on.  The caller closes fd. */
enum err blob_publish(struct ctx *, int fd, const char *tmp_name, const char *content_type, char hash[BLOB_NAME_BYTES]);
/* WRITE, in the transaction of the row that shows it: until then the next start sweeps it away.  E_NOTFOUND: it was removed
 * meanwhile; publish it once more. */
enum err blob_public_keep(struct ctx *, struct str hash);
/* Nothing came to show it: goes at once, unless somebody else keeps it. */
void blob_public_discard(struct ctx *, struct str hash);
/* The caller closes fd.  E_NOTFOUND when there is none; `hash` must be 64 hex digits or E_NOTFOUND. */
enum err blob_public_open(struct ctx *, struct str hash, int *fd, int64_t *bytes);
/* Takes a public blob away; the last reference must be gone (the caller knows).  E_NOTFOUND. */
enum err blob_public_remove(struct ctx *, struct str hash);

/* --- personal --- */
struct blob_key {
	unsigned char bytes[KEY_BYTES];
};
#define BLOB_CHUNK_BYTES (64 * 1024)
struct personal_blob;
/* Opens for appending at `length` plain bytes; anything behind (a torn write) is cut off.  One appender at a time.
 * E_CORRUPT: there are fewer.  The context must outlive the blob, here and below. */
enum err personal_blob_append(struct ctx *, const char *name, const struct blob_key *, int64_t length, struct personal_blob **out);
/* E_NOTFOUND: nothing was ever appended, or it was removed. */
enum err personal_blob_read(struct ctx *, const char *name, const struct blob_key *, struct personal_blob **out);
/* Does not fsync.  Nothing that was written is written over: what was synced survives a torn write behind it. */
enum err personal_blob_write(struct personal_blob *, const void *bytes, size_t n);
/* `got` is less than n at the end only.  E_CORRUPT: changed, moved, or another key.  A file cut off between two pieces opens as
 * a shorter one: the owner's row knows the length. */
enum err personal_blob_read_at(struct personal_blob *, int64_t offset, void *out, size_t n, size_t *got);
/* Of an appended one: with what was written, synced or not. */
int64_t personal_blob_length(const struct personal_blob *);
/* Makes what was written durable; on the SLOW pool or a job thread, never on an event thread.  Ends a piece, so not for each
 * few bytes. */
enum err personal_blob_sync(struct personal_blob *);
void personal_blob_close(struct personal_blob **);     /* what was written since the last sync is kept if the machine lives */
/* In the caller's transaction when on the writer.  E_NOTFOUND. */
enum err personal_blob_remove(struct ctx *, const char *name);
#endif

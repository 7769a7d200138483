/* media/upload.h - resumable uploads: what has arrived of a file, and where it goes on.
 *
 * Owns table upload.  An upload is made together with the draft that it becomes; its bytes are the draft's original, a
 * personal blob.  What is acknowledged is durable.  What arrived beyond that before a crash or a cut connection is found
 * again by reading it back (upload_resume): every chunk is authenticated, so what can be read is what was sent. */
#ifndef MEDIA_UPLOAD_H
#define MEDIA_UPLOAD_H
#include "media/draft.h"
#include "media/tus.h"
#include "store/field.h"

struct upload {
#define TABLE(name, class, store, about)
#define FIELD(type, name, protection) type##_T name;
#include "media/upload.def"
};
/* What stands in an upload's address; anything else is not found. */
#define UPLOAD_ID_CHARACTERS 22

/* One body on its way in: holds the upload's lock, its open blob, or the bytes that wait for their checksum. */
struct upload_write;

/* Before the first byte, on an event thread with a read db.  `body` is the Content-Length, -1 when unknown.
 * E_INVALID: length 0 ("empty").  E_TOOLARGE: the length is over the limit, or the body longer than the length.
 * E_FULL "quota": the person's drafts would take more than they may.  E_BUSY: see media.h. */
enum err upload_create_open(struct ctx *, int64_t length, const struct tus_metadata *, const struct tus_checksum *,
	int64_t body, struct upload_write **out);
/* E_NOTFOUND: no such upload of this person, or expired.  E_CONFLICT "wrong-offset".  E_BUSY "upload-locked".
 * E_TOOLARGE: the body is longer than the rest. */
enum err upload_append_open(struct ctx *, struct str id, int64_t offset, const struct tus_checksum *, int64_t body,
	struct upload_write **out);
enum err upload_write(struct upload_write *, const void *bytes, size_t n);
/* After the last byte, on the SLOW pool: makes it durable and records it; a complete upload queues its draft's processing
 * in the same transaction.  E_INVALID "checksum-mismatch": nothing of this body was kept.  `out` in cx->mem. */
enum err upload_write_finish(struct ctx *, struct upload_write *, struct upload *out);
/* Always.  Without upload_write_finish() a creation leaves nothing, an append what upload_resume() will find. */
void upload_write_close(struct upload_write *);

/* Where the upload stands, for HEAD; SLOW: finds again what a cut connection left.  E_NOTFOUND, E_BUSY "upload-locked". */
enum err upload_resume(struct ctx *, struct str id, struct upload *out);
/* Erases the upload, and its draft unless that is published.  SLOW. E_NOTFOUND, E_BUSY "upload-locked". */
enum err upload_remove(struct ctx *, struct str id);

/* Job "expire" (account 0): erases uploads past their day with what they left unfinished, then queues itself again. */
struct job;
#define UPLOAD_EXPIRE_JOB "expire"
enum err upload_expire(struct ctx *, const struct job *);
/* Once at start, through writer_run(): queues that job. */
enum err upload_expire_begin(struct ctx *);
#endif

/* media/upload_row.h - what upload.c and resume.c share. */
#ifndef MEDIA_UPLOAD_ROW_H
#define MEDIA_UPLOAD_ROW_H
#include "media/upload.h"

/* READ; the actor's.  E_NOTFOUND also when it has expired. */
enum err upload_get(struct ctx *, struct str id, struct upload *out);
struct blob_key draft_original_key(const struct draft *);
/* WRITE.  So many bytes are durable; the last one queues the draft's processing.  E_NOTFOUND: deleted meanwhile. */
enum err upload_record(struct ctx *, const struct upload *, int64_t received);
#endif

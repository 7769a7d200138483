/* social/inbox_row.h - a row of table inbox and what is sealed in it, for the files of this room that touch it. */
#ifndef SOCIAL_INBOX_ROW_H
#define SOCIAL_INBOX_ROW_H
#include "keys/keys.h"
#include "social/inbox.h"
#include "social/mailbox.h"
#include "store/field.h"

struct inbox {
#define EXPAND_STRUCT "social/inbox.def"
#include "store/expand.h"
};

#define NOTE_REASON_MAX 80
struct note {
	int64_t actor, video, comment;         /* 0: none; of NOTICE_FAILED `video` is the draft */
	struct str reason;                     /* of NOTICE_DEMAND: its words */
};
#define NOTE_BYTES_MAX (3 * 8 + NOTE_REASON_MAX)
#define NOTE_SEALED_MAX (NOTE_BYTES_MAX + NUMBERED_OVERHEAD)

/* Bound to its row: account, id, kind and bundle are associated data, the id is the nonce: ids are never used twice.  How many bytes of `out` are used. */
size_t note_seal(struct ctx *, const struct mailbox_key *, const struct inbox *, const struct note *, unsigned char out[NOTE_SEALED_MAX]);
/* E_CORRUPT.  The reason in cx->mem. */
enum err note_open(struct ctx *, const struct mailbox_key *, const struct inbox *, struct note *out);
#endif

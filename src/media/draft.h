/* media/draft.h - a person's videos before they are published.
 *
 * Owns table draft and the personal blobs that it names: the original, and of a draft that is kept, its rendition and
 * poster.  Nothing of a draft lies in the clear on a disk before its author says "publish". */
#ifndef MEDIA_DRAFT_H
#define MEDIA_DRAFT_H
#include "store/blob.h"
#include "store/field.h"

struct draft {
#define TABLE(name, class, store, about)
#define FIELD(type, name, protection) type##_T name;
#include "media/draft.def"
};
#define DRAFT_UPLOADING STR("uploading")
#define DRAFT_QUEUED STR("queued")
#define DRAFT_READY STR("ready")
#define DRAFT_FAILED STR("failed")
#define DRAFT_PUBLISHED STR("published")

#define DRAFT_CAPTION_CHARACTERS_MAX 2200
#define DRAFTS_MAX 200                 /* a person's at once */
/* The job that processes and publishes an account's queued drafts; run by social/publish.h. */
#define DRAFT_PROCESS_JOB "process"

/* E_INVALID "caption-too-long", "language-invalid". */
enum err draft_check_words(struct ctx *, struct str caption, struct str language);

/* The grant decides whose, and opens the sealed columns.  Rows live in cx->mem. */
struct draft_list {
	size_t count;
	struct draft *items;                   /* newest first */
};
enum err draft_list(struct ctx *, const struct grant *, struct draft_list *out);
enum err draft_get(struct ctx *, const struct grant *, int64_t id, struct draft *out);        /* E_NOTFOUND */
/* What the API shows: state ("processing" while it is in work), progress 0..1000, the upload's token and bytes. */
struct draft_view {
	struct draft draft;
	struct str state, upload;              /* upload: "" when it is no longer there */
	unsigned progress;
	int64_t received, length;
};
struct draft_views {
	size_t count;
	struct draft_view *items;              /* newest first */
};
enum err draft_view_list(struct ctx *, const struct grant *, struct draft_views *out);
enum err draft_view_get(struct ctx *, const struct grant *, int64_t id, struct draft_view *out);

/* --- on the writer --- */
enum err draft_insert(struct ctx *, const struct grant *, const struct draft *);
/* Writes the whole row, if it still is in state `from`; E_CONFLICT when not, E_NOTFOUND when gone. */
enum err draft_update(struct ctx *, const struct grant *, const struct draft *, struct str from);
/* NULL pointers: unchanged.  E_CONFLICT once published. */
enum err draft_set_words(struct ctx *, int64_t id, const struct str *caption, const struct str *language);
/* The author publishes it: at once when it is ready, else as soon as it is processed.  E_CONFLICT "draft-failed",
 * "draft-published".  The caller wakes the jobs. */
enum err draft_set_publish(struct ctx *, int64_t id);
/* The row (and its upload) goes; `out` names the blobs to erase with draft_erase_blobs() after the commit. */
struct draft_blobs {
	char names[3][BLOB_NAME_BYTES];        /* "" for none */
};
enum err draft_delete(struct ctx *, const struct grant *, int64_t id, struct draft_blobs *out);

/* --- on the SLOW pool --- */
/* Names no row knows any more; a missing file is not an error. */
void draft_erase_blobs(struct ctx *, const struct draft_blobs *);
/* draft_delete() through the writer, then the blobs.  E_NOTFOUND. */
enum err draft_remove(struct ctx *, int64_t id);
/* All drafts and uploads of a person whose account ends; before its key is destroyed.  Through the writer. */
enum err draft_remove_all(struct ctx *, const struct grant *);

/* Bytes that a person's drafts take. */
enum err draft_bytes_used(struct ctx *, int64_t person, int64_t *out);
#endif

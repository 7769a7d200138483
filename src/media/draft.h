/* media/draft.h - a person's videos before they are published.
 *
 * Owns table draft and the personal blobs that it names: the original, and of a draft that is kept, its rendition and
 * poster.  Nothing of a draft lies in the clear on a disk before its author says "publish". */
#ifndef MEDIA_DRAFT_H
#define MEDIA_DRAFT_H
#include "media/trim.h"
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

#define DRAFTS_MAX 200                 /* a person's at once */
/* The job that processes and publishes an account's queued drafts; run by social/publish.h. */
#define DRAFT_PROCESS_JOB "process"

/* The grant decides whose, and opens the sealed columns.  Rows live in cx->mem.  READ unless said otherwise. */
enum err draft_get(struct ctx *, const struct grant *, int64_t id, struct draft *out);        /* E_NOTFOUND */
/* The oldest one that waits for its processing; E_NOTFOUND. */
enum err draft_next_queued(struct ctx *, const struct grant *, struct draft *out);
/* How many wait; needs no key. */
enum err draft_count_queued(struct ctx *, int64_t person, int64_t *out);
/* What a person's unpublished drafts take. */
struct draft_use {
	int64_t count, bytes;
};
enum err draft_use(struct ctx *, int64_t person, struct draft_use *out);

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

/* --- WRITE --- */
enum err draft_add(struct ctx *, const struct grant *, const struct draft *);
/* Writes the whole row if it still is in state `from`; E_CONFLICT when not or gone. */
enum err draft_set(struct ctx *, const struct grant *, const struct draft *, struct str from);
/* The actor's.  NULL: unchanged.  The texts are clean (social/text.h).  E_NOTFOUND, E_CONFLICT "draft-published". */
enum err draft_set_words(struct ctx *, int64_t id, const struct str *caption, const struct str *language);
/* The actor's.  The part: before the file has arrived, else E_CONFLICT "draft-processed".  The cover: until it is on its way to
 * be published, else E_CONFLICT "draft-publishing"; what is ready already is queued again for it.  E_NOTFOUND, E_INVALID as
 * trim_check() says, E_CONFLICT "draft-published", "draft-failed". */
enum err draft_set_part(struct ctx *, int64_t id, int64_t start_ms, int64_t end_ms);
enum err draft_set_cover(struct ctx *, int64_t id, int64_t at_ms);
struct trim draft_trim(const struct draft *);
/* The poster is not the one that its author wants. */
bool draft_cover_is_stale(const struct draft *);
/* The actor publishes it: at once when it is ready, else as soon as it is processed; twice is no error.  E_NOTFOUND,
 * E_CONFLICT "draft-failed". */
enum err draft_set_publish(struct ctx *, int64_t id);

/* The row, its upload and its blobs go.  Needs no key, so that what has expired can be erased.  E_NOTFOUND. */
enum err draft_delete(struct ctx *, int64_t person, int64_t id);
/* Its blobs go, or the poster alone; the caller writes the row. */
enum err draft_drop_blobs(struct ctx *, struct draft *);
enum err draft_drop_poster(struct ctx *, struct draft *);
/* The whole person's: `some` of social/erase.h's struct eraser. */
enum err draft_erase_some(struct ctx *, const struct grant *, bool *more);
#endif

/* media/process.h - from an original to what can be shown: one draft at a time, on a job's thread.
 *
 * The outputs of a draft that is to be published at once go to files in blobs/tmp, which publishing moves into place.  Those
 * of a draft that is kept go to memory (memfd) and from there into personal blobs: no disk sees them in the clear. */
#ifndef MEDIA_PROCESS_H
#define MEDIA_PROCESS_H
#include "media/draft.h"

/* What is about to be published: two public blobs, in place and durable, that no video names yet. */
struct media_files {
	char video[BLOB_NAME_BYTES], poster[BLOB_NAME_BYTES];  /* hashes */
	int64_t video_bytes;
};

/* Makes what the queued draft needs: runs the worker unless the rendition is there already.
 * With draft->publish set on return, `out` holds the files and nothing was written to the row: the caller publishes, in one
 * transaction with draft_published().  Else the row is 'ready'.
 * E_INVALID with a slug of media/reason.def: the row is 'failed', the original erased.  E_NOTFOUND: the draft was deleted
 * meanwhile, nothing is left.  E_BUSY: stopped.  Anything else: the machine; trying again is worth it. */
enum err media_process(struct ctx *, const struct grant *, struct draft *, struct media_files *out);
/* On the writer: the draft is published as `video`; `out` as in draft_delete().  E_CONFLICT when it is not queued any
 * more: somebody else has published it. E_NOTFOUND when it was deleted. */
enum err draft_published(struct ctx *, const struct grant *, const struct draft *, int64_t video, struct draft_blobs *out);
/* The machine failed too often: the author is told so ("worker-failed"). */
enum err draft_give_up(struct ctx *, const struct grant *, const struct draft *);
#endif

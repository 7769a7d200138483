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
 * OK with out->video set: the files lie in place and the row is as it was: the caller publishes, in one transaction with
 * draft_published().  OK with out->video "": the draft is kept and its row is written.
 * E_INVALID with a slug of media/reason.def: the row is 'failed', its blobs are erased.  E_NOTFOUND: the draft was deleted
 * meanwhile, nothing is left.  E_BUSY: stopped, or somebody else is at it.  Anything else: the machine; trying again is
 * worth it.  `draft` may be read anew: its author can change it all the while. */
enum err media_process(struct ctx *, const struct grant *, struct draft *, struct media_files *out);
/* WRITE: the draft is published as `video`, its blobs go.  E_CONFLICT when it is not queued any more: somebody else has
 * published it.  E_NOTFOUND when it was deleted. */
enum err draft_published(struct ctx *, const struct grant *, int64_t id, int64_t video);
/* Through the writer.  Trying again is of no use: the row becomes 'failed' with this reason, its blobs are erased. */
enum err draft_give_up(struct ctx *, const struct grant *, int64_t id, const char *reason);
#endif

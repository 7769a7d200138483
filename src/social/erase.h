/* social/erase.h - the two jobs that take away: what a closed account leaves, and the files of removed videos. */
#ifndef SOCIAL_ERASE_H
#define SOCIAL_ERASE_H
#include "base/ctx.h"
#include "store/job.h"

#define ERASE_JOB "erase"                      /* the job's account is the one to erase */
#define DROP_JOB "drop"                        /* account 0 */
#define ERASE_ATTEMPTS_MAX 1'000'000'000       /* of all that takes away: an erasure that was promised is never given up */
#define ERASE_BATCH 200                        /* rows in one write */

/* What another room keeps about a person.  WRITE: takes away at most ERASE_BATCH rows and says whether there are more.
 * Files go by a job of that room's own. */
struct eraser {
	const char *what;
	enum err (*some)(struct ctx *, const struct grant *, bool *more);
};

/* Job.  Takes back what the closed account published, then its other rows here and in the rooms of `others` (ends with a row
 * without `what`; NULL: none), in bounded writes, then destroys the key and the account row.  Killed anywhere it goes on when
 * it is run again. */
enum err erase_run(struct ctx *, const struct job *, const struct eraser *others);
/* Job.  Comments of removed videos; public blobs that neither a video nor a profile shows any more. */
enum err drop_run(struct ctx *, const struct job *);
/* WRITE.  Puts a public blob (empty: none) on the list of the drop job. */
enum err drop_blob(struct ctx *, struct str hash);
/* WRITE.  Something shows this blob (empty: none) from now on: it stays, though it was on the list.  E_CONFLICT file-gone: the
 * drop job was first; blob_publish() again. */
enum err drop_cancel(struct ctx *, struct str hash);
/* WRITE.  Puts the comments of a removed video there. */
enum err drop_comments(struct ctx *, int64_t video);
/* WRITE.  Puts the replies of a removed comment there. */
enum err drop_replies(struct ctx *, int64_t thread);
#endif

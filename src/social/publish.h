/* social/publish.h - the job that turns an account's queued drafts into videos. */
#ifndef SOCIAL_PUBLISH_H
#define SOCIAL_PUBLISH_H
#include "base/ctx.h"
#include "store/job.h"

/* A machine that fails so often on one draft (within some ten minutes) is believed: its author is told "worker-failed". */
#define PUBLISH_ATTEMPTS 8
/* For struct job_kind: a stop of the server and a full disk end an attempt, too, and a clip that has arrived waits for both. */
#define PUBLISH_JOB_ATTEMPTS 1'000'000'000

/* Job DRAFT_PROCESS_JOB: the oldest queued draft of the account; while there are others it adds itself anew, behind the accounts that
 * wait, so that who has queued fifty stops nobody.  Opens the account's key for GRANT_PUBLISH.  Killed anywhere it goes on when it is run again: the
 * video and the draft's end are one transaction, and the files are named by their content. */
enum err publish_run(struct ctx *, const struct job *);
/* For media_on_failure(): the author is told. */
enum err publish_failed(struct ctx *, const struct grant *, int64_t draft, struct str reason);
#endif

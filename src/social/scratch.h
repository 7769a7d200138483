/* social/scratch.h - one bounded write of a long job, with memory of its own: a job of a million rows must not hold them all. */
#ifndef SOCIAL_SCRATCH_H
#define SOCIAL_SCRATCH_H
#include "store/writer.h"

/* writer_run() with an arena that is freed afterwards; the failure is kept. */
enum err scratch_run(struct ctx *, write_work *, void *argument);
#endif

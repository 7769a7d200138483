/* worker/report.h - what the worker says on its control socket, and to its standard error. */
#ifndef WORKER_REPORT_H
#define WORKER_REPORT_H
#include <stdint.h>

#include "base/err.h"
#include "media/protocol.h"

/* A function that cannot go on returns the reason; REASON_NONE is success.  No reason is dropped. */
#define WORKER_TRY(expression)                               \
	do {                                                 \
		enum media_reason try_ = (expression);       \
		if (try_ != REASON_NONE)                     \
			return try_;                         \
	} while (0)

void report_started(uint32_t missing);
void report_progress(enum worker_stage, unsigned permille);
void report_done(const struct worker_done *);
void report_refused(enum media_reason);

/* One line for the server's log: where, and libav's own words for the error.  Never a word of the
 * input: libav's messages quote it, so they are not passed on. */
void report_trouble(const char *where, int averror);

/* What an error of libav means: memory and room in the output have a meaning of their own
 * everywhere, anything else is `otherwise`. */
enum media_reason reason_of(int averror, enum media_reason otherwise);
#endif

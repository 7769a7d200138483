/* api/metrics.h - counters of the process in Prometheus' text format.
 *
 * https://prometheus.io/docs/instrumenting/exposition_formats/ (version 0.0.4) */
#ifndef API_METRICS_H
#define API_METRICS_H
#include <stdatomic.h>

#include "base/ctx.h"

struct http;
/* Made by app/: what a context cannot reach otherwise.  NULL until the listener has started. */
struct metrics {
	_Atomic(const struct http *) http;
	int64_t started_us;                    /* wall time; before the listener */
};
void metrics_write(struct ctx *, struct buf *out);
#endif

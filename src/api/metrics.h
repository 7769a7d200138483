/* api/metrics.h - counters of the process in Prometheus' text format.
 *
 * https://prometheus.io/docs/instrumenting/exposition_formats/ (version 0.0.4) */
#ifndef API_METRICS_H
#define API_METRICS_H
#include "base/ctx.h"

struct http;
/* Made by app/ once the listener is there: what a context cannot reach otherwise. */
struct metrics {
	const struct http *http;
};
void metrics_write(struct ctx *, struct buf *out);
#endif

#include "media/trim.h"

/* Nothing that anybody films is longer, and it leaves room for sums in the worker's 32 bits. */
#define TRIM_END_MAX_MS INT64_C(0x7fffffff)

enum err trim_check(struct ctx *cx, const struct trim *trim, int64_t longest_ms)
{
	if (trim->start_ms < 0 || trim->start_ms > TRIM_END_MAX_MS || trim->end_ms < 0 || trim->end_ms > TRIM_END_MAX_MS)
		return fail_as(cx, E_INVALID, "trim-invalid", "a part's beginning and end are milliseconds from the file's beginning");
	if (trim->end_ms && trim->end_ms < trim->start_ms + TRIM_LEAST_MS)
		return fail_as(cx, E_INVALID, "trim-invalid", "a part must end at least %d milliseconds after its beginning", TRIM_LEAST_MS);
	if (trim->end_ms && trim->end_ms - trim->start_ms > longest_ms)
		return fail_as(cx, E_INVALID, "trim-invalid", "a part may have %lld seconds at most", (long long)(longest_ms / 1000));
	const int64_t part_ms = trim->end_ms ? trim->end_ms - trim->start_ms : longest_ms;
	if (trim->cover < 0 || trim->cover > part_ms + 1)
		return fail_as(cx, E_INVALID, "trim-invalid", "the cover must lie within the part that is shown");
	return OK;
}

struct worker_trim trim_for_worker(const struct trim *trim)
{
	return (struct worker_trim){
		.start_ms = (uint32_t)trim->start_ms, .end_ms = (uint32_t)trim->end_ms, .cover = (uint32_t)trim->cover,
	};
}

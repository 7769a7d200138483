/* What amanat-media may say to the server, from a worker that an upload has taken over. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "media/protocol.h"

/* The first byte chooses: bit 0 the kind of job, bits 1 and 2 which of the parsers. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n == 0)
		return 0;
	struct worker_job_message job = { .version = WORKER_VERSION, .kind = (data[0] & 1) != 0 ? WORKER_IMAGE : WORKER_VIDEO,
		.input_bytes = 1 << 20, .limits = worker_limits_default() };
	unsigned which = (data[0] >> 1) & 3;
	const uint8_t *rest = data + 1;
	n--;
	if (which == 0) {
		struct worker_message message;
		if (!worker_message_parse(&job, rest, n, &message))
			return 0;
		assert(n == worker_message_bytes(message.answer));
		if (message.answer == WORKER_REFUSED)
			assert(media_reason_slug((enum media_reason)message.refused.reason)[0] != 0);
		if (message.answer == WORKER_DONE)
			assert(message.done.video_bytes <= job.limits.out_bytes && message.done.width <= job.limits.side
				&& (job.kind == WORKER_VIDEO) == (message.done.width > 0));
	} else if (which == 1) {
		struct worker_read request;
		if (n < sizeof request)
			return 0;
		memcpy(&request, rest, sizeof request);
		if (worker_read_valid(&job, &request))
			assert(request.offset >= 0 && request.offset < job.input_bytes && request.bytes <= WORKER_READ_MAX);
	} else {
		struct worker_job_message parsed;
		if (worker_job_parse(rest, n, &parsed))
			assert(parsed.input_bytes >= 0 && parsed.version == WORKER_VERSION && parsed.trim.zero == 0
				&& (parsed.trim.end_ms == 0 || parsed.trim.end_ms > parsed.trim.start_ms));
	}
	return 0;
}

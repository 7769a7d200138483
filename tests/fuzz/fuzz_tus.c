/* The headers of tus, from whoever may upload.  The first byte chooses the header. */
#include <assert.h>
#include <stdint.h>

#include "media/tus.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n == 0)
		return 0;
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	const struct str text = { .p = (const char *)data + 1, .n = n - 1 };
	struct tus_metadata metadata;
	struct tus_checksum checksum;
	int64_t number;
	enum err outcome = OK;
	switch (data[0] % 3) {
	case 0:
		outcome = tus_metadata_parse(&cx, text, &metadata);
		if (outcome == OK)
			assert(str_utf8(metadata.filename) && str_utf8(metadata.caption) && metadata.filename.n <= TUS_FILENAME_BYTES_MAX);
		break;
	case 1:
		outcome = tus_checksum_parse(&cx, text, &checksum);
		break;
	default:
		outcome = tus_number(&cx, "Upload-Length", text, &number);
		if (outcome == OK)
			assert(number >= 0);
	}
	assert(outcome == OK || (outcome == E_INVALID && cx.failure.text[0] != 0));
	return 0;
}

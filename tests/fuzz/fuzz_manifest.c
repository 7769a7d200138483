/* A backup's manifest, its sum made right: what is taken has names that stay below their folder, and is written again as it was. */
#include <string.h>

#include "fuzz.h"
#include "upkeep/manifest.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	AUTO(buf_free) struct buf text = buf_new(size + 256), again = buf_new(2 * size + 1024);
	struct manifest manifest;
	struct manifest_file file;
	buf_bytes(&text, data, size);
	manifest_end(&text);
	if (manifest_read(&cx, buf_view(&text), &manifest) != OK)
		return 0;
	manifest_begin(&again, manifest.at_us, arena_text(&cx.mem, manifest.region));
	while (manifest_next(&manifest, &file)) {
		assert(!strchr(file.name, '/') && strlen(file.hash) == HASH_TEXT_BYTES - 1);
		manifest_add(&again, &file);
	}
	assert(again.n > 0);
	return 0;
}

/* Captions from anybody: whatever is taken is plain, and taken again it is the same. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "social/vtt.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	struct str clean, again;
	if (n > VTT_BYTES_MAX || vtt_clean(&cx, (struct str){ .p = (const char *)data, .n = n }, &clean) != OK)
		return 0;
	assert(clean.n <= VTT_BYTES_MAX && str_utf8(clean) && str_starts(clean, STR("WEBVTT\n\n")));
	for (size_t i = 0; i < clean.n; i++) {
		assert((unsigned char)clean.p[i] >= 0x20 || clean.p[i] == '\n');
		if (clean.p[i] == '<')
			assert(i + 2 < clean.n && memchr("ibu/", clean.p[i + 1], 4) != NULL);
	}
	assert(vtt_clean(&cx, clean, &again) == OK && str_eq(clean, again));
	return 0;
}

#include "fuzz.h"
#include "http/accept.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	static const char *const offered[] = { "en", "ar", "hi" };
	struct str header = { .p = (const char *)bytes, .n = n };
	if (n > 4096)
		return 0;
	assert(accept_language(header, offered, 3) < 3);
	assert(accept_coding(header, false, false) == IDENTITY);
	assert(accept_coding(header, true, false) != BROTLI);
	assert(accept_coding(header, false, true) != GZIP);
	return 0;
}

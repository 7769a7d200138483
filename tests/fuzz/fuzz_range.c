/* The first two bytes are a file's size, the rest a header: a part that is served lies inside the file. */
#include "fuzz.h"
#include "http/range.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	if (n < 2)
		return 0;
	int64_t whole = bytes[0] | bytes[1] << 8;
	struct str header = { .p = (const char *)bytes + 2, .n = n - 2 };
	struct range range = range_parse(header, whole);
	if (range.kind == RANGE_PART)
		assert(range.first >= 0 && range.bytes > 0 && range.first + range.bytes <= whole);
	if (etag_listed(header, STR("\"a\"")))
		assert(header.n > 0);
	if (header.n && if_range_holds(header, STR("\"a\"")))
		assert(header.n >= 3);
	return 0;
}

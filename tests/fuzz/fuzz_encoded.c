/* Ids, tokens, digests, numbers, as they come in addresses and headers: each value has one text, so what is read is written again the same. */
#include <string.h>

#include "base/id.h"
#include "fuzz.h"

#define DECODED_MAX 4096

static void same(struct buf *written, struct str text)
{
	assert(str_eq(buf_view(written), text));
	buf_free(written);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	const struct str text = { (const char *)bytes, n };
	unsigned char decoded[DECODED_MAX];
	struct buf again = buf_new(4 * DECODED_MAX);
	int64_t id, number;
	uint64_t positive;
	size_t got = 0;
	if (n > DECODED_MAX)
		return 0;
	if (id_parse(text, &id)) {
		assert(id > 0);
		buf_i64(&again, id);
		same(&again, text);
	}
	if (str_i64(text, &number) && str_u64(text, &positive))
		assert(number >= 0 && (uint64_t)number == positive);
	if (base64url_decode(text, decoded, sizeof decoded, &got)) {
		assert(got <= n);
		again = buf_new(4 * DECODED_MAX);
		buf_base64url(&again, decoded, got);
		same(&again, text);
	}
	if (base64_decode(text, decoded, sizeof decoded, &got)) {
		assert(got <= n);
		again = buf_new(4 * DECODED_MAX);
		buf_base64(&again, decoded, got);
		same(&again, text);
	}
	if (hex_decode(text, decoded, n / 2))
		assert(n % 2 == 0);
	(void)str_utf8(text);
	buf_free(&again);
	return 0;
}

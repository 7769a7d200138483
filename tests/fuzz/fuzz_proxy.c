#include <string.h>

#include "fuzz.h"
#include "http/proxy.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	struct ctx cx AUTO(ctx_end) = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	struct str text = { .p = (const char *)bytes, .n = n };
	struct proxies trusted = {}, proxies = {};
	struct address nearest, again;
	char words[ADDRESS_TEXT_BYTES];
	if (n > 16384 || proxies_parse(&cx, STR("127.0.0.1, 10.0.0.0/8, 2001:db8::/33"), &trusted) != OK || !address_parse(STR("127.0.0.1"), &nearest))
		return 0;
	struct address client = proxies_client(&trusted, nearest, text);
	address_text(&client, words);
	assert(address_parse(str_of(words), &again) && memcmp(&again, &client, sizeof client) == 0);
	if (proxies_parse(&cx, text, &proxies) == OK)
		assert(proxies.count <= PROXIES_MAX);
	return 0;
}

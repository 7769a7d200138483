#include "store/cipher.h"

#include <string.h>

#include "keys/keys.h"

static struct str page_place(uint32_t number, unsigned char place[8])
{
	memcpy(place, "page", 4);
	for (unsigned i = 0; i < 4; i++)
		place[4 + i] = (unsigned char)(number >> (24 - 8 * i));
	return (struct str){ .p = (const char *)place, .n = 8 };
}

bool page_seal(const unsigned char key[KEY_BYTES], uint32_t number, const unsigned char *plain, unsigned char *sealed)
{
	unsigned char place[8];
	for (size_t i = PAGE_PLAIN; i < PAGE_BYTES; i++)
		if (plain[i])
			return false;
	seal_bytes(key, page_place(number, place), plain, PAGE_PLAIN, sealed);
	return true;
}

bool page_open(const unsigned char key[KEY_BYTES], uint32_t number, const unsigned char *sealed, unsigned char *plain)
{
	unsigned char place[8];
	if (!unseal_bytes(key, page_place(number, place), (struct str){ .p = (const char *)sealed, .n = PAGE_BYTES }, plain))
		return false;
	memset(plain + PAGE_PLAIN, 0, PAGE_RESERVED);
	return true;
}

#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "keys/keys.h"

static_assert(BOX_PUBLIC_BYTES == crypto_box_PUBLICKEYBYTES && BOX_OVERHEAD == crypto_box_SEALBYTES, "");
static_assert(KEY_BYTES == crypto_box_SEEDBYTES && KEY_BYTES == crypto_box_SECRETKEYBYTES, "");

void box_public(const unsigned char seed[KEY_BYTES], unsigned char public[BOX_PUBLIC_BYTES])
{
	unsigned char secret[crypto_box_SECRETKEYBYTES];
	crypto_box_seed_keypair(public, secret, seed);
	explicit_bzero(secret, sizeof secret);
}

bool box_seal(const unsigned char public[BOX_PUBLIC_BYTES], const void *plain, size_t n, unsigned char *out)
{
	return crypto_box_seal(out, plain, n, public) == 0;
}

bool box_open(const unsigned char seed[KEY_BYTES], struct str sealed, void *out)
{
	unsigned char public[BOX_PUBLIC_BYTES], secret[crypto_box_SECRETKEYBYTES];
	if (sealed.n < BOX_OVERHEAD)
		return false;
	crypto_box_seed_keypair(public, secret, seed);
	int failed = crypto_box_seal_open(out, (const unsigned char *)sealed.p, sealed.n, public, secret);
	explicit_bzero(secret, sizeof secret);
	return !failed;
}

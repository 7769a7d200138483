#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "keys/keys.h"

static const unsigned char *bytes_of(struct str s)
{
	union { const char *in; const unsigned char *out; } bytes = { .in = s.p };
	return bytes.out;
}

void sign_public(const unsigned char seed[SIGN_SEED_BYTES], unsigned char out[SIGN_PUBLIC_BYTES])
{
	static_assert(SIGN_SEED_BYTES == crypto_sign_SEEDBYTES && SIGN_PUBLIC_BYTES == crypto_sign_PUBLICKEYBYTES, "");
	unsigned char secret[crypto_sign_SECRETKEYBYTES];
	crypto_sign_seed_keypair(out, secret, seed);
	sodium_memzero(secret, sizeof secret);
}

void sign_message(const unsigned char seed[SIGN_SEED_BYTES], struct str message, unsigned char out[SIGNATURE_BYTES])
{
	static_assert(SIGNATURE_BYTES == crypto_sign_BYTES, "");
	unsigned char secret[crypto_sign_SECRETKEYBYTES], public[SIGN_PUBLIC_BYTES];
	crypto_sign_seed_keypair(public, secret, seed);
	crypto_sign_detached(out, NULL, bytes_of(message), message.n, secret);
	sodium_memzero(secret, sizeof secret);
}

bool signature_valid(const unsigned char public[SIGN_PUBLIC_BYTES], struct str message, const unsigned char signature[SIGNATURE_BYTES])
{
	return crypto_sign_verify_detached(signature, bytes_of(message), message.n, public) == 0;
}

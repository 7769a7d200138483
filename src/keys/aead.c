#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "keys/keys.h"

static_assert(SEAL_OVERHEAD == crypto_aead_xchacha20poly1305_ietf_NPUBBYTES + crypto_aead_xchacha20poly1305_ietf_ABYTES, "");
static_assert(NUMBERED_OVERHEAD == crypto_aead_xchacha20poly1305_ietf_ABYTES, "");
static_assert(KEY_BYTES == crypto_aead_xchacha20poly1305_ietf_KEYBYTES, "");
#define NONCE_BYTES crypto_aead_xchacha20poly1305_ietf_NPUBBYTES

static const unsigned char *bytes_of(struct str s)
{
	return (const unsigned char *)s.p;
}

void seal_bytes(const unsigned char key[KEY_BYTES], struct str associated, const void *plain, size_t n, unsigned char *out)
{
	randombytes_buf(out, NONCE_BYTES);
	crypto_aead_xchacha20poly1305_ietf_encrypt(out + NONCE_BYTES, NULL, plain, n, bytes_of(associated), associated.n, NULL, out,
		key);
}

bool unseal_bytes(const unsigned char key[KEY_BYTES], struct str associated, struct str sealed, void *out)
{
	return sealed.n >= SEAL_OVERHEAD &&
	       crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, bytes_of(sealed) + NONCE_BYTES, sealed.n - NONCE_BYTES,
		       bytes_of(associated), associated.n, bytes_of(sealed), key) == 0;
}

static void nonce_of(int64_t number, unsigned char nonce[NONCE_BYTES])
{
	memset(nonce, 0, NONCE_BYTES);
	for (unsigned i = 0; i < 8; i++)
		nonce[NONCE_BYTES - 1 - i] = (unsigned char)((uint64_t)number >> 8 * i);
}

void seal_numbered(const unsigned char key[KEY_BYTES], int64_t number, struct str associated, const void *plain, size_t n, unsigned char *out)
{
	unsigned char nonce[NONCE_BYTES];
	nonce_of(number, nonce);
	crypto_aead_xchacha20poly1305_ietf_encrypt(out, NULL, plain, n, bytes_of(associated), associated.n, NULL, nonce, key);
}

bool unseal_numbered(const unsigned char key[KEY_BYTES], int64_t number, struct str associated, struct str sealed, void *out)
{
	unsigned char nonce[NONCE_BYTES];
	nonce_of(number, nonce);
	return sealed.n >= NUMBERED_OVERHEAD &&
	       crypto_aead_xchacha20poly1305_ietf_decrypt(out, NULL, NULL, bytes_of(sealed), sealed.n, bytes_of(associated), associated.n,
		       nonce, key) == 0;
}

/* Room for n more bytes at the end of `out`; NULL (and out->failed) past its maximum. */
static unsigned char *extend(struct buf *out, size_t n)
{
	static const unsigned char zeros[256];
	size_t at = out->n;
	for (size_t left = n; left > 0 && !out->failed;) {
		size_t some = left < sizeof zeros ? left : sizeof zeros;
		buf_bytes(out, zeros, some);
		left -= some;
	}
	return out->failed ? NULL : (unsigned char *)out->p + at;
}

void seal(const unsigned char key[KEY_BYTES], struct str associated, struct str plain, struct buf *out)
{
	unsigned char *sealed = extend(out, plain.n + SEAL_OVERHEAD);
	if (sealed)
		seal_bytes(key, associated, plain.p, plain.n, sealed);
}

enum err unseal(struct ctx *cx, const unsigned char key[KEY_BYTES], struct str associated, struct str sealed, struct buf *out)
{
	if (sealed.n < SEAL_OVERHEAD)
		return fail(cx, E_CORRUPT, "a sealed record is shorter than any can be");
	size_t n = sealed.n - SEAL_OVERHEAD, before = out->n;
	unsigned char nothing, *plain = n ? extend(out, n) : &nothing;
	if (!plain)
		return fail(cx, E_TOOLARGE, "a sealed record is larger than what it is opened into");
	if (unseal_bytes(key, associated, sealed, plain))
		return OK;
	out->n = before;
	return fail(cx, E_CORRUPT, "a sealed record does not open: damaged, moved, or another key's");
}

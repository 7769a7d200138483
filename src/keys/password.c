#include <assert.h>
#include <errno.h>
#include <sodium.h>
#include <string.h>

#include "keys/keys.h"

static_assert(PASSWORD_HASH_MAX >= crypto_pwhash_STRBYTES, "");

enum err password_hash(struct ctx *cx, struct str password, uint64_t passes, size_t memory_bytes, char out[PASSWORD_HASH_MAX])
{
	char hash[crypto_pwhash_STRBYTES] = { 0 };
	if (fault_hit(cx) || crypto_pwhash_str_alg(hash, password.p, password.n, passes, memory_bytes, crypto_pwhash_ALG_ARGON2ID13) != 0)
		return fail_as(cx, E_BUSY, "out-of-memory", "no memory to hash a password; lower accounts.password_mib or slow_threads");
	memcpy(out, hash, sizeof hash);
	return OK;
}

/* libsodium fails for a wrong password and for want of memory alike, and leaves ENOMEM in errno for the second. */
enum err password_verify(struct ctx *cx, const char *hash, struct str password, bool *right)
{
	errno = fault_hit(cx) ? ENOMEM : 0;
	bool matches = errno == 0 && crypto_pwhash_str_verify(hash, password.p, password.n) == 0;
	if (!matches && errno == ENOMEM)
		return fail_as(cx, E_BUSY, "out-of-memory", "no memory to check a password; lower accounts.password_mib or slow_threads");
	*right = matches;
	return OK;
}

/* The hash of a password that nobody knows. */
enum err password_hash_stand_in(struct ctx *cx, uint64_t passes, size_t memory_bytes, char out[PASSWORD_HASH_MAX])
{
	char unknown[KEY_BYTES];
	randombytes_buf(unknown, sizeof unknown);
	return password_hash(cx, (struct str){ .p = unknown, .n = sizeof unknown }, passes, memory_bytes, out);
}

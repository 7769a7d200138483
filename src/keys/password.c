#include <assert.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

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

/* "$argon2id$v=19$m=KIB,...": whether as much memory is to be had. */
static bool has_room(const char *hash)
{
	const char *memory = strstr(hash, "$m=");
	size_t bytes = memory ? (size_t)strtoul(memory + 3, NULL, 10) << 10 : 0;
	void *room = bytes ? mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0) : NULL;
	if (room == MAP_FAILED)
		return false;
	if (room)
		munmap(room, bytes);
	return true;
}

/* libsodium says the same of a wrong password and of want of memory: so the second is looked for. */
enum err password_verify(struct ctx *cx, const char *hash, struct str password, bool *right)
{
	bool fault = fault_hit(cx);
	bool matches = !fault && crypto_pwhash_str_verify(hash, password.p, password.n) == 0;
	if (fault || (!matches && !has_room(hash)))
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

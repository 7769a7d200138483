/* keys/keys.h - authenticated encryption of records and chunks, subkeys, keyed hashes, signatures, passwords.
 *
 * Pure functions over libsodium; no storage.  Call keys_init() once at start. */
#ifndef KEYS_KEYS_H
#define KEYS_KEYS_H
#include "base/ctx.h"

/* E_IO when libsodium cannot start. */
enum err keys_init(struct ctx *);
void random_bytes(void *out, size_t n);
/* A positive 63-bit number: a person. */
int64_t random_person(void);
/* Unbiased; bound > 0. */
uint32_t random_below(uint32_t bound);
bool secret_eq(const void *a, const void *b, size_t n);    /* in constant time */

/* BLAKE2b keyed with `key`, personalised with a context of at most 16 characters ("store", "user-wrap", ...). */
void key_derive(const unsigned char key[KEY_BYTES], const char *context, struct str data, unsigned char out[KEY_BYTES]);
/* HMAC-SHA-256, for look-ups by a secret (tokens, address blocks). */
#define MAC_BYTES 32
void keyed_mac(const unsigned char key[KEY_BYTES], struct str data, unsigned char out[MAC_BYTES]);
#define SHA256_BYTES 32
void sha256(struct str, unsigned char out[SHA256_BYTES]);
/* The same over an open file, from its beginning to its end; `bytes` is how many were read.  E_IO. */
enum err sha256_file(struct ctx *, int fd, unsigned char out[SHA256_BYTES], int64_t *bytes);

/* XChaCha20-Poly1305: nonce (24, random) || ciphertext || tag (16). */
#define SEAL_OVERHEAD 40
void seal(const unsigned char key[KEY_BYTES], struct str associated, struct str plain, struct buf *out);
/* E_CORRUPT when the bytes, the key or the associated data are not those that were sealed. `out` is appended to. */
enum err unseal(struct ctx *, const unsigned char key[KEY_BYTES], struct str associated, struct str sealed, struct buf *out);
/* The same into memory of the caller: n + SEAL_OVERHEAD bytes and back.  `out` may not overlap; false: as E_CORRUPT above. */
void seal_bytes(const unsigned char key[KEY_BYTES], struct str associated, const void *plain, size_t n, unsigned char *out);
bool unseal_bytes(const unsigned char key[KEY_BYTES], struct str associated, struct str sealed, void *out);

/* The same with a nonce made from a number that is never used twice under this key: the nonce is not part of the result, which
 * has n + NUMBERED_OVERHEAD bytes. */
#define NUMBERED_OVERHEAD 16
void seal_numbered(const unsigned char key[KEY_BYTES], int64_t number, struct str associated, const void *plain, size_t n, unsigned char *out);
bool unseal_numbered(const unsigned char key[KEY_BYTES], int64_t number, struct str associated, struct str sealed, void *out);

/* A sealed box (libsodium's crypto_box_seal: X25519, XSalsa20-Poly1305): an ephemeral public key (32) || ciphertext || tag (16).
 * Anybody who has the public half seals; whoever has the pair's seed opens. */
#define BOX_PUBLIC_BYTES 32
#define BOX_OVERHEAD 48
void box_public(const unsigned char seed[KEY_BYTES], unsigned char public[BOX_PUBLIC_BYTES]);
/* `out`: n + BOX_OVERHEAD bytes.  False: that is no public half. */
bool box_seal(const unsigned char public[BOX_PUBLIC_BYTES], const void *plain, size_t n, unsigned char *out);
/* `out`: sealed.n - BOX_OVERHEAD bytes.  False: not sealed to this pair, or damaged. */
bool box_open(const unsigned char seed[KEY_BYTES], struct str sealed, void *out);

/* Ed25519 (RFC 8032).  The seed is the secret. */
#define SIGN_SEED_BYTES 32
#define SIGN_PUBLIC_BYTES 32
#define SIGNATURE_BYTES 64
void sign_public(const unsigned char seed[SIGN_SEED_BYTES], unsigned char out[SIGN_PUBLIC_BYTES]);
void sign_message(const unsigned char seed[SIGN_SEED_BYTES], struct str message, unsigned char out[SIGNATURE_BYTES]);
bool signature_valid(const unsigned char public[SIGN_PUBLIC_BYTES], struct str message, const unsigned char signature[SIGNATURE_BYTES]);

/* Argon2id, encoded with its parameters (libsodium's crypto_pwhash_str).  `memory_bytes`, `passes` from the settings.
 * Slow on purpose: only on the SLOW pool, which bounds how many run at once.  E_BUSY: there is no memory for it now. */
#define PASSWORD_HASH_MAX 128
enum err password_hash(struct ctx *, struct str password, uint64_t passes, size_t memory_bytes, char out[PASSWORD_HASH_MAX]);
/* Takes as long for an unknown name as for a wrong password, if `hash` is then one made by password_hash_stand_in() with the
 * same cost: nothing matches that. */
enum err password_verify(struct ctx *, const char *hash, struct str password, bool *right);
enum err password_hash_stand_in(struct ctx *, uint64_t passes, size_t memory_bytes, char out[PASSWORD_HASH_MAX]);
#endif

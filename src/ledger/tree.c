#include "ledger/tree.h"

#include <assert.h>
#include <nettle/sha2.h>
#include <string.h>

#include "keys/keys.h"

enum { LEAF_PREFIX = 0, NODE_PREFIX = 1 };

bool hash_eq(const struct hash *a, const struct hash *b)
{
	return memcmp(a->bytes, b->bytes, TREE_HASH_BYTES) == 0;
}

struct hash tree_empty(void)
{
	struct hash out;
	sha256(STR(""), out.bytes);
	return out;
}

struct hash tree_leaf(struct str entry)
{
	const unsigned char prefix = LEAF_PREFIX;
	struct hash out;
	struct sha256_ctx state;
	sha256_init(&state);
	sha256_update(&state, 1, &prefix);
	sha256_update(&state, entry.n, (const unsigned char *)entry.p);
	sha256_digest(&state, TREE_HASH_BYTES, out.bytes);
	return out;
}

struct hash tree_node(const struct hash *left, const struct hash *right)
{
	char bytes[1 + 2 * TREE_HASH_BYTES] = { NODE_PREFIX };
	struct hash out;
	memcpy(bytes + 1, left->bytes, TREE_HASH_BYTES);
	memcpy(bytes + 1 + TREE_HASH_BYTES, right->bytes, TREE_HASH_BYTES);
	sha256((struct str){ bytes, sizeof bytes }, out.bytes);
	return out;
}

/* --- making --- */

struct range {
	uint64_t begin, end;
};

static unsigned log2_floor(uint64_t n)
{
	return 63 - (unsigned)__builtin_clzll(n);
}

/* The largest power of two below n; n > 1. */
static uint64_t split(uint64_t n)
{
	return UINT64_C(1) << log2_floor(n - 1);
}

/* The root over the leaves of a range that begins where a subtree of its size would: complete subtrees, larger ones first. */
static enum err range_root(struct ctx *cx, const struct tree_source *source, struct range range, struct hash *out)
{
	struct hash parts[TREE_DEPTH_MAX + 1];
	unsigned count = 0;
	for (uint64_t at = range.begin; at < range.end;) {
		const unsigned level = log2_floor(range.end - at);
		TRY(source->read(cx, source->self, level, at >> level, &parts[count++]));
		at += UINT64_C(1) << level;
	}
	struct hash root = parts[count - 1];
	for (unsigned i = count - 1; i > 0; i--)
		root = tree_node(&parts[i - 1], &root);
	*out = root;
	return OK;
}

enum err tree_root(struct ctx *cx, const struct tree_source *source, uint64_t size, struct hash *out)
{
	if (size == 0) {
		*out = tree_empty();
		return OK;
	}
	return range_root(cx, source, (struct range){ 0, size }, out);
}

/* The ranges were found from the root down. */
static enum err hash_ranges(struct ctx *cx, const struct tree_source *source, const struct range *ranges, unsigned count, struct tree_proof *out)
{
	struct tree_proof proof = { .count = count };
	for (unsigned i = 0; i < count; i++)
		TRY(range_root(cx, source, ranges[count - 1 - i], &proof.hashes[i]));
	*out = proof;
	return OK;
}

enum err tree_prove_inclusion(struct ctx *cx, const struct tree_source *source, uint64_t index, uint64_t size, struct tree_proof *out)
{
	assert(index < size && size <= INT64_MAX);
	struct range ranges[TREE_DEPTH_MAX + 1], at = { 0, size };
	unsigned count = 0;
	while (at.end - at.begin > 1) {
		const uint64_t middle = at.begin + split(at.end - at.begin);
		const bool left = index < middle;
		ranges[count++] = left ? (struct range){ middle, at.end } : (struct range){ at.begin, middle };
		at = left ? (struct range){ at.begin, middle } : (struct range){ middle, at.end };
	}
	return hash_ranges(cx, source, ranges, count, out);
}

enum err tree_prove_consistency(struct ctx *cx, const struct tree_source *source, uint64_t old, uint64_t size, struct tree_proof *out)
{
	assert(old <= size && size <= INT64_MAX);
	struct range ranges[TREE_DEPTH_MAX + 1], at = { 0, size };
	unsigned count = 0;
	if (old == 0) {
		*out = (struct tree_proof){};
		return OK;
	}
	while (at.end != old) {
		const uint64_t middle = at.begin + split(at.end - at.begin);
		const bool left = old <= middle;
		ranges[count++] = left ? (struct range){ middle, at.end } : (struct range){ at.begin, middle };
		at = left ? (struct range){ at.begin, middle } : (struct range){ middle, at.end };
	}
	/* The whole old tree need not be told: whoever checks knows its root. */
	if (at.begin != 0)
		ranges[count++] = at;
	return hash_ranges(cx, source, ranges, count, out);
}

/* --- checking --- */

struct climb {
	uint64_t index, last;                  /* of the node we stand on, and of the last one of its level */
};

/* Whether the next hash of a proof stands to the left; moves up to where the one after it belongs. */
static bool climb(struct climb *at)
{
	const bool left = (at->index & 1) || at->index == at->last;
	if (left && !(at->index & 1)) {
		const unsigned shift = (unsigned)__builtin_ctzll(at->index);   /* not 0: last is not, or the climb were over */
		at->index >>= shift;
		at->last >>= shift;
	}
	at->index >>= 1;
	at->last >>= 1;
	return left;
}

bool tree_includes(uint64_t index, uint64_t size, const struct hash *leaf, const struct tree_proof *proof, const struct hash *root)
{
	if (index >= size || size > INT64_MAX)
		return false;
	struct climb at = { index, size - 1 };
	struct hash hash = *leaf;
	for (unsigned i = 0; i < proof->count; i++) {
		if (at.last == 0)
			return false;
		hash = climb(&at) ? tree_node(&proof->hashes[i], &hash) : tree_node(&hash, &proof->hashes[i]);
	}
	return at.last == 0 && hash_eq(&hash, root);
}

bool tree_is_consistent(uint64_t old, uint64_t size, const struct hash *old_root, const struct hash *root, const struct tree_proof *proof)
{
	if (old > size || size > INT64_MAX)
		return false;
	if (old == size)
		return proof->count == 0 && hash_eq(old_root, root);
	if (old == 0)
		return proof->count == 0;
	if (proof->count == 0)
		return false;
	const unsigned shift = (unsigned)__builtin_ctzll(old);         /* of old - 1, the ones at its end */
	struct climb at = { (old - 1) >> shift, (size - 1) >> shift };
	const bool told = (old & (old - 1)) != 0;                      /* a complete old tree begins with its root, untold */
	struct hash old_hash = told ? proof->hashes[0] : *old_root, hash = old_hash;
	for (unsigned i = told ? 1 : 0; i < proof->count; i++) {
		if (at.last == 0)
			return false;
		const bool left = climb(&at);
		if (left)
			old_hash = tree_node(&proof->hashes[i], &old_hash);
		hash = left ? tree_node(&proof->hashes[i], &hash) : tree_node(&hash, &proof->hashes[i]);
	}
	return at.last == 0 && hash_eq(&old_hash, old_root) && hash_eq(&hash, root);
}

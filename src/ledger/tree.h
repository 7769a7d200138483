/* ledger/tree.h - the Merkle tree of RFC 6962 section 2: hashes, roots, proofs and their checks.  Pure.
 *
 * leaf = SHA-256(00 || entry), node = SHA-256(01 || left || right), the empty tree SHA-256("").  A tree of n leaves splits at the
 * largest power of two below n, so every complete subtree has an address: (level, index) covers the leaves
 * index * 2^level up to (index + 1) * 2^level. */
#ifndef LEDGER_TREE_H
#define LEDGER_TREE_H
#include "base/ctx.h"

#define TREE_HASH_BYTES 32
#define TREE_DEPTH_MAX 63              /* sizes are below 2^63 */

struct hash {
	unsigned char bytes[TREE_HASH_BYTES];
};
bool hash_eq(const struct hash *, const struct hash *);

struct hash tree_empty(void);
struct hash tree_leaf(struct str entry);
struct hash tree_node(const struct hash *left, const struct hash *right);

/* Where the hashes of complete subtrees come from.  Asked only for those that lie within the size that the caller names. */
struct tree_source {
	enum err (*read)(struct ctx *, void *self, unsigned level, uint64_t index, struct hash *out);
	void *self;
};

/* From the leaf up, or, between two sizes, as RFC 6962 sections 2.1.1 and 2.1.2 order them. */
struct tree_proof {
	unsigned count;
	struct hash hashes[TREE_DEPTH_MAX + 1];
};

/* Each passes on what read() says. */
enum err tree_root(struct ctx *, const struct tree_source *, uint64_t size, struct hash *out);
/* index < size. */
enum err tree_prove_inclusion(struct ctx *, const struct tree_source *, uint64_t index, uint64_t size, struct tree_proof *out);
/* old <= size; empty for old 0 and old == size. */
enum err tree_prove_consistency(struct ctx *, const struct tree_source *, uint64_t old, uint64_t size, struct tree_proof *out);

/* Sizes, indices and proofs may come from anyone. */
bool tree_includes(uint64_t index, uint64_t size, const struct hash *leaf, const struct tree_proof *, const struct hash *root);
bool tree_is_consistent(uint64_t old, uint64_t size, const struct hash *old_root, const struct hash *root, const struct tree_proof *);
#endif

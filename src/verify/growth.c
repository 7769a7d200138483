#include "verify/growth.h"

#include <assert.h>

void growth_add(struct growth *growth, unsigned level, const struct hash *subtree)
{
	const uint64_t leaves = UINT64_C(1) << level;
	struct hash hash = *subtree;
	unsigned at = level;
	assert(growth->size % leaves == 0);
	for (; growth->size >> at & 1; at++)
		hash = tree_node(&growth->subtrees[at], &hash);
	growth->subtrees[at] = hash;
	growth->size += leaves;
}

struct hash growth_root(const struct growth *growth)
{
	struct hash root = tree_empty();
	bool any = false;
	for (unsigned level = 0; level <= TREE_DEPTH_MAX; level++)
		if (growth->size >> level & 1) {
			root = any ? tree_node(&growth->subtrees[level], &root) : growth->subtrees[level];
			any = true;
		}
	return root;
}

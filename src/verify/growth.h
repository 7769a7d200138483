/* verify/growth.h - a tree that grows at its right edge: only the roots of its complete subtrees are kept.  Pure. */
#ifndef VERIFY_GROWTH_H
#define VERIFY_GROWTH_H
#include "ledger/tree.h"

struct growth {
	uint64_t size;
	struct hash subtrees[TREE_DEPTH_MAX + 1];      /* [l] counts where bit l of `size` is set */
};
/* A complete subtree of 2^level leaves; `size` is a multiple of that. */
void growth_add(struct growth *, unsigned level, const struct hash *);
struct hash growth_root(const struct growth *);
#endif

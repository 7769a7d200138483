/* The Merkle tree against the roots that RFC 6962's authors publish, and against a tree computed as the RFC writes it. */
#include <string.h>

#include "ledger/tile.h"
#include "ledger/tree.h"
#include "tap.h"

#define LEAVES 70

/* The RFC's own recursion, over the leaves. */
static struct hash plain_root(const struct hash *leaves, uint64_t n)
{
	uint64_t k = 1;
	if (n == 0)
		return tree_empty();
	if (n == 1)
		return leaves[0];
	while (k * 2 < n)
		k *= 2;
	const struct hash left = plain_root(leaves, k), right = plain_root(leaves + k, n - k);
	return tree_node(&left, &right);
}

struct forest {
	struct ctx cx;
	struct hash leaves[LEAVES];
	struct tree_source source;
	uint64_t size;                         /* nothing beyond it may be asked for */
	bool strayed;
};

static enum err read_subtree(struct ctx *, void *self, unsigned level, uint64_t index, struct hash *out)
{
	struct forest *const forest = self;
	const uint64_t n = UINT64_C(1) << level;
	if ((index + 1) * n > forest->size) {
		forest->strayed = true;
		return fail(&forest->cx, E_CORRUPT, "beyond the tree");
	}
	*out = plain_root(forest->leaves + index * n, n);
	return OK;
}

static void grow(struct forest *forest)
{
	*forest = (struct forest){ .source = { .read = read_subtree, .self = forest } };
	for (unsigned i = 0; i < LEAVES; i++) {
		const char entry[] = { (char)i, 'e' };
		forest->leaves[i] = tree_leaf((struct str){ entry, sizeof entry });
	}
}

static bool is_hex(const struct hash *hash, const char *hex)
{
	struct hash wanted;
	return hex_decode(str_of(hex), wanted.bytes, TREE_HASH_BYTES) && hash_eq(hash, &wanted);
}

/* The test vectors of the certificate-transparency project. */
TEST(roots_are_those_that_others_compute)
{
	static const struct str entries[] = {
		STR(""), STR("\x00"), STR("\x10"), STR("\x20\x21"), STR("\x30\x31"), STR("\x40\x41\x42\x43"), STR("\x50\x51\x52\x53\x54\x55\x56\x57"),
		STR("\x60\x61\x62\x63\x64\x65\x66\x67\x68\x69\x6a\x6b\x6c\x6d\x6e\x6f"),
	};
	static const char *const roots[] = {
		"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
		"6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
		"fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
		"aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
		"d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
		"4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
		"76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
		"ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
		"5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
	};
	struct forest forest;
	grow(&forest);
	for (unsigned i = 0; i < 8; i++)
		forest.leaves[i] = tree_leaf(entries[i]);
	for (uint64_t n = 0; n <= 8; n++) {
		struct hash root;
		forest.size = n;
		CHECK(tree_root(&forest.cx, &forest.source, n, &root) == OK && is_hex(&root, roots[n]));
	}
}

TEST(every_root_is_the_recursions)
{
	struct forest forest;
	grow(&forest);
	for (uint64_t n = 0; n <= LEAVES; n++) {
		struct hash root;
		const struct hash plain = plain_root(forest.leaves, n);
		forest.size = n;
		CHECK(tree_root(&forest.cx, &forest.source, n, &root) == OK && hash_eq(&root, &plain) && !forest.strayed);
	}
}

static bool breaks(uint64_t index, uint64_t size, const struct hash *leaf, const struct tree_proof *proof, const struct hash *root)
{
	struct tree_proof wrong = *proof;
	for (unsigned i = 0; i < proof->count; i++) {
		wrong.hashes[i].bytes[i % TREE_HASH_BYTES] ^= 1;
		if (tree_includes(index, size, leaf, &wrong, root))
			return false;
		wrong.hashes[i] = proof->hashes[i];
	}
	wrong.count++;
	if (tree_includes(index, size, leaf, &wrong, root))
		return false;
	wrong.count = proof->count ? proof->count - 1 : 0;
	return wrong.count == proof->count || !tree_includes(index, size, leaf, &wrong, root);
}

TEST(every_entry_is_proved_and_no_other_proof_holds)
{
	struct forest forest;
	grow(&forest);
	for (uint64_t n = 1; n <= LEAVES; n++) {
		const struct hash root = plain_root(forest.leaves, n);
		forest.size = n;
		for (uint64_t i = 0; i < n; i++) {
			struct tree_proof proof;
			const struct hash *const leaf = &forest.leaves[i];
			CHECK(tree_prove_inclusion(&forest.cx, &forest.source, i, n, &proof) == OK && !forest.strayed);
			CHECK(tree_includes(i, n, leaf, &proof, &root) && breaks(i, n, leaf, &proof, &root));
			CHECK(!tree_includes(n, n, leaf, &proof, &root) && !tree_includes(i, n, &forest.leaves[(i + 1) % LEAVES], &proof, &root));
			CHECK(i == 0 || !tree_includes(i - 1, n, leaf, &proof, &root));
		}
	}
}

TEST(every_growth_is_proved_and_no_other_proof_holds)
{
	struct forest forest;
	grow(&forest);
	for (uint64_t n = 0; n <= LEAVES; n++) {
		const struct hash root = plain_root(forest.leaves, n), other = plain_root(forest.leaves + 1, LEAVES - 1);
		forest.size = n;
		for (uint64_t m = 0; m <= n; m++) {
			struct tree_proof proof;
			const struct hash old = plain_root(forest.leaves, m);
			CHECK(tree_prove_consistency(&forest.cx, &forest.source, m, n, &proof) == OK && !forest.strayed);
			CHECK(tree_is_consistent(m, n, &old, &root, &proof));
			CHECK(m == n || m == 0 || !tree_is_consistent(m, n, &old, &other, &proof));
			CHECK(m == 0 || !tree_is_consistent(m, n, &other, &root, &proof));
			struct tree_proof wrong = proof;
			for (unsigned i = 0; i < proof.count; i++) {
				wrong.hashes[i].bytes[0] ^= 0x80;
				CHECK(!tree_is_consistent(m, n, &old, &root, &wrong));
				wrong.hashes[i] = proof.hashes[i];
			}
			wrong.count++;
			CHECK(!tree_is_consistent(m, n, &old, &root, &wrong));
		}
	}
}

TEST(absurd_sizes_prove_nothing)
{
	struct forest forest;
	grow(&forest);
	const struct hash root = plain_root(forest.leaves, 3);
	struct tree_proof proof = { .count = TREE_DEPTH_MAX };
	CHECK(!tree_includes(0, UINT64_MAX, &forest.leaves[0], &proof, &root) && !tree_includes(UINT64_MAX, 0, &forest.leaves[0], &proof, &root));
	CHECK(!tree_includes(5, INT64_MAX, &forest.leaves[0], &proof, &root));
	CHECK(!tree_is_consistent(3, UINT64_MAX, &root, &root, &proof) && !tree_is_consistent(4, 3, &root, &root, &proof));
	CHECK(!tree_is_consistent(INT64_MAX - 1, INT64_MAX, &root, &root, &proof));
}

/* --- tiles --- */

static bool is_path(int level, uint64_t index, unsigned width, const char *path)
{
	AUTO(buf_free) struct buf text = buf_new(200);
	struct tile tile = { level, index, width }, back;
	tile_path(&tile, &text);
	return EXPECT(str_eq(buf_view(&text), str_of(path))) && EXPECT(tile_path_parse(buf_view(&text), &back)) &&
	       EXPECT(back.level == level && back.index == index && back.width == width);
}

TEST(tiles_have_the_paths_of_the_specification)
{
	CHECK(is_path(0, 1234067, 256, "tile/0/x001/x234/067"));
	CHECK(is_path(0, 0, 1, "tile/0/000.p/1"));
	CHECK(is_path(3, 1000, 255, "tile/3/x001/000.p/255"));
	CHECK(is_path(TILE_BUNDLE, 999, 256, "tile/entries/999"));
	CHECK(is_path(7, UINT64_MAX, 256, "tile/7/x018/x446/x744/x073/x709/x551/615"));
}

TEST(a_tile_has_one_path)
{
	static const char *const wrong[] = {
		"", "tile", "tile/", "tile/0", "tile/0/", "tile/0/1", "tile/0/01", "tile/0/0001", "tile/00/001", "tile/8/001", "tile/-1/001", "tile/0/x000/001",
		"tile/0/x001", "tile/0/x001/", "tile/0/x01/001", "tile/0/001/", "tile/0/001.p", "tile/0/001.p/", "tile/0/001.p/0", "tile/0/001.p/01",
		"tile/0/001.p/256", "tile/0/001.p/1/", "tile/0/ 01", "tile/0/+01", "tile/entries/x001/x", "tile/entry/001", "/tile/0/001",
		"tile/0/x018/x446/x744/x073/x709/x551/616", "tile/0/x999/x999/x999/x999/x999/x999/x999/999",
	};
	struct tile tile;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (!EXPECT(!tile_path_parse(str_of(wrong[i]), &tile)))
			printf("# %s\n", wrong[i]);
}

TEST(partial_tiles_are_as_wide_as_the_size_says)
{
	CHECK(tile_width(0, 0, 0) == 0 && tile_width(0, 0, 1) == 1 && tile_width(0, 0, 256) == 256 && tile_width(0, 1, 256) == 0);
	CHECK(tile_width(0, 1, 257) == 1 && tile_width(1, 0, 255) == 0 && tile_width(1, 0, 256) == 1 && tile_width(1, 0, 70000) == 256);
	CHECK(tile_width(1, 1, 70000) == 17 && tile_width(2, 0, 70000) == 1 && tile_width(TILE_BUNDLE, 273, 70000) == 112);
	CHECK(tile_width(7, UINT64_MAX, 5) == 0);
}

TEST(a_subtree_is_found_in_its_tile)
{
	struct hash hashes[TILE_WIDTH];
	for (unsigned i = 0; i < TILE_WIDTH; i++) {
		const char entry[] = { (char)(i & 127), (char)(i >> 7) };
		hashes[i] = tree_leaf((struct str){ entry, sizeof entry });
	}
	for (unsigned level = 0; level < TILE_HEIGHT; level++) {
		const uint64_t index = ((uint64_t)TILE_WIDTH >> level) - 1;
		const struct tile_place place = tile_place(level, index);
		CHECK(place.level == 0 && place.index == 0 && place.n == level && place.first == index << level);
		const struct hash wanted = plain_root(hashes + place.first, UINT64_C(1) << level), found = tile_subtree(hashes + place.first, place.n);
		CHECK(hash_eq(&wanted, &found));
	}
	const struct tile_place above = tile_place(10, 65);
	CHECK(above.level == 1 && above.n == 2 && above.index == 1 && above.first == 4);
}

TEST(a_bundle_gives_its_entries_back)
{
	AUTO(buf_free) struct buf bundle = buf_new(200000);
	char large[ENTRY_BYTES_MAX];
	memset(large, 'x', sizeof large);
	bundle_add(STR("first"), &bundle);
	bundle_add(STR(""), &bundle);
	bundle_add((struct str){ large, sizeof large }, &bundle);
	struct str rest = buf_view(&bundle), entry;
	CHECK(bundle_next(&rest, &entry) && str_eq(entry, STR("first")));
	CHECK(bundle_next(&rest, &entry) && entry.n == 0);
	CHECK(bundle_next(&rest, &entry) && entry.n == ENTRY_BYTES_MAX && rest.n == 0 && !bundle_next(&rest, &entry));
	rest = STR("\x00\x05" "four");
	CHECK(!bundle_next(&rest, &entry) && rest.n == 6);
}

int main(void)
{
	RUN(roots_are_those_that_others_compute);
	RUN(every_root_is_the_recursions);
	RUN(every_entry_is_proved_and_no_other_proof_holds);
	RUN(every_growth_is_proved_and_no_other_proof_holds);
	RUN(absurd_sizes_prove_nothing);
	RUN(tiles_have_the_paths_of_the_specification);
	RUN(a_tile_has_one_path);
	RUN(partial_tiles_are_as_wide_as_the_size_says);
	RUN(a_subtree_is_found_in_its_tile);
	RUN(a_bundle_gives_its_entries_back);
	return tap_end();
}

#include "ledger/tile.h"

#include <assert.h>

#define GROUP 1000
#define GROUPS_MAX 7

/* --- paths --- */

static void write_index(uint64_t index, struct buf *out)
{
	unsigned groups[GROUPS_MAX], count = 0;
	do {
		groups[count++] = (unsigned)(index % GROUP);
		index /= GROUP;
	} while (index);
	while (count > 1)
		buf_printf(out, "x%03u/", groups[--count]);
	buf_printf(out, "%03u", groups[0]);
}

void tile_path(const struct tile *tile, struct buf *out)
{
	assert(tile->width >= 1 && tile->width <= TILE_WIDTH);
	if (tile->level == TILE_BUNDLE)
		buf_text(out, "tile/entries/");
	else
		buf_printf(out, "tile/%d/", tile->level);
	write_index(tile->index, out);
	if (tile->width < TILE_WIDTH)
		buf_printf(out, ".p/%u", tile->width);
}

static bool read_group(struct str text, uint64_t *index)
{
	unsigned group = 0;
	if (text.n != 3)
		return false;
	for (size_t i = 0; i < text.n; i++) {
		if (text.p[i] < '0' || text.p[i] > '9')
			return false;
		group = group * 10 + (unsigned)(text.p[i] - '0');
	}
	return !__builtin_mul_overflow(*index, GROUP, index) && !__builtin_add_overflow(*index, group, index);
}

/* "x001/x234/067"; no group of zeros in front: that tile has a shorter path. */
static bool read_index(struct str *path, uint64_t *out)
{
	uint64_t index = 0;
	bool leading = true;
	while (str_starts(*path, STR("x"))) {
		const struct str group = str_from(str_cut(path, '/'), 1);
		if (!read_group(group, &index) || (leading && index == 0))
			return false;
		leading = false;
	}
	if (path->n < 3 || !read_group((struct str){ path->p, 3 }, &index))
		return false;
	*path = str_from(*path, 3);
	*out = index;
	return true;
}

/* Decimal without a zero in front, below `end`. */
static bool read_small(struct str text, uint64_t end, uint64_t *out)
{
	return (text.n == 1 || (text.n > 1 && text.p[0] != '0')) && str_u64(text, out) && *out < end;
}

bool tile_path_parse(struct str path, struct tile *out)
{
	struct tile tile = { .width = TILE_WIDTH };
	uint64_t number = 0;
	if (!str_starts(path, STR("tile/")))
		return false;
	path = str_from(path, sizeof "tile/" - 1);
	const struct str level = str_cut(&path, '/');
	if (str_eq(level, STR("entries")))
		tile.level = TILE_BUNDLE;
	else if (read_small(level, TILE_LEVELS, &number))
		tile.level = (int)number;
	else
		return false;
	if (!read_index(&path, &tile.index))
		return false;
	if (path.n) {
		if (!str_starts(path, STR(".p/")) || !read_small(str_from(path, 3), TILE_WIDTH, &number) || number == 0)
			return false;
		tile.width = (unsigned)number;
	}
	*out = tile;
	return true;
}

/* --- what is in them --- */

unsigned tile_width(int level, uint64_t index, uint64_t size)
{
	const unsigned shift = level == TILE_BUNDLE ? 0 : (unsigned)level * TILE_HEIGHT;
	const uint64_t hashes = size >> shift;
	if (index > hashes / TILE_WIDTH)
		return 0;
	const uint64_t left = hashes - index * TILE_WIDTH;
	return left < TILE_WIDTH ? (unsigned)left : TILE_WIDTH;
}

struct hash tile_subtree(const struct hash *hashes, unsigned n)
{
	struct hash row[TILE_WIDTH];
	assert(n < TILE_HEIGHT + 1);
	const unsigned width = 1U << n;
	for (unsigned i = 0; i < width; i++)
		row[i] = hashes[i];
	for (unsigned left = width / 2; left > 0; left /= 2)
		for (unsigned i = 0; i < left; i++)
			row[i] = tree_node(&row[2 * i], &row[2 * i + 1]);
	return row[0];
}

struct tile_place tile_place(unsigned level, uint64_t index)
{
	const unsigned n = level % TILE_HEIGHT;
	const uint64_t first = index << n;
	return (struct tile_place){
		.level = (int)(level / TILE_HEIGHT), .index = first / TILE_WIDTH, .first = (unsigned)(first % TILE_WIDTH), .n = n,
	};
}

bool bundle_next(struct str *rest, struct str *entry)
{
	if (rest->n < 2)
		return false;
	const size_t n = (size_t)(unsigned char)rest->p[0] << 8 | (unsigned char)rest->p[1];
	if (rest->n - 2 < n)
		return false;
	*entry = (struct str){ rest->p + 2, n };
	*rest = str_from(*rest, 2 + n);
	return true;
}

void bundle_add(struct str entry, struct buf *out)
{
	assert(entry.n <= ENTRY_BYTES_MAX);
	buf_char(out, (char)(entry.n >> 8));
	buf_char(out, (char)(entry.n & 255));
	buf_str(out, entry);
}

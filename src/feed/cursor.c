#include "feed/cursor.h"

#include "feed/rank.h"

#define NUMBERS 8
#define HEAD_BYTES (2 + 8 * NUMBERS + 2)
#define CURSOR_BYTES_MAX (HEAD_BYTES + 4 * CURSOR_AHEAD_MAX)

uint32_t walk_fingerprint(const struct walk *walk, int64_t video)
{
	return (uint32_t)(rank_hash(~walk->seed, video) >> 32);
}

struct str cursor_write(struct ctx *cx, const struct walk *walk)
{
	AUTO(buf_free) struct buf bytes = buf_new(CURSOR_BYTES_MAX + 8);
	AUTO(buf_free) struct buf text = buf_new(2 * CURSOR_BYTES_MAX);
	buf_char(&bytes, CURSOR_VERSION);
	buf_char(&bytes, (char)walk->phase);
	buf_be64(&bytes, walk->seed);
	buf_be64(&bytes, (uint64_t)walk->start_s);
	buf_be64(&bytes, (uint64_t)walk->top);
	buf_be64(&bytes, (uint64_t)walk->base);
	buf_be64(&bytes, walk->rank);
	buf_be64(&bytes, (uint64_t)walk->id);
	buf_be64(&bytes, (uint64_t)walk->older);
	buf_be64(&bytes, (uint64_t)walk->author);
	buf_char(&bytes, (char)(walk->ahead_count >> 8));
	buf_char(&bytes, (char)(walk->ahead_count & 0xff));
	for (unsigned i = 0; i < walk->ahead_count; i++)
		buf_be32(&bytes, walk->ahead[i]);
	buf_base64url(&text, bytes.p, bytes.n);
	return arena_copy(&cx->mem, buf_view(&text));
}

static uint64_t read_be(const unsigned char *bytes, unsigned n)
{
	uint64_t number = 0;
	for (unsigned i = 0; i < n; i++)
		number = number << 8 | bytes[i];
	return number;
}

/* Every id and time of ours is positive. */
static bool read_positive(const unsigned char *bytes, int64_t *out)
{
	const uint64_t number = read_be(bytes, 8);
	if (number > INT64_MAX)
		return false;
	*out = (int64_t)number;
	return true;
}

static bool read_walk(const unsigned char *bytes, size_t n, struct walk *walk)
{
	if (n < HEAD_BYTES || bytes[0] != CURSOR_VERSION || bytes[1] >= WALK_END)
		return false;
	walk->phase = bytes[1];
	walk->seed = read_be(bytes + 2, 8);
	walk->rank = read_be(bytes + 34, 8);
	const bool positive = read_positive(bytes + 10, &walk->start_s) && read_positive(bytes + 18, &walk->top)
		&& read_positive(bytes + 26, &walk->base) && read_positive(bytes + 42, &walk->id)
		&& read_positive(bytes + 50, &walk->older) && read_positive(bytes + 58, &walk->author);
	if (!positive || walk->base > walk->top || walk->older > walk->base)
		return false;
	walk->ahead_count = (unsigned)read_be(bytes + 66, 2);
	if (walk->ahead_count > CURSOR_AHEAD_MAX || n != HEAD_BYTES + 4 * (size_t)walk->ahead_count)
		return false;
	for (unsigned i = 0; i < walk->ahead_count; i++)
		walk->ahead[i] = (uint32_t)read_be(bytes + HEAD_BYTES + 4 * (size_t)i, 4);
	return true;
}

enum err cursor_read(struct ctx *cx, struct str text, struct walk *out)
{
	unsigned char bytes[CURSOR_BYTES_MAX];
	size_t n = 0;
	struct walk walk = {};
	if (text.n > 2 * sizeof bytes || !base64url_decode(text, bytes, sizeof bytes, &n) || !read_walk(bytes, n, &walk))
		return fail_as(cx, E_INVALID, "cursor-invalid", "the cursor is not one of this feed's: begin again without one");
	*out = walk;
	return OK;
}

#include "store/row.h"

#include <assert.h>
#include <string.h>

#include "base/config.h"
#include "keys/keys.h"
#include "store/values.h"

/* A sealed blob is ROW_CODEC || seal(); the byte in front tells which associated data to open it with. */
#define ROW_CODEC 1
#define PLACE_MAX 512

struct row_writer row_writer_new(void)
{
	struct row_writer writer = { .bytes = buf_new(ROW_SEALED_MAX) };
	buf_char(&writer.bytes, VALUES_VERSION);
	return writer;
}

void row_put_i64(struct row_writer *writer, int64_t number)
{
	value_put(&writer->bytes, &I64(number));
}

void row_put_str(struct row_writer *writer, struct str text)
{
	value_put(&writer->bytes, &BLOB(text));
}

void row_writer_free(struct row_writer *writer)
{
	if (!writer)
		return;
	if (writer->bytes.p)
		explicit_bzero(writer->bytes.p, writer->bytes.cap);
	buf_free(&writer->bytes);
}

static struct val next_value(struct row_reader *reader, enum val_kind kind)
{
	struct val val = { .kind = kind };
	if (reader->rest.n == 0)
		return val;
	if (!value_cut(&reader->rest, &val) || val.kind != kind) {
		reader->bad = true;
		return (struct val){ .kind = kind };
	}
	return val;
}

int64_t row_get_i64(struct row_reader *reader)
{
	return next_value(reader, VAL_I64).i;
}

struct str row_get_str(struct row_reader *reader)
{
	struct str text = next_value(reader, VAL_BLOB).s;      /* row_unseal() put it into cx->mem */
	return text.n ? text : STR("");
}

enum err row_reader_end(const struct row_reader *reader, const struct row_place *place)
{
	if (reader->bad || reader->rest.n)
		return fail(reader->cx, E_CORRUPT, "a sealed row of table %s holds other columns than this program knows", place->table);
	return OK;
}

/* Region and table are length-prefixed, so no two places share their bytes. */
static struct str place_bytes(struct ctx *cx, const struct row_place *place, struct buf *out)
{
	struct str region = str_of(cx->config ? cx->config->region_name : ""), table = str_of(place->table);
	buf_text(out, "amanat row");
	buf_char(out, ROW_CODEC);
	buf_be32(out, (uint32_t)region.n);
	buf_str(out, region);
	buf_be32(out, (uint32_t)table.n);
	buf_str(out, table);
	buf_be64(out, (uint64_t)place->person);
	buf_be64(out, (uint64_t)place->row);
	assert(!out->failed);
	return buf_view(out);
}

static void wipe_key(unsigned char (*key)[KEY_BYTES])
{
	explicit_bzero(*key, KEY_BYTES);
}

enum err row_seal(struct ctx *cx, const struct grant *grant, const struct row_place *place, const struct row_writer *writer,
	struct str *out)
{
	assert(grant->purpose != GRANT_NONE);
	if (writer->bytes.failed)
		return fail(cx, E_TOOLARGE, "a row of table %s would hold more than %zu bytes", place->table, ROW_SEALED_MAX);
	AUTO(buf_free) struct buf associated = buf_new(PLACE_MAX);
	AUTO(wipe_key) unsigned char key[KEY_BYTES];
	key_derive(grant->key, "row", str_of(place->table), key);
	size_t n = 1 + writer->bytes.n + SEAL_OVERHEAD;
	unsigned char *sealed = arena_alloc(&cx->mem, n, 1);
	sealed[0] = ROW_CODEC;
	seal_bytes(key, place_bytes(cx, place, &associated), writer->bytes.p, writer->bytes.n, sealed + 1);
	*out = (struct str){ .p = (const char *)sealed, .n = n };
	return OK;
}

enum err row_unseal(struct ctx *cx, const struct grant *grant, const struct row_place *place, struct str sealed,
	struct row_reader *out)
{
	assert(grant->purpose != GRANT_NONE);
	if (sealed.n < 1 + SEAL_OVERHEAD + 1 || sealed.p[0] != ROW_CODEC)
		return fail(cx, E_CORRUPT, "a sealed row of table %s has a form that this program does not know", place->table);
	AUTO(buf_free) struct buf associated = buf_new(PLACE_MAX);
	AUTO(wipe_key) unsigned char key[KEY_BYTES];
	key_derive(grant->key, "row", str_of(place->table), key);
	size_t n = sealed.n - 1 - SEAL_OVERHEAD;
	char *plain = arena_alloc(&cx->mem, n, 1);
	if (!unseal_bytes(key, place_bytes(cx, place, &associated), str_from(sealed, 1), plain))
		return fail(cx, E_CORRUPT, "a sealed row of table %s does not open: damaged, moved, or another key's", place->table);
	if (plain[0] != VALUES_VERSION)
		return fail(cx, E_CORRUPT, "a sealed row of table %s is of a newer codec", place->table);
	*out = (struct row_reader){ .rest = { .p = plain + 1, .n = n - 1 }, .cx = cx };
	return OK;
}

/* Sealed rows and lists of values: one form, one place, one key. */
#include "base/config.h"
#include "store/row.h"
#include "store/values.h"
#include "tap.h"

#include <stdlib.h>

#include "keys/keys.h"

static struct ctx new_ctx(void)
{
	struct ctx cx = { .mem = arena_new_capped((size_t)64 << 20) };
	enum err e = keys_init(&cx);
	(void)e;
	return cx;
}

static struct grant new_grant(void)
{
	unsigned char key[KEY_BYTES];
	random_bytes(key, sizeof key);
	return grant_make(GRANT_SESSION, 7, key);
}

static struct val random_val(struct ctx *cx)
{
	unsigned n = random_below(40);
	char *bytes = arena_alloc(&cx->mem, n + 1, 1);
	int64_t number;
	random_bytes(bytes, n);
	random_bytes(&number, sizeof number);
	switch (random_below(4)) {
	case 0: return NIL;
	case 1: return I64(number);
	case 2: return TEXT(((struct str){ .p = bytes, .n = n }));
	default: return BLOB(((struct str){ .p = bytes, .n = n }));
	}
}

TEST(any_list_of_values_reads_back_as_it_was_put)
{
	struct ctx cx = new_ctx();
	for (unsigned round = 0; round < 2000; round++) {
		struct val vals[12], *back;
		size_t n = random_below(13), read;
		for (size_t i = 0; i < n; i++)
			vals[i] = random_val(&cx);
		struct buf bytes = buf_new(4096);
		values_put(&bytes, n, vals);
		CHECK(values_read(&cx, buf_view(&bytes), &read, &back) == OK && read == n);
		for (size_t i = 0; i < n; i++)
			CHECK(vals[i].kind == back[i].kind && vals[i].i == back[i].i && str_eq(vals[i].s, back[i].s));
		buf_free(&bytes);
		arena_free(&cx.mem);
	}
}

TEST(malformed_values_are_refused)
{
	static const struct str bad[] = { { "", 0 }, { "\0", 1 }, { "\2", 1 }, { "\1\4", 2 }, { "\1\1\0\0\0\0\0\0\0", 9 },
		{ "\1\2\0\0\0\5abcd", 10 }, { "\1\3\377\377\377\377", 6 }, { "\1\2\0\0", 4 } };
	struct ctx cx = new_ctx();
	struct val *vals;
	size_t n;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
		CHECK(values_read(&cx, bad[i], &n, &vals) == E_CORRUPT);
	struct buf many = buf_new(8192);
	buf_char(&many, VALUES_VERSION);
	for (unsigned i = 0; i <= VALUES_MAX; i++)
		buf_char(&many, 0);
	CHECK(values_read(&cx, buf_view(&many), &n, &vals) == E_CORRUPT);
	buf_free(&many);
	arena_free(&cx.mem);
}

static struct str sealed_example(struct ctx *cx, const struct grant *grant, const struct row_place *place)
{
	AUTO(row_writer_free) struct row_writer writer = row_writer_new();
	struct str sealed = STR("");
	row_put_i64(&writer, -5);
	row_put_str(&writer, STR("a word"));
	enum err e = row_seal(cx, grant, place, &writer, &sealed);
	return e == OK ? sealed : STR("");
}

TEST(a_sealed_row_opens_in_its_own_place_only)
{
	struct ctx cx = new_ctx();
	struct config here = { .region_name = "sg" }, there = { .region_name = "in" };
	struct grant grant = new_grant(), other = new_grant();
	struct row_place place = { "like", 3, 4 };
	cx.config = &here;
	struct str sealed = sealed_example(&cx, &grant, &place);
	struct row_reader reader;
	CHECK(row_unseal(&cx, &grant, &place, sealed, &reader) == OK);
	CHECK(row_get_i64(&reader) == -5 && str_eq(row_get_str(&reader), STR("a word")) && row_reader_end(&reader, &place) == OK);
	const struct row_place wrong[] = { { "like", 3, 5 }, { "like", 4, 4 }, { "lik", 3, 4 }, { "liked", 3, 4 } };
	for (size_t i = 0; i < 4; i++)
		CHECK(row_unseal(&cx, &grant, &wrong[i], sealed, &reader) == E_CORRUPT);
	CHECK(row_unseal(&cx, &other, &place, sealed, &reader) == E_CORRUPT);
	cx.config = &there;
	CHECK(row_unseal(&cx, &grant, &place, sealed, &reader) == E_CORRUPT);
	arena_free(&cx.mem);
}

TEST(any_changed_bit_of_a_sealed_row_is_noticed)
{
	struct ctx cx = new_ctx();
	struct grant grant = new_grant();
	struct row_place place = { "like", 3, 4 };
	struct str sealed = sealed_example(&cx, &grant, &place);
	char *bytes = arena_text(&cx.mem, sealed);
	struct row_reader reader;
	for (size_t bit = 0; bit < sealed.n * 8; bit++) {
		bytes[bit / 8] = (char)(bytes[bit / 8] ^ (1 << (bit % 8)));
		CHECK(row_unseal(&cx, &grant, &place, (struct str){ .p = bytes, .n = sealed.n }, &reader) == E_CORRUPT);
		bytes[bit / 8] = sealed.p[bit / 8];
	}
	for (size_t n = 0; n < sealed.n; n++)
		CHECK(row_unseal(&cx, &grant, &place, (struct str){ .p = bytes, .n = n }, &reader) == E_CORRUPT);
	arena_free(&cx.mem);
}

TEST(a_column_added_later_reads_as_nothing_in_an_old_row)
{
	struct ctx cx = new_ctx();
	struct grant grant = new_grant();
	struct row_place place = { "like", 3, 4 };
	struct row_reader reader;
	CHECK(row_unseal(&cx, &grant, &place, sealed_example(&cx, &grant, &place), &reader) == OK);
	CHECK(row_get_i64(&reader) == -5 && str_eq(row_get_str(&reader), STR("a word")));
	CHECK(row_get_i64(&reader) == 0 && row_get_str(&reader).n == 0 && row_reader_end(&reader, &place) == OK);
	arena_free(&cx.mem);
}

TEST(columns_of_other_types_or_left_over_are_refused)
{
	struct ctx cx = new_ctx();
	struct grant grant = new_grant();
	struct row_place place = { "like", 3, 4 };
	struct row_reader reader;
	CHECK(row_unseal(&cx, &grant, &place, sealed_example(&cx, &grant, &place), &reader) == OK);
	CHECK(row_get_str(&reader).n == 0 && row_reader_end(&reader, &place) == E_CORRUPT);
	CHECK(row_unseal(&cx, &grant, &place, sealed_example(&cx, &grant, &place), &reader) == OK);
	CHECK(row_get_i64(&reader) == -5 && row_reader_end(&reader, &place) == E_CORRUPT);
	arena_free(&cx.mem);
}

TEST(a_row_past_its_limit_is_refused)
{
	struct ctx cx = new_ctx();
	struct grant grant = new_grant();
	struct row_place place = { "like", 3, 4 };
	AUTO(row_writer_free) struct row_writer writer = row_writer_new();
	char *bytes = arena_alloc(&cx.mem, ROW_SEALED_MAX, 1);
	struct str sealed;
	row_put_str(&writer, (struct str){ .p = bytes, .n = ROW_SEALED_MAX });
	CHECK(row_seal(&cx, &grant, &place, &writer, &sealed) == E_TOOLARGE);
	arena_free(&cx.mem);
}

int main(void)
{
	RUN(any_list_of_values_reads_back_as_it_was_put);
	RUN(malformed_values_are_refused);
	RUN(a_sealed_row_opens_in_its_own_place_only);
	RUN(any_changed_bit_of_a_sealed_row_is_noticed);
	RUN(a_column_added_later_reads_as_nothing_in_an_old_row);
	RUN(columns_of_other_types_or_left_over_are_refused);
	RUN(a_row_past_its_limit_is_refused);
	return tap_end();
}

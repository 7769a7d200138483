/* What a backup says of itself: what was written is read, and nothing else is. */
#include <stdlib.h>
#include <string.h>

#include "tap.h"
#include "upkeep/manifest.h"

static const char hash[] = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

static struct ctx new_ctx(void)
{
	return (struct ctx){ .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
}

static struct manifest_file file(int kind, const char *name)
{
	struct manifest_file made = { .bytes = 42, .packed = 7, .mtime_us = 99 };
	made.kind = kind == 0 ? FILE_STORE : kind == 1 ? FILE_PUBLIC : FILE_PERSONAL;
	snprintf(made.name, sizeof made.name, "%s", name);
	memcpy(made.hash, hash, sizeof hash);
	memcpy(made.packed_hash, hash, sizeof hash);
	return made;
}

static struct buf written(void)
{
	struct buf text = buf_new(1 << 16);
	const struct manifest_file files[] = { file(0, "public.db"), file(1, hash), file(2, hash) };
	manifest_begin(&text, 1'000'000, "sg");
	for (size_t i = 0; i < 3; i++)
		manifest_add(&text, &files[i]);
	manifest_end(&text);
	return text;
}

TEST(what_was_written_is_read)
{
	AUTO(ctx_end) struct ctx cx = new_ctx();
	AUTO(buf_free) struct buf text = written();
	struct manifest manifest;
	struct manifest_file got;
	CHECK(manifest_read(&cx, buf_view(&text), &manifest) == OK);
	CHECK(manifest.at_us == 1'000'000 && str_eq(manifest.region, STR("sg")));
	CHECK(manifest_next(&manifest, &got) && got.kind == FILE_STORE && got.bytes == 42 && got.packed == 7);
	CHECK(manifest_next(&manifest, &got) && got.kind == FILE_PUBLIC && strcmp(got.hash, hash) == 0);
	CHECK(manifest_next(&manifest, &got) && got.kind == FILE_PERSONAL && got.mtime_us == 99);
	CHECK(!manifest_next(&manifest, &got));
}

TEST(every_changed_byte_is_noticed)
{
	AUTO(ctx_end) struct ctx cx = new_ctx();
	AUTO(buf_free) struct buf text = written();
	struct manifest manifest;
	for (size_t i = 0; i < text.n; i++) {
		text.p[i] ^= 1;
		CHECK(manifest_read(&cx, buf_view(&text), &manifest) == E_CORRUPT);
		text.p[i] ^= 1;
	}
	CHECK(manifest_read(&cx, buf_view(&text), &manifest) == OK);
}

TEST(one_that_is_cut_off_is_none)
{
	AUTO(ctx_end) struct ctx cx = new_ctx();
	AUTO(buf_free) struct buf text = written();
	struct manifest manifest;
	for (size_t n = 0; n < text.n; n++)
		CHECK(manifest_read(&cx, (struct str){ text.p, n }, &manifest) == E_CORRUPT);
}

TEST(a_right_sum_over_a_wrong_line_is_refused)
{
	static const char *const lines[] = { "public ../../etc/passwd 5\n", "store other.db 1 2 3 4\n", "public \n", "personal x\n", "\n",
		"public 0123456789ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef 5\n",
		"public 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef -5\n" };
	AUTO(ctx_end) struct ctx cx = new_ctx();
	for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
		AUTO(buf_free) struct buf text = buf_new(1 << 16);
		struct manifest manifest;
		manifest_begin(&text, 1, "sg");
		buf_text(&text, lines[i]);
		manifest_end(&text);
		CHECK(manifest_read(&cx, buf_view(&text), &manifest) == E_CORRUPT);
	}
}

int main(void)
{
	RUN(what_was_written_is_read);
	RUN(every_changed_byte_is_noticed);
	RUN(one_that_is_cut_off_is_none);
	RUN(a_right_sum_over_a_wrong_line_is_refused);
	return tap_end();
}

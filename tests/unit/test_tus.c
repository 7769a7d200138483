/* tus headers: what the specification allows is understood, anything else is refused with a reason. */
#include <stdlib.h>
#include <string.h>

#include "media/tus.h"
#include "tap.h"

static struct ctx cx;

static struct ctx *fresh(void)
{
	ctx_end(&cx);
	cx = (struct ctx){ .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	return &cx;
}

static bool refused(enum err e)
{
	return e == E_INVALID && cx.failure.text[0] != 0;
}

static struct str base64_of(struct str text)
{
	static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	char *out = arena_alloc(&cx.mem, text.n * 2 + 8, 1);
	size_t n = 0;
	for (size_t i = 0; i < text.n; i += 3) {
		const unsigned left = text.n - i < 3 ? (unsigned)(text.n - i) : 3;
		unsigned bits = 0;
		for (unsigned k = 0; k < 3; k++)
			bits = bits << 8 | (k < left ? (unsigned char)text.p[i + k] : 0);
		for (unsigned k = 0; k < 4; k++)
			out[n++] = k <= left ? digits[bits >> (18 - 6 * k) & 63] : '=';
	}
	return (struct str){ .p = out, .n = n };
}

static enum err parse_filename(struct str name, struct tus_metadata *out)
{
	fresh();
	const struct str encoded = base64_of(name);
	return tus_metadata_parse(&cx, arena_printf(&cx.mem, "filename " STR_FMT, STR_ARG(encoded)), out);
}

TEST(metadata_is_pairs_of_a_key_and_base64)
{
	struct tus_metadata m;
	CHECK(tus_metadata_parse(fresh(), STR("filename Y2xpcC5tcDQ=,filetype dmlkZW8vbXA0,caption aGVsbG8gd29ybGQ=,language aGk=,publish MQ=="), &m) == OK);
	CHECK(str_eq(m.filename, STR("clip.mp4")) && str_eq(m.filetype, STR("video/mp4")) && m.publish);
	CHECK(str_eq(m.caption, STR("hello world")) && str_eq(m.language, STR("hi")));
	CHECK(tus_metadata_parse(fresh(), STR(""), &m) == OK && !m.publish && m.raw.n == 0);
	CHECK(tus_metadata_parse(fresh(), STR("filename, is_confidential,other dg=="), &m) == OK && m.filename.n == 0);
	CHECK(tus_metadata_parse(fresh(), STR("publish MA=="), &m) == OK && !m.publish);
}

TEST(metadata_names_the_part_that_is_wanted)
{
	struct tus_metadata m;
	CHECK(tus_metadata_parse(fresh(), STR("trim_start_ms MTUwMA==,trim_end_ms OTAwMA==,cover_ms MA=="), &m) == OK);
	CHECK(m.trim.start_ms == 1500 && m.trim.end_ms == 9000 && m.trim.cover == 1);
	CHECK(tus_metadata_parse(fresh(), STR("filename Y2xpcC5tcDQ="), &m) == OK && m.trim.end_ms == 0 && m.trim.cover == 0);
	static const char *const wrong[] = { "trim_start_ms", "trim_start_ms LTE=", "trim_end_ms MS41", "cover_ms YQ==",
		"cover_ms MTIzNDU2Nzg5MDEy" };
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		CHECK(refused(tus_metadata_parse(fresh(), str_of(wrong[i]), &m)));
}

TEST(metadata_that_is_not_is_refused)
{
	static const char *const wrong[] = { "filename ####", ",", "filename Y2xpcA==,", "filename Y2xpcA==,filename Y2xpcA==",
		"filename Y2xpcA", "filename Y2xpcA== extra", "filename gICA", "filename YQBi", "filename YQpi", "caption AAEC", "publish MTE=",
		"k\xc3\xa9y dg==" };
	struct tus_metadata m;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		CHECK(refused(tus_metadata_parse(fresh(), str_of(wrong[i]), &m)));
	AUTO(buf_free) struct buf many = buf_new(1 << 20);
	for (unsigned i = 0; i < 3000; i++)
		buf_printf(&many, "%sk%u dg==", i ? "," : "", i);
	CHECK(refused(tus_metadata_parse(fresh(), buf_view(&many), &m)));
}

/* A name is only ever words for its owner: sealed, never part of a path.  So only what is no text is refused. */
TEST(hostile_names_are_text_or_refused)
{
	struct tus_metadata m;
	CHECK(parse_filename(STR("../../../../etc/cron.d/x.mp4"), &m) == OK && str_eq(m.filename, STR("../../../../etc/cron.d/x.mp4")));
	CHECK(parse_filename(STR("<img src=x onerror=alert(1)>.mp4"), &m) == OK);
	CHECK(parse_filename(STR("%s%s%n.mp4"), &m) == OK);
	CHECK(refused(parse_filename(STR("a\0b.mp4"), &m)));
	CHECK(refused(parse_filename(STR("a\nb.mp4"), &m)));
	CHECK(refused(parse_filename(STR("\xed\xa0\xbd.mp4"), &m)));
	char *const name = malloc(TUS_FILENAME_BYTES_MAX + 1);
	CHECK(name);
	memset(name, 'x', TUS_FILENAME_BYTES_MAX + 1);
	CHECK(refused(parse_filename((struct str){ .p = name, .n = TUS_FILENAME_BYTES_MAX + 1 }, &m)));
	CHECK(parse_filename((struct str){ .p = name, .n = TUS_FILENAME_BYTES_MAX }, &m) == OK);
	free(name);
}

TEST(numbers_are_digits_that_fit)
{
	int64_t n;
	static const char *const wrong[] = { "", "-1", "-0", "+1", "1e9", "0x10", " 1", "1 ", "9223372036854775808", "99999999999999999999", "1,1" };
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		CHECK(refused(tus_number(fresh(), "Upload-Length", str_of(wrong[i]), &n)));
	CHECK(tus_number(fresh(), "Upload-Length", STR("9223372036854775807"), &n) == OK && n == INT64_MAX);
	CHECK(tus_number(fresh(), "Upload-Offset", STR("0"), &n) == OK && n == 0);
}

TEST(checksums_are_sha1_or_sha256_of_the_body)
{
	struct tus_checksum sum;
	CHECK(tus_checksum_parse(fresh(), STR(""), &sum) == OK && sum.algorithm == TUS_NO_CHECKSUM);
	CHECK(tus_checksum_check(&cx, &sum, STR("anything")) == OK);
	CHECK(tus_checksum_parse(fresh(), STR("sha1 Kq5sNclPz7QV2+lfQIuc6R7oRu0="), &sum) == OK);
	CHECK(tus_checksum_check(&cx, &sum, STR("hello world")) == OK);
	CHECK(tus_checksum_check(&cx, &sum, STR("hello world!")) == E_INVALID && !strcmp(cx.failure.slug, "checksum-mismatch"));
	CHECK(tus_checksum_parse(fresh(), STR("sha256 uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek="), &sum) == OK);
	CHECK(tus_checksum_check(&cx, &sum, STR("hello world")) == OK);
	static const char *const wrong[] = { "md5 AAAA", "sha1 zzzz", "sha1", "sha1 ", "SHA1 Kq5sNclPz7QV2+lfQIuc6R7oRu0=",
		"sha256 Kq5sNclPz7QV2+lfQIuc6R7oRu0=", "sha1 uU0nuZNNPgilLlLX2n2r+sSE7+N6U4DukIj3rOLvzek=" };
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		CHECK(refused(tus_checksum_parse(fresh(), str_of(wrong[i]), &sum)));
}

int main(void)
{
	RUN(metadata_is_pairs_of_a_key_and_base64);
	RUN(metadata_names_the_part_that_is_wanted);
	RUN(metadata_that_is_not_is_refused);
	RUN(hostile_names_are_text_or_refused);
	RUN(numbers_are_digits_that_fit);
	RUN(checksums_are_sha1_or_sha256_of_the_body);
	ctx_end(&cx);
	return tap_end();
}

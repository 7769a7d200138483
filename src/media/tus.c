#include "media/tus.h"

#include <nettle/sha1.h>
#include <string.h>

enum err tus_number(struct ctx *cx, const char *name, struct str header, int64_t *out)
{
	int64_t number;
	if (!str_i64(header, &number) || header.p[0] == '-')
		return fail(cx, E_INVALID, "%s must be a whole number, in digits only", name);
	*out = number;
	return OK;
}

/* A value for people: no control characters, so that it can be shown, logged by a client, or put into a header again. */
static enum err metadata_text(struct ctx *cx, struct str encoded, size_t max, struct str *out)
{
	char *text = arena_alloc(&cx->mem, encoded.n + 1, 1);
	size_t n = 0;
	if (encoded.n && !base64_decode(encoded, text, encoded.n, &n))
		return fail(cx, E_INVALID, "each value in Upload-Metadata must be base64 (RFC 4648 section 4)");
	const struct str value = { .p = text, .n = n };
	if (n > max || !str_utf8(value))
		return fail(cx, E_INVALID, "a value in Upload-Metadata is too long or is not UTF-8 text");
	for (size_t i = 0; i < n; i++)
		if (((unsigned char)text[i] < 0x20 && text[i] != '\n') || text[i] == 0x7f)
			return fail(cx, E_INVALID, "a value in Upload-Metadata holds control characters");
	*out = value;
	return OK;
}

static enum err metadata_number(struct ctx *cx, struct str encoded, int64_t *out)
{
	enum { DIGITS = 10 };
	struct str digits;
	TRY(metadata_text(cx, encoded, DIGITS, &digits));
	return tus_number(cx, "A time in Upload-Metadata", digits, out);
}

static enum err metadata_trim(struct ctx *cx, struct str key, struct str value, struct trim *out)
{
	if (str_eq(key, STR("trim_start_ms")))
		return metadata_number(cx, value, &out->start_ms);
	if (str_eq(key, STR("trim_end_ms")))
		return metadata_number(cx, value, &out->end_ms);
	TRY(metadata_number(cx, value, &out->cover));
	out->cover++;
	return OK;
}

static bool key_valid(struct str key)
{
	if (key.n == 0 || key.n > 64)
		return false;
	for (size_t i = 0; i < key.n; i++)
		if (key.p[i] <= ' ' || key.p[i] > '~')
			return false;
	return true;
}

static enum err metadata_pair(struct ctx *cx, struct str key, struct str value, struct tus_metadata *out)
{
	/* A caption of 2,200 characters of four bytes each. */
	enum { TYPE_BYTES = 255, CAPTION_BYTES = 8800, LANGUAGE_BYTES = 16 };
	struct str publish = {};
	if (str_eq(key, STR("filename"))) {
		TRY(metadata_text(cx, value, TUS_FILENAME_BYTES_MAX, &out->filename));
		if (memchr(out->filename.p, '\n', out->filename.n))
			return fail(cx, E_INVALID, "the file's name holds a line end");
		return OK;
	}
	if (str_eq(key, STR("filetype")))
		return metadata_text(cx, value, TYPE_BYTES, &out->filetype);
	if (str_eq(key, STR("caption")))
		return metadata_text(cx, value, CAPTION_BYTES, &out->caption);
	if (str_eq(key, STR("language")))
		return metadata_text(cx, value, LANGUAGE_BYTES, &out->language);
	if (str_eq(key, STR("publish"))) {
		TRY(metadata_text(cx, value, 1, &publish));
		out->publish = str_eq(publish, STR("1"));
		return OK;
	}
	if (str_eq(key, STR("trim_start_ms")) || str_eq(key, STR("trim_end_ms")) || str_eq(key, STR("cover_ms")))
		return metadata_trim(cx, key, value, &out->trim);
	/* Keys that mean nothing here must still be well formed: section Upload-Metadata. */
	struct str ignored;
	return metadata_text(cx, value, TUS_METADATA_BYTES_MAX, &ignored);
}

enum err tus_metadata_parse(struct ctx *cx, struct str header, struct tus_metadata *out)
{
	struct tus_metadata metadata = { .raw = arena_copy(&cx->mem, header) };
	if (header.n > TUS_METADATA_BYTES_MAX)
		return fail(cx, E_INVALID, "Upload-Metadata may have %d bytes at most", TUS_METADATA_BYTES_MAX);
	struct str rest = header, keys[TUS_METADATA_KEYS_MAX];
	unsigned count = 0;
	while (rest.n) {
		const bool more = memchr(rest.p, ',', rest.n) != NULL;
		struct str value = str_trim(str_cut(&rest, ','));
		const struct str key = str_cut(&value, ' ');
		if (!key_valid(key) || (more && !rest.n))
			return fail(cx, E_INVALID, "Upload-Metadata must be pairs of a key and a base64 value, with commas between");
		if (count == TUS_METADATA_KEYS_MAX)
			return fail(cx, E_INVALID, "Upload-Metadata may have %d keys at most", TUS_METADATA_KEYS_MAX);
		for (unsigned i = 0; i < count; i++)
			if (str_eq(keys[i], key))
				return fail(cx, E_INVALID, "Upload-Metadata names a key twice");
		keys[count++] = key;
		TRY(metadata_pair(cx, key, value, &metadata));
	}
	*out = metadata;
	return OK;
}

static size_t digest_bytes(enum tus_algorithm algorithm)
{
	return algorithm == TUS_SHA1 ? SHA1_DIGEST_SIZE : SHA256_BYTES;
}

enum err tus_checksum_parse(struct ctx *cx, struct str header, struct tus_checksum *out)
{
	struct tus_checksum checksum = {};
	if (header.n) {
		struct str value = str_trim(header);
		const struct str name = str_cut(&value, ' ');
		if (str_eq(name, STR("sha1")))
			checksum.algorithm = TUS_SHA1;
		else if (str_eq(name, STR("sha256")))
			checksum.algorithm = TUS_SHA256;
		else
			return fail_as(cx, E_INVALID, "checksum-unsupported", "Upload-Checksum must be one of: " TUS_CHECKSUMS);
		size_t n = 0;
		if (!base64_decode(value, checksum.digest, sizeof checksum.digest, &n) || n != digest_bytes(checksum.algorithm))
			return fail(cx, E_INVALID, "Upload-Checksum must be the algorithm's name, a blank and the digest in base64");
	}
	*out = checksum;
	return OK;
}

enum err tus_checksum_check(struct ctx *cx, const struct tus_checksum *checksum, struct str bytes)
{
	unsigned char digest[SHA256_BYTES];
	if (checksum->algorithm == TUS_NO_CHECKSUM)
		return OK;
	if (checksum->algorithm == TUS_SHA1) {
		struct sha1_ctx state;
		sha1_init(&state);
		sha1_update(&state, bytes.n, (const uint8_t *)bytes.p);
		sha1_digest(&state, SHA1_DIGEST_SIZE, digest);
	} else {
		sha256(bytes, digest);
	}
	if (memcmp(digest, checksum->digest, digest_bytes(checksum->algorithm)) != 0)
		return fail_as(cx, E_INVALID, "checksum-mismatch", "what arrived has another checksum than Upload-Checksum says: send it again");
	return OK;
}

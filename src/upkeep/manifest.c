#include "upkeep/manifest.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define HEAD "amanat-backup 1"
#define END_BYTES (sizeof "end \n" - 1 + HASH_TEXT_BYTES - 1)
#define REGION_BYTES_MAX 64

void manifest_begin(struct buf *out, int64_t at_us, const char *region)
{
	buf_printf(out, HEAD "\nat %" PRId64 "\nregion %s\n", at_us, region);
}

void manifest_add(struct buf *out, const struct manifest_file *file)
{
	switch (file->kind) {
	case FILE_STORE:
		buf_printf(out, "store %s %" PRId64 " %s %" PRId64 " %s\n", file->name, file->bytes, file->hash, file->packed, file->packed_hash);
		break;
	case FILE_PUBLIC:
		buf_printf(out, "public %s %" PRId64 "\n", file->name, file->bytes);
		break;
	case FILE_PERSONAL:
		buf_printf(out, "personal %s %" PRId64 " %" PRId64 " %s\n", file->name, file->bytes, file->mtime_us, file->hash);
		break;
	}
}

void manifest_end(struct buf *out)
{
	unsigned char digest[SHA256_BYTES];
	sha256(buf_view(out), digest);
	buf_text(out, "end ");
	buf_hex(out, digest, sizeof digest);
	buf_char(out, '\n');
}

/* --- reading --- */

static bool is_hash(struct str text)
{
	unsigned char bytes[SHA256_BYTES];
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] >= 'A' && text.p[i] <= 'F')
			return false;
	return hex_decode(text, bytes, sizeof bytes);
}

static void put_text(char *out, struct str text)
{
	assert(text.n < HASH_TEXT_BYTES);
	memcpy(out, text.p, text.n);
	out[text.n] = '\0';
}

static bool take_hash(struct str *rest, char out[HASH_TEXT_BYTES])
{
	struct str word = str_cut(rest, ' ');
	if (!is_hash(word))
		return false;
	put_text(out, word);
	return true;
}

static bool take_number(struct str *rest, int64_t *out)
{
	struct str word = str_cut(rest, ' ');
	return str_i64(word, out) && *out >= 0;
}

static bool read_store(struct str rest, struct manifest_file *file)
{
	struct str name = str_cut(&rest, ' ');
	if (!str_eq(name, STR("public.db")) && !str_eq(name, STR("personal.db")) && !str_eq(name, STR("keys.db")))
		return false;
	put_text(file->name, name);
	file->kind = FILE_STORE;
	return take_number(&rest, &file->bytes) && take_hash(&rest, file->hash) && take_number(&rest, &file->packed) &&
		take_hash(&rest, file->packed_hash) && rest.n == 0;
}

static bool read_line(struct str line, struct manifest_file *out)
{
	struct manifest_file file = { .kind = FILE_PUBLIC };
	struct str word = str_cut(&line, ' ');
	bool good = false;
	if (str_eq(word, STR("store")))
		good = read_store(line, &file);
	else if (str_eq(word, STR("public")))
		good = take_hash(&line, file.name) && take_number(&line, &file.bytes) && line.n == 0;
	else if (str_eq(word, STR("personal"))) {
		file.kind = FILE_PERSONAL;
		good = take_hash(&line, file.name) && take_number(&line, &file.bytes) && take_number(&line, &file.mtime_us) &&
			take_hash(&line, file.hash) && line.n == 0;
	}
	if (!good)
		return false;
	if (file.kind == FILE_PUBLIC)
		memcpy(file.hash, file.name, sizeof file.hash);
	*out = file;
	return true;
}

static enum err wrong(struct ctx *cx, const char *why)
{
	return fail(cx, E_CORRUPT, "the manifest %s", why);
}

static enum err check_sum(struct ctx *cx, struct str text)
{
	unsigned char digest[SHA256_BYTES], stated[SHA256_BYTES];
	if (text.n < END_BYTES)
		return wrong(cx, "is cut off");
	struct str end = str_from(text, text.n - END_BYTES);
	if (!str_starts(end, STR("end ")) || end.p[end.n - 1] != '\n' || !is_hash((struct str){ end.p + 4, HASH_TEXT_BYTES - 1 }) ||
	    !hex_decode((struct str){ end.p + 4, HASH_TEXT_BYTES - 1 }, stated, sizeof stated))
		return wrong(cx, "is cut off");
	sha256((struct str){ text.p, text.n - END_BYTES }, digest);
	return memcmp(digest, stated, sizeof digest) == 0 ? OK : wrong(cx, "was changed");
}

enum err manifest_lines(struct ctx *cx, struct str text, struct str *out)
{
	TRY(check_sum(cx, text));
	*out = (struct str){ text.p, text.n - END_BYTES };
	return OK;
}

enum err manifest_read(struct ctx *cx, struct str text, struct manifest *out)
{
	struct manifest manifest;
	struct manifest_file file;
	struct str rest;
	TRY(manifest_lines(cx, text, &rest));
	if (!str_eq(str_cut(&rest, '\n'), STR(HEAD)))
		return wrong(cx, "is of another version");
	struct str at = str_cut(&rest, '\n'), region = str_cut(&rest, '\n');
	if (!str_starts(at, STR("at ")) || !str_i64(str_from(at, 3), &manifest.at_us) || manifest.at_us < 0 ||
	    !str_starts(region, STR("region ")) || region.n > REGION_BYTES_MAX)
		return wrong(cx, "has no head");
	manifest.region = str_from(region, 7);
	manifest.files = rest;
	if (rest.n && rest.p[rest.n - 1] != '\n')
		return wrong(cx, "is not well formed");
	for (int line = 4; rest.n; line++)
		if (!read_line(str_cut(&rest, '\n'), &file))
			return fail(cx, E_CORRUPT, "the manifest is not well formed in line %d", line);
	*out = manifest;
	return OK;
}

bool manifest_next(struct manifest *manifest, struct manifest_file *out)
{
	if (manifest->files.n == 0)
		return false;
	bool good = read_line(str_cut(&manifest->files, '\n'), out);
	assert(good);                          /* manifest_read() saw each line */
	return true;
}

#include "ledger/note.h"

#include <assert.h>
#include <string.h>

#define DASH "\xe2\x80\x94 "                   /* U+2014, and a space */
#define SIGNATURE_LINE_MAX 4096
#define TIME_BYTES 8

/* --- names and keys --- */

/* What Unicode calls a space beyond ASCII (White_Space of PropList.txt), in UTF-8. */
static const char *const wide_spaces[] = {
	"\xc2\x85", "\xc2\xa0", "\xe1\x9a\x80", "\xe2\x80\x80", "\xe2\x80\x81", "\xe2\x80\x82", "\xe2\x80\x83", "\xe2\x80\x84", "\xe2\x80\x85",
	"\xe2\x80\x86", "\xe2\x80\x87", "\xe2\x80\x88", "\xe2\x80\x89", "\xe2\x80\x8a", "\xe2\x80\xa8", "\xe2\x80\xa9", "\xe2\x80\xaf", "\xe2\x81\x9f",
	"\xe3\x80\x80",
};

bool note_name_valid(struct str name)
{
	if (name.n == 0 || name.n > NOTE_NAME_MAX || !str_utf8(name))
		return false;
	for (size_t i = 0; i < name.n; i++)
		if ((unsigned char)name.p[i] <= ' ' || name.p[i] == 0x7f || name.p[i] == '+')
			return false;
	for (size_t i = 0; i < sizeof wide_spaces / sizeof wide_spaces[0]; i++)
		if (memmem(name.p, name.n, wide_spaces[i], strlen(wide_spaces[i])))
			return false;
	return true;
}

struct note_key note_key_new(struct str name, enum note_type type, const unsigned char public[SIGN_PUBLIC_BYTES])
{
	struct note_key key = { .type = type };
	char bytes[NOTE_NAME_MAX + 2 + SIGN_PUBLIC_BYTES];
	unsigned char digest[SHA256_BYTES];
	assert(note_name_valid(name));
	memcpy(key.name, name.p, name.n);
	memcpy(key.public, public, SIGN_PUBLIC_BYTES);
	memcpy(bytes, name.p, name.n);
	bytes[name.n] = '\n';
	bytes[name.n + 1] = (char)type;
	memcpy(bytes + name.n + 2, public, SIGN_PUBLIC_BYTES);
	sha256((struct str){ bytes, name.n + 2 + SIGN_PUBLIC_BYTES }, digest);
	memcpy(key.id, digest, NOTE_ID_BYTES);
	return key;
}

enum err note_key_parse(struct ctx *cx, struct str vkey, struct note_key *out)
{
	unsigned char id[NOTE_ID_BYTES], bytes[1 + SIGN_PUBLIC_BYTES];
	size_t n = 0;
	const struct str name = str_cut(&vkey, '+'), id_text = str_cut(&vkey, '+');
	if (!note_name_valid(name) || !hex_decode(id_text, id, sizeof id) || !base64_decode(vkey, bytes, sizeof bytes, &n) || n != sizeof bytes)
		return fail_as(cx, E_INVALID, "key-invalid", "a verifier key looks like name+hex+base64");
	if (bytes[0] != NOTE_ED25519 && bytes[0] != NOTE_COSIGNATURE)
		return fail_as(cx, E_INVALID, "key-invalid", "the key is of type %u; known are 1 (Ed25519) and 4 (cosignature)", bytes[0]);
	const struct note_key key = note_key_new(name, (enum note_type)bytes[0], bytes + 1);
	if (memcmp(key.id, id, NOTE_ID_BYTES) != 0)
		return fail_as(cx, E_INVALID, "key-invalid", "the key's id does not belong to its name and bytes: was it copied whole?");
	*out = key;
	return OK;
}

void note_key_write(const struct note_key *key, struct buf *out)
{
	unsigned char bytes[1 + SIGN_PUBLIC_BYTES] = { (unsigned char)key->type };
	memcpy(bytes + 1, key->public, SIGN_PUBLIC_BYTES);
	buf_text(out, key->name);
	buf_char(out, '+');
	buf_hex(out, key->id, NOTE_ID_BYTES);
	buf_char(out, '+');
	buf_base64(out, bytes, sizeof bytes);
}

/* --- reading --- */

static enum err refuse(struct ctx *cx, const char *why)
{
	return fail_as(cx, E_INVALID, "note-invalid", "not a signed note: %s", why);
}

static bool is_plain(struct str bytes)
{
	for (size_t i = 0; i < bytes.n; i++)
		if ((unsigned char)bytes.p[i] < ' ' && bytes.p[i] != '\n')
			return false;
	return str_utf8(bytes);
}

/* Where the last empty line begins: the first of two newlines; false when there is none. */
static bool last_empty_line(struct str bytes, size_t *out)
{
	for (size_t i = bytes.n; i >= 2; i--) {
		if (bytes.p[i - 2] == '\n' && bytes.p[i - 1] == '\n') {
			*out = i - 2;
			return true;
		}
	}
	return false;
}

static bool read_signature(struct ctx *cx, struct str line, struct note_signature *out)
{
	if (!str_starts(line, STR(DASH)) || line.n > SIGNATURE_LINE_MAX)
		return false;
	line = str_from(line, sizeof DASH - 1);
	struct note_signature signature = { .name = str_cut(&line, ' ') };
	const size_t room = line.n / 4 * 3;
	unsigned char *const bytes = arena_alloc(&cx->mem, room + 1, 1);
	size_t n = 0;
	if (!note_name_valid(signature.name) || !base64_decode(line, bytes, room, &n) || n <= NOTE_ID_BYTES)
		return false;
	memcpy(signature.id, bytes, NOTE_ID_BYTES);
	signature.bytes = (struct str){ (const char *)bytes + NOTE_ID_BYTES, n - NOTE_ID_BYTES };
	*out = signature;
	return true;
}

enum err note_parse(struct ctx *cx, struct str bytes, struct note *out)
{
	struct note note = {};
	size_t at = 0;
	if (bytes.n > NOTE_BYTES_MAX)
		return refuse(cx, "too long");
	if (!is_plain(bytes))
		return refuse(cx, "it has control characters, or is not UTF-8");
	if (!last_empty_line(bytes, &at) || bytes.p[bytes.n - 1] != '\n')
		return refuse(cx, "it needs an empty line before its signatures and a newline at its end");
	note.text = (struct str){ bytes.p, at + 1 };
	struct str lines = str_from(bytes, at + 2);
	while (lines.n) {
		if (note.count == NOTE_SIGNATURES_MAX)
			return refuse(cx, "too many signatures");
		if (!read_signature(cx, str_cut(&lines, '\n'), &note.signatures[note.count++]))
			return refuse(cx, "a signature line is malformed");
	}
	if (note.count == 0)
		return refuse(cx, "nobody signed it");
	*out = note;
	return OK;
}

/* --- signatures --- */

static void cosigned_text(uint64_t time_s, struct str text, struct buf *out)
{
	buf_printf(out, "cosignature/v1\ntime %ju\n", (uintmax_t)time_s);
	buf_str(out, text);
}

static bool signature_holds(const struct note_key *key, struct str text, struct str bytes, uint64_t *time_s)
{
	const unsigned char *const raw = (const unsigned char *)bytes.p;
	if (key->type == NOTE_ED25519)
		return bytes.n == SIGNATURE_BYTES && signature_valid(key->public, text, raw);
	if (bytes.n != TIME_BYTES + SIGNATURE_BYTES)
		return false;
	uint64_t time = 0;
	for (unsigned i = 0; i < TIME_BYTES; i++)
		time = time << 8 | raw[i];
	AUTO(buf_free) struct buf message = buf_new(NOTE_BYTES_MAX + 100);
	cosigned_text(time, text, &message);
	assert(!message.failed);
	if (!signature_valid(key->public, buf_view(&message), raw + TIME_BYTES))
		return false;
	if (time_s)
		*time_s = time;
	return true;
}

enum note_verdict note_check(const struct note *note, const struct note_key *key, uint64_t *time_s)
{
	enum note_verdict verdict = NOTE_UNSIGNED;
	for (unsigned i = 0; i < note->count; i++) {
		const struct note_signature *const signature = &note->signatures[i];
		if (!str_eq(signature->name, str_of(key->name)) || memcmp(signature->id, key->id, NOTE_ID_BYTES) != 0)
			continue;
		if (!signature_holds(key, note->text, signature->bytes, time_s))
			return NOTE_FORGED;
		verdict = NOTE_SIGNED;
	}
	return verdict;
}

static void write_line(const struct note_key *key, const unsigned char *bytes, size_t n, struct buf *out)
{
	unsigned char whole[NOTE_ID_BYTES + TIME_BYTES + SIGNATURE_BYTES];
	assert(NOTE_ID_BYTES + n <= sizeof whole);
	memcpy(whole, key->id, NOTE_ID_BYTES);
	memcpy(whole + NOTE_ID_BYTES, bytes, n);
	buf_text(out, DASH);
	buf_text(out, key->name);
	buf_char(out, ' ');
	buf_base64(out, whole, NOTE_ID_BYTES + n);
	buf_char(out, '\n');
}

void note_sign(const struct note_key *key, const unsigned char seed[SIGN_SEED_BYTES], struct str text, struct buf *out)
{
	unsigned char signature[SIGNATURE_BYTES];
	assert(key->type == NOTE_ED25519 && text.n && text.p[text.n - 1] == '\n');
	sign_message(seed, text, signature);
	write_line(key, signature, sizeof signature, out);
}

void note_cosign(const struct note_key *key, const unsigned char seed[SIGN_SEED_BYTES], uint64_t time_s, struct str text, struct buf *out)
{
	unsigned char bytes[TIME_BYTES + SIGNATURE_BYTES];
	AUTO(buf_free) struct buf message = buf_new(NOTE_BYTES_MAX + 100);
	assert(key->type == NOTE_COSIGNATURE);
	cosigned_text(time_s, text, &message);
	assert(!message.failed);
	for (unsigned i = 0; i < TIME_BYTES; i++)
		bytes[i] = (unsigned char)(time_s >> (56 - 8 * i));
	sign_message(seed, buf_view(&message), bytes + TIME_BYTES);
	write_line(key, bytes, sizeof bytes, out);
}

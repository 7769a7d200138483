#include "charter/signed.h"

#include <assert.h>
#include <inttypes.h>

#define TEXT_BYTES_MAX (NOTE_NAME_MAX + 200)

static void write_text(const struct charter *charter, struct buf *out)
{
	buf_text(out, "amanat charter\n");
	buf_str(out, charter->name);
	buf_printf(out, "\n%" PRIu32 "\n", charter->version);
	buf_base64(out, charter->hash, SHA256_BYTES);
	buf_char(out, '\n');
	assert(!out->failed);
}

void charter_sign(const struct charter *charter, const struct note_key *key, const unsigned char seed[SIGN_SEED_BYTES], struct buf *out)
{
	AUTO(buf_free) struct buf text = buf_new(TEXT_BYTES_MAX);
	assert(str_eq(charter->name, str_of(key->name)));
	write_text(charter, &text);
	buf_str(out, buf_view(&text));
	buf_char(out, '\n');
	note_sign(key, seed, buf_view(&text), out);
}

enum err charter_signature_check(struct ctx *cx, const struct charter *charter, struct str bytes, const struct note_key *key)
{
	AUTO(buf_free) struct buf text = buf_new(TEXT_BYTES_MAX);
	struct note note;
	TRY(note_parse(cx, bytes, &note));
	write_text(charter, &text);
	if (!str_eq(note.text, buf_view(&text)))
		return fail_as(cx, E_INVALID, "charter-signature", "the signature is on another charter, or on another version of it");
	if (!str_eq(charter->name, str_of(key->name)))
		return fail_as(cx, E_INVALID, "charter-signature", "the key has another name than the charter");
	switch (note_check(&note, key, NULL)) {
	case NOTE_SIGNED:
		return OK;
	case NOTE_UNSIGNED:
		return fail_as(cx, E_INVALID, "charter-signature", "this key did not sign the charter");
	case NOTE_FORGED:
		break;
	}
	return fail_as(cx, E_INVALID, "charter-signature", "the signature is forged: refuse the charter");
}

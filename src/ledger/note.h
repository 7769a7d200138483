/* ledger/note.h - signed notes (C2SP signed-note 1.0): a text, an empty line, signature lines.  Pure.
 *
 *   text LF LF (U+2014 SP name SP base64(key id[4] || signature) LF)+
 *
 * A key's id is the first four bytes of SHA-256(name || LF || type || public key); its text, the "verifier key", is
 * name+hex(id)+base64(type || public key).  A signature of type 04 is a cosignature/v1: a time, and a signature over
 * "cosignature/v1\ntime T\n" and the whole text. */
#ifndef LEDGER_NOTE_H
#define LEDGER_NOTE_H
#include "base/ctx.h"
#include "keys/keys.h"

#define NOTE_BYTES_MAX ((size_t)64 << 10)
#define NOTE_SIGNATURES_MAX 64
#define NOTE_NAME_MAX 200
#define NOTE_ID_BYTES 4
#define NOTE_VKEY_MAX (NOTE_NAME_MAX + 64)

enum note_type { NOTE_ED25519 = 1, NOTE_COSIGNATURE = 4 };

/* Who may sign.  Values; nothing is owned. */
struct note_key {
	char name[NOTE_NAME_MAX + 1];
	unsigned char id[NOTE_ID_BYTES];
	enum note_type type;
	unsigned char public[SIGN_PUBLIC_BYTES];
};
/* Not empty, well-formed UTF-8, no Unicode space, no '+', no control character, at most NOTE_NAME_MAX bytes. */
bool note_name_valid(struct str name);
/* `name` is valid. */
struct note_key note_key_new(struct str name, enum note_type, const unsigned char public[SIGN_PUBLIC_BYTES]);
/* E_INVALID "key-invalid": not a verifier key of a type that is known here, or its id is not that of its key. */
enum err note_key_parse(struct ctx *, struct str vkey, struct note_key *out);
void note_key_write(const struct note_key *, struct buf *out);

struct note_signature {
	struct str name;
	unsigned char id[NOTE_ID_BYTES];
	struct str bytes;                      /* behind the id; in the context's memory */
};
struct note {
	struct str text;                       /* with its last newline, without the empty line; a view of what was parsed */
	unsigned count;
	struct note_signature signatures[NOTE_SIGNATURES_MAX];
};
/* Form only: no key is looked at.  E_INVALID "note-invalid". */
enum err note_parse(struct ctx *, struct str bytes, struct note *out);

enum note_verdict {
	NOTE_UNSIGNED,                         /* this key did not sign it */
	NOTE_SIGNED,
	NOTE_FORGED                            /* it bears the key's name and id, and the signature is wrong: refuse the note */
};
/* `time_s` of a cosignature, seconds since 1970; may be NULL. */
enum note_verdict note_check(const struct note *, const struct note_key *, uint64_t *time_s);

/* One signature line over a text that ends in a newline. */
void note_sign(const struct note_key *, const unsigned char seed[SIGN_SEED_BYTES], struct str text, struct buf *out);
void note_cosign(const struct note_key *, const unsigned char seed[SIGN_SEED_BYTES], uint64_t time_s, struct str text, struct buf *out);
#endif

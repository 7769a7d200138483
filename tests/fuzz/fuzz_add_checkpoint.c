/* What add-checkpoint is sent: what parses is written again as it was, proves nothing between trees that nobody made, and is no known log's. */
#include "fuzz.h"
#include "ledger/cosigner.h"

static void try_note(struct ctx *cx, const struct cosigner_question *question)
{
	static const unsigned char public[SIGN_PUBLIC_BYTES] = { 1 };
	const struct hash nowhere = { { 7 } };
	struct note note;
	struct checkpoint checkpoint;
	if (note_parse(cx, question->note, &note) != OK || checkpoint_parse(cx, note.text, &checkpoint) != OK)
		return;
	const struct note_key nobody = note_key_new(checkpoint.origin, NOTE_ED25519, public);
	assert(note_check(&note, &nobody, NULL) != NOTE_SIGNED);
	/* a root that no proof can lead to */
	if (question->old > 0)
		assert(!tree_is_consistent(question->old, checkpoint.size, &nowhere, &checkpoint.root, &question->proof) ||
		       (question->old == checkpoint.size && hash_eq(&nowhere, &checkpoint.root)));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	AUTO(buf_free) struct buf again = buf_new(n + 1);
	const struct str body = { (const char *)bytes, n };
	struct cosigner_question question;
	if (cosigner_question_parse(&cx, body, &question) != OK)
		return 0;
	assert(question.proof.count <= TREE_DEPTH_MAX && question.old <= INT64_MAX);
	buf_printf(&again, "old %llu\n", (unsigned long long)question.old);
	for (unsigned i = 0; i < question.proof.count; i++) {
		buf_base64(&again, question.proof.hashes[i].bytes, TREE_HASH_BYTES);
		buf_char(&again, '\n');
	}
	buf_char(&again, '\n');
	buf_str(&again, question.note);
	assert(str_eq(buf_view(&again), body));
	try_note(&cx, &question);
	return 0;
}

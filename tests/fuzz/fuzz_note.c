/* Signed notes, keys, proof files, policies and tiles' paths: what parses is written again as it was, and nobody's key has signed it. */
#include "fuzz.h"
#include "ledger/checkpoint.h"
#include "ledger/policy.h"
#include "ledger/tile.h"

static void try_note(struct ctx *cx, struct str bytes)
{
	static const unsigned char public[SIGN_PUBLIC_BYTES] = { 1 };
	const struct note_key nobody = note_key_new(STR("nobody"), NOTE_COSIGNATURE, public);
	struct note note;
	struct checkpoint checkpoint;
	if (note_parse(cx, bytes, &note) != OK)
		return;
	assert(note.count > 0 && note.text.n < bytes.n && note.text.p[note.text.n - 1] == '\n');
	assert(note_check(&note, &nobody, NULL) != NOTE_SIGNED);
	if (checkpoint_parse(cx, note.text, &checkpoint) == OK)
		assert(checkpoint.size <= INT64_MAX && checkpoint.origin.n > 0);
}

static void try_proof(struct ctx *cx, struct str bytes)
{
	struct proof_file file;
	if (proof_file_parse(cx, bytes, &file) != OK)
		return;
	AUTO(buf_free) struct buf again = buf_new(bytes.n + 1);
	proof_file_write(&file, &again);
	/* "extra" with nothing behind it is left out */
	assert(file.extra.n == 0 || str_eq(buf_view(&again), bytes));
}

static void try_path(struct str path)
{
	struct tile tile;
	if (!tile_path_parse(path, &tile))
		return;
	AUTO(buf_free) struct buf again = buf_new(path.n + 1);
	tile_path(&tile, &again);
	assert(str_eq(buf_view(&again), path));
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	const struct str text = { (const char *)bytes, n };
	struct note_key key;
	struct policy policy;
	try_note(&cx, text);
	try_proof(&cx, text);
	try_path(text);
	if (note_key_parse(&cx, text, &key) == OK)
		assert(note_name_valid(str_of(key.name)));
	if (policy_parse(&cx, text, &policy) == OK)
		assert(policy.log_count > 0 && policy.quorum < (int)policy.party_count);
	return 0;
}

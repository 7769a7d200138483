/* Signed notes, checkpoints and proof files: against what other programs write, and against forgeries. */
#include <string.h>

#include "ledger/checkpoint.h"
#include "tap.h"

/* The example of the Go project's sumdb/note, the format's first implementation. */
#define GO_KEY "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
#define GO_TEXT "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
#define GO_LINE "\xe2\x80\x94 PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"

struct signer {
	struct note_key key;
	unsigned char seed[SIGN_SEED_BYTES];
};

static struct signer signer_new(const char *name, enum note_type type, unsigned char fill)
{
	struct signer signer;
	unsigned char public[SIGN_PUBLIC_BYTES];
	memset(signer.seed, fill, sizeof signer.seed);
	sign_public(signer.seed, public);
	signer.key = note_key_new(str_of(name), type, public);
	return signer;
}

#define WITH_CONTEXT(cx) AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) }

TEST(a_note_of_another_program_is_read)
{
	WITH_CONTEXT(cx);
	struct note note;
	struct note_key key;
	AUTO(buf_free) struct buf again = buf_new(1000);
	CHECK(note_key_parse(&cx, STR(GO_KEY), &key) == OK && key.type == NOTE_ED25519);
	CHECK(note_parse(&cx, STR(GO_TEXT "\n" GO_LINE), &note) == OK && note.count == 1 && str_eq(note.text, STR(GO_TEXT)));
	CHECK(note_check(&note, &key, NULL) == NOTE_SIGNED);
	note_key_write(&key, &again);
	CHECK(str_eq(buf_view(&again), STR(GO_KEY)));
}

TEST(what_we_sign_holds_and_nothing_else_does)
{
	WITH_CONTEXT(cx);
	const struct signer log = signer_new("example.net/log", NOTE_ED25519, 1), other = signer_new("example.net/log", NOTE_ED25519, 2);
	AUTO(buf_free) struct buf bytes = buf_new(1000);
	struct note note;
	buf_text(&bytes, "a text\n\nwith an empty line\n\n");
	note_sign(&log.key, log.seed, STR("a text\n\nwith an empty line\n"), &bytes);
	CHECK(note_parse(&cx, buf_view(&bytes), &note) == OK && str_eq(note.text, STR("a text\n\nwith an empty line\n")));
	CHECK(note_check(&note, &log.key, NULL) == NOTE_SIGNED && note_check(&note, &other.key, NULL) == NOTE_UNSIGNED);
	bytes.p[0] = 'A';
	CHECK(note_parse(&cx, buf_view(&bytes), &note) == OK && note_check(&note, &log.key, NULL) == NOTE_FORGED);
}

TEST(a_cosignature_bears_its_time)
{
	WITH_CONTEXT(cx);
	const struct signer log = signer_new("example.net/log", NOTE_ED25519, 1), witness = signer_new("witness.example", NOTE_COSIGNATURE, 3);
	const struct str text = STR("example.net/log\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n");
	AUTO(buf_free) struct buf bytes = buf_new(2000);
	struct note note;
	uint64_t time_s = 0;
	buf_str(&bytes, text);
	buf_char(&bytes, '\n');
	note_sign(&log.key, log.seed, text, &bytes);
	note_cosign(&witness.key, witness.seed, 1795000000, text, &bytes);
	CHECK(note_parse(&cx, buf_view(&bytes), &note) == OK && note.count == 2);
	CHECK(note_check(&note, &witness.key, &time_s) == NOTE_SIGNED && time_s == 1795000000);
	CHECK(note_check(&note, &log.key, NULL) == NOTE_SIGNED);
	struct note_signature *const cosignature = &note.signatures[1];
	char *const later = arena_text(&cx.mem, cosignature->bytes);
	later[7]++;
	cosignature->bytes = (struct str){ later, cosignature->bytes.n };
	CHECK(note_check(&note, &witness.key, &time_s) == NOTE_FORGED && time_s == 1795000000);
}

TEST(malformed_notes_are_refused)
{
	static const struct str wrong[] = {
		STR(""), STR("\n"), STR("\n\n"), STR("text\n"), STR("text\n\n"), STR(GO_TEXT GO_LINE), STR(GO_TEXT "\n" GO_LINE "x"), STR(GO_TEXT "\n" GO_LINE "\n"),
		STR("a\x01\n\n" GO_LINE), STR("a\r\n\n" GO_LINE), STR("a\xff\n\n" GO_LINE), STR(GO_TEXT "\n- PeterNeumann x08go/ZJ\n"),
		STR(GO_TEXT "\n\xe2\x80\x94 Peter+Neumann x08go/ZJkuBS\n"), STR(GO_TEXT "\n\xe2\x80\x94 Peter\xc2\xa0N x08go/ZJkuBS\n"),
		STR(GO_TEXT "\n\xe2\x80\x94  x08go/ZJkuBS\n"), STR(GO_TEXT "\n\xe2\x80\x94 a x08go*ZJkuBS\n"), STR(GO_TEXT "\n\xe2\x80\x94 a x08goA==\n"),
	};
	WITH_CONTEXT(cx);
	struct note note;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (!EXPECT(note_parse(&cx, wrong[i], &note) == E_INVALID))
			printf("# case %zu\n", i);
}

TEST(malformed_keys_are_refused)
{
	static const char *const wrong[] = {
		"", "+", "++", "PeterNeumann+c74f20a3", "PeterNeumann+c74f20a4+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeumanm+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW", "Peter Neumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW",
		"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10T", "PeterNeumann+c74f20a3+AhpA",
	};
	WITH_CONTEXT(cx);
	struct note_key key;
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (!EXPECT(note_key_parse(&cx, str_of(wrong[i]), &key) == E_INVALID))
			printf("# %s\n", wrong[i]);
}

TEST(checkpoints_are_strict)
{
	static const char *const wrong[] = {
		"", "a\n", "a\n1\n", "a\n1\nAAAA\n", "a b\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", "a\n01\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
		"a\n-1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n", "a\n9223372036854775808\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
		"a\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=", "a\n1\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n\n",
		"a\n\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n",
	};
	WITH_CONTEXT(cx);
	struct checkpoint checkpoint;
	AUTO(buf_free) struct buf again = buf_new(1000);
	const char *const right = "a\n9223372036854775807\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\n";
	for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
		if (!EXPECT(checkpoint_parse(&cx, str_of(wrong[i]), &checkpoint) == E_INVALID))
			printf("# case %zu\n", i);
	CHECK(checkpoint_parse(&cx, str_of(right), &checkpoint) == OK);
	checkpoint_write(&checkpoint, &again);
	CHECK(str_eq(buf_view(&again), str_of(right)));
	CHECK(checkpoint_parse(&cx, STR("a\n0\n47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=\nmore\n"), &checkpoint) == OK);
}

/* A tree of "zero", "one", "two", signed; the proof of "one". */
static void write_proof(const struct signer *log, struct buf *signed_text, struct buf *out)
{
	const struct hash leaves[] = { tree_leaf(STR("zero")), tree_leaf(STR("one")), tree_leaf(STR("two")) };
	const struct hash pair = tree_node(&leaves[0], &leaves[1]);
	const struct checkpoint checkpoint = { .origin = str_of(log->key.name), .size = 3, .root = tree_node(&pair, &leaves[2]) };
	checkpoint_write(&checkpoint, signed_text);
	AUTO(buf_free) struct buf line = buf_new(1000);
	note_sign(&log->key, log->seed, buf_view(signed_text), &line);
	buf_char(signed_text, '\n');
	buf_str(signed_text, buf_view(&line));
	const struct proof_file file = { .index = 1, .extra = STR("salt"), .proof = { .count = 2, .hashes = { leaves[0], leaves[2] } }, .checkpoint = buf_view(signed_text) };
	proof_file_write(&file, out);
}

TEST(a_proof_file_proves_its_entry_only)
{
	WITH_CONTEXT(cx);
	const struct signer log = signer_new("example.net/log", NOTE_ED25519, 1), other = signer_new("example.org/log", NOTE_ED25519, 1);
	AUTO(buf_free) struct buf signed_text = buf_new(2000);
	AUTO(buf_free) struct buf bytes = buf_new(4000);
	struct proof_file file;
	write_proof(&log, &signed_text, &bytes);
	CHECK(proof_file_parse(&cx, buf_view(&bytes), &file) == OK && file.index == 1 && file.proof.count == 2 && str_eq(file.extra, STR("salt")));
	CHECK(proof_file_check(&cx, &file, STR("one"), &log.key) == OK);
	CHECK(proof_file_check(&cx, &file, STR("two"), &log.key) == E_INVALID && proof_file_check(&cx, &file, STR("one"), &other.key) == E_INVALID);
	file.index = 0;
	CHECK(proof_file_check(&cx, &file, STR("one"), &log.key) == E_INVALID);
	for (size_t n = 0; n < bytes.n; n++)
		CHECK(proof_file_parse(&cx, (struct str){ bytes.p, n }, &file) != OK || proof_file_check(&cx, &file, STR("one"), &log.key) != OK);
}

int main(void)
{
	RUN(a_note_of_another_program_is_read);
	RUN(what_we_sign_holds_and_nothing_else_does);
	RUN(a_cosignature_bears_its_time);
	RUN(malformed_notes_are_refused);
	RUN(malformed_keys_are_refused);
	RUN(checkpoints_are_strict);
	RUN(a_proof_file_proves_its_entry_only);
	return tap_end();
}

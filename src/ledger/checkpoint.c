#include "ledger/checkpoint.h"

#include <string.h>

#define PROOF_HEAD "c2sp.org/tlog-proof@v1"

/* Decimal without leading zeros, below 2^63. */
static bool read_number(struct str text, uint64_t *out)
{
	return (text.n == 1 || (text.n > 1 && text.p[0] != '0')) && str_u64(text, out) && *out <= INT64_MAX;
}

static bool read_hash(struct str text, struct hash *out)
{
	size_t n = 0;
	return base64_decode(text, out->bytes, TREE_HASH_BYTES, &n) && n == TREE_HASH_BYTES;
}

/* A line with its newline; false at the end. */
static bool next_line(struct str *rest, struct str *line)
{
	if (!memchr(rest->p, '\n', rest->n))
		return false;
	*line = str_cut(rest, '\n');
	return true;
}

/* --- checkpoints --- */

enum err checkpoint_parse(struct ctx *cx, struct str text, struct checkpoint *out)
{
	struct checkpoint checkpoint = {};
	struct str size, root, line;
	if (!next_line(&text, &checkpoint.origin) || !note_name_valid(checkpoint.origin))
		return fail_as(cx, E_INVALID, "checkpoint-invalid", "a checkpoint begins with its log's origin");
	if (!next_line(&text, &size) || !read_number(size, &checkpoint.size))
		return fail_as(cx, E_INVALID, "checkpoint-invalid", "a checkpoint's second line is the tree's size");
	if (!next_line(&text, &root) || !read_hash(root, &checkpoint.root))
		return fail_as(cx, E_INVALID, "checkpoint-invalid", "a checkpoint's third line is the root hash in base64");
	while (text.n)
		if (!next_line(&text, &line) || line.n == 0)
			return fail_as(cx, E_INVALID, "checkpoint-invalid", "a checkpoint's extension is a line that is not empty");
	*out = checkpoint;
	return OK;
}

void checkpoint_write(const struct checkpoint *checkpoint, struct buf *out)
{
	buf_str(out, checkpoint->origin);
	buf_char(out, '\n');
	buf_u64(out, checkpoint->size);
	buf_char(out, '\n');
	buf_base64(out, checkpoint->root.bytes, TREE_HASH_BYTES);
	buf_char(out, '\n');
}

/* --- proof files --- */

static enum err refuse(struct ctx *cx, const char *why)
{
	return fail_as(cx, E_INVALID, "proof-invalid", "%s", why);
}

static enum err read_extra(struct ctx *cx, struct str line, struct str *out)
{
	void *const bytes = arena_alloc(&cx->mem, PROOF_EXTRA_MAX, 1);
	size_t n = 0;
	if (!base64_decode(str_from(line, sizeof "extra " - 1), bytes, PROOF_EXTRA_MAX, &n))
		return refuse(cx, "the proof's extra data is not base64, or too long");
	*out = (struct str){ bytes, n };
	return OK;
}

enum err proof_file_parse(struct ctx *cx, struct str bytes, struct proof_file *out)
{
	struct proof_file file = { .extra = STR("") };
	struct str line;
	if (!next_line(&bytes, &line) || !str_eq(line, STR(PROOF_HEAD)))
		return refuse(cx, "a proof file begins with " PROOF_HEAD);
	if (!next_line(&bytes, &line))
		return refuse(cx, "the proof file ends too early");
	if (str_starts(line, STR("extra "))) {
		TRY(read_extra(cx, line, &file.extra));
		if (!next_line(&bytes, &line))
			return refuse(cx, "the proof file ends too early");
	}
	if (!str_starts(line, STR("index ")) || !read_number(str_from(line, sizeof "index " - 1), &file.index))
		return refuse(cx, "the proof file has no index");
	for (;;) {
		if (!next_line(&bytes, &line))
			return refuse(cx, "the proof file ends too early");
		if (line.n == 0)
			break;
		if (file.proof.count == TREE_DEPTH_MAX || !read_hash(line, &file.proof.hashes[file.proof.count++]))
			return refuse(cx, "a hash of the proof is not 32 bytes in base64, or there are too many");
	}
	file.checkpoint = bytes;
	*out = file;
	return OK;
}

void proof_file_write(const struct proof_file *file, struct buf *out)
{
	buf_text(out, PROOF_HEAD "\n");
	if (file->extra.n) {
		buf_text(out, "extra ");
		buf_base64(out, file->extra.p, file->extra.n);
		buf_char(out, '\n');
	}
	buf_printf(out, "index %ju\n", (uintmax_t)file->index);
	for (unsigned i = 0; i < file->proof.count; i++) {
		buf_base64(out, file->proof.hashes[i].bytes, TREE_HASH_BYTES);
		buf_char(out, '\n');
	}
	buf_char(out, '\n');
	buf_str(out, file->checkpoint);
}

enum err proof_file_check(struct ctx *cx, const struct proof_file *file, struct str entry, const struct note_key *key)
{
	struct note note;
	struct checkpoint checkpoint;
	TRY(note_parse(cx, file->checkpoint, &note));
	TRY(checkpoint_parse(cx, note.text, &checkpoint));
	if (note_check(&note, key, NULL) != NOTE_SIGNED)
		return refuse(cx, "the checkpoint does not bear the log's signature");
	if (!str_eq(checkpoint.origin, str_of(key->name)))
		return refuse(cx, "the checkpoint is another log's");
	const struct hash leaf = tree_leaf(entry);
	if (!tree_includes(file->index, checkpoint.size, &leaf, &file->proof, &checkpoint.root))
		return refuse(cx, "the entry does not lead to the checkpoint's root");
	return OK;
}

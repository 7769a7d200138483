#include "ledger/cosigner.h"

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "ledger/log_key.h"
#include "ledger/witnessed.sql.h"
#include "store/writer.h"

struct cosigner {
	struct ctx own;                        /* its memory holds the policy */
	struct log_key key;
	struct policy policy;                  /* of which the logs count */
	bool signs;
};

/* --- the question --- */

static enum err malformed(struct ctx *cx, const char *why)
{
	return fail_as(cx, E_INVALID, "question-invalid", "%s", why);
}

/* A line with its newline; false at the end. */
static bool next_line(struct str *rest, struct str *line)
{
	if (!memchr(rest->p, '\n', rest->n))
		return false;
	*line = str_cut(rest, '\n');
	return true;
}

/* Decimal without leading zeros, below 2^63. */
static bool read_old(struct str line, uint64_t *out)
{
	if (!str_starts(line, STR("old ")))
		return false;
	const struct str text = str_from(line, sizeof "old " - 1);
	return (text.n == 1 || (text.n > 1 && text.p[0] != '0')) && str_u64(text, out) && *out <= INT64_MAX;
}

enum err cosigner_question_parse(struct ctx *cx, struct str body, struct cosigner_question *out)
{
	struct cosigner_question question = {};
	struct str line;
	if (!next_line(&body, &line) || !read_old(line, &question.old))
		return malformed(cx, "the body begins with \"old\" and a size");
	for (;;) {
		size_t n = 0;
		if (!next_line(&body, &line))
			return malformed(cx, "an empty line stands before the checkpoint");
		if (line.n == 0)
			break;
		if (question.proof.count == TREE_DEPTH_MAX ||
		    !base64_decode(line, question.proof.hashes[question.proof.count++].bytes, TREE_HASH_BYTES, &n) || n != TREE_HASH_BYTES)
			return malformed(cx, "a line of the proof is not 32 bytes in base64, or there are more than 63");
	}
	question.note = body;
	*out = question;
	return OK;
}

/* --- opening --- */

static enum err read_logs(struct ctx *cx, const char *path, struct policy *out)
{
	AUTO(buf_free) struct buf bytes = buf_new(POLICY_BYTES_MAX);
	TRY(file_read(cx, path, &bytes));
	return policy_parse_logs(cx, arena_copy(&cx->mem, buf_view(&bytes)), out);
}

static enum err start(struct ctx *cx, const struct cosigner_config *config, struct cosigner *cosigner)
{
	if (!config->logs_file[0])
		return fail(cx, E_INVALID, "ledger.witness_name is set, and ledger.witness_logs does not say whose checkpoints are signed");
	TRY(read_logs(cx, config->logs_file, &cosigner->policy));
	const bool made = access(config->key_file, F_OK) != 0 && errno == ENOENT;
	TRY(witness_key_open(cx, config->key_file, config->data_folder, str_of(config->name), &cosigner->key));
	return cosigner_may_sign(cx, config->data_folder, &cosigner->key.key, made, &cosigner->signs);
}

enum err cosigner_open(struct ctx *cx, const struct cosigner_config *config, struct cosigner **out)
{
	AUTO(cosigner_close) struct cosigner *cosigner = calloc(1, sizeof *cosigner);
	if (!cosigner)
		abort();
	cosigner->own = (struct ctx){ .mem = arena_new_capped(ARENA_REQUEST_BYTES), .faults = cx->faults };
	const enum err e = start(&cosigner->own, config, cosigner);
	cx->failure = cosigner->own.failure;
	TRY(e);
	*out = cosigner;
	cosigner = NULL;
	return OK;
}

void cosigner_close(struct cosigner **cosigner)
{
	struct cosigner *const gone = *cosigner;
	if (!gone)
		return;
	log_key_wipe(&gone->key);
	ctx_end(&gone->own);
	free(gone);
	*cosigner = NULL;
}

const struct note_key *cosigner_key(const struct cosigner *cosigner)
{
	return &cosigner->key.key;
}

bool cosigner_signs(const struct cosigner *cosigner)
{
	return cosigner->signs;
}

static enum err check_signs(struct ctx *cx, const struct cosigner *cosigner)
{
	return cosigner->signs ? OK : fail_as(cx, E_BUSY, "witness-restored", "This witness was restored from a backup and does not know what it has signed since. It signs nothing until its operator gives it a new key.");
}

/* --- whose it is --- */

/* The lines that a key of ours that is the log's has signed, for those who look later; others' are left out. */
static void keep_signature(const struct note *note, const struct note_key *key, struct buf *out)
{
	for (unsigned i = 0; i < note->count; i++) {
		const struct note_signature *const signature = &note->signatures[i];
		if (!str_eq(signature->name, str_of(key->name)) || memcmp(signature->id, key->id, NOTE_ID_BYTES) != 0)
			continue;
		unsigned char bytes[NOTE_ID_BYTES + SIGNATURE_BYTES];
		memcpy(bytes, signature->id, NOTE_ID_BYTES);
		memcpy(bytes + NOTE_ID_BYTES, signature->bytes.p, SIGNATURE_BYTES);
		buf_text(out, "\xe2\x80\x94 ");
		buf_str(out, signature->name);
		buf_char(out, ' ');
		buf_base64(out, bytes, sizeof bytes);
		buf_char(out, '\n');
		return;
	}
}

static enum err check_signatures(struct ctx *cx, const struct policy *policy, const struct note *note, struct str origin, struct buf *kept)
{
	bool known = false, any = false;
	for (unsigned i = 0; i < policy->log_count; i++) {
		const struct note_key *const key = &policy->logs[i];
		/* the key's name is the origin: else one log could speak for another */
		if (!str_eq(origin, str_of(key->name)))
			continue;
		known = true;
		const enum note_verdict verdict = note_check(note, key, NULL);
		if (verdict == NOTE_FORGED)
			return fail_as(cx, E_DENIED, "checkpoint-unsigned", "A signature under the log's name is forged.");
		if (verdict == NOTE_SIGNED)
			keep_signature(note, key, kept);
		any |= verdict == NOTE_SIGNED;
	}
	if (!known)
		return fail_as(cx, E_NOTFOUND, "log-unknown", "This witness does not sign that log's checkpoints.");
	return any ? OK : fail_as(cx, E_DENIED, "checkpoint-unsigned", "No key of the log that this witness knows has signed the checkpoint.");
}

/* --- one step --- */

static struct hash read_root(struct str bytes)
{
	struct hash root = {};
	assert(bytes.n == TREE_HASH_BYTES);
	memcpy(root.bytes, bytes.p, TREE_HASH_BYTES);
	return root;
}

/* Nothing signed yet is the empty tree. */
static enum err newest_of(struct ctx *cx, struct str origin, struct cosigner_newest *out)
{
	const enum err e = cosigner_find(cx, origin, out);
	if (e == E_NOTFOUND) {
		*out = (struct cosigner_newest){ .origin = origin, .root = tree_empty(), .note = STR("") };
		return OK;
	}
	return e;
}

static enum err sign_and_keep(struct ctx *cx, const struct cosigner *cosigner, const struct checkpoint *checkpoint, const struct note *note,
                              struct str signatures, int64_t before_s, struct str *line)
{
	AUTO(buf_free) struct buf ours = buf_new(NOTE_BYTES_MAX), whole = buf_new(2 * NOTE_BYTES_MAX);
	const int64_t now_s = clock_wall_us(cx->clock) / SECOND_US, signed_s = now_s > before_s ? now_s : before_s;
	note_cosign(&cosigner->key.key, cosigner->key.seed, (uint64_t)signed_s, note->text, &ours);
	buf_str(&whole, note->text);
	buf_char(&whole, '\n');
	buf_str(&whole, signatures);
	buf_str(&whole, buf_view(&ours));
	TRY(db_run(cx, SQL_witnessed_put, TEXT(checkpoint->origin), I64((int64_t)checkpoint->size),
		BLOB(((struct str){ (const char *)checkpoint->root.bytes, TREE_HASH_BYTES })), I64(signed_s), TEXT(buf_view(&whole))));
	*line = arena_copy(&cx->mem, buf_view(&ours));
	return OK;
}

enum err cosigner_sign(struct ctx *cx, struct cosigner *cosigner, struct str body, struct cosigned *out)
{
	AUTO(buf_free) struct buf signatures = buf_new(NOTE_BYTES_MAX);
	struct cosigner_question question;
	struct note note;
	struct checkpoint checkpoint;
	struct cosigner_newest newest;
	struct str line;
	assert(writer_here(cx));
	TRY(check_signs(cx, cosigner));
	TRY(cosigner_question_parse(cx, body, &question));
	TRY(note_parse(cx, question.note, &note));
	TRY(checkpoint_parse(cx, note.text, &checkpoint));
	TRY(check_signatures(cx, &cosigner->policy, &note, checkpoint.origin, &signatures));
	if (question.old > checkpoint.size)
		return malformed(cx, "\"old\" is larger than the checkpoint");
	TRY(newest_of(cx, checkpoint.origin, &newest));
	if (question.old != newest.size) {
		*out = (struct cosigned){ .line = STR(""), .newest = newest.size };
		return OK;
	}
	if (!tree_is_consistent(newest.size, checkpoint.size, &newest.root, &checkpoint.root, &question.proof))
		return fail_as(cx, E_INVALID, "checkpoint-inconsistent", "The checkpoint does not continue the one of size %llu that was signed last.",
		               (unsigned long long)newest.size);
	TRY(sign_and_keep(cx, cosigner, &checkpoint, &note, buf_view(&signatures), newest.signed_s, &line));
	*out = (struct cosigned){ .line = line, .newest = checkpoint.size };
	return OK;
}

/* --- for those who look --- */

enum err cosigner_list(struct ctx *cx, size_t max, struct cosigner_newest *out, size_t *count)
{
	AUTO(rows_close) struct rows *rows = NULL;
	size_t n = 0;
	TRY(db_query(cx, SQL_witnessed_newest, &rows, I64((int64_t)max)));
	while (n < max && rows_next(rows))
		out[n++] = (struct cosigner_newest){
			.origin = rows_text(rows, 0), .size = (uint64_t)rows_i64(rows, 1), .root = read_root(rows_blob(rows, 2)),
			.signed_s = rows_i64(rows, 3), .note = rows_text(rows, 4),
		};
	TRY(rows_status(rows));
	*count = n;
	return OK;
}

enum err cosigner_find(struct ctx *cx, struct str origin, struct cosigner_newest *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	struct cosigner_newest found = { .origin = origin };
	TRY(db_query(cx, SQL_witnessed_of, &rows, TEXT(origin)));
	const bool any = rows_next(rows);
	if (any) {
		found.size = (uint64_t)rows_i64(rows, 0);
		found.root = read_root(rows_blob(rows, 1));
		found.signed_s = rows_i64(rows, 2);
		found.note = rows_text(rows, 3);
	}
	TRY(rows_status(rows));
	if (!any)
		return fail(cx, E_NOTFOUND, "Nothing of that log was signed here.");
	*out = found;
	return OK;
}

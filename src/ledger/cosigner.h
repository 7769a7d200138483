/* ledger/cosigner.h - this node as a witness of others' logs (C2SP tlog-witness 1.0, the answering side).  Owns table witnessed.
 *
 * A witness signs a log's checkpoint only when it continues the one that it signed last.  What it compares with is read, and what it
 * has signed is written, in the one transaction of one work; the signature leaves when that is durable. */
#ifndef LEDGER_COSIGNER_H
#define LEDGER_COSIGNER_H
#include "ledger/checkpoint.h"
#include "ledger/policy.h"

/* What add-checkpoint is sent: "old N", at most TREE_DEPTH_MAX lines of base64, an empty line, the signed checkpoint. */
#define COSIGNER_BODY_MAX (NOTE_BYTES_MAX + (TREE_DEPTH_MAX + 1) * 48)
struct cosigner_question {
	uint64_t old;
	struct tree_proof proof;
	struct str note;                       /* a view of what was parsed; its form was not looked at */
};
/* Pure.  E_INVALID "question-invalid". */
enum err cosigner_question_parse(struct ctx *, struct str body, struct cosigner_question *out);

struct cosigner;
struct cosigner_config {
	const char *name;                      /* the witness's, and its key's */
	const char *key_file, *data_folder;    /* made when there is none */
	const char *logs_file;                 /* lines "log VKEY [URL]", or a policy: whose checkpoints are signed */
};
/* E_INVALID, E_NOTFOUND: the key's file, or that of the logs. */
enum err cosigner_open(struct ctx *, const struct cosigner_config *, struct cosigner **out);
void cosigner_close(struct cosigner **);       /* takes NULL */
const struct note_key *cosigner_key(const struct cosigner *);

/* A restored personal.db has forgotten what was signed since, so the key that did signs no more, for ever: nobody can know what it would
 * contradict.  A key that is made afterwards has signed nothing.  (ledger/witness_key_mark.c) */
enum err cosigner_forget_key(struct ctx *, const char *data_folder);
/* Puts the key's file away and makes another; the server takes it at its start. */
enum err cosigner_renew_key(struct ctx *, const struct cosigner_config *, struct note_key *out);
/* `made`: just now, and it is noted that this key may. */
enum err cosigner_may_sign(struct ctx *, const char *data_folder, const struct note_key *, bool made, bool *out);
bool cosigner_signs(const struct cosigner *);
/* For who looks from outside: restored, and no key was made since. */
enum err cosigner_is_stopped(struct ctx *, const char *data_folder, bool *out);

struct cosigned {
	struct str line;                       /* the cosignature's line; empty: the question's `old` is not our newest, and nothing was signed */
	uint64_t newest;                       /* the size that we signed last, this one included */
};
/* WRITE, inside a work on the writer's thread.  E_INVALID: malformed ("question-invalid", "note-invalid", "checkpoint-invalid"), or
 * `old` is larger than the checkpoint ("question-invalid"), or it does not continue what we have signed ("checkpoint-inconsistent").
 * E_BUSY "witness-restored": see cosigner_forget_key().  E_NOTFOUND "log-unknown": not one of our logs.  E_DENIED "checkpoint-unsigned": none of that log's keys signed it, or forged. */
enum err cosigner_sign(struct ctx *, struct cosigner *, struct str body, struct cosigned *out);

/* What was signed last, log by log. */
struct cosigner_newest {
	struct str origin;
	uint64_t size;
	struct hash root;
	int64_t signed_s;                      /* seconds since 1970 */
	struct str note;                       /* the checkpoint with the log's signatures and ours */
};
/* `count`: at most `max`, in the order of the origins. */
enum err cosigner_list(struct ctx *, size_t max, struct cosigner_newest *out, size_t *count);
/* E_NOTFOUND: nothing of that log was signed. */
enum err cosigner_find(struct ctx *, struct str origin, struct cosigner_newest *out);
#endif

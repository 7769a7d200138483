/* ledger/checkpoint.h - checkpoints (C2SP tlog-checkpoint 1.0) and proofs of single entries (C2SP tlog-proof).  Pure.
 *
 * A checkpoint is a signed note whose text is: origin, decimal size, base64 root, and lines of extensions, each on a line.
 * A proof file: "c2sp.org/tlog-proof@v1", perhaps "extra BASE64", "index N", base64 hashes from the leaf up, an empty line, the
 * signed checkpoint. */
#ifndef LEDGER_CHECKPOINT_H
#define LEDGER_CHECKPOINT_H
#include "ledger/note.h"
#include "ledger/tree.h"

struct checkpoint {
	struct str origin;                     /* as a note's name: it is the name of the log's key */
	uint64_t size;                         /* below 2^63 */
	struct hash root;
};
/* Of a note's text; extensions are passed over.  E_INVALID "checkpoint-invalid"; `origin` is a view of the text. */
enum err checkpoint_parse(struct ctx *, struct str text, struct checkpoint *out);
void checkpoint_write(const struct checkpoint *, struct buf *out);

struct proof_file {
	uint64_t index;
	struct str extra;                      /* decoded; "" when there is none */
	struct tree_proof proof;
	struct str checkpoint;                 /* the signed note, a view of what was parsed */
};
#define PROOF_EXTRA_MAX 4096
/* Form only.  E_INVALID "proof-invalid". */
enum err proof_file_parse(struct ctx *, struct str bytes, struct proof_file *out);
void proof_file_write(const struct proof_file *, struct buf *out);
/* Whether the log of `key` has `entry` where the file says: signature, origin and path.  E_INVALID "proof-invalid" says what fails. */
enum err proof_file_check(struct ctx *, const struct proof_file *, struct str entry, const struct note_key *key);
#endif

/* ledger/witnesses.h - inside the ledger room: asks others to sign that they saw this log grow only (C2SP tlog-witness 1.0, the asking side).
 *
 * Whom, and how many of them have to agree, is in a policy file (ledger/policy.h) that names this log too.  Belongs to one thread. */
#ifndef LEDGER_WITNESSES_H
#define LEDGER_WITNESSES_H
#include "ledger/checkpoint.h"
#include "ledger/policy.h"

enum witness_answer {
	WITNESS_NOT_ASKED,
	WITNESS_SIGNED,
	WITNESS_SILENT,                        /* no answer, or not one of the protocol's */
	WITNESS_REFUSES,                       /* it does not know this log, or not its key */
	WITNESS_AHEAD,                         /* it has seen a larger tree than this log has: an older database was restored, or it lies */
	WITNESS_DISAGREES                      /* it has seen another tree, or it lies */
};
const char *witness_answer_name(enum witness_answer);

struct witnesses;
/* E_NOTFOUND, E_INVALID: no policy, or one that does not name `log`.  */
enum err witnesses_open(struct ctx *, const char *policy_file, const struct note_key *log, struct witnesses **out);
void witnesses_close(struct witnesses **);     /* takes NULL */

/* Shows them a signed checkpoint, without cosignatures, and appends those to it that hold.  `source` reads this log's tree of that size
 * at least.  Nothing larger may have been signed by the log: who has seen more is "ahead".
 * E_BUSY "witnesses-missing": too few signed for the policy's quorum; the text tells how each answered. */
enum err witnesses_ask(struct ctx *, struct witnesses *, const struct tree_source *, const struct checkpoint *, struct buf *note);
/* Whether so many have seen a larger or another tree that the quorum could not be had though all others signed: one that lies, while
 * another is down, proves nothing. */
bool witnesses_know_better(const struct witnesses *);

struct witness_status {
	struct str name, url;                  /* views of the policy */
	enum witness_answer answer;
};
/* Whether the policy wants any of them to sign; NULL: no. */
bool witnesses_needed(const struct witnesses *);
unsigned witnesses_count(const struct witnesses *);
void witnesses_read(const struct witnesses *, unsigned index, struct witness_status *out);
#endif

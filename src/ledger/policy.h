/* ledger/policy.h - whom a reader trusts (the policy file of C2SP tlog-policy): logs, witnesses, groups, a quorum.  Pure.
 *
 *   log VKEY [URL]
 *   witness NAME VKEY [URL]
 *   group NAME all|any|K MEMBER...       members are witnesses or groups named above
 *   quorum NAME|none                     exactly one
 *
 * Fields are separated by blanks; lines that are empty or begin with # say nothing.  A member may be named in one group only, so
 * that nobody counts twice. */
#ifndef LEDGER_POLICY_H
#define LEDGER_POLICY_H
#include "ledger/note.h"

#define POLICY_BYTES_MAX ((size_t)256 << 10)
#define POLICY_LOGS_MAX 64
#define POLICY_PARTIES_MAX 256

/* A witness, or a group of parties named before it. */
struct policy_party {
	struct str name;                       /* a view of the file */
	bool is_group;
	struct note_key key;                   /* of a witness */
	struct str url;                        /* "" when none is given */
	unsigned wanted, members;              /* of a group: so many must agree, of so many */
	int group;                             /* the one that it is a member of; -1: none */
};
struct policy {
	unsigned log_count, party_count;
	struct note_key logs[POLICY_LOGS_MAX];
	struct str log_urls[POLICY_LOGS_MAX];
	struct policy_party *parties;          /* in the context's memory */
	int quorum;                            /* -1: none is asked for */
};
/* E_INVALID "policy-invalid" names the line.  `out` views `bytes`. */
enum err policy_parse(struct ctx *, struct str bytes, struct policy *out);
/* The same for a file of which the logs alone count: it needs no quorum. */
enum err policy_parse_logs(struct ctx *, struct str bytes, struct policy *out);
/* Whether the quorum is reached when these witnesses agree: `agrees` is by party, true only for witnesses. */
bool policy_agrees(const struct policy *, const bool agrees[POLICY_PARTIES_MAX]);

/* Whether one of the logs has signed the checkpoint, and enough witnesses: E_INVALID "checkpoint-untrusted" says what is missing, or
 * who forged.  `log` is which one; `witnesses` how many valid cosignatures it bears. */
struct policy_finding {
	unsigned log, witnesses;
};
enum err policy_check(struct ctx *, const struct policy *, const struct note *, struct policy_finding *out);
#endif

/* charter/charter.h - the charter: rules, published beforehand, that decide what becomes of a demand.  Pure functions; no storage.
 *
 * A charter is charter.json (docs/charter.md gives each field), signed as bytes.  Its rules are tried in the order of their numbers;
 * the first that fits decides, and the last fits always.  What counts at a given moment follows from the ledger alone: tightening
 * holds from its entry on, loosening CHARTER_LOOSENING_DAYS later (charter_in_force).  The usual way of a demand:
 *
 *   charter_parse() each version whose entry is in the ledger, charter_in_force(), charter_decide_in_force();
 *   when outcome is CHARTER_DECIDE and a person has answered: charter_permits(). */
#ifndef CHARTER_CHARTER_H
#define CHARTER_CHARTER_H
#include "base/ctx.h"
#include "charter/words.h"
#include "keys/keys.h"

#define CHARTER_BYTES_MAX ((size_t)64 << 10)
#define CHARTER_RULES_MAX 64
#define CHARTER_PLACES_MAX 32
#define CHARTER_SENTENCE_MAX 400               /* code points */
#define CHARTER_LOOSENING_DAYS 30
#define CHARTER_DEADLINE_HOURS_MAX 8760
#define CHARTER_EMERGENCY_HOURS_MAX 72
#define CHARTER_GAG_DAYS_MAX 548               /* eighteen months: as long as an opaque entry may stay shut */
#define CHARTER_HOLD_DAYS_MAX 365

/* --- places --- */

/* A state as ISO 3166-1 alpha-2 writes it; "" is a place that is not known. */
struct place {
	char code[3];
};
/* Officially assigned codes, and those that ISO leaves to users: XA to XZ (XK is Kosovo) and QM to QZ (demonstrations, tests).  Not
 * "UK" or "EU": a second name for a state would slip past the rule of the first.  False: `out` is untouched. */
bool place_parse(struct str code, struct place *out);
bool place_known(struct place);
bool place_eq(struct place, struct place);     /* false when either is unknown */

/* --- charters --- */

/* A bit for each value of an enum of words.h, CHARTER_ANY for a condition that a rule does not have. */
#define CHARTER_ANY UINT32_MAX

/* Counted from the entry that the decision follows: that the demand was received or, once there is one, that it was authenticated. */
struct charter_terms {
	int32_t deadline_hours;                /* by when to authenticate or to decide; REFUSE: 0 */
	int32_t notice_hours;                  /* by when the person has been told; 0: at once */
	int32_t gag_days;                      /* the longest lawful silence that is kept; 0: none is */
	int32_t hold_days;                     /* of a preservation: how long; else 0 */
};
struct charter_rule {
	uint32_t number;                       /* stable; rises through the list */
	struct str says;                       /* English; the catalogues have charter.rule.N for the first charter's */
	uint32_t kinds, bases, askers;
	bool if_authenticated, if_unauthenticated;     /* both: it does not matter */
	enum charter_outcome outcome;
	struct charter_terms terms;
};
struct charter_home {
	struct str region;
	struct place state;
};
/* Strings and lists in the memory of the context that parsed it. */
struct charter {
	struct str name;                       /* of who signs it, as a note's key is named */
	uint32_t version;                      /* from 1 */
	bool has_previous;                     /* version 1 has none */
	unsigned char previous[SHA256_BYTES];  /* hash of the bytes of the version before */
	char issued[11];                       /* "2026-11-22"; what counts is the time of its entry */
	size_t home_count, owner_count, rule_count;
	struct charter_home *homes;
	bool owner_stated;                     /* false: who owns the operator is not told, and any state may be it */
	struct place *owners;                  /* none: an operator that belongs to nobody, such as a co-operative */
	struct charter_rule *rules;
	unsigned char hash[SHA256_BYTES];      /* SHA-256 of its exact bytes */
};
/* Strict: E_INVALID "charter-invalid" for anything unknown, missing, twice, out of range or out of order, and for rules that leave
 * a case open or break what no charter may say (docs/charter.md); the text says where. */
enum err charter_parse(struct ctx *, struct str bytes, struct charter *out);

/* The first charter, as the program ships it, with a node's places.  E_INVALID as charter_parse. */
struct charter_places {
	struct str name, region, home;         /* home: a state's code */
	const struct str *owners;              /* codes */
	size_t owner_count;
	bool owner_stated;
};
enum err charter_first(struct ctx *, const struct charter_places *, int64_t issued_us, struct buf *out);

/* --- deciding --- */

struct charter_case {
	struct place residence;                /* unknown: the person did not declare one */
	struct place home;                     /* one that the charter does not list is no state's home */
	struct place asker;                    /* the state that would get what is given, whoever delivers the paper; unknown: a third */
	enum charter_kind kind;
	enum charter_basis basis;
	bool authenticated;
};
struct charter_decision {
	enum charter_outcome outcome;
	uint32_t version, rule;                /* of the charter whose rule decided; rule 0: no charter is in force, everything is refused */
	enum charter_effect effect;            /* the most that a person may decide; NONE unless outcome is DECIDE */
	struct charter_terms terms;
};
/* Total: any case has exactly one decision.  What is not known (residence, owner) is read every way, and the strictest reading counts. */
void charter_decide(const struct charter *, const struct charter_case *, struct charter_decision *out);
/* NULL: it has no rule of that number. */
const struct charter_rule *charter_rule_of(const struct charter *, uint32_t number);
/* No more permissive than both; where they agree, the rule of the first is named. */
void charter_strictest(const struct charter_decision *, const struct charter_decision *, struct charter_decision *out);
/* Whether `a` permits nothing that `b` does not: outcome, then deadline and hold; notice no later; gag no longer. */
bool charter_within(const struct charter_decision *a, const struct charter_decision *b);

/* --- what is in force --- */

/* In the order of the ledger's entries.  The time is the entry's own, or when it was first witnessed if that is later. */
struct charter_version {
	const struct charter *charter;
	int64_t entered_us;
};
/* Every version that was entered in the last CHARTER_LOOSENING_DAYS, and the newest one older than that: the strictest of them
 * decides each case.  All zero: no charter is in force, and everything is refused. */
struct charter_force {
	const struct charter *const *charters; /* newest first; in the context's memory */
	size_t count;
	bool unknown_before;                   /* what held before the first of them is not known: everything is refused */
};
/* E_INVALID "charter-chain": the versions are not numbered one by one, or one does not name the hash of the one before it. */
enum err charter_in_force(struct ctx *, const struct charter_version *versions, size_t count, int64_t now_us, struct charter_force *out);
void charter_decide_in_force(const struct charter_force *, const struct charter_case *, struct charter_decision *out);
/* When the newest version is all that counts: the entry's time and CHARTER_LOOSENING_DAYS. */
int64_t charter_settled_us(const struct charter_version *versions, size_t count);

/* --- what a decision permits --- */

/* What a person has decided; silence is no consent. */
enum charter_answer { CHARTER_UNANSWERED, CHARTER_DECLINED, CHARTER_COMPLIED };
/* What may be done: NONE but where the outcome is DECIDE and a person complied by the deadline.  `authenticated_us` is the time of the
 * entry that says so, `answered_us` of the one with the answer. */
enum charter_effect charter_permits(const struct charter_decision *, enum charter_answer, int64_t authenticated_us, int64_t answered_us);
/* When a decision's deadline ends, counted from `since_us`. */
int64_t charter_deadline_us(const struct charter_decision *, int64_t since_us);

/* --- the table --- */

/* Every combination of the four places' relations, kind, basis and authentication, decided by the first charter: docs/charter-table.tsv. */
#define CHARTER_TABLE_BYTES_MAX ((size_t)1 << 20)
enum err charter_table(struct ctx *, struct buf *out);
/* A decision as people read it: "refused by rule 2"; "needs a person's decision within 336 hours (rule 10)". */
void charter_decision_text(const struct charter_decision *, struct buf *out);
#endif

/* docket/demand.h - what the desk does with demands.  Nothing here is public: rows of class DESK, under the desk key.
 *
 * An entry is written with the act that it tells, in one transaction; what an act leads to (a refusal by rule, a notice, a hold, a
 * removal) is done in another one, when the entry is included: by whoever acted, or by the docket's job after a crash. */
#ifndef DOCKET_DEMAND_H
#define DOCKET_DEMAND_H
#include "docket/docket.h"

struct demand {
#define EXPAND_STRUCT "docket/demand.def"
#include "store/expand.h"
};
#define DEMAND_NAME_CHARS 16
#define DEMAND_AUTHORITY_POINTS_MAX 200
#define DEMAND_REFERENCE_POINTS_MAX 200
#define DEMAND_TEXT_POINTS_MAX 20000
#define DEMAND_PAPERS_BYTES_MAX ((size_t)200 << 10)
#define DEMAND_PEOPLE_MAX 20
#define DEMAND_SUBJECTS_MAX 20

struct demand_new {
	struct str asker;                      /* ISO 3166 code of the state that would get what is given */
	struct str kind, basis;                /* the charter's words */
	struct str authority, reference;       /* which office; its own file number; may be empty */
	struct str text;                       /* what it asks for, as the desk sums it up; may be empty */
	struct str papers;                     /* a file's bytes; may be empty: the text is all there is */
	struct str people[DEMAND_PEOPLE_MAX];  /* handles of the accounts that it names */
	size_t people_count;
	int64_t subjects[DEMAND_SUBJECTS_MAX]; /* of a removal or a block: ids of videos and comments; their authors are the people */
	size_t subject_count;
	int64_t named;                         /* how many accounts it names, where that is more than can be listed; 0: as listed */
	int64_t gag_us;                        /* until when the asker forbids to tell the person; 0: not */
	bool hidden;                           /* and forbids even to count it */
};

/* ---------- SLOW: each waits for the writer, then for the log, then does what follows ---------- */

/* What became of an act. */
struct demand_done {
	char demand[DEMAND_NAME_CHARS + 1];
	bool included;                         /* false: the log is not there or slow; what follows is done by the job */
};
/* E_INVALID demand-invalid, demand-unknown-account. */
enum err demand_file(struct ctx *, const struct demand_new *, struct demand_done *out);
/* `how` is a word of demand-authenticated.  E_CONFLICT demand-state. */
enum err demand_authenticate(struct ctx *, struct str demand, struct str how, struct demand_done *out);

struct demand_answer {
	struct str outcome;                    /* of entry.def, without refused-by-rule: that is the charter's */
	struct str reason;                     /* free text, for the desk; its salted hash is in the entry */
	int64_t hold_days;                     /* of a preservation: 0: as long as the charter allows */
};
/* By a person.  E_CONFLICT demand-state; E_INVALID demand-invalid; E_DENIED demand-not-permitted (the charter does not), not-yet-possible
 * (the charter does, and this node cannot). */
enum err demand_decide(struct ctx *, struct str demand, const struct demand_answer *, struct demand_done *out);
/* Silence for longer, at most as long as the charter allows, or, with 0, no longer. */
enum err demand_gag(struct ctx *, struct str demand, int64_t until_us, struct demand_done *out);
/* A hold ends before its term. E_NOTFOUND. */
enum err demand_release(struct ctx *, struct str demand, struct demand_done *out);

/* ---------- READ, counted as reads of the desk ---------- */

/* E_NOTFOUND. */
enum err demand_get(struct ctx *, struct str demand, struct demand *out);
struct demand_page {
	struct demand *items;                  /* in cx->mem */
	size_t count;
	int64_t next;                          /* cursor: the last id; 0: that was the last page */
};
enum err demand_list(struct ctx *, int64_t before, struct demand_page *out);   /* newest first */
/* What was filed with it, its papers or, where there are none, its text; the salt, 32 bytes.  SHA-256 of the salt and the bytes is what its entry
 * says.  Both in cx->mem.  E_NOTFOUND: neither was given. */
enum err demand_papers(struct ctx *, const struct demand *, struct str *salt, struct str *bytes);

/* For the asker.  The receipt: a C2SP proof file whose `extra` is the entry's line (docs/docket.md).  E_BUSY entry-pending. */
#define DEMAND_RECEIPT_MAX ((size_t)32 << 10)
enum err demand_receipt(struct ctx *, const struct demand *, struct buf *out);
/* What is answered to the asker: what was decided, the rule's sentence, the entries; nothing about a person. */
#define DEMAND_ANSWER_MAX ((size_t)8 << 10)
enum err demand_answer_text(struct ctx *, const struct demand *, struct buf *out);

/* ---------- holds ---------- */

/* READ.  Until when an account's data is kept; 0: it is not.  `told`: whether its person may be told so. */
enum err hold_of(struct ctx *, int64_t account, int64_t *until_us, bool *told);

/* ---------- the job ---------- */

#define DOCKET_JOB "docket"
#define DOCKET_JOB_ATTEMPTS 1'000'000'000
/* Does what is due, in order: enters what an older program recorded, does what a crash left, ends what a clock ends, opens and makes
 * opaque entries, enters yesterday's totals (these two not while the log is halted); and comes again when the next is due. */
enum err docket_run(struct ctx *, const struct job *);
/* Queues it. WRITE. */
enum err docket_wake(struct ctx *);

/* ---------- the rest of what an operator enters ---------- */

struct incident_new {
	struct str kind;                       /* a word of `incident` */
	int64_t happened_us, told_us;          /* told 0: not yet */
	int64_t people;
	struct str report;                     /* bytes of the public report; may be empty */
};
enum err incident_add(struct ctx *, const struct incident_new *, uint64_t *number);    /* SLOW */
/* An opaque entry stays closed until a later day, 18 months from now at most.  SLOW.  E_NOTFOUND; E_CONFLICT: it was opened. */
enum err opaque_renew(struct ctx *, uint64_t number, int64_t opens_us);
#endif

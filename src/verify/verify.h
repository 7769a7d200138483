/* verify/verify.h - holds a node's log against itself, against what was seen before, and against its charter: for outsiders.
 *
 * Needs no data folder and no secret: the log as anybody can fetch it, a public key, and a file in which the reader remembers.  All entries
 * are read and hashed; nothing that the node counts is believed. */
#ifndef VERIFY_VERIFY_H
#define VERIFY_VERIFY_H
#include "ledger/policy.h"
#include "verify/memory.h"
#include "verify/story.h"

/* As the program's exit codes. */
enum verify_verdict { VERIFY_FINE = 0, VERIFY_UNCHECKED = 1, VERIFY_LIE = 2, VERIFY_PROMISE = 3 };

#define VERIFY_KEYS_MAX 16
struct verify_options {
	struct str where;                      /* an address, or a folder */
	bool from_files;
	const char *state_file;                /* NULL: the usual one */
	unsigned key_count;                    /* 0: the policy's, else those remembered, else those that the log shows now */
	struct note_key keys[VERIFY_KEYS_MAX];
	const struct policy *policy;           /* NULL: no witness is asked for; lives as long as the look */
	bool has_charter_key;
	struct note_key charter_key;
};

struct verify;
/* E_INVALID, E_IO, E_CORRUPT: nothing can be looked at. */
enum err verify_open(struct ctx *, const struct verify_options *, struct verify **out);
void verify_close(struct verify **);           /* takes NULL */

/* What one look found; views of the verify, until the next look. */
struct verify_report {
	enum verify_verdict verdict;
	struct checkpoint checkpoint;          /* of this look; size 0 and no origin when there was none */
	bool trusted_first;                    /* the keys were taken from the log itself, for the first time */
	uint64_t before;                       /* how many entries it had when it was last looked at; 0: never */
	unsigned witnesses;                    /* valid cosignatures, by the policy */
	const struct story *story;             /* with its tally */
	struct story_open open;
	const struct findings *found, *late;   /* in the entries, ever; at this look */
	const char *evidence, *state_file;     /* evidence: NULL when there is none */
	int64_t now_us;
};
/* Looks once; again and again where what was looked at stays read: only what is new is fetched. */
void verify_look(struct ctx *, struct verify *, struct verify_report *out);

/* For people, and for programs. */
void verify_report_text(struct ctx *, const struct verify_report *, struct buf *out);
void verify_report_json(struct ctx *, const struct verify_report *, struct buf *out);
const char *verify_verdict_text(enum verify_verdict);
#endif

/* api/letter.h - the letter's sentences about this node: each with a figure that is computed now and a way to check it, or
 * an honest state. */
#ifndef API_LETTER_H
#define API_LETTER_H
#include "api/text.h"
#include "docket/tally.h"

enum letter_state { LETTER_LIVE, LETTER_NOT_YET, LETTER_OPEN_SEAL, LETTER_ONE_CUSTODIAN };
const char *letter_state_name(enum letter_state);      /* "not-yet" */
enum text_key letter_state_text(enum letter_state);
enum text_key letter_state_help(enum letter_state);

struct letter_sentence {
	const char *key;                       /* "demands"; also the anchor on the page */
	enum text_key title, said, statement, check, notyet;
	enum letter_state state;
	struct str figure;                     /* in cx->mem */
	const char *opens;                     /* address of the entries behind the figure; NULL: none */
	const char *claim;                     /* by which a browser counts it again (web/src/trust/claims.ts); NULL: nobody can */
};
/* What the sentence about demands says, part by part: "1 asked", "1 refused by rule 2", "0 disclosed". */
struct letter_part {
	enum text_key says;                    /* in the count's plural form, with {count}, perhaps {rule} */
	uint64_t count;
	uint32_t rule;                         /* 0: none */
	const char *opens, *claim;
};
#define LETTER_PARTS_MAX 8
#define LETTER_SENTENCES 9
struct letter {
	int64_t made_us;
	size_t demo;                           /* accounts that are no people */
	struct letter_sentence sentences[LETTER_SENTENCES];
	struct tally tally;
	size_t part_count;                     /* 0: nobody has asked, and the sentence's statement says so */
	struct letter_part parts[LETTER_PARTS_MAX];
};
/* Is it the one that is told in parts? */
bool letter_in_parts(const struct letter *, const struct letter_sentence *);
/* Counts; on the SLOW pool. */
enum err letter_read(struct ctx *, const struct catalogue *, struct letter *out);
/* "0.1.0 (commit)" */
struct str letter_program(void);
/* The whole as JSON, texts in the catalogue's language. */
void letter_json(struct ctx *, const struct letter *, const struct catalogue *, struct buf *out);
#endif

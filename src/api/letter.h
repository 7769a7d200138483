/* api/letter.h - the letter's sentences about this node: each with a figure that is computed now and a way to check it, or
 * an honest state (DESIGN.md, first table). */
#ifndef API_LETTER_H
#define API_LETTER_H
#include "api/text.h"
#include "base/ctx.h"

enum letter_state { LETTER_LIVE, LETTER_NOT_YET, LETTER_OPEN_SEAL, LETTER_ONE_CUSTODIAN };
const char *letter_state_name(enum letter_state);      /* "not-yet" */
enum text_key letter_state_text(enum letter_state);
enum text_key letter_state_help(enum letter_state);

struct letter_sentence {
	const char *key;                       /* "demands"; also the anchor on the page */
	enum text_key title, said, statement, check, notyet;
	enum letter_state state;
	struct str figure;                     /* in cx->mem */
};
#define LETTER_SENTENCES 9
struct letter {
	int64_t made_us;
	size_t demo;                           /* accounts that are no people */
	struct letter_sentence sentences[LETTER_SENTENCES];
};
/* Counts; on the SLOW pool. */
enum err letter_read(struct ctx *, const struct catalogue *, struct letter *out);
/* "0.1.0 (commit)" */
struct str letter_program(void);
/* The whole as JSON, texts in the catalogue's language. */
void letter_json(struct ctx *, const struct letter *, const struct catalogue *, struct buf *out);
#endif

/* api/problem.h - failures as RFC 9457 problem details. */
#ifndef API_PROBLEM_H
#define API_PROBLEM_H
#include "http/http.h"

struct problem {
	const char *slug, *title;
	int status;
};
/* Of a failure with this code and slug (NULL: none). */
struct problem problem_of(enum err, const char *slug);
/* The context's failure as application/problem+json: type, title, status, detail, code, and retry_after with 429 and 503.
 * A status that the answer has already is kept.  What failed inside is not told: the log has it. */
void problem_answer(struct ctx *, enum err, struct resp *);
/* What `detail` says: the failure's text, or for failures inside a plain sentence. */
struct str problem_detail(const struct ctx *, enum err);
#endif

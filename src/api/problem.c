#include "api/problem.h"

#include <assert.h>
#include <string.h>

#define RETRY_SECONDS 2                        /* when nothing finer is known */

static const struct problem codes[ERR_COUNT] = {
#define PROBLEM_CODE(code, slug, status, title) [code] = { slug, title, status },
#define PROBLEM_SLUG(slug, status, title)
#include "api/problem.def"
};
static const struct problem slugs[] = {
#define PROBLEM_CODE(code, slug, status, title)
#define PROBLEM_SLUG(slug, status, title) { slug, title, status },
#include "api/problem.def"
	/* Why a file cannot be used: well sent, but not what it should be (RFC 9110 section 15.5.21). */
#define REASON(name, slug, sentence) { slug, "This file cannot be used", 422 },
#include "media/reason.def"
#undef REASON
};

struct problem problem_of(enum err code, const char *slug)
{
	assert((int)code < ERR_COUNT);
	for (size_t i = 0; slug && i < sizeof slugs / sizeof slugs[0]; i++)
		if (strcmp(slugs[i].slug, slug) == 0)
			return slugs[i];
	struct problem problem = codes[code];
	if (slug)
		problem.slug = slug;
	return problem;
}

struct str problem_detail(const struct ctx *cx, enum err code)
{
	if (code == E_IO || code == E_CORRUPT || code == OK)
		return STR("The server could not do this. Try again; if it stays so, tell the operator.");
	return str_of(cx->failure.text);
}

void problem_answer(struct ctx *cx, enum err code, struct resp *resp)
{
	struct problem problem = problem_of(code, cx->failure.slug);
	int status = resp->status != 0 ? resp->status : problem.status;
	int64_t seconds = cx->failure.retry_seconds > 0 ? cx->failure.retry_seconds : RETRY_SECONDS;
	const struct problem_details details = {
		.status = status, .code = problem.slug, .title = problem.title, .detail = problem_detail(cx, code),
		.retry_seconds = status == 429 || status == 503 ? seconds : 0,
	};
	resp_problem(cx, resp, &details);
}

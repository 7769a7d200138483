/* verify/findings.h - what was found, and how bad it is. */
#ifndef VERIFY_FINDINGS_H
#define VERIFY_FINDINGS_H
#include "base/ctx.h"

#define FINDINGS_KEPT 1000             /* the rest is only counted */
#define FINDING_NO_ENTRY UINT64_MAX

enum finding_weight {
	FINDING_NOTE,                          /* worth knowing */
	FINDING_UNCHECKED,                     /* something could not be looked at: no verdict on it */
	FINDING_PROMISE,                       /* the log is whole, and says that the charter was not kept */
	FINDING_LIE,                           /* the log is not what it claims to be */
	FINDING_WEIGHTS
};
struct finding {
	enum finding_weight weight;
	const char *slug;                      /* static: "entry-altered" */
	uint64_t entry;                        /* its number, or FINDING_NO_ENTRY */
	char text[FAILURE_TEXT_MAX];
};
struct findings {
	size_t count, room;                    /* of `items` */
	struct finding *items;
	uint64_t of_weight[FINDING_WEIGHTS];   /* all, also those that were not kept */
};
void findings_free(struct findings *);
void finding_add(struct findings *, enum finding_weight, const char *slug, uint64_t entry, const char *format, ...)
	__attribute__((format(printf, 5, 6)));
const char *finding_weight_name(enum finding_weight);
#endif

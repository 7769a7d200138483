/* docket/demand.h - demands by states and courts.  Owns table demand.
 *
 * Their number is public, their papers are the desk's.  The total (kind "demands", subject 0) moves with the row, in one
 * transaction: /letter and /node read it from public.db, on a sealed node too. */
#ifndef DOCKET_DEMAND_H
#define DOCKET_DEMAND_H
#include "base/ctx.h"
#include "store/field.h"

struct demand {
#define EXPAND_STRUCT "docket/demand.def"
#include "store/expand.h"
};
#define DEMAND_AUTHORITY_POINTS_MAX 200
#define DEMAND_REFERENCE_POINTS_MAX 200
#define DEMAND_TEXT_POINTS_MAX 20000

struct demand_new {
	struct str asker, kind, authority, reference, text;
	int64_t received_us;                   /* 0: now */
};
/* WRITE; the console's.  State "received".  E_INVALID says which word or text is wrong. */
enum err demand_add(struct ctx *, const struct demand_new *, int64_t *id);
/* READ.  The public figure, from public.db. */
enum err demand_count(struct ctx *, int64_t *out);
/* READ.  From the desk's rows, by state: the sum over all states is the public figure. */
enum err demand_count_in(struct ctx *, struct str state, int64_t *out);

#define DEMAND_PAGE 20
struct demand_page {
	struct demand *items;                  /* in cx->mem */
	size_t count;
	int64_t next;                          /* cursor: the last id; 0: that was the last page */
};
enum err demand_list(struct ctx *, int64_t before, struct demand_page *out);   /* READ; newest first */
#endif

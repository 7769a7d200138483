/* docket/docket.h - demands: entered in the ledger before anything else can happen to them.  Owns tables demand, demand_paper,
 * demand_shown, hold, opaque.  (docs/docket.md)
 *
 * Each step is one transaction: the desk's row, the entry, and what everyone sees of it (table demand_shown of public.db).
 *   file      a WRITE: row and `demand-received`
 *   receipt   when the entry is included
 *   settle    a WRITE, after that: what the charter refuses is decided, who is concerned is told
 * What is left undone by a crash, and what a clock ends, the docket's job does (docket_run). */
#ifndef DOCKET_DOCKET_H
#define DOCKET_DOCKET_H
#include "charter/charter.h"
#include "ledger/ledger.h"
#include "store/field.h"
#include "store/job.h"

/* ---------- what everyone sees: READ, public.db only; a sealed node has it too ---------- */

struct demand_shown {
#define EXPAND_STRUCT "docket/demand_shown.def"
#include "store/expand.h"
};

/* One row of the table by country and half-year; or the sum of all. */
struct docket_count {
	char asker[3];                         /* "" in a sum */
	int64_t half_us;                       /* first moment of the half-year (UTC), by the time of the entry; 0 in a sum */
	int64_t received, authenticated, decided;
	int64_t refused_by_rule, refused, narrowed, complied_in_part, complied, withdrawn;
	int64_t emergency, preservation;       /* of the received: on that basis; of that kind */
	int64_t accounts;                      /* that were named */
	int64_t given;                         /* accounts of which some data was given */
	int64_t produced;                      /* demands after which some data was given */
	int64_t told;                          /* demands of which the persons were told */
	int64_t median_us;                     /* from received to decided; -1: none is decided; only in docket_table() */
};
enum err docket_sum(struct ctx *, struct docket_count *out);
/* Newest half-year first, then by asker.  In cx->mem. */
enum err docket_table(struct ctx *, struct docket_count **out, size_t *count);
/* How many each rule refused: "1 refused by rule 2".  By rule, rising. */
struct docket_rule {
	int64_t rule, count;
};
enum err docket_by_rule(struct ctx *, struct docket_rule **out, size_t *count);
/* Newest first, whose first entry is before `before` (0: from the newest); `asker` "" and `half_us` 0: of all. */
#define DOCKET_PAGE 20
struct docket_shown_page {
	struct demand_shown *items;            /* in cx->mem */
	size_t count;
	int64_t next;                          /* cursor; 0: that was the last page */
};
enum err docket_shown(struct ctx *, struct str asker, int64_t half_us, int64_t before, struct docket_shown_page *out);
/* E_NOTFOUND. */
enum err docket_shown_one(struct ctx *, struct str demand, struct demand_shown *out);

/* How many are entered: /letter, /node. */
enum err demand_count(struct ctx *, int64_t *out);
#endif

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

#define DOCKET_PAGE 20                         /* of lists of demands */
/* E_NOTFOUND. */
enum err docket_shown_one(struct ctx *, struct str demand, struct demand_shown *out);

/* How many are entered: /letter, /node. */
enum err demand_count(struct ctx *, int64_t *out);
#endif

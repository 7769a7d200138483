/* docket/inside.h - between the files of this room. */
#ifndef DOCKET_INSIDE_H
#define DOCKET_INSIDE_H
#include "docket/charters.h"
#include "docket/demand.h"
#include "keys/keys.h"

#define SALT_BYTES 32
#define STATE_UNENTERED STR("unentered")
#define STATE_HIDDEN STR("hidden")
#define STATE_RECEIVED STR("received")
#define STATE_AUTHENTICATED STR("authenticated")
#define STATE_DECIDED STR("decided")

enum { EFFECT_NONE, EFFECT_DUE, EFFECT_DONE };

/* Entries have whole seconds. */
int64_t whole_second(int64_t wall_us);
/* The last midnight (UTC) not after it. */
int64_t whole_day(int64_t wall_us);

struct demand_ids {
	int64_t ids[DEMAND_PEOPLE_MAX];
	size_t count;
};
/* "1,2,3" as the row keeps it. */
void demand_ids_read(struct str, struct demand_ids *out);
struct str demand_ids_write(struct ctx *, const int64_t *ids, size_t count);

/* rows.c: the table.  All with a grant for the desk. */
enum err demand_row(struct ctx *, const struct grant *desk, int64_t id, struct demand *out);
enum err demand_row_named(struct ctx *, const struct grant *desk, struct str name, struct demand *out);
enum err demand_row_add(struct ctx *, const struct grant *desk, const struct demand *);
enum err demand_row_set(struct ctx *, const struct grant *desk, const struct demand *);
/* SHA-256(salt || bytes) of a new paper. */
enum err demand_paper_add(struct ctx *, const struct grant *desk, int64_t demand, const char *kind, struct str bytes, struct str hashed,
	struct str *hash);
/* The same of the papers that were filed with it; "" when there are none. */
enum err demand_papers_hash(struct ctx *, const struct grant *desk, const struct demand *, struct str *hash);
/* Ids of rows that wait, oldest first: whose receipt is out and nothing has followed yet, or whose decision is not carried out. */
#define DEMAND_BATCH 64
struct demand_batch {
	int64_t ids[DEMAND_BATCH];
	size_t count;
};
enum err demand_rows_in(struct ctx *, const struct stmt *, const struct val *vals, size_t n, struct demand_batch *out);

/* The number of the demand's first entry, from what everyone sees.  E_BUSY entry-pending: public.db has not got it yet. */
enum err demand_number(struct ctx *, struct str demand, uint64_t *out);
/* entries.c: each appends the entry and changes what everyone sees. */
enum err enter_received(struct ctx *, const struct demand *, struct str papers_hash);
enum err enter_authenticated(struct ctx *, const struct demand *, struct str how);
enum err enter_decided(struct ctx *, const struct demand *, struct str reason_hash);
enum err enter_gagged(struct ctx *, const struct demand *);
enum err enter_told(struct ctx *, const struct demand *, int64_t accounts);
enum err enter_held(struct ctx *, const struct demand *, int64_t accounts, int64_t mark);
/* The line of its demand-received, as an opaque entry hides it. */
enum err received_line(struct ctx *, const struct demand *, struct str papers_hash, struct str *line);

/* steps.c: WRITE. */
/* What follows the receipt.  Twice is once. */
enum err demand_settle(struct ctx *, const struct grant *desk, int64_t id);
/* What the charter says of it now. */
enum err demand_decision(struct ctx *, const struct demand *, struct charter_decision *out);
void demand_decide_by(const struct charter_force *, const struct demand *, struct charter_decision *out);
/* The charter's decision takes effect on the row: refused by rule, or a deadline begins at `since_us`.  With the entries. */
enum err demand_apply(struct ctx *, struct demand *, const struct charter_decision *, int64_t since_us);
/* Tells the people, if they may be told now and were not; after a decision, once more. */
enum err demand_tell(struct ctx *, struct demand *, bool decided);
/* effect.c: what was decided is done, once its entry is included.  Twice is once; not on the writer's thread. */
enum err demand_carry_out(struct ctx *, int64_t id);
/* hold.c */
enum err hold_place(struct ctx *, struct demand *);
enum err hold_end_due(struct ctx *);
enum err hold_end_of(struct ctx *, const struct demand *);
/* opaque.c */
enum err opaque_run(struct ctx *);
enum err opaque_next(struct ctx *, int64_t *next_us);
/* WRITE.  A hidden demand is hidden no longer: its opaque entry is opened, and it is entered for everyone to see. */
enum err opaque_reveal(struct ctx *, const struct grant *desk, int64_t demand);
/* What its opaque entry hides: salt and line. */
enum err opaque_hidden(struct ctx *, const struct grant *desk, int64_t id, struct str *salt, struct str *hidden);
/* day.c */
enum err day_run(struct ctx *);

/* Waits until all is shown that was entered by now. */
enum err all_included(struct ctx *, bool *out);
/* Waits until an entry is shown.  False in `included` when it is not, whatever the reason: what follows is the job's. */
enum err included(struct ctx *, int64_t mark, bool *out);
#endif

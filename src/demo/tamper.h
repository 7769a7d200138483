/* demo/tamper.h - what an operator who lies would do to one old entry, done to a copy (cli/tamper.c serves it). */
#ifndef DEMO_TAMPER_H
#define DEMO_TAMPER_H
#include "ledger/ledger.h"

/* The entry to alter: number `wanted`, or without one (UINT64_MAX) the oldest demand, else the second entry.  E_NOTFOUND: a log of
 * `size` entries has none such. */
enum err tamper_choose(struct ctx *, uint64_t size, uint64_t wanted, struct ledger_item *out);
/* The same line, a little other, and as valid: a demand gets another asker, anything else another second. */
enum err tamper_line(struct ctx *, const struct ledger_item *, struct str *out);
/* Puts the line in the entry's place, past the outbox and all rules. `config` is the copy's. */
enum err tamper_alter(struct ctx *, const struct db_config *, uint64_t number, struct str line);
#endif

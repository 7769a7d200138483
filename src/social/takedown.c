#include "social/takedown.h"

#include "ledger/ledger.h"

enum err takedown_enter(struct ctx *cx, struct str what)
{
	struct entry entry = { .kind = ENTRY_takedown };
	entry.values[ENTRY_takedown_what] = what;
	entry.values[ENTRY_takedown_basis] = STR("rules");
	return ledger_append(cx, &entry, 0);
}

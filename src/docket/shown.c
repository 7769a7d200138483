/* What everyone sees of demands: from public.db alone. */
#include "docket/docket.h"
#include "docket/shown.sql.h"

#define EXPAND_ROW "docket/demand_shown.def"
#include "store/expand.h"

enum err demand_count(struct ctx *cx, int64_t *out)
{
	return db_get_i64_0(cx, SQL_demand_shown_count, out);
}

enum err docket_shown_one(struct ctx *cx, struct str demand, struct demand_shown *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_demand_shown_one, &rows, TEXT(demand)));
	const bool found = rows_next(rows);
	if (found)
		demand_shown_read(rows, out);
	TRY(rows_status(rows));
	return found ? OK : fail(cx, E_NOTFOUND, "there is no such demand");
}

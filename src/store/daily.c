#include "store/daily.h"

#include "store/daily.sql.h"
#include "store/db.h"

int64_t daily_of(int64_t wall_us)
{
	return wall_us / DAY_US;
}

enum err daily_add(struct ctx *cx, const char *kind, int64_t delta)
{
	return db_run(cx, SQL_daily_add, I64(daily_of(cx->now_us)), TEXT(str_of(kind)), I64(delta));
}

enum err daily_total(struct ctx *cx, int64_t day, const char *kind, int64_t *out)
{
	return db_get_i64(cx, SQL_daily_total, out, I64(day), TEXT(str_of(kind)));
}

enum err daily_forget(struct ctx *cx, int64_t before_day)
{
	return db_run(cx, SQL_daily_forget, I64(before_day));
}

#include "social/census.h"

#include "social/census.sql.h"
#include "store/db.h"

enum err census_videos(struct ctx *cx, int64_t *out)
{
	return db_get_i64_0(cx, SQL_census_videos, out);
}

enum err census_accounts(struct ctx *cx, int64_t *out)
{
	return db_get_i64_0(cx, SQL_census_accounts, out);
}

enum err census_newest(struct ctx *cx, int64_t *out)
{
	return db_get_i64_0(cx, SQL_census_newest, out);
}

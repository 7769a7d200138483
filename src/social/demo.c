#include "social/demo.h"

#include "social/demo.sql.h"
#include "store/outbox.h"

enum err demo_accounts(struct ctx *cx, struct demo_accounts *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	struct demo_accounts found = { .count = 0 };
	TRY(db_query(cx, SQL_demo_list, &rows, I64(DEMO_ACCOUNTS_MAX)));
	while (found.count < DEMO_ACCOUNTS_MAX && rows_next(rows))
		found.ids[found.count++] = rows_i64(rows, 0);
	TRY(rows_status(rows));
	*out = found;
	return OK;
}

bool demo_has(const struct demo_accounts *accounts, int64_t account)
{
	for (size_t i = 0; i < accounts->count; i++)
		if (accounts->ids[i] == account)
			return true;
	return false;
}

enum err demo_mark(struct ctx *cx, int64_t account)
{
	return outbox_post(cx, "profile", account, 'P', SQL_demo_add, I64(account));
}

enum err demo_unmark(struct ctx *cx, int64_t account)
{
	return outbox_post(cx, "profile", account, 'P', SQL_demo_remove, I64(account));
}

enum err demo_count_videos(struct ctx *cx, struct str but_for, int64_t *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_demo_count_videos, &rows, TEXT(but_for)));
	int64_t count = rows_next(rows) ? rows_i64(rows, 0) : 0;
	TRY(rows_status(rows));
	*out = count;
	return OK;
}

#include "custody/custody.h"

#include <assert.h>
#include <string.h>

#include "custody/custody.sql.h"
#include "custody/keyholder.h"
#include "store/writer.h"

enum err custody_create(struct ctx *cx, int64_t account, struct grant *out)
{
	unsigned char key[KEY_BYTES], wrapped[WRAPPED_BYTES];
	assert(writer_here(cx));
	random_bytes(key, sizeof key);
	keyholder_wrap(cx, account, key, wrapped);
	explicit_bzero(key, sizeof key);
	struct str stored = { .p = (const char *)wrapped, .n = sizeof wrapped };
	TRY(db_run(cx, SQL_user_key_add, I64(account), BLOB(stored)));
	return keyholder_unwrap(cx, GRANT_SIGNUP, account, stored, out);
}

enum err custody_destroy(struct ctx *cx, int64_t account)
{
	assert(writer_here(cx));
	TRY(db_run(cx, SQL_user_key_delete, I64(account)));
	if (db_changes(cx, KEYS_DB) == 0)
		return fail(cx, E_NOTFOUND, "the account has no key");
	writer_scrub(cx, KEYS_DB);
	return OK;
}

enum err custody_grant(struct ctx *cx, enum grant_purpose purpose, int64_t account, struct grant *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_user_key_read, &rows, I64(account)));
	bool found = rows_next(rows);
	TRY(rows_status(rows));
	if (!found)
		return fail(cx, E_NOTFOUND, "the account has no key: it was erased");
	return keyholder_unwrap(cx, purpose, account, rows_blob(rows, 0), out);
}

enum err custody_desk_grant(struct ctx *cx, struct grant *out)
{
	keyholder_desk(cx, out);
	return OK;
}

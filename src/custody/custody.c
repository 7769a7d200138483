#include "custody/custody.h"

#include <assert.h>
#include <string.h>

#include "custody/custody.sql.h"
#include "custody/keyholder.h"
#include "store/daily.h"
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
	return daily_add(cx, "accounts-erased", 1);
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
	keyholder_desk(cx, GRANT_DESK, out);
	return OK;
}

enum err custody_docket_grant(struct ctx *cx, struct grant *out)
{
	keyholder_desk(cx, GRANT_DOCKET, out);
	return OK;
}

/* --- the day's counts --- */

const char *grant_purpose_name(enum grant_purpose purpose)
{
	static const char *const names[GRANT_PURPOSES] = {
		[GRANT_SESSION] = "session", [GRANT_SIGNUP] = "signup", [GRANT_PUBLISH] = "publish", [GRANT_BLOCK_CHECK] = "block-check",
		[GRANT_MAILBOX] = "mailbox", [GRANT_ERASE] = "erase", [GRANT_OPERATOR] = "operator", [GRANT_DESK] = "desk", [GRANT_DOCKET] = "docket",
		[GRANT_RESIDENCE] = "residence",
	};
	return names[purpose];
}

struct noting {
	uint64_t counts[GRANT_PURPOSES];
};

static enum err note_work(struct ctx *cx, void *argument)
{
	const struct noting *const noting = argument;
	for (enum grant_purpose purpose = GRANT_NONE + 1; purpose < GRANT_PURPOSES; purpose++) {
		const int64_t more = (int64_t)(noting->counts[purpose] - keyholder_noted(cx->keyholder, purpose));
		if (more)
			TRY(daily_add(cx, arena_printf(&cx->mem, "unwrap-%s", grant_purpose_name(purpose)).p, more));
	}
	return OK;
}

enum err custody_note_unwraps(struct ctx *cx)
{
	struct noting noting = { .counts = { 0 } };
	for (enum grant_purpose purpose = GRANT_NONE + 1; purpose < GRANT_PURPOSES; purpose++)
		noting.counts[purpose] = keyholder_count(cx->keyholder, purpose);
	TRY(writer_run(cx, note_work, &noting));
	for (enum grant_purpose purpose = GRANT_NONE + 1; purpose < GRANT_PURPOSES; purpose++)
		keyholder_set_noted(cx->keyholder, purpose, noting.counts[purpose]);
	return OK;
}

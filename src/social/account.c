#include "social/account.h"

#include "custody/custody.h"
#include "social/account.sql.h"
#include "social/account_row.h"
#include "social/batch.h"
#include "social/erase.h"
#include "social/findable.h"
#include "social/profile.h"
#include "social/profile.sql.h"
#include "social/text.h"
#include "store/outbox.h"
#include "store/search.h"

#define EXPAND_ROW "social/account.def"
#define EXPAND_PERSON 0
#define EXPAND_ID row->id
#include "store/expand.h"

static const char *const role_names[] = {
	[ROLE_NOBODY] = "", [ROLE_MEMBER] = "member", [ROLE_MODERATOR] = "moderator", [ROLE_OPERATOR] = "operator",
};

const char *role_name(enum role role)
{
	return role_names[role];
}

enum role role_of(struct str name)
{
	for (enum role role = ROLE_MEMBER; role <= ROLE_OPERATOR; role++)
		if (str_eq(name, str_of(role_names[role])))
			return role;
	return ROLE_NOBODY;
}

/* --- finding and opening --- */

static enum err get(struct ctx *cx, const struct stmt *statement, struct val key, struct account *out, struct str *sealed)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query_(cx, statement, &rows, 1, &key));
	if (!rows_next(rows)) {
		TRY(rows_status(rows));
		return fail(cx, E_NOTFOUND, "there is no such account");
	}
	*out = (struct account){ .id = 0 };
	account_read_clear(rows, 0, out);
	if (sealed)
		*sealed = rows_blob(rows, account_clear);
	return OK;
}

static enum err get_unless_closed(struct ctx *cx, const struct stmt *statement, struct val key, struct account *out)
{
	struct account row;
	TRY(get(cx, statement, key, &row, NULL));
	if (str_eq(row.state, STATE_CLOSED))
		return fail(cx, E_NOTFOUND, "this account is closed");
	*out = row;
	return OK;
}

enum err account_by_handle(struct ctx *cx, struct str handle, struct account *out)
{
	struct str folded;
	if (!handle_fold(cx, handle, &folded))
		return fail(cx, E_NOTFOUND, "there is no such account");
	return get_unless_closed(cx, &SQL_account_by_handle, TEXT(folded), out);
}

enum err account_by_id(struct ctx *cx, int64_t id, struct account *out)
{
	return get_unless_closed(cx, &SQL_account_by_id, I64(id), out);
}

enum err account_any(struct ctx *cx, int64_t id, struct account *out)
{
	return get(cx, &SQL_account_by_id, I64(id), out, NULL);
}

enum err account_open(struct ctx *cx, struct grant *grant, struct account *out)
{
	struct account row;
	struct str sealed;
	TRY(get(cx, &SQL_account_by_id, I64(grant->account), &row, &sealed));
	TRY(account_unseal(cx, grant, sealed, &row));
	grant->person = row.person;
	*out = row;
	return OK;
}

enum err account_grant(struct ctx *cx, enum grant_purpose purpose, int64_t id, struct grant *out)
{
	AUTO(grant_wipe) struct grant grant = { .purpose = GRANT_NONE };
	struct account row;
	TRY(custody_grant(cx, purpose, id, &grant));
	TRY(account_open(cx, &grant, &row));
	*out = grant;
	return OK;
}

enum err account_list(struct ctx *cx, int64_t before, struct account_page *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_account_list, &rows, before_id(before), I64(ACCOUNT_PAGE + 1)));
	struct account_page page = { .items = arena_new(&cx->mem, struct account, ACCOUNT_PAGE + 1) };
	while (rows_next(rows))
		account_read_clear(rows, 0, &page.items[page.count++]);
	TRY(rows_status(rows));
	if (page.count > ACCOUNT_PAGE) {
		page.count = ACCOUNT_PAGE;
		page.next = page.items[ACCOUNT_PAGE - 1].id;
	}
	*out = page;
	return OK;
}

/* --- writing the row --- */

enum err account_insert(struct ctx *cx, const struct grant *grant, const struct account *row)
{
	struct account other;
	enum err outcome = get(cx, &SQL_account_by_handle, TEXT(row->handle), &other, NULL);
	if (outcome == OK)
		return fail_as(cx, E_CONFLICT, "handle-taken", "this name is taken; choose another");
	if (outcome != E_NOTFOUND)
		return outcome;
	struct val vals[account_columns];
	TRY(account_vals(cx, grant, row, vals));
	return db_run_(cx, &SQL_account_add, account_columns, vals);
}

enum err account_reseal(struct ctx *cx, const struct grant *grant, const struct account *row)
{
	struct str sealed;
	TRY(account_seal(cx, grant, row, &sealed));
	return db_run(cx, SQL_account_reseal, I64(row->id), BLOB(sealed));
}

/* --- what others do to an account --- */

static enum err set_state(struct ctx *cx, int64_t id, struct str state)
{
	struct account row;
	TRY(account_by_id(cx, id, &row));
	if (str_eq(row.state, state))
		return OK;
	TRY(db_run(cx, SQL_account_set_state, I64(id), TEXT(state)));
	return outbox_post(cx, "profile", id, 'P', SQL_profile_set_state, I64(id), TEXT(state));
}

enum err account_suspend(struct ctx *cx, int64_t id)
{
	TRY(set_state(cx, id, STATE_SUSPENDED));
	return session_end_all(cx, id, 0);
}

enum err account_restore(struct ctx *cx, int64_t id)
{
	return set_state(cx, id, STATE_ACTIVE);
}

enum err account_set_role(struct ctx *cx, int64_t id, enum role role)
{
	struct account row;
	TRY(account_by_id(cx, id, &row));
	if (role == ROLE_NOBODY)
		return fail(cx, E_INVALID, "a role is member, moderator or operator");
	TRY(db_run(cx, SQL_account_set_role, I64(id), TEXT(str_of(role_name(role)))));
	return session_changed(cx);
}

/* The key and the rows stay for the erase job: it must open the account to know whose rows to take. */
enum err account_close_by_operator(struct ctx *cx, int64_t id)
{
	AUTO(grant_wipe) struct grant grant = { .purpose = GRANT_NONE };
	struct account row;
	TRY(account_by_id(cx, id, &row));
	TRY(custody_grant(cx, GRANT_ERASE, id, &grant));
	TRY(account_open(cx, &grant, &row));
	TRY(db_run(cx, SQL_account_set_state, I64(id), TEXT(STATE_CLOSED)));
	TRY(session_end_all(cx, id, 0));
	TRY(outbox_post(cx, "profile", id, 'D', SQL_profile_remove, I64(id)));
	TRY(search_drop(cx, id));
	TRY(drop_blob(cx, row.avatar));
	return job_add(cx, ERASE_JOB, id, cx->now_us);
}

enum err profile_blank(struct ctx *cx, int64_t account)
{
	AUTO(grant_wipe) struct grant grant = { .purpose = GRANT_NONE };
	struct account row;
	TRY(account_by_id(cx, account, &row));
	TRY(custody_grant(cx, GRANT_ERASE, account, &grant));
	TRY(account_open(cx, &grant, &row));
	TRY(drop_blob(cx, row.avatar));
	row.avatar = STR("");
	TRY(account_reseal(cx, &grant, &row));
	TRY(outbox_post(cx, "profile", account, 'P', SQL_profile_set_name, I64(account), TEXT(row.handle)));
	TRY(findable_person(cx, account, row.handle, row.handle));
	TRY(outbox_post(cx, "profile", account, 'P', SQL_profile_set_bio, I64(account), TEXT(STR(""))));
	return outbox_post(cx, "profile", account, 'P', SQL_profile_set_avatar, I64(account), TEXT(STR("")));
}

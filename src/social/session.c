#include "social/session.h"

#include <string.h>

#include "base/config.h"
#include "base/events.h"
#include "custody/custody.h"
#include "social/account.h"
#include "social/account_row.h"
#include "social/session.sql.h"
#include "social/session_cache.h"

struct session {
#define EXPAND_STRUCT "social/session.def"
#include "store/expand.h"
};
#define EXPAND_ROW "social/session.def"
#define EXPAND_PERSON 0
#define EXPAND_ID row->id
#include "store/expand.h"

#define TOKEN_BYTES 32
#define CLIENT_BYTES_MAX 80
#define SWEEP_BATCH 500

static int64_t to_the_hour(int64_t at_us)
{
	return at_us - at_us % HOUR_US;
}

static int64_t expiry(const struct ctx *cx)
{
	return cx->now_us + cx->config->accounts_session_days * DAY_US;
}

static enum err ended(struct ctx *cx)
{
	return fail_as(cx, E_ANONYMOUS, "session-ended", "this session has ended; sign in again");
}

/* --- opening --- */

/* False: no token of ours can look like this. */
static bool mac_of(struct ctx *cx, struct str token, unsigned char mac[MAC_BYTES])
{
	unsigned char bytes[TOKEN_BYTES];
	size_t n = 0;
	if (!cx->keyholder || token.n != TOKEN_TEXT_BYTES - 1 || !base64url_decode(token, bytes, sizeof bytes, &n) || n != sizeof bytes)
		return false;
	keyholder_mac(cx->keyholder, "session", (struct str){ (const char *)bytes, sizeof bytes }, mac);
	explicit_bzero(bytes, sizeof bytes);
	return true;
}

static enum err find_row(struct ctx *cx, const unsigned char mac[MAC_BYTES], struct session *row, struct str *sealed)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_session_by_mac, &rows, BLOB(((struct str){ (const char *)mac, MAC_BYTES }))));
	bool found = rows_next(rows);
	TRY(rows_status(rows));
	if (!found)
		return ended(cx);
	session_read_clear(rows, 0, row);
	*sealed = rows_blob(rows, session_clear);
	return row->expires_us > cx->now_us ? OK : ended(cx);
}

static enum err read_session(struct ctx *cx, struct open_session *out)
{
	struct session row = {};
	struct str sealed;
	struct account account;
	struct actor *actor = &out->actor;
	TRY(find_row(cx, out->token_mac, &row, &sealed));
	enum err outcome = custody_grant(cx, GRANT_SESSION, row.account, &actor->grant);
	if (outcome == OK)
		outcome = account_open(cx, &actor->grant, &account);
	if (outcome == E_NOTFOUND)
		return ended(cx);
	TRY(outcome);
	if (!str_eq(account.state, STATE_ACTIVE))
		return ended(cx);
	TRY(session_unseal(cx, &actor->grant, sealed, &row));
	actor->account = row.account;
	actor->session = row.id;
	actor->role = role_of(account.role);
	out->expires_us = row.expires_us;
	out->last_used_us = row.last_used_us;
	out->read_us = clock_boot_us(cx->clock);
	return OK;
}

enum err session_open(struct ctx *cx, struct str token, bool *touch_due)
{
	AUTO(open_session_wipe) struct open_session session = { .number = 0 };
	unsigned char mac[MAC_BYTES];
	int64_t number;
	if (!mac_of(cx, token, mac))
		return ended(cx);
	TRY(db_get_i64_0(cx, SQL_session_change_number, &number));
	if (!session_cache_find(cx, mac, number, &session)) {
		session.number = number;
		memcpy(session.token_mac, mac, sizeof mac);
		TRY(read_session(cx, &session));
		session_cache_keep(cx, &session);
	}
	cx->actor = session.actor;
	*touch_due = cx->now_us - session.last_used_us >= HOUR_US && session_cache_claim_touch(cx, mac);
	return OK;
}

enum err session_stands(struct ctx *cx)
{
	AUTO(rows_close) struct rows *rows = NULL;
	if (cx->actor.session == 0)
		return OK;
	TRY(db_query(cx, SQL_session_role, &rows, I64(cx->actor.session), I64(cx->actor.account)));
	bool stands = rows_next(rows);
	enum role role = stands ? role_of(rows_text(rows, 0)) : ROLE_NOBODY;
	TRY(rows_status(rows));
	if (!stands)
		return ended(cx);
	cx->actor.role = role;
	return OK;
}

static enum err get_row(struct ctx *cx, int64_t id, struct session *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_session_by_id, &rows, I64(id)));
	bool found = rows_next(rows);
	TRY(rows_status(rows));
	return found ? session_read(cx, &cx->actor.grant, rows, out) : ended(cx);
}

enum err session_touch(struct ctx *cx)
{
	struct session row;
	struct str sealed;
	TRY(get_row(cx, cx->actor.session, &row));
	if (cx->now_us - row.last_used_us < HOUR_US)
		return OK;
	row.last_used_us = to_the_hour(cx->now_us);
	TRY(session_seal(cx, &cx->actor.grant, &row, &sealed));
	return db_run(cx, SQL_session_moved_on, I64(row.id), I64(expiry(cx)), BLOB(sealed));
}

/* --- beginning --- */

/* What a client calls itself is shown to its owner only; still nothing but a short line. */
static struct str client_name(struct str client)
{
	bool plain = client.n <= CLIENT_BYTES_MAX && str_utf8(client);
	for (size_t i = 0; plain && i < client.n; i++)
		plain = (unsigned char)client.p[i] >= ' ' && client.p[i] != 0x7F;
	return plain ? client : STR("");
}

static enum err make_room(struct ctx *cx, int64_t account)
{
	int64_t count;
	TRY(db_get_i64(cx, SQL_session_count, &count, I64(account)));
	if (count < SESSIONS_MAX)
		return OK;
	TRY(db_run(cx, SQL_session_remove_first_to_expire, I64(account)));
	return session_changed(cx);
}

enum err session_create(struct ctx *cx, const struct grant *grant, struct str client, struct session_token *out)
{
	unsigned char bytes[TOKEN_BYTES], mac[MAC_BYTES];
	TRY(make_room(cx, grant->account));
	random_bytes(bytes, sizeof bytes);
	keyholder_mac(cx->keyholder, "session", (struct str){ (const char *)bytes, sizeof bytes }, mac);
	const struct session row = {
		.id = id_new(cx->ids, cx->now_us), .token_mac = { (const char *)mac, sizeof mac }, .account = grant->account,
		.expires_us = expiry(cx), .created_us = cx->now_us, .last_used_us = to_the_hour(cx->now_us),
		.client = client_name(client),
	};
	struct val vals[session_columns];
	TRY(session_vals(cx, grant, &row, vals));
	TRY(db_run_(cx, &SQL_session_add, session_columns, vals));

	AUTO(buf_free) struct buf text = buf_new(TOKEN_TEXT_BYTES);
	buf_base64url(&text, bytes, sizeof bytes);
	struct session_token token = { .session = row.id, .expires_us = row.expires_us };
	memcpy(token.text, buf_terminated(&text), TOKEN_TEXT_BYTES);
	*out = token;
	explicit_bzero(&token, sizeof token);
	explicit_bzero(text.p, text.n);
	explicit_bzero(bytes, sizeof bytes);
	return OK;
}

/* --- listing and ending --- */

enum err session_list(struct ctx *cx, struct session_page *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	struct session_page page = { .items = arena_new(&cx->mem, struct session_view, SESSIONS_MAX) };
	TRY(db_query(cx, SQL_session_list, &rows, I64(cx->actor.account), I64(cx->now_us), I64(SESSIONS_MAX)));
	while (rows_next(rows)) {
		struct session row;
		TRY(session_read(cx, &cx->actor.grant, rows, &row));
		page.items[page.count++] = (struct session_view){
			.id = row.id, .created_us = row.created_us, .last_used_us = row.last_used_us,
			.expires_us = row.expires_us, .client = row.client, .current = row.id == cx->actor.session,
		};
	}
	TRY(rows_status(rows));
	*out = page;
	return OK;
}

enum err session_changed(struct ctx *cx)
{
	return db_run0(cx, SQL_session_changed);
}

enum err session_revoke(struct ctx *cx, int64_t id)
{
	TRY(db_run(cx, SQL_session_remove, I64(id), I64(cx->actor.account)));
	if (db_changes(cx, PERSONAL_DB) == 0)
		return fail(cx, E_NOTFOUND, "you have no such session");
	events_note(cx, cx->actor.account);
	return session_changed(cx);
}

enum err session_end_all(struct ctx *cx, int64_t account, int64_t keep)
{
	TRY(db_run(cx, SQL_session_remove_all, I64(account), I64(keep)));
	events_note(cx, account);
	return session_changed(cx);
}

enum err session_renew(struct ctx *cx, struct session_token *out)
{
	struct session row;
	TRY(get_row(cx, cx->actor.session, &row));
	TRY(session_end_all(cx, row.account, 0));
	TRY(session_create(cx, &cx->actor.grant, row.client, out));
	cx->actor.session = out->session;
	return OK;
}

enum err session_sweep(struct ctx *cx, bool *more)
{
	TRY(db_run(cx, SQL_session_sweep, I64(cx->now_us), I64(SWEEP_BATCH)));
	*more = db_changes(cx, PERSONAL_DB) == SWEEP_BATCH;
	return OK;
}

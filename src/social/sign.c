/* Signing up and in: what hashes a password runs outside the writer, what changes rows on it. */
#include "custody/custody.h"
#include "base/config.h"
#include "keys/keys.h"
#include "social/account.h"
#include "social/account_row.h"
#include "social/demo.h"
#include "social/findable.h"
#include "social/follow.h"
#include "social/mailbox.h"
#include "social/profile.sql.h"
#include "social/text.h"
#include "store/outbox.h"
#include "store/writer.h"

#define EXPAND_ROW "social/profile.def"
#include "store/expand.h"

#define MIB ((size_t)1 << 20)

enum err password_make_hash(struct ctx *cx, struct str password, struct str *out)
{
	char hash[PASSWORD_HASH_MAX];
	TRY(password_hash(cx, password, (uint64_t)cx->config->accounts_password_passes,
	                  (size_t)cx->config->accounts_password_mib * MIB, hash));
	*out = arena_copy(&cx->mem, str_of(hash));
	return OK;
}

/* --- up --- */

struct new_account {
	const struct sign_up *asked;
	struct str handle, name, hash;
	bool by_operator;
	int64_t id;
	struct session_token *token;           /* NULL: no session is wanted */
	struct grant grant;                    /* the result */
};

static void new_account_wipe(struct new_account *new)
{
	grant_wipe(&new->grant);
}

static enum err check(struct ctx *cx, struct new_account *new)
{
	const struct sign_up *asked = new->asked;
	TRY(handle_clean(cx, asked->handle, &new->handle));
	TRY(password_check(cx, asked->password, new->handle));
	TRY(text_clean(cx, &TEXT_NAME, asked->name.n ? asked->name : new->handle, &new->name));
	TRY(languages_check(cx, &asked->languages));
	return country_check(cx, asked->country);
}

/* Before the hash is paid for; the writer looks again. */
static enum err check_open(struct ctx *cx, const struct new_account *new)
{
	struct str mode = str_of(cx->config->accounts_sign_up);
	if (new->by_operator || str_eq(mode, STR("open")))
		return OK;
	if (!str_eq(mode, STR("invitation")))
		return fail_as(cx, E_DENIED, "sign-up-closed", "this node takes no new accounts now");
	if (new->asked->invitation.n == 0)
		return fail_as(cx, E_DENIED, "invitation-needed", "this node asks for an invitation; give its code");
	return OK;
}

static enum err publish_profile(struct ctx *cx, const struct new_account *new)
{
	const struct profile profile = {
		.id = new->id, .handle = new->handle, .name = new->name, .bio = STR(""), .avatar = STR(""),
		.created_us = cx->now_us, .state = STATE_ACTIVE,
	};
	struct val vals[profile_columns];
	profile_vals(&profile, vals);
	TRY(outbox_post_(cx, "profile", new->id, 'P', &SQL_profile_add, profile_columns, vals));
	return findable_person(cx, new->id, new->handle, new->name);
}

static enum err add_work(struct ctx *cx, void *argument)
{
	struct new_account *new = argument;
	struct grant *grant = &new->grant;
	bool invited = !new->by_operator && str_eq(str_of(cx->config->accounts_sign_up), STR("invitation"));
	if (invited)
		TRY(invite_use(cx, new->asked->invitation));

	new->id = id_new(cx->ids, cx->now_us);
	TRY(custody_create(cx, new->id, grant));
	grant->person = random_person();
	const struct account row = {
		.id = new->id, .handle = new->handle, .role = str_of(role_name(new->asked->role ? new->asked->role : ROLE_MEMBER)),
		.state = STATE_ACTIVE, .created_us = cx->now_us, .person = grant->person, .password_hash = new->hash,
		.country = new->asked->country, .languages = languages_joined(cx, &new->asked->languages), .avatar = STR(""),
	};
	TRY(account_insert(cx, grant, &row));
	TRY(mailbox_create(cx, grant));
	TRY(publish_profile(cx, new));
	if (new->asked->demo)
		TRY(demo_mark(cx, new->id));
	return new->token ? session_create(cx, grant, new->asked->client, new->token) : OK;
}

static enum err add(struct ctx *cx, struct new_account *new)
{
	TRY(check(cx, new));
	TRY(check_open(cx, new));
	TRY(password_make_hash(cx, new->asked->password, &new->hash));
	return writer_run(cx, add_work, new);
}

enum err account_sign_up(struct ctx *cx, const struct sign_up *asked, struct session_token *out)
{
	struct sign_up member = *asked;
	member.role = ROLE_MEMBER;
	member.demo = false;
	struct session_token token;
	AUTO(new_account_wipe) struct new_account new = { .asked = &member, .token = &token };
	TRY(add(cx, &new));
	cx->actor = (struct actor){ .account = new.id, .session = token.session, .role = ROLE_MEMBER, .grant = new.grant };
	*out = token;
	explicit_bzero(&token, sizeof token);
	return OK;
}

enum err account_add(struct ctx *cx, const struct sign_up *asked, int64_t *id)
{
	AUTO(new_account_wipe) struct new_account new = { .asked = asked, .by_operator = true };
	TRY(add(cx, &new));
	*id = new.id;
	return OK;
}

enum err account_add_hashed(struct ctx *cx, const struct sign_up *asked, struct str hash, int64_t *id)
{
	AUTO(new_account_wipe) struct new_account new = { .asked = asked, .by_operator = true, .hash = hash };
	TRY(check(cx, &new));
	TRY(add_work(cx, &new));
	*id = new.id;
	return OK;
}

/* --- in --- */

/* An unknown name (row.id is 0) costs a hash too: the time must not tell who has an account. */
static enum err try_password(struct ctx *cx, const struct account *row, struct str password, bool *right)
{
	struct str unused;
	if (password.n > PASSWORD_BYTES_MAX)
		return OK;
	if (row->id == 0)
		return password_make_hash(cx, password, &unused);
	TRY(password_verify(cx, arena_text(&cx->mem, row->password_hash), password, right));
	return OK;
}

struct sign_in {
	struct grant grant;
	enum role role;
	struct str hash;                       /* that the password was held against */
	struct str client;
	struct session_token *token;
};

/* OK with an empty hash for an unknown name: the caller then spends the same time. */
static enum err find(struct ctx *cx, struct str handle, struct sign_in *in, struct account *row)
{
	struct account found = { .id = 0 };
	enum err outcome = account_by_handle(cx, handle, &found);
	if (outcome == OK)
		outcome = custody_grant(cx, GRANT_SESSION, found.id, &in->grant);
	if (outcome == OK)
		outcome = account_open(cx, &in->grant, &found);
	if (outcome == E_NOTFOUND)
		found = (struct account){ .id = 0 };
	else
		TRY(outcome);
	in->role = role_of(found.role);
	in->hash = found.password_hash;
	*row = found;
	return OK;
}

static enum err sign_in_failed(struct ctx *cx)
{
	return fail_as(cx, E_ANONYMOUS, "sign-in-failed", "the name or the password is not right");
}

/* Hashing took a while: a password that was changed meanwhile must not open a session that outlives the change. */
static enum err sign_in_work(struct ctx *cx, void *argument)
{
	struct sign_in *in = argument;
	struct account now;
	enum err outcome = account_open(cx, &in->grant, &now);
	if (outcome == E_NOTFOUND)
		return sign_in_failed(cx);
	TRY(outcome);
	if (!str_eq(now.password_hash, in->hash) || str_eq(now.state, STATE_CLOSED))
		return sign_in_failed(cx);
	if (!str_eq(now.state, STATE_ACTIVE))
		return fail_as(cx, E_DENIED, "suspended", "this account is suspended; ask the node's operator");
	TRY(follow_tidy(cx, &in->grant));
	return session_create(cx, &in->grant, in->client, in->token);
}

static void sign_in_wipe(struct sign_in *in)
{
	grant_wipe(&in->grant);
}

enum err account_sign_in(struct ctx *cx, struct str handle, struct str password, struct str client, struct session_token *out)
{
	struct session_token token;
	AUTO(sign_in_wipe) struct sign_in in = { .client = client, .token = &token };
	struct account row;
	TRY(find(cx, handle, &in, &row));
	bool right = false;
	TRY(try_password(cx, &row, password, &right));
	if (!right)
		return sign_in_failed(cx);
	if (str_eq(row.state, STATE_SUSPENDED))
		return fail_as(cx, E_DENIED, "suspended", "this account is suspended; ask the node's operator");
	TRY(writer_run(cx, sign_in_work, &in));
	cx->actor = (struct actor){ .account = row.id, .session = token.session, .role = in.role, .grant = in.grant };
	*out = token;
	explicit_bzero(&token, sizeof token);
	return OK;
}

/* --- the password --- */

enum err password_confirm(struct ctx *cx, struct grant *grant, struct str password)
{
	struct account row;
	bool right = false;
	TRY(account_open(cx, grant, &row));
	TRY(try_password(cx, &row, password, &right));
	if (!right)
		return fail_as(cx, E_DENIED, "password-wrong", "the password is not right");
	return OK;
}

struct password_change {
	struct grant *grant;
	struct str hash;
	struct session_token *token;           /* of the actor's session from now on; NULL: it is an operator's doing */
};

static enum err password_work(struct ctx *cx, void *argument)
{
	const struct password_change *change = argument;
	struct account row;
	TRY(account_open(cx, change->grant, &row));
	row.password_hash = change->hash;
	TRY(account_reseal(cx, change->grant, &row));
	return change->token ? session_renew(cx, change->token) : session_end_all(cx, row.id, 0);
}

static enum err set_password(struct ctx *cx, struct grant *grant, struct str new, struct session_token *token)
{
	struct account row;
	TRY(account_by_id(cx, grant->account, &row));
	TRY(password_check(cx, new, row.handle));
	struct password_change change = { .grant = grant, .token = token };
	TRY(password_make_hash(cx, new, &change.hash));
	return writer_run(cx, password_work, &change);
}

enum err account_change_password(struct ctx *cx, struct str old, struct str new, struct session_token *out)
{
	TRY(password_confirm(cx, &cx->actor.grant, old));
	return set_password(cx, &cx->actor.grant, new, out);
}

enum err account_reset_password(struct ctx *cx, int64_t id, struct str new)
{
	AUTO(grant_wipe) struct grant grant = { .purpose = GRANT_NONE };
	TRY(account_grant(cx, GRANT_OPERATOR, id, &grant));
	return set_password(cx, &grant, new, NULL);
}

static enum err close_work(struct ctx *cx, void *argument)
{
	return account_close_by_operator(cx, *(const int64_t *)argument);
}

enum err account_close(struct ctx *cx, struct str password)
{
	TRY(password_confirm(cx, &cx->actor.grant, password));
	int64_t id = cx->actor.account;
	return writer_run(cx, close_work, &id);
}

/* One's own account: reading and changing what one says of oneself. */
#include "social/account.h"
#include "social/account_row.h"
#include "social/erase.h"
#include "social/findable.h"
#include "social/profile.h"
#include "social/profile.sql.h"
#include "social/text.h"
#include "store/outbox.h"

/* The account row and the profile as public.db shows it, which inside a commit group is as the last one left it. */
static enum err read_both(struct ctx *cx, struct account *row, struct me *me)
{
	struct profile profile;
	TRY(account_open(cx, &cx->actor.grant, row));
	TRY(profile_get(cx, row->id, &profile));
	*me = (struct me){
		.id = row->id, .handle = row->handle, .name = profile.name, .bio = profile.bio, .avatar = row->avatar,
		.country = row->country, .role = role_of(row->role), .created_us = row->created_us,
	};
	languages_split(row->languages, &me->languages);
	return OK;
}

enum err account_me(struct ctx *cx, struct me *out)
{
	struct account row;
	return read_both(cx, &row, out);
}

enum err account_languages(struct ctx *cx, struct languages *out)
{
	struct account row;
	out->count = 0;
	if (cx->actor.account == 0)
		return OK;
	TRY(account_open(cx, &cx->actor.grant, &row));
	languages_split(row.languages, out);
	return OK;
}

static enum err change_public(struct ctx *cx, const struct account_change *change, struct me *me)
{
	if (change->name) {
		TRY(text_clean(cx, &TEXT_NAME, *change->name, &me->name));
		TRY(outbox_post(cx, "profile", me->id, 'P', SQL_profile_set_name, I64(me->id), TEXT(me->name)));
		TRY(findable_person(cx, me->id, me->handle, me->name));
	}
	if (change->bio) {
		TRY(text_clean(cx, &TEXT_BIO, *change->bio, &me->bio));
		TRY(outbox_post(cx, "profile", me->id, 'P', SQL_profile_set_bio, I64(me->id), TEXT(me->bio)));
	}
	return OK;
}

static enum err change_sealed(struct ctx *cx, const struct account_change *change, struct account *row, struct me *me)
{
	if (!change->country && !change->languages)
		return OK;
	if (change->country) {
		TRY(country_check(cx, *change->country));
		row->country = me->country = *change->country;
	}
	if (change->languages) {
		TRY(languages_check(cx, change->languages));
		row->languages = languages_joined(cx, change->languages);
		me->languages = *change->languages;
	}
	return account_reseal(cx, &cx->actor.grant, row);
}

enum err account_change(struct ctx *cx, const struct account_change *change, struct me *out)
{
	struct account row;
	struct me me;
	TRY(read_both(cx, &row, &me));
	TRY(change_public(cx, change, &me));
	TRY(change_sealed(cx, change, &row, &me));
	*out = me;
	return OK;
}

enum err account_set_avatar(struct ctx *cx, struct str hash, struct me *out)
{
	struct account row;
	struct me me;
	TRY(read_both(cx, &row, &me));
	if (str_eq(row.avatar, hash)) {
		*out = me;
		return OK;
	}
	TRY(drop_blob(cx, row.avatar));
	TRY(drop_cancel(cx, hash));
	row.avatar = me.avatar = hash;
	TRY(account_reseal(cx, &cx->actor.grant, &row));
	TRY(outbox_post(cx, "profile", row.id, 'P', SQL_profile_set_avatar, I64(row.id), TEXT(hash)));
	*out = me;
	return OK;
}

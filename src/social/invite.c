#include "custody/custody.h"
#include "social/account_row.h"
#include "social/invite.sql.h"

#include <string.h>

struct invite {
#define EXPAND_STRUCT "social/invite.def"
#include "store/expand.h"
};
#define EXPAND_ROW "social/invite.def"
#include "store/expand.h"

#define CODE_BYTES 16

enum err invite_create(struct ctx *cx, int64_t uses, int64_t days, char code[INVITE_CODE_BYTES])
{
	unsigned char bytes[CODE_BYTES], mac[MAC_BYTES];
	if (uses < 1 || uses > 1'000'000 || days < 1 || days > 3650)
		return fail(cx, E_INVALID, "an invitation is for 1 to 1000000 people and 1 to 3650 days");
	random_bytes(bytes, sizeof bytes);
	AUTO(buf_free) struct buf text = buf_new(INVITE_CODE_BYTES);
	buf_base64url(&text, bytes, sizeof bytes);
	keyholder_mac(cx->keyholder, "invite", buf_view(&text), mac);
	const struct invite row = {
		.id = id_new(cx->ids, cx->now_us), .code_mac = { (const char *)mac, sizeof mac }, .uses_left = uses,
		.expires_us = cx->now_us + days * DAY_US,
	};
	struct val vals[invite_columns];
	invite_vals(&row, vals);
	TRY(db_run_(cx, &SQL_invite_add, invite_columns, vals));
	memcpy(code, buf_terminated(&text), INVITE_CODE_BYTES);
	return OK;
}

enum err invite_use(struct ctx *cx, struct str code)
{
	unsigned char mac[MAC_BYTES];
	keyholder_mac(cx->keyholder, "invite", str_trim(code), mac);
	TRY(db_run(cx, SQL_invite_use, BLOB(((struct str){ (const char *)mac, sizeof mac })), I64(cx->now_us)));
	if (db_changes(cx, PERSONAL_DB) != 1)
		return fail_as(cx, E_DENIED, "invitation-invalid", "this invitation is unknown, used up or has run out");
	return OK;
}

#include "safety/operator.h"

#include "social/account.h"
#include "social/takedown.h"
#include "social/video.h"

static enum err is_public(struct ctx *cx, int64_t account, bool *out)
{
	struct account row;
	TRY(account_by_id(cx, account, &row));
	*out = !str_eq(row.state, STR("suspended"));
	return OK;
}

enum err operator_suspend(struct ctx *cx, int64_t account)
{
	bool stands = false;
	TRY(is_public(cx, account, &stands));
	if (!stands)
		return OK;
	TRY(account_suspend(cx, account));
	return takedown_enter(cx, STR("account"));
}

enum err operator_close_account(struct ctx *cx, int64_t account)
{
	bool stands = false;
	TRY(is_public(cx, account, &stands));
	TRY(account_close_by_operator(cx, account));
	return stands ? takedown_enter(cx, STR("account")) : OK;
}

enum err operator_remove_video(struct ctx *cx, int64_t video)
{
	TRY(video_take_away(cx, video));
	return takedown_enter(cx, STR("video"));
}

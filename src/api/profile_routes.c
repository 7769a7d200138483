/* What an account shows of itself. */
#include "api/route.h"
#include "api/routes.h"
#include "api/view.h"

static enum err get_profile(struct ctx *cx, const struct req *req, struct resp *resp)
{
	struct profile_view view;
	struct answer answer;
	TRY(profile_by_handle(cx, req->params[0], &view));
	answer_begin(&answer);
	profile_json(&answer.json, &view);
	answer_end(&answer, resp);
	return OK;
}

static enum err get_videos(struct ctx *cx, const struct req *req, struct resp *resp)
{
	int64_t account, before;
	struct video_page page;
	TRY(query_cursor(cx, req, &before));
	TRY(param_account(cx, req, 0, &account));
	TRY(video_list_by_account(cx, account, before, &page));
	video_page_answer(&page, resp);
	return OK;
}

const struct route profile_routes[] = {
	{ GET, "/api/v1/accounts/{handle}", get_profile, ANYONE, RATE_READ, READ_KEPT, 0, "An account's profile.", NULL, "Profile", NULL },
	{ GET, "/api/v1/accounts/{handle}/videos", get_videos, ANYONE, RATE_READ, READ_KEPT, 0, "Its videos, newest first.", NULL, "VideoPage", NULL },
	{},
};

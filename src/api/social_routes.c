/* Following, blocking, liking, keeping. */
#include "api/route.h"
#include "api/routes.h"
#include "social/block.h"
#include "social/follow.h"
#include "social/like.h"
#include "social/video_json.h"

static enum err put_follow(struct ctx *cx, const struct req *req, struct resp *)
{
	int64_t account;
	TRY(param_account(cx, req, 0, &account));
	return follow_add(cx, account);
}

static enum err delete_follow(struct ctx *cx, const struct req *req, struct resp *)
{
	int64_t account;
	TRY(param_account(cx, req, 0, &account));
	return follow_remove(cx, account);
}

static enum err put_block(struct ctx *cx, const struct req *req, struct resp *)
{
	int64_t account;
	TRY(param_account(cx, req, 0, &account));
	return block_add(cx, account);
}

static enum err delete_block(struct ctx *cx, const struct req *req, struct resp *)
{
	int64_t account;
	TRY(param_account(cx, req, 0, &account));
	return block_remove(cx, account);
}

static enum err answer_profiles(struct ctx *cx, const struct req *req, enum err (*list)(struct ctx *, int64_t, struct profile_page *),
                                struct resp *resp)
{
	int64_t before;
	struct profile_page page;
	struct answer answer;
	TRY(query_cursor(cx, req, &before));
	TRY(list(cx, before, &page));
	list_begin(&answer);
	for (size_t i = 0; i < page.count; i++)
		profile_short_json(&answer.json, &page.items[i]);
	list_end(&answer, page.next, resp);
	return OK;
}

static enum err get_following(struct ctx *cx, const struct req *req, struct resp *resp)
{
	return answer_profiles(cx, req, follow_list, resp);
}

static enum err get_blocked(struct ctx *cx, const struct req *req, struct resp *resp)
{
	return answer_profiles(cx, req, block_list, resp);
}

/* --- likes and saves --- */

static enum err on_video(struct ctx *cx, const struct req *req, enum err (*act)(struct ctx *, int64_t))
{
	int64_t video;
	TRY(param_id(cx, req, 0, &video));
	return act(cx, video);
}

static enum err put_like(struct ctx *cx, const struct req *req, struct resp *) { return on_video(cx, req, like_add); }
static enum err delete_like(struct ctx *cx, const struct req *req, struct resp *) { return on_video(cx, req, like_remove); }
static enum err put_save(struct ctx *cx, const struct req *req, struct resp *) { return on_video(cx, req, save_add); }
static enum err delete_save(struct ctx *cx, const struct req *req, struct resp *) { return on_video(cx, req, save_remove); }

static enum err answer_videos(struct ctx *cx, const struct req *req, enum err (*list)(struct ctx *, int64_t, struct video_page *),
                              struct resp *resp)
{
	int64_t before;
	struct video_page page;
	TRY(query_cursor(cx, req, &before));
	TRY(list(cx, before, &page));
	video_page_answer(&page, resp);
	return OK;
}

static enum err get_likes(struct ctx *cx, const struct req *req, struct resp *resp)
{
	return answer_videos(cx, req, like_list, resp);
}

static enum err get_saves(struct ctx *cx, const struct req *req, struct resp *resp)
{
	return answer_videos(cx, req, save_list, resp);
}

const struct route social_routes[] = {
	{ PUT, "/api/v1/accounts/{handle}/follow", put_follow, ACCOUNT, RATE_WRITE, WRITE, 0, "Follow an account.", NULL, NULL, NULL },
	{ DELETE, "/api/v1/accounts/{handle}/follow", delete_follow, ACCOUNT, RATE_WRITE, WRITE, 0, "Follow it no more.", NULL, NULL, NULL },
	{ PUT, "/api/v1/accounts/{handle}/block", put_block, ACCOUNT, RATE_WRITE, WRITE, 0,
	  "Block an account: follows end both ways, it can neither follow me nor comment.", NULL, NULL, NULL },
	{ DELETE, "/api/v1/accounts/{handle}/block", delete_block, ACCOUNT, RATE_WRITE, WRITE, 0, "Block it no more.", NULL, NULL, NULL },
	{ GET, "/api/v1/me/following", get_following, ACCOUNT, RATE_READ, READ, 0, "Whom I follow, last followed first.", NULL, "ProfilePage", NULL },
	{ GET, "/api/v1/me/blocked", get_blocked, ACCOUNT, RATE_READ, READ, 0, "Whom I block, last blocked first.", NULL, "ProfilePage", NULL },
	{ PUT, "/api/v1/videos/{id}/like", put_like, ACCOUNT, RATE_WRITE, WRITE, 0, "Like a video.", NULL, NULL, NULL },
	{ DELETE, "/api/v1/videos/{id}/like", delete_like, ACCOUNT, RATE_WRITE, WRITE, 0, "Like it no more.", NULL, NULL, NULL },
	{ PUT, "/api/v1/videos/{id}/save", put_save, ACCOUNT, RATE_WRITE, WRITE, 0, "Keep a video in my list.", NULL, NULL, NULL },
	{ DELETE, "/api/v1/videos/{id}/save", delete_save, ACCOUNT, RATE_WRITE, WRITE, 0, "Keep it no more.", NULL, NULL, NULL },
	{ GET, "/api/v1/me/likes", get_likes, ACCOUNT, RATE_READ, READ, 0, "Videos that I like, last liked first.", NULL, "VideoPage", NULL },
	{ GET, "/api/v1/me/saves", get_saves, ACCOUNT, RATE_READ, READ, 0, "Videos that I keep, last kept first.", NULL, "VideoPage", NULL },
	{},
};

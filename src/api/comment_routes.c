/* Comments on videos. */
#include "api/route.h"
#include "api/routes.h"
#include "api/view.h"

static enum err get_comments(struct ctx *cx, const struct req *req, struct resp *resp)
{
	int64_t video, before;
	struct comment_page page;
	struct answer answer;
	TRY(param_id(cx, req, 0, &video));
	TRY(query_cursor(cx, req, &before));
	TRY(comment_list(cx, video, before, &page));
	list_begin(&answer);
	for (size_t i = 0; i < page.count; i++)
		comment_json(&answer.json, &page.items[i]);
	list_end(&answer, page.next, resp);
	return OK;
}

static const struct body_field comment_fields[] = {
	{ .name = "text", .kind = BODY_TEXT, .offset = 0, .needed = true },
	{},
};

static enum err post_comment(struct ctx *cx, const struct req *req, struct resp *resp)
{
	int64_t video;
	struct str words;
	struct comment_view view;
	struct answer answer;
	TRY(param_id(cx, req, 0, &video));
	TRY(body_read(cx, req, comment_fields, &words, sizeof words));
	TRY(comment_add(cx, video, words, &view));
	answer_begin(&answer);
	comment_json(&answer.json, &view);
	answer_end(&answer, resp);
	resp->status = 201;
	return OK;
}

static enum err delete_comment(struct ctx *cx, const struct req *req, struct resp *)
{
	int64_t id;
	TRY(param_id(cx, req, 0, &id));
	return comment_remove(cx, id);
}

const struct route comment_routes[] = {
	{ GET, "/api/v1/videos/{id}/comments", get_comments, ANYONE, RATE_READ, READ_KEPT, 0, "A video's comments, newest first.", NULL,
	  "CommentPage", NULL },
	{ POST, "/api/v1/videos/{id}/comments", post_comment, ACCOUNT, RATE_WRITE, WRITE, JSON_BODY, "Comment on a video.",
	  "CommentNew", "Comment", NULL },
	{ DELETE, "/api/v1/comments/{id}", delete_comment, ACCOUNT, RATE_WRITE, WRITE, 0,
	  "Remove my comment, one on my video, or as a moderator any.", NULL, NULL, NULL },
	{},
};

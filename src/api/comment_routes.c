/* Comments on videos. */
#include "api/route.h"
#include "api/routes.h"
#include "api/view.h"

static enum err answer_comments(struct ctx *cx, const struct req *req, enum err (*list)(struct ctx *, int64_t, int64_t, struct comment_page *),
                                struct resp *resp)
{
	int64_t subject, cursor;
	struct comment_page page;
	struct answer answer;
	TRY(param_id(cx, req, 0, &subject));
	TRY(query_cursor(cx, req, &cursor));
	TRY(list(cx, subject, cursor, &page));
	list_begin(&answer);
	for (size_t i = 0; i < page.count; i++)
		comment_json(&answer.json, &page.items[i]);
	list_end(&answer, page.next, resp);
	return OK;
}

static enum err get_comments(struct ctx *cx, const struct req *req, struct resp *resp)
{
	return answer_comments(cx, req, comment_list, resp);
}

static enum err get_replies(struct ctx *cx, const struct req *req, struct resp *resp)
{
	return answer_comments(cx, req, comment_replies, resp);
}

static const struct body_field comment_fields[] = {
	{ .name = "text", .kind = BODY_TEXT, .offset = 0, .needed = true },
	{},
};

static enum err say(struct ctx *cx, const struct req *req, enum err (*add)(struct ctx *, int64_t, struct str, struct comment_view *),
                    struct resp *resp)
{
	int64_t subject;
	struct str words;
	struct comment_view view;
	struct answer answer;
	TRY(param_id(cx, req, 0, &subject));
	TRY(body_read(cx, req, comment_fields, &words, sizeof words));
	TRY(add(cx, subject, words, &view));
	answer_begin(&answer);
	comment_json(&answer.json, &view);
	answer_end(&answer, resp);
	resp->status = 201;
	return OK;
}

static enum err post_comment(struct ctx *cx, const struct req *req, struct resp *resp)
{
	return say(cx, req, comment_add, resp);
}

static enum err post_reply(struct ctx *cx, const struct req *req, struct resp *resp)
{
	return say(cx, req, comment_reply, resp);
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
	{ GET, "/api/v1/comments/{id}/replies", get_replies, ANYONE, RATE_READ, READ_KEPT, 0, "The replies in a comment's thread, oldest first.",
	  NULL, "CommentPage", NULL },
	{ POST, "/api/v1/comments/{id}/replies", post_reply, ACCOUNT, RATE_WRITE, WRITE, JSON_BODY,
	  "Answer a comment or a reply; an answer to a reply joins its thread.", "CommentNew", "Comment", NULL },
	{ DELETE, "/api/v1/comments/{id}", delete_comment, ACCOUNT, RATE_WRITE, WRITE, 0,
	  "Remove my comment, one on my video, or as a moderator any.", NULL, NULL, NULL },
	{},
};

/* Notifications: the list, how far it was read, and the stream that tells of new ones (text/event-stream). */
#include "api/route.h"
#include "api/routes.h"
#include "social/inbox.h"
#include "social/video_json.h"

static void video_part(struct json *json, const struct notice_view *view)
{
	json_key(json, "video");
	if (!view->has_video) {
		json_null(json);
		return;
	}
	json_object(json);
	json_key(json, "id");
	json_id(json, view->video.id);
	json_key(json, "caption");
	json_string(json, view->video.caption);
	json_key(json, "poster");
	media_url_json(json, view->video.poster, "jpg");
	json_key(json, "color");
	json_string(json, view->video.color);
	json_object_end(json);
}

static void comment_part(struct json *json, const struct notice_view *view)
{
	json_key(json, "comment");
	if (!view->has_comment) {
		json_null(json);
		return;
	}
	json_object(json);
	json_key(json, "id");
	json_id(json, view->comment.id);
	json_key(json, "thread");
	if (view->comment.thread)
		json_id(json, view->comment.thread);
	else
		json_null(json);
	json_key(json, "text");
	json_string(json, view->comment.text);
	json_object_end(json);
}

static void notice_json(struct json *json, const struct notice_view *view)
{
	json_object(json);
	json_key(json, "id");
	json_id(json, view->id);
	json_key(json, "kind");
	json_text(json, notice_kind_name(view->kind));
	json_key(json, "created");
	json_time(json, view->created_us);
	json_key(json, "unread");
	json_bool(json, view->unread);
	json_key(json, "people");
	json_i64(json, view->people);
	json_key(json, "actors");
	json_array(json);
	for (size_t i = 0; i < view->actor_count; i++)
		profile_short_json(json, &view->actors[i]);
	json_array_end(json);
	json_key(json, "following");
	json_bool(json, view->following);
	video_part(json, view);
	comment_part(json, view);
	json_key(json, "reason");
	if (view->reason.n)
		json_string(json, view->reason);
	else
		json_null(json);
	json_object_end(json);
}

static enum err get_notifications(struct ctx *cx, const struct req *req, struct resp *resp)
{
	int64_t before;
	struct inbox_page page;
	struct answer answer;
	TRY(query_cursor(cx, req, &before));
	TRY(inbox_list(cx, before, &page));
	answer_begin(&answer);
	struct json *json = &answer.json;
	json_object(json);
	json_key(json, "unread");
	json_i64(json, page.unread);
	json_key(json, "items");
	json_array(json);
	for (size_t i = 0; i < page.count; i++)
		notice_json(json, &page.items[i]);
	json_array_end(json);
	json_key(json, "next");
	if (page.next)
		json_id(json, page.next);
	else
		json_null(json);
	json_object_end(json);
	answer_end(&answer, resp);
	return OK;
}

struct read_body {
	int64_t up_to;
};
static const struct body_field read_fields[] = {
	{ .name = "up_to", .kind = BODY_ID, .offset = offsetof(struct read_body, up_to), .needed = true },
	{},
};

static enum err post_read(struct ctx *cx, const struct req *req, struct resp *)
{
	struct read_body in;
	TRY(body_read(cx, req, read_fields, &in, sizeof in));
	return inbox_see(cx, in.up_to);
}

/* --- the stream --- */

static void put_unread(struct buf *out, int64_t unread)
{
	buf_text(out, "event: unread\ndata: {\"unread\":");
	buf_i64(out, unread);
	buf_text(out, "}\n\n");
}

/* The oldest first, so that the last id that a client has seen is the newest. */
static enum err next_events(struct ctx *cx, const struct req *, int64_t *position, struct buf *out)
{
	struct inbox_page page;
	TRY(inbox_since(cx, *position, &page));
	for (size_t i = page.count; i > 0; i--) {
		const struct notice_view *const view = &page.items[i - 1];
		struct json json = json_new(out);
		buf_text(out, "event: notification\nid: ");
		buf_i64(out, view->id);
		buf_text(out, "\ndata: ");
		notice_json(&json, view);
		buf_text(out, "\n\n");
	}
	if (page.count)
		*position = page.items[0].id;
	put_unread(out, page.unread);
	return OK;
}

/* Where the client was: the header that EventSource sends when it connects again or, for one that is made anew, ?last_event_id=.
 * A new client begins with what comes now. */
static enum err begin_at(struct ctx *cx, const struct req *req, int64_t *out)
{
	struct str last = req_header(cx, req, "Last-Event-ID");
	if (last.n == 0)
		req_query(cx, req, "last_event_id", &last);
	if (last.n > 0 && id_parse(last, out))
		return OK;
	return inbox_newest(cx, out);          /* not a whole page: what a handler takes of memory, its stream keeps */
}

static enum err get_events(struct ctx *cx, const struct req *req, struct resp *resp)
{
	struct stream_source source = { .topic = cx->actor.account, .next = next_events };
	TRY(begin_at(cx, req, &source.position));
	resp_stream(resp, "text/event-stream", &source);
	resp_header(cx, resp, "X-Accel-Buffering", STR("no"));        /* proxies of nginx's kind would hold it back */
	return OK;
}

const struct route inbox_routes[] = {
	{ GET, "/api/v1/notifications", get_notifications, ACCOUNT, RATE_READ, READ, 0,
	  "What others did that concerns me, newest first; likes of a clip are one item, so are comments on it.", NULL, "NotificationPage", NULL },
	{ POST, "/api/v1/notifications/read", post_read, ACCOUNT, RATE_WRITE, WRITE, SMALL_BODY,
	  "I have seen all up to this one.", "NotificationsRead", NULL, NULL },
	{ GET, "/api/v1/events", get_events, ACCOUNT, RATE_READ, READ, 0,
	  "A stream (text/event-stream) of events notification, whose data is a Notification, and unread; Last-Event-ID goes on from there.", NULL, NULL, NULL },
	{},
};

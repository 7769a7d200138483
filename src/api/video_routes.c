/* One video: seeing, changing, removing it, and telling that it was watched. */
#include <assert.h>

#include "api/route.h"
#include "api/routes.h"
#include "feed/learn.h"
#include "social/watched.h"

static_assert(VIEWS_MAX <= SIGNALS_MAX, "what views may be told may be learned from");

static enum err answer_video(const struct video_view *view, struct resp *resp)
{
	struct answer answer;
	answer_begin(&answer);
	video_json(&answer.json, view);
	answer_end(&answer, resp);
	return OK;
}

static enum err get_video(struct ctx *cx, const struct req *req, struct resp *resp)
{
	int64_t id;
	struct video_view view;
	TRY(param_id(cx, req, 0, &id));
	TRY(video_get(cx, id, &view));
	return answer_video(&view, resp);
}

struct change_body {
	struct str caption, language;
};
static const struct body_field change_fields[] = {
	{ .name = "caption", .kind = BODY_TEXT, .offset = offsetof(struct change_body, caption) },
	{ .name = "language", .kind = BODY_TEXT, .offset = offsetof(struct change_body, language), .nullable = true },
	{},
};

static enum err patch_video(struct ctx *cx, const struct req *req, struct resp *resp)
{
	int64_t id;
	struct change_body in;
	struct video_view view;
	TRY(param_id(cx, req, 0, &id));
	TRY(body_read(cx, req, change_fields, &in, sizeof in));
	struct video_change change = { .caption = in.caption.p ? &in.caption : NULL, .language = in.language.p ? &in.language : NULL };
	TRY(video_change(cx, id, &change, &view));
	return answer_video(&view, resp);
}

static enum err delete_video(struct ctx *cx, const struct req *req, struct resp *)
{
	int64_t id;
	TRY(param_id(cx, req, 0, &id));
	return video_remove(cx, id);
}

/* --- watched --- */

static const struct body_field view_fields[] = {
	{ .name = "video", .kind = BODY_ID, .offset = offsetof(struct view_item, video), .needed = true },
	{ .name = "watched_ms", .kind = BODY_WHOLE, .offset = offsetof(struct view_item, watched_ms), .needed = true, .least = 0, .most = DAY_US / 1000 },
	{ .name = "completed", .kind = BODY_FLAG, .offset = offsetof(struct view_item, completed) },
	{ .name = "shared", .kind = BODY_FLAG, .offset = offsetof(struct view_item, shared) },
	{ .name = "left", .kind = BODY_FLAG, .offset = offsetof(struct view_item, left) },
	{},
};
static const struct body_field views_fields[] = {
	{ .name = "items", .kind = BODY_OBJECTS, .offset = 0, .needed = true, .most = VIEWS_MAX, .fields = view_fields, .item_bytes = sizeof(struct view_item) },
	{},
};

static enum err post_views(struct ctx *cx, const struct req *req, struct resp *)
{
	struct body_list items;
	TRY(body_read(cx, req, views_fields, &items, sizeof items));
	const struct view_item *const views = items.items;
	struct feed_signal told[VIEWS_MAX] = {};
	bool first[VIEWS_MAX];
	TRY(views_add(cx, views, items.count, first));
	for (size_t i = 0; i < items.count; i++)
		told[i] = (struct feed_signal){
			.video = views[i].video, .watched_ms = views[i].watched_ms, .completed = views[i].completed,
			.shared = views[i].shared, .left = views[i].left, .again = !first[i],
		};
	return feed_learn(cx, told, items.count);
}

const struct route video_routes[] = {
	{ GET, "/api/v1/videos/{id}", get_video, ANYONE, RATE_READ, READ_KEPT, 0, "A video.", NULL, "Video", NULL },
	{ PATCH, "/api/v1/videos/{id}", patch_video, ACCOUNT, RATE_WRITE, WRITE, JSON_BODY,
	  "Change my video's caption or language.", "VideoChange", "Video", NULL },
	{ DELETE, "/api/v1/videos/{id}", delete_video, ACCOUNT, RATE_WRITE, WRITE, 0, "Remove my video; moderators remove any.",
	  NULL, NULL, NULL },
	{ POST, "/api/v1/views", post_views, ANYONE, RATE_WRITE, WRITE, JSON_BODY,
	  "Tell what was watched. Signed in it is remembered as seen and the feed learns from it; signed out it is only counted.", "Views", NULL, NULL },
	{},
};

#include "api/draft_routes.h"

#include <string.h>

#include "api/body.h"
#include "base/json.h"
#include "http/range.h"
#include "media/draft.h"
#include "media/protocol.h"
#include "social/text.h"
#include "social/video.h"

#define DRAFTS "/api/v1/drafts"
#define DRAFT_BYTES_MAX ((size_t)64 * 1024)
#define DRAFTS_BYTES_MAX ((size_t)8 << 20)
#define BODY_MAX ((size_t)64 * 1024)
/* A range is answered with so much of it at most; players ask for the next. */
#define WINDOW_BYTES ((int64_t)2 << 20)

/* --- how a draft is shown --- */

static void reason_json(struct json *json, struct str slug)
{
	const char *sentence = "The video could not be published.";
	for (int reason = REASON_NONE + 1; reason < REASON_END; reason++)
		if (str_eq(slug, str_of(media_reason_slug((enum media_reason)reason))))
			sentence = media_reason_sentence((enum media_reason)reason);
	json_object(json);
	json_key(json, "code");
	json_string(json, slug);
	json_key(json, "text");
	json_text(json, sentence);
	json_object_end(json);
}

static void link_json(struct ctx *cx, struct json *json, const struct draft *draft, struct str blob, const char *name, struct str public)
{
	if (public.n)
		json_string(json, arena_printf(&cx->mem, "/media/" STR_FMT ".jpg", STR_ARG(public)));
	else if (blob.n)
		json_string(json, arena_printf(&cx->mem, DRAFTS "/%lld/%s", (long long)draft->id, name));
	else
		json_null(json);
}

static void words_json(struct json *json, const struct draft *draft)
{
	json_key(json, "caption");
	json_string(json, draft->caption);
	json_key(json, "language");
	if (draft->language.n)
		json_string(json, draft->language);
	else
		json_null(json);
	json_key(json, "reason");
	if (draft->reason.n)
		reason_json(json, draft->reason);
	else
		json_null(json);
}

/* The public pictures of the published ones, in `posters` beside them: empty when there is none, or its video is gone. */
static enum err public_posters(struct ctx *cx, const struct draft_view *views, size_t count, struct str *posters)
{
	for (size_t first = 0; first < count; first += PAGE_IDS_MAX) {
		const size_t n = count - first < PAGE_IDS_MAX ? count - first : PAGE_IDS_MAX;
		int64_t ids[PAGE_IDS_MAX];
		size_t published = 0;
		struct video_page page = {};
		for (size_t i = 0; i < n; i++)
			if (views[first + i].draft.video)
				ids[published++] = views[first + i].draft.video;
		if (published)
			TRY(video_list_by_ids(cx, ids, published, &page));
		for (size_t i = 0, next = 0; i < n; i++) {
			const bool is_next = next < page.count && page.items[next].video.id == views[first + i].draft.video;
			posters[first + i] = is_next ? page.items[next++].video.poster : STR("");
		}
	}
	return OK;
}

/* The personal commit that ends a draft comes a moment before its video is in public.db.  Nobody is told "published" in
 * between: what they would ask for next is not there yet. */
static enum err hold_back(struct ctx *cx, struct draft_view *view, struct str poster)
{
	int64_t author;
	if (!view->draft.video || poster.n)
		return OK;
	enum err standing = video_author(cx, view->draft.video, &author);
	if (standing == E_NOTFOUND)
		return OK;                     /* published once, and removed since */
	TRY(standing);
	view->state = STR("processing");
	view->draft.video = 0;
	return OK;
}

/* The part that is shown, and its cover; null where the author has chosen nothing. */
static void trim_json(struct json *json, const struct draft *draft)
{
	json_key(json, "trim_start_ms");
	json_i64(json, draft->trim_start_ms);
	json_key(json, "trim_end_ms");
	if (draft->trim_end_ms)
		json_i64(json, draft->trim_end_ms);
	else
		json_null(json);
	json_key(json, "cover_ms");
	if (draft->cover)
		json_i64(json, draft->cover - 1);
	else
		json_null(json);
	json_key(json, "duration_ms");
	json_i64(json, draft->duration_ms);
}

static void draft_json(struct ctx *cx, struct json *json, const struct draft_view *view, struct str poster)
{
	const struct draft *const draft = &view->draft;
	json_object(json);
	json_key(json, "id");
	json_id(json, draft->id);
	json_key(json, "upload");
	if (view->upload.n)
		json_string(json, arena_printf(&cx->mem, "/api/v1/uploads/" STR_FMT, STR_ARG(view->upload)));
	else
		json_null(json);
	json_key(json, "state");
	json_string(json, view->state);
	json_key(json, "progress");
	json_i64(json, view->progress);
	words_json(json, draft);
	trim_json(json, draft);
	json_key(json, "poster");
	link_json(cx, json, draft, draft->poster, "poster", poster);
	json_key(json, "src");
	link_json(cx, json, draft, draft->rendition, "video", STR(""));
	json_key(json, "video");
	if (draft->video)
		json_id(json, draft->video);
	else
		json_null(json);
	json_key(json, "created");
	json_time(json, draft->created_us);
	json_key(json, "bytes");
	json_i64(json, view->length);
	json_key(json, "received");
	json_i64(json, view->received);
	json_object_end(json);
}

static enum err draft_id(struct ctx *cx, const struct req *req, int64_t *out)
{
	return id_parse(req->params[0], out) ? OK : fail(cx, E_NOTFOUND, "there is no such draft");
}

static enum err answer_draft(struct ctx *cx, int64_t id, struct resp *resp)
{
	struct draft_view view;
	struct str poster;
	TRY(draft_view_get(cx, &cx->actor.grant, id, &view));
	TRY(public_posters(cx, &view, 1, &poster));
	TRY(hold_back(cx, &view, poster));
	AUTO(buf_free) struct buf body = buf_new(DRAFT_BYTES_MAX);
	struct json json = json_new(&body);
	draft_json(cx, &json, &view, poster);
	resp_json(resp, &body);
	return OK;
}

/* --- handlers --- */

static enum err drafts_list(struct ctx *cx, const struct req *, struct resp *resp)
{
	struct draft_views views;
	TRY(draft_view_list(cx, &cx->actor.grant, &views));
	struct str *posters = arena_new(&cx->mem, struct str, views.count);
	TRY(public_posters(cx, views.items, views.count, posters));
	for (size_t i = 0; i < views.count; i++)
		TRY(hold_back(cx, &views.items[i], posters[i]));
	AUTO(buf_free) struct buf body = buf_new(DRAFTS_BYTES_MAX);
	struct json json = json_new(&body);
	json_object(&json);
	json_key(&json, "items");
	json_array(&json);
	for (size_t i = 0; i < views.count; i++)
		draft_json(cx, &json, &views.items[i], posters[i]);
	json_array_end(&json);
	json_object_end(&json);
	resp_json(resp, &body);
	return OK;
}

static enum err draft_show(struct ctx *cx, const struct req *req, struct resp *resp)
{
	int64_t id;
	TRY(draft_id(cx, req, &id));
	return answer_draft(cx, id, resp);
}

struct words {
	struct str caption, language;
};
static const struct body_field words_fields[] = {
	{ .name = "caption", .kind = BODY_TEXT, .offset = offsetof(struct words, caption) },
	{ .name = "language", .kind = BODY_TEXT, .offset = offsetof(struct words, language), .nullable = true },
	{},
};

static enum err draft_change(struct ctx *cx, const struct req *req, struct resp *resp)
{
	int64_t id;
	struct words words;
	TRY(draft_id(cx, req, &id));
	TRY(body_read(cx, req, words_fields, &words, sizeof words));
	if (words.caption.p)
		TRY(text_clean(cx, &TEXT_CAPTION, words.caption, &words.caption));
	if (words.language.p)
		TRY(language_check(cx, words.language, true));
	TRY(draft_set_words(cx, id, words.caption.p ? &words.caption : NULL, words.language.p ? &words.language : NULL));
	return answer_draft(cx, id, resp);
}

struct part {
	int64_t start_ms, end_ms;
};
static const struct body_field part_fields[] = {
	{ .name = "start_ms", .kind = BODY_WHOLE, .offset = offsetof(struct part, start_ms), .needed = true, .most = INT32_MAX },
	{ .name = "end_ms", .kind = BODY_WHOLE, .offset = offsetof(struct part, end_ms), .most = INT32_MAX },
	{},
};

static enum err draft_trim_put(struct ctx *cx, const struct req *req, struct resp *resp)
{
	int64_t id;
	struct part part;
	TRY(draft_id(cx, req, &id));
	TRY(body_read(cx, req, part_fields, &part, sizeof part));
	TRY(draft_set_part(cx, id, part.start_ms, part.end_ms));
	return answer_draft(cx, id, resp);
}

struct cover_at {
	int64_t at_ms;
};
static const struct body_field cover_fields[] = {
	{ .name = "at_ms", .kind = BODY_WHOLE, .offset = offsetof(struct cover_at, at_ms), .needed = true, .most = INT32_MAX },
	{},
};

static enum err draft_cover_put(struct ctx *cx, const struct req *req, struct resp *resp)
{
	int64_t id;
	struct cover_at cover;
	TRY(draft_id(cx, req, &id));
	TRY(body_read(cx, req, cover_fields, &cover, sizeof cover));
	TRY(draft_set_cover(cx, id, cover.at_ms));
	return answer_draft(cx, id, resp);
}

static enum err draft_publish(struct ctx *cx, const struct req *req, struct resp *resp)
{
	int64_t id;
	TRY(draft_id(cx, req, &id));
	TRY(draft_set_publish(cx, id));
	TRY(answer_draft(cx, id, resp));
	resp->status = 202;
	return OK;
}

static enum err draft_drop(struct ctx *cx, const struct req *req, struct resp *resp)
{
	int64_t id;
	TRY(draft_id(cx, req, &id));
	TRY(draft_delete(cx, cx->actor.grant.person, id));
	resp->status = 204;
	return OK;
}

/* --- previews: decrypted for their owner, never on a disk --- */

static enum err open_preview(struct ctx *cx, struct str name, struct str key_bytes, struct personal_blob **out)
{
	struct blob_key key = {};
	if (name.n == 0 || key_bytes.n != KEY_BYTES)
		return fail(cx, E_NOTFOUND, "the draft has no picture yet");
	memcpy(key.bytes, key_bytes.p, KEY_BYTES);
	return personal_blob_read(cx, arena_text(&cx->mem, name), &key, out);
}

static enum err copy_window(struct ctx *cx, struct personal_blob *blob, int64_t first, int64_t bytes, struct buf *out)
{
	char chunk[BLOB_CHUNK_BYTES];
	for (int64_t at = first; at < first + bytes;) {
		const int64_t rest = first + bytes - at;
		size_t got = 0;
		TRY(personal_blob_read_at(blob, at, chunk, rest < (int64_t)sizeof chunk ? (size_t)rest : sizeof chunk, &got));
		if (got == 0)
			return fail(cx, E_CORRUPT, "a draft's file ends too early");
		buf_bytes(out, chunk, got);
		at += (int64_t)got;
	}
	return out->failed ? fail(cx, E_IO, "no memory") : OK;
}

static void move_body(struct resp *resp, struct buf *body)
{
	resp->kind = BODY_BUF;
	resp->buf = *body;
	*body = buf_new(1);
}

static enum err answer_window(struct ctx *cx, struct personal_blob *blob, struct range range, struct resp *resp)
{
	const int64_t whole = personal_blob_length(blob);
	const int64_t bytes = range.bytes < WINDOW_BYTES ? range.bytes : WINDOW_BYTES;
	AUTO(buf_free) struct buf body = buf_new((size_t)bytes + 1);
	TRY(copy_window(cx, blob, range.first, bytes, &body));
	resp_header(cx, resp, "Content-Range", arena_printf(&cx->mem, "bytes %lld-%lld/%lld", (long long)range.first,
		(long long)(range.first + bytes - 1), (long long)whole));
	resp_header(cx, resp, "Content-Type", STR("video/mp4"));
	resp_header(cx, resp, "Accept-Ranges", STR("bytes"));
	move_body(resp, &body);
	resp->status = 206;
	return OK;
}

/* It lies in memory until the last byte is sent: a long clip, and a client that reads slowly, would take much of it. */
static enum err answer_whole(struct ctx *cx, struct personal_blob *blob, const char *content_type, struct resp *resp)
{
	const int64_t whole = personal_blob_length(blob);
	if (whole > WINDOW_BYTES)
		return fail_as(cx, E_INVALID, "range-needed", "This draft is sent in parts: ask with Range: bytes=0-, then for what follows.");
	AUTO(buf_free) struct buf body = buf_new((size_t)whole + 1);
	TRY(copy_window(cx, blob, 0, whole, &body));
	resp_header(cx, resp, "Content-Type", str_of(content_type));
	resp_header(cx, resp, "Accept-Ranges", STR("bytes"));
	move_body(resp, &body);
	resp->status = 200;
	return OK;
}

static enum err draft_video(struct ctx *cx, const struct req *req, struct resp *resp)
{
	int64_t id;
	struct draft draft;
	TRY(draft_id(cx, req, &id));
	TRY(draft_get(cx, &cx->actor.grant, id, &draft));
	AUTO(personal_blob_close) struct personal_blob *blob = NULL;
	TRY(open_preview(cx, draft.rendition, draft.rendition_key, &blob));
	resp_header(cx, resp, "Cache-Control", STR("no-store"));
	const struct str header = req_header(cx, req, "Range");
	const struct range range = range_parse(header, personal_blob_length(blob));
	if (range.kind == RANGE_PART)
		return answer_window(cx, blob, range, resp);
	if (range.kind == RANGE_UNSATISFIABLE)
		return fail_as(cx, E_INVALID, "bad-range", "The range lies behind the end of the file.");
	return answer_whole(cx, blob, "video/mp4", resp);
}

static enum err draft_poster(struct ctx *cx, const struct req *req, struct resp *resp)
{
	int64_t id;
	struct draft draft;
	TRY(draft_id(cx, req, &id));
	TRY(draft_get(cx, &cx->actor.grant, id, &draft));
	AUTO(personal_blob_close) struct personal_blob *blob = NULL;
	TRY(open_preview(cx, draft.poster, draft.poster_key, &blob));
	resp_header(cx, resp, "Cache-Control", STR("no-store"));
	return answer_whole(cx, blob, "image/jpeg", resp);
}

const struct route draft_routes[] = {
	{ GET, DRAFTS, drafts_list, ACCOUNT, RATE_READ, READ, 0, "Own drafts, newest first.", NULL, "Drafts", NULL },
	{ GET, DRAFTS "/{id}", draft_show, ACCOUNT, RATE_READ, READ, 0, "One of the own drafts.", NULL, "Draft", NULL },
	{ PATCH, DRAFTS "/{id}", draft_change, ACCOUNT, RATE_WRITE, WRITE, BODY_MAX, "Changes a draft's caption or language.",
		"DraftChange", "Draft", NULL },
	{ PUT, DRAFTS "/{id}/trim", draft_trim_put, ACCOUNT, RATE_WRITE, WRITE, BODY_MAX,
		"Chooses the part of the file that is shown, while the file is on its way.", "DraftTrim", "Draft", NULL },
	{ PUT, DRAFTS "/{id}/cover", draft_cover_put, ACCOUNT, RATE_WRITE, WRITE, BODY_MAX,
		"Chooses the picture that stands for a draft.", "DraftCover", "Draft", NULL },
	{ POST, DRAFTS "/{id}/publish", draft_publish, ACCOUNT, RATE_WRITE, WRITE, BODY_MAX,
		"Publishes a draft: at once, or as soon as it is processed.", NULL, "Draft", NULL },
	{ DELETE, DRAFTS "/{id}", draft_drop, ACCOUNT, RATE_WRITE, WRITE, 0, "Erases a draft and its upload.", NULL, NULL, NULL },
	{ GET, DRAFTS "/{id}/poster", draft_poster, ACCOUNT, RATE_READ, SLOW, 0, "A draft's picture, for its author.", NULL, NULL, NULL },
	{ GET, DRAFTS "/{id}/video", draft_video, ACCOUNT, RATE_READ, SLOW, 0, "A draft's video, for its author.", NULL, NULL, NULL },
	{},
};

/* A clip inside another site's page: the frame that is shown there, and oEmbed, by which sites learn of it (https://oembed.com). */
#include <inttypes.h>

#include "api/assets.h"
#include "api/page.h"
#include "api/route.h"
#include "api/routes.h"

/* Any site may frame it: so it has no script, no form, and nothing of the one who looks. */
#define EMBED_POLICY \
	"default-src 'none'; style-src 'self'; img-src 'self'; media-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors *"

#define TALL_WIDTH 340                         /* pixels of a frame that nobody limits */
#define WIDE_WIDTH 560
#define LINE_HEIGHT 56                         /* of the line below the clip: .embed__line in pages.css */
#define SIDE_MAX 4096

static void put_player(struct page *page, const struct video *video)
{
	buf_printf(&page->html, "<video class=\"embed__video\" controls playsinline loop preload=\"metadata\" src=\"/media/" STR_FMT ".mp4\" "
	           "poster=\"/media/" STR_FMT ".jpg\" width=\"%" PRId64 "\" height=\"%" PRId64 "\">", STR_ARG(video->src),
	           STR_ARG(video->poster), video->width, video->height);
	page_tracks(page, video->id, video->tracks);
	page_text(page, TEXT_page_video_fallback);
	page_raw(page, "</video>\n");
}

static void put_line(struct page *page, const struct video_view *view, struct str title, bool demo)
{
	buf_printf(&page->html, "<a class=\"embed__line\" href=\"/v/%" PRId64 "\" target=\"_blank\" rel=\"noopener\">"
	           "<img src=\"%s\" alt=\"\" width=\"32\" height=\"32\"><span><strong><bdi>", view->video.id, asset_path(web_assets, "logo.svg"));
	page_escaped(page, page_name(&view->author));
	page_raw(page, "</bdi></strong><span dir=\"auto\">");
	page_escaped(page, title);
	page_raw(page, "</span></span>");
	page_chip(page, demo);
	page_raw(page, "</a>\n");
}

static struct str title_of(struct ctx *cx, const struct req *req, const struct video_view *view)
{
	if (view->video.caption.n > 0)
		return page_shortened(cx, view->video.caption);
	AUTO(buf_free) struct buf untitled = buf_new(1024);
	text_fill(&untitled, text_language(cx, req), TEXT_page_untitled, "name", page_name(&view->author));
	return arena_printf(&cx->mem, STR_FMT, STR_ARG(buf_view(&untitled)));
}

static enum err get_embed(struct ctx *cx, const struct req *req, struct resp *resp)
{
	int64_t id;
	bool demo;
	struct video_view view;
	struct page page;
	TRY(param_id(cx, req, 0, &id));
	TRY(video_get(cx, id, &view));
	TRY(page_demo(cx, view.author.id, &demo));
	struct str title = title_of(cx, req, &view);
	const struct page_head head = { .title = page_marked(cx, text_language(cx, req), title, demo), .stays = true, .bare = true };
	TRY(page_begin(&page, cx, req, &head));
	page_raw(&page, "<main class=\"embed\">\n");
	put_player(&page, &view.video);
	put_line(&page, &view, title, demo);
	page_raw(&page, "</main>\n");
	page_end_html(&page, resp);
	resp_header(cx, resp, "Content-Security-Policy", STR(EMBED_POLICY));
	resp_header(cx, resp, "Cross-Origin-Resource-Policy", STR("cross-origin"));
	return OK;
}

/* --- oEmbed --- */

/* The host of an address and what follows it; false for other schemes. */
static bool split_address(struct str address, struct str *host, struct str *path)
{
	if (str_starts(address, STR("https://")))
		address = str_from(address, 8);
	else if (str_starts(address, STR("http://")))
		address = str_from(address, 7);
	else
		return false;
	*host = str_cut(&address, '/');
	*path = str_cut(&address, '?');
	*path = str_cut(path, '#');
	return true;
}

/* The clip that an address of this node names. */
static enum err clip_at(struct ctx *cx, const struct req *req, struct str address, int64_t *id)
{
	struct str host, path, own, nothing;
	bool ours = split_address(address, &host, &path) && split_address(page_origin(cx, req), &own, &nothing) &&
	            (str_eq_ci(host, own) || str_eq_ci(host, req_header(cx, req, "Host")));
	if (!ours || !str_starts(path, STR("v/")) || !id_parse(str_from(path, 2), id))
		return fail(cx, E_NOTFOUND, "This is not the address of a clip on this node.");
	return OK;
}

static enum err query_side(struct ctx *cx, const struct req *req, const char *name, int64_t *side)
{
	struct str value;
	if (!req_query(cx, req, name, &value))
		return OK;
	int64_t given;
	if (!str_i64(value, &given) || given < 1)
		return fail(cx, E_INVALID, "%s must be a number of pixels.", name);
	*side = given < SIDE_MAX ? given : SIDE_MAX;
	return OK;
}

struct frame {
	int64_t width, height;
};

static struct frame frame_for(const struct video *video, int64_t width_max, int64_t height_max)
{
	int64_t width = video->height > video->width ? TALL_WIDTH : WIDE_WIDTH;
	if (width > width_max)
		width = width_max;
	int64_t height = width * video->height / video->width;
	if (height + LINE_HEIGHT > height_max) {
		height = height_max > LINE_HEIGHT ? height_max - LINE_HEIGHT : 1;
		width = height * video->width / video->height;
	}
	return (struct frame){ width > 0 ? width : 1, height + LINE_HEIGHT < height_max ? height + LINE_HEIGHT : height_max };
}

static void embed_json(struct ctx *cx, const struct req *req, const struct video_view *view, bool demo, struct frame frame, struct json *json)
{
	struct str origin = page_origin(cx, req), title = page_marked(cx, text_language(cx, req), title_of(cx, req, view), demo);
	AUTO(buf_free) struct buf html = buf_new(8192);
	buf_text(&html, "<iframe src=\"");
	buf_html(&html, origin);
	buf_printf(&html, "/embed/%" PRId64 "\" width=\"%" PRId64 "\" height=\"%" PRId64 "\" title=\"", view->video.id, frame.width, frame.height);
	buf_html(&html, title);
	buf_text(&html, "\" loading=\"lazy\" allow=\"fullscreen\" style=\"border:0;border-radius:14px\"></iframe>");
	json_object(json);
	json_key(json, "version");
	json_text(json, "1.0");
	json_key(json, "type");
	json_text(json, "video");
	json_key(json, "provider_name");
	json_text(json, "Amanat");
	json_key(json, "provider_url");
	json_string(json, origin);
	json_key(json, "title");
	json_string(json, title);
	json_key(json, "author_name");
	json_string(json, page_name(&view->author));
	json_key(json, "author_url");
	json_string(json, arena_printf(&cx->mem, STR_FMT "/@" STR_FMT, STR_ARG(origin), STR_ARG(view->author.handle)));
	json_key(json, "width");
	json_i64(json, frame.width);
	json_key(json, "height");
	json_i64(json, frame.height);
	json_key(json, "html");
	json_string(json, buf_view(&html));
	json_object_end(json);
}

static enum err get_oembed(struct ctx *cx, const struct req *req, struct resp *resp)
{
	int64_t id, width_max = SIDE_MAX, height_max = SIDE_MAX;
	bool demo;
	struct video_view view;
	struct str address, format;
	if (!req_query(cx, req, "url", &address))
		return fail(cx, E_INVALID, "Name the clip's address: ?url=");
	if (req_query(cx, req, "format", &format) && !str_eq(format, STR("json"))) {
		const struct problem_details details = { .status = 501, .code = "invalid", .detail = STR("Only JSON is given.") };
		resp_problem(cx, resp, &details);      /* the status that oEmbed asks for */
		return OK;
	}
	TRY(query_side(cx, req, "maxwidth", &width_max));
	TRY(query_side(cx, req, "maxheight", &height_max));
	TRY(clip_at(cx, req, address, &id));
	TRY(video_get(cx, id, &view));
	TRY(page_demo(cx, view.author.id, &demo));
	struct answer answer;
	answer_begin(&answer);
	embed_json(cx, req, &view, demo, frame_for(&view.video, width_max, height_max), &answer.json);
	answer_end(&answer, resp);
	return OK;
}

const struct route embed_routes[] = {
	{ GET, "/embed/{id}", get_embed, ANYONE, RATE_READ, READ, 0, "A clip to be framed by other sites; no script, nothing personal.", NULL, NULL, NULL },
	{ GET, "/api/v1/oembed", get_oembed, ANYONE, RATE_READ, READ, 0, "oEmbed 1.0: how to show the clip at an address.", NULL, "Embed", NULL },
	{},
};

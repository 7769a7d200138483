#include "api/page.h"

#include "api/assets.h"
#include "api/node.h"
#include "base/config.h"
#include "api/view.h"
#include "docket/demand.h"
#include "social/account.h"

#define PAGE_BYTES_MAX ((size_t)1 << 20)
#define BOOT_BYTES_MAX ((size_t)32 << 10)
#define THEME_COOKIE "amanat_theme"
#define SHORT_BYTES 200
/* As web/src/shell/icons.tsx draws it. */
#define SHIELD_SIGN \
	"<svg class=\"icon\" viewBox=\"0 0 24 24\" aria-hidden=\"true\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.8\" " \
	"stroke-linecap=\"round\" stroke-linejoin=\"round\">" \
	"<path d=\"M12 3.2 19.5 6v5.5c0 4.6-3 7.8-7.5 9.3-4.5-1.5-7.5-4.7-7.5-9.3V6zM8.8 12l2.3 2.3 4.3-4.6\"/></svg>"

void page_raw(struct page *page, const char *html)
{
	buf_text(&page->html, html);
}

void page_escaped(struct page *page, struct str value)
{
	buf_html(&page->html, value);
}

void page_text(struct page *page, enum text_key key)
{
	text_html(&page->html, page->language, key);
}

void page_fill(struct page *page, enum text_key key, const char *name, struct str value)
{
	text_html_fill(&page->html, page->language, key, name, value);
}

struct str page_origin(struct ctx *cx, const struct req *req)
{
	if (cx->config->server_url[0])
		return str_of(cx->config->server_url);
	struct str host = req_header(cx, req, "Host");
	return arena_printf(&cx->mem, "%s://" STR_FMT, req->secure ? "https" : "http", STR_ARG(host));
}

struct str page_media(struct ctx *cx, struct str hash, const char *extension)
{
	return hash.n > 0 ? arena_printf(&cx->mem, "/media/" STR_FMT ".%s", STR_ARG(hash), extension) : STR("");
}

struct str page_name(const struct profile_short *person)
{
	return person->name.n > 0 ? person->name : person->handle;
}

struct str page_shortened(struct ctx *cx, struct str words)
{
	if (words.n <= SHORT_BYTES)
		return words;
	size_t n = SHORT_BYTES;
	while (n > 0 && ((unsigned char)words.p[n] & 0xC0) == 0x80)
		n--;
	return arena_printf(&cx->mem, "%.*s…", (int)n, words.p);
}

enum err page_demo(struct ctx *cx, int64_t account, bool *out)
{
	struct demo_accounts demo;
	TRY(demo_accounts(cx, &demo));
	*out = demo_has(&demo, account);
	return OK;
}

struct str page_marked(struct ctx *cx, const struct catalogue *language, struct str words, bool demo)
{
	struct str mark = text(language, TEXT_page_demo);
	return demo ? arena_printf(&cx->mem, STR_FMT " · " STR_FMT, STR_ARG(words), STR_ARG(mark)) : words;
}

void page_chip(struct page *page, bool demo)
{
	if (!demo)
		return;
	page_raw(page, "<span class=\"chip chip--demo\">");
	page_text(page, TEXT_page_demo);
	page_raw(page, "</span>\n");
}

static void meta(struct page *page, const char *kind, const char *name, struct str value)
{
	if (value.n == 0)
		return;
	buf_printf(&page->html, "<meta %s=\"%s\" content=\"", kind, name);
	page_escaped(page, value);
	page_raw(page, "\">\n");
}

static void meta_number(struct page *page, const char *name, int64_t value)
{
	buf_printf(&page->html, "<meta property=\"%s\" content=\"%lld\">\n", name, (long long)value);
}

static struct str absolute(struct page *page, struct str path)
{
	if (path.n == 0)
		return path;
	struct str origin = page_origin(page->cx, page->req);
	return arena_printf(&page->cx->mem, STR_FMT STR_FMT, STR_ARG(origin), STR_ARG(path));
}

/* https://ogp.me; players read og:video, others the picture. */
static void open_graph(struct page *page, const struct page_head *head)
{
	meta(page, "property", "og:site_name", STR("Amanat"));
	meta(page, "property", "og:type", head->type);
	meta(page, "property", "og:title", head->title);
	meta(page, "property", "og:description", head->description);
	meta(page, "property", "og:url", absolute(page, head->path));
	meta(page, "property", "og:image", absolute(page, head->image));
	if (head->video.n > 0) {
		meta(page, "property", "og:video", absolute(page, head->video));
		meta(page, "property", "og:video:type", STR("video/mp4"));
		meta_number(page, "og:video:width", head->width);
		meta_number(page, "og:video:height", head->height);
	}
	meta(page, "name", "twitter:card", head->image.n > 0 ? STR("summary_large_image") : STR("summary"));
	meta(page, "name", "twitter:title", head->title);
	meta(page, "name", "twitter:description", head->description);
	meta(page, "name", "twitter:image", absolute(page, head->image));
	if (head->path.n > 0) {
		page_raw(page, "<link rel=\"canonical\" href=\"");
		page_escaped(page, absolute(page, head->path));
		page_raw(page, "\">\n");
	}
}

/* Other forms of the same thing, for programs that look for them. */
static void alternates(struct page *page, const struct page_head *head)
{
	struct str here = absolute(page, head->path);
	if (head->embeds) {
		struct str origin = page_origin(page->cx, page->req);
		page_raw(page, "<link rel=\"alternate\" type=\"application/json+oembed\" href=\"");
		page_escaped(page, origin);
		page_raw(page, "/api/v1/oembed?url=");
		page_escaped(page, here);
		page_raw(page, "\">\n");
	}
	if (head->feeds) {
		page_raw(page, "<link rel=\"alternate\" type=\"application/atom+xml\" href=\"");
		page_escaped(page, here);
		page_raw(page, "/atom.xml\">\n");
	}
}

/* No inline script: the client reads this. */
static enum err boot(struct page *page)
{
	AUTO(buf_free) struct buf value = buf_new(BOOT_BYTES_MAX);
	struct json json = json_new(&value);
	struct me me;
	int64_t demands;
	struct demo_accounts demo;
	bool signed_in = page->cx->actor.account != 0;
	TRY(demand_count(page->cx, &demands));
	TRY(demo_accounts(page->cx, &demo));
	if (signed_in)
		TRY(account_me(page->cx, &me));
	json_object(&json);
	json_key(&json, "assets");
	json_object(&json);
	for (const struct asset *asset = web_assets; asset->name; asset++) {
		json_key(&json, asset->name);
		json_text(&json, asset->path);
	}
	json_object_end(&json);
	json_key(&json, "node");
	node_json(page->cx, &json, demands, &demo);
	json_key(&json, "languages");
	json_array(&json);
	for (const struct catalogue *c = catalogues; c->code; c++)
		json_text(&json, c->code);
	json_array_end(&json);
	json_key(&json, "me");
	if (signed_in)
		me_json(&json, &me);
	else
		json_null(&json);
	json_object_end(&json);
	meta(page, "name", "amanat-boot", buf_view(&value));
	return OK;
}

/* A page that stays needs the client's script for later, but none of its texts. */
static void files(struct page *page, bool client, bool texts, const struct page_head *head)
{
	struct buf *html = &page->html;
	buf_printf(html, "<link rel=\"icon\" href=\"%s\" type=\"image/svg+xml\">\n", asset_path(web_assets, "logo.svg"));
	buf_printf(html, "<link rel=\"stylesheet\" href=\"%s\">\n", asset_path(web_assets, "app.css"));
	if (head->style)
		buf_printf(html, "<link rel=\"stylesheet\" href=\"%s\">\n", asset_path(web_assets, head->style));
	if (!client)
		return;
	page_raw(page, "<link rel=\"manifest\" href=\"/manifest.webmanifest\" crossorigin=\"use-credentials\">\n"
	         "<meta name=\"theme-color\" content=\"#0b1215\">\n");
	buf_printf(html, "<link rel=\"apple-touch-icon\" href=\"%s\">\n", asset_path(web_assets, "icon-192.png"));
	struct str words = arena_printf(&page->cx->mem, "locale/%s.json", page->language->code);
	if (texts)
		buf_printf(html, "<link rel=\"preload\" href=\"%s\" as=\"fetch\" crossorigin=\"anonymous\">\n", asset_path(web_assets, words.p));
	if (head->asks)
		buf_printf(html, "<link rel=\"preload\" href=\"%s\" as=\"fetch\" crossorigin=\"anonymous\">\n", head->asks);
	buf_printf(html, "<script type=\"module\" src=\"%s\"></script>\n", asset_path(web_assets, "app.js"));
}

static const char *theme(struct ctx *cx, const struct req *req)
{
	struct str wanted = req_cookie(cx, req, THEME_COOKIE);
	if (str_eq(wanted, STR("dark")))
		return "dark";
	return str_eq(wanted, STR("light")) ? "light" : "auto";
}

static enum err write_head(struct page *page, const struct page_head *head)
{
	buf_printf(&page->html, "<!doctype html>\n<html lang=\"%s\" dir=\"%s\" data-theme=\"%s\">\n<head>\n<meta charset=\"utf-8\">\n",
	           page->language->code, page->language->direction, theme(page->cx, page->req));
	page_raw(page, "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1, viewport-fit=cover\">\n<title>");
	page_escaped(page, head->title);
	page_raw(page, "</title>\n");
	meta(page, "name", "description", head->description);
	if (!head->bare) {
		open_graph(page, head);
		alternates(page, head);
		TRY(boot(page));
	}
	files(page, !head->bare, !head->stays, head);
	page_raw(page, head->stays ? "</head>\n<body>\n<div id=\"shell\" data-static>\n" : "</head>\n<body>\n<div id=\"shell\">\n");
	return OK;
}

enum err page_begin(struct page *page, struct ctx *cx, const struct req *req, const struct page_head *head)
{
	*page = (struct page){ .cx = cx, .req = req, .language = text_language(cx, req), .html = buf_new(PAGE_BYTES_MAX) };
	enum err status = write_head(page, head);
	if (status != OK)
		buf_free(&page->html);
	return status;
}

void page_end_html(struct page *page, struct resp *resp)
{
	page_raw(page, "</div>\n</body>\n</html>\n");
	resp_html(resp, &page->html);
	resp_header(page->cx, resp, "Content-Language", str_of(page->language->code));
	resp_header(page->cx, resp, "Vary", STR("Accept-Language, Cookie"));
}

/* "Your data: {place}. Demands: {n}." */
static enum err write_shield(struct page *page)
{
	int64_t demands;
	TRY(demand_count(page->cx, &demands));
	AUTO(buf_free) struct buf placed = buf_new(1024), words = buf_new(1024);
	text_fill(&placed, page->language, TEXT_shield_text, "place",
	          text_place(page->language, str_of(page->cx->config->region_place)));
	text_fill_in(&words, buf_view(&placed), "n", arena_printf(&page->cx->mem, "%lld", (long long)demands));
	page_raw(page, "<a class=\"shield\" href=\"/letter\">" SHIELD_SIGN "<span>");
	page_escaped(page, buf_view(&words));
	page_raw(page, "</span></a>");
	return OK;
}

enum err page_doc_begin(struct page *page, bool shield)
{
	buf_printf(&page->html, "<div class=\"doc\">\n<header class=\"doc__head\">\n<a class=\"doc__brand\" href=\"/\">"
	           "<img src=\"%s\" alt=\"\" width=\"34\" height=\"34\">", asset_path(web_assets, "logo.svg"));
	page_text(page, TEXT_app_name);
	page_raw(page, "</a>\n");
	enum err status = shield ? write_shield(page) : OK;
	if (status != OK)
		buf_free(&page->html);
	page_raw(page, "\n</header>\n");
	return status;
}

void page_doc_end(struct page *page)
{
	page_raw(page, "<noscript><p class=\"doc__note\">");
	page_text(page, TEXT_page_noscript);
	page_raw(page, "</p></noscript>\n<footer class=\"doc__foot\">");
	page_text(page, TEXT_app_line);
	page_raw(page, "</footer>\n</div>\n");
}

void page_time(struct page *page, int64_t wall_us)
{
	char when[RFC3339_BYTES];
	time_rfc3339(wall_us, when);
	buf_printf(&page->html, "<time datetime=\"%s\">%.10s</time>", when, when);
}

void page_tracks(struct page *page, int64_t video, struct str languages)
{
	while (languages.n) {
		const struct str code = str_cut(&languages, ' ');
		buf_printf(&page->html, "<track kind=\"captions\" srclang=\"" STR_FMT "\" src=\"/api/v1/videos/%lld/captions/" STR_FMT "\">\n",
		           STR_ARG(code), (long long)video, STR_ARG(code));
	}
}

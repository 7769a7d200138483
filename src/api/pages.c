/* The shell that the client fills, a clip's page, a profile's, a hashtag's, and what a failure looks like. */
#include "api/pages.h"

#include <inttypes.h>

#include "api/assets.h"
#include "api/page.h"
#include "api/problem.h"
#include "api/route.h"
#include "api/routes.h"
#include "social/demo.h"
#include "social/hashtag.h"
#include "social/mention.h"
#include "social/profile.h"
#include "social/video.h"

bool pages_wants_page(struct ctx *cx, const struct req *req)
{
	bool reads = req->method == GET || req->method == HEAD;
	bool ours = !str_starts(req->path, STR("/api/")) && !str_starts(req->path, STR("/media/")) && !str_starts(req->path, STR("/assets/"));
	struct str accept = req_header(cx, req, "Accept");
	while (reads && ours && accept.n > 0) {
		struct str range = str_cut(&accept, ',');
		if (str_eq_ci(str_trim(str_cut(&range, ';')), STR("text/html")))
			return true;
	}
	return false;
}

struct words {
	enum text_key title, text;
};

static struct words words_for(int status)
{
	switch (status) {
	case 404: return (struct words){ TEXT_page_missing, TEXT_page_missing_text };
	case 429: return (struct words){ TEXT_page_too_many, TEXT_page_too_many_text };
	case 503: return (struct words){ TEXT_page_busy, TEXT_page_busy_text };
	case 500: case 507: return (struct words){ TEXT_page_wrong, TEXT_page_wrong_text };
	default: return (struct words){ TEXT_page_refused, TEXT_page_missing_text };
	}
}

void pages_problem(struct ctx *cx, const struct req *req, enum err code, struct resp *resp)
{
	struct problem problem = problem_of(code, cx->failure.slug);
	int status = resp->status != 0 ? resp->status : problem.status;
	struct words words = words_for(status);
	const struct page_head head = { .title = text(text_language(cx, req), words.title), .stays = true, .bare = true };
	struct page page;
	if (page_begin(&page, cx, req, &head) != OK || page_doc_begin(&page, cx->db != NULL) != OK) {
		problem_answer(cx, code, resp);
		return;
	}
	buf_printf(&page.html, "<main class=\"blank error\">\n<p class=\"error__status\">%d</p>\n<h1 class=\"blank__title\">", status);
	page_text(&page, words.title);
	page_raw(&page, "</h1>\n<p class=\"blank__text\">");
	if (words.title == TEXT_page_refused)
		page_escaped(&page, problem_detail(cx, code));
	else
		page_text(&page, words.text);
	page_raw(&page, "</p>\n<div class=\"blank__actions\"><a class=\"button button--main\" href=\"/\">");
	page_text(&page, TEXT_page_home);
	page_raw(&page, "</a></div>\n</main>\n");
	page_doc_end(&page);
	page_end_html(&page, resp);
	resp->status = status;
	int64_t seconds = cx->failure.retry_seconds;
	if (seconds > 0)
		resp_header(cx, resp, "Retry-After", arena_printf(&cx->mem, "%" PRId64, seconds));
}

/* --- the shell: the client renders the rest --- */

static enum err get_shell(struct ctx *cx, const struct req *req, struct resp *resp)
{
	const struct catalogue *language = text_language(cx, req);
	struct str name = text(language, TEXT_app_name), line = text(language, TEXT_app_line);
	const struct page_head head = {
		.title = arena_printf(&cx->mem, STR_FMT " · " STR_FMT, STR_ARG(name), STR_ARG(line)),
		.description = line, .path = req->path, .type = STR("website"),
		.asks = str_eq(req->path, STR("/")) ? "/api/v1/feed" : NULL,
	};
	struct page page;
	TRY(page_begin(&page, cx, req, &head));
	page_raw(&page, "<noscript>");
	TRY(page_doc_begin(&page, true));
	page_raw(&page, "<main class=\"blank error\">\n<h1 class=\"blank__title\">");
	page_text(&page, TEXT_page_script);
	page_raw(&page, "</h1>\n<p class=\"blank__text\">");
	page_text(&page, TEXT_page_script_text);
	page_raw(&page, "</p>\n<div class=\"blank__actions\"><a class=\"button button--main\" href=\"/letter\">");
	page_text(&page, TEXT_letter_title);
	page_raw(&page, "</a><a class=\"button\" href=\"/trust\">");
	page_text(&page, TEXT_trust_title);
	page_raw(&page, "</a></div>\n</main></div></noscript>\n");
	page_end_html(&page, resp);
	return OK;
}

/* --- a clip --- */

static void put_picture(struct page *page, struct str hash, const char *class, int side)
{
	if (hash.n == 0)
		return;
	buf_printf(&page->html, "<img class=\"%s\" src=\"/media/" STR_FMT ".jpg\" alt=\"\" width=\"%d\" height=\"%d\">", class,
	           STR_ARG(hash), side, side);
}

static void put_count(struct page *page, int64_t count, enum text_key what)
{
	buf_printf(&page->html, "<li><strong>%" PRId64 "</strong><span>", count);
	page_text(page, what);
	page_raw(page, "</span></li>\n");
}

static void put_player(struct page *page, const struct video *video)
{
	buf_printf(&page->html, "<video class=\"watch__video\" controls playsinline preload=\"metadata\" src=\"/media/" STR_FMT ".mp4\" "
	           "poster=\"/media/" STR_FMT ".jpg\" width=\"%" PRId64 "\" height=\"%" PRId64 "\">\n", STR_ARG(video->src),
	           STR_ARG(video->poster), video->width, video->height);
	page_tracks(page, video->id, video->tracks);
	page_raw(page, "<p>");
	page_text(page, TEXT_page_video_fallback);
	buf_printf(&page->html, " <a href=\"/media/" STR_FMT ".mp4\" download>", STR_ARG(video->src));
	page_text(page, TEXT_page_download);
	page_raw(page, "</a></p>\n</video>\n");
}

static void put_tags(struct page *page, const struct hashtags *tags)
{
	if (tags->count == 0)
		return;
	page_raw(page, "<p class=\"watch__tags\">");
	for (size_t i = 0; i < tags->count; i++) {
		page_raw(page, "<a href=\"/tag/");
		buf_percent(&page->html, tags->names[i]);
		page_raw(page, "\"><bdi>#");
		page_escaped(page, tags->names[i]);
		page_raw(page, "</bdi></a> ");
	}
	page_raw(page, "</p>\n");
}

/* A text whose @names lead to people. */
static void put_mentions(struct page *page, struct str words)
{
	size_t at = 0, at_sign, from = 0;
	struct str handle;
	while (mention_next(words, &at, &at_sign, &handle)) {
		page_escaped(page, (struct str){ .p = words.p + from, .n = at_sign - from });
		page_raw(page, "<a class=\"caption__link\" href=\"/@");
		page_escaped(page, handle);
		page_raw(page, "\">@");
		page_escaped(page, handle);
		page_raw(page, "</a>");
		from = at;
	}
	page_escaped(page, str_from(words, from));
}

static void put_words(struct page *page, const struct video_view *view, struct str title, const struct hashtags *tags, bool demo)
{
	page_raw(page, "<div class=\"watch__words\">\n<a class=\"byline\" href=\"/@");
	page_escaped(page, view->author.handle);
	page_raw(page, "\">");
	put_picture(page, view->author.avatar, "avatar", 48);
	page_raw(page, "<span><strong><bdi>");
	page_escaped(page, page_name(&view->author));
	page_raw(page, "</bdi></strong><small>@");
	page_escaped(page, view->author.handle);
	page_raw(page, "</small></span></a>\n");
	page_chip(page, demo);
	page_raw(page, "<h1 class=\"watch__caption\" dir=\"auto\"");
	if (view->video.caption.n > 0 && view->video.language.n > 0)
		buf_printf(&page->html, " lang=\"" STR_FMT "\"", STR_ARG(view->video.language));
	page_raw(page, ">");
	put_mentions(page, view->video.caption.n > 0 ? view->video.caption : title);
	page_raw(page, "</h1>\n");
	put_tags(page, tags);
	page_raw(page, "<p class=\"watch__time\">");
	page_time(page, view->video.created_us);
	page_raw(page, "</p>\n<ul class=\"counts\">\n");
	put_count(page, view->likes, TEXT_page_likes);
	put_count(page, view->comments, TEXT_page_comments);
	put_count(page, view->views, TEXT_page_views);
	page_raw(page, "</ul>\n<a class=\"button button--main\" href=\"/\">");
	page_text(page, TEXT_page_open);
	page_raw(page, "</a>\n</div>\n");
}

static enum err get_video(struct ctx *cx, const struct req *req, struct resp *resp)
{
	int64_t id;
	bool demo;
	struct video_view view;
	struct hashtags tags;
	struct page page;
	TRY(param_id(cx, req, 0, &id));
	TRY(video_get(cx, id, &view));
	TRY(page_demo(cx, view.author.id, &demo));
	TRY(hashtags_parse(cx, view.video.caption, &tags));
	const struct catalogue *language = text_language(cx, req);
	AUTO(buf_free) struct buf untitled = buf_new(1024);
	text_fill(&untitled, language, TEXT_page_untitled, "name", page_name(&view.author));
	struct str by = buf_view(&untitled), title = view.video.caption.n > 0 ? page_shortened(cx, view.video.caption) : by;
	const struct page_head head = {
		.title = page_marked(cx, language, title, demo), .description = page_marked(cx, language, by, demo),
		.path = arena_printf(&cx->mem, "/v/%" PRId64, id), .type = STR("video.other"),
		.image = page_media(cx, view.video.poster, "jpg"), .video = page_media(cx, view.video.src, "mp4"),
		.width = view.video.width, .height = view.video.height, .embeds = true,
	};
	TRY(page_begin(&page, cx, req, &head));
	TRY(page_doc_begin(&page, true));
	page_raw(&page, "<main class=\"watch\">\n");
	put_player(&page, &view.video);
	put_words(&page, &view, by, &tags, demo);
	page_raw(&page, "</main>\n");
	page_doc_end(&page);
	page_end_html(&page, resp);
	return OK;
}

/* --- a profile --- */

static void put_person(struct page *page, const struct profile_view *view, bool demo)
{
	const struct profile *profile = &view->profile;
	page_raw(page, "<section class=\"person\">\n");
	put_picture(page, profile->avatar, "avatar avatar--l", 96);
	page_raw(page, "<h1 class=\"person__name\"><bdi>");
	page_escaped(page, profile->name.n > 0 ? profile->name : profile->handle);
	page_raw(page, "</bdi></h1>\n<p class=\"person__handle\">@");
	page_escaped(page, profile->handle);
	page_raw(page, "</p>\n");
	page_chip(page, demo);
	page_raw(page, "<ul class=\"counts\">\n");
	put_count(page, view->videos, TEXT_page_clips);
	put_count(page, view->followers, TEXT_page_followers);
	put_count(page, view->following, TEXT_page_following);
	page_raw(page, "</ul>\n");
	if (profile->bio.n > 0) {
		page_raw(page, "<p class=\"person__bio\" dir=\"auto\">");
		page_escaped(page, profile->bio);
		page_raw(page, "</p>\n");
	}
	page_raw(page, "</section>\n");
}

static void put_tile(struct page *page, const struct video_view *view, bool demo)
{
	const struct video *const video = &view->video;
	buf_printf(&page->html, "<li><a class=\"tile\" href=\"/v/%" PRId64 "\"><img src=\"/media/" STR_FMT ".jpg\" alt=\"", video->id,
	           STR_ARG(video->poster));
	if (video->caption.n > 0)
		page_escaped(page, page_shortened(page->cx, video->caption));
	else
		page_fill(page, TEXT_page_untitled, "name", page_name(&view->author));
	page_raw(page, "\" loading=\"lazy\">");
	page_chip(page, demo);
	page_raw(page, "</a></li>\n");
}

/* A profile says once what its author is: `demo` NULL. */
static void put_grid(struct page *page, const struct video_page *videos, const struct demo_accounts *demo)
{
	if (videos->count == 0) {
		page_raw(page, "<p class=\"blank__text\">");
		page_text(page, TEXT_page_no_clips);
		page_raw(page, "</p>\n");
		return;
	}
	page_raw(page, "<ul class=\"grid\">\n");
	for (size_t i = 0; i < videos->count; i++)
		put_tile(page, &videos->items[i], demo && demo_has(demo, videos->items[i].author.id));
	page_raw(page, "</ul>\n");
	if (videos->next == 0)
		return;
	buf_printf(&page->html, "<nav class=\"pager\"><a class=\"button\" href=\"?cursor=%" PRId64 "\" rel=\"next\">", videos->next);
	page_text(page, TEXT_page_older);
	page_raw(page, "</a></nav>\n");
}

static enum err get_profile(struct ctx *cx, const struct req *req, struct resp *resp)
{
	int64_t before;
	bool demo;
	struct profile_view view;
	struct video_page videos;
	struct page page;
	TRY(query_cursor(cx, req, &before));
	TRY(profile_by_handle(cx, str_from(req->params[0], 1), &view));
	TRY(video_list_by_account(cx, view.profile.id, before, &videos));
	TRY(page_demo(cx, view.profile.id, &demo));
	const struct profile *profile = &view.profile;
	struct str name = profile->name.n > 0 ? profile->name : profile->handle;
	struct str title = arena_printf(&cx->mem, STR_FMT " (@" STR_FMT ")", STR_ARG(name), STR_ARG(profile->handle));
	const struct page_head head = {
		.title = page_marked(cx, text_language(cx, req), title, demo),
		.description = profile->bio, .path = arena_printf(&cx->mem, "/@" STR_FMT, STR_ARG(profile->handle)),
		.type = STR("profile"), .image = page_media(cx, profile->avatar, "jpg"), .feeds = true,
	};
	TRY(page_begin(&page, cx, req, &head));
	TRY(page_doc_begin(&page, true));
	page_raw(&page, "<main>\n");
	put_person(&page, &view, demo);
	put_grid(&page, &videos, NULL);
	page_raw(&page, "</main>\n");
	page_doc_end(&page);
	page_end_html(&page, resp);
	return OK;
}

/* --- a hashtag --- */

static enum err get_hashtag(struct ctx *cx, const struct req *req, struct resp *resp)
{
	int64_t before;
	struct hashtag_view view;
	struct video_page videos;
	struct demo_accounts demo;
	struct page page;
	TRY(query_cursor(cx, req, &before));
	TRY(hashtag_get(cx, req->params[0], &view));
	TRY(hashtag_videos(cx, view.name, before, &videos));
	TRY(demo_accounts(cx, &demo));
	AUTO(buf_free) struct buf about = buf_new(2048), path = buf_new(2048);
	text_fill(&about, text_language(cx, req), TEXT_page_hashtag_text, "name", view.name);
	buf_text(&path, "/tag/");
	buf_percent(&path, view.name);
	const struct page_head head = {
		.title = arena_printf(&cx->mem, "#" STR_FMT " · Amanat", STR_ARG(view.name)), .description = buf_view(&about),
		.path = buf_view(&path), .type = STR("website"),
		.image = videos.count ? page_media(cx, videos.items[0].video.poster, "jpg") : STR(""),
	};
	TRY(page_begin(&page, cx, req, &head));
	TRY(page_doc_begin(&page, true));
	page_raw(&page, "<main>\n<section class=\"person\">\n<h1 class=\"person__name\" dir=\"auto\">#");
	page_escaped(&page, view.name);
	page_raw(&page, "</h1>\n<ul class=\"counts\">\n");
	put_count(&page, view.videos, TEXT_page_clips);
	page_raw(&page, "</ul>\n</section>\n");
	put_grid(&page, &videos, &demo);
	page_raw(&page, "</main>\n");
	page_doc_end(&page);
	page_end_html(&page, resp);
	return OK;
}

/* One segment that is no page of ours: a profile's address, or nothing. */
static enum err get_named(struct ctx *cx, const struct req *req, struct resp *resp)
{
	if (str_starts(req->params[0], STR("@")))
		return get_profile(cx, req, resp);
	return fail(cx, E_NOTFOUND, "There is nothing at this address.");
}

const struct route page_routes[] = {
	{ GET, "/", get_shell, ANYONE, RATE_READ, READ, 0, "The app: For You.", NULL, NULL, NULL },
	{ GET, "/following", get_shell, ANYONE, RATE_READ, READ, 0, "The app: clips of those whom I follow.", NULL, NULL, NULL },
	{ GET, "/upload", get_shell, ANYONE, RATE_READ, READ, 0, "The app: uploading.", NULL, NULL, NULL },
	{ GET, "/sign-in", get_shell, ANYONE, RATE_READ, READ, 0, "The app: signing in.", NULL, NULL, NULL },
	{ GET, "/sign-up", get_shell, ANYONE, RATE_READ, READ, 0, "The app: making an account.", NULL, NULL, NULL },
	{ GET, "/me", get_shell, ANYONE, RATE_READ, READ, 0, "The app: my profile.", NULL, NULL, NULL },
	{ GET, "/inbox", get_shell, ANYONE, RATE_READ, READ, 0, "The app: notifications.", NULL, NULL, NULL },
	{ GET, "/desk", get_shell, ANYONE, RATE_READ, READ, 0, "The app: the desk of demands, for operators.", NULL, NULL, NULL },
	{ GET, "/settings", get_shell, ANYONE, RATE_READ, READ, 0, "The app: settings.", NULL, NULL, NULL },
	{ GET, "/search", get_shell, ANYONE, RATE_READ, READ, 0, "The app: searching.", NULL, NULL, NULL },
	{ GET, "/tag/{name}", get_hashtag, ANYONE, RATE_READ, READ, 0, "A hashtag's page.", NULL, NULL, NULL },
	{ GET, "/v/{id}", get_video, ANYONE, RATE_READ, READ, 0, "A clip's own page; plays without JavaScript.", NULL, NULL, NULL },
	{ GET, "/{name}", get_named, ANYONE, RATE_READ, READ, 0, "/@handle: a profile's page.", NULL, NULL, NULL },
	{},
};

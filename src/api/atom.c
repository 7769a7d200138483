/* A profile's newest clips as an Atom feed (RFC 4287), for feed readers. */
#include <inttypes.h>

#include "api/atom.h"
#include "api/page.h"
#include "api/routes.h"
#include "social/video.h"

#define ATOM_BYTES_MAX ((size_t)256 << 10)

void atom_element(struct buf *out, const char *name, struct str value)
{
	buf_printf(out, "<%s>", name);
	buf_html(out, value);                  /* its escapes are also XML's */
	buf_printf(out, "</%s>\n", name);
}

void atom_time(struct buf *out, const char *name, int64_t wall_us)
{
	char when[RFC3339_BYTES];
	time_rfc3339(wall_us, when);
	atom_element(out, name, str_of(when));
}

void atom_link(struct buf *out, const char *relation, const char *type, struct str origin, struct str path)
{
	buf_printf(out, "<link rel=\"%s\" type=\"%s\" href=\"", relation, type);
	buf_html(out, origin);
	buf_html(out, path);
	buf_text(out, "\"/>\n");
}

static void entry(struct ctx *cx, struct buf *out, struct str origin, const struct video *video, struct str untitled)
{
	struct str path = arena_printf(&cx->mem, "/v/%" PRId64, video->id);
	struct str first = video->caption;
	first = str_cut(&first, '\n');
	buf_text(out, "<entry>\n");
	atom_element(out, "id", arena_printf(&cx->mem, STR_FMT STR_FMT, STR_ARG(origin), STR_ARG(path)));
	atom_element(out, "title", first.n > 0 ? page_shortened(cx, first) : untitled);
	atom_time(out, "published", video->created_us);
	atom_time(out, "updated", video->created_us);
	atom_link(out, "alternate", "text/html", origin, path);
	buf_printf(out, "<link rel=\"enclosure\" type=\"video/mp4\" length=\"%" PRId64 "\" href=\"", video->bytes);
	buf_html(out, origin);
	buf_html(out, page_media(cx, video->src, "mp4"));
	buf_text(out, "\"/>\n<content type=\"text\"");
	if (video->language.n > 0)
		buf_printf(out, " xml:lang=\"" STR_FMT "\"", STR_ARG(video->language));
	buf_text(out, ">");
	buf_html(out, video->caption);
	buf_text(out, "</content>\n</entry>\n");
}

static void feed(struct ctx *cx, const struct req *req, const struct profile *profile, const struct video_page *videos, bool demo,
	struct buf *out)
{
	struct str origin = page_origin(cx, req);
	struct str path = arena_printf(&cx->mem, "/@" STR_FMT, STR_ARG(profile->handle));
	struct str name = profile->name.n > 0 ? profile->name : profile->handle;
	AUTO(buf_free) struct buf untitled = buf_new(1024);
	text_fill(&untitled, text_language(cx, req), TEXT_page_untitled, "name", name);
	buf_text(out, "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<feed xmlns=\"http://www.w3.org/2005/Atom\">\n");
	atom_element(out, "id", arena_printf(&cx->mem, STR_FMT STR_FMT, STR_ARG(origin), STR_ARG(path)));
	atom_element(out, "title", arena_printf(&cx->mem, STR_FMT " · Amanat", STR_ARG(page_marked(cx, text_language(cx, req), name, demo))));
	if (profile->bio.n > 0)
		atom_element(out, "subtitle", profile->bio);
	atom_time(out, "updated", videos->count > 0 ? videos->items[0].video.created_us : profile->created_us);
	atom_link(out, "alternate", "text/html", origin, path);
	atom_link(out, "self", "application/atom+xml", origin, req->path);
	buf_text(out, "<author>\n");
	atom_element(out, "name", name);
	atom_element(out, "uri", arena_printf(&cx->mem, STR_FMT STR_FMT, STR_ARG(origin), STR_ARG(path)));
	buf_text(out, "</author>\n");
	for (size_t i = 0; i < videos->count; i++)
		entry(cx, out, origin, &videos->items[i].video, buf_view(&untitled));
	buf_text(out, "</feed>\n");
}

static enum err get_atom(struct ctx *cx, const struct req *req, struct resp *resp)
{
	bool demo;
	struct profile_view view;
	struct video_page videos;
	if (!str_starts(req->params[0], STR("@")))
		return fail(cx, E_NOTFOUND, "There is nothing at this address.");
	TRY(profile_by_handle(cx, str_from(req->params[0], 1), &view));
	TRY(video_list_by_account(cx, view.profile.id, 0, &videos));
	TRY(page_demo(cx, view.profile.id, &demo));
	struct buf body = buf_new(ATOM_BYTES_MAX);
	feed(cx, req, &view.profile, &videos, demo, &body);
	resp->kind = BODY_BUF;
	resp->buf = body;
	resp_header(cx, resp, "Content-Type", STR("application/atom+xml; charset=utf-8"));
	return OK;
}

const struct route atom_routes[] = {
	{ GET, "/{name}/atom.xml", get_atom, ANYONE, RATE_READ, READ, 0, "/@handle/atom.xml: a profile's newest clips as an Atom feed.", NULL, NULL, NULL },
	{},
};

/* The client's own files, and the two that every site is asked for. */
#include "api/assets.h"
#include "api/routes.h"

static enum err get_asset(struct ctx *cx, const struct req *req, struct resp *resp)
{
	const struct asset *asset = asset_at(web_assets, req->path);
	if (!asset)
		return fail(cx, E_NOTFOUND, "There is no such file; the page that named it is of another version. Load it again.");
	asset_answer(cx, req, asset, resp);
	return OK;
}

static enum err get_icon(struct ctx *cx, const struct req *req, struct resp *resp)
{
	asset_answer(cx, req, asset_at(web_assets, str_of(asset_path(web_assets, "logo.svg"))), resp);
	return OK;
}

static enum err get_robots(struct ctx *, const struct req *, struct resp *resp)
{
	resp_text(resp, "text/plain; charset=utf-8", STR("User-agent: *\nDisallow: /api/\n"));
	return OK;
}

const struct route asset_routes[] = {
	{ GET, "/assets/{rest*}", get_asset, ANYONE, RATE_NONE, READ, 0, "A file of the client; its name changes with its content.",
	  NULL, NULL, NULL },
	{ GET, "/favicon.ico", get_icon, ANYONE, RATE_NONE, READ, 0, "The icon.", NULL, NULL, NULL },
	{ GET, "/robots.txt", get_robots, ANYONE, RATE_NONE, READ, 0, "What crawlers may read.", NULL, NULL, NULL },
	{},
};

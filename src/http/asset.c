#include "http/asset.h"

#include <string.h>

#include "http/accept.h"

const struct asset *asset_at(const struct asset *table, struct str path)
{
	for (; table->name; table++)
		if (str_eq(str_of(table->path), path))
			return table;
	return NULL;
}

const char *asset_path(const struct asset *table, const char *name)
{
	for (; table->name; table++)
		if (strcmp(table->name, name) == 0)
			return table->path;
	return "";
}

/* Each variant has a tag of its own: RFC 9110 section 8.8.3.3. */
static struct str tag_with(struct ctx *cx, const char *etag, const char *suffix)
{
	return arena_printf(&cx->mem, "%.*s%s\"", (int)strlen(etag) - 1, etag, suffix);
}

void asset_answer(struct ctx *cx, const struct req *req, const struct asset *asset, struct resp *resp)
{
	enum coding coding = accept_coding(req_header(cx, req, "Accept-Encoding"), asset->gzip.n, asset->brotli.n);
	resp->etag = str_of(asset->etag);
	if (coding == BROTLI) {
		resp_text(resp, asset->content_type, asset->brotli);
		resp_header(cx, resp, "Content-Encoding", STR("br"));
		resp->etag = tag_with(cx, asset->etag, "-br");
	} else if (coding == GZIP) {
		resp_text(resp, asset->content_type, asset->gzip);
		resp_header(cx, resp, "Content-Encoding", STR("gzip"));
		resp->etag = tag_with(cx, asset->etag, "-gz");
	} else {
		resp_text(resp, asset->content_type, asset->identity);
	}
	if (asset->gzip.n || asset->brotli.n)
		resp_header(cx, resp, "Vary", STR("Accept-Encoding"));
	resp_header(cx, resp, "Cache-Control", asset->hashed ? STR("public, max-age=31536000, immutable") : STR("no-cache"));
}

/* Public clips and pictures, by the hash of their bytes: a name never changes its content. */
#include <unistd.h>

#include "api/route.h"
#include "api/routes.h"
#include "base/config.h"
#include "store/blob.h"

#define HASH_CHARACTERS (BLOB_NAME_BYTES - 1)

/* What is served is fixed by the extension that we gave out, never by the bytes or by the one who asks. */
static const struct {
	struct str extension;
	const char *content_type;
} kinds[] = {
	{ { ".mp4", 4 }, "video/mp4" },
	{ { ".jpg", 4 }, "image/jpeg" },
};

/* Whether the proxy before us is to send the file: it says so by its header, which it alone should be able to reach us with; whoever
 * forges it gets an empty answer for it. */
static bool proxy_sends(struct ctx *cx, const struct req *req)
{
	return cx->config->server_accel[0] && req_header(cx, req, "X-Forwarded-For").n > 0;
}

static enum err get_media(struct ctx *cx, const struct req *req, struct resp *resp)
{
	struct str name = req->params[0];
	const char *content_type = NULL;
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (str_ends(name, kinds[i].extension))
			content_type = kinds[i].content_type;
	if (!content_type || name.n != HASH_CHARACTERS + 4)
		return fail(cx, E_NOTFOUND, "There is no such file.");
	struct str hash = { name.p, HASH_CHARACTERS };
	int fd;
	int64_t bytes;
	TRY(blob_public_open(cx, hash, &fd, &bytes));
	if (proxy_sends(cx, req)) {
		close(fd);                     /* it was opened to know that it is there */
		resp_text(resp, content_type, STR(""));
		resp_header(cx, resp, "X-Accel-Redirect", arena_printf(&cx->mem, "%s/%.2s/" STR_FMT, cx->config->server_accel, hash.p, STR_ARG(hash)));
	} else {
		resp_file(resp, fd, bytes, content_type);
	}
	resp->etag = arena_printf(&cx->mem, "\"" STR_FMT "\"", STR_ARG(hash));
	resp_header(cx, resp, "Cache-Control", STR("public, max-age=31536000, immutable"));
	return OK;
}

const struct route media_routes[] = {
	{ GET, "/media/{name}", get_media, ANYONE, RATE_MEDIA, READ, 0,
	  "A public clip (.mp4) or picture (.jpg) by the SHA-256 of its bytes; ranges are served.", NULL, NULL, NULL },
	{},
};

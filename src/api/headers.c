#include "api/headers.h"

#include "api/upload_routes.h"
#include "base/config.h"

#define PAGE_POLICY \
	"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; " \
	"connect-src 'self'; manifest-src 'self'; font-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
/* What people have uploaded is shown, never run. */
#define MEDIA_POLICY "default-src 'none'; media-src 'self'; img-src 'self'; sandbox"

static bool has(const struct resp *resp, struct str name)
{
	for (unsigned i = 0; i < resp->header_count; i++)
		if (str_eq_ci(resp->headers[i].name, name))
			return true;
	return false;
}

static void add(struct ctx *cx, struct resp *resp, const char *name, struct str value)
{
	if (!has(resp, str_of(name)))
		resp_header(cx, resp, name, value);
}

void headers_add(struct ctx *cx, const struct req *req, struct resp *resp)
{
	bool media = req->route && req->route->rate == RATE_MEDIA;
	bool interface = str_starts(req->path, STR("/api/"));
	upload_headers(cx, req, resp);
	/* Behind a proxy it is the proxy's to promise (RFC 6797). */
	if (cx->config->tls_certificate[0])
		add(cx, resp, "Strict-Transport-Security", STR("max-age=31536000"));
	add(cx, resp, "X-Content-Type-Options", STR("nosniff"));
	/* For browsers that know no frame-ancestors; what may be framed has brought a policy of its own. */
	if (!media && !has(resp, STR("Content-Security-Policy")))
		add(cx, resp, "X-Frame-Options", STR("DENY"));
	add(cx, resp, "Content-Security-Policy", media ? STR(MEDIA_POLICY) : STR(PAGE_POLICY));
	/* Public clips may be shown by whoever links to them: og:video. */
	add(cx, resp, "Cross-Origin-Resource-Policy", media ? STR("cross-origin") : STR("same-origin"));
	add(cx, resp, "Cross-Origin-Opener-Policy", STR("same-origin"));
	add(cx, resp, "Referrer-Policy", STR("same-origin"));
	add(cx, resp, "Permissions-Policy", STR("camera=(self), microphone=(self), geolocation=(), payment=(), usb=()"));
	/* What everybody may read may be held, too, if one asks each time whether it has changed. */
	bool open = !interface || (req->route && req->route->how == READ_KEPT);
	add(cx, resp, "Cache-Control", open && cx->actor.account == 0 ? STR("no-cache") : STR("no-store"));
}

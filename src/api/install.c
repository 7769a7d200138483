/* What makes the client an app of its own on a phone or a desk: the web app manifest and the service worker. */
#include "api/assets.h"
#include "api/route.h"
#include "api/routes.h"
#include "api/text.h"

static void icon(struct json *json, const char *name, const char *type, const char *sizes, const char *purpose)
{
	json_object(json);
	json_key(json, "src");
	json_text(json, asset_path(web_assets, name));
	json_key(json, "type");
	json_text(json, type);
	json_key(json, "sizes");
	json_text(json, sizes);
	json_key(json, "purpose");
	json_text(json, purpose);
	json_object_end(json);
}

static void shortcut(struct json *json, struct str name, const char *url)
{
	json_object(json);
	json_key(json, "name");
	json_string(json, name);
	json_key(json, "url");
	json_text(json, url);
	json_object_end(json);
}

static void manifest_json(const struct catalogue *language, struct json *json)
{
	static const struct { const char *name, *value; } fixed[] = {
		{ "id", "/" }, { "start_url", "/" }, { "scope", "/" }, { "display", "standalone" },
		{ "background_color", "#0b1215" }, { "theme_color", "#0b1215" },
	};
	json_object(json);
	json_key(json, "name");
	json_string(json, text(language, TEXT_app_name));
	json_key(json, "short_name");
	json_string(json, text(language, TEXT_app_name));
	json_key(json, "description");
	json_string(json, text(language, TEXT_app_line));
	json_key(json, "lang");
	json_text(json, language->code);
	json_key(json, "dir");
	json_text(json, language->direction);
	for (size_t i = 0; i < sizeof fixed / sizeof fixed[0]; i++) {
		json_key(json, fixed[i].name);
		json_text(json, fixed[i].value);
	}
	json_key(json, "icons");
	json_array(json);
	icon(json, "logo.svg", "image/svg+xml", "any", "any");
	icon(json, "icon-192.png", "image/png", "192x192", "any");
	icon(json, "icon-512.png", "image/png", "512x512", "any");
	icon(json, "icon-maskable-512.png", "image/png", "512x512", "maskable");
	json_array_end(json);
	json_key(json, "shortcuts");
	json_array(json);
	shortcut(json, text(language, TEXT_nav_upload), "/upload");
	shortcut(json, text(language, TEXT_nav_following), "/following");
	json_array_end(json);
	json_object_end(json);
}

static enum err get_manifest(struct ctx *cx, const struct req *req, struct resp *resp)
{
	struct buf body = buf_new(ANSWER_BYTES_MAX);
	struct json json = json_new(&body);
	manifest_json(text_language(cx, req), &json);
	resp->kind = BODY_BUF;
	resp->buf = body;
	resp_header(cx, resp, "Content-Type", STR("application/manifest+json"));
	resp_header(cx, resp, "Vary", STR("Accept-Language, Cookie"));
	return OK;
}

/* At the root, since a worker rules only what lies below its own address. */
static enum err get_worker(struct ctx *cx, const struct req *req, struct resp *resp)
{
	asset_answer(cx, req, asset_at(web_assets, STR("/sw.js")), resp);
	return OK;
}

const struct route install_routes[] = {
	{ GET, "/manifest.webmanifest", get_manifest, ANYONE, RATE_NONE, READ, 0, "The app's name and icons, for installing it.", NULL, NULL, NULL },
	{ GET, "/sw.js", get_worker, ANYONE, RATE_NONE, READ, 0, "The service worker: the app opens without a network.", NULL, NULL, NULL },
	{},
};

#include "api/node.h"

#include "api/locale_table.h"
#include "api/version.h"
#include "base/config.h"
#include "social/text.h"

static void limits_json(struct ctx *cx, struct json *json)
{
	json_object(json);
	json_key(json, "upload_bytes");
	json_i64(json, cx->config->media_upload_mib << 20);
	json_key(json, "clip_seconds");
	json_i64(json, cx->config->media_clip_seconds);
	json_key(json, "caption");
	json_i64(json, CAPTION_POINTS_MAX);
	json_key(json, "comment");
	json_i64(json, COMMENT_POINTS_MAX);
	json_key(json, "bio");
	json_i64(json, BIO_POINTS_MAX);
	json_key(json, "name");
	json_i64(json, NAME_POINTS_MAX);
	json_object_end(json);
}

void node_identity_json(struct ctx *cx, struct json *json)
{
	json_key(json, "place");
	json_text(json, cx->config->region_place);
	json_key(json, "jurisdiction");
	json_text(json, cx->config->region_jurisdiction);
	json_key(json, "operator");
	json_text(json, cx->config->region_operator_name);
}

void node_json(struct ctx *cx, struct json *json, int64_t demands, const struct demo_accounts *demo)
{
	json_object(json);
	json_key(json, "name");
	json_text(json, "Amanat");
	json_key(json, "version");
	json_text(json, AMANAT_VERSION);
	json_key(json, "region");
	json_text(json, cx->config->region_name);
	node_identity_json(cx, json);
	json_key(json, "sign_up");
	json_text(json, cx->config->accounts_sign_up);
	json_key(json, "languages");
	json_array(json);
	for (const struct catalogue *c = catalogues; c->code; c++)
		json_text(json, c->code);
	json_array_end(json);
	json_key(json, "limits");
	limits_json(cx, json);
	json_key(json, "demands");
	json_i64(json, demands);
	json_key(json, "demo");
	json_array(json);
	for (size_t i = 0; i < demo->count; i++)
		json_id(json, demo->ids[i]);
	json_array_end(json);
	json_object_end(json);
}

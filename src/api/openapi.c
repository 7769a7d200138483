#include "api/openapi.h"

#include <ctype.h>
#include <string.h>

#include "api/routes.h"
#include "api/schemas.h"
#include "api/version.h"
#include "base/json.h"



struct description {
	struct json json;
	struct schemas *schemas;
};

static bool is_described(const struct route *route)
{
	struct str path = str_of(route->path);
	return str_starts(path, STR("/api/")) || str_starts(path, STR("/media/")) || str_eq(path, STR("/healthz")) || str_eq(path, STR("/metrics"));
}

static void reference(struct json *json, const char *schema)
{
	AUTO(buf_free) struct buf path = buf_new(128);
	buf_printf(&path, "#/components/schemas/%s", schema);
	json_object(json);
	json_key(json, "$ref");
	json_string(json, buf_view(&path));
	json_object_end(json);
}

static void content(struct json *json, const char *type, const char *schema)
{
	json_key(json, type);
	json_object(json);
	json_key(json, "schema");
	reference(json, schema);
	json_object_end(json);
}

static void parameter(struct json *json, struct str name, const char *where, const char *about)
{
	json_object(json);
	json_key(json, "name");
	json_string(json, name);
	json_key(json, "in");
	json_text(json, where);
	json_key(json, "required");
	json_bool(json, strcmp(where, "path") == 0);
	if (about) {
		json_key(json, "description");
		json_text(json, about);
	}
	json_key(json, "schema");
	json_object(json);
	json_key(json, "type");
	json_text(json, "string");
	json_object_end(json);
	json_object_end(json);
}

static void parameters(struct description *d, const struct route *route)
{
	struct json *json = &d->json;
	const char *name, *about = NULL;
	struct str rest = str_of(route->path);
	json_key(json, "parameters");
	json_array(json);
	while (rest.n > 0) {
		struct str segment = str_cut(&rest, '/');
		if (str_starts(segment, STR("{")))
			parameter(json, (struct str){ segment.p + 1, segment.n - 2 }, "path", NULL);
	}
	if (route->gives && str_ends(str_of(route->gives), STR("Page")))
		parameter(json, STR("cursor"), "query", "`next` of the page before; absent for the first page.");
	for (size_t i = 0; route->gives && (name = schemas_query(d->schemas, route->gives, i, &about)) != NULL; i++)
		parameter(json, str_of(name), "query", about);
	json_array_end(json);
}

static void request_body(struct description *d, const struct route *route)
{
	struct json *json = &d->json;
	const char *type;
	json_key(json, "requestBody");
	json_object(json);
	json_key(json, "required");
	json_bool(json, true);
	json_key(json, "content");
	json_object(json);
	for (size_t i = 0; (type = schemas_content_type(d->schemas, route->takes, i)) != NULL; i++)
		content(json, type, route->takes);
	json_object_end(json);
	json_key(json, "x-bytes-max");
	json_i64(json, (int64_t)route->body_max);
	json_object_end(json);
}

static void response_of(struct json *json, const char *status, const char *reference)
{
	json_key(json, status);
	json_object(json);
	json_key(json, "$ref");
	json_text(json, reference);
	json_object_end(json);
}

static void responses(struct json *json, const struct route *route)
{
	json_key(json, "responses");
	json_object(json);
	json_key(json, "2XX");                 /* which of them, the operation decides */
	json_object(json);
	json_key(json, "description");
	json_text(json, "Done.");
	if (route->gives) {
		json_key(json, "content");
		json_object(json);
		content(json, "application/json", route->gives);
		json_object_end(json);
	}
	json_object_end(json);
	if (route->rate != RATE_NONE)
		response_of(json, "429", "#/components/responses/Later");
	response_of(json, "4XX", "#/components/responses/Problem");
	response_of(json, "503", "#/components/responses/Later");
	response_of(json, "5XX", "#/components/responses/Problem");
	json_object_end(json);
}

static void security(struct json *json, enum who who)
{
	static const char *const schemes[] = { "cookie", "bearer" };
	json_key(json, "security");
	json_array(json);
	if (who == ANYONE) {
		json_object(json);
		json_object_end(json);
	}
	for (size_t i = 0; i < 2; i++) {
		json_object(json);
		json_key(json, schemes[i]);
		json_array(json);
		json_array_end(json);
		json_object_end(json);
	}
	json_array_end(json);
	static const char *const roles[] = { [WHO_UNSET] = "", [ANYONE] = "anyone", [ACCOUNT] = "account", [MODERATOR] = "moderator",
		                             [OPERATOR] = "operator" };
	json_key(json, "x-who");
	json_text(json, roles[who]);
}

/* "get-videos-id-comments": method and path, without the prefix that all share. */
static void operation_id(struct json *json, const struct route *route)
{
	AUTO(buf_free) struct buf id = buf_new(256);
	struct str path = str_of(route->path);
	if (str_starts(path, STR("/api/v1")))
		path = str_from(path, 7);
	for (const char *m = method_name(route->method); *m; m++)
		buf_char(&id, (char)tolower((unsigned char)*m));
	for (size_t i = 0; i < path.n; i++) {
		char c = path.p[i];
		if (isalnum((unsigned char)c))
			buf_char(&id, c);
		else if (c != '}')
			buf_text(&id, c == '{' ? "" : "-");
	}
	json_key(json, "operationId");
	json_string(json, buf_view(&id));
	struct str tag = str_starts(path, STR("/")) ? str_from(path, 1) : path;
	tag = str_cut(&tag, '/');
	json_key(json, "tags");
	json_array(json);
	json_string(json, tag);
	json_array_end(json);
}

static void operation(struct description *d, const struct route *route)
{
	struct json *json = &d->json;
	AUTO(buf_free) struct buf method = buf_new(16);
	for (const char *m = method_name(route->method); *m; m++)
		buf_char(&method, (char)tolower((unsigned char)*m));
	json_key_str(json, buf_view(&method));
	json_object(json);
	operation_id(json, route);
	json_key(json, "summary");
	json_text(json, route->doc);
	security(json, route->who);
	parameters(d, route);
	if (route->takes)
		request_body(d, route);
	responses(json, route);
	json_object_end(json);
}

/* --- a path has its methods together, though its rows may lie in several tables --- */

static bool seen_before(const struct route *const *table, const struct route *row)
{
	for (const struct route *const *t = api_tables; t <= table; t++)
		for (const struct route *r = *t; r->path && r != row; r++)
			if (strcmp(r->path, row->path) == 0)
				return true;
	return false;
}

static void paths(struct description *d)
{
	json_key(&d->json, "paths");
	json_object(&d->json);
	for (const struct route *const *table = api_tables; *table; table++)
		for (const struct route *row = *table; row->path; row++) {
			if (!is_described(row) || seen_before(table, row))
				continue;
			json_key(&d->json, row->path);
			json_object(&d->json);
			for (const struct route *const *t = table; *t; t++)
				for (const struct route *r = *t == *table ? row : *t; r->path; r++)
					if (strcmp(r->path, row->path) == 0)
						operation(d, r);
			json_object_end(&d->json);
		}
	json_object_end(&d->json);
}

static void info(struct json *json)
{
	json_key(json, "openapi");
	json_text(json, "3.1.0");
	json_key(json, "info");
	json_raw(json, STR("{\"title\":\"Amanat\",\"version\":\"" AMANAT_VERSION "\",\"summary\":\"Short video, held in trust.\","
	                   "\"license\":{\"name\":\"AGPL-3.0-or-later\",\"identifier\":\"AGPL-3.0-or-later\"}}"));
	json_key(json, "servers");
	json_raw(json, STR("[{\"url\":\"/\"}]"));
}

static void components(struct json *json)
{
	json_key(json, "components");
	json_object(json);
	json_key(json, "securitySchemes");
	json_raw(json, STR("{\"cookie\":{\"type\":\"apiKey\",\"in\":\"cookie\",\"name\":\"amanat_session\","
	                   "\"description\":\"Over https its name is __Host-amanat_session.\"},"
	                   "\"bearer\":{\"type\":\"http\",\"scheme\":\"bearer\"}}"));
	json_key(json, "responses");
	json_raw(json, STR("{\"Problem\":{\"description\":\"What was wrong and what to do.\",\"content\":{\"application/problem+json\":"
	                   "{\"schema\":{\"$ref\":\"#/components/schemas/Problem\"}}}},"
	                   "\"Later\":{\"description\":\"Too often, or too much at this moment: nothing was changed. Ask again after so many seconds.\","
	                   "\"headers\":{\"Retry-After\":{\"required\":true,\"description\":\"Seconds; the body's retry_after.\","
	                   "\"schema\":{\"type\":\"integer\",\"minimum\":1}}},\"content\":{\"application/problem+json\":"
	                   "{\"schema\":{\"$ref\":\"#/components/schemas/Problem\"}}}}}"));
	json_key(json, "schemas");
	json_raw(json, str_of(api_schemas));
	json_object_end(json);
}

enum err openapi_write(struct ctx *cx, struct buf *out)
{
	AUTO(schemas_close) struct schemas *schemas = NULL;
	TRY(schemas_open(cx, &schemas));
	struct description d = { .json = json_new(out), .schemas = schemas };
	json_object(&d.json);
	info(&d.json);
	paths(&d);
	components(&d.json);
	json_object_end(&d.json);
	return OK;
}

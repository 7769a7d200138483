#include "api/schemas.h"

#include <jansson.h>

/* The library's own object stands behind our type: its header and base/json.h do not go together.  Names that both define
 * (json_object(), json_array(), json_string(), json_null()) are base's for the linker: they must not be called here. */
enum err schemas_open(struct ctx *cx, struct schemas **out)
{
	json_error_t error;
	json_t *schemas = json_loads(api_schemas, JSON_REJECT_DUPLICATES, &error);
	if (!schemas)
		return fail(cx, E_IO, "schemas.json: line %d: %s", error.line, error.text);
	*out = (struct schemas *)schemas;
	return OK;
}

void schemas_close(struct schemas **schemas)
{
	if (!schemas || !*schemas)
		return;
	json_decref((json_t *)*schemas);
	*schemas = NULL;
}

const char *schemas_content_type(const struct schemas *schemas, const char *schema, size_t nth)
{
	const json_t *types = json_object_get(json_object_get((const json_t *)schemas, schema), "x-content-types");
	if (!types)
		return nth == 0 ? "application/json" : NULL;
	return json_string_value(json_array_get(types, nth));
}

const char *schemas_query(const struct schemas *schemas, const char *schema, size_t nth, const char **about)
{
	json_t *query = json_object_get(json_object_get((const json_t *)schemas, schema), "x-query");
	void *at = json_object_iter(query);
	for (size_t i = 0; at && i < nth; i++)
		at = json_object_iter_next(query, at);
	if (!at)
		return NULL;
	*about = json_string_value(json_object_iter_value(at));
	return json_object_iter_key(at);
}

#include "api/body.h"

#include <assert.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#define DEPTH_MAX 8
#define PATH_BYTES 96

static void json_free(json_t **json)
{
	json_decref(*json);
}

static enum err wrong(struct ctx *cx, const char *path, const struct body_field *field)
{
	char expected[80];
	switch (field->kind) {
	case BODY_TEXT:
		snprintf(expected, sizeof expected, "a text%s", field->nullable ? " or null" : "");
		break;
	case BODY_ID:
		snprintf(expected, sizeof expected, "an id, written as a string of digits");
		break;
	case BODY_WHOLE:
		snprintf(expected, sizeof expected, "a whole number from %" PRId64 " to %" PRId64, field->least, field->most);
		break;
	case BODY_FLAG:
		snprintf(expected, sizeof expected, "true or false");
		break;
	case BODY_TEXTS:
		snprintf(expected, sizeof expected, "a list of at most %" PRId64 " texts", field->most);
		break;
	case BODY_OBJECTS:
		snprintf(expected, sizeof expected, "a list of at most %" PRId64 " objects", field->most);
		break;
	}
	return fail_as(cx, E_INVALID, "wrong-type", "\"%s\" must be %s.", path, expected);
}

static struct str text_of(struct ctx *cx, const json_t *value)
{
	return arena_copy(&cx->mem, (struct str){ json_string_value(value), json_string_length(value) });
}

static enum err read_object(struct ctx *, json_t *, const char *path, const struct body_field *, char *out);

static enum err read_texts(struct ctx *cx, json_t *value, const char *path, const struct body_field *field, struct body_list *out)
{
	size_t count = json_array_size(value);
	if (!json_is_array(value) || count > (size_t)field->most)
		return wrong(cx, path, field);
	struct str *items = arena_new(&cx->mem, struct str, count + 1);
	for (size_t i = 0; i < count; i++) {
		const json_t *item = json_array_get(value, i);
		if (!json_is_string(item))
			return wrong(cx, path, field);
		items[i] = text_of(cx, item);
	}
	*out = (struct body_list){ items, count };
	return OK;
}

static enum err read_objects(struct ctx *cx, json_t *value, const char *path, const struct body_field *field, struct body_list *out)
{
	size_t count = json_array_size(value);
	if (!json_is_array(value) || count > (size_t)field->most)
		return wrong(cx, path, field);
	char *items = arena_alloc(&cx->mem, count + 1, field->item_bytes);
	for (size_t i = 0; i < count; i++) {
		char inner[PATH_BYTES];
		snprintf(inner, sizeof inner, "%.60s[%zu]", path, i);
		TRY(read_object(cx, json_array_get(value, i), inner, field->fields, items + i * field->item_bytes));
	}
	*out = (struct body_list){ items, count };
	return OK;
}

static enum err read_id(struct ctx *cx, const json_t *value, const char *path, const struct body_field *field, int64_t *out)
{
	if (!json_is_string(value))
		return wrong(cx, path, field);
	if (!id_parse((struct str){ json_string_value(value), json_string_length(value) }, out))
		return wrong(cx, path, field);
	return OK;
}

static enum err read_whole(struct ctx *cx, const json_t *value, const char *path, const struct body_field *field, int64_t *out)
{
	if (!json_is_integer(value))
		return wrong(cx, path, field);
	int64_t number = json_integer_value(value);
	if (number < field->least || number > field->most)
		return wrong(cx, path, field);
	*out = number;
	return OK;
}

static enum err read_value(struct ctx *cx, json_t *value, const char *path, const struct body_field *field, char *at)
{
	switch (field->kind) {
	case BODY_TEXT:
		if (field->nullable && json_is_null(value)) {
			*(struct str *)(void *)at = STR("");
			return OK;
		}
		if (!json_is_string(value))
			return wrong(cx, path, field);
		*(struct str *)(void *)at = text_of(cx, value);
		return OK;
	case BODY_ID:
		return read_id(cx, value, path, field, (int64_t *)(void *)at);
	case BODY_WHOLE:
		return read_whole(cx, value, path, field, (int64_t *)(void *)at);
	case BODY_FLAG:
		if (!json_is_boolean(value))
			return wrong(cx, path, field);
		*(bool *)at = json_is_true(value);
		return OK;
	case BODY_TEXTS:
		return read_texts(cx, value, path, field, (struct body_list *)(void *)at);
	case BODY_OBJECTS:
		return read_objects(cx, value, path, field, (struct body_list *)(void *)at);
	}
	assert(!"a field's kind is one of the list");
	return OK;
}

static void list_names(const struct body_field *fields, char *out, size_t bytes)
{
	size_t n = 0;
	out[0] = '\0';
	for (; fields->name && n + 1 < bytes; fields++) {
		int written = snprintf(out + n, bytes - n, "%s%s", n > 0 ? ", " : "", fields->name);
		n += written > 0 ? (size_t)written : 0;
	}
}

static const struct body_field *find(const struct body_field *fields, const char *name)
{
	for (; fields->name; fields++)
		if (strcmp(fields->name, name) == 0)
			return fields;
	return NULL;
}

static enum err read_object(struct ctx *cx, json_t *object, const char *path, const struct body_field *fields, char *out)
{
	if (!json_is_object(object))
		return fail_as(cx, E_INVALID, "wrong-type", "%s must be an object, { ... }.", path[0] ? path : "The body");
	const char *separator = path[0] ? "." : "";
	const char *name;
	json_t *value;
	json_object_foreach(object, name, value) {
		char inner[PATH_BYTES];
		const struct body_field *field = find(fields, name);
		if (!field) {
			char names[120];
			list_names(fields, names, sizeof names);
			return fail_as(cx, E_INVALID, "unknown-field", "%s has a field that is not known here; known are: %s.",
			               path[0] ? path : "The body", names[0] ? names : "none");
		}
		snprintf(inner, sizeof inner, "%.60s%s%s", path, separator, field->name);
		TRY(read_value(cx, value, inner, field, out + field->offset));
	}
	for (; fields->name; fields++)
		if (fields->needed && !json_object_get(object, fields->name))
			return fail_as(cx, E_INVALID, "missing-field", "\"%.60s%s%s\" is missing.", path, separator, fields->name);
	return OK;
}

/* The library's own limit is far above ours. */
static bool too_deep(struct str text)
{
	int depth = 0;
	bool quoted = false;
	for (size_t i = 0; i < text.n; i++) {
		char c = text.p[i];
		if (quoted && c == '\\')
			i++;
		else if (c == '"')
			quoted = !quoted;
		else if (!quoted && (c == '{' || c == '['))
			depth++;
		else if (!quoted && (c == '}' || c == ']'))
			depth--;
		if (depth > DEPTH_MAX)
			return true;
	}
	return false;
}

enum err body_parse(struct ctx *cx, struct str text, const struct body_field *fields, void *out, size_t bytes)
{
	memset(out, 0, bytes);
	if (too_deep(text))
		return fail_as(cx, E_INVALID, "too-deep", "The body is nested more than %d deep.", DEPTH_MAX);
	json_error_t error;
	AUTO(json_free) json_t *body = json_loadb(text.p, text.n, JSON_REJECT_DUPLICATES, &error);
	if (!body)
		return fail_as(cx, E_INVALID, "not-json", "The body is not JSON: line %d, column %d. Send one UTF-8 object, { ... }.",
		               error.line, error.column);
	return read_object(cx, body, "", fields, out);
}

enum err body_read(struct ctx *cx, const struct req *req, const struct body_field *fields, void *out, size_t bytes)
{
	struct str rest = req_header(cx, req, "Content-Type");
	struct str type = str_trim(str_cut(&rest, ';'));
	if (!str_eq_ci(type, STR("application/json")))
		return fail_as(cx, E_INVALID, "not-json", "Send the body with Content-Type: application/json.");
	return body_parse(cx, req->body, fields, out, bytes);
}

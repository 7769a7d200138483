/* What the route tables promise: no column unset, every schema that they name is there, and none is there for nothing. */
#include <jansson.h>
#include <string.h>

#include "api/routes.h"
#include "api/schemas.h"
#include "tap.h"

static bool is_interface(const struct route *route)
{
	return strncmp(route->path, "/api/", 5) == 0;
}

static bool is_complete(const struct route *route)
{
	return route->method != METHOD_UNSET && route->run && route->who != WHO_UNSET && route->rate != RATE_UNSET &&
	       route->how != RUN_UNSET && route->doc && route->doc[0];
}

TEST(no_row_leaves_a_column_unset)
{
	for (const struct route *const *table = api_tables; *table; table++)
		for (const struct route *route = *table; route->path; route++)
			if (!EXPECT(is_complete(route)))
				printf("# %s %s\n", method_name(route->method), route->path);
}

TEST(a_row_that_takes_a_body_says_which)
{
	for (const struct route *const *table = api_tables; *table; table++)
		for (const struct route *route = *table; route->path; route++)
			if (is_interface(route) && !EXPECT(!route->takes || route->body_max > 0))
				printf("# %s %s\n", method_name(route->method), route->path);
}

TEST(what_changes_something_does_not_run_on_an_event_thread)
{
	for (const struct route *const *table = api_tables; *table; table++)
		for (const struct route *route = *table; route->path; route++) {
			bool safe = route->method == GET || route->method == HEAD || route->method == OPTIONS;
			/* Asks with a body, so that what a client remembers stands in no URL; its handler has no writer. */
			safe |= route->method == POST && strcmp(route->path, "/api/v1/feed") == 0;
			if (!EXPECT(safe || (route->how != READ && route->how != READ_KEPT)))
				printf("# %s %s\n", method_name(route->method), route->path);
		}
}

TEST(only_what_anyone_may_read_is_kept)
{
	for (const struct route *const *table = api_tables; *table; table++)
		for (const struct route *route = *table; route->path; route++)
			if (!EXPECT(route->how != READ_KEPT || (route->method == GET && route->who == ANYONE)))
				printf("# %s %s\n", method_name(route->method), route->path);
}

static void mark(json_t *schemas, json_t *used, const char *name);

/* Every "$ref" below. */
static void mark_references(json_t *schemas, json_t *used, json_t *value)
{
	const char *key;
	json_t *member;
	size_t index;
	const char prefix[] = "#/components/schemas/";
	json_object_foreach(value, key, member) {
		const char *target = json_string_value(member);
		if (strcmp(key, "$ref") == 0 && target && EXPECT(strncmp(target, prefix, sizeof prefix - 1) == 0))
			mark(schemas, used, target + sizeof prefix - 1);
		mark_references(schemas, used, member);
	}
	json_array_foreach(value, index, member)
		mark_references(schemas, used, member);
}

static void mark(json_t *schemas, json_t *used, const char *name)
{
	json_t *schema = json_object_get(schemas, name);
	if (!EXPECT(schema)) {
		printf("# there is no schema %s\n", name);
		return;
	}
	if (json_object_get(used, name))
		return;
	json_object_set_new(used, name, json_true());
	mark_references(schemas, used, schema);
}

TEST(each_schema_that_is_named_exists_and_each_that_exists_is_named)
{
	json_t *schemas = json_loads(api_schemas, JSON_REJECT_DUPLICATES, NULL);
	json_t *used = json_loads("{}", 0, NULL);       /* json_object() is base/json.h's name too, and the linker takes that */
	CHECK(schemas);
	mark(schemas, used, "Problem");
	for (const struct route *const *table = api_tables; *table; table++)
		for (const struct route *route = *table; route->path; route++) {
			if (route->takes)
				mark(schemas, used, route->takes);
			if (route->gives)
				mark(schemas, used, route->gives);
		}
	const char *name;
	json_t *schema;
	json_object_foreach(schemas, name, schema)
		if (!EXPECT(json_object_get(used, name)))
			printf("# nothing names schema %s\n", name);
	json_decref(schemas);
	json_decref(used);
}

int main(void)
{
	RUN(no_row_leaves_a_column_unset);
	RUN(a_row_that_takes_a_body_says_which);
	RUN(what_changes_something_does_not_run_on_an_event_thread);
	RUN(only_what_anyone_may_read_is_kept);
	RUN(each_schema_that_is_named_exists_and_each_that_exists_is_named);
	return tap_end();
}

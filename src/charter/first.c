/* The first charter: the shipped text (first.json), with a node's places in it. */
#include "charter/charter.h"

#include "base/json.h"

extern const char charter_first_text[];        /* made by tools/embed.c */

#define DAY_BYTES 10

static void put_home(struct json *json, const struct charter_places *places)
{
	json_array(json);
	json_object(json);
	json_key(json, "region");
	json_string(json, places->region);
	json_key(json, "state");
	json_string(json, places->home);
	json_object_end(json);
	json_array_end(json);
}

static void put_owner(struct json *json, const struct charter_places *places)
{
	if (!places->owner_stated) {
		json_null(json);
		return;
	}
	json_array(json);
	for (size_t i = 0; i < places->owner_count; i++)
		json_string(json, places->owners[i]);
	json_array_end(json);
}

/* A placeholder stands in quotes, so that the text is JSON without its places, too. */
static void put(const struct charter_places *places, struct str issued, struct str placeholder, struct buf *out)
{
	struct json json = json_new(out);
	if (str_eq(placeholder, STR("NAME")))
		json_string(&json, places->name);
	else if (str_eq(placeholder, STR("ISSUED")))
		json_string(&json, issued);
	else if (str_eq(placeholder, STR("HOME")))
		put_home(&json, places);
	else if (str_eq(placeholder, STR("OWNER")))
		put_owner(&json, places);
}

enum err charter_first(struct ctx *cx, const struct charter_places *places, int64_t issued_us, struct buf *out)
{
	AUTO(buf_free) struct buf text = buf_new(CHARTER_BYTES_MAX);
	struct str rest = str_of(charter_first_text);
	struct charter charter;
	char issued[RFC3339_BYTES];
	time_rfc3339(issued_us, issued);
	while (rest.n) {
		const struct str plain = str_cut(&rest, '@'), placeholder = str_cut(&rest, '@');
		if (placeholder.n == 0) {
			buf_str(&text, plain);
			break;
		}
		buf_bytes(&text, plain.p, plain.n - 1);        /* without the quote before it, and the one behind */
		put(places, (struct str){ issued, DAY_BYTES }, placeholder, &text);
		rest = str_from(rest, 1);
	}
	if (text.failed)
		return fail_as(cx, E_INVALID, "charter-invalid", "the node's places are too long for a charter");
	TRY(charter_parse(cx, buf_view(&text), &charter));
	buf_str(out, buf_view(&text));
	return OK;
}

#include "base/json.h"
#include "feed/feed.h"
#include "social/video_json.h"

const char *feed_reason_code(enum feed_reason reason)
{
	static const char *const codes[] = { [FEED_FRESH] = "fresh", [FEED_LIKED] = "liked", [FEED_FOLLOWED] = "followed" };
	return codes[reason];
}

static void item_json(struct json *json, const struct feed_item *item)
{
	const char *const code = feed_reason_code(item->reason);
	json_object(json);
	/* Members that are JSON already: what follows needs its comma. */
	buf_str(json->out, item->json);
	json->not_first |= UINT32_C(1) << json->depth;
	video_json_personal(json, item->liked, item->saved, item->following);
	json_key(json, "reason");
	json_object(json);
	json_key(json, "code");
	json_text(json, code);
	json_key(json, "text_key");
	char key[32] = "feed.reason.";
	size_t n = sizeof "feed.reason." - 1;
	for (const char *p = code; *p; p++)
		key[n++] = *p;
	json_string(json, (struct str){ .p = key, .n = n });
	json_object_end(json);
	json_object_end(json);
}

void feed_page_json(const struct feed_page *page, struct buf *out)
{
	struct json json = json_new(out);
	json_object(&json);
	json_key(&json, "items");
	json_array(&json);
	for (unsigned i = 0; i < page->count; i++)
		item_json(&json, &page->items[i]);
	json_array_end(&json);
	json_key(&json, "next");
	if (page->next.n)
		json_string(&json, page->next);
	else
		json_null(&json);
	json_object_end(&json);
}

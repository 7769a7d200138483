#include "base/json.h"
#include "feed/feed.h"
#include "social/video_json.h"

const char *feed_reason_code(enum feed_reason reason)
{
	static const char *const codes[] = {
		[FEED_FRESH] = "fresh", [FEED_LIKED] = "liked", [FEED_FOLLOWED] = "followed", [FEED_WATCHED] = "watched",
		[FEED_ENJOYED] = "enjoyed", [FEED_ASKED] = "asked", [FEED_LANGUAGE] = "language", [FEED_VARIETY] = "variety",
		[FEED_OTHER_LANGUAGE] = "other_language",
	};
	return codes[reason];
}

static void put_text(char *out, size_t room, size_t *n, const char *text)
{
	for (; *text && *n < room; text++)
		out[(*n)++] = *text;
}

/* The key of its text; what a reason is about has a text of its own. */
static void reason_json(struct json *json, const struct feed_item *item)
{
	static const char *const kinds[] = { [KIND_CREATOR] = "creator", [KIND_HASHTAG] = "hashtag", [KIND_LANGUAGE] = "language" };
	const bool about = item->reason == FEED_WATCHED || item->reason == FEED_ENJOYED || item->reason == FEED_ASKED;
	const char *const code = feed_reason_code(item->reason);
	char key[48];
	size_t n = 0;
	put_text(key, sizeof key, &n, "feed.reason.");
	put_text(key, sizeof key, &n, code);
	json_object(json);
	json_key(json, "code");
	json_text(json, code);
	if (about) {
		put_text(key, sizeof key, &n, ".");
		put_text(key, sizeof key, &n, kinds[item->about]);
		json_key(json, "about");
		json_text(json, kinds[item->about]);
	}
	if (about && item->about == KIND_HASHTAG) {
		json_key(json, "name");
		json_string(json, item->name);
	}
	json_key(json, "text_key");
	json_string(json, (struct str){ .p = key, .n = n });
	json_object_end(json);
}

static void item_json(struct json *json, const struct feed_item *item)
{
	json_object(json);
	/* Members that are JSON already: what follows needs its comma. */
	buf_str(json->out, item->json);
	json->not_first |= UINT32_C(1) << json->depth;
	video_json_personal(json, item->liked, item->saved, item->following);
	json_key(json, "reason");
	reason_json(json, item);
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

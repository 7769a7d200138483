/* A request's body: whatever it is, it is read into the fields or refused with a slug; nothing else happens. */
#include "api/body.h"
#include "fuzz.h"

struct item {
	int64_t video, watched;
	bool completed;
};
struct all {
	struct str words, maybe;
	int64_t id, number;
	bool flag;
	struct body_list names, items;
};
static const struct body_field item_fields[] = {
	{ .name = "video", .kind = BODY_ID, .offset = offsetof(struct item, video), .needed = true },
	{ .name = "watched", .kind = BODY_WHOLE, .offset = offsetof(struct item, watched), .least = 0, .most = 10 },
	{ .name = "completed", .kind = BODY_FLAG, .offset = offsetof(struct item, completed) },
	{},
};
static const struct body_field fields[] = {
	{ .name = "words", .kind = BODY_TEXT, .offset = offsetof(struct all, words), .needed = true },
	{ .name = "maybe", .kind = BODY_TEXT, .offset = offsetof(struct all, maybe), .nullable = true },
	{ .name = "id", .kind = BODY_ID, .offset = offsetof(struct all, id) },
	{ .name = "number", .kind = BODY_WHOLE, .offset = offsetof(struct all, number), .least = -5, .most = 5 },
	{ .name = "flag", .kind = BODY_FLAG, .offset = offsetof(struct all, flag) },
	{ .name = "names", .kind = BODY_TEXTS, .offset = offsetof(struct all, names), .most = 16 },
	{ .name = "items", .kind = BODY_OBJECTS, .offset = offsetof(struct all, items), .most = 16, .fields = item_fields,
	  .item_bytes = sizeof(struct item) },
	{},
};

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	struct all all;
	if (n > 65536)
		return 0;
	if (body_parse(&cx, (struct str){ .p = (const char *)bytes, .n = n }, fields, &all, sizeof all) != OK) {
		assert(cx.failure.code == E_INVALID && cx.failure.slug && str_utf8(str_of(cx.failure.text)));
		return 0;
	}
	assert(all.words.p && str_utf8(all.words) && all.id >= 0 && all.number >= -5 && all.number <= 5);
	assert(all.names.count <= 16 && all.items.count <= 16);
	const struct item *items = all.items.items;
	for (size_t i = 0; i < all.items.count; i++)
		assert(items[i].video > 0 && items[i].watched >= 0 && items[i].watched <= 10);
	return 0;
}

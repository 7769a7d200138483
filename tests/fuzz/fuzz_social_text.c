/* What people write: names, captions, handles.  The first byte chooses the rule. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "social/text.h"

static void check_text(struct ctx *cx, const struct text_rule *rule, struct str text)
{
	struct str clean, again;
	if (text_clean(cx, rule, text, &clean) != OK) {
		assert(strcmp(cx->failure.slug, rule->slug) == 0 && cx->failure.text[0] != 0);
		return;
	}
	assert(str_utf8(clean) && str_code_points(clean) <= rule->points_max);
	for (size_t i = 0; i < clean.n; i++)
		assert((unsigned char)clean.p[i] >= ' ' || (clean.p[i] == '\n' && rule->lines));
	assert(text_clean(cx, rule, clean, &again) == OK && str_eq(clean, again));
}

static void check_handle(struct ctx *cx, struct str text)
{
	struct str handle, again;
	if (handle_clean(cx, text, &handle) == OK)
		assert(handle_clean(cx, handle, &again) == OK && str_eq(handle, again) && str_eq_ci(handle, text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t n)
{
	if (n == 0)
		return 0;
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	const struct str text = { .p = (const char *)data + 1, .n = n - 1 };
	switch (data[0] % 5) {
	case 0:
		check_text(&cx, &TEXT_NAME, text);
		break;
	case 1:
		check_text(&cx, &TEXT_COMMENT, text);
		break;
	case 2:
		check_text(&cx, &TEXT_CAPTION, text);
		break;
	case 3:
		check_handle(&cx, text);
		break;
	default:
		(void)!language_check(&cx, text, true);
		(void)!password_check(&cx, text, STR("asha"));
	}
	return 0;
}

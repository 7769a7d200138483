/* A log's entries, a line each, as a reader who does not trust them takes them: out of bundles, told, held against the charter, reported. */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "verify/bundle.h"
#include "verify/verify.h"

#define REPORT_BYTES_MAX ((size_t)4 << 20)

static void tell(struct ctx *cx, struct story *story, const struct bundle *bundle)
{
	for (unsigned i = 0; i < bundle->count; i++)
		if (!bundle->valid[i])
			story_malformed(story, bundle->why[i]);
		else if (story_entry(cx, story, &bundle->entries[i]) != OK)
			return;
}

/* "LINE\nLINE\n..." as a bundle; where that is one already (no newline in it), as it is. */
static void fill(struct bundle *bundle, struct str text)
{
	if (!memchr(text.p, '\n', text.n))
		buf_str(&bundle->bytes, text);
	for (unsigned i = 0; memchr(text.p, '\n', text.n) && i < TILE_WIDTH; i++) {
		const struct str line = str_cut(&text, '\n');
		if (line.n <= ENTRY_BYTES_MAX)
			bundle_add(line, &bundle->bytes);
	}
}

static void report(struct ctx *cx, struct story *story, const struct findings *found)
{
	AUTO(findings_free) struct findings late = {};
	AUTO(buf_free) struct buf text = buf_new(REPORT_BYTES_MAX);
	struct verify_report out = { .checkpoint.origin = STR(""), .story = story, .found = found, .late = &late, .state_file = "" };
	out.open = story_close(story, INT64_C(4102444800) * SECOND_US, &late);
	verify_report_text(cx, &out, &text);
	buf_free(&text);
	verify_report_json(cx, &out, &text);
	assert(!text.failed);
	assert(out.open.demands_overdue <= out.open.demands && out.open.opaque_overdue <= out.open.opaque && out.open.holds_overdue <= out.open.holds);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	AUTO(source_close) struct source *source = NULL;
	AUTO(findings_free) struct findings found = {};
	AUTO(story_free) struct story *story = NULL;
	struct bundle *const bundle = calloc(1, sizeof *bundle);
	if (n == 0 || !bundle || source_open(&cx, STR("/"), true, &source) != OK) {
		free(bundle);
		return 0;
	}
	story = story_new(source, &found);
	story->origin = STR("amanat/test");
	bundle->bytes = buf_new(BUNDLE_BYTES_MAX);
	bundle->width = TILE_WIDTH;
	fill(bundle, (struct str){ (const char *)bytes, n });
	bundle_read(bundle);
	tell(&cx, story, bundle);
	report(&cx, story, &found);
	buf_free(&bundle->bytes);
	free(bundle);
	return 0;
}

#include "feed/kinds.h"

#include <stdlib.h>
#include <string.h>

#include "feed/interest.h"
#include "social/hashtag.h"

struct kinds kinds_new(struct buf *names)
{
	return (struct kinds){ .names = names };
}

void kinds_free(struct kinds *kinds)
{
	free(kinds->marks);
	kinds->marks = NULL;
}

static void add_mark(struct kinds *kinds, int64_t kind, struct str name)
{
	if (kinds->count == kinds->room) {
		kinds->room = kinds->room ? 2 * kinds->room : 4096;
		kinds->marks = realloc(kinds->marks, kinds->room * sizeof kinds->marks[0]);
		if (!kinds->marks)
			abort();
	}
	kinds->marks[kinds->count++] = (struct kind_mark){
		.kind = kind, .candidate = kinds->candidates, .name_at = (uint32_t)kinds->names->n, .name_n = (uint32_t)name.n,
	};
	buf_str(kinds->names, name);
}

enum err kinds_add(struct ctx *cx, struct kinds *kinds, const struct video *video)
{
	struct hashtags tags = { .count = 0 };
	const struct str caption = video->caption;
	/* Folding is most of the work; the wide # (U+FF03) folds to the plain one. */
	if (caption.n && (memchr(caption.p, '#', caption.n) || memmem(caption.p, caption.n, "\xEF\xBC\x83", 3)))
		TRY(hashtags_parse(cx, caption, &tags));
	add_mark(kinds, video->account, STR(""));
	for (size_t i = 0; i < tags.count && i < CLIP_TAGS_MAX; i++)
		add_mark(kinds, hashtag_id(tags.names[i]), tags.names[i]);
	kinds->candidates++;
	return OK;
}

static int by_kind(const void *a, const void *b)
{
	const struct kind_mark *const one = a, *const two = b;
	if (one->kind != two->kind)
		return one->kind < two->kind ? -1 : 1;
	return (one->candidate > two->candidate) - (one->candidate < two->candidate);
}

enum err kinds_place(struct ctx *cx, struct kinds *kinds, struct pool *pool)
{
	if (kinds->count == 0)
		return OK;
	qsort(kinds->marks, kinds->count, sizeof kinds->marks[0], by_kind);
	pool->kinds = calloc(kinds->count, sizeof pool->kinds[0]);
	pool->at = calloc(kinds->count, sizeof pool->at[0]);
	if (!pool->kinds || !pool->at)
		return fail(cx, E_IO, "no memory");
	for (size_t i = 0; i < kinds->count; i++) {
		const struct kind_mark *const mark = &kinds->marks[i];
		if (i == 0 || mark->kind != mark[-1].kind)
			pool->kinds[pool->kind_count++] = (struct pool_kind){
				.kind = mark->kind, .from = (uint32_t)i, .name = mark->name_n
					? (struct str){ .p = pool->names.p + mark->name_at, .n = mark->name_n } : STR(""),
			};
		pool->kinds[pool->kind_count - 1].count++;
		pool->at[i] = mark->candidate;
	}
	return OK;
}

static int compare_kind(const void *key, const void *element)
{
	const int64_t kind = *(const int64_t *)key;
	const struct pool_kind *const other = element;
	return (kind > other->kind) - (kind < other->kind);
}

const struct pool_kind *pool_kind(const struct pool *pool, int64_t kind)
{
	return pool->kind_count ? bsearch(&kind, pool->kinds, pool->kind_count, sizeof pool->kinds[0], compare_kind) : NULL;
}

static int compare_candidate(const void *a, const void *b)
{
	const uint32_t one = *(const uint32_t *)a, two = *(const uint32_t *)b;
	return (one > two) - (one < two);
}

bool pool_kind_has(const struct pool *pool, const struct pool_kind *kind, uint32_t candidate)
{
	return bsearch(&candidate, pool->at + kind->from, kind->count, sizeof pool->at[0], compare_candidate) != NULL;
}

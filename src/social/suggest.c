#include "social/suggest.h"

#include "social/find.h"
#include "social/suggest.sql.h"

#define HANDLE_MAX 30

enum err suggest_hashtags(struct ctx *cx, struct str begun, struct suggestions *out)
{
	const struct find_ask ask = { .query = begun, .cursor = STR("") };
	struct found found;
	TRY(find_hashtags(cx, &ask, &found));
	*out = (struct suggestions){ .hashtags = found.hashtags, .count = found.count < SUGGEST_MAX ? found.count : SUGGEST_MAX };
	return OK;
}

/* In lower case; "" when no handle begins so. */
static struct str handle_begun(struct ctx *cx, struct str begun)
{
	char *lower = arena_alloc(&cx->mem, begun.n + 1, 1);
	if (begun.n > HANDLE_MAX)
		return STR("");
	for (size_t i = 0; i < begun.n; i++) {
		const char c = begun.p[i];
		lower[i] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
		if (!((lower[i] >= 'a' && lower[i] <= 'z') || (c >= '0' && c <= '9') || c == '_' || c == '.'))
			return STR("");
	}
	return (struct str){ .p = lower, .n = begun.n };
}

static enum err by_handle(struct ctx *cx, struct str begun, int64_t *ids, size_t *count)
{
	const struct str from = handle_begun(cx, begun);
	if (from.n == 0)
		return OK;
	/* above every character of a handle */
	const struct str end = arena_printf(&cx->mem, STR_FMT "~", STR_ARG(from));
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_suggest_handles, &rows, TEXT(from), TEXT(end), I64(SUGGEST_MAX)));
	while (*count < SUGGEST_MAX && rows_next(rows))
		ids[(*count)++] = rows_i64(rows, 0);
	return rows_status(rows);
}

static bool has(const struct profile_short *people, size_t count, int64_t id)
{
	for (size_t i = 0; i < count; i++)
		if (people[i].id == id)
			return true;
	return false;
}

enum err suggest_people(struct ctx *cx, struct str begun, struct suggestions *out)
{
	const struct find_ask ask = { .query = begun, .cursor = STR("") };
	int64_t ids[SUGGEST_MAX];
	size_t count = 0;
	struct profile_page first;
	struct found found;
	TRY(find_people(cx, &ask, &found));
	TRY(by_handle(cx, begun, ids, &count));
	TRY(profile_list_by_ids(cx, ids, count, &first));
	TRY(find_leave_out_blocked(cx, &first));
	struct suggestions all = { .people = arena_new(&cx->mem, struct profile_short, SUGGEST_MAX) };
	for (size_t i = 0; i < first.count; i++)
		all.people[all.count++] = first.items[i];
	for (size_t i = 0; i < found.count && all.count < SUGGEST_MAX; i++)
		if (!has(all.people, all.count, found.people[i].id))
			all.people[all.count++] = found.people[i];
	*out = all;
	return OK;
}

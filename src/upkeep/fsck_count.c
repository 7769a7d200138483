/* Counts against rows, where the rows do not come in the order of what they count for: twenty million likes are not sorted in
 * memory for that.  The subjects of one window are held, with a number each, and the rows are read past them. */
#include <stdlib.h>

#include "upkeep/inside.h"

#define WINDOW 2'000'000                       /* subjects held at once: 48 MB; beyond them the rows are read again */

struct subject {
	int64_t id, told, counted;
};
struct window {
	struct subject *items;
	size_t count;
};

static void window_free(struct window *window)
{
	free(window->items);
}

static enum err read_window(struct ctx *cx, const struct stmt *q, int64_t after, struct window *window)
{
	AUTO(rows_close) struct rows *rows = NULL;
	const struct val vals[] = { I64(after), I64(WINDOW) };
	size_t room = 0;
	TRY(db_query_(cx, q, &rows, 2, vals));
	for (window->count = 0; window->count < WINDOW && rows_next(rows); window->count++) {
		if (window->count >= room) {
			room = room ? 2 * room : 4096;
			struct subject *const items = realloc(window->items, room * sizeof *items);
			if (!items)
				abort();
			window->items = items;
		}
		window->items[window->count] = (struct subject){ .id = rows_i64(rows, 0), .told = rows_i64(rows, 1) };
	}
	return rows_status(rows);
}

/* What is not in the window is another's: counted there, or it stands no more. */
static struct subject *find(const struct window *window, int64_t id)
{
	size_t low = 0, high = window->count;
	while (low < high) {
		const size_t middle = (low + high) / 2;
		if (window->items[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low < window->count && window->items[low].id == id ? &window->items[low] : NULL;
}

static enum err count_rows(struct fsck *fsck, struct ctx *cx, const struct stmt *q, const struct window *window)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query_(cx, q, &rows, 0, NULL));
	for (; rows_next(rows); fsck->looked++) {
		struct subject *const subject = find(window, rows_i64(rows, 0));
		if (subject)
			subject->counted++;
	}
	return rows_status(rows);
}

enum err fsck_count(struct fsck *fsck, struct ctx *cx)
{
	const struct invariant *const invariant = fsck->invariant;
	AUTO(window_free) struct window window = { .items = NULL };
	int64_t after = INT64_MIN;
	do {
		TRY(read_window(cx, invariant->a, after, &window));
		if (window.count == 0)
			return OK;
		TRY(count_rows(fsck, cx, invariant->b, &window));
		for (size_t i = 0; i < window.count; i++) {
			const struct subject *const subject = &window.items[i];
			if (invariant->kind == CHECK_COUNTED_AT_LEAST ? subject->told < subject->counted : subject->told != subject->counted)
				fsck_tell(fsck, subject->id, "");
		}
		after = window.items[window.count - 1].id;
	} while (window.count == WINDOW);
	return OK;
}

#include "social/marks.h"

#include <assert.h>

#include "social/batch.h"

enum err marks_read(struct ctx *cx, const struct stmt *statement, int64_t before, size_t max, struct marks *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	const struct val vals[] = { I64(cx->actor.grant.person), before_id(before), I64((int64_t)max) };
	struct marks marks = { .count = 0 };
	int64_t last = 0;
	assert(max <= PAGE_IDS_MAX);
	if (cx->actor.account == 0) {
		*out = marks;
		return OK;
	}
	TRY(db_query_(cx, statement, &rows, 3, vals));
	while (marks.count < max && rows_next(rows)) {
		last = rows_i64(rows, 0);
		marks.subjects[marks.count++] = rows_i64(rows, 1);
	}
	TRY(rows_status(rows));
	marks.next = marks.count == max ? last : 0;
	*out = marks;
	return OK;
}

/* The desk's rows: demands and their papers. */
#include <assert.h>

#include "custody/custody.h"
#include "docket/demand.sql.h"
#include "docket/inside.h"
#include "social/batch.h"

#define EXPAND_ROW "docket/demand.def"
#define EXPAND_PERSON 0
#define EXPAND_ID row->id
#include "store/expand.h"

struct demand_paper {
#define EXPAND_STRUCT "docket/demand_paper.def"
#include "store/expand.h"
};
#define EXPAND_ROW "docket/demand_paper.def"
#define EXPAND_PERSON 0
#define EXPAND_ID row->id
#include "store/expand.h"

int64_t whole_second(int64_t wall_us)
{
	return wall_us - wall_us % SECOND_US;
}

int64_t whole_day(int64_t wall_us)
{
	return wall_us - wall_us % DAY_US;
}

/* --- lists of ids in a column --- */

void demand_ids_read(struct str text, struct demand_ids *out)
{
	struct demand_ids ids = { .count = 0 };
	while (text.n && ids.count < DEMAND_PEOPLE_MAX)
		ids.count += str_i64(str_cut(&text, ','), &ids.ids[ids.count]);
	*out = ids;
}

struct str demand_ids_write(struct ctx *cx, const int64_t *ids, size_t count)
{
	AUTO(buf_free) struct buf text = buf_new(32 * (count + 1));
	for (size_t i = 0; i < count; i++) {
		if (i)
			buf_char(&text, ',');
		buf_i64(&text, ids[i]);
	}
	return arena_copy(&cx->mem, buf_view(&text));
}

/* --- rows --- */

static enum err one(struct ctx *cx, const struct grant *desk, const struct stmt *statement, struct val key, struct demand *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query_(cx, statement, &rows, 1, &key));
	const bool found = rows_next(rows);
	TRY(rows_status(rows));
	return found ? demand_read(cx, desk, rows, out) : fail(cx, E_NOTFOUND, "there is no such demand");
}

enum err demand_row(struct ctx *cx, const struct grant *desk, int64_t id, struct demand *out)
{
	return one(cx, desk, &SQL_demand_by_id, I64(id), out);
}

enum err demand_row_named(struct ctx *cx, const struct grant *desk, struct str name, struct demand *out)
{
	return one(cx, desk, &SQL_demand_by_name, TEXT(name), out);
}

static enum err put(struct ctx *cx, const struct grant *desk, const struct stmt *statement, const struct demand *row)
{
	struct val vals[demand_columns];
	TRY(demand_vals(cx, desk, row, vals));
	return db_run_(cx, statement, demand_columns, vals);
}

enum err demand_row_add(struct ctx *cx, const struct grant *desk, const struct demand *row)
{
	return put(cx, desk, &SQL_demand_add, row);
}

enum err demand_row_set(struct ctx *cx, const struct grant *desk, const struct demand *row)
{
	return put(cx, desk, &SQL_demand_set, row);
}

enum err demand_rows_in(struct ctx *cx, const struct stmt *statement, const struct val *vals, size_t n, struct demand_batch *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	struct demand_batch batch = { .count = 0 };
	TRY(db_query_(cx, statement, &rows, n, vals));
	while (batch.count < DEMAND_BATCH && rows_next(rows))
		batch.ids[batch.count++] = rows_i64(rows, 0);
	TRY(rows_status(rows));
	*out = batch;
	return OK;
}

/* --- papers --- */

static void hash_salted(struct str salt, struct str bytes, unsigned char out[SHA256_BYTES])
{
	AUTO(buf_free) struct buf salted = buf_new(SALT_BYTES + DEMAND_PAPERS_BYTES_MAX);
	buf_str(&salted, salt);
	buf_str(&salted, bytes);
	assert(!salted.failed);
	sha256(buf_view(&salted), out);
}

enum err demand_paper_add(struct ctx *cx, const struct grant *desk, int64_t demand, const char *kind, struct str bytes, struct str hashed,
	struct str *hash)
{
	unsigned char salt[SALT_BYTES], digest[SHA256_BYTES];
	struct val vals[demand_paper_columns];
	random_bytes(salt, sizeof salt);
	hash_salted((struct str){ (const char *)salt, sizeof salt }, hashed, digest);
	const struct demand_paper row = {
		.id = id_new(cx->ids, cx->now_us), .demand = demand, .kind = str_of(kind), .at_us = cx->now_us,
		.salt = { (const char *)salt, sizeof salt }, .bytes = bytes,
	};
	TRY(demand_paper_vals(cx, desk, &row, vals));
	TRY(db_run_(cx, &SQL_demand_paper_add, demand_paper_columns, vals));
	*hash = entry_of_hash(cx, digest);
	return OK;
}

static enum err read_papers(struct ctx *cx, const struct grant *desk, const struct demand *demand, struct demand_paper *out)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_demand_paper_of, &rows, I64(demand->id), TEXT(STR("papers"))));
	const bool found = rows_next(rows);
	TRY(rows_status(rows));
	return found ? demand_paper_read(cx, desk, rows, out) : fail(cx, E_NOTFOUND, "this demand has no papers");
}

enum err demand_papers_hash(struct ctx *cx, const struct grant *desk, const struct demand *demand, struct str *hash)
{
	unsigned char digest[SHA256_BYTES];
	struct demand_paper paper;
	const enum err outcome = read_papers(cx, desk, demand, &paper);
	*hash = STR("");
	if (outcome == E_NOTFOUND)
		return OK;
	TRY(outcome);
	hash_salted(paper.salt, paper.bytes.n ? paper.bytes : demand->text, digest);
	*hash = entry_of_hash(cx, digest);
	return OK;
}

enum err demand_papers(struct ctx *cx, const struct demand *demand, struct str *salt, struct str *bytes)
{
	AUTO(grant_wipe) struct grant desk = { .purpose = GRANT_NONE };
	struct demand_paper paper;
	TRY(custody_desk_grant(cx, &desk));
	TRY(read_papers(cx, &desk, demand, &paper));
	*salt = paper.salt;
	*bytes = paper.bytes.n ? paper.bytes : demand->text;
	return OK;
}

/* --- the desk's own reading --- */

enum err demand_get(struct ctx *cx, struct str name, struct demand *out)
{
	AUTO(grant_wipe) struct grant desk = { .purpose = GRANT_NONE };
	TRY(custody_desk_grant(cx, &desk));
	return demand_row_named(cx, &desk, name, out);
}

static enum err read_page(struct ctx *cx, const struct grant *desk, int64_t before, struct demand_page *page)
{
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(db_query(cx, SQL_demand_list, &rows, before_id(before), I64(DOCKET_PAGE + 1)));
	while (page->count < DOCKET_PAGE + 1 && rows_next(rows))
		TRY(demand_read(cx, desk, rows, &page->items[page->count++]));
	return rows_status(rows);
}

enum err demand_list(struct ctx *cx, int64_t before, struct demand_page *out)
{
	AUTO(grant_wipe) struct grant desk = { .purpose = GRANT_NONE };
	struct demand_page page = { .items = arena_new(&cx->mem, struct demand, DOCKET_PAGE + 1) };
	TRY(custody_desk_grant(cx, &desk));
	TRY(read_page(cx, &desk, before, &page));
	if (page.count > DOCKET_PAGE) {
		page.count = DOCKET_PAGE;
		page.next = page.items[DOCKET_PAGE - 1].id;
	}
	*out = page;
	return OK;
}

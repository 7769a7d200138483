/* The ledger's entries, and the checkpoint over them. */
#include <stdio.h>

#include "ledger/ledger.h"
#include "ledger/run.h"
#include "upkeep/fsck.sql.h"
#include "upkeep/inside.h"

#define ROWS_AT_ONCE 64                        /* each of RUN_BYTES_MAX at most */

/* A row of the ledger, and what stands in it. */
struct row {
	uint64_t number, count;                /* as it says */
	struct str kind;
	bool opens;
	struct str lines;
};

struct walk {
	struct fsck *fsck;
	enum err (*look)(struct walk *, struct ctx *, const struct row *);
	uint64_t next;                         /* the number that the next row should have ... */
	int64_t row;                           /* ... and from which on it is looked for */
	bool more;
};

static enum err read_row(struct ctx *cx, struct rows *rows, struct buf *room, struct row *out)
{
	struct row row = { .number = (uint64_t)rows_i64(rows, 0), .count = (uint64_t)rows_i64(rows, 1), .kind = rows_text(rows, 2) };
	const enum err e = run_text(cx, rows, 3, room, &row.lines);
	if (e != E_CORRUPT)
		TRY(e);
	row.opens = e == OK;
	*out = row;
	return OK;
}

static enum err walk_some(struct walk *walk, struct ctx *cx)
{
	AUTO(rows_close) struct rows *rows = NULL;
	AUTO(buf_free) struct buf room = buf_new(RUN_BYTES_MAX);
	unsigned count = 0;
	TRY(db_query(cx, SQL_fsck_ledger_rows, &rows, I64(walk->row), I64(ROWS_AT_ONCE)));
	for (; rows_next(rows); count++) {
		struct row row = { .opens = false };
		TRY(read_row(cx, rows, &room, &row));
		TRY(walk->look(walk, cx, &row));
		walk->next = row.number + (row.count ? row.count : 1);
		walk->row = (int64_t)row.number + 1;
	}
	walk->more = count == ROWS_AT_ONCE;
	return rows_status(rows);
}

static enum err walk_ledger(struct walk *walk, struct ctx *from)
{
	for (walk->more = true; walk->more;) {
		AUTO(ctx_end) struct ctx cx;
		fsck_batch_ctx(from, &cx);
		const enum err e = walk_some(walk, &cx);
		from->failure = cx.failure;
		TRY(e);
	}
	return OK;
}

static enum err look_at_entries(struct walk *walk, struct ctx *cx, const struct row *row)
{
	struct str rest = row->opens ? row->lines : STR("");
	uint64_t count = 0;
	if (row->number != walk->next)
		fsck_tell(walk->fsck, (int64_t)walk->next, "missing");
	for (; rest.n; count++) {
		struct entry entry;
		const enum err e = entry_parse(cx, str_cut(&rest, '\n'), &entry);
		if (e == E_INVALID)
			fsck_tell(walk->fsck, (int64_t)(row->number + count), "malformed");
		else
			TRY(e);
		walk->fsck->looked++;
	}
	if (count != row->count || count == 0)
		fsck_tell(walk->fsck, (int64_t)row->number, row->opens ? "not as many as its row says" : "malformed");
	return OK;
}

enum err check_ledger_entries(struct fsck *fsck, struct ctx *from)
{
	struct walk walk = { .fsck = fsck, .look = look_at_entries };
	return walk_ledger(&walk, from);
}

/* Of how many entries logged_mixed says that they are of that kind. */
static enum err mixed_count(struct ctx *cx, const struct row *row, enum entry_kind kind, int64_t *out)
{
	const enum err e = db_get_i64(cx, SQL_fsck_ledger_mixed, out, TEXT(str_of(entry_forms[kind].name)), I64((int64_t)row->number));
	if (e == E_NOTFOUND)
		*out = 0;
	return e == E_NOTFOUND ? OK : e;
}

static enum err look_at_kinds(struct walk *walk, struct ctx *cx, const struct row *row)
{
	int64_t of_kind[ENTRY_KINDS] = {}, said;
	struct str rest = row->opens ? row->lines : STR("");
	bool right = true;
	while (rest.n) {
		const struct str line = str_cut(&rest, '\n');
		for (enum entry_kind kind = 0; kind < ENTRY_KINDS; kind++)
			of_kind[kind] += line_is(line, kind);
	}
	for (enum entry_kind kind = 0; kind < ENTRY_KINDS; kind++) {
		said = str_eq(row->kind, str_of(entry_forms[kind].name)) ? (int64_t)row->count : 0;
		if (row->kind.n == 0)
			TRY(mixed_count(cx, row, kind, &said));
		right &= said == of_kind[kind];
	}
	if (!right)
		fsck_tell(walk->fsck, (int64_t)row->number, "");
	walk->fsck->looked++;
	return OK;
}

enum err check_ledger_kinds(struct fsck *fsck, struct ctx *from)
{
	struct walk walk = { .fsck = fsck, .look = look_at_kinds };
	AUTO(rows_close) struct rows *rows = NULL;
	TRY(walk_ledger(&walk, from));
	TRY(db_query0(from, SQL_fsck_ledger_stray, &rows));
	while (rows_next(rows))
		fsck_tell(fsck, rows_i64(rows, 0), "");
	return rows_status(rows);
}

static enum err hold_against(struct fsck *fsck, struct ctx *cx, const struct checkpoint *shown)
{
	struct hash root;
	uint64_t size;
	TRY(ledger_size(cx, &size));
	fsck->looked++;
	if (size < shown->size) {
		fsck_tell(fsck, (int64_t)size, "fewer entries than were signed");
		return OK;
	}
	const enum err counted = ledger_recount(cx, shown->size, &root);
	if (counted != OK && counted != E_CORRUPT)
		return counted;
	if (counted == E_CORRUPT || !hash_eq(&root, &shown->root))
		fsck_tell(fsck, (int64_t)shown->size, "other entries than were signed");
	return OK;
}

/* A running server shows new ones: so the checkpoint first, and then the entries as they are by then, not at the moment that is held. */
enum err check_ledger_checkpoint(struct fsck *fsck, struct ctx *from)
{
	const struct db_config reading = { .folder = fsck->options->folder, .store_key = fsck->options->store_key, .patient = true,
		.cache_kib = fsck->options->cache_kib };
	AUTO(db_close) struct db *db = NULL;
	AUTO(ctx_end) struct ctx cx;
	struct checkpoint shown;
	struct str note;
	fsck_batch_ctx(from, &cx);
	enum err e = ledger_shown(&cx, fsck->options->folder, &note, &shown);
	if (e == E_INVALID) {
		fsck_tell(fsck, 0, "ledger/checkpoint is malformed");
		return OK;
	}
	if (e == OK)
		e = db_open_one(&cx, &reading, PUBLIC_DB, &db);
	if (e == OK) {
		cx.db = db;
		e = hold_against(fsck, &cx, &shown);
	}
	from->failure = cx.failure;
	return e;
}

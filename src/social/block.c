#include "social/block.h"

#include <assert.h>

#include "custody/custody.h"
#include "social/account.h"
#include "social/batch.h"
#include "social/block.sql.h"
#include "social/follow_end.h"
#include "social/marks.h"

struct block {
#define EXPAND_STRUCT "social/block.def"
#include "store/expand.h"
};
#define EXPAND_ROW "social/block.def"
#include "store/expand.h"

/* The other one's follow can only be found with the other one's grant. */
static enum err end_follows(struct ctx *cx, int64_t account)
{
	AUTO(grant_wipe) struct grant theirs = { .purpose = GRANT_NONE };
	TRY(follow_end(cx, &cx->actor.grant, account));
	TRY(account_grant(cx, GRANT_BLOCK_CHECK, account, &theirs));
	return follow_end(cx, &theirs, cx->actor.account);
}

enum err block_add(struct ctx *cx, int64_t account)
{
	struct account other;
	int64_t blocks;
	if (account == cx->actor.account)
		return fail_as(cx, E_INVALID, "block-self", "nobody can block themselves");
	TRY(account_by_id(cx, account, &other));
	TRY(db_get_i64(cx, SQL_block_count, &blocks, I64(cx->actor.grant.person)));
	if (blocks >= BLOCK_MAX)
		return fail_as(cx, E_TOOLARGE, "block-limit", "one person blocks at most %d accounts", BLOCK_MAX);
	const struct block row = { .id = id_new(cx->ids, cx->now_us), .person = cx->actor.grant.person, .account = account };
	struct val vals[block_columns];
	block_vals(&row, vals);
	TRY(db_run_(cx, &SQL_block_add, block_columns, vals));
	return db_changes(cx, PERSONAL_DB) == 1 ? end_follows(cx, account) : OK;
}

enum err block_remove(struct ctx *cx, int64_t account)
{
	return db_run(cx, SQL_block_remove, I64(cx->actor.grant.person), I64(account));
}

static enum err forbid(struct ctx *cx, int64_t person, int64_t account, const char *text)
{
	int64_t blocks;
	TRY(db_get_i64(cx, SQL_block_has, &blocks, I64(person), I64(account)));
	return blocks ? fail_as(cx, E_DENIED, "blocked", "%s", text) : OK;
}

enum err block_between(struct ctx *cx, const struct grant *grant, int64_t account)
{
	AUTO(grant_wipe) struct grant theirs = { .purpose = GRANT_NONE };
	if (account == grant->account)
		return OK;
	TRY(forbid(cx, grant->person, account, "you block this account; unblock it first"));
	TRY(account_grant(cx, GRANT_BLOCK_CHECK, account, &theirs));
	return forbid(cx, theirs.person, grant->account, "this account does not take this from you");
}

enum err block_forbids(struct ctx *cx, int64_t account)
{
	return block_between(cx, &cx->actor.grant, account);
}

enum err block_is_any(struct ctx *cx, bool *out)
{
	int64_t blocks;
	TRY(db_get_i64(cx, SQL_block_count, &blocks, I64(cx->actor.grant.person)));
	*out = blocks > 0;
	return OK;
}

static enum err has_batch(struct ctx *cx, const int64_t *accounts, size_t count, bool *found)
{
	AUTO(rows_close) struct rows *rows = NULL;
	struct val vals[1 + BATCH_IDS] = { I64(cx->actor.grant.person) };
	size_t taken = batch_bind(accounts, count, vals + 1);
	TRY(db_query_(cx, &SQL_block_batch, &rows, 1 + BATCH_IDS, vals));
	while (rows_next(rows))
		for (size_t i = 0; i < taken; i++)
			found[i] |= accounts[i] == rows_i64(rows, 0);
	return rows_status(rows);
}

enum err block_has_any(struct ctx *cx, const int64_t *accounts, size_t count, bool *out)
{
	bool found[PAGE_IDS_MAX] = { false };
	assert(count <= PAGE_IDS_MAX);
	for (size_t i = 0; cx->actor.account && i < count; i += BATCH_IDS)
		TRY(has_batch(cx, accounts + i, count - i, found + i));
	for (size_t i = 0; i < count; i++)
		out[i] = found[i];
	return OK;
}

enum err block_list(struct ctx *cx, int64_t before, struct profile_page *out)
{
	struct marks marks;
	struct profile_page page;
	TRY(marks_read(cx, &SQL_block_list, before, PROFILE_PAGE, &marks));
	TRY(profile_list_by_ids(cx, marks.subjects, marks.count, &page));
	page.next = marks.next;
	*out = page;
	return OK;
}

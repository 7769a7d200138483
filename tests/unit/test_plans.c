/* How SQLite goes about each statement: none that a request waits for reads all of a table or sorts what it has no bound for.
 * What may is listed with the reason; a listed one that no longer does is taken off the list. */
#include <sqlite3.h>
#include <stdlib.h>
#include <string.h>

#include "store/connection.h"
#include "store_fixture.h"
#include "tap.h"

/* A name that ends with _ stands for all that begin so. */
static const struct {
	const char *name, *why;
} may[] = {
	{ "fsck_", "fsck looks at everything" },
	{ "backup_", "a backup reads everything" },
	{ "restore_", "a restore may change everything" },
	{ "fill_", "a fill asks how far it is, once a step" },
	{ "census_", "the letter and `status` count, on a thread of their own" },
	{ "findable_all", "once, before a start that indexes anew" },
	{ "feed_newest", "reads the newest, and stops" },
	{ "feed_most_liked", "from the index of likes, and stops" },
	{ "demo_", "the demo has few accounts" },
	{ "demand_", "a node has few demands" },
	{ "hold_", "and fewer holds" },
	{ "opaque_closed", "one entry a day, shut for 18 months at most" },
	{ "charters_entered", "a node has few versions of its charter" },
	{ "logged_mixed_cut", "where a log is mended, by hand" },
	{ "logged_mixed_drop", "likewise" },
	{ "witnessed_newest", "one row a log that is witnessed" },
	{ "dropped_first", "reads the first, and stops" },
	{ "upload_tidy_drafts", "once an hour, on the writer; drafts are few" },
	{ "inbox_", "inbox_fresh holds some thousand rows at most" },
	{ "mailbox_key_trim", "inbox_fresh again" },
	{ "session_list", "sorts one account's sessions" },
	{ "blob_unfinished", "of an index that holds what is unfinished only" },
	{ "job_", "jobs are few" },
	{ "stock_", "jobs and the outbox are few" },
	{ "tally_", "tally_fresh holds some thousand rows, for a moment" },
	{ "search_match", "in the index's own order, and stops" },
	{ "search_match_hashtags", "the same" },
};
#define MAY (sizeof may / sizeof *may)

static size_t listed(const char *name)
{
	for (size_t i = 0; i < MAY; i++) {
		const size_t n = strlen(may[i].name);
		if (may[i].name[n - 1] == '_' ? strncmp(name, may[i].name, n) == 0 : strcmp(name, may[i].name) == 0)
			return i;
	}
	return MAY;
}

/* "VIRTUAL TABLE INDEX 0:=" is the index of words, by one row's number. */
static bool reads_all(const char *step)
{
	return (strncmp(step, "SCAN ", 5) == 0 && strcmp(step, "SCAN CONSTANT ROW") != 0 && !strstr(step, "INDEX 0:=")) || strstr(step, "TEMP B-TREE");
}

static char *numbered(const char *text)
{
	const size_t n = strlen(text);
	char *const copy = malloc(n + sizeof "EXPLAIN QUERY PLAN ");
	if (!copy)
		abort();
	strcpy(copy, "EXPLAIN QUERY PLAN ");
	strcat(copy, text);
	for (char *p = copy; *p; p++)
		*p = *p == '$' ? '?' : *p;
	return copy;
}

static bool plan_reads_all(struct node *node, const struct stmt *q)
{
	char *const text = numbered(q->text);
	sqlite3_stmt *statement = NULL;
	bool all = false;
	const bool prepared = sqlite3_prepare_v2(node->cx.db->stores[q->store].handle, text, -1, &statement, NULL) == SQLITE_OK;
	if (!prepared)
		printf("# %s: %s\n", q->name, sqlite3_errmsg(node->cx.db->stores[q->store].handle));
	all = !prepared;
	while (prepared && sqlite3_step(statement) == SQLITE_ROW) {
		const char *const step = (const char *)sqlite3_column_text(statement, 3);
		if (reads_all(step) && listed(q->name) == MAY)
			printf("# %s: %s\n", q->name, step);
		all = all || reads_all(step);
	}
	sqlite3_finalize(statement);
	free(text);
	return all;
}

TEST(no_statement_of_a_request_reads_a_whole_table_or_sorts_without_bound)
{
	struct node node;
	bool used[MAY] = { false }, good = true;
	node_init(&node);
	CHECK(node_open(&node));
	for (const struct stmt *const *q = all_statements; *q; q++) {
		if (!plan_reads_all(&node, *q))
			continue;
		const size_t at = listed((*q)->name);
		good = good && at < MAY;
		if (at < MAY)
			used[at] = true;
	}
	node_end(&node);
	for (size_t i = 0; i < MAY; i++) {
		if (!used[i])
			printf("# %s is listed, and reads nothing whole (%s)\n", may[i].name, may[i].why);
		good = good && used[i];
	}
	CHECK(good);
}

int main(void)
{
	RUN(no_statement_of_a_request_reads_a_whole_table_or_sorts_without_bound);
	return tap_end();
}

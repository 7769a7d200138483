/* Statements and rows; who may read and write what. */
#include "store/connection.h"
#include "store/packed.h"
#include "store_fixture.h"

static const struct stmt make_kinds = { "make_kinds", "CREATE TABLE kinds (i INTEGER, t TEXT, b BLOB) STRICT", PERSONAL_DB };
static const struct stmt kinds_add = { "kinds_add", "INSERT INTO kinds (b, t, i) VALUES ($3, $2, $1)", PERSONAL_DB };
static const struct stmt kinds_all = { "kinds_all", "SELECT i, t, b FROM kinds ORDER BY rowid", PERSONAL_DB };
static const struct stmt kinds_count = { "kinds_count", "SELECT count(*) FROM kinds", PERSONAL_DB };
static const struct stmt kinds_find = { "kinds_find", "SELECT i FROM kinds WHERE i = $1 AND '$2 ?' <> '' AND $1 = i", PERSONAL_DB };
static const struct stmt endless = { "endless",
	"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n", PERSONAL_DB };
static const struct stmt public_tables = { "public_tables", "SELECT count(*) FROM sqlite_schema", PUBLIC_DB };
static const struct stmt bad_sql = { "bad_sql", "SELECT FROM", PERSONAL_DB };

static bool open_kinds(struct node *node)
{
	node_init(node);
	return node_open(node) && node_ok(&node->cx, db_run0(&node->cx, make_kinds));
}

TEST(parameters_bind_by_number_and_values_come_back)
{
	struct node node;
	CHECK(open_kinds(&node));
	CHECK(node_ok(&node.cx, db_run(&node.cx, kinds_add, I64(INT64_MIN), TEXT(STR("नमस्ते")), BLOB(STR("\0\1")))));
	CHECK(node_ok(&node.cx, db_run(&node.cx, kinds_add, NIL, TEXT(STR("")), BLOB(((struct str){ NULL, 0 })))));
	CHECK(db_changes(&node.cx, PERSONAL_DB) == 1);
	{
		AUTO(rows_close) struct rows *rows = NULL;
		CHECK(node_ok(&node.cx, db_query0(&node.cx, kinds_all, &rows)));
		CHECK(rows_next(rows));
		CHECK(rows_i64(rows, 0) == INT64_MIN && str_eq(rows_text(rows, 1), STR("नमस्ते")) && str_eq(rows_blob(rows, 2), STR("\0\1")));
		CHECK(rows_next(rows));
		CHECK(rows_null(rows, 0) && rows_i64(rows, 0) == 0 && !rows_null(rows, 1) && !rows_null(rows, 2));
		CHECK(rows_text(rows, 1).n == 0 && rows_blob(rows, 2).n == 0);
		CHECK(!rows_next(rows) && rows_status(rows) == OK);
	}
	int64_t i;
	CHECK(node_ok(&node.cx, db_get_i64(&node.cx, kinds_find, &i, I64(INT64_MIN))) && i == INT64_MIN);
	CHECK(db_get_i64(&node.cx, kinds_find, &i, I64(5)) == E_NOTFOUND);
	node_end(&node);
}

TEST(a_broken_statement_is_an_error_with_its_name)
{
	struct node node;
	CHECK(open_kinds(&node));
	CHECK(db_run0(&node.cx, bad_sql) == E_IO && strstr(node.cx.failure.text, "bad_sql"));
	node_end(&node);
}

TEST(a_readers_connection_writes_nothing)
{
	struct node node;
	CHECK(open_kinds(&node));
	struct db_config config = node_db(&node, false);
	struct db *writing = node.cx.db;
	CHECK(node_ok(&node.cx, db_open(&node.cx, &config, &node.cx.db)));
	CHECK(db_run(&node.cx, kinds_add, I64(1), NIL, NIL) == E_IO);
	db_close(&node.cx.db);
	node.cx.db = writing;
	node_end(&node);
}

TEST(a_sealed_node_opens_public_db_alone)
{
	struct node node;
	int64_t n;
	CHECK(open_kinds(&node));
	db_close(&node.cx.db);
	struct db_config config = node_db(&node, false);
	config.store_key = NULL;
	CHECK(node_ok(&node.cx, db_open(&node.cx, &config, &node.cx.db)));
	CHECK(node_ok(&node.cx, db_get_i64_0(&node.cx, public_tables, &n)) && n > 0);
	CHECK(db_get_i64_0(&node.cx, kinds_count, &n) == E_BUSY && strstr(node.cx.failure.text, "sealed"));
	node_end(&node);
}

TEST(a_reader_that_takes_too_long_is_cut_off)
{
	struct node node;
	int64_t n, from = clock_boot_us(NULL);
	CHECK(open_kinds(&node));
	db_close(&node.cx.db);
	struct db_config config = node_db(&node, false);
	CHECK(node_ok(&node.cx, db_open(&node.cx, &config, &node.cx.db)));
	CHECK(db_get_i64_0(&node.cx, endless, &n) == E_BUSY);
	CHECK(clock_boot_us(NULL) - from < 12 * READ_US);
	CHECK(node_ok(&node.cx, db_get_i64_0(&node.cx, kinds_count, &n)) && n == 0);
	node_end(&node);
}

TEST(a_version_rises_when_another_connection_commits)
{
	struct node node;
	int64_t before, same, after;
	CHECK(open_kinds(&node));
	struct db_config config = node_db(&node, false);
	struct ctx reader = node_ctx(&node);
	reader.db = NULL;
	CHECK(node_ok(&reader, db_open(&reader, &config, &reader.db)));
	CHECK(node_ok(&reader, db_version(&reader, PERSONAL_DB, &before)) && node_ok(&reader, db_version(&reader, PERSONAL_DB, &same)));
	CHECK(node_ok(&node.cx, db_run(&node.cx, kinds_add, I64(1), NIL, NIL)));
	CHECK(node_ok(&reader, db_version(&reader, PERSONAL_DB, &after)));
	CHECK(before == same && after > before);
	db_close(&reader.db);
	ctx_end(&reader);
	node_end(&node);
}

TEST(a_missing_data_folder_is_told_as_that)
{
	struct node node;
	node_init(&node);
	struct db_config config = node_db(&node, true);
	config.folder = "/nowhere/at/all";
	CHECK(db_open(&node.cx, &config, &node.cx.db) == E_NOTFOUND && strstr(node.cx.failure.text, "/nowhere/at/all"));
	config = node_db(&node, false);
	CHECK(db_open(&node.cx, &config, &node.cx.db) == E_NOTFOUND && strstr(node.cx.failure.text, "public.db"));
	node_end(&node);
}

TEST(what_is_packed_opens_again_and_nothing_else_does)
{
	struct node node;
	node_init(&node);
	CHECK(node_open(&node));
	AUTO(buf_free) struct buf plain = buf_new(40'000), frame = buf_new(40'000), again = buf_new(40'000), small = buf_new(29'999);
	unsigned char noise[3000];
	random_bytes(noise, sizeof noise);
	for (unsigned i = 0; i < 1000; i++)
		buf_printf(&plain, "the same, but for this: %6u", i);
	CHECK(pack(&node.cx, buf_view(&plain), &frame) && frame.n < plain.n / 2);
	CHECK(unpack(&node.cx, buf_view(&frame), &again) == OK && str_eq(buf_view(&again), buf_view(&plain)));
	CHECK(unpack(&node.cx, buf_view(&frame), &small) == E_CORRUPT && small.n == 0);
	for (size_t n = 0; n < frame.n; n += 7)
		EXPECT(unpack(&node.cx, (struct str){ frame.p, n }, &again) == E_CORRUPT && again.n == 0);
	frame.p[0] ^= 1;
	CHECK(unpack(&node.cx, buf_view(&frame), &again) == E_CORRUPT);
	CHECK(unpack(&node.cx, buf_view(&plain), &again) == E_CORRUPT);
	CHECK(!pack(&node.cx, (struct str){ (const char *)noise, sizeof noise }, &frame) && frame.n == 0);
	CHECK(!pack(&node.cx, STR("short"), &frame) && !pack(&node.cx, STR(""), &frame));
	node_end(&node);
}

int main(void)
{
	RUN(parameters_bind_by_number_and_values_come_back);
	RUN(a_broken_statement_is_an_error_with_its_name);
	RUN(a_readers_connection_writes_nothing);
	RUN(a_sealed_node_opens_public_db_alone);
	RUN(a_reader_that_takes_too_long_is_cut_off);
	RUN(a_version_rises_when_another_connection_commits);
	RUN(a_missing_data_folder_is_told_as_that);
	RUN(what_is_packed_opens_again_and_nothing_else_does);
	return tap_end();
}

/* The migrations, the .def rows and the statements agree. */
#include "store/connection.h"
#include "store/field.h"
#include "store_fixture.h"

static const char *const type_names[] = { [FIELD_I64] = "INTEGER", [FIELD_STR] = "TEXT", [FIELD_BYTES] = "BLOB" };

static sqlite3 *handle_of(struct node *node, enum store store)
{
	return node->cx.db->stores[store].handle;
}

static sqlite3_stmt *query(sqlite3 *handle, const char *sql)
{
	sqlite3_stmt *statement = NULL;
	int rc = sqlite3_prepare_v2(handle, sql, -1, &statement, NULL);
	if (rc != SQLITE_OK)
		printf("# %s: %s\n", sql, sqlite3_errmsg(handle));
	assert(rc == SQLITE_OK);
	return statement;
}

static const char *text_at(sqlite3_stmt *statement, int column)
{
	return (const char *)sqlite3_column_text(statement, column);
}

/* One real column against one that is due; `type` may be anything in a virtual table, which has none. */
static bool column_agrees(sqlite3_stmt *columns, const char *table, const char *name, const char *type)
{
	if (sqlite3_step(columns) != SQLITE_ROW) {
		printf("# %s: column %s is in the .def and in no migration\n", table, name);
		return false;
	}
	bool typed = text_at(columns, 2)[0] == 0 || !strcmp(text_at(columns, 2), type);
	if (strcmp(text_at(columns, 1), name) != 0 || !typed) {
		printf("# %s: the migrations make %s %s where the .def has %s %s\n", table, text_at(columns, 1), text_at(columns, 2), name,
			type);
		return false;
	}
	return true;
}

static bool table_agrees(sqlite3 *handle, const struct table_info *table)
{
	/* The sealed column last: one that came later stands behind it, and to write a large table anew for that would be dear. */
	char *sql = sqlite3_mprintf("SELECT cid, name, type FROM pragma_table_info(%Q) ORDER BY name = 'sealed', cid", table->name);
	sqlite3_stmt *columns = query(handle, sql);
	bool good = true;
	sqlite3_free(sql);
	for (const struct field_info *field = table->fields; good && field->column; field++)
		if (field->protection == CLEAR)
			good = column_agrees(columns, table->name, field->column, type_names[field->type]);
	if (good && table_seals(table))
		good = column_agrees(columns, table->name, "sealed", "BLOB");
	if (good && sqlite3_step(columns) == SQLITE_ROW) {
		printf("# %s: the migrations make %s, which its .def does not have\n", table->name, text_at(columns, 1));
		good = false;
	}
	sqlite3_finalize(columns);
	return good;
}

static const struct table_info *table_named(const char *name, enum store store)
{
	for (const struct table_info *table = all_tables; table->name; table++)
		if (!strcmp(table->name, name) && table->store == store)
			return table;
	return NULL;
}

TEST(every_def_is_the_migrated_table_column_by_column)
{
	struct node node;
	node_init(&node);
	CHECK(node_open(&node));
	bool good = true;
	for (const struct table_info *table = all_tables; table->name; table++)
		good = table_agrees(handle_of(&node, table->store), table) && good;
	node_end(&node);
	CHECK(good);
}

TEST(every_migrated_table_has_a_def_hence_a_class)
{
	struct node node;
	node_init(&node);
	CHECK(node_open(&node));
	bool good = true;
	for (enum store store = PUBLIC_DB; store < STORES; store++) {
		sqlite3_stmt *tables = query(handle_of(&node, store),
			"SELECT name, type, strict FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual')"
			" AND name NOT LIKE 'sqlite!_%' ESCAPE '!'");
		while (sqlite3_step(tables) == SQLITE_ROW) {
			const char *name = text_at(tables, 0);
			bool strict = sqlite3_column_int(tables, 2) || !strcmp(text_at(tables, 1), "virtual");
			if (!table_named(name, store) || !strict) {
				printf("# %s: %s\n", name, strict ? "has no .def in store/tables.def" : "is not STRICT");
				good = false;
			}
		}
		sqlite3_finalize(tables);
	}
	node_end(&node);
	CHECK(good);
}

TEST(every_statement_prepares)
{
	struct node node;
	node_init(&node);
	CHECK(node_open(&node));
	bool good = true;
	for (const struct stmt *const *q = all_statements; *q; q++) {
		sqlite3_stmt *statement = NULL;
		char *text = strdup((*q)->text);
		for (char *p = text; *p; p++)
			if (*p == '$')
				*p = '?';
		if (sqlite3_prepare_v2(handle_of(&node, (*q)->store), text, -1, &statement, NULL) != SQLITE_OK) {
			printf("# %s: %s\n", (*q)->name, sqlite3_errmsg(handle_of(&node, (*q)->store)));
			good = false;
		}
		sqlite3_finalize(statement);
		free(text);
	}
	node_end(&node);
	CHECK(good);
}

TEST(migrating_twice_changes_nothing)
{
	struct node node;
	int first = 0, second = 0;
	node_init(&node);
	struct db_config config = node_db(&node, true);
	CHECK(node_ok(&node.cx, db_open(&node.cx, &config, &node.cx.db)));
	CHECK(node_ok(&node.cx, migrate(&node.cx, NULL, &first)));
	CHECK(node_ok(&node.cx, migrate(&node.cx, NULL, &second)));
	node_end(&node);
	CHECK(first > 0 && second == 0);
}

TEST(a_newer_schema_is_refused_and_the_text_says_which)
{
	struct node node;
	node_init(&node);
	CHECK(node_open(&node));
	sqlite3_exec(handle_of(&node, PERSONAL_DB), "PRAGMA user_version = 9001", NULL, NULL, NULL);
	enum err e = migrate(&node.cx, NULL, NULL);
	bool said = strstr(node.cx.failure.text, "personal.db") && strstr(node.cx.failure.text, "9001");
	node_end(&node);
	CHECK(e == E_INVALID && said);
}

/* The nth write, fsync or statement fails: the schema is the old one or the new one, and the next run makes it whole. */
TEST(a_migration_that_fails_anywhere_leaves_the_old_schema_or_the_new)
{
	for (unsigned nth = 1;; nth++) {
		struct node node;
		node_init(&node);
		struct db_config config = node_db(&node, true);
		node_fault(&node, nth);
		enum err e = db_open(&node.cx, &config, &node.cx.db);
		if (e == OK)
			e = migrate(&node.cx, NULL, NULL);
		bool reached = fault_reached(&node.faults);
		node_fault(&node, 0);
		db_close(&node.cx.db);
		CHECK(node_open(&node));
		bool good = true;
		for (const struct table_info *table = all_tables; table->name; table++)
			good = table_agrees(handle_of(&node, table->store), table) && good;
		node_end(&node);
		CHECK(good);
		if (!reached) {
			CHECK(e == OK);
			printf("# %u calls failed in turn\n", nth - 1);
			break;
		}
	}
}

int main(void)
{
	RUN(every_def_is_the_migrated_table_column_by_column);
	RUN(every_migrated_table_has_a_def_hence_a_class);
	RUN(every_statement_prepares);
	RUN(migrating_twice_changes_nothing);
	RUN(a_newer_schema_is_refused_and_the_text_says_which);
	RUN(a_migration_that_fails_anywhere_leaves_the_old_schema_or_the_new);
	return tap_end();
}

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "sqlgen.h"

/* --- .def files --- */

static int store_named(struct piece name)
{
	static const char *const stores[] = { "PUBLIC_DB", "PERSONAL_DB", "KEYS_DB" };
	for (int i = 0; i < 3; i++)
		if (piece_is(name, stores[i]))
			return i;
	return -1;
}

static struct piece trimmed(struct piece piece)
{
	while (piece.n && isspace((unsigned char)piece.p[0])) {
		piece.p++;
		piece.n--;
	}
	while (piece.n && isspace((unsigned char)piece.p[piece.n - 1]))
		piece.n--;
	return piece;
}

static bool cut_prefix(struct piece *row, const char *prefix)
{
	if (row->n < strlen(prefix) || memcmp(row->p, prefix, strlen(prefix)))
		return false;
	row->p += strlen(prefix);
	row->n -= strlen(prefix);
	return true;
}

static void read_def(struct tables *tables, const char *path)
{
	struct text file = read_file(path);
	struct piece rest = { file.p, file.n };
	struct table *table = NULL;
	bool seals = false;
	for (int line = 1; rest.n; line++) {
		struct piece row = trimmed(cut_line(&rest));
		if (cut_prefix(&row, "TABLE(")) {
			struct piece name = trimmed(cut_at(&row, ',')), class = trimmed(cut_at(&row, ','));
			int store = store_named(trimmed(cut_at(&row, ',')));
			if (table || !is_name(name) || class.n == 0 || store < 0)
				stop(path, line, "a .def has one TABLE(name, CLASS, PUBLIC_DB|PERSONAL_DB|KEYS_DB, \"about\")");
			if (table_named(tables, name))
				stop(path, line, "%.*s: a second table of this name", (int)name.n, name.p);
			struct table *list = realloc(tables->list, (tables->count + 1) * sizeof *list);
			char *copy = strndup(name.p, name.n);
			if (!list || !copy)
				abort();
			tables->list = list;
			table = &list[tables->count++];
			*table = (struct table){ .name = copy, .store = store };
		} else if (cut_prefix(&row, "FIELD(")) {
			cut_at(&row, ',');
			struct piece name = trimmed(cut_at(&row, ',')), protection = trimmed(cut_at(&row, ')'));
			if (!table || !is_name(name) || (!piece_is(protection, "CLEAR") && !piece_is(protection, "SEAL")))
				stop(path, line, "behind TABLE, a line a column: FIELD(I64|STR|BYTES, name, CLEAR|SEAL)");
			if (piece_is(protection, "SEAL"))
				seals = true;
			else if (!names_add(&table->columns, name))
				stop(path, line, "%.*s: a second column of this name", (int)name.n, name.p);
		}
	}
	if (!table)
		stop(path, 1, "has no TABLE(...); every table has a class");
	if (seals)
		names_add(&table->columns, (struct piece){ "sealed", strlen("sealed") });
	text_free(&file);
}

void tables_read(struct tables *tables, const char *tables_def, const char *root, struct text *dependencies)
{
	struct text file = read_file(tables_def);
	struct piece rest = { file.p, file.n };
	while (rest.n) {
		struct piece row = trimmed(cut_line(&rest));
		if (!cut_prefix(&row, "#include \""))
			continue;
		struct piece name = cut_at(&row, '"');
		struct text path = { 0 };
		text_printf(&path, "%s/%.*s", root, (int)name.n, name.p);
		text_printf(dependencies, " %s", text_view(&path));
		read_def(tables, text_view(&path));
		text_free(&path);
	}
	text_free(&file);
}

void tables_free(struct tables *tables)
{
	for (size_t i = 0; i < tables->count; i++) {
		free(tables->list[i].name);
		names_free(&tables->list[i].columns);
	}
	free(tables->list);
	*tables = (struct tables){ 0 };
}

const struct table *table_named(const struct tables *tables, struct piece name)
{
	for (size_t i = 0; i < tables->count; i++)
		if (piece_is(name, tables->list[i].name))
			return &tables->list[i];
	return NULL;
}

/* --- which tables a statement names --- */

/* Words and single marks; quoted text is skipped: no table of ours is quoted. */
static struct piece cut_token(struct piece *rest)
{
	while (rest->n && isspace((unsigned char)*rest->p)) {
		rest->p++;
		rest->n--;
	}
	struct piece token = { rest->p, 0 };
	while (token.n < rest->n && (isalnum((unsigned char)rest->p[token.n]) || rest->p[token.n] == '_'))
		token.n++;
	if (token.n == 0 && rest->n && (*rest->p == '\'' || *rest->p == '"')) {
		const char *end = memchr(rest->p + 1, *rest->p, rest->n - 1);
		token.n = end ? (size_t)(end - rest->p) + 1 : rest->n;
	} else if (token.n == 0 && rest->n) {
		token.n = 1;
	}
	rest->p += token.n;
	rest->n -= token.n;
	return token;
}

static bool word_is(struct piece piece, const char *word)
{
	return piece.n == strlen(word) && !strncasecmp(piece.p, word, piece.n);
}

static bool ends_from_list(struct piece token)
{
	static const char *const words[] = { "WHERE", "GROUP", "ORDER", "LIMIT", "SET", "VALUES", "SELECT", "UNION", "ON",
		"RETURNING", "HAVING", "WINDOW", "EXCEPT", "INTERSECT", "DO", NULL };
	for (const char *const *word = words; *word; word++)
		if (word_is(token, *word))
			return true;
	return false;
}

/* Names that the statement itself makes: WITH x AS (...), x(a, b) AS (...). */
static void collect_own_names(struct piece sql, struct names *own)
{
	struct piece name = { 0 }, token = { 0 };
	for (bool with = false; sql.n;) {
		struct piece before = token;
		token = cut_token(&sql);
		if (word_is(token, "WITH"))
			with = true;
		if (!with)
			continue;
		if (word_is(token, "AS")) {
			struct piece ahead = sql;
			struct piece next = cut_token(&ahead);
			if (piece_is(next, "(") && is_name(before))
				names_add(own, before);
			else if (piece_is(next, "(") && piece_is(before, ")") && name.n)
				names_add(own, name);
		} else if (piece_is(token, "(") && is_name(before)) {
			name = before;
		}
	}
}

static bool has_name(const struct names *names, struct piece name)
{
	for (size_t i = 0; i < names->count; i++)
		if (piece_is(name, names->list[i]))
			return true;
	return false;
}

static void check_table(const struct tables *tables, const char *path, int line, int store, struct piece name,
	const struct names *own)
{
	static const char *const marks[] = { "@public", "@personal", "@keys" };
	if (!is_name(name) || has_name(own, name))
		return;
	const struct table *table = table_named(tables, name);
	if (!table)
		stop(path, line, "table %.*s has no .def in store/tables.def; every table has a class", (int)name.n, name.p);
	if (table->store != store)
		stop(path, line, "table %s lies in another store: mark the statement %s, or ask twice", table->name, marks[table->store]);
}

#define DEPTH_MAX 64

void check_tables(const struct tables *tables, const char *path, int line, int store, struct piece sql)
{
	struct names own = { 0 };
	collect_own_names(sql, &own);
	bool in_from[DEPTH_MAX] = { false };   /* by depth of brackets: a comma is followed by a table */
	int depth = 0;
	bool due = false;
	struct piece before = { 0 };
	while (sql.n) {
		struct piece token = cut_token(&sql), ahead = sql;
		bool called = piece_is(cut_token(&ahead), "(");
		bool upsert = word_is(before, "DO") || word_is(before, "FOR");
		bool distinct = word_is(before, "DISTINCT");   /* IS NOT DISTINCT FROM x */
		if (due && !piece_is(token, "(") && !(called && !word_is(before, "INTO")))
			check_table(tables, path, line, store, token, &own);
		due = false;
		if (piece_is(token, "(") && depth + 1 < DEPTH_MAX) {
			in_from[++depth] = false;
		} else if (piece_is(token, ")") && depth > 0) {
			depth--;
		} else if ((word_is(token, "FROM") && !distinct) || word_is(token, "JOIN")) {
			due = in_from[depth] = true;
		} else if (word_is(token, "INTO") || (word_is(token, "UPDATE") && !upsert)) {
			due = true;
		} else if (ends_from_list(token)) {
			in_from[depth] = false;
		} else if (piece_is(token, ",")) {
			due = in_from[depth];
		}
		before = token;
	}
	names_free(&own);
}

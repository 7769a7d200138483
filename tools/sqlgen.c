/* tools/sqlgen.c - named SQL statements and migrations, made into C.
 *
 *   sqlgen --tables TABLES.def --source ROOT --depfile D OUT.h IN.sql   a static const struct stmt for each statement
 *   sqlgen --list OUT.c HEADER...                                      all_statements[], from the headers made before
 *   sqlgen --migrations --depfile D OUT.c FOLDER                       all_migrations[], from FOLDER/NNNN-name.STORE.sql
 *
 * A statement begins with a line of its own, `-- name: follow_add @personal` (@public, @personal, @keys: the store that it
 * runs on), and goes on to the next one.  Comments go, blanks fold.  {like} becomes table like's columns, {like:l} the same
 * behind `l.`, {like:$3} the placeholders $3, $4, ... for them; TABLES.def names the tables' .def files, below ROOT.
 * Whatever is wrong ends the build with FILE:LINE and what to do. */
#include "sqlgen.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static const char *const stores[] = { "PUBLIC_DB", "PERSONAL_DB", "KEYS_DB" };
static const char *const store_marks[] = { "@public", "@personal", "@keys" };

/* --- one .sql file --- */

struct source {
	const char *path;
	const struct tables *tables;
	struct text out;
	struct names names;
};

static int store_of_mark(struct piece mark)
{
	for (int i = 0; i < 3; i++)
		if (piece_is(mark, store_marks[i]))
			return i;
	return -1;
}

/* {like}, {like:l}, {like:$3}; `inside` is what stands between the braces. */
static void expand_columns(const struct source *in, int line, struct piece inside, struct text *out)
{
	const char *colon = memchr(inside.p, ':', inside.n);
	struct piece name = { inside.p, colon ? (size_t)(colon - inside.p) : inside.n };
	struct piece how = { colon ? colon + 1 : "", colon ? inside.n - name.n - 1 : 0 };
	const struct table *table = table_named(in->tables, name);
	if (!table)
		stop(in->path, line, "{%.*s}: no table of this name; add its .def to store/tables.def", (int)name.n, name.p);
	bool numbers = how.n > 0 && how.p[0] == '$';
	long first = numbers ? strtol(how.p + 1, NULL, 10) : 0;
	if (colon && (how.n == 0 || (numbers && first < 1) || (!numbers && !is_name(how))))
		stop(in->path, line, "{%.*s}: write {%s}, {%s:alias} or {%s:$1}", (int)inside.n, inside.p, table->name, table->name,
			table->name);
	for (size_t i = 0; i < table->columns.count; i++) {
		text_add(out, i ? ", " : "");
		if (numbers)
			text_printf(out, "$%ld", first + (long)i);
		else
			text_printf(out, "%.*s%s%s", (int)how.n, how.p, colon ? "." : "", table->columns.list[i]);
	}
}

/* Copies a quoted piece as it is; returns its end. */
static size_t copy_quoted(const struct source *in, int line, struct piece body, size_t at, struct text *out)
{
	char quote = body.p[at];
	size_t from = at++;
	while (at < body.n && body.p[at] != quote)
		at++;
	if (at == body.n)
		stop(in->path, line, "a %c that is not closed; close it", quote);
	text_bytes(out, body.p + from, at + 1 - from);
	return at + 1;
}

static size_t skip_comment(const struct source *in, int line, struct piece body, size_t at)
{
	const char *from = body.p + at;
	size_t left = body.n - at;
	const char *end = from[0] == '-' ? memchr(from, '\n', left) : memmem(from, left, "*/", 2);
	if (!end && from[0] == '/')
		stop(in->path, line, "a comment that is not closed; close it with */");
	return end ? (size_t)(end - body.p) + (from[0] == '/' ? 2 : 0) : body.n;
}

static bool starts_comment(struct piece body, size_t at)
{
	return at + 1 < body.n && ((body.p[at] == '-' && body.p[at + 1] == '-') || (body.p[at] == '/' && body.p[at + 1] == '*'));
}

/* The statement's text with comments gone, blanks folded, braces expanded. */
static void fold_statement(const struct source *in, int line, struct piece body, struct text *out)
{
	bool blank = false;
	for (size_t at = 0; at < body.n;) {
		int here = line + lines_in(body.p, at);
		if (starts_comment(body, at)) {
			at = skip_comment(in, here, body, at);
			blank = true;
			continue;
		}
		if (isspace((unsigned char)body.p[at])) {
			blank = true;
			at++;
			continue;
		}
		if (blank && out->n)
			text_add(out, " ");
		blank = false;
		if (body.p[at] == '\'' || body.p[at] == '"') {
			at = copy_quoted(in, here, body, at, out);
		} else if (body.p[at] == '{') {
			const char *close = memchr(body.p + at, '}', body.n - at);
			if (!close)
				stop(in->path, here, "a { that is not closed; close it with }");
			size_t end = (size_t)(close - body.p);
			expand_columns(in, here, (struct piece){ body.p + at + 1, end - at - 1 }, out);
			at = end + 1;
		} else {
			text_bytes(out, body.p + at++, 1);
		}
	}
	while (out->n && (out->p[out->n - 1] == ';' || out->p[out->n - 1] == ' '))
		out->p[--out->n] = 0;
}

static void put_c_string(struct text *out, const char *s, size_t n)
{
	text_add(out, "\"");
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '\n')
			text_add(out, "\\n\"\n\t\"");
		else if (s[i] == '"' || s[i] == '\\')
			text_printf(out, "\\%c", s[i]);
		else
			text_bytes(out, s + i, 1);
	}
	text_add(out, "\"");
}

/* `head` is the line behind "-- name:", `body` what follows up to the next one. */
static void put_statement(struct source *in, int line, struct piece head, struct piece body)
{
	struct piece name = cut_word(&head), mark = cut_word(&head);
	if (!is_name(name))
		stop(in->path, line, "a statement's name has a-z, 0-9 and _ and begins with a letter: -- name: follow_add @personal");
	int store = store_of_mark(mark);
	if (store < 0 || cut_word(&head).n)
		stop(in->path, line, "say behind %.*s where it runs, and nothing else: @public, @personal or @keys", (int)name.n, name.p);
	if (!names_add(&in->names, name))
		stop(in->path, line, "%.*s: a second statement of this name; rename one", (int)name.n, name.p);
	struct text sql = { 0 };
	fold_statement(in, line + 1, body, &sql);
	if (!sql.n)
		stop(in->path, line, "%.*s has no text; write it or remove the name", (int)name.n, name.p);
	if (memchr(sql.p, ';', sql.n) && !memchr(sql.p, '\'', sql.n))
		stop(in->path, line, "%.*s holds two statements; give each a name", (int)name.n, name.p);
	check_tables(in->tables, in->path, line, store, (struct piece){ sql.p, sql.n });
	text_printf(&in->out, "static const struct stmt SQL_%.*s __attribute__((unused)) = { \"%.*s\",\n\t", (int)name.n, name.p,
		(int)name.n, name.p);
	put_c_string(&in->out, sql.p, sql.n);
	text_printf(&in->out, ",\n\t%s };\n", stores[store]);
	text_free(&sql);
}

#define NAME_LINE "-- name:"

static void put_statements(struct source *in, struct text file)
{
	struct piece rest = { file.p, file.n }, head = { 0 }, body = { 0 };
	int line = 0, head_line = 0;
	while (rest.n) {
		struct piece row = cut_line(&rest);
		line++;
		if (row.n >= strlen(NAME_LINE) && !memcmp(row.p, NAME_LINE, strlen(NAME_LINE))) {
			if (head.p)
				put_statement(in, head_line, head, body);
			head = (struct piece){ row.p + strlen(NAME_LINE), row.n - strlen(NAME_LINE) };
			head_line = line;
			body = (struct piece){ rest.p, 0 };
		} else if (head.p) {
			body.n = (size_t)(rest.p - body.p);
		} else if (row.n && !(row.n >= 2 && row.p[0] == '-' && row.p[1] == '-') && !is_blank(row)) {
			stop(in->path, line, "text before the first statement; begin with -- name: ... @personal");
		}
	}
	if (head.p)
		put_statement(in, head_line, head, body);
}

static void make_header(const char *tables_def, const char *root, const char *depfile, const char *out, const char *path)
{
	struct tables tables = { 0 };
	struct text dependencies = { 0 };
	text_printf(&dependencies, "%s: %s %s", out, path, tables_def);
	tables_read(&tables, tables_def, root, &dependencies);
	struct source in = { .path = path, .tables = &tables };
	struct text file = read_file(path);
	text_printf(&in.out, "/* made by tools/sqlgen.c from %s */\n#pragma once\n#include \"store/db.h\"\n\n", base_name(path));
	put_statements(&in, file);
	text_add(&dependencies, "\n");
	write_file(out, &in.out);
	write_file(depfile, &dependencies);
	text_free(&file);
	text_free(&in.out);
	text_free(&dependencies);
	names_free(&in.names);
	tables_free(&tables);
}

/* --- all statements of all headers --- */

#define STATEMENT_LINE "static const struct stmt SQL_"

static void make_list(const char *out, char *const *headers)
{
	struct names names = { 0 };
	struct text includes = { 0 }, rows = { 0 };
	for (; *headers; headers++) {
		const char *below = strstr(*headers, "src/");
		text_printf(&includes, "#include \"%s\"\n", below ? below + strlen("src/") : *headers);
		struct text file = read_file(*headers);
		struct piece rest = { file.p, file.n };
		for (int line = 1; rest.n; line++) {
			struct piece row = cut_line(&rest);
			if (row.n < strlen(STATEMENT_LINE) || memcmp(row.p, STATEMENT_LINE, strlen(STATEMENT_LINE)))
				continue;
			row.p += strlen(STATEMENT_LINE);
			row.n -= strlen(STATEMENT_LINE);
			struct piece name = cut_word(&row);
			if (!names_add(&names, name))
				stop(*headers, line, "%.*s: another .sql file has a statement of this name; rename one", (int)name.n, name.p);
			text_printf(&rows, "\t&SQL_%.*s,\n", (int)name.n, name.p);
		}
		text_free(&file);
	}
	struct text list = { 0 };
	text_printf(&list, "/* made by tools/sqlgen.c */\n%s\nconst struct stmt *const all_statements[] = {\n%s\tNULL,\n};\n",
		text_view(&includes), text_view(&rows));
	write_file(out, &list);
	text_free(&list);
	text_free(&includes);
	text_free(&rows);
	names_free(&names);
}

/* --- migrations --- */

static void put_migration(const char *folder, const char *file_name, struct names *numbers, struct text *out)
{
	struct text path = { 0 };
	text_printf(&path, "%s/%s", folder, file_name);
	struct piece rest = { file_name, strlen(file_name) };
	struct piece number = cut_at(&rest, '-'), name = cut_at(&rest, '.'), store = cut_at(&rest, '.');
	struct text mark = { 0 }, key = { 0 };
	text_printf(&mark, "@%.*s", (int)store.n, store.p);
	int where = store_of_mark((struct piece){ mark.p, mark.n });
	long value = strtol(number.p, NULL, 10);
	if (number.n != 4 || value < 1 || name.n == 0 || where < 0 || !piece_is(rest, "sql"))
		stop(text_view(&path), 1, "a migration is called NNNN-name.STORE.sql, with STORE public, personal or keys");
	text_printf(&key, "n%ld_%d", value, where);
	if (!names_add(numbers, (struct piece){ key.p, key.n }))
		stop(text_view(&path), 1, "another migration of this store has number %04ld; take the next free one", value);
	struct text sql = read_file(text_view(&path));
	text_printf(out, "\t{ .number = %ld, .store = %s, .name = \"%.*s\", .sql =\n\t", value, stores[where], (int)name.n, name.p);
	put_c_string(out, sql.p, sql.n);
	text_add(out, " },\n");
	text_free(&sql);
	text_free(&mark);
	text_free(&key);
	text_free(&path);
}

/* The folder itself is among the dependencies: a new file in it changes its time. */
static void make_migrations(const char *depfile, const char *out, const char *folder)
{
	struct names files = { 0 }, numbers = { 0 };
	list_folder(folder, ".sql", &files);
	struct text dependencies = { 0 }, list = { 0 };
	text_printf(&dependencies, "%s: %s", out, folder);
	text_add(&list, "/* made by tools/sqlgen.c */\n#include \"store/migrate.h\"\n\nconst struct migration all_migrations[] = {\n");
	for (size_t i = 0; i < files.count; i++) {
		text_printf(&dependencies, " %s/%s", folder, files.list[i]);
		put_migration(folder, files.list[i], &numbers, &list);
	}
	text_add(&list, "\t{ .number = 0 },\n};\n");
	text_add(&dependencies, "\n");
	write_file(out, &list);
	write_file(depfile, &dependencies);
	text_free(&list);
	text_free(&dependencies);
	names_free(&files);
	names_free(&numbers);
}

int main(int argc, char **argv)
{
	if (argc == 9 && !strcmp(argv[1], "--tables") && !strcmp(argv[3], "--source") && !strcmp(argv[5], "--depfile"))
		make_header(argv[2], argv[4], argv[6], argv[7], argv[8]);
	else if (argc >= 3 && !strcmp(argv[1], "--list"))
		make_list(argv[2], argv + 3);
	else if (argc == 6 && !strcmp(argv[1], "--migrations") && !strcmp(argv[2], "--depfile"))
		make_migrations(argv[3], argv[4], argv[5]);
	else
		stop("sqlgen", 0, "see the head of tools/sqlgen.c for its three forms");
	return 0;
}

/* tools/sqlgen.h - what the SQL generator's files share: growing text, names, tables, the check of a statement's tables.
 * A failure of any of these ends the program: stop() prints FILE:LINE and what to do. */
#ifndef TOOLS_SQLGEN_H
#define TOOLS_SQLGEN_H
#include <stdbool.h>
#include <stddef.h>

_Noreturn void stop(const char *path, int line, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* --- sqlgen_text.c --- */
struct piece {                                 /* a view */
	const char *p;
	size_t n;
};
struct text {                                  /* growing, always terminated; zero is empty */
	char *p;
	size_t n, cap;
};
struct names {                                 /* a set, in order of arrival */
	char **list;
	size_t count;
};
bool piece_is(struct piece, const char *terminated);
bool is_name(struct piece);                    /* a-z 0-9 _, a letter first */
bool is_blank(struct piece);
struct piece cut_word(struct piece *rest);     /* between blanks; empty at the end */
struct piece cut_line(struct piece *rest);
struct piece cut_at(struct piece *rest, char separator);
int lines_in(const char *, size_t);
void text_bytes(struct text *, const char *, size_t);
void text_add(struct text *, const char *);
void text_printf(struct text *, const char *format, ...) __attribute__((format(printf, 2, 3)));
const char *text_view(const struct text *);
void text_free(struct text *);
bool names_add(struct names *, struct piece);  /* false: was there already */
void names_free(struct names *);
struct text read_file(const char *path);
void write_file(const char *path, const struct text *);
const char *base_name(const char *path);
void list_folder(const char *path, const char *ending, struct names *out);     /* sorted */

/* --- sqlgen_tables.c --- */
struct table {
	char *name;
	int store;                             /* 0 public, 1 personal, 2 keys */
	struct names columns;                  /* `sealed` last when it has SEAL columns */
};
struct tables {
	struct table *list;
	size_t count;
};
/* Reads each .def that `tables_def` includes, below `root`; adds them to the dependencies. */
void tables_read(struct tables *, const char *tables_def, const char *root, struct text *dependencies);
void tables_free(struct tables *);
const struct table *table_named(const struct tables *, struct piece name);
/* Each table that the statement reads or writes must be known and lie in the store. */
void check_tables(const struct tables *, const char *path, int line, int store, struct piece sql);
#endif

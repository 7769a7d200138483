#include "layers.h"

#include <ctype.h>
#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* The only statement of the order: a room includes only rooms before it. */
static const char *const rooms[] = {
	"base", "http", "keys", "store", "ledger", "charter", "custody", "media", "social", "feed", "docket", "safety", "upkeep",
	"border", "fedi", "demo", "api", "app", "cli",
};
#define ROOMS (sizeof rooms / sizeof rooms[0])

/* Programs of their own, and the rooms that each may use. */
static const struct {
	const char *folder, *may_use;
} programs[] = {
	{ "worker", "base media" },
	{ "keyholder", "base keys ledger charter custody" },
};
#define PROGRAMS (sizeof programs / sizeof programs[0])

/* Headers from outside (by how they begin), and the rooms where alone they belong. */
static const struct {
	const char *header, *rooms;
} kept_headers[] = {
	{ "ini.h", "base" }, { "microhttpd.h", "http" }, { "sqlite3.h", "store" }, { "libpq-fe.h", "store" }, { "curl/", "ledger" },
	{ "jansson.h", "charter api" }, { "libavformat/", "worker" }, { "libavcodec/", "worker" }, { "libavutil/", "worker" },
	{ "libavfilter/", "worker" }, { "libswscale/", "worker" }, { "libswresample/", "worker" }, { "ass/", "worker" },
};

/* Only the keyholder's client makes grants; base/grant.* declares and defines. */
static const char kept_word[] = "grant_make";
static const char kept_word_room[] = "custody";
static const char kept_word_home[] = "base/grant.";

/* The list of all tables; it names the fields of every room and knows nothing else of them. */
static const char table_list[] = "store/tables.def";

/* The database's own room speaks to it about itself. */
static const char sql_room[] = "store";

struct source {
	const char *room, *name;               /* name: "room/file.c" */
	char *text;
	FILE *report;
	int breaches;
};

static void breach(struct source *source, int line, const char *what, const char *detail)
{
	fprintf(source->report, "%s:%d: %s%s\n", source->name, line, what, detail);
	source->breaches++;
}

static int rank(const char *room, size_t n)
{
	for (size_t i = 0; i < ROOMS; i++)
		if (strlen(rooms[i]) == n && memcmp(rooms[i], room, n) == 0)
			return (int)i;
	return -1;
}

static bool word_in(const char *list, const char *word, size_t n)
{
	for (const char *at = list; (at = strstr(at, word)) != NULL; at++)
		if ((at == list || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0'))
			return true;
	return false;
}

static bool may_include(const char *room, const char *other, size_t n)
{
	char name[32] = "";
	if (n >= sizeof name)
		return true;
	memcpy(name, other, n);
	for (size_t i = 0; i < PROGRAMS; i++)
		if (strcmp(programs[i].folder, room) == 0)
			return strcmp(name, room) == 0 || word_in(programs[i].may_use, name, n);
	return rank(other, n) >= 0 && rank(other, n) <= rank(room, strlen(room));
}

static void check_include(struct source *source, int line, const char *after)
{
	while (*after == ' ' || *after == '\t')
		after++;
	if (*after == '"') {
		const char *slash = strchr(++after, '/');
		size_t n = slash ? (size_t)(slash - after) : 0;
		bool fields = strcmp(source->name, table_list) == 0 && strstr(after, ".def\"");
		bool a_room = !fields && slash && (rank(after, n) >= 0 || (n == 6 && memcmp(after, "worker", n) == 0));
		if (a_room && !may_include(source->room, after, n)) {
			char detail[64];
			snprintf(detail, sizeof detail, "%.*s/", (int)n, after);
			breach(source, line, "this room may not include ", detail);
		}
		return;
	}
	if (*after++ != '<')
		return;
	for (size_t i = 0; i < sizeof kept_headers / sizeof kept_headers[0]; i++) {
		bool same = strncmp(after, kept_headers[i].header, strlen(kept_headers[i].header)) == 0;
		if (same && !word_in(kept_headers[i].rooms, source->room, strlen(source->room)))
			breach(source, line, "this header is only for room ", kept_headers[i].rooms);
	}
}

/* --- SQL: a literal that starts with a verb and goes on as a statement does --- */

static bool is_sql(const char *p, size_t n)
{
	static const struct {
		const char *verb, *then;
	} shapes[] = {
		{ "SELECT ", " FROM " }, { "INSERT ", "INTO " }, { "UPDATE ", " SET " }, { "DELETE ", "FROM " }, { "CREATE ", "TABLE " },
		{ "CREATE ", "INDEX " }, { "ALTER ", "TABLE " }, { "DROP ", "TABLE " },
	};
	char literal[256];
	if (n >= sizeof literal)
		n = sizeof literal - 1;
	memcpy(literal, p, n);
	literal[n] = '\0';
	const char *start = literal + strspn(literal, " ");
	for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++) {
		size_t verb = strlen(shapes[i].verb);
		if (strncmp(start, shapes[i].verb, verb) == 0 && strstr(start + verb - 1, shapes[i].then))
			return true;
	}
	return false;
}

/* Where the literal or comment that begins at `p` ends (behind its last character). */
static char *skip(char *p)
{
	if (p[0] == '/' && p[1] == '*') {
		char *end = strstr(p + 2, "*/");
		return end ? end + 2 : p + strlen(p);
	}
	if (p[0] == '/' && p[1] == '/')
		return p + strcspn(p, "\n");
	char quote = *p++;
	while (*p && *p != quote && *p != '\n')
		p += p[0] == '\\' && p[1] ? 2 : 1;
	return *p == quote ? p + 1 : p;
}

/* Blanks comments, and checks literals on the way; what is left is code. */
static void check_literals(struct source *source)
{
	int line = 1;
	bool include = false;
	for (char *p = source->text; *p;) {
		bool comment = p[0] == '/' && (p[1] == '*' || p[1] == '/');
		if (*p == '\n') {
			line++;
			include = false;
		}
		if (*p == '#')
			include = true;
		if (!comment && *p != '"' && *p != '\'') {
			p++;
			continue;
		}
		char *end = skip(p);
		if (*p == '"' && !include && strcmp(source->room, sql_room) != 0 && is_sql(p + 1, (size_t)(end - p - 1)))
			breach(source, line, "SQL belongs in a .sql file", "");
		for (; p < end; p++) {
			line += *p == '\n';
			if (comment && *p != '\n')
				*p = ' ';
		}
	}
}

static void check_word(struct source *source, int line, const char *text)
{
	if (strcmp(source->room, kept_word_room) == 0 || strncmp(source->name, kept_word_home, sizeof kept_word_home - 1) == 0)
		return;
	for (const char *at = text; (at = strstr(at, kept_word)) != NULL; at++) {
		unsigned char before = at == text ? ' ' : (unsigned char)at[-1];
		if (!isalnum(before) && before != '_')
			breach(source, line, "only custody/ makes grants: ", kept_word);
	}
}

static void check_lines(struct source *source)
{
	int number = 1;
	for (char *line = source->text; *line; number++) {
		char *end = line + strcspn(line, "\n");
		bool last = *end == '\0';
		*end = '\0';
		const char *start = line + strspn(line, " \t");
		if (*start == '#') {
			start += 1 + strspn(start + 1, " \t");
			if (strncmp(start, "include", 7) == 0)
				check_include(source, number, start + 7);
		}
		check_word(source, number, line);
		if (last)
			break;
		line = end + 1;
	}
}

static char *read_whole(const char *path)
{
	FILE *file = fopen(path, "re");
	size_t n = 0, cap = 64 * 1024;
	char *text = file ? malloc(cap) : NULL;
	while (text && !feof(file)) {
		n += fread(text + n, 1, cap - n - 1, file);
		if (n + 1 < cap)
			break;
		cap *= 2;
		text = realloc(text, cap);
	}
	if (file)
		fclose(file);
	if (text)
		text[n] = '\0';
	return text;
}

static int check_file(const char *folder, const char *room, const char *file, FILE *report)
{
	char path[4096], name[512];
	snprintf(path, sizeof path, "%s/%s", folder, file);
	snprintf(name, sizeof name, "%s/%s", room, file);
	struct source source = { .room = room, .name = name, .text = read_whole(path), .report = report };
	if (!source.text) {
		breach(&source, 0, "cannot be read", "");
		return source.breaches;
	}
	check_literals(&source);
	check_lines(&source);
	free(source.text);
	return source.breaches;
}

static bool is_source(const char *name)
{
	const char *dot = strrchr(name, '.');
	return dot && (strcmp(dot, ".c") == 0 || strcmp(dot, ".h") == 0 || strcmp(dot, ".def") == 0);
}

static int check_room(const char *folder, const char *room, FILE *report)
{
	DIR *listing = opendir(folder);
	int breaches = 0;
	const struct dirent *entry;
	while (listing && (entry = readdir(listing)))
		if (is_source(entry->d_name))
			breaches += check_file(folder, room, entry->d_name, report);
	if (listing)
		closedir(listing);
	return breaches;
}

int layers_check(const char *root, FILE *report)
{
	char path[4096];
	snprintf(path, sizeof path, "%s/src", root);
	DIR *listing = opendir(path);
	if (!listing)
		return -1;
	int breaches = 0;
	const struct dirent *entry;
	while ((entry = readdir(listing))) {
		if (entry->d_name[0] == '.' || entry->d_type == DT_REG)
			continue;
		if (rank(entry->d_name, strlen(entry->d_name)) < 0) {
			fprintf(report, "src/%s: this room is not in the list of rooms\n", entry->d_name);
			breaches++;
			continue;
		}
		snprintf(path, sizeof path, "%s/src/%s", root, entry->d_name);
		breaches += check_room(path, entry->d_name, report);
	}
	closedir(listing);
	for (size_t i = 0; i < PROGRAMS; i++) {
		snprintf(path, sizeof path, "%s/%s", root, programs[i].folder);
		breaches += check_room(path, programs[i].folder, report);
	}
	return breaches;
}

/* usage: localegen OUT.h OUT.c en.json [xx.json...]
 *
 * Turns the message catalogues into tables for the pages that the server renders: an enum of keys, and a text a language.
 * The first catalogue is complete by definition; what another lacks is taken from it.  Only the server's own keys are kept;
 * the client reads the rest from the catalogues themselves. */
#include <ctype.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LANGUAGES_MAX 64

static const char *const kept[] = { "app.", "charter.", "letter.", "nav.", "page.", "problem.", "shield." };

struct language {
	char code[16];
	json_t *texts;
};

static bool is_kept(const char *key)
{
	for (size_t i = 0; i < sizeof kept / sizeof kept[0]; i++)
		if (strncmp(key, kept[i], strlen(kept[i])) == 0)
			return true;
	return false;
}

/* Octal: a hexadecimal escape would swallow digits that follow, and bidirectional text in a source file misleads its reader. */
static void put_literal(FILE *out, const char *text)
{
	fputc('"', out);
	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		if (*p >= 0x80 || *p < 0x20 || *p == '"' || *p == '\\' || *p == '?')
			fprintf(out, "\\%03o", *p);
		else
			fputc(*p, out);
	}
	fputc('"', out);
}

static void put_name(FILE *out, const char *key)
{
	fputs("TEXT_", out);
	for (; *key; key++)
		fputc(isalnum((unsigned char)*key) ? *key : '_', out);
}

static bool load(const char *path, struct language *out)
{
	json_error_t error;
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	const char *dot = strrchr(name, '.');
	if (!dot || (size_t)(dot - name) >= sizeof out->code)
		return false;
	memcpy(out->code, name, (size_t)(dot - name));
	out->texts = json_load_file(path, JSON_REJECT_DUPLICATES, &error);
	if (!out->texts)
		fprintf(stderr, "%s:%d:%d: %s\n", path, error.line, error.column, error.text);
	return out->texts != NULL;
}

static void put_header(FILE *out, const struct language *first)
{
	const char *key;
	json_t *value;
	fputs("/* made by tools/localegen.c from locale/ */\n#ifndef LOCALE_TABLE_H\n#define LOCALE_TABLE_H\n\nenum text_key {\n", out);
	json_object_foreach(first->texts, key, value)
		if (is_kept(key)) {
			fputc('\t', out);
			put_name(out, key);
			fputs(",\n", out);
		}
	fputs("\tTEXT_KEYS\n};\nstruct catalogue {\n\tconst char *code, *name, *direction;\n\tconst char *texts[TEXT_KEYS];\n};\n"
	      "/* Ends with a row without a code; the first is complete. */\nextern const struct catalogue catalogues[];\n#endif\n", out);
}

static const char *meta(const struct language *language, const char *name, const char *otherwise)
{
	const char *text = json_string_value(json_object_get(json_object_get(language->texts, "_meta"), name));
	return text ? text : otherwise;
}

static bool put_language(FILE *out, const struct language *language, const struct language *first)
{
	const char *key;
	json_t *value;
	bool fine = true;
	fputs("\t{ ", out);
	put_literal(out, language->code);
	fputs(", ", out);
	put_literal(out, meta(language, "name", language->code));
	fputs(", ", out);
	put_literal(out, meta(language, "dir", "ltr"));
	fputs(", {\n", out);
	json_object_foreach(first->texts, key, value) {
		if (!is_kept(key))
			continue;
		const char *text = json_string_value(json_object_get(language->texts, key));
		if (!text)
			text = json_string_value(value);
		if (!text) {
			fprintf(stderr, "%s: \"%s\" is not a text\n", language->code, key);
			fine = false;
			continue;
		}
		fputs("\t\t[", out);
		put_name(out, key);
		fputs("] = ", out);
		put_literal(out, text);
		fputs(",\n", out);
	}
	fputs("\t} },\n", out);
	return fine;
}

int main(int argc, char **argv)
{
	struct language languages[LANGUAGES_MAX] = {};
	int count = argc - 3;
	if (count < 1 || count > LANGUAGES_MAX)
		return 2;
	for (int i = 0; i < count; i++)
		if (!load(argv[i + 3], &languages[i]))
			return 1;
	FILE *header = fopen(argv[1], "we"), *table = fopen(argv[2], "we");
	if (!header || !table)
		return 1;
	put_header(header, &languages[0]);
	bool fine = true;
	fputs("/* made by tools/localegen.c from locale/ */\n#include \"api/locale_table.h\"\n\nconst struct catalogue catalogues[] = {\n", table);
	for (int i = 0; i < count; i++)
		fine = put_language(table, &languages[i], &languages[0]) && fine;
	fputs("\t{},\n};\n", table);
	fine = fclose(header) == 0 && fclose(table) == 0 && fine;
	for (int i = 0; i < count; i++)
		json_decref(languages[i].texts);
	return fine ? 0 : 1;
}

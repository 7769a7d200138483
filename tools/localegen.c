/* usage: localegen OUT.h OUT.c COUNTRIES.json en.json [xx.json...]
 *
 * Turns the message catalogues into tables for the pages that the server renders: an enum of keys, and a text a language.
 * The first catalogue is complete by definition; what another lacks is taken from it.  Only the server's own keys are kept;
 * the client reads the rest from the catalogues themselves.  A counted text (key#one, key#other, ...) is TEXT_key and the five
 * behind it: one place a plural form, empty where the language has none.  COUNTRIES.json has the states' names in each language. */
#include <ctype.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LANGUAGES_MAX 64

static const char *const kept[] = { "app.", "charter.", "letter.", "nav.", "page.", "problem.", "shield.", "trust." };
/* In the order of api/text.h. */
static const char *const forms[] = { "zero", "one", "two", "few", "many", "other" };
#define FORMS (sizeof forms / sizeof forms[0])

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
	for (; *key && *key != '#'; key++)
		fputc(isalnum((unsigned char)*key) ? *key : '_', out);
}

/* Which of its forms "key#form" is; -1: it is not counted. */
static int form_of(const char *key)
{
	const char *const mark = strchr(key, '#');
	for (size_t i = 0; mark && i < FORMS; i++)
		if (strcmp(mark + 1, forms[i]) == 0)
			return (int)i;
	return -1;
}

/* Counted texts are told once, at their form "other", which each language has. */
static bool is_told(const char *key)
{
	const int form = form_of(key);
	return is_kept(key) && (form < 0 || (size_t)form == FORMS - 1);
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

static void put_header(FILE *out, const struct language *first, size_t countries)
{
	const char *key;
	json_t *value;
	fputs("/* made by tools/localegen.c from locale/ */\n#ifndef LOCALE_TABLE_H\n#define LOCALE_TABLE_H\n\nenum text_key {\n", out);
	json_object_foreach(first->texts, key, value) {
		if (!is_told(key))
			continue;
		for (size_t i = 0; i < (form_of(key) < 0 ? 1 : FORMS); i++) {
			fputc('\t', out);
			put_name(out, key);
			if (i)
				fprintf(out, "__%s", forms[i]);
			fputs(",\n", out);
		}
	}
	fprintf(out, "\tTEXT_KEYS\n};\n#define COUNTRIES %zu\nstruct catalogue {\n\tconst char *code, *name, *direction;\n"
	        "\tconst char *texts[TEXT_KEYS];\n\tconst char *countries[COUNTRIES];\n};\n"
	        "/* Ends with a row without a code; the first is complete. */\nextern const struct catalogue catalogues[];\n"
	        "/* \"letter.title\", of each key; a counted one's without its form, those behind it empty. */\n"
	        "extern const char *const text_names[TEXT_KEYS];\n"
	        "/* ISO 3166-1 alpha-2, sorted. */\nextern const char *const country_codes[COUNTRIES];\n#endif\n", countries);
}

static const char *meta(const struct language *language, const char *name, const char *otherwise)
{
	const char *text = json_string_value(json_object_get(json_object_get(language->texts, "_meta"), name));
	return text ? text : otherwise;
}

/* NULL: it is not there, or no text. */
static const char *text_of(const struct language *language, const char *key)
{
	return json_string_value(json_object_get(language->texts, key));
}

static void put_text(FILE *out, const char *text)
{
	fputs("\t\t", out);
	put_literal(out, text);
	fputs(",\n", out);
}

/* A counted text: what the language lacks altogether is taken from the first. */
static void put_forms(FILE *out, const struct language *language, const struct language *first, const char *key)
{
	char each[256];
	const int stem = (int)strcspn(key, "#");
	const struct language *const from = text_of(language, key) ? language : first;
	for (size_t i = 0; i < FORMS; i++) {
		snprintf(each, sizeof each, "%.*s#%s", stem, key, forms[i]);
		const char *const text = text_of(from, each);
		put_text(out, text ? text : "");
	}
}

static bool put_texts(FILE *out, const struct language *language, const struct language *first)
{
	const char *key;
	json_t *value;
	bool fine = true;
	json_object_foreach(first->texts, key, value) {
		const char *const text = text_of(language, key) ? text_of(language, key) : json_string_value(value);
		if (!is_told(key))
			continue;
		if (!text) {
			fprintf(stderr, "%s: \"%s\" is not a text\n", language->code, key);
			fine = false;
		} else if (form_of(key) >= 0)
			put_forms(out, language, first, key);
		else
			put_text(out, text);
	}
	return fine;
}

static void put_countries(FILE *out, const struct language *language, json_t *countries)
{
	const char *code;
	json_t *names;
	json_object_foreach(countries, code, names) {
		const char *const name = json_string_value(json_object_get(names, language->code));
		put_text(out, name ? name : code);
	}
}

static bool put_language(FILE *out, const struct language *language, const struct language *first, json_t *countries)
{
	fputs("\t{ ", out);
	put_literal(out, language->code);
	fputs(", ", out);
	put_literal(out, meta(language, "name", language->code));
	fputs(", ", out);
	put_literal(out, meta(language, "dir", "ltr"));
	fputs(", {\n", out);
	const bool fine = put_texts(out, language, first);
	fputs("\t}, {\n", out);
	put_countries(out, language, countries);
	fputs("\t} },\n", out);
	return fine;
}

static void put_names(FILE *out, const struct language *first, json_t *countries)
{
	const char *key;
	json_t *value;
	fputs("\t{},\n};\n\nconst char *const text_names[TEXT_KEYS] = {\n", out);
	json_object_foreach(first->texts, key, value) {
		if (!is_told(key))
			continue;
		fprintf(out, "\t\"%.*s\",\n", (int)strcspn(key, "#"), key);
		for (size_t i = 1; form_of(key) >= 0 && i < FORMS; i++)
			fputs("\t\"\",\n", out);
	}
	fputs("};\n\nconst char *const country_codes[COUNTRIES] = {\n", out);
	json_object_foreach(countries, key, value)
		fprintf(out, "\t\"%s\",\n", key);
	fputs("};\n", out);
}

int main(int argc, char **argv)
{
	struct language languages[LANGUAGES_MAX] = {};
	json_error_t error;
	const int count = argc - 4;
	if (count < 1 || count > LANGUAGES_MAX)
		return 2;
	for (int i = 0; i < count; i++)
		if (!load(argv[i + 4], &languages[i]))
			return 1;
	json_t *const countries = json_load_file(argv[3], JSON_REJECT_DUPLICATES, &error);
	FILE *header = fopen(argv[1], "we"), *table = fopen(argv[2], "we");
	if (!countries || !header || !table)
		return 1;
	put_header(header, &languages[0], json_object_size(countries));
	bool fine = true;
	fputs("/* made by tools/localegen.c from locale/ */\n#include \"api/locale_table.h\"\n\nconst struct catalogue catalogues[] = {\n", table);
	for (int i = 0; i < count; i++)
		fine = put_language(table, &languages[i], &languages[0], countries) && fine;
	put_names(table, &languages[0], countries);
	fine = fclose(header) == 0 && fclose(table) == 0 && fine;
	for (int i = 0; i < count; i++)
		json_decref(languages[i].texts);
	json_decref(countries);
	return fine ? 0 : 1;
}

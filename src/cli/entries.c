/* docs/ledger-entries.md: what may stand in a log, told from the table that the program itself reads. */
#include <stdio.h>

#include "cli/cli.h"
#include "ledger/entry.h"

static const char intro[] =
	"# What stands in the ledger\n"
	"\n"
	"<!-- Written by `amanat ledger entries`; a test holds this file against it. -->\n"
	"\n"
	"An entry is one line of ASCII, without a newline, at most %d bytes:\n"
	"\n"
	"```\n"
	"KIND SP TIME (SP FIELD=VALUE)*\n"
	"```\n"
	"\n"
	"KIND is one of the words below. TIME is RFC 3339 in UTC, to the second: `2026-11-22T09:30:00Z`. All fields of the kind follow, in the order of its table, each\n"
	"once, separated by one space. A field that may be missing and is has the value `-`. So there is one way only to write an entry, and none has room for a\n"
	"name or for free text. The leaf of the tree is SHA-256 of a zero byte and the line ([RFC 6962](https://www.rfc-editor.org/rfc/rfc6962), section 2.1); entries are\n"
	"numbered from 0.\n"
	"\n"
	"## Values\n"
	"\n"
	"| type | form |\n"
	"|---|---|\n";

static const struct {
	enum entry_type type;
	const char *name, *form;
} types[] = {
	{ ENTRY_COUNT, "count", "decimal, without a zero in front, below 2^53" },
	{ ENTRY_INDEX, "index", "a count: the number of an entry further up" },
	{ ENTRY_COUNTRY, "country", "two capital letters (ISO 3166-1 alpha-2)" },
	{ ENTRY_DATE, "date", "a day: `2026-11-22`; it begins at midnight, UTC" },
	{ ENTRY_ID, "id", "16 of `0-9 a-f`, chosen at random" },
	{ ENTRY_SHA256, "sha256", "64 of `0-9 a-f`" },
	{ ENTRY_WORD, "word", "one of those listed" },
	{ ENTRY_WORDS, "words", "some of those listed, each once, in their order, joined by commas" },
	{ ENTRY_KEY, "key", "a verifier key: `NAME+ID+BASE64` ([signed-note](https://c2sp.org/signed-note))" },
	{ ENTRY_BASE64, "base64", "RFC 4648, section 4, padded" },
	{ ENTRY_TEXT, "text", "printable ASCII without spaces, at most 200 characters, and not `-` alone" },
};
#define TYPES (sizeof types / sizeof types[0])

static const char *type_name(enum entry_type type)
{
	for (size_t i = 0; i < TYPES; i++)
		if (types[i].type == type)
			return types[i].name;
	return "";
}

static void print_field(const struct entry_field *field)
{
	printf("| `%s` | %s", field->name, type_name(field->type));
	if (field->words[0])
		printf(": `%s`", field->words);
	printf(" | %s | %s |\n", field->must ? "must" : "may", field->about);
}

static void print_form(const struct entry_form *form)
{
	printf("\n### %s\n\n%s\n\n| field | value | there | what |\n|---|---|---|---|\n", form->name, form->about);
	for (const struct entry_field *field = form->fields; field->name; field++)
		print_field(field);
}

enum err run_ledger_entries(struct cli *)
{
	printf(intro, ENTRY_LINE_MAX);
	for (size_t i = 0; i < TYPES; i++)
		printf("| %s | %s |\n", types[i].name, types[i].form);
	printf("\n## Kinds\n");
	for (const struct entry_form *form = entry_forms; form->name; form++)
		print_form(form);
	return OK;
}

/* The manual page: packaging/amanat.1.in, its lists filled in from the tables of commands, options and settings.
 *
 * mdoc: https://mandoc.bsd.lv/man/mdoc.7.html */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "upkeep/fsck.h"

extern const char manual_frame[];              /* made by tools/embed.c */

#define LINE_COLUMNS 78

/* A sentence begins a line, a line is short, and a backslash, roff's escape, is written out. */
static void put_roff(const char *words)
{
	int column = 0;
	while (*words) {
		int n = (int)strcspn(words, " ");
		if (column > 0 && column + 1 + n > LINE_COLUMNS) {
			putchar('\n');
			column = 0;
		}
		column += n + (column > 0 ? printf(" ") : 0);
		for (int i = 0; i < n; i++)
			fputs(words[i] == '\\' ? "\\e" : (const char[]){ words[i], '\0' }, stdout);
		if (n > 0 && words[n - 1] == '.' && words[n]) {
			putchar('\n');
			column = 0;
		}
		words += n + (words[n] == ' ');
	}
	putchar('\n');
}

static void put_options(const struct command_option *options)
{
	for (; options && options->name; options++) {
		printf(".It Fl -%s%s%s\n", options->name, options->value ? " Ar " : "", options->value ? options->value : "");
		put_roff(options->help);
	}
}

static void put_command(const struct command *command)
{
	printf(".It Cm %s%s%s\n", command->name, command->arguments[0] ? " Ar " : "", command->arguments);
	printf("%s.\n", command->summary);
	if (command->about[0])
		put_roff(command->about);
	if (!command->options)
		return;
	puts(".Bl -tag -width Ds");
	put_options(command->options);
	puts(".El");
}

static void put_invariants(void)
{
	struct invariant_words words;
	for (size_t i = 0; fsck_invariant(i, &words); i++) {
		printf(".It Cm %s%s\n", words.name, words.residue ? " No (note)" : "");
		put_roff(words.holds);
		put_roff(words.mended);
	}
}

static void put_setting(void *self, const struct setting_info *setting)
{
	const char **section = self;
	if (!*section || strcmp(*section, setting->section) != 0)
		printf("%s.Ss Section %s\n.Bl -tag -width Ds\n", *section ? ".El\n" : "", setting->section);
	*section = setting->section;
	printf(".It Cm %s Ns = Ns Ar %s\n", setting->name, setting->type);
	put_roff(setting->help);
	AUTO(buf_free) struct buf allowed = buf_new(256);
	buf_printf(&allowed, "Allowed: %s.", setting->range);
	put_roff(buf_terminated(&allowed));
	if (setting->standard[0])
		printf("Default:\n.Ql %s .\n", setting->standard);
	else
		puts("Default: empty.");
}

static void put_settings(void)
{
	const char *section = NULL;
	config_each(put_setting, &section);
	puts(".El");
}

enum err run_manual(struct cli *)
{
	struct str rest = str_of(manual_frame);
	while (rest.n > 0) {
		struct str line = str_cut(&rest, '\n');
		if (str_eq(line, STR("@COMMON@"))) {
			put_options(common_options);
		} else if (str_eq(line, STR("@INVARIANTS@"))) {
			put_invariants();
		} else if (str_eq(line, STR("@SETTINGS@"))) {
			put_settings();
		} else if (str_eq(line, STR("@COMMANDS@"))) {
			for (const struct command *command = commands; command->name; command++)
				put_command(command);
		} else {
			printf(STR_FMT "\n", STR_ARG(line));
		}
	}
	return OK;
}

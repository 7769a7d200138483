#include <stdio.h>
#include <string.h>

#include "api/version.h"
#include "cli/cli.h"

#define WIDTH 80

/* Words in lines of at most WIDTH columns, from column `indent` on, where the first line stands already. */
static void put_wrapped(const char *words, int indent)
{
	int column = indent;
	while (*words) {
		int n = (int)strcspn(words, " ");
		if (column > indent && column + 1 + n > WIDTH) {
			printf("\n%*s", indent, "");
			column = indent;
		} else if (column > indent) {
			putchar(' ');
			column++;
		}
		printf("%.*s", n, words);
		column += n;
		words += n + (words[n] == ' ');
	}
	putchar('\n');
}

static void put_options(const struct command_option *options)
{
	for (; options && options->name; options++) {
		char left[64];
		snprintf(left, sizeof left, "--%s%s%s", options->name, options->value ? " " : "", options->value ? options->value : "");
		printf("  %-28s ", left);
		put_wrapped(options->help, 31);
	}
}

void help_common(void)
{
	puts("Every command takes:");
	put_options(common_options);
}

void help_overview(void)
{
	puts("usage: amanat COMMAND [options]\n\nShort video, held in trust.\n");
	for (const struct command *command = commands; command->name; command++) {
		char left[64];
		snprintf(left, sizeof left, "%s%s%s", command->name, command->arguments[0] ? " " : "", command->arguments);
		printf("  %-28s %s\n", left, command->summary);
	}
	puts("");
	help_common();
	puts("\nFirst steps: amanat init, then amanat serve.  More: amanat COMMAND --help, man amanat.");
}

static void put_examples(const char *examples)
{
	puts("\nExamples:");
	while (*examples) {
		int n = (int)strcspn(examples, "\n");
		printf("  %.*s\n", n, examples);
		examples += n + (examples[n] == '\n');
	}
}

void help_command(const struct command *command)
{
	printf("usage: amanat %s%s%s [options]\n\n%s.", command->name, command->arguments[0] ? " " : "", command->arguments, command->summary);
	if (command->about[0]) {
		fputs("\n", stdout);
		put_wrapped(command->about, 0);
	} else {
		puts("");
	}
	puts("\nOptions:");
	put_options(command->options);
	put_options(common_options);
	put_examples(command->examples);
	puts("\nExit code: 0 done, 1 failed, 2 the command line is wrong.");
}

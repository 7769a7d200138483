#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/upkeep.h"
#include "social/account.h"

#define LINE_BYTES_MAX 1024

/* The command whose words begin the line; how many words they are. */
static const struct command *find_command(int argc, char **argv, int *words)
{
	for (const struct command *command = commands; command->name; command++) {
		struct str rest = str_of(command->name);
		int n = 0;
		bool same = true;
		while (rest.n > 0 && same) {
			struct str word = str_cut(&rest, ' ');
			same = n + 1 < argc && str_eq(word, str_of(argv[n + 1]));
			n++;
		}
		if (same) {
			*words = n;
			return command;
		}
	}
	return NULL;
}

static int find_option(const struct command_option *options, struct str name)
{
	for (int i = 0; options && options[i].name; i++)
		if (str_eq(name, str_of(options[i].name)))
			return i;
	return -1;
}

static enum err add_override(struct cli *cli, const char *text)
{
	if (cli->override_count == OVERRIDES_MAX)
		return fail(&cli->cx, E_INVALID, "at most %d settings on the command line; put them into a file", OVERRIDES_MAX);
	cli->overrides[cli->override_count++] = text;
	return OK;
}

static enum err take_common(struct cli *cli, const char *name, const char *value)
{
	if (strcmp(name, "help") == 0)
		cli->help = true;
	else if (strcmp(name, "config") == 0)
		cli->config_file = value;
	else if (strcmp(name, "set") == 0)
		return add_override(cli, value);
	else
		return add_override(cli, arena_printf(&cli->cx.mem, "store.folder=%s", value).p);
	return OK;
}

/* "--name value" or "--name=value"; `*next` moves past a value of its own. */
static enum err read_option(struct cli *cli, int argc, char **argv, int *next)
{
	struct str rest = str_of(argv[*next] + 2);
	const char *equals = strchr(argv[*next], '=');
	struct str name = str_cut(&rest, '=');
	int own = find_option(cli->command->options, name), common = find_option(common_options, name);
	if (own < 0 && common < 0)
		return fail(&cli->cx, E_INVALID, "there is no option --" STR_FMT, STR_ARG(name));
	const struct command_option *option = own >= 0 ? &cli->command->options[own] : &common_options[common];
	const char *value = "";
	if (!option->value && equals)
		return fail(&cli->cx, E_INVALID, "--%s takes no value", option->name);
	if (option->value) {
		if (!equals && *next + 1 >= argc)
			return fail(&cli->cx, E_INVALID, "--%s needs a value: %s", option->name, option->value);
		value = equals ? equals + 1 : argv[++*next];
	}
	if (own < 0)
		return take_common(cli, option->name, value);
	cli->values[own] = value;
	return OK;
}

enum err cli_read(struct cli *cli, int argc, char **argv)
{
	int words = 0;
	bool literal = false;
	cli->command = find_command(argc, argv, &words);
	if (!cli->command)
		return fail(&cli->cx, E_INVALID, "there is no command \"%s%s%s\"", argv[1], argc > 2 ? " " : "", argc > 2 ? argv[2] : "");
	for (int i = words + 1; i < argc; i++) {
		if (!literal && strcmp(argv[i], "--") == 0) {
			literal = true;
		} else if (!literal && strcmp(argv[i], "-h") == 0) {
			cli->help = true;
		} else if (!literal && strncmp(argv[i], "--", 2) == 0) {
			TRY(read_option(cli, argc, argv, &i));
		} else if (cli->count >= cli->command->most) {
			return fail(&cli->cx, E_INVALID, "\"%.60s\" is one argument too many", argv[i]);
		} else {
			cli->arguments[cli->count++] = argv[i];
		}
	}
	if (!cli->help && cli->count < cli->command->least)
		return fail(&cli->cx, E_INVALID, "%s is missing", cli->command->arguments);
	return OK;
}

const char *cli_option(const struct cli *cli, const char *name)
{
	int i = find_option(cli->command->options, str_of(name));
	return i < 0 ? NULL : cli->values[i];
}

enum err cli_number(struct cli *cli, const char *name, int64_t least, int64_t most, int64_t standard, int64_t *out)
{
	const char *value = cli_option(cli, name);
	int64_t number = standard;
	if (value && (!str_i64(str_of(value), &number) || number < least || number > most))
		return fail(&cli->cx, E_INVALID, "--%s is \"%.20s\"; allowed: %" PRId64 " to %" PRId64, name, value, least, most);
	*out = number;
	return OK;
}

/* --- standard input --- */

static bool read_line(struct cli *cli, FILE *from, struct str *out)
{
	char line[LINE_BYTES_MAX];
	if (!fgets(line, sizeof line, from))
		return false;
	size_t n = strcspn(line, "\r\n");
	*out = arena_copy(&cli->cx.mem, (struct str){ line, n });
	explicit_bzero(line, sizeof line);
	return true;
}

static bool ask_hidden(struct cli *cli, const char *question, struct str *out)
{
	struct termios before, hidden;
	bool terminal = isatty(STDIN_FILENO) && tcgetattr(STDIN_FILENO, &before) == 0;
	if (!terminal)
		return read_line(cli, stdin, out);
	hidden = before;
	hidden.c_lflag &= ~(tcflag_t)ECHO;
	fputs(question, stderr);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
	bool read = read_line(cli, stdin, out);
	tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	fputc('\n', stderr);
	return read;
}

static enum err password_from_file(struct cli *cli, const char *path, struct str *out)
{
	FILE *file = fopen(path, "re");
	bool read = file && read_line(cli, file, out) && out->n > 0;
	if (file)
		fclose(file);
	return read ? OK : fail(&cli->cx, E_INVALID, "no password can be read from the first line of \"%.80s\"", path);
}

enum err cli_password(struct cli *cli, bool twice, struct str *out)
{
	struct str again;
	const char *path = cli_option(cli, "password-file");
	if (path)
		return password_from_file(cli, path, out);
	if (!ask_hidden(cli, "Password: ", out) || out->n == 0)
		return fail(&cli->cx, E_INVALID, "no password was given: write it as the first line of standard input");
	if (!twice || !isatty(STDIN_FILENO))
		return OK;
	if (!ask_hidden(cli, "Again: ", &again) || !str_eq(*out, again))
		return fail(&cli->cx, E_INVALID, "the two passwords are not the same");
	return OK;
}

bool cli_is_empty(const char *folder)
{
	DIR *dir = opendir(folder);
	bool empty = true;
	if (!dir)
		return true;
	for (struct dirent *entry = readdir(dir); entry; entry = readdir(dir))
		empty &= strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
	closedir(dir);
	return empty;
}

bool cli_sure(const struct cli *cli, const char *question)
{
	char line[16] = "";
	if (cli_option(cli, "yes"))
		return true;
	if (!isatty(STDIN_FILENO))
		return false;
	fprintf(stderr, "%s [y/N] ", question);
	return fgets(line, sizeof line, stdin) && (line[0] == 'y' || line[0] == 'Y');
}

/* --- accounts --- */

enum err cli_account(struct cli *cli, const char *handle, struct account *out)
{
	struct str name = str_of(handle);
	if (str_starts(name, STR("@")))
		name = str_from(name, 1);
	enum err status = account_by_handle(&cli->cx, name, out);
	if (status == E_NOTFOUND)
		return fail(&cli->cx, E_NOTFOUND, "there is no account \"%.40s\"; see: amanat user list", handle);
	return status;
}

enum err cli_act_as(struct cli *cli, int64_t account)
{
	TRY(account_grant(&cli->cx, GRANT_OPERATOR, account, &cli->cx.actor.grant));
	cli->cx.actor.account = account;
	cli->cx.actor.role = ROLE_MEMBER;
	return OK;
}

#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "safety/operator.h"
#include "social/account.h"
#include "store/writer.h"

static enum err role_from(struct cli *cli, const char *word, enum role *out)
{
	*out = role_of(str_of(word));
	if (*out == ROLE_NOBODY)
		return fail_as(&cli->cx, E_INVALID, "usage", "\"%.20s\" is no role; there are: member, moderator, operator", word);
	return OK;
}

enum err run_user_add(struct cli *cli)
{
	const char *name = cli_option(cli, "name"), *role = cli_option(cli, "role");
	struct sign_up sign_up = { .handle = str_of(cli->arguments[0]), .name = str_of(name), .role = ROLE_MEMBER };
	int64_t id;
	if (role)
		TRY(role_from(cli, role, &sign_up.role));
	TRY(cli_password(cli, true, &sign_up.password));
	TRY(account_add(&cli->cx, &sign_up, &id));
	printf("Added %s (%s).\n", cli->arguments[0], role_name(sign_up.role));
	return OK;
}

enum err run_user_list(struct cli *cli)
{
	struct account_page page = {};
	do {
		TRY(account_list(&cli->cx, page.next, &page));
		for (size_t i = 0; i < page.count; i++) {
			const struct account *account = &page.items[i];
			char when[RFC3339_BYTES];
			time_rfc3339(account->created_us, when);
			printf("%-30.*s %-10.*s %-10.*s %.10s\n", STR_ARG(account->handle), STR_ARG(account->role), STR_ARG(account->state), when);
		}
	} while (page.next != 0);
	return OK;
}

enum err run_user_password(struct cli *cli)
{
	struct account account;
	struct str password;
	TRY(cli_account(cli, cli->arguments[0], &account));
	TRY(cli_password(cli, true, &password));
	TRY(account_reset_password(&cli->cx, account.id, password));
	puts("The password is set; all sessions of the account have ended.");
	return OK;
}

/* --- what is one write --- */

struct change {
	int64_t account;
	enum role role;
};

static enum err set_role(struct ctx *cx, void *argument)
{
	const struct change *change = argument;
	return account_set_role(cx, change->account, change->role);
}

static enum err suspend(struct ctx *cx, void *argument)
{
	const struct change *change = argument;
	return operator_suspend(cx, change->account);
}

static enum err restore(struct ctx *cx, void *argument)
{
	const struct change *change = argument;
	return account_restore(cx, change->account);
}

static enum err close_account(struct ctx *cx, void *argument)
{
	const struct change *change = argument;
	return operator_close_account(cx, change->account);
}

static enum err apply(struct cli *cli, write_work *work, enum role role, const char *done)
{
	struct account account;
	TRY(cli_account(cli, cli->arguments[0], &account));
	struct change change = { .account = account.id, .role = role };
	TRY(writer_run(&cli->cx, work, &change));
	printf("%s %s\n", cli->arguments[0], done);
	return OK;
}

enum err run_user_role(struct cli *cli)
{
	enum role role;
	TRY(role_from(cli, cli->arguments[1], &role));
	return apply(cli, set_role, role, arena_printf(&cli->cx.mem, "is %s now.", role_name(role)).p);
}

enum err run_user_suspend(struct cli *cli)
{
	return apply(cli, suspend, ROLE_NOBODY, "is suspended.");
}

enum err run_user_restore(struct cli *cli)
{
	return apply(cli, restore, ROLE_NOBODY, "is restored.");
}

enum err run_user_delete(struct cli *cli)
{
	if (!cli_sure(cli, "This cannot be undone. Delete the account and all that is its?"))
		return fail_as(&cli->cx, E_INVALID, "usage", "nothing was deleted; say --yes to be sure");
	return apply(cli, close_account, ROLE_NOBODY, "is deleted; the running server erases the rest, or its next start does.");
}

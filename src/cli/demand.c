#include <inttypes.h>
#include <stdio.h>

#include "cli/cli.h"
#include "docket/demand.h"
#include "social/account.h"
#include "store/writer.h"

struct entering {
	struct demand_new demand;
	int64_t id;
};

static enum err enter(struct ctx *cx, void *argument)
{
	struct entering *entering = argument;
	return demand_add(cx, &entering->demand, &entering->id);
}

enum err run_demand_add(struct cli *cli)
{
	const char *asker = cli_option(cli, "asker"), *kind = cli_option(cli, "kind");
	if (!asker || !kind)
		return fail_as(&cli->cx, E_INVALID, "usage", "--asker and --kind are needed");
	struct entering entering = { .demand = {
		.asker = str_of(asker), .kind = str_of(kind), .authority = str_of(cli_option(cli, "authority")),
		.reference = str_of(cli_option(cli, "reference")), .text = str_of(cli_option(cli, "text")),
	} };
	TRY(writer_run(&cli->cx, enter, &entering));
	printf("Entered demand %" PRId64 "; the letter counts it from now on.\n", entering.id);
	return OK;
}

enum err run_demand_list(struct cli *cli)
{
	struct demand_page page = {};
	do {
		TRY(demand_list(&cli->cx, page.next, &page));
		for (size_t i = 0; i < page.count; i++) {
			const struct demand *demand = &page.items[i];
			char when[RFC3339_BYTES];
			time_rfc3339(demand->received_us, when);
			printf("%" PRId64 " %.10s %-2.*s %-12.*s %-9.*s %.*s\n", demand->id, when, STR_ARG(demand->asker), STR_ARG(demand->kind),
			       STR_ARG(demand->state), STR_ARG(demand->authority));
		}
	} while (page.next != 0);
	return OK;
}

enum err run_demand_count(struct cli *cli)
{
	int64_t count;
	TRY(demand_count(&cli->cx, &count));
	printf("%" PRId64 "\n", count);
	return OK;
}

/* --- invitations --- */

struct inviting {
	int64_t uses, days;
	char code[INVITE_CODE_BYTES];
};

static enum err invite(struct ctx *cx, void *argument)
{
	struct inviting *inviting = argument;
	return invite_create(cx, inviting->uses, inviting->days, inviting->code);
}

enum err run_invite_add(struct cli *cli)
{
	struct inviting inviting;
	TRY(cli_number(cli, "uses", 1, 1000000, 1, &inviting.uses));
	TRY(cli_number(cli, "days", 1, 3650, 14, &inviting.days));
	TRY(writer_run(&cli->cx, invite, &inviting));
	printf("%s\n", inviting.code);
	return OK;
}

/* Incidents, opaque entries, the next version of the charter, and the demo's demand. */
#include "cli/docket.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "demo/demo.h"
#include "docket/charters.h"
#include "docket/demand.h"
#include "social/demo.h"
#include "social/account.h"

/* --- options --- */

enum err cli_day(struct cli *cli, const char *name, int64_t *out)
{
	const char *const day = cli_option(cli, name);
	*out = 0;
	if (day && !time_rfc3339_read(arena_printf(&cli->cx.mem, "%.10sT00:00:00Z", day), out))
		return fail_as(&cli->cx, E_INVALID, "usage", "--%s takes a day, like 2026-11-22", name);
	return OK;
}

static void close_stream(FILE **stream)
{
	if (*stream)
		fclose(*stream);
}

enum err cli_file(struct cli *cli, const char *path, size_t most, struct str *out)
{
	char *const bytes = arena_alloc(&cli->cx.mem, most + 1, 1);
	AUTO(close_stream) FILE *in = fopen(path, "re");
	if (!in)
		return fail(&cli->cx, E_NOTFOUND, "%.150s: %s", path, strerror(errno));
	const size_t n = fread(bytes, 1, most + 1, in);
	if (ferror(in))
		return fail(&cli->cx, E_IO, "%.150s cannot be read", path);
	if (n > most)
		return fail(&cli->cx, E_TOOLARGE, "%.150s has more than %zu bytes", path, most);
	*out = (struct str){ bytes, n };
	return OK;
}

/* --- the charter's next version --- */

enum err run_charter_publish(struct cli *cli)
{
	struct charters charters;
	struct str bytes;
	uint64_t number;
	TRY(cli_file(cli, cli->arguments[0], CHARTER_BYTES_MAX, &bytes));
	TRY(charters_publish(&cli->cx, bytes, &number));
	TRY(charters_read(&cli->cx, &charters));
	char settled[RFC3339_BYTES];
	time_rfc3339(charters.settled_us, settled);
	printf("Published: version %" PRIu32 ", entry %" PRIu64 ".\nWhat it tightens is in force; what it loosens is from %s on.\n",
	       charters.items[charters.count - 1].charter.version, number, settled);
	return OK;
}

enum err run_charter_list(struct cli *cli)
{
	struct charters charters;
	TRY(charters_read(&cli->cx, &charters));
	for (size_t i = charters.count; i-- > 0;) {
		const struct charter_item *const item = &charters.items[i];
		bool counts = false;
		char entered[RFC3339_BYTES];
		for (size_t k = 0; k < charters.force.count; k++)
			counts |= charters.force.charters[k]->version == item->charter.version;
		time_rfc3339(item->entered_us, entered);
		printf("%" PRIu32 " %s entry %" PRIu64 "%s\n", item->charter.version, entered, item->number, counts ? " counts" : "");
	}
	if (charters.count == 0)
		printf("There is no charter yet: everything is refused.\n");
	return OK;
}

/* --- incidents --- */

enum err run_incident_add(struct cli *cli)
{
	struct incident_new new = { .kind = str_of(cli_option(cli, "kind")) };
	const char *const report = cli_option(cli, "report");
	uint64_t number;
	if (!new.kind.n || !cli_option(cli, "happened"))
		return fail_as(&cli->cx, E_INVALID, "usage", "--kind and --happened are needed");
	TRY(cli_day(cli, "happened", &new.happened_us));
	TRY(cli_day(cli, "told", &new.told_us));
	TRY(cli_number(cli, "people", 0, 1'000'000'000'000, 0, &new.people));
	if (report)
		TRY(cli_file(cli, report, (size_t)1 << 20, &new.report));
	TRY(incident_add(&cli->cx, &new, &number));
	printf("Entered: entry %" PRIu64 ".\n", number);
	return OK;
}

/* --- opaque entries --- */

enum err run_opaque_renew(struct cli *cli)
{
	uint64_t number;
	int64_t until_us;
	TRY(cli_day(cli, "until", &until_us));
	if (!str_u64(str_of(cli->arguments[0]), &number) || !until_us)
		return fail_as(&cli->cx, E_INVALID, "usage", "the number of an opaque entry and --until DAY are needed");
	TRY(opaque_renew(&cli->cx, number, until_us));
	printf("Entry %" PRIu64 " stays closed until then.\n", number);
	return OK;
}

/* --- the demo's demand --- */

/* A state that is the owner's, by the charter: the first that it names, else one that no real state has. */
static enum err fictitious_asker(struct cli *cli, struct str *out)
{
	struct charters charters;
	TRY(charters_read(&cli->cx, &charters));
	*out = STR("XA");
	if (charters.count == 0)
		return fail(&cli->cx, E_NOTFOUND, "there is no charter yet: start the node once");
	const struct charter *const newest = &charters.items[charters.count - 1].charter;
	if (newest->owner_stated && newest->owner_count)
		*out = arena_copy(&cli->cx.mem, str_of(newest->owners[0].code));
	return OK;
}

static enum err name_one(struct cli *cli, struct demand_new *new)
{
	struct demo_accounts accounts;
	struct account account;
	TRY(demo_accounts(&cli->cx, &accounts));
	for (size_t i = 0; i < accounts.count && new->people_count == 0; i++)
		if (account_by_id(&cli->cx, accounts.ids[i], &account) == OK && !str_eq(account.handle, STR(DEMO_GUEST)))
			new->people[new->people_count++] = account.handle;
	return OK;
}

static enum err check_demo(struct cli *cli)
{
	bool exists;
	TRY(demo_exists(&cli->cx, &exists));
	if (!exists)
		return fail(&cli->cx, E_DENIED, "this is no demo: a demand that nobody made has no place in its ledger (amanat serve --init --demo)");
	const enum err outcome = demo_alone(&cli->cx);
	if (outcome == E_CONFLICT && !cli_sure(cli, "People have accounts on this node, too, and the demand will stand in its ledger for ever. Go on?"))
		return fail_as(&cli->cx, E_INVALID, "usage", "nothing was filed: people have accounts on this node, too, and a demand stays in its ledger for ever; say --yes to be sure");
	return outcome == E_CONFLICT ? OK : outcome;
}

enum err run_demo_demand(struct cli *cli)
{
	AUTO(buf_free) struct buf text = buf_new(DEMAND_RECEIPT_MAX);
	struct ctx *const cx = &cli->cx;
	struct demand_new new = {
		.kind = STR("data"), .basis = STR("court"), .authority = STR("Ministry of Examples"), .reference = STR("EX 1/2026"),
		.text = STR("Hand over everything that you know about this account."),
	};
	struct demand_done done;
	struct demand demand;
	TRY(check_demo(cli));
	TRY(fictitious_asker(cli, &new.asker));
	TRY(name_one(cli, &new));
	printf("The Ministry of Examples of the state " STR_FMT " orders @" STR_FMT "'s data to be handed over.\n\n", STR_ARG(new.asker),
	       STR_ARG(new.people[0]));
	TRY(demand_file(cx, &new, &done));
	TRY(demand_get(cx, str_of(done.demand), &demand));
	TRY(demand_answer_text(cx, &demand, &text));
	printf("%s\n", buf_terminated(&text));
	if (!done.included) {
		printf("The entry is not under a checkpoint yet; the server goes on with it.\n");
		return OK;
	}
	text.n = 0;
	TRY(demand_receipt(cx, &demand, &text));
	printf("The asker's receipt, which anybody can check with the log's key (/ledger/key):\n\n%s\nSee /letter.\n", buf_terminated(&text));
	return OK;
}

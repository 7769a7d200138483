#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/docket.h"
#include "docket/demand.h"
#include "social/account.h"
#include "store/writer.h"

/* --- filing --- */

static enum err read_people(struct cli *cli, struct demand_new *new)
{
	struct str rest = str_of(cli_option(cli, "accounts"));
	while (rest.n) {
		if (new->people_count == DEMAND_PEOPLE_MAX)
			return fail_as(&cli->cx, E_INVALID, "usage", "--accounts lists at most %d; say how many it names with --named", DEMAND_PEOPLE_MAX);
		struct str handle = str_trim(str_cut(&rest, ','));
		if (str_starts(handle, STR("@")))
			handle = str_from(handle, 1);
		new->people[new->people_count++] = handle;
	}
	return OK;
}

static enum err read_subjects(struct cli *cli, struct demand_new *new)
{
	struct str rest = str_of(cli_option(cli, "subjects"));
	while (rest.n) {
		const struct str id = str_trim(str_cut(&rest, ','));
		if (new->subject_count == DEMAND_SUBJECTS_MAX || !str_i64(id, &new->subjects[new->subject_count]))
			return fail_as(&cli->cx, E_INVALID, "usage", "--subjects takes ids of videos and comments, at most %d", DEMAND_SUBJECTS_MAX);
		new->subject_count++;
	}
	return OK;
}

static enum err read_new(struct cli *cli, struct demand_new *out)
{
	const char *const papers = cli_option(cli, "papers");
	struct demand_new new = {
		.asker = str_of(cli_option(cli, "asker")), .kind = str_of(cli_option(cli, "kind")), .basis = str_of(cli_option(cli, "basis")),
		.authority = str_of(cli_option(cli, "authority")), .reference = str_of(cli_option(cli, "reference")),
		.text = str_of(cli_option(cli, "text")), .hidden = cli_option(cli, "uncounted"),
	};
	if (!new.asker.n || !new.kind.n || !new.basis.n)
		return fail_as(&cli->cx, E_INVALID, "usage", "--asker, --kind and --basis are needed");
	TRY(read_people(cli, &new));
	TRY(read_subjects(cli, &new));
	TRY(cli_number(cli, "named", 0, 1'000'000'000'000, 0, &new.named));
	TRY(cli_day(cli, "silence", &new.gag_us));
	if (new.hidden && !new.gag_us)
		return fail_as(&cli->cx, E_INVALID, "usage", "--uncounted needs --silence: until when");
	if (papers)
		TRY(cli_file(cli, papers, DEMAND_PAPERS_BYTES_MAX, &new.papers));
	*out = new;
	return OK;
}

/* What the asker gets, told as it stands in the ledger. */
static enum err tell(struct cli *cli, const struct demand_done *done)
{
	AUTO(buf_free) struct buf answer = buf_new(DEMAND_ANSWER_MAX);
	struct ctx *const cx = &cli->cx;
	struct demand demand;
	TRY(demand_get(cx, str_of(done->demand), &demand));
	if (str_eq(demand.state, STR("hidden"))) {
		printf("Demand %s is hidden: it goes into the next opaque entry, and is entered for everyone on the day on which its silence ends.\n", done->demand);
		return OK;
	}
	if (!done->included)
		printf("The entry is not under a checkpoint yet; what follows is done as soon as it is.\n");
	TRY(demand_answer_text(cx, &demand, &answer));
	printf("%s", buf_terminated(&answer));
	if (done->included)
		printf("The receipt: amanat demand receipt %s\n", done->demand);
	return OK;
}

enum err run_demand_add(struct cli *cli)
{
	struct demand_new new;
	struct demand_done done;
	TRY(read_new(cli, &new));
	TRY(demand_file(&cli->cx, &new, &done));
	printf("Entered. The letter counts it from now on.\n");
	return tell(cli, &done);
}

/* --- what the desk does with it --- */

enum err run_demand_authenticate(struct cli *cli)
{
	struct demand_done done;
	const char *const how = cli_option(cli, "how");
	if (!how)
		return fail_as(&cli->cx, E_INVALID, "usage", "--how is needed: call-back, signed-mail, treaty-channel or in-person");
	TRY(demand_authenticate(&cli->cx, str_of(cli->arguments[0]), str_of(how), &done));
	return tell(cli, &done);
}

enum err run_demand_decide(struct cli *cli)
{
	struct demand_answer answer = { .outcome = str_of(cli->arguments[1]), .reason = str_of(cli_option(cli, "reason")) };
	struct demand_done done;
	TRY(cli_number(cli, "days", 1, 365, 0, &answer.hold_days));
	TRY(demand_decide(&cli->cx, str_of(cli->arguments[0]), &answer, &done));
	return tell(cli, &done);
}

enum err run_demand_silence(struct cli *cli)
{
	struct demand_done done;
	int64_t until_us = 0;
	TRY(cli_day(cli, "until", &until_us));
	if (!until_us && !cli_option(cli, "end"))
		return fail_as(&cli->cx, E_INVALID, "usage", "--until DAY or --end is needed");
	TRY(demand_gag(&cli->cx, str_of(cli->arguments[0]), until_us, &done));
	return tell(cli, &done);
}

enum err run_demand_release(struct cli *cli)
{
	struct demand_done done;
	TRY(demand_release(&cli->cx, str_of(cli->arguments[0]), &done));
	printf("Nothing is held on it any more.\n");
	return OK;
}

/* --- looking --- */

enum err run_demand_receipt(struct cli *cli)
{
	AUTO(buf_free) struct buf receipt = buf_new(DEMAND_RECEIPT_MAX);
	struct demand demand;
	TRY(demand_get(&cli->cx, str_of(cli->arguments[0]), &demand));
	TRY(demand_receipt(&cli->cx, &demand, &receipt));
	printf("%s", buf_terminated(&receipt));
	return OK;
}

enum err run_demand_answer(struct cli *cli)
{
	AUTO(buf_free) struct buf answer = buf_new(DEMAND_ANSWER_MAX);
	struct demand demand;
	TRY(demand_get(&cli->cx, str_of(cli->arguments[0]), &demand));
	TRY(demand_answer_text(&cli->cx, &demand, &answer));
	printf("%s", buf_terminated(&answer));
	return OK;
}

/* With --salted just what its entry has the hash of. */
enum err run_demand_papers(struct cli *cli)
{
	struct demand demand;
	struct str salt, bytes;
	TRY(demand_get(&cli->cx, str_of(cli->arguments[0]), &demand));
	TRY(demand_papers(&cli->cx, &demand, &salt, &bytes));
	if (cli_option(cli, "salted"))
		fwrite(salt.p, 1, salt.n, stdout);
	fwrite(bytes.p, 1, bytes.n, stdout);
	return OK;
}

/* "3 days", "5 hours", "overdue": until a deadline. */
static void print_deadline(int64_t due_us, int64_t now_us)
{
	const int64_t left_us = due_us - now_us;
	if (due_us == 0)
		printf(" %-9s", "-");
	else if (left_us < 0)
		printf(" %-9s", "overdue");
	else if (left_us >= 2 * DAY_US)
		printf(" %3" PRId64 " days ", left_us / DAY_US);
	else
		printf(" %3" PRId64 " hours", left_us / HOUR_US);
}

enum err run_demand_list(struct cli *cli)
{
	struct demand_page page = {};
	do {
		TRY(demand_list(&cli->cx, page.next, &page));
		for (size_t i = 0; i < page.count; i++) {
			const struct demand *demand = &page.items[i];
			char when[RFC3339_BYTES];
			const struct str state = demand->outcome.n ? demand->outcome : demand->state;
			time_rfc3339(demand->received_us, when);
			printf(STR_FMT " %.10s %-2.*s %-12.*s %-9.*s %-16.*s", STR_ARG(demand->demand), when, STR_ARG(demand->asker), STR_ARG(demand->kind),
			       STR_ARG(demand->basis), STR_ARG(state));
			print_deadline(demand->due_us, cli->cx.now_us);
			printf(" " STR_FMT "\n", STR_ARG(demand->authority));
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

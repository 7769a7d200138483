/* What the asker gets: a receipt, and an answer.  Made of the ledger's lines and the charter's sentence alone. */
#include <inttypes.h>

#include "custody/custody.h"
#include "docket/inside.h"

/* Of a demand under silence: the opaque entry's line, and on two more lines what it hides: salt and line. */
static enum err hidden_extra(struct ctx *cx, const struct demand *demand, uint64_t *number, struct buf *extra)
{
	AUTO(grant_wipe) struct grant desk = { .purpose = GRANT_NONE };
	struct str salt, hidden, line;
	struct entry entry;
	if (demand->opaque == 0)
		return fail_as(cx, E_BUSY, "entry-pending", "the demand waits for the next opaque entry");
	TRY(custody_docket_grant(cx, &desk));
	TRY(opaque_hidden(cx, &desk, demand->opaque, &salt, &hidden));
	TRY(ledger_find(cx, demand->opaque, number));
	TRY(ledger_read(cx, *number, &entry, &line));
	buf_str(extra, line);
	buf_char(extra, '\n');
	buf_hex(extra, salt.p, salt.n);
	buf_char(extra, '\n');
	buf_str(extra, hidden);
	return OK;
}

enum err demand_receipt(struct ctx *cx, const struct demand *demand, struct buf *out)
{
	AUTO(buf_free) struct buf extra = buf_new(PROOF_EXTRA_MAX);
	struct entry entry;
	struct str line;
	uint64_t number;
	if (!cx->ledger)
		return fail_as(cx, E_BUSY, "entry-pending", "the log is not there");
	if (str_eq(demand->state, STATE_HIDDEN)) {
		TRY(hidden_extra(cx, demand, &number, &extra));
	} else {
		TRY(demand_number(cx, demand->demand, &number));
		TRY(ledger_read(cx, number, &entry, &line));
		buf_str(&extra, line);
	}
	return ledger_proof(cx, number, buf_view(&extra), out);
}

static void put_entry(struct buf *out, const char *what, int64_t number)
{
	if (number >= 0)
		buf_printf(out, "  %s: entry %" PRId64 "\n", what, number);
}

/* A version that is not there any more leaves the sentence out; the number stands in the ledger. */
static enum err put_rule(struct ctx *cx, const struct demand_shown *shown, struct buf *out)
{
	struct charters charters;
	TRY(charters_read(cx, &charters));
	const struct str says = charters_sentence(&charters, (uint32_t)shown->charter, (uint32_t)shown->rule);
	buf_printf(out, "Rule %" PRId64 " of the charter, version %" PRId64, shown->rule, shown->charter);
	if (says.n) {
		buf_text(out, ": ");
		buf_str(out, says);
	}
	buf_char(out, '\n');
	return OK;
}

static const char *outcome_text(const struct demand_shown *shown)
{
	const struct {
		const char *word, *text;
	} texts[] = {
		{ "refused-by-rule", "The demand is refused by a rule that was published before it came." },
		{ "refused", shown->rule ? "The demand is refused: the term of the rule is over." : "The demand is refused." },
		{ "narrowed", "The demand is granted in a narrower form." }, { "complied-in-part", "The demand is granted in part." },
		{ "complied", "The demand is granted." }, { "withdrawn", "The demand was withdrawn." },
	};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		if (str_eq(shown->outcome, str_of(texts[i].word)))
			return texts[i].text;
	return "The demand is entered and not decided.";
}

enum err demand_answer_text(struct ctx *cx, const struct demand *demand, struct buf *out)
{
	struct demand_shown shown;
	if (str_eq(demand->state, STATE_HIDDEN))
		return fail_as(cx, E_CONFLICT, "demand-state", "there is no answer to a demand that is hidden: it is not decided");
	TRY(docket_shown_one(cx, demand->demand, &shown));
	buf_printf(out, "Demand " STR_FMT "\n%s\n", STR_ARG(shown.demand), outcome_text(&shown));
	if (shown.rule || str_eq(shown.outcome, STR("refused-by-rule")))
		TRY(put_rule(cx, &shown, out));
	buf_text(out, "In the public ledger:\n");
	put_entry(out, "received", shown.received);
	put_entry(out, "authenticated", shown.authenticated);
	put_entry(out, "decided", shown.decided);
	if (shown.gag_us == 0 || shown.told >= 0)
		put_entry(out, "the person was told", shown.told);
	return OK;
}

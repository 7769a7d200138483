#include "custody/disclosure.h"

#include "ledger/entry.h"

static enum err check_entry(struct ctx *cx, const struct disclosure_asked *asked)
{
	struct proof_file file;
	struct entry entry;
	TRY(proof_file_parse(cx, asked->proof, &file));
	TRY(proof_file_check(cx, &file, asked->entry, asked->key));
	TRY(entry_parse(cx, asked->entry, &entry));
	if (entry.kind != ENTRY_demand_authenticated || entry.time_us != asked->authenticated_us)
		return fail_as(cx, E_INVALID, "proof-invalid", "the proof is not of an entry that says that the asker was authenticated then");
	return OK;
}

enum err custody_disclosure_grant(struct ctx *cx, const struct disclosure_asked *asked, struct grant *)
{
	TRY(check_entry(cx, asked));
	if (charter_permits(&asked->decision, CHARTER_COMPLIED, asked->authenticated_us, cx->now_us) != CHARTER_EFFECT_DISCLOSE)
		return fail_as(cx, E_DENIED, "demand-not-permitted", "the charter does not permit it, whoever decides");
	return fail_as(cx, E_DENIED, "not-yet-possible", "not yet possible: custodians");
}

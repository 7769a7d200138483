#include "ledger/policy.h"

#include <string.h>

struct reading {
	struct ctx *cx;
	struct policy *policy;
	unsigned line;
	bool has_quorum;
};

static enum err refuse(const struct reading *reading, const char *why)
{
	return fail_as(reading->cx, E_INVALID, "policy-invalid", "line %u of the policy: %s", reading->line, why);
}

/* The next field; "" at the end of the line. */
static struct str field(struct str *line)
{
	*line = str_trim(*line);
	size_t n = 0;
	while (n < line->n && line->p[n] != ' ' && line->p[n] != '\t')
		n++;
	const struct str out = { line->p, n };
	*line = str_trim(str_from(*line, n));
	return out;
}

static int party_named(const struct policy *policy, struct str name)
{
	for (unsigned i = 0; i < policy->party_count; i++)
		if (str_eq(policy->parties[i].name, name))
			return (int)i;
	return -1;
}

static enum err new_party(struct reading *reading, struct str name, struct policy_party **out)
{
	struct policy *const policy = reading->policy;
	if (!note_name_valid(name) || str_eq(name, STR("none")))
		return refuse(reading, "a name may not be empty, \"none\", or have spaces or '+'");
	if (party_named(policy, name) >= 0)
		return refuse(reading, "the name is taken already");
	if (policy->party_count == POLICY_PARTIES_MAX)
		return refuse(reading, "too many witnesses and groups");
	*out = &policy->parties[policy->party_count++];
	**out = (struct policy_party){ .name = name, .url = STR(""), .group = -1 };
	return OK;
}

static enum err read_log(struct reading *reading, struct str rest)
{
	struct policy *const policy = reading->policy;
	if (policy->log_count == POLICY_LOGS_MAX)
		return refuse(reading, "too many logs");
	if (note_key_parse(reading->cx, field(&rest), &policy->logs[policy->log_count]) != OK || policy->logs[policy->log_count].type != NOTE_ED25519)
		return refuse(reading, "a log needs a verifier key of type 1");
	policy->log_urls[policy->log_count++] = field(&rest);
	return rest.n ? refuse(reading, "too many fields") : OK;
}

static bool has_key(const struct policy *policy, const struct policy_party *of)
{
	for (const struct policy_party *party = policy->parties; party < of; party++)
		if (!party->is_group && memcmp(party->key.public, of->key.public, SIGN_PUBLIC_BYTES) == 0)
			return true;
	return false;
}

static enum err read_witness(struct reading *reading, struct str rest)
{
	struct policy_party *party;
	TRY(new_party(reading, field(&rest), &party));
	if (note_key_parse(reading->cx, field(&rest), &party->key) != OK || party->key.type != NOTE_COSIGNATURE)
		return refuse(reading, "a witness needs a verifier key of type 4");
	if (has_key(reading->policy, party))
		return refuse(reading, "this witness's key stands above already: it would count twice");
	party->url = field(&rest);
	return rest.n ? refuse(reading, "too many fields") : OK;
}

static enum err read_members(struct reading *reading, struct str rest, int group)
{
	struct policy *const policy = reading->policy;
	while (rest.n) {
		const int member = party_named(policy, field(&rest));
		if (member < 0 || member == group)
			return refuse(reading, "a member of the group is not named above it");
		if (policy->parties[member].group >= 0)
			return refuse(reading, "a member of the group is in a group already");
		policy->parties[member].group = group;
		policy->parties[group].members++;
	}
	return OK;
}

static enum err read_group(struct reading *reading, struct str rest)
{
	struct policy_party *party;
	uint64_t wanted = 0;
	TRY(new_party(reading, field(&rest), &party));
	const struct str rule = field(&rest);
	party->is_group = true;
	TRY(read_members(reading, rest, (int)(party - reading->policy->parties)));
	if (str_eq(rule, STR("all")))
		wanted = party->members;
	else if (str_eq(rule, STR("any")))
		wanted = 1;
	else if (!str_u64(rule, &wanted))
		return refuse(reading, "a group's rule is all, any, or a number");
	if (wanted == 0 || wanted > party->members)
		return refuse(reading, "the group cannot have so many members agree");
	party->wanted = (unsigned)wanted;
	return OK;
}

static enum err read_quorum(struct reading *reading, struct str rest)
{
	const struct str name = field(&rest);
	if (reading->has_quorum)
		return refuse(reading, "there is one quorum");
	reading->has_quorum = true;
	if (!str_eq(name, STR("none"))) {
		reading->policy->quorum = party_named(reading->policy, name);
		if (reading->policy->quorum < 0)
			return refuse(reading, "the quorum is not named above");
	}
	return rest.n ? refuse(reading, "too many fields") : OK;
}

static enum err read_line(struct reading *reading, struct str line)
{
	const struct str what = field(&line);
	if (what.n == 0 || what.p[0] == '#')
		return OK;
	if (str_eq(what, STR("log")))
		return read_log(reading, line);
	if (str_eq(what, STR("witness")))
		return read_witness(reading, line);
	if (str_eq(what, STR("group")))
		return read_group(reading, line);
	if (str_eq(what, STR("quorum")))
		return read_quorum(reading, line);
	return refuse(reading, "a line begins with log, witness, group or quorum");
}

static enum err parse(struct ctx *cx, struct str bytes, bool needs_quorum, struct policy *out)
{
	struct policy policy = { .quorum = -1, .parties = arena_new(&cx->mem, struct policy_party, POLICY_PARTIES_MAX) };
	struct reading reading = { .cx = cx, .policy = &policy };
	if (bytes.n > POLICY_BYTES_MAX || !str_utf8(bytes))
		return fail_as(cx, E_INVALID, "policy-invalid", "the policy is too long, or not UTF-8");
	while (bytes.n) {
		reading.line++;
		TRY(read_line(&reading, str_cut(&bytes, '\n')));
	}
	if (policy.log_count == 0 || (needs_quorum && !reading.has_quorum))
		return fail_as(cx, E_INVALID, "policy-invalid", needs_quorum ? "a policy needs a log and a quorum" : "there is no line \"log\"");
	*out = policy;
	return OK;
}

enum err policy_parse(struct ctx *cx, struct str bytes, struct policy *out)
{
	return parse(cx, bytes, true, out);
}

enum err policy_parse_logs(struct ctx *cx, struct str bytes, struct policy *out)
{
	return parse(cx, bytes, false, out);
}

/* --- holding a checkpoint against it --- */

static enum err find_log(struct ctx *cx, const struct policy *policy, const struct note *note, unsigned *out)
{
	for (unsigned i = 0; i < policy->log_count; i++) {
		const enum note_verdict verdict = note_check(note, &policy->logs[i], NULL);
		if (verdict == NOTE_FORGED)
			return fail_as(cx, E_INVALID, "checkpoint-untrusted", "a signature under the log's name is forged");
		/* the origin is the name of the log's key: else one log could speak for another */
		struct str text = note->text;
		if (verdict == NOTE_SIGNED && str_eq(str_cut(&text, '\n'), str_of(policy->logs[i].name))) {
			*out = i;
			return OK;
		}
	}
	return fail_as(cx, E_INVALID, "checkpoint-untrusted", "no log of the policy has signed the checkpoint");
}

bool policy_agrees(const struct policy *policy, const bool agrees[POLICY_PARTIES_MAX])
{
	unsigned agreed[POLICY_PARTIES_MAX] = {};      /* members of each group */
	/* Members stand before their groups: by then all of a group's are counted. */
	for (unsigned i = 0; i < policy->party_count; i++) {
		const struct policy_party *const party = &policy->parties[i];
		const bool yes = party->is_group ? agreed[i] >= party->wanted : agrees[i];
		if (yes && party->group >= 0)
			agreed[party->group]++;
		if ((int)i == policy->quorum)
			return yes;
	}
	return true;
}

enum err policy_check(struct ctx *cx, const struct policy *policy, const struct note *note, struct policy_finding *out)
{
	struct policy_finding finding = {};
	bool agrees[POLICY_PARTIES_MAX] = {};
	TRY(find_log(cx, policy, note, &finding.log));
	for (unsigned i = 0; i < policy->party_count; i++) {
		const struct policy_party *const party = &policy->parties[i];
		const enum note_verdict verdict = party->is_group ? NOTE_UNSIGNED : note_check(note, &party->key, NULL);
		if (verdict == NOTE_FORGED)
			return fail_as(cx, E_INVALID, "checkpoint-untrusted", "a witness's signature is forged: " STR_FMT, STR_ARG(party->name));
		agrees[i] = verdict == NOTE_SIGNED;
		finding.witnesses += agrees[i];
	}
	if (!policy_agrees(policy, agrees))
		return fail_as(cx, E_INVALID, "checkpoint-untrusted", "too few witnesses have signed the checkpoint: %u", finding.witnesses);
	*out = finding;
	return OK;
}

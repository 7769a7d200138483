#include "ledger/witnesses.h"

#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "ledger/fetch.h"

#define PATIENCE_US (5 * SECOND_US)
#define ANSWER_BYTES_MAX ((size_t)16 << 10)
#define REST_US (10 * SECOND_US)                /* who was silent is asked after this, or earlier when it is needed */

struct witness {
	const struct policy_party *party;
	uint64_t seen;                         /* the size that it signed last, as far as is known */
	enum witness_answer answer;
	bool asked, again;                     /* about this checkpoint; again: with the size that it named */
	int64_t rests_until_us;                /* boot time */
};
struct witnesses {
	struct ctx own;                        /* its memory holds the policy */
	struct policy policy;
	struct fetch *fetch;
	unsigned count;
	struct witness items[POLICY_PARTIES_MAX];
};

const char *witness_answer_name(enum witness_answer answer)
{
	static const char *const names[] = {
		[WITNESS_NOT_ASKED] = "not-asked", [WITNESS_SIGNED] = "signed", [WITNESS_SILENT] = "silent", [WITNESS_REFUSES] = "refuses",
		[WITNESS_AHEAD] = "ahead", [WITNESS_DISAGREES] = "disagrees",
	};
	return names[answer];
}

/* --- the policy --- */

static enum err read_policy(struct ctx *cx, const char *path, const struct note_key *log, struct witnesses *out)
{
	AUTO(buf_free) struct buf bytes = buf_new(POLICY_BYTES_MAX);
	TRY(file_read(cx, path, &bytes));
	TRY(policy_parse(cx, arena_copy(&cx->mem, buf_view(&bytes)), &out->policy));
	bool named = false;
	for (unsigned i = 0; i < out->policy.log_count; i++)
		named |= memcmp(out->policy.logs[i].public, log->public, SIGN_PUBLIC_BYTES) == 0 && strcmp(out->policy.logs[i].name, log->name) == 0;
	if (!named)
		return fail_as(cx, E_INVALID, "policy-invalid", "the policy %.100s has no line \"log\" with this log's key, which `amanat ledger show` tells", path);
	for (unsigned i = 0; i < out->policy.party_count; i++)
		if (!out->policy.parties[i].is_group && out->policy.parties[i].url.n)
			out->items[out->count++] = (struct witness){ .party = &out->policy.parties[i] };
	return OK;
}

enum err witnesses_open(struct ctx *cx, const char *policy_file, const struct note_key *log, struct witnesses **out)
{
	AUTO(witnesses_close) struct witnesses *witnesses = calloc(1, sizeof *witnesses);
	if (!witnesses)
		abort();
	witnesses->own = (struct ctx){ .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	const enum err e = read_policy(&witnesses->own, policy_file, log, witnesses);
	cx->failure = witnesses->own.failure;
	TRY(e);
	TRY(fetch_open(cx, &witnesses->fetch));
	*out = witnesses;
	witnesses = NULL;
	return OK;
}

void witnesses_close(struct witnesses **witnesses)
{
	struct witnesses *const gone = *witnesses;
	if (!gone)
		return;
	fetch_close(&gone->fetch);
	ctx_end(&gone->own);
	free(gone);
	*witnesses = NULL;
}

bool witnesses_needed(const struct witnesses *witnesses)
{
	return witnesses && witnesses->policy.quorum >= 0;
}

/* --- one question --- */

static enum err write_question(struct ctx *cx, const struct tree_source *source, uint64_t old, uint64_t size, struct str note, struct buf *out)
{
	struct tree_proof proof;
	TRY(tree_prove_consistency(cx, source, old, size, &proof));
	buf_printf(out, "old %llu\n", (unsigned long long)old);
	for (unsigned i = 0; i < proof.count; i++) {
		buf_base64(out, proof.hashes[i].bytes, TREE_HASH_BYTES);
		buf_char(out, '\n');
	}
	buf_char(out, '\n');
	buf_str(out, note);
	return OK;
}

/* Keeps those lines that hold under the witness's key: one that is forged would spoil the whole note. */
static bool take_lines(struct ctx *cx, const struct note_key *key, struct str signed_note, struct str lines, struct buf *out)
{
	bool any = false;
	for (unsigned i = 0; lines.n && i < NOTE_SIGNATURES_MAX; i++) {
		const struct str line = str_cut(&lines, '\n');
		AUTO(buf_free) struct buf one = buf_new(NOTE_BYTES_MAX);
		struct note note;
		buf_str(&one, signed_note);
		buf_str(&one, line);
		buf_char(&one, '\n');
		if (note_parse(cx, buf_view(&one), &note) != OK || note_check(&note, key, NULL) != NOTE_SIGNED || any)
			continue;
		buf_str(out, line);
		buf_char(out, '\n');
		any = true;
	}
	return any;
}

static void take_conflict(struct witness *witness, const struct fetch_answer *answer, uint64_t size)
{
	uint64_t seen = 0;
	if (strncmp(answer->content_type, "text/x.tlog.size", 16) != 0 || !str_u64(str_trim(buf_view(&answer->body)), &seen)) {
		witness->answer = WITNESS_SILENT;
		return;
	}
	/* asked about the very size that it names, and still a conflict: it has another root */
	witness->answer = seen > size ? WITNESS_AHEAD : seen == size && witness->seen == size ? WITNESS_DISAGREES : WITNESS_SILENT;
	witness->again = seen <= size && seen != witness->seen;
	witness->seen = seen <= size ? seen : witness->seen;
}

static void take_answer(struct ctx *cx, struct witness *witness, const struct fetch_answer *answer, uint64_t size, struct str note, struct buf *lines)
{
	switch (answer->status) {
	case 200:
		witness->answer = take_lines(cx, &witness->party->key, note, buf_view(&answer->body), lines) ? WITNESS_SIGNED : WITNESS_SILENT;
		witness->seen = witness->answer == WITNESS_SIGNED ? size : witness->seen;
		break;
	case 409:
		take_conflict(witness, answer, size);
		break;
	case 422:
		witness->answer = WITNESS_DISAGREES;
		break;
	case 403:
	case 404:
		witness->answer = WITNESS_REFUSES;
		break;
	default:
		witness->answer = WITNESS_SILENT;
	}
}

/* --- all of them, as many at once as there may be --- */

struct asking {
	struct witnesses *all;
	const struct tree_source *source;
	uint64_t size;
	struct str note;
	struct buf *lines;
	struct buf questions[FETCH_AT_ONCE];
};

static enum err begin(struct ctx *cx, struct asking *asking, unsigned slot, struct witness *witness)
{
	struct buf *const question = &asking->questions[slot];
	*question = buf_new(NOTE_BYTES_MAX + (TREE_DEPTH_MAX + 2) * 48);
	witness->answer = WITNESS_SILENT;
	witness->asked = true;
	witness->again = false;
	TRY(write_question(cx, asking->source, witness->seen, asking->size, asking->note, question));
	const struct fetch_request request = {
		.url = arena_printf(&cx->mem, STR_FMT "/add-checkpoint", STR_ARG(witness->party->url)), .content_type = "text/plain; charset=utf-8",
		.body = buf_view(question), .bytes_max = ANSWER_BYTES_MAX, .patience_us = PATIENCE_US,
	};
	return fetch_begin(cx, asking->all->fetch, slot, &request);
}

static void take(struct ctx *cx, struct asking *asking, unsigned slot, struct witness *witness)
{
	AUTO(fetch_answer_free) struct fetch_answer answer = {};
	if (fetch_take(cx, asking->all->fetch, slot, &answer) == OK)
		take_answer(cx, witness, &answer, asking->size, asking->note, asking->lines);
}

static enum err ask_some(struct ctx *cx, struct asking *asking, struct witness *const *some, unsigned count)
{
	enum err e = OK;
	bool begun[FETCH_AT_ONCE] = {};
	for (unsigned slot = 0; slot < count; slot++) {
		const enum err one = begin(cx, asking, slot, some[slot]);
		begun[slot] = one == OK;
		if (one == E_CORRUPT)
			e = one;               /* our own tree cannot be read */
	}
	for (unsigned slot = 0; slot < count; slot++) {
		if (begun[slot])
			take(cx, asking, slot, some[slot]);
		if (some[slot]->answer == WITNESS_SILENT && !some[slot]->again)
			some[slot]->rests_until_us = clock_boot_us(NULL) + REST_US;
		buf_free(&asking->questions[slot]);
	}
	return e;
}

enum turn { THE_RESTED, THOSE_AGAIN, THE_REST };

static bool has_turn(const struct witness *witness, enum turn turn)
{
	if (turn == THOSE_AGAIN)
		return witness->again;
	return !witness->asked && (turn == THE_REST || clock_boot_us(NULL) >= witness->rests_until_us);
}

static enum err ask_round(struct ctx *cx, struct asking *asking, enum turn turn)
{
	struct witnesses *const all = asking->all;
	struct witness *some[FETCH_AT_ONCE];
	unsigned count = 0;
	for (unsigned i = 0; i < all->count; i++) {
		if (has_turn(&all->items[i], turn))
			some[count++] = &all->items[i];
		if (count == FETCH_AT_ONCE || (i + 1 == all->count && count)) {
			TRY(ask_some(cx, asking, some, count));
			count = 0;
		}
	}
	return OK;
}

/* Those who are known to answer first; only when they are too few those who were silent a moment ago: else one that is slow would
 * hold up every checkpoint. */
static enum err ask_until_enough(struct ctx *cx, struct asking *asking, struct buf *note)
{
	const enum turn firsts[] = { THE_RESTED, THE_REST };
	enum err e = OK;
	for (size_t i = 0; i < sizeof firsts / sizeof *firsts; i++) {
		AUTO(buf_free) struct buf whole = buf_new(2 * NOTE_BYTES_MAX);
		struct note parsed;
		struct policy_finding finding;
		TRY(ask_round(cx, asking, firsts[i]));
		TRY(ask_round(cx, asking, THOSE_AGAIN));
		buf_str(&whole, asking->note);
		buf_str(&whole, buf_view(asking->lines));
		TRY(note_parse(cx, buf_view(&whole), &parsed));
		e = policy_check(cx, &asking->all->policy, &parsed, &finding);
		if (e == OK) {
			buf_str(note, buf_view(asking->lines));
			return OK;
		}
	}
	return e;
}

static enum err tell_missing(struct ctx *cx, const struct witnesses *all)
{
	AUTO(buf_free) struct buf how = buf_new(120);
	for (unsigned i = 0; i < all->count && how.n < 90; i++)
		buf_printf(&how, " %.20s=%s", arena_text(&cx->mem, all->items[i].party->name), witness_answer_name(all->items[i].answer));
	return fail_as(cx, E_BUSY, "witnesses-missing", "too few witnesses have signed the checkpoint:%s", buf_terminated(&how));
}

enum err witnesses_ask(struct ctx *cx, struct witnesses *all, const struct tree_source *source, const struct checkpoint *checkpoint, struct buf *note)
{
	AUTO(buf_free) struct buf lines = buf_new(NOTE_BYTES_MAX);
	struct asking asking = {
		.all = all, .source = source, .size = checkpoint->size, .note = arena_copy(&cx->mem, buf_view(note)), .lines = &lines,
	};
	for (unsigned i = 0; i < all->count; i++)
		all->items[i].asked = all->items[i].again = false;
	const enum err e = ask_until_enough(cx, &asking, note);
	return e == E_INVALID ? tell_missing(cx, all) : e;
}

static bool knows_better(const struct witness *witness)
{
	return witness->answer == WITNESS_AHEAD || witness->answer == WITNESS_DISAGREES;
}

bool witnesses_know_better(const struct witnesses *all)
{
	bool agrees[POLICY_PARTIES_MAX] = {}, any = false;
	for (unsigned i = 0; i < all->count; i++) {
		agrees[all->items[i].party - all->policy.parties] = !knows_better(&all->items[i]);
		any |= knows_better(&all->items[i]);
	}
	return any && !policy_agrees(&all->policy, agrees);
}

unsigned witnesses_count(const struct witnesses *all)
{
	return all->count;
}

void witnesses_read(const struct witnesses *all, unsigned index, struct witness_status *out)
{
	*out = (struct witness_status){ .name = all->items[index].party->name, .url = all->items[index].party->url, .answer = all->items[index].answer };
}

/* The charter's versions: fetched, held against the hashes in the log, and what they decide together at a moment. */
#include <inttypes.h>
#include <string.h>

#include "charter/signed.h"
#include "verify/inside.h"

static void refuse(struct story *story, const char *slug, const char *why)
{
	finding_add(story->findings, FINDING_LIE, slug, story->entries, "%s", why);
	story->charters.broken = true;
}

static bool names_hash(struct str hex, const unsigned char hash[SHA256_BYTES])
{
	unsigned char named[SHA256_BYTES];
	return hex_decode(hex, named, sizeof named) && memcmp(named, hash, sizeof named) == 0;
}

static bool signed_by(struct ctx *cx, const struct charter *charter, struct str note, const struct note_key *key)
{
	return charter_signature_check(cx, charter, note, key) == OK;
}

/* By the reader's key for charters, or, where the charter has the log's name, by one of the log's own. */
static bool is_signed(struct ctx *cx, const struct story *story, const struct charter *charter, struct str note)
{
	if (story->charters.has_key)
		return signed_by(cx, charter, note, &story->charters.key);
	for (unsigned i = 0; i < story->signer_count; i++)
		if ((story->signers[i].revoked == UINT64_MAX || story->entries < story->kept) && signed_by(cx, charter, note, &story->signers[i].key))
			return true;
	return false;
}

static void check_note(struct story *story, const struct charter *charter, uint64_t version)
{
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	AUTO(buf_free) struct buf note = buf_new(NOTE_BYTES_MAX);
	const struct str log = story->entries < story->kept ? story->old_origin : story->origin;
	const bool known = story->charters.has_key || str_eq(charter->name, log);
	const enum err got = source_get(&cx, story->source, arena_printf(&cx.mem, "charter/" STORY_NUMBER "/note", version), NOTE_BYTES_MAX, &note);
	if (got != OK)
		finding_add(story->findings, FINDING_UNCHECKED, "charter-note", story->entries, "the signature on charter version " STORY_NUMBER " could not be had: %.120s",
		            version, cx.failure.text);
	else if (!known)
		finding_add(story->findings, FINDING_NOTE, "charter-key", story->entries, "charter version " STORY_NUMBER " is signed by " STR_FMT
		            ", whose key is not known here: give it with --charter-key", version, (int)(charter->name.n < 100 ? charter->name.n : 100), charter->name.p);
	else if (!is_signed(&cx, story, charter, buf_view(&note)))
		refuse(story, "charter-signature", cx.failure.text);
}

/* Into the story's own memory. */
static void take(struct story *story, const struct entry *entry, struct str bytes, int64_t at_us)
{
	struct story_charters *const charters = &story->charters;
	unsigned char hash[SHA256_BYTES];
	struct charter charter;
	const uint64_t version = entry_count(entry, ENTRY_charter_version);
	const struct str previous = entry->values[ENTRY_charter_previous];
	sha256(bytes, hash);
	if (!names_hash(entry->values[ENTRY_charter_charter], hash)) {
		refuse(story, "charter-altered", "the charter that is served is not the one whose hash this entry has");
		return;
	}
	if (charter_parse(&charters->cx, bytes, &charter) != OK) {
		refuse(story, "charter-invalid", charters->cx.failure.text);
		return;
	}
	if (charter.version != version || (previous.n > 0) != charter.has_previous || (previous.n && !names_hash(previous, charter.previous))) {
		refuse(story, "charter-entry", "names another version, or another one before it, than the charter does");
		return;
	}
	charters->versions[charters->count] = charter;
	charters->entered[charters->count] = (struct charter_version){ &charters->versions[charters->count], at_us };
	charters->count++;
	charters->force_until_us = INT64_MIN;  /* to be found anew */
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	struct charter_force force;
	if (charter_in_force(&cx, charters->entered, charters->count, at_us, &force) != OK)
		refuse(story, "charter-chain", cx.failure.text);
	else
		check_note(story, &charter, version);
}

enum err story_charter(struct ctx *parent, struct story *story, const struct entry *entry, int64_t at_us)
{
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	AUTO(buf_free) struct buf bytes = buf_new(CHARTER_BYTES_MAX);
	const uint64_t version = entry_count(entry, ENTRY_charter_version);
	if (story->charters.count == STORY_CHARTERS_MAX) {
		finding_add(story->findings, FINDING_UNCHECKED, "charters-many", story->entries, "is one charter more than this program keeps");
		story->charters.unseen = true;
		return OK;
	}
	const enum err got = source_get(&cx, story->source, arena_printf(&cx.mem, "charter/" STORY_NUMBER, version), CHARTER_BYTES_MAX, &bytes);
	if (got == OK) {
		take(story, entry, buf_view(&bytes), at_us);
		return OK;
	}
	/* who gives no answer now may give it at the next look */
	if (got == E_BUSY || got == E_IO)
		return fail(parent, got, "%.200s", cx.failure.text);
	finding_add(story->findings, FINDING_UNCHECKED, "charter-missing", story->entries,
	            "charter version " STORY_NUMBER " could not be had, so decisions from here on are not held against it: %.120s", version, cx.failure.text);
	story->charters.unseen = true;
	return OK;
}

/* It changes only when another version is entered, or when one's thirty days are over. */
static bool force_at(struct story_charters *charters, int64_t at_us)
{
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	struct charter_force force;
	if (at_us >= charters->force_from_us && at_us < charters->force_until_us)
		return true;
	if (charter_in_force(&cx, charters->entered, charters->count, at_us, &force) != OK)
		return false;
	charters->force_from_us = at_us;
	charters->force_until_us = INT64_MAX;
	for (size_t i = 0; i < charters->count; i++) {
		const int64_t settled_us = charters->entered[i].entered_us + CHARTER_LOOSENING_DAYS * DAY_US;
		if (settled_us > at_us && settled_us < charters->force_until_us)
			charters->force_until_us = settled_us;
	}
	for (size_t i = 0; i < force.count; i++)
		charters->in_force[i] = force.charters[i];
	charters->force = force;
	charters->force.charters = charters->in_force;
	return true;
}

bool story_charter_decide(struct story_charters *charters, const struct charter_case *asked, int64_t at_us, struct charter_decision *out)
{
	if (charters->broken) {
		*out = (struct charter_decision){ .outcome = CHARTER_REFUSE };
		return true;
	}
	if (charters->unseen || !force_at(charters, at_us))
		return false;
	charter_decide_in_force(&charters->force, asked, out);
	return true;
}

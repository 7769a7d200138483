#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "verify/inside.h"

struct story *story_new(struct source *source, struct findings *findings)
{
	struct story *const story = calloc(1, sizeof *story);
	if (!story)
		abort();
	story->source = source;
	story->findings = findings;
	story->charters.cx.mem = arena_new_capped(STORY_CHARTERS_MAX * 4 * CHARTER_BYTES_MAX);
	return story;
}

void story_free(struct story **story)
{
	if (!*story)
		return;
	ctx_end(&(*story)->charters.cx);
	story_demands_free(&(*story)->demands);
	verify_tally_free(&(*story)->tally);
	free((*story)->opaques);
	free((*story)->holds);
	free(*story);
	*story = NULL;
}

int story_word(const struct entry *entry, unsigned field)
{
	struct str words = str_of(entry_forms[entry->kind].fields[field].words);
	int i = 0;
	while (words.n && !str_eq(str_cut(&words, ' '), entry->values[field]))
		i++;
	return i;
}

uint64_t story_id(const struct entry *entry, unsigned field)
{
	unsigned char bytes[8];
	uint64_t id = 0;
	if (hex_decode(entry->values[field], bytes, sizeof bytes))
		for (unsigned i = 0; i < sizeof bytes; i++)
			id = id << 8 | bytes[i];
	return id;
}

/* --- the keys --- */

static struct signer *signer_of(struct story *story, struct str vkey, struct note_key *key)
{
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	if (note_key_parse(&cx, vkey, key) != OK)
		return NULL;
	for (unsigned i = 0; i < story->signer_count; i++)
		if (memcmp(story->signers[i].key.public, key->public, SIGN_PUBLIC_BYTES) == 0)
			return &story->signers[i];
	return NULL;
}

static void add_signer(struct story *story, struct str vkey)
{
	struct note_key key = {};
	const struct str name = story->entries && story->entries < story->kept ? story->old_origin : story->origin;
	if (signer_of(story, vkey, &key))
		finding_add(story->findings, FINDING_LIE, "key-twice", story->entries, "adds a key that the log had already");
	else if (!str_eq(str_of(key.name), name))
		finding_add(story->findings, FINDING_LIE, "key-name", story->entries, "adds a key of another name than the log's origin");
	else if (story->signer_count == STORY_SIGNERS_MAX)
		finding_add(story->findings, FINDING_UNCHECKED, "keys-many", story->entries, "is one key more than this program keeps");
	else
		story->signers[story->signer_count++] = (struct signer){ key, story->entries, UINT64_MAX };
}

static void revoke_signer(struct story *story, const struct entry *entry)
{
	struct note_key key;
	struct signer *const signer = signer_of(story, entry->values[ENTRY_key_revoked_key], &key);
	if (!signer || signer->revoked != UINT64_MAX)
		finding_add(story->findings, FINDING_LIE, "key-revoked", story->entries, "revokes a key that the log does not have");
	else
		signer->revoked = story->entries;
}

bool story_signs(const struct story *story, const struct note_key *key, uint64_t size)
{
	for (unsigned i = 0; i < story->signer_count; i++)
		if (memcmp(story->signers[i].key.public, key->public, SIGN_PUBLIC_BYTES) == 0)
			return size <= story->signers[i].revoked;
	return false;
}

/* --- the first entry --- */

/* Entries that were kept stand behind it, with their old times, keys and charters. */
static void succeed(struct story *story, const struct entry *entry)
{
	struct arena *const memory = &story->charters.cx.mem;
	struct note_key key;
	story->kept = entry_count(entry, ENTRY_succession_kept);
	story->old_size = entry_count(entry, ENTRY_succession_old_size);
	story->old_origin = arena_copy(memory, entry->values[ENTRY_succession_old_origin]);
	story->old_root = arena_copy(memory, entry->values[ENTRY_succession_old_root]);
	if (!signer_of(story, entry->values[ENTRY_succession_old_key], &key))
		story->signers[story->signer_count++] = (struct signer){ key, 0, 0 };
	finding_add(story->findings, FINDING_NOTE, "succession", 0, "takes the place of " STR_FMT ", which had " STORY_NUMBER " entries; " STORY_NUMBER
	            " of them are still there (" STR_FMT ")", STR_ARG(story->old_origin), story->old_size, story->kept,
	            STR_ARG(entry->values[ENTRY_succession_reason]));
}

static void begin(struct story *story, const struct entry *entry)
{
	static_assert((int)ENTRY_succession_origin == (int)ENTRY_origin_origin && (int)ENTRY_succession_key == (int)ENTRY_origin_key, "");
	if (story->entries > 0) {
		finding_add(story->findings, FINDING_LIE, "origin-twice", story->entries, "is a first entry, in the middle of the log");
		return;
	}
	const struct str origin = entry->values[ENTRY_origin_origin];
	if (!str_eq(origin, story->origin))
		finding_add(story->findings, FINDING_LIE, "origin-wrong", 0, "says that this is the log " STR_FMT "; its checkpoint says " STR_FMT,
		            STR_ARG(origin), STR_ARG(story->origin));
	add_signer(story, entry->values[ENTRY_origin_key]);
	if (entry->kind == ENTRY_succession)
		succeed(story, entry);
}

/* --- every entry --- */

static int64_t keep_time(struct story *story, const struct entry *entry)
{
	/* what was kept of a log before is older than the entry that says so */
	if (entry->kind == ENTRY_succession && story->entries == 0)
		return entry->time_us;
	if (entry->time_us < story->latest_us - STORY_BACKWARDS_US) {
		char now[RFC3339_BYTES], before[RFC3339_BYTES];
		time_rfc3339(entry->time_us, now);
		time_rfc3339(story->latest_us, before);
		finding_add(story->findings, FINDING_LIE, "time-backwards", story->entries, "is dated %s, behind an entry of %s", now, before);
	}
	if (entry->time_us > story->latest_us)
		story->latest_us = entry->time_us;
	return story->latest_us;
}

static enum err tell(struct ctx *cx, struct story *story, const struct entry *entry, int64_t at_us)
{
	switch (entry->kind) {
	case ENTRY_origin:
	case ENTRY_succession:
		begin(story, entry);
		break;
	case ENTRY_key_added:
		add_signer(story, entry->values[ENTRY_key_added_key]);
		break;
	case ENTRY_key_revoked:
		revoke_signer(story, entry);
		break;
	case ENTRY_charter:
		return story_charter(cx, story, entry, at_us);
	case ENTRY_demand_received:
	case ENTRY_demand_authenticated:
	case ENTRY_demand_decided:
	case ENTRY_demand_gagged:
	case ENTRY_demand_told:
		story_demand(story, entry, at_us);
		break;
	case ENTRY_hold_placed:
	case ENTRY_hold_ended:
		story_hold(story, entry, at_us);
		break;
	case ENTRY_opaque:
	case ENTRY_opaque_renewed:
	case ENTRY_opaque_opened:
		story_opaque(story, entry, at_us);
		break;
	case ENTRY_takedown:
		story_takedown(story, entry);
		break;
	case ENTRY_incident:
		verify_tally_count(&story->tally, STR(""), entry->time_us, TALLY_incidents);
		break;
	default:                               /* counted, and tells of nothing that could be broken */
		break;
	}
	return OK;
}

enum err story_entry(struct ctx *cx, struct story *story, const struct entry *entry)
{
	if (story->entries == 0 && entry->kind != ENTRY_origin && entry->kind != ENTRY_succession)
		finding_add(story->findings, FINDING_LIE, "origin-missing", 0, "is no first entry: it does not say which log this is");
	const int64_t at_us = keep_time(story, entry);
	TRY(tell(cx, story, entry, at_us));
	story_rhythm(story, entry, at_us);
	story->of_kind[entry->kind]++;
	story->entries++;
	return OK;
}

void story_malformed(struct story *story, const char *why)
{
	finding_add(story->findings, FINDING_LIE, "entry-malformed", story->entries, "is malformed: %s", why);
	story->entries++;
}

struct story_open story_close(struct story *story, int64_t now_us, struct findings *out)
{
	struct story_open open = {};
	for (size_t i = 0; i < story->tally.count; i++)
		story->tally.rows[i].of[TALLY_open] = story->tally.rows[i].of[TALLY_overdue] = 0;
	story_close_demands(story, now_us, out, &open);
	story_close_opaque(story, now_us, out, &open);
	return open;
}

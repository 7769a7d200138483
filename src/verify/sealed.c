/* What stays shut or is held for a term: opaque entries, preservation holds. */
#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "verify/inside.h"

#define HIDDEN_MAX ENTRY_LINE_MAX
#define SALT_BYTES 32

static void *grown(void *items, size_t count, size_t *room, size_t bytes)
{
	if (count < *room)
		return items;
	*room = *room ? 2 * *room : 64;
	void *const out = realloc(items, *room * bytes);
	if (!out)
		abort();
	return out;
}

/* --- opaque entries --- */

static struct story_opaque *opaque_by_number(const struct story *story, uint64_t number)
{
	size_t low = 0, high = story->opaque_count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (story->opaques[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < story->opaque_count && story->opaques[low].number == number ? &story->opaques[low] : NULL;
}

static void check_term(struct story *story, int64_t opens_us, int64_t at_us)
{
	if (opens_us >= at_us + (STORY_OPAQUE_DAYS + 1) * DAY_US)
		finding_add(story->findings, FINDING_PROMISE, "opaque-long", story->entries, "stays shut for more than eighteen months");
}

static void enter(struct story *story, const struct entry *entry, int64_t at_us)
{
	struct story_opaque opaque = { .number = story->entries, .opens_us = entry_date_us(entry, ENTRY_opaque_opens) };
	if (!hex_decode(entry->values[ENTRY_opaque_commitment], opaque.commitment, sizeof opaque.commitment))
		return;                        /* not reached: the entry is valid */
	check_term(story, opaque.opens_us, at_us);
	story->opaques = grown(story->opaques, story->opaque_count, &story->opaque_room, sizeof *story->opaques);
	story->opaques[story->opaque_count++] = opaque;
}

static void open_it(struct story *story, const struct entry *entry, struct story_opaque *opaque)
{
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	unsigned char bytes[SALT_BYTES + HIDDEN_MAX], hash[SHA256_BYTES];
	const struct str hidden = entry->values[ENTRY_opaque_opened_hidden];
	struct entry inside;
	size_t n = 0;
	const bool read = hex_decode(entry->values[ENTRY_opaque_opened_salt], bytes, SALT_BYTES) &&
	                  (hidden.n == 0 || base64_decode(hidden, bytes + SALT_BYTES, HIDDEN_MAX, &n));
	sha256((struct str){ (const char *)bytes, SALT_BYTES + n }, hash);
	opaque->opened = true;
	if (!read || memcmp(hash, opaque->commitment, sizeof hash) != 0)
		finding_add(story->findings, FINDING_LIE, "opaque-other", story->entries, "opens entry " STORY_NUMBER " with something else than was committed to", opaque->number);
	else if (n && entry_parse(&cx, (struct str){ (const char *)bytes + SALT_BYTES, n }, &inside) != OK)
		finding_add(story->findings, FINDING_LIE, "opaque-malformed", story->entries, "hid something in entry " STORY_NUMBER " that is no entry", opaque->number);
}

static void late(struct story *story, const struct story_opaque *opaque, int64_t at_us)
{
	/* the day that it names is still in time */
	const int64_t due_us = opaque->opens_us + DAY_US + STORY_TELL_GRACE_US;
	if (at_us > due_us)
		finding_add(story->findings, FINDING_PROMISE, "opaque-late", story->entries, "comes %" PRId64 " days after entry " STORY_NUMBER " was to be opened",
		            (at_us - opaque->opens_us) / DAY_US, opaque->number);
}

void story_opaque(struct story *story, const struct entry *entry, int64_t at_us)
{
	static_assert(ENTRY_opaque_renewed_opaque == 0 && ENTRY_opaque_opened_opaque == 0, "");
	if (entry->kind == ENTRY_opaque) {
		enter(story, entry, at_us);
		return;
	}
	struct story_opaque *const opaque = opaque_by_number(story, entry_count(entry, 0));
	if (!opaque || opaque->opened) {
		finding_add(story->findings, FINDING_LIE, "opaque-wrong", story->entries, "points at entry " STORY_NUMBER ", which is not one that is shut", entry_count(entry, 0));
		return;
	}
	late(story, opaque, at_us);
	if (entry->kind == ENTRY_opaque_opened) {
		open_it(story, entry, opaque);
		return;
	}
	opaque->opens_us = entry_date_us(entry, ENTRY_opaque_renewed_opens);
	check_term(story, opaque->opens_us, at_us);
}

/* --- holds --- */

static void place(struct story *story, const struct entry *entry, int64_t at_us)
{
	const uint64_t received = entry_count(entry, ENTRY_hold_placed_received);
	const struct story_demand *const demand = story_demands_by_number(&story->demands, received);
	const struct story_hold hold = {
		.number = story->entries, .demand = story_id(entry, ENTRY_hold_placed_demand), .until_us = entry_date_us(entry, ENTRY_hold_placed_until),
	};
	if (!demand || demand->id != hold.demand) {
		finding_add(story->findings, FINDING_LIE, "received-wrong", story->entries, "points at entry " STORY_NUMBER ", which is not the receipt of its demand", received);
		return;
	}
	if (demand->judged && demand->permitted != CHARTER_EFFECT_HOLD)
		finding_add(story->findings, FINDING_PROMISE, "hold-refused", story->entries, "keeps data on a demand (entry " STORY_NUMBER ") that may not have it", demand->number);
	else if (demand->judged && hold.until_us >= at_us + (demand->decision.terms.hold_days + 1) * DAY_US)
		finding_add(story->findings, FINDING_PROMISE, "hold-long", story->entries, "keeps data until " STR_FMT "; the charter allows %d days",
		            STR_ARG(entry->values[ENTRY_hold_placed_until]), demand->decision.terms.hold_days);
	if (entry_count(entry, ENTRY_hold_placed_accounts) > demand->accounts)
		finding_add(story->findings, FINDING_PROMISE, "hold-more", story->entries, "keeps data of more accounts than the demand names");
	story->holds = grown(story->holds, story->hold_count, &story->hold_room, sizeof *story->holds);
	story->holds[story->hold_count++] = hold;
}

static struct story_hold *hold_by_number(const struct story *story, uint64_t number)
{
	size_t low = 0, high = story->hold_count;
	while (low < high) {
		const size_t middle = low + (high - low) / 2;
		if (story->holds[middle].number < number)
			low = middle + 1;
		else
			high = middle;
	}
	return low < story->hold_count && story->holds[low].number == number ? &story->holds[low] : NULL;
}

void story_hold(struct story *story, const struct entry *entry, int64_t at_us)
{
	if (entry->kind == ENTRY_hold_placed) {
		place(story, entry, at_us);
		return;
	}
	const uint64_t placed = entry_count(entry, ENTRY_hold_ended_placed);
	struct story_hold *const hold = hold_by_number(story, placed);
	if (!hold || hold->ended || hold->demand != story_id(entry, ENTRY_hold_ended_demand))
		finding_add(story->findings, FINDING_LIE, "hold-wrong", story->entries, "points at entry " STORY_NUMBER ", which is no hold of its demand that is in force", placed);
	else
		hold->ended = true;
}

/* --- what is late now --- */

void story_close_opaque(struct story *story, int64_t now_us, struct findings *out, struct story_open *open)
{
	for (size_t i = 0; i < story->opaque_count; i++) {
		const struct story_opaque *const opaque = &story->opaques[i];
		open->opaque += !opaque->opened;
		if (!opaque->opened && now_us > opaque->opens_us + DAY_US + STORY_TELL_GRACE_US) {
			open->opaque_overdue++;
			finding_add(out, FINDING_PROMISE, "opaque-overdue", opaque->number, "was to be opened or renewed %" PRId64 " days ago", (now_us - opaque->opens_us) / DAY_US);
		}
	}
	for (size_t i = 0; i < story->hold_count; i++) {
		const struct story_hold *const hold = &story->holds[i];
		open->holds += !hold->ended;
		if (!hold->ended && now_us > hold->until_us + DAY_US + STORY_TELL_GRACE_US) {
			open->holds_overdue++;
			finding_add(out, FINDING_PROMISE, "hold-overdue", hold->number, "was to end %" PRId64 " days ago", (now_us - hold->until_us) / DAY_US);
		}
	}
}

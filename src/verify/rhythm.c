/* Whether opaque entries come as they should: one at each midnight (UTC), real or a dummy.  Else the moment of one would tell that it is real.
 *
 * A node that stands still makes none, and that is no fault.  That it ran is seen by what the server alone enters, and by nobody's command: its starts, the days'
 * totals, opaque entries.  Between two of these, without a start in between, it ran all the time. */
#include <inttypes.h>

#include "verify/inside.h"

#define EVERY_US DAY_US

static int64_t fixed_time(int64_t us)
{
	return us - us % EVERY_US;
}

/* A log that succeeds another one begins with entries of that one: they are held against their own beginning, and its own against the succession's. */
static void follow_beginning(struct story *story, int64_t at_us)
{
	struct story_rhythm *const rhythm = &story->rhythm;
	const bool succeeds = story->old_origin.n > 0;
	if (story->entries == 0)
		rhythm->first_us = rhythm->began_us = at_us;
	else if (succeeds && story->entries == (story->kept > 1 ? story->kept : 1))
		*rhythm = (struct story_rhythm){ .first_us = rhythm->first_us, .began_us = rhythm->first_us, .newest_us = rhythm->newest_us };
	else if (succeeds && story->entries == 1)
		rhythm->began_us = at_us;
}

/* Entered between the loss and the succession: no entry of the old log, and none was due of the new one yet. */
static bool is_between(const struct story *story, const struct entry *entry)
{
	return story->old_origin.n && story->entries >= story->kept && entry->time_us < story->rhythm.first_us;
}

/* Up to when an opaque entry is one too many.  What was kept of a log has lost its first entry: the next one may be of a later day, on which one was due,
 * or of the same day, on which none was. */
static int64_t none_until(const struct story *story)
{
	const int64_t began_us = story->rhythm.began_us;
	return story->old_origin.n && story->entries < story->kept ? fixed_time(began_us) - 1 : began_us;
}

/* An entry at the fixed time, or as soon as the node runs, is in time for an hour. */
static void look_back(struct story *story, int64_t at_us)
{
	struct story_rhythm *const rhythm = &story->rhythm;
	const int64_t done_us = rhythm->newest_us > rhythm->told_us ? rhythm->newest_us : rhythm->told_us, begun_us = fixed_time(rhythm->since_us);
	int64_t missing = 0, first_us = 0, due_us = done_us + EVERY_US > begun_us ? done_us + EVERY_US : begun_us;
	if (due_us <= rhythm->began_us)
		due_us = fixed_time(rhythm->began_us) + EVERY_US;
	for (; at_us > (due_us > rhythm->since_us ? due_us : rhythm->since_us) + STORY_DECIDE_GRACE_US; due_us += EVERY_US) {
		first_us = missing++ ? first_us : due_us;
		rhythm->told_us = due_us;
	}
	if (missing) {
		char day[RFC3339_BYTES];
		time_rfc3339(first_us, day);
		finding_add(story->findings, FINDING_PROMISE, "opaque-missing", story->entries, "shows that the node ran, and made no opaque entry at %" PRId64 " fixed times, from %.10s on", missing, day);
	}
}

/* A start that is followed by another one, on a later day, with no sign in between that the node ran for an hour: one that stops at once owes nothing, and a node
 * that is stopped around each midnight would look like it.  So it is told, and is no verdict. */
static void look_at_start(struct story *story, int64_t at_us)
{
	struct story_rhythm *const rhythm = &story->rhythm;
	const int64_t due_us = fixed_time(rhythm->since_us);
	char day[RFC3339_BYTES];
	if (due_us <= rhythm->began_us || due_us <= rhythm->newest_us || due_us <= rhythm->told_us || due_us == fixed_time(at_us))
		return;
	time_rfc3339(due_us, day);
	finding_add(story->findings, FINDING_NOTE, "midnight-missed", rhythm->since_entry, "started the node, which made no opaque entry for the midnight of %.10s: it stopped within an hour, or left it out", day);
	rhythm->told_us = due_us;
}

void story_rhythm(struct story *story, const struct entry *entry, int64_t at_us)
{
	struct story_rhythm *const rhythm = &story->rhythm;
	follow_beginning(story, at_us);
	if (is_between(story, entry))
		return;
	if (entry->kind == ENTRY_node_started) {
		look_at_start(story, at_us);
		rhythm->since_us = at_us;
		rhythm->since_entry = story->entries;
	}
	if (entry->kind != ENTRY_day && entry->kind != ENTRY_opaque)
		return;
	if (rhythm->since_us == 0)
		rhythm->since_us = at_us;
	look_back(story, at_us);
	if (entry->kind == ENTRY_day)
		return;
	const int64_t time_us = fixed_time(entry->time_us);
	if (time_us <= rhythm->newest_us || time_us <= none_until(story))
		finding_add(story->findings, FINDING_PROMISE, "opaque-extra", story->entries, "is an opaque entry at no fixed time: there is one of its day, or none was due on it");
	else
		rhythm->newest_us = time_us;
}

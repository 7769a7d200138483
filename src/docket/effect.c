/* What was decided is done: after its entry, never before. */
#include "custody/custody.h"
#include "docket/inside.h"
#include "social/comment.h"
#include "social/published.h"
#include "social/video.h"
#include "store/writer.h"

static enum err enter_takedown(struct ctx *cx, const struct demand *demand, bool is_comment)
{
	struct entry entry = { .kind = ENTRY_takedown, .time_us = whole_second(cx->now_us) };
	entry.values[ENTRY_takedown_what] = is_comment ? STR("comment") : STR("video");
	entry.values[ENTRY_takedown_basis] = STR("law");
	entry.values[ENTRY_takedown_country] = demand->asker;
	entry.values[ENTRY_takedown_demand] = demand->demand;
	return ledger_append(cx, &entry, 0);
}

/* What is gone already was taken away by somebody else. */
static enum err remove_subjects(struct ctx *cx, const struct demand *demand)
{
	struct demand_ids subjects;
	struct published stands;
	demand_ids_read(demand->subjects, &subjects);
	for (size_t i = 0; i < subjects.count; i++) {
		const enum err outcome = published_get(cx, subjects.ids[i], &stands);
		if (outcome == E_NOTFOUND)
			continue;
		TRY(outcome);
		const bool is_comment = stands.video != 0;
		TRY(is_comment ? comment_take_away(cx, stands.id) : video_take_away(cx, stands.id));
		TRY(enter_takedown(cx, demand, is_comment));
	}
	return OK;
}

static enum err effect_work(struct ctx *cx, void *argument)
{
	AUTO(grant_wipe) struct grant desk = { .purpose = GRANT_NONE };
	const int64_t *const id = argument;
	struct demand demand;
	TRY(custody_docket_grant(cx, &desk));
	TRY(demand_row(cx, &desk, *id, &demand));
	if (demand.effect != EFFECT_DUE)
		return OK;
	TRY(demand.hold_us ? hold_place(cx, &demand) : remove_subjects(cx, &demand));
	demand.effect = EFFECT_DONE;
	return demand_row_set(cx, &desk, &demand);
}

enum err demand_carry_out(struct ctx *cx, int64_t id)
{
	return writer_run(cx, effect_work, &id);
}

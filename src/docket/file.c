/* Filing: what a demand must say, whom it concerns, and its first entry. */
#include <string.h>

#include "base/config.h"
#include "custody/custody.h"
#include "docket/inside.h"
#include "social/account.h"
#include "social/published.h"
#include "social/text.h"
#include "store/writer.h"

static const struct text_rule authority_rule = { "an authority", "demand-invalid", DEMAND_AUTHORITY_POINTS_MAX, false, false };
static const struct text_rule reference_rule = { "a reference", "demand-invalid", DEMAND_REFERENCE_POINTS_MAX, false, false };
static const struct text_rule text_rule = { "a demand's text", "demand-invalid", DEMAND_TEXT_POINTS_MAX, true, false };

struct filing {
	const struct demand_new *new;
	struct demand row;
};

/* --- what it must say --- */

static enum err check_word(struct ctx *cx, enum charter_list list, struct str word)
{
	const struct charter_words *const words = charter_words(list);
	AUTO(buf_free) struct buf known = buf_new(200);
	unsigned value;
	if (charter_word_parse(list, word, &value))
		return OK;
	for (size_t i = 0; i < words->count; i++)
		buf_printf(&known, "%s%s", i ? ", " : "", words->words[i].word);
	return fail_as(cx, E_INVALID, "demand-invalid", "a demand's %s is one of: %s", words->name, buf_terminated(&known));
}

static enum err check(struct ctx *cx, const struct demand_new *new, struct demand *row)
{
	struct place asker;
	if (!place_parse(new->asker, &asker))
		return fail_as(cx, E_INVALID, "demand-invalid", "say which state asks: two capital letters (ISO 3166)");
	TRY(check_word(cx, CHARTER_LIST_KIND, new->kind));
	TRY(check_word(cx, CHARTER_LIST_BASIS, new->basis));
	if (new->named < 0 || new->named > 1'000'000'000'000)
		return fail_as(cx, E_INVALID, "demand-invalid", "a demand names at most 1,000,000,000,000 accounts");
	if (new->papers.n > DEMAND_PAPERS_BYTES_MAX)
		return fail_as(cx, E_TOOLARGE, "demand-invalid", "papers have at most %zu bytes", DEMAND_PAPERS_BYTES_MAX);
	if (new->gag_us && new->gag_us <= cx->now_us)
		return fail_as(cx, E_INVALID, "demand-invalid", "silence until a day that is past is no silence");
	TRY(text_clean(cx, &authority_rule, new->authority, &row->authority));
	TRY(text_clean(cx, &reference_rule, new->reference, &row->reference));
	return text_clean(cx, &text_rule, new->text, &row->text);
}

/* --- whom it concerns --- */

static void add_id(struct demand_ids *ids, int64_t id)
{
	for (size_t i = 0; i < ids->count; i++)
		if (ids->ids[i] == id)
			return;
	if (ids->count < DEMAND_PEOPLE_MAX)
		ids->ids[ids->count++] = id;
}

static enum err find_people(struct ctx *cx, const struct demand_new *new, struct demand_ids *out)
{
	struct demand_ids ids = { .count = 0 };
	struct account account;
	struct published stands;
	for (size_t i = 0; i < new->people_count; i++) {
		const enum err outcome = account_by_handle(cx, new->people[i], &account);
		if (outcome == E_NOTFOUND)
			return fail_as(cx, E_INVALID, "demand-unknown-account", "an account that the demand names is not here; leave it out, and count it");
		TRY(outcome);
		add_id(&ids, account.id);
	}
	for (size_t i = 0; i < new->subject_count; i++) {
		const enum err outcome = published_get(cx, new->subjects[i], &stands);
		if (outcome == E_NOTFOUND)
			return fail_as(cx, E_INVALID, "demand-unknown-subject", "there is no video or comment with such an id");
		TRY(outcome);
		add_id(&ids, stands.account);
	}
	*out = ids;
	return OK;
}

/* Whether all of them live where the asker's writ runs.  Nobody's key is opened unless the decision turns on it. */
static enum err live_there(struct ctx *cx, const struct demand_ids *ids, struct str asker, bool *out)
{
	for (size_t i = 0; i < ids->count; i++) {
		AUTO(grant_wipe) struct grant grant = { .purpose = GRANT_NONE };
		struct account account;
		TRY(custody_grant(cx, GRANT_RESIDENCE, ids->ids[i], &grant));
		TRY(account_open(cx, &grant, &account));
		if (!str_eq(account.country, asker))
			return OK;
	}
	*out = ids->count > 0;
	return OK;
}

/* A demand is decided as if its residence were unknown, but where the people have declared the asker's own state and that makes
 * a difference: so an entry tells no state where somebody lives who does not live there. */
static enum err find_residence(struct ctx *cx, const struct charter_force *force, struct demand *row, const struct demand_ids *ids)
{
	struct charter_decision without, with;
	bool there = false;
	struct demand proved = *row;
	proved.authenticated_us = cx->now_us;
	row->residence = STR("");
	demand_decide_by(force, row, &without);
	proved.residence = row->asker;
	demand_decide_by(force, &proved, &with);
	if (with.outcome == CHARTER_REFUSE)
		return OK;
	proved.residence = STR("");
	demand_decide_by(force, &proved, &with);
	if (without.outcome != CHARTER_REFUSE && with.outcome != CHARTER_REFUSE)
		return OK;
	TRY(live_there(cx, ids, row->asker, &there));
	if (there)
		row->residence = row->asker;
	return OK;
}

/* --- filing --- */

static void name_demand(struct ctx *cx, struct demand *row)
{
	unsigned char bytes[DEMAND_NAME_CHARS / 2];
	AUTO(buf_free) struct buf name = buf_new(DEMAND_NAME_CHARS);
	random_bytes(bytes, sizeof bytes);
	buf_hex(&name, bytes, sizeof bytes);
	row->demand = arena_copy(&cx->mem, buf_view(&name));
}

/* Only what the charter keeps quiet may wait for an opaque entry, until a day that the charter allows: else it is entered for everyone
 * to see. */
static void hide(const struct ctx *cx, const struct charter_force *force, struct demand *row)
{
	struct demand proved = *row;
	struct charter_decision decision;
	proved.authenticated_us = cx->now_us;
	demand_decide_by(force, &proved, &decision);
	const int64_t limit_us = row->received_us + decision.terms.gag_days * DAY_US;
	const int64_t until_us = whole_day(row->gag_us < limit_us ? row->gag_us : limit_us);
	if (decision.outcome != CHARTER_DECIDE || until_us <= cx->now_us)
		return;
	row->state = STATE_HIDDEN;
	row->gag_us = until_us;
}

static enum err store(struct ctx *cx, const struct demand_new *new, struct demand *row)
{
	AUTO(grant_wipe) struct grant desk = { .purpose = GRANT_NONE };
	struct str hash = STR("");
	TRY(custody_desk_grant(cx, &desk));
	if (new->papers.n || row->text.n)
		TRY(demand_paper_add(cx, &desk, row->id, "papers", new->papers, new->papers.n ? new->papers : row->text, &hash));
	TRY(demand_row_add(cx, &desk, row));
	if (str_eq(row->state, STATE_RECEIVED))
		TRY(enter_received(cx, row, hash));
	return docket_wake(cx);
}

static enum err file_work(struct ctx *cx, void *argument)
{
	struct filing *const filing = argument;
	const struct demand_new *const new = filing->new;
	struct demand row = {
		.id = id_new(cx->ids, cx->now_us), .state = STATE_RECEIVED, .received_us = whole_second(cx->now_us), .asker = new->asker, .kind = new->kind,
		.basis = new->basis, .home = str_of(cx->config->region_jurisdiction), .gag_us = new->gag_us, .filed_by = cx->actor.account,
		.outcome = STR(""), .residence = STR(""),
	};
	struct charter_force force;
	struct demand_ids people;
	TRY(check(cx, new, &row));
	TRY(find_people(cx, new, &people));
	row.accounts = new->named > (int64_t)people.count ? new->named : (int64_t)people.count;
	row.people = demand_ids_write(cx, people.ids, people.count);
	row.subjects = demand_ids_write(cx, new->subjects, new->subject_count);
	name_demand(cx, &row);
	TRY(charters_in_force(cx, &force));
	TRY(find_residence(cx, &force, &row, &people));
	if (new->hidden)
		hide(cx, &force, &row);
	TRY(store(cx, new, &row));
	filing->row = row;
	return OK;
}

static enum err settle_work(struct ctx *cx, void *argument)
{
	AUTO(grant_wipe) struct grant desk = { .purpose = GRANT_NONE };
	TRY(custody_desk_grant(cx, &desk));
	return demand_settle(cx, &desk, *(const int64_t *)argument);
}

/* What follows may fail: it is filed, and the job goes on with it. */
enum err demand_file(struct ctx *cx, const struct demand_new *new, struct demand_done *out)
{
	struct filing filing = { .new = new };
	struct demand_done done = { .included = false };
	if (new->people_count > DEMAND_PEOPLE_MAX || new->subject_count > DEMAND_SUBJECTS_MAX)
		return fail_as(cx, E_INVALID, "demand-invalid", "at most %d accounts are listed; say how many it names", DEMAND_PEOPLE_MAX);
	TRY(writer_run(cx, file_work, &filing));
	memcpy(done.demand, filing.row.demand.p, DEMAND_NAME_CHARS);
	if (str_eq(filing.row.state, STATE_RECEIVED))
		TRY(included(cx, filing.row.id, &done.included));
	if (done.included && writer_run(cx, settle_work, &filing.row.id) != OK)
		done.included = false;
	*out = done;
	return OK;
}

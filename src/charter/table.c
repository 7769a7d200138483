/* The decision table: every way in which four places can be equal, times kind, basis and authentication.
 *
 * The places are codes that ISO leaves to users, so that no state is named; owners is a set, so each of the other three may be in it. */
#include "charter/charter.h"

enum knowledge { OWNER_STATED, OWNER_UNSTATED };

static const char *yes_no(bool known, bool holds)
{
	return !known ? "unknown" : holds ? "yes" : "no";
}

static void put_row(const struct charter *charter, const struct charter_case *asked, struct buf *out)
{
	struct charter_decision decision;
	bool asker_owner = false, residence_owner = false, home_owner = false;
	const bool lives = place_known(asked->residence), stated = charter->owner_stated;
	charter_decide(charter, asked, &decision);
	for (size_t i = 0; i < charter->owner_count; i++) {
		asker_owner |= place_eq(charter->owners[i], asked->asker);
		residence_owner |= place_eq(charter->owners[i], asked->residence);
		home_owner |= place_eq(charter->owners[i], asked->home);
	}
	buf_printf(out, "%s\t%s\t%s\t%s\t%s\t%s\t", yes_no(stated, asker_owner), yes_no(lives, place_eq(asked->asker, asked->residence)),
	           yes_no(true, place_eq(asked->asker, asked->home)), yes_no(lives, place_eq(asked->residence, asked->home)),
	           yes_no(stated && lives, residence_owner), yes_no(stated, home_owner));
	buf_printf(out, "%s\t%s\t%s\t%s\t%u\t%s\t%d\t%d\t%d\t%d\n", charter_word(CHARTER_LIST_KIND, asked->kind),
	           charter_word(CHARTER_LIST_BASIS, asked->basis), yes_no(true, asked->authenticated),
	           charter_word(CHARTER_LIST_OUTCOME, decision.outcome), decision.rule, charter_word(CHARTER_LIST_EFFECT, decision.effect),
	           decision.terms.deadline_hours, decision.terms.notice_hours, decision.terms.gag_days, decision.terms.hold_days);
}

static void put_pattern(const struct charter *charter, struct charter_case places, struct buf *out)
{
	for (unsigned kind = 0; kind < CHARTER_KINDS; kind++) {
		for (unsigned basis = 0; basis < CHARTER_BASES; basis++) {
			for (unsigned authenticated = 0; authenticated < 2; authenticated++) {
				places.kind = (enum charter_kind)kind;
				places.basis = (enum charter_basis)basis;
				places.authenticated = authenticated;
				put_row(charter, &places, out);
			}
		}
	}
}

/* `owners`: a bit for each of the codes. */
static enum err first_of(struct ctx *cx, const char *const codes[], const char *home, unsigned owners, enum knowledge knowledge, struct charter *out)
{
	struct str list[3];
	struct charter_places places = { .name = STR("table"), .region = STR("table"), .home = str_of(home), .owners = list, .owner_stated = knowledge == OWNER_STATED };
	AUTO(buf_free) struct buf text = buf_new(CHARTER_BYTES_MAX);
	for (unsigned i = 0; i < 3; i++)
		if (owners & 1U << i)
			list[places.owner_count++] = str_of(codes[i]);
	TRY(charter_first(cx, &places, 0, &text));
	return charter_parse(cx, buf_view(&text), out);
}

static struct place place_of(const char *code)
{
	struct place place = {};
	(void)place_parse(str_of(code), &place);
	return place;
}

/* Places that are equal share a code; where the residence is not known, it has none. */
static enum err put_places(struct ctx *cx, unsigned residence, unsigned home, unsigned asker, bool lives, unsigned used, struct buf *out)
{
	static const char *const codes[] = { "XA", "XB", "XC" };
	struct charter charter;
	const struct charter_case places = {
		.residence = lives ? place_of(codes[residence]) : (struct place){}, .home = place_of(codes[home]), .asker = place_of(codes[asker]),
	};
	for (unsigned owners = 0; owners < 1U << used; owners++) {
		TRY(first_of(cx, codes, codes[home], owners, OWNER_STATED, &charter));
		put_pattern(&charter, places, out);
	}
	TRY(first_of(cx, codes, codes[home], 0, OWNER_UNSTATED, &charter));
	put_pattern(&charter, places, out);
	return OK;
}

enum err charter_table(struct ctx *cx, struct buf *out)
{
	buf_text(out, "asker_is_owner\tasker_is_residence\tasker_is_home\tresidence_is_home\tresidence_is_owner\thome_is_owner\tkind\tbasis\t"
	              "authenticated\toutcome\trule\teffect\tdeadline_hours\tnotice_hours\tgag_days\thold_days\n");
	/* residence, home, asker by code: all equal; two equal; none; then without a residence */
	TRY(put_places(cx, 0, 0, 0, true, 1, out));
	TRY(put_places(cx, 0, 0, 1, true, 2, out));
	TRY(put_places(cx, 0, 1, 0, true, 2, out));
	TRY(put_places(cx, 0, 1, 1, true, 2, out));
	TRY(put_places(cx, 0, 1, 2, true, 3, out));
	TRY(put_places(cx, 0, 0, 0, false, 1, out));
	return put_places(cx, 0, 0, 1, false, 2, out);
}

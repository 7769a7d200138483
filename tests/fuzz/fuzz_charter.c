/* charter.json: what is taken decides every case, by one of its rules, and permits nothing that no charter may permit. */
#include "charter/charter.h"
#include "fuzz.h"

static struct place place_of(unsigned i)
{
	static const struct place places[] = { { "" }, { "CN" }, { "IN" }, { "SG" } };
	return places[i % 4];
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	AUTO(ctx_end) struct ctx cx = { .mem = arena_new_capped(ARENA_REQUEST_BYTES) };
	struct charter charter;
	struct charter_force force;
	if (charter_parse(&cx, (struct str){ (const char *)bytes, n }, &charter) != OK)
		return 0;
	const struct charter_version version = { &charter, 0 };
	assert(charter_in_force(&cx, &version, 1, CHARTER_LOOSENING_DAYS * DAY_US, &force) == OK);
	for (unsigned i = 0; i < 64 * CHARTER_KINDS * CHARTER_BASES * 2; i++) {
		const unsigned rest = i / 64;
		const struct charter_case asked = {
			.residence = place_of(i), .home = place_of(i / 4), .asker = place_of(i / 16), .kind = (enum charter_kind)(rest % CHARTER_KINDS),
			.basis = (enum charter_basis)(rest / CHARTER_KINDS % CHARTER_BASES), .authenticated = rest / CHARTER_KINDS / CHARTER_BASES,
		};
		struct charter_decision one, same;
		charter_decide(&charter, &asked, &one);
		charter_decide_in_force(&force, &asked, &same);
		assert(one.rule > 0 && one.version == charter.version && charter_within(&one, &same) && charter_within(&same, &one));
		assert(one.outcome == CHARTER_DECIDE ? asked.authenticated && one.effect == charter_kind_effect(asked.kind) && one.effect != CHARTER_EFFECT_NONE
		                                     : one.effect == CHARTER_EFFECT_NONE);
	}
	return 0;
}

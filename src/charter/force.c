#include <inttypes.h>
#include <string.h>

#include "charter/charter.h"

#define WAIT_US (CHARTER_LOOSENING_DAYS * DAY_US)

static const struct charter_decision refuse_all = { .outcome = CHARTER_REFUSE };

static enum err chain_check(struct ctx *cx, const struct charter_version *versions, size_t count)
{
	for (size_t i = 1; i < count; i++) {
		const struct charter *const charter = versions[i].charter, *const before = versions[i - 1].charter;
		if (before->version == UINT32_MAX || charter->version != before->version + 1)
			return fail_as(cx, E_INVALID, "charter-chain", "charter version %" PRIu32 " follows version %" PRIu32, charter->version, before->version);
		if (memcmp(charter->previous, before->hash, SHA256_BYTES) != 0)
			return fail_as(cx, E_INVALID, "charter-chain", "charter version %" PRIu32 " names other bytes as the version before it", charter->version);
	}
	return OK;
}

static int64_t later(int64_t a, int64_t b)
{
	return a > b ? a : b;
}

enum err charter_in_force(struct ctx *cx, const struct charter_version *versions, size_t count, int64_t now_us, struct charter_force *out)
{
	TRY(chain_check(cx, versions, count));
	const struct charter **const charters = arena_new(&cx->mem, const struct charter *, count + 1);
	struct charter_force force = { .charters = charters, .unknown_before = count == 0 || versions[0].charter->version != 1 };
	size_t oldest = 0;
	int64_t entered_us = INT64_MIN;
	for (size_t i = 0; i < count; i++) {
		/* No entry is earlier than the one before it, whatever its clock said. */
		entered_us = later(entered_us, versions[i].entered_us);
		if (entered_us > now_us - WAIT_US)
			break;
		oldest = i;
		force.unknown_before = false;
	}
	for (size_t i = count; i-- > oldest;)
		charters[force.count++] = versions[i].charter;
	*out = force;
	return OK;
}

void charter_decide_in_force(const struct charter_force *force, const struct charter_case *asked, struct charter_decision *out)
{
	struct charter_decision strictest = refuse_all, one;
	for (size_t i = 0; i < force->count; i++) {
		charter_decide(force->charters[i], asked, &one);
		if (i == 0)
			strictest = one;
		else
			charter_strictest(&strictest, &one, &strictest);
	}
	if (force->unknown_before)
		strictest = refuse_all;
	*out = strictest;
}

int64_t charter_settled_us(const struct charter_version *versions, size_t count)
{
	int64_t entered_us = INT64_MIN;
	for (size_t i = 0; i < count; i++)
		entered_us = later(entered_us, versions[i].entered_us);
	return count ? entered_us + WAIT_US : 0;
}

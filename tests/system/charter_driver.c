/* Speaks to the charter's functions, a line in and a line out, for charter.test.mjs.
 *
 *   charter ENTERED_US BYTES <newline> the bytes     ok HASH | no WHY        a version more
 *   force NOW_US                                     ok COUNT | no WHY; then nothing is in force
 *   case WHICH RESIDENCE HOME ASKER KIND BASIS 0|1   OUTCOME VERSION RULE EFFECT DEADLINE NOTICE GAG HOLD
 *   clear                                            ok
 *
 * WHICH is a version's place from 0, or "force"; an unknown place is "-". */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "charter/charter.h"

#define VERSIONS_MAX 64

struct driver {
	struct ctx cx;
	struct charter charters[VERSIONS_MAX];
	struct charter_version versions[VERSIONS_MAX];
	size_t count;
	struct charter_force force;
};

static void take_charter(struct driver *driver, const char *line)
{
	int64_t entered_us = 0;
	size_t bytes = 0;
	if (sscanf(line, "charter %" SCNd64 " %zu", &entered_us, &bytes) != 2 || bytes > CHARTER_BYTES_MAX + 1 || driver->count == VERSIONS_MAX)
		exit(2);
	char *const text = malloc(bytes ? bytes : 1);
	if (!text || fread(text, 1, bytes, stdin) != bytes)
		exit(2);
	struct charter *const charter = &driver->charters[driver->count];
	if (charter_parse(&driver->cx, (struct str){ text, bytes }, charter) != OK) {
		printf("no %s\n", driver->cx.failure.text);
	} else {
		driver->versions[driver->count++] = (struct charter_version){ charter, entered_us };
		printf("ok ");
		for (int i = 0; i < SHA256_BYTES; i++)
			printf("%02x", charter->hash[i]);
		putchar('\n');
	}
	free(text);
}

static void take_force(struct driver *driver, const char *line)
{
	int64_t now_us = 0;
	if (sscanf(line, "force %" SCNd64, &now_us) != 1)
		exit(2);
	driver->force = (struct charter_force){};
	if (charter_in_force(&driver->cx, driver->versions, driver->count, now_us, &driver->force) == OK)
		printf("ok %zu\n", driver->force.count);
	else
		printf("no %s\n", driver->cx.failure.text);
}

static struct place place_of(const char *code)
{
	struct place place = {};
	if (strcmp(code, "-") != 0 && !place_parse(str_of(code), &place))
		exit(2);
	return place;
}

static void take_case(const struct driver *driver, const char *line)
{
	char which[8], residence[4], home[4], asker[4], kind[16], basis[16];
	unsigned kind_value = 0, basis_value = 0, authenticated = 0;
	struct charter_decision decision;
	if (sscanf(line, "case %7s %3s %3s %3s %15s %15s %u", which, residence, home, asker, kind, basis, &authenticated) != 7 ||
	    !charter_word_parse(CHARTER_LIST_KIND, str_of(kind), &kind_value) || !charter_word_parse(CHARTER_LIST_BASIS, str_of(basis), &basis_value))
		exit(2);
	const struct charter_case asked = {
		.residence = place_of(residence), .home = place_of(home), .asker = place_of(asker), .kind = (enum charter_kind)kind_value,
		.basis = (enum charter_basis)basis_value, .authenticated = authenticated,
	};
	if (strcmp(which, "force") == 0)
		charter_decide_in_force(&driver->force, &asked, &decision);
	else
		charter_decide(&driver->charters[strtoul(which, NULL, 10)], &asked, &decision);
	printf("%s %" PRIu32 " %" PRIu32 " %s %d %d %d %d\n", charter_word(CHARTER_LIST_OUTCOME, decision.outcome), decision.version, decision.rule,
	       charter_word(CHARTER_LIST_EFFECT, decision.effect), decision.terms.deadline_hours, decision.terms.notice_hours,
	       decision.terms.gag_days, decision.terms.hold_days);
}

static void clear(struct driver *driver)
{
	arena_free(&driver->cx.mem);
	driver->cx.mem = arena_new_capped(ARENA_REQUEST_BYTES);
	driver->count = 0;
	driver->force = (struct charter_force){};
	puts("ok");
}

int main(void)
{
	struct driver *const driver = calloc(1, sizeof *driver);
	char line[256];
	if (!driver)
		return 2;
	driver->cx.mem = arena_new_capped(ARENA_REQUEST_BYTES);
	while (fgets(line, sizeof line, stdin)) {
		if (strncmp(line, "charter ", 8) == 0)
			take_charter(driver, line);
		else if (strncmp(line, "force ", 6) == 0)
			take_force(driver, line);
		else if (strncmp(line, "case ", 5) == 0)
			take_case(driver, line);
		else
			clear(driver);
	}
	ctx_end(&driver->cx);
	free(driver);
	return 0;
}

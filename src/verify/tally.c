#include "verify/tally.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct {
	const char *name, *heading;
} columns[TALLY_COLUMNS] = {
#define TALLY(named, text) [TALLY_##named] = { #named, text },
#include "verify/tally.def"
#undef TALLY
};

const char *verify_tally_name(enum tally_column column)
{
	return columns[column].name;
}

const char *verify_tally_heading(enum tally_column column)
{
	return columns[column].heading;
}

void verify_tally_free(struct tally *tally)
{
	free(tally->rows);
	*tally = (struct tally){};
}

/* Out of "2026-11-22T...": the entry's own text would do, but not every caller has it. */
static int half_of(int64_t time_us)
{
	char text[RFC3339_BYTES];
	time_rfc3339(time_us, text);
	const int year = (text[0] - '0') * 1000 + (text[1] - '0') * 100 + (text[2] - '0') * 10 + (text[3] - '0');
	const int month = (text[5] - '0') * 10 + (text[6] - '0');
	return 2 * year + (month > 6);
}

size_t verify_tally_row(struct tally *tally, struct str country, int64_t time_us)
{
	struct tally_row wanted = { .country = "--", .half = half_of(time_us) };
	if (country.n == 2)
		memcpy(wanted.country, country.p, 2);
	/* newest first: entries come in the order of their times */
	for (size_t i = tally->count; i-- > 0;)
		if (tally->rows[i].half == wanted.half && strcmp(tally->rows[i].country, wanted.country) == 0)
			return i;
	if (tally->count == tally->room) {
		tally->room = tally->room ? 2 * tally->room : 16;
		tally->rows = realloc(tally->rows, tally->room * sizeof *tally->rows);
		if (!tally->rows)
			abort();
	}
	tally->rows[tally->count] = wanted;
	return tally->count++;
}

void verify_tally_count(struct tally *tally, struct str country, int64_t time_us, enum tally_column column)
{
	const size_t row = verify_tally_row(tally, country, time_us);
	tally->rows[row].of[column]++;
}

static int by_half_and_country(const void *a, const void *b)
{
	const struct tally_row *const one = a, *const other = b;
	return one->half != other->half ? (one->half > other->half) - (one->half < other->half) : strcmp(one->country, other->country);
}

const struct tally_row *verify_tally_sorted(struct ctx *cx, const struct tally *tally)
{
	struct tally_row *const rows = arena_new(&cx->mem, struct tally_row, tally->count + 1);
	if (tally->count) {
		memcpy(rows, tally->rows, tally->count * sizeof *rows);
		qsort(rows, tally->count, sizeof *rows, by_half_and_country);
	}
	return rows;
}

void verify_tally_half_text(int half, char out[TALLY_HALF_BYTES])
{
	snprintf(out, TALLY_HALF_BYTES, "%d H%d", half / 2 % 10000, half % 2 + 1);
}

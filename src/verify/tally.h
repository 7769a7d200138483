/* verify/tally.h - the figures, counted again out of the entries: a row for each country and half-year.
 *
 * What became of a demand stands in the row of its receipt, so that a row's demands are the sum of its outcomes and those still
 * open.  The country is the asker's; a takedown's is the one whose law it follows. */
#ifndef VERIFY_TALLY_H
#define VERIFY_TALLY_H
#include "base/ctx.h"

enum tally_column {
#define TALLY(name, heading) TALLY_##name,
#include "verify/tally.def"
#undef TALLY
	TALLY_COLUMNS
};
struct tally_row {
	char country[3];                       /* "--": no country's */
	int half;                              /* 2 * year, and 1 from July on */
	uint64_t of[TALLY_COLUMNS];
};
struct tally {
	size_t count, room;
	struct tally_row *rows;                /* in the order in which they came up */
};
void verify_tally_free(struct tally *);
/* Which row, made when it is not there yet.  `country` "": no country's. */
size_t verify_tally_row(struct tally *, struct str country, int64_t time_us);
/* One more in a column of such a row. */
void verify_tally_count(struct tally *, struct str country, int64_t time_us, enum tally_column);
/* By half-year, then country: a copy, since others keep places of rows.  In the context's memory. */
struct ctx;
const struct tally_row *verify_tally_sorted(struct ctx *, const struct tally *);
/* "2026-07 to 2026-12" and the like: "2026 H2". */
#define TALLY_HALF_BYTES 16
void verify_tally_half_text(int half, char out[TALLY_HALF_BYTES]);
/* "received", and as a heading of the table: "received". */
const char *verify_tally_name(enum tally_column), *verify_tally_heading(enum tally_column);
#endif

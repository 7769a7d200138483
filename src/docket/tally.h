/* docket/tally.h - what the ledger's entries add up to: demands by half-year and asking state, and what is shut or open.
 *
 * Nothing is counted but what stands under the checkpoint that is shown, so anybody can count it again.  The sums are kept in
 * memory; what was entered since is added to them when they are asked for. */
#ifndef DOCKET_TALLY_H
#define DOCKET_TALLY_H
#include "ledger/ledger.h"

struct tallies;                                /* cx->tallies; one a process, with a lock of its own */
struct tallies *tallies_new(void);
void tallies_free(struct tallies **);          /* takes NULL */

enum tally_sort { TALLY_SORT_LEGAL, TALLY_SORT_EMERGENCY, TALLY_SORT_PRESERVATION, TALLY_SORT_REMOVAL };
/* As entry.def's words of an outcome, behind "not yet". */
enum tally_outcome {
	TALLY_UNDECIDED, TALLY_REFUSED_BY_RULE, TALLY_REFUSED_BY_PEOPLE, TALLY_NARROWED, TALLY_IN_PART, TALLY_IN_WHOLE, TALLY_WITHDREW,
};
enum tally_figure {
#define TALLY(name, word, entry, condition) TALLY_##name,
#include "docket/tally.def"
#undef TALLY
	TALLY_FIGURES
};
const char *tally_word(enum tally_figure);
bool tally_word_parse(struct str word, enum tally_figure *out);

/* The classes of data that entry.def names, a bit each. */
#define TALLY_CLASSES 5
extern const char *const tally_classes[TALLY_CLASSES];

/* A year and its half: 2 * 2026 + 1 is July to December 2026. */
int tally_half(int64_t wall_us);
struct str tally_half_text(struct ctx *, int half);    /* "2026-H2" */
bool tally_half_parse(struct str, int *out);

struct tally_row {
	int half;                              /* in which the demands were received; 0: all */
	char asker[3];                         /* "": all */
	uint64_t figures[TALLY_FIGURES];
	uint64_t accounts, given;              /* named; of which some data was given */
	unsigned classes;                      /* of what was given */
	uint64_t decided;
	int64_t median_us;                     /* from receipt to decision; of `decided` */
};
struct tally_rule {
	uint32_t rule;
	uint64_t refused;
};
#define TALLY_RULES_MAX 64
struct tally {
	uint64_t size;                         /* entries under the checkpoint; 0: none is shown */
	struct tally_row total;
	const struct tally_row *rows;          /* newest half first, then by state; in cx->mem */
	size_t row_count;
	struct tally_rule rules[TALLY_RULES_MAX];      /* by number */
	size_t rule_count;
	uint64_t kinds[ENTRY_KINDS];           /* entries; of the kinds that this room reads, and 0 of others */
	uint64_t opaque_shut, opaque_real, opaque_dummy;
	int64_t opaque_next_us;                /* by when the next one opens; 0: none is shut */
};
/* SLOW: the first time it reads every such entry. */
enum err tally_read(struct ctx *, struct tally *out);

/* The entries behind a figure, the newest demand first. */
struct tally_search {
	enum tally_figure figure;
	uint32_t rule;                         /* 0: any */
	int half;                              /* 0: any */
	struct str asker;                      /* "": any */
	uint64_t before;                       /* of the demand's first entry; 0: from the newest */
};
struct tally_found {
	uint64_t number, received;
};
enum err tally_find(struct ctx *, const struct tally_search *, size_t max, struct tally_found *out, size_t *count);
/* All entries of one demand, the oldest first.  E_NOTFOUND. */
enum err tally_demand(struct ctx *, struct str id, size_t max, uint64_t *out, size_t *count);
#endif

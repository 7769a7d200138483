/* ledger/entry.h - what may stand in a log: canonical lines, each of a known kind (entry.def; docs/ledger-entries.md).  Pure.
 *
 *   KIND SP TIME (SP name=value)*
 *
 * ASCII, no newline; the time is RFC 3339 in UTC, to the second; every field of the kind stands there, in its order.  So there is one
 * way only to write an entry, and no entry has room for a person's name or for free text. */
#ifndef LEDGER_ENTRY_H
#define LEDGER_ENTRY_H
#include "base/ctx.h"

enum entry_kind {
#define ENTRY(kind, ...) ENTRY_##kind,
#define FIELD(...)
#include "ledger/entry.def"
	ENTRY_KINDS
};

/* entry.values[ENTRY_demand_received_asker] */
#define ENTRY(kind, ...) }; enum {
#define FIELD(kind, name, ...) ENTRY_##kind##_##name,
enum {
	ENTRY_NO_FIELD = -1,
#include "ledger/entry.def"
};

#define ENTRY_FIELDS_MAX 10
#define ENTRY_LINE_MAX 4096
#define ENTRY_ID_CHARS 16

enum entry_type { ENTRY_COUNT, ENTRY_INDEX, ENTRY_COUNTRY, ENTRY_DATE, ENTRY_ID, ENTRY_SHA256, ENTRY_WORD, ENTRY_WORDS, ENTRY_KEY, ENTRY_BASE64, ENTRY_TEXT };

struct entry_field {
	const char *name;                      /* "old_size"; NULL: there are no more */
	enum entry_type type;
	bool must;
	const char *words;                     /* of WORD and WORDS: separated by spaces */
	const char *about;
};
struct entry_form {
	const char *name;                      /* "demand-received" */
	const char *about;
	struct entry_field fields[ENTRY_FIELDS_MAX + 1];
};
extern const struct entry_form entry_forms[ENTRY_KINDS + 1];   /* ends with one without a name */

/* One entry.  A value that is empty is written "-", where the field may be missing. */
struct entry {
	enum entry_kind kind;
	int64_t time_us;                       /* whole seconds are written */
	struct str values[ENTRY_FIELDS_MAX];
};
/* E_INVALID "entry-invalid" says what is wrong.  The values are views of the line. */
enum err entry_parse(struct ctx *, struct str line, struct entry *out);
/* The same error: nothing that entry_parse() refuses is written. */
enum err entry_write(struct ctx *, const struct entry *, struct buf *out);

/* A value of the kinds COUNT and INDEX, and of DATE (its first moment); the entry is valid. */
uint64_t entry_count(const struct entry *, unsigned field);
int64_t entry_date_us(const struct entry *, unsigned field);

/* For values: all in the context's memory. */
struct str entry_of_count(struct ctx *, uint64_t);
struct str entry_of_date(struct ctx *, int64_t wall_us);
struct str entry_of_id(struct ctx *, uint64_t);
struct str entry_of_hash(struct ctx *, const unsigned char hash[32]);
#endif

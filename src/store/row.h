/* store/row.h - the SEAL columns of a row as one blob.
 *
 * store/expand.h writes the calls of this header; nothing else needs them. */
#ifndef STORE_ROW_H
#define STORE_ROW_H
#include "base/ctx.h"
#include "store/db.h"
#include "store/field.h"

/* Which row a blob belongs to: associated data is region, person, table, row and codec version, so that a blob moved to
 * another row, table or person does not open. */
struct row_place {
	const char *table;
	int64_t person;                        /* 0 for class DESK */
	int64_t row;                           /* the row's own id; where the key is a pair (like: video) the other half */
};

/* Plain encoding of SEAL columns: store/values.h. */
struct row_writer {
	struct buf bytes;
};
#define ROW_SEALED_MAX ((size_t)256 << 10)     /* all SEAL columns of a row together */
struct row_writer row_writer_new(void);
void row_put_i64(struct row_writer *, int64_t);
void row_put_str(struct row_writer *, struct str);
void row_writer_free(struct row_writer *);     /* wipes */

struct row_reader {
	struct str rest;
	struct ctx *cx;
	bool bad;
};
/* At the end of the blob: 0 or "", for columns that were added after the row was sealed. */
int64_t row_get_i64(struct row_reader *);
struct str row_get_str(struct row_reader *);   /* in cx->mem */
/* E_CORRUPT when a value was of another type or some are left over. */
enum err row_reader_end(const struct row_reader *, const struct row_place *);

/* Under a key of the table's own, derived from the grant's: the grant decides whose.  `out` in cx->mem.
 * seal: E_TOOLARGE past ROW_SEALED_MAX.  unseal: E_CORRUPT when it is damaged, of another row, or under another key. */
enum err row_seal(struct ctx *, const struct grant *, const struct row_place *, const struct row_writer *, struct str *out);
enum err row_unseal(struct ctx *, const struct grant *, const struct row_place *, struct str sealed, struct row_reader *out);
#endif

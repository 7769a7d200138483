/* store/row.h - the SEAL columns of a row as one blob. */
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

/* Plain encoding of SEAL columns: version byte, then per value a tag and its bytes. */
struct row_writer {
	struct buf bytes;
};
struct row_writer row_writer_new(void);
void row_put_i64(struct row_writer *, int64_t);
void row_put_str(struct row_writer *, struct str);
void row_writer_free(struct row_writer *);     /* wipes */

struct row_reader {
	struct str rest;
	struct ctx *cx;
	bool bad;
};
int64_t row_get_i64(struct row_reader *);
struct str row_get_str(struct row_reader *);   /* in cx->mem */

/* Under the person's key: the grant decides whose. `out` in cx->mem. */
enum err row_seal(struct ctx *, const struct grant *, const struct row_place *, const struct row_writer *, struct str *out);
enum err row_unseal(struct ctx *, const struct grant *, const struct row_place *, struct str sealed, struct row_reader *out);
/* Under the desk key, which the keyholder's client hands over as a grant of its own kind: see custody/custody.h desk_grant(). */

/* Expansions for a table `t` whose struct t has been expanded from its .def (see any X.h in social/):
 *   ROW_STRUCT    fields of the struct          ROW_READ    reads CLEAR columns in order
 * store/expand.h holds the macros. */
#endif

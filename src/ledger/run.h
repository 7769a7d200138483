/* ledger/run.h - the rows of table logged: each a run of entries that were entered at once, most often of one.
 *
 * A run's lines are joined by newlines, which no line has, and packed where that saves; its row bears the number of its first.  So many
 * entries cost one row, in the outbox and here.  What is looked for by its mark stands alone in its row, and so does what a succession may replace. */
#ifndef LEDGER_RUN_H
#define LEDGER_RUN_H
#include "ledger/entry.h"
#include "store/db.h"

#define RUN_ENTRIES_MAX 256
#define RUN_BYTES_MAX ((size_t)32 << 10)       /* of its lines */

/* Entries one after the other, whatever run they stand in. */
struct lines {
	struct ctx *cx;
	struct rows *rows;
	struct buf room;                       /* a run that was packed */
	enum err status;
	uint64_t from, below;
	struct str rest;                       /* of the run */
	uint64_t next;                         /* the number of its next line */
	bool begun;
	/* that lines_next() came to */
	uint64_t number;
	int64_t mark;
	struct str line;                       /* lent: until the next */
};
enum err lines_open(struct ctx *, uint64_t from, uint64_t below, struct lines *out);
bool lines_next(struct lines *);               /* false at the end or on failure (E_CORRUPT: rows do not follow each other) ... */
enum err lines_status(struct lines *);         /* ... which this tells apart */
void lines_close(struct lines *);              /* for AUTO() */

/* The run that holds the entry: its first number and its lines, in cx->mem.  E_NOTFOUND. */
enum err run_of(struct ctx *, uint64_t number, uint64_t *first, struct str *lines);
/* The lines of a row whose columns from `column` on are lines, packed: lent until the next row, in `room` where they were packed (its
 * maximum: RUN_BYTES_MAX).  E_CORRUPT. */
enum err run_text(struct ctx *, struct rows *, int column, struct buf *room, struct str *out);
/* Cuts a run's lines; returns how many there are, of which `max` are in `out`, views. */
size_t run_split(struct str lines, size_t max, struct str *out);
/* Of which kind the line says that it is. */
bool line_is(struct str line, enum entry_kind);
#endif

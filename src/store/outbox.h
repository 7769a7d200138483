/* store/outbox.h - publishing: the one act by which anything enters public.db.
 *
 * A write handler calls outbox_put() inside its personal transaction; the writer applies the rows, in order, to public.db
 * after the commit, and again at start for rows that a crash left behind.  public.db holds the number of the last row
 * applied, in the same transaction, so each is applied once.  A row is deleted when public.db has been synced past it.
 * Two kinds: a post (a row of a public table, put or deleted; also entered in the log of publications) and a total
 * (an absolute count: the last one wins). */
#ifndef STORE_OUTBOX_H
#define STORE_OUTBOX_H
#include "base/ctx.h"
#include "store/db.h"

/* Runs `statement` (of PUBLIC_DB) with these values after the commit.  `kind` and `subject` go into the log of publications:
 * kind is "video", "profile", "comment"; op 'P' put, 'D' deleted. */
enum err outbox_post_(struct ctx *, const char *kind, int64_t subject, char op, const struct stmt *, size_t, const struct val *);
#define outbox_post(cx, kind, subject, op, q, ...) outbox_post_((cx), (kind), (subject), (op), &(q), VALS(__VA_ARGS__))

/* Adds to a total kept in personal.db (tables tally and tally_fresh) and queues its new value for public.db (table total).  Kinds: "likes", "comments", "followers",
 * "following", "views", "videos", "replies".  Totals may reach public.db some 100 ms after the acknowledgement; posts never. */
enum err outbox_total(struct ctx *, int64_t subject, const char *kind, int64_t delta);
/* As it stands in this transaction; 0 for what was never counted. */
enum err outbox_total_now(struct ctx *, int64_t subject, const char *kind, int64_t *out);
#endif

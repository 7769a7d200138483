/* http/kept.h - answers of READ_KEPT routes to people who are not signed in: kept, whole, until what they were read from has
 * changed (hooks.public_version).
 *
 * Nothing personal can get here: keeping asserts that nobody was signed in, and such a route's answer may depend on nothing
 * but its address.  256 answers at most, of at most 16 KiB each: 4 MiB; a newer one takes an older one's place. */
#ifndef HTTP_KEPT_H
#define HTTP_KEPT_H
#include <microhttpd.h>

#include "http/http.h"

struct exchange;
struct kept;

#define KEPT_BODY_MAX ((size_t)16 << 10)

struct kept *kept_new(void);
void kept_free(struct kept **);

/* Whether this request may be answered with what is kept, and its answer may be kept; then x->version is set: before anything
 * is read, so that what changes meanwhile makes the answer old. */
bool kept_may(struct exchange *);
/* Queues the kept answer, or a 304.  False: there is none, x is as it was. */
bool kept_answer(struct exchange *, enum MHD_Result *queued);
/* The entity tag of a body: equal for equal bytes, in every process.  Not against forgers. */
struct str kept_etag(struct ctx *, struct str body);
/* Takes the reference. */
void kept_put(struct exchange *, struct MHD_Response *, int64_t bytes);
#endif

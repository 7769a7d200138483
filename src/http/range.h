/* http/range.h - byte ranges and conditions (RFC 9110 sections 13 and 14). */
#ifndef HTTP_RANGE_H
#define HTTP_RANGE_H
#include <stdbool.h>
#include <stdint.h>

#include "base/str.h"

enum range_kind {
	RANGE_WHOLE,            /* no range, one that is malformed, another unit, or several: send all (section 14.2 lets us) */
	RANGE_PART,
	RANGE_UNSATISFIABLE
};
struct range {
	enum range_kind kind;
	int64_t first, bytes;   /* of RANGE_PART */
};
struct range range_parse(struct str header, int64_t whole_bytes);

/* If-Range holds (or is absent): a strong comparison with our ETag; a date never holds, as we send none (13.1.5). */
bool if_range_holds(struct str header, struct str etag);
/* If-None-Match names our ETag (weak comparison) or is "*" (13.1.2). */
bool etag_listed(struct str header, struct str etag);
#endif

/* api/feed_routes.h - For You and Following. */
#ifndef API_FEED_ROUTES_H
#define API_FEED_ROUTES_H
#include "feed/interest.h"
#include "http/http.h"

extern const struct route feed_routes[];
/* E_INVALID "opinion-invalid". */
enum err opinion_from(struct ctx *, struct str text, enum opinion *out);
/* The languages of an Accept-Language header (RFC 9110 section 12.5.4), as ISO 639 codes; at most `max`. */
unsigned accepted_languages(struct ctx *, struct str header, unsigned max, struct str *out);
#endif

/* http/accept.h - what the client would rather have (RFC 9110 sections 12.4 and 12.5). */
#ifndef HTTP_ACCEPT_H
#define HTTP_ACCEPT_H
#include <stdbool.h>
#include <stddef.h>

#include "base/str.h"

/* The index of the offered language (lower-case tags: "en", "ar", "hi") that the client likes best; 0, the first, when
 * it likes none or says nothing.  "en-GB" takes "en" (RFC 4647 section 3.4, lookup); of equals what the client named first. */
size_t accept_language(struct str header, const char *const *offered, size_t count);

enum coding { IDENTITY, GZIP, BROTLI };
/* The best of those that exist; at equal weights the smaller: br, gzip, identity.  IDENTITY also when all are refused. */
enum coding accept_coding(struct str header, bool has_gzip, bool has_brotli);
#endif

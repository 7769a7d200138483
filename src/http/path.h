/* http/path.h - request targets and percent-encoding (RFC 3986, RFC 9112 section 3.2). */
#ifndef HTTP_PATH_H
#define HTTP_PATH_H
#include "base/ctx.h"

/* Splits "/path?query" or "http://host/path?query" and decodes the path, once, into cx->mem.  "*" is taken as it is.
 * E_INVALID: a bad escape, an encoded slash, a control character, bytes that are not UTF-8, a "." or ".." segment, a
 * query with any of these (but slashes and dots).  E_NOTFOUND: an empty segment ("//", a slash at the end). */
enum err target_parse(struct ctx *, struct str target, struct str *path, struct str *query);

/* Decodes %XX, and "+" to a blank when `form`.  The result is in cx->mem, or is `s` itself when nothing was encoded.
 * False: a bad escape, a control character but TAB, CR, LF, or bytes that are not UTF-8. */
bool percent_decode(struct ctx *, struct str s, bool form, struct str *out);

/* The first pair of that name in "a=1&b=2", decoded; false when there is none. */
bool query_find(struct ctx *, struct str query, struct str name, struct str *out);
#endif

/* http/cookie.h - a Cookie header taken apart (RFC 6265 section 5.4, read as browsers write it). */
#ifndef HTTP_COOKIE_H
#define HTTP_COOKIE_H
#include "base/str.h"

/* The first cookie of that name, without quotes around its value; empty when there is none. */
struct str cookie_find(struct str header, struct str name);
#endif

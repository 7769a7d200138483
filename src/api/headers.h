/* api/headers.h - the headers that every answer carries. */
#ifndef API_HEADERS_H
#define API_HEADERS_H
#include "http/http.h"

/* Content-Security-Policy and its kin, and Cache-Control where the handler has set none. */
void headers_add(struct ctx *, const struct req *, struct resp *);
#endif
